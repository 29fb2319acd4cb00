package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/attach"
	"muqu/sync/ingest"
	"muqu/sync/merge"
	"muqu/sync/wire"
)

// stick is the server's end of a bundle: its records, and after them files.
type stick struct {
	*ingest.Stick
	c      *centre
	parcel attach.Parcel
	to     change.DeviceID // for whom a bundle is packed
	from   change.DeviceID // who made the one that is taken in
	came   []core.FileName // in the bundle that is taken in
	files  int             // taken in or packed
}

func (c *centre) stick(k *ingest.Stick) *stick {
	s := &stick{Stick: k, c: c}
	s.parcel.Take = s.take
	return s
}

// Take takes in one message of a bundle.
func (s *stick) Take(ctx context.Context, h *wire.BundleHeader, m *wire.BundleMessage) error {
	s.from = change.DeviceID(h.From)
	if m.File != nil {
		return s.parcel.Add(ctx, m.File)
	}
	return s.Stick.Take(ctx, h, m)
}

// take keeps a file. Bytes that are not those of its name are dropped: whoever
// has the file is asked again. On a hub it is noted to be carried on.
func (s *stick) take(ctx context.Context, name core.FileName, thumb bool, r io.Reader) error {
	if thumb {
		return nil // made here
	}
	var size counter
	err := s.c.files.Take(name, io.TeeReader(r, &size))
	if errors.Is(err, attach.ErrHash) {
		return nil
	}
	if err == nil {
		s.files++
		s.came = append(s.came, name)
		_, err = s.c.FileReceipt(ctx, name, int64(size))
	}
	return err
}

type counter int64

func (n *counter) Write(b []byte) (int, error) {
	*n += counter(len(b))
	return len(b), nil
}

// Pack gives the records, and after them the thumbnails of the pictures that
// they name.
func (s *stick) Pack(ctx context.Context, add func(*wire.BundleMessage) error) error {
	var names []core.FileName
	seen := make(map[core.FileName]bool)
	err := s.Stick.Pack(ctx, func(m *wire.BundleMessage) error {
		found, err := s.filesIn(m.Answer)
		for _, n := range found {
			if !seen[n] {
				seen[n], names = true, append(names, n)
			}
		}
		return errors.Join(err, add(m))
	})
	if err != nil {
		return err
	}
	if err := s.receipts(ctx, add); err != nil {
		return err
	}
	for _, n := range names {
		b, err := s.c.files.Thumb(n)
		if err != nil {
			continue // not here, or nothing to draw: the tablet asks when it has a line
		}
		if err := attach.Pieces(n, true, bytes.NewReader(b), int64(len(b)), func(p *wire.FilePiece) error { return add(&wire.BundleMessage{File: p}) }); err != nil {
			return err
		}
		s.files++
	}
	return nil
}

// maxParcels bounds of how many files it is remembered that a device brought
// them by bundle.
const maxParcels = 5000

func parcels(d change.DeviceID) string { return "parcels/" + d.String() }

// remember notes which files a device brought, so that its next bundle has
// their receipts: a tablet without any line would pack them for ever.
func (s *stick) remember(ctx context.Context) error {
	from := s.from
	if len(s.came) == 0 || s.c.up != nil {
		return nil
	}
	return s.c.store.Update(ctx, func(tx store.Tx) error {
		names, err := parcelsOf(tx, from)
		if err != nil {
			return err
		}
		names = append(names, s.came...)
		slices.Sort(names)
		names = slices.Compact(names)
		b, err := json.Marshal(names[max(0, len(names)-maxParcels):])
		if err != nil {
			return err
		}
		return tx.SetMeta(parcels(from), b)
	})
}

func parcelsOf(tx store.Tx, d change.DeviceID) (names []core.FileName, err error) {
	b, err := tx.Meta(parcels(d))
	if err == nil && len(b) > 0 {
		err = json.Unmarshal(b, &names)
	}
	return names, err
}

// receipts packs the receipts of files that the device brought by bundle.
func (s *stick) receipts(ctx context.Context, add func(*wire.BundleMessage) error) error {
	var names []core.FileName
	err := s.c.store.View(ctx, func(tx store.Tx) (err error) {
		names, err = parcelsOf(tx, s.to)
		return err
	})
	for part := range slices.Chunk(names, wire.MaxFiles) {
		texts := make([]string, len(part))
		for i, n := range part {
			texts[i] = string(n)
		}
		ans, e := s.c.files.Answer(ctx, texts)
		if err = errors.Join(err, e); err == nil {
			err = add(&wire.BundleMessage{Files: ans})
		}
		if err != nil {
			return err
		}
	}
	return err
}

// filesIn lists the files that the records of an answer name.
func (s *stick) filesIn(ans *wire.SyncAnswer) (out []core.FileName, err error) {
	if ans == nil || len(ans.Page) == 0 {
		return nil, nil
	}
	p, err := wire.OpenPage(ans.Page, s.c.Key())
	if err != nil {
		return nil, err
	}
	for i := range p.Items {
		switch item := &p.Items[i]; item.What {
		case wire.ItemEnter:
			r, err := merge.Read(item.Bytes)
			if err != nil {
				return nil, err
			}
			out = append(out, core.FilesOf(&r)...)
		case wire.ItemEntry:
			e, err := item.Sequenced()
			if err != nil {
				return nil, err
			}
			for _, f := range e.Fields {
				out = append(out, core.FilesIn(f.Value)...)
			}
		}
	}
	return out, nil
}
