package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"muqu/core"
	"muqu/core/store"
	"muqu/sync/attach"
)

// download fetches thumbnails first, then whole files that somebody wanted.
func (m *mover) download(ctx context.Context) error {
	for _, part := range []store.FilePart{store.Thumb, store.Whole} {
		for i := range m.fetch {
			f := &m.fetch[i]
			if f.Wanted&part == 0 || f.Held&part != 0 {
				continue
			}
			if err := m.downloadOne(ctx, f, part); err != nil {
				return err
			}
			m.done++
			m.tell(min(m.done, m.all), m.all, m.moved, m.size)
		}
	}
	return nil
}

// downloadOne fetches a part of a file by the first record that opens it.
func (m *mover) downloadOne(ctx context.Context, f *store.File, part store.FilePart) error {
	var by []core.Ref
	if err := m.t.store.View(ctx, func(tx store.Tx) (err error) {
		by, err = tx.NamedBy(f.Name)
		return err
	}); err != nil {
		return err
	}
	var refused *core.Refusal
	for _, ref := range by {
		err := m.get(ctx, f, ref, part)
		if errors.As(err, &refused) && refused.Key == "refuse.file.scope" {
			continue
		}
		if errors.As(err, &refused) {
			break
		}
		if errors.Is(err, attach.ErrAbsent) {
			return nil // it arrives later
		}
		return err
	}
	if refused == nil {
		return nil
	}
	if err := m.known(ctx, f.Name, func(f *store.File) { f.Wanted &^= part }); err != nil {
		return err
	}
	return m.note(ctx, f.Name, refused)
}

func (m *mover) get(ctx context.Context, f *store.File, by core.Ref, part store.FilePart) error {
	a := m.t.files.Load()
	into := a.files
	var got []byte
	if part == store.Thumb {
		into = a.thumbs
	} else if b, err := a.parts.Read(f.Name); err == nil {
		got = b
	}
	res, err := m.remote.Fetch(ctx, f.Name, by, part == store.Thumb, got, 0)
	if err != nil {
		if part == store.Whole && len(res.Bytes) > len(got) {
			_, kept := a.parts.Put(f.Name, bytes.NewReader(res.Bytes))
			err = errors.Join(err, kept)
		}
		return err
	}
	size, err := into.Put(f.Name, bytes.NewReader(res.Bytes))
	err = errors.Join(err, a.parts.Remove(f.Name))
	if errors.Is(err, attach.ErrHash) {
		return core.Refuse(core.Invalid, "", "refuse.file.hash")
	}
	if err != nil {
		return err
	}
	m.out.Fetched++
	return m.known(ctx, f.Name, func(f *store.File) {
		f.Held |= part
		f.Trouble = ""
		if part == store.Whole {
			f.Size, f.Safe, f.Received = size, store.AtCentre, m.now
		}
	})
}

// FetchFile fetches a whole file now, because somebody wants to see it. Where
// that can't be done now the next sync does it.
func (t *Tablet) FetchFile(ctx context.Context, name core.FileName) error {
	f, _, err := t.File(ctx, name)
	if err != nil || f.Held&store.Whole != 0 {
		return err
	}
	if err := t.want(ctx, name); err != nil {
		return err
	}
	t.syncing.Lock()
	defer t.syncing.Unlock()
	last := error(ErrNotEnrolled)
	for _, base := range t.Identity().URLs {
		l, err := t.dial(base)
		if err != nil {
			return err
		}
		last = t.fetchFrom(ctx, l, name)
		l.close()
		if last == nil {
			return nil
		}
	}
	return last
}

// want notes that somebody wants to see a whole file.
func (t *Tablet) want(ctx context.Context, name core.FileName) error {
	var by []core.Ref
	err := t.store.View(ctx, func(tx store.Tx) (err error) {
		by, err = tx.NamedBy(name)
		return err
	})
	if err == nil && len(by) == 0 {
		err = core.Refuse(core.Forbidden, "", "refuse.file.scope")
	}
	if err != nil {
		return err
	}
	return t.alter(ctx, name, func(f *store.File) { f.Wanted |= store.Whole })
}

func (t *Tablet) fetchFrom(ctx context.Context, l *link, name core.FileName) error {
	m, err := t.mover(ctx, l, true)
	if err != nil {
		return err
	}
	if !m.policy.Moves(true) {
		return core.Refuse(core.Forbidden, "", "refuse.file.never")
	}
	f, _, err := t.File(ctx, name)
	if err != nil {
		return err
	}
	m.fetch = []store.File{f}
	if err := m.download(ctx); err != nil {
		var refused *core.Refusal
		if errors.As(err, &refused) || ctx.Err() != nil {
			return err
		}
		return fmt.Errorf("%w (%w)", ErrOffline, err)
	}
	if f, _, err = t.File(ctx, name); err != nil || f.Held&store.Whole != 0 {
		return err
	}
	if f.Trouble != "" {
		return core.Refuse(core.NotFound, "", f.Trouble)
	}
	return core.Refuse(core.NotFound, "", "refuse.file.absent")
}
