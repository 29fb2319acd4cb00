package client

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"io"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/attach"
	"muqu/sync/wire"
)

// Stick makes bundles for the centre, and takes in those that are for this
// tablet or hub.
type Stick struct {
	t       *Tablet
	Packed  int  // entries, or segments of a hub
	Pulled  int  // changes taken in
	Files   int  // files packed, or files and thumbnails taken in
	Nothing bool // what was read was known already
	parcel  attach.Parcel
}

// Stick gives the tablet's end of a bundle.
func (t *Tablet) Stick() *Stick {
	k := &Stick{t: t}
	k.parcel.Take = k.takeFile
	return k
}

// takeFile takes in a file of a bundle. Bytes that are not those of its name
// are dropped: the file comes in another way.
func (k *Stick) takeFile(ctx context.Context, name core.FileName, thumb bool, r io.Reader) error {
	part := store.Whole
	if thumb {
		part = store.Thumb
	}
	err := k.t.TakeFile(ctx, name, part, r)
	if errors.Is(err, attach.ErrHash) {
		return nil
	}
	if err == nil {
		k.Files++
	}
	return err
}

// packFiles gives the files that the centre hasn't. A stick costs nothing: the
// policy for networks is not asked.
func (k *Stick) packFiles(ctx context.Context, add func(*wire.BundleMessage) error) error {
	list, err := k.t.FilesToSend(ctx)
	if err != nil {
		return err
	}
	for i := range list {
		f, err := k.t.OpenFile(ctx, list[i].Name)
		var lost *core.Refusal
		if errors.As(err, &lost) {
			continue // noted; the others go on
		}
		if err != nil {
			return err
		}
		err = attach.Pieces(f.Name, false, f.Reader(0), f.Size, func(p *wire.FilePiece) error { return add(&wire.BundleMessage{File: p}) })
		if err := errors.Join(err, f.Close()); err != nil {
			return err
		}
		k.Files++
	}
	return nil
}

// Key is the tablet's private key.
func (k *Stick) Key() ed25519.PrivateKey { return k.t.secret() }

// Begin says what the bundle is. The centre can read it, and every hub that
// this tablet knows.
func (k *Stick) Begin(ctx context.Context) (*wire.BundleHeader, ed25519.PrivateKey, []ed25519.PublicKey, error) {
	if !k.t.Identity().Enrolled {
		return nil, nil, nil, ErrNotEnrolled
	}
	var h *wire.BundleHeader
	var readers []ed25519.PublicKey
	err := k.t.store.View(ctx, func(tx store.Tx) error {
		s, err := loadState(tx)
		if err != nil {
			return err
		}
		h = &wire.BundleHeader{From: s.Device[:], Made: k.t.now(), Admission: &wire.Admission{Certificate: s.Certificate, Chain: s.Chain}}
		readers = append(readers, s.Server)
		for i := range s.Servers {
			if s.Servers[i].IsHub && len(s.Servers[i].Key) > 0 {
				readers = append(readers, s.Servers[i].Key)
			}
		}
		return nil
	})
	return h, k.t.secret(), readers, err
}

// Pack gives what the centre gave no receipt for: the own entries, what a hub
// carries, and after them files.
func (k *Stick) Pack(ctx context.Context, add func(*wire.BundleMessage) error) error {
	if err := k.packEntries(ctx, add); err != nil {
		return err
	}
	return k.packFiles(ctx, add)
}

func (k *Stick) packEntries(ctx context.Context, add func(*wire.BundleMessage) error) error {
	return k.t.store.View(ctx, func(tx store.Tx) error {
		s, err := loadState(tx)
		if err != nil {
			return err
		}
		req := k.request()
		for i := range s.Logs {
			if req, err = k.log(tx, s, &s.Logs[i], req, add); err != nil {
				return err
			}
		}
		if len(req.Carried) > 0 {
			if err := add(&wire.BundleMessage{Request: req}); err != nil {
				return err
			}
		}
		if k.t.carrier == nil {
			return nil
		}
		n, err := k.t.carrier.Pack(tx, func(req *wire.SyncRequest) error {
			req.Version, req.Sent = wire.Version, k.t.now()
			return add(&wire.BundleMessage{Request: req})
		})
		k.Packed += n
		return err
	})
}

func (k *Stick) request() *wire.SyncRequest {
	return &wire.SyncRequest{Version: wire.Version, Sent: k.t.now(), Program: k.t.cfg.Program}
}

// log packs one of the own logs, as many messages as it takes.
func (k *Stick) log(tx store.Tx, s *state, l *ownLog, req *wire.SyncRequest, add func(*wire.BundleMessage) error) (*wire.SyncRequest, error) {
	next, previous := l.sentTo(change.DeviceID{})
	for size := 0; next < s.head(l); {
		if len(req.Carried) > 0 && (size > segmentTarget || len(req.Carried) == wire.MaxSegments) {
			if err := add(&wire.BundleMessage{Request: req}); err != nil {
				return nil, err
			}
			req, size = k.request(), 0
		}
		own, err := k.t.command(tx, s, l, next, segmentTarget-min(size, segmentTarget/2))
		if err != nil || len(own) == 0 {
			return req, err
		}
		p, n, err := seal(s, l, previous, own, k.t.now())
		if err != nil {
			return nil, err
		}
		req.Carried = append(req.Carried, wire.Carried{Device: s.Device[:], Segment: p.bytes})
		next, previous, size = own[len(own)-1].Seq, p.hash, size+n
		k.Packed += len(own)
	}
	return req, nil
}

// KeyOf takes bundles of the centre that are for this tablet, unless something
// between what is known here and what they bring is missing.
func (k *Stick) KeyOf(_ context.Context, h *wire.BundleHeader) (ed25519.PublicKey, error) {
	k.t.mu.Lock()
	defer k.t.mu.Unlock()
	s := k.t.st
	if len(s.Certificate) == 0 {
		return nil, ErrNotEnrolled
	}
	if string(h.To) != string(s.Device[:]) {
		return nil, core.Refuse(core.Forbidden, "", "refuse.bundle.other")
	}
	same := h.Epoch == s.Epoch && h.Tag == s.Tag
	held := s.Held != nil && bytes.Equal(s.Held, h.Scope)
	switch {
	case h.Epoch < s.Epoch, same && held && h.Through <= s.Cursor:
		k.Nothing = true
	case h.After > 0 && !(same && held && s.Cursor >= h.After):
		return nil, core.Refuse(core.Invalid, "", "refuse.bundle.gap")
	}
	return s.Server, nil
}

// Take takes in one message of a bundle. What is old news changes nothing; the
// receipts in it are still good.
func (k *Stick) Take(ctx context.Context, h *wire.BundleHeader, m *wire.BundleMessage) error {
	if m.File != nil {
		return k.parcel.Add(ctx, m.File)
	}
	if m.Files != nil {
		return k.t.TakeFilesAnswer(ctx, m.Files)
	}
	if m.Answer == nil {
		return nil
	}
	k.t.syncing.Lock()
	defer k.t.syncing.Unlock()
	ans := m.Answer
	if k.Nothing {
		ans = &wire.SyncAnswer{Epoch: ans.Epoch, Tag: ans.Tag, Received: ans.Received, Returned: ans.Returned}
		if me := k.t.epoch(); ans.Epoch != me.Epoch || ans.Tag != me.Tag {
			return nil
		}
	}
	// The snapshot of a bundle is told apart from one that comes over the line.
	in := &intake{t: k.t, late: true, srv: &server{Hub: change.DeviceID(h.From)}, req: new(wire.SyncRequest), ans: ans}
	if err := in.apply(ctx); err != nil {
		return err
	}
	k.Pulled += in.items
	return nil
}

func (t *Tablet) epoch() (out struct {
	Epoch change.Epoch
	Tag   uint32
}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	out.Epoch, out.Tag = t.st.Epoch, t.st.Tag
	return out
}
