package ingest

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/wire"
)

// Stick takes in bundles, and makes them for a device, on the centre or a hub.
type Stick struct {
	s     *Server
	to    change.DeviceID
	whole bool
	head  store.Head
	dev   store.Device
	Taken int // segments that were taken in, or were here already
}

// Stick takes in bundles for this server.
func (s *Server) Stick() *Stick { return &Stick{s: s} }

// StickFor makes bundles for a tablet or a hub: what it lacks since its last
// sync, or everything in its scope.
func (s *Server) StickFor(id change.DeviceID, whole bool) *Stick {
	return &Stick{s: s, to: id, whole: whole}
}

// Key is the server's private key.
func (k *Stick) Key() ed25519.PrivateKey { return k.s.key }

// KeyOf finds who made a bundle. A device that this server has not heard of is
// taken in by its certificate.
func (k *Stick) KeyOf(ctx context.Context, h *wire.BundleHeader) (ed25519.PublicKey, error) {
	if len(h.To) > 0 {
		return nil, core.Refuse(core.Forbidden, "", "refuse.bundle.tablet")
	}
	err := k.s.store.Update(ctx, func(tx store.Tx) error {
		d, known, err := tx.Device(change.DeviceID(h.From))
		if err != nil {
			return err
		}
		if !known && h.Admission != nil {
			u, err := k.s.upheld(tx)
			if err != nil {
				return err
			}
			if d, err = k.s.accept(tx, &u, h.Admission); err != nil {
				return err
			}
			known = d.ID == change.DeviceID(h.From)
		}
		if !known {
			return core.Refuse(core.Forbidden, "", "refuse.unknown")
		}
		k.dev = d
		return nil
	})
	return k.dev.Key, err
}

// Take takes in one message of a bundle.
func (k *Stick) Take(ctx context.Context, h *wire.BundleHeader, m *wire.BundleMessage) error {
	if m.Request == nil {
		return nil
	}
	x := k.s.exchange(k.dev, m.Request)
	x.late = true
	k.Taken += len(m.Request.Carried)
	if k.s.cfg.Hub != nil {
		return (&hubExchange{exchange: x}).collect(ctx)
	}
	if err := x.carry(ctx); err != nil {
		return err
	}
	return k.s.store.Update(ctx, x.post)
}

// post keeps what the tablets have to hear of what a carrier brought.
func (x *exchange) post(tx store.Tx) error {
	for i := range x.ans.Returned {
		r := &x.ans.Returned[i]
		if len(r.Segments) == 0 {
			continue
		}
		b, err := change.Marshal(r)
		if err != nil {
			return fmt.Errorf("keep an answer: %w", err)
		}
		if err := tx.PutMail(&store.Mail{Whose: x.device.ID, At: x.now, Bytes: b}); err != nil {
			return err
		}
	}
	return tx.DropMail(change.DeviceID{}, 0, x.now-keepSent)
}

// Begin says what the bundle is.
func (k *Stick) Begin(ctx context.Context) (*wire.BundleHeader, ed25519.PrivateKey, []ed25519.PublicKey, error) {
	if k.s.cfg.Hub != nil {
		return nil, nil, nil, core.Refuse(core.Forbidden, "", "refuse.hub")
	}
	me := k.s.me.Load()
	h := &wire.BundleHeader{From: me.Device[:], To: k.to[:], Made: k.s.now(), Tag: me.tag()}
	err := k.s.store.View(ctx, func(tx store.Tx) (err error) {
		var known bool
		if k.dev, known, err = tx.Device(k.to); err != nil {
			return err
		}
		if !known || k.dev.Revoked != 0 {
			return core.Refuse(core.NotFound, "", "refuse.device")
		}
		if k.head, err = tx.Head(); err != nil {
			return err
		}
		h.Epoch, h.Through, h.Scope = k.head.Epoch, k.head.Position, scopeMark(k.dev.Scope)
		if !k.whole && k.dev.Cursor <= me.Epochs.Shared(k.head.Epoch-1) {
			h.After = min(k.dev.Cursor, k.head.Position)
		}
		return nil
	})
	k.whole = h.After == 0
	return h, k.s.key, []ed25519.PublicKey{k.dev.Key}, err
}

// Pack gives what the device lacks.
func (k *Stick) Pack(ctx context.Context, add func(*wire.BundleMessage) error) error {
	return k.s.store.View(ctx, func(tx store.Tx) error {
		req := &wire.SyncRequest{Version: wire.Version, Epoch: k.head.Epoch, Tag: k.s.me.Load().tag(), Cursor: k.dev.Cursor, Scope: scopeMark(k.dev.Scope)}
		if k.whole {
			req.Scope, req.Cursor = nil, 0
		}
		x := k.s.exchange(k.dev, req)
		heads, err := x.claim(tx)
		if err != nil {
			return err
		}
		mail, err := tx.MailFor(k.to, 0, 1000)
		if err != nil {
			return err
		}
		return k.pages(tx, x, heads, mail, add)
	})
}

// claim claims the logs as this server holds them, so that pages say how far
// they include them. The heads tell the tablet whether that is its own history
// or that of a copy of it.
func (x *exchange) claim(tx store.Tx) ([]wire.Head, error) {
	heads, err := tx.LogHeads(x.device.ID)
	var told []wire.Head
	for i := range heads {
		if h := &heads[i]; h.Log == h.Wire {
			x.req.Have = append(x.req.Have, wire.Head{Incarnation: h.Log.Incarnation, Seq: h.Seq, Hash: h.Hash[:8]})
			told = append(told, wire.Head{Incarnation: h.Log.Incarnation, Seq: h.Seq, Hash: h.Hash[:]})
		}
	}
	return told, err
}

var errEndless = errors.New("a bundle does not come to an end: report this")

// pages asks as the device would, turn by turn.
func (k *Stick) pages(tx store.Tx, x *exchange, heads []wire.Head, mail []store.Mail, add func(*wire.BundleMessage) error) error {
	me := k.s.me.Load()
	for range 1 << 20 {
		x.ans = &wire.SyncAnswer{Received: x.now, Epoch: k.head.Epoch, Tag: me.tag(), Epochs: me.Epochs, Heads: heads}
		if err := x.page(tx, k.head); err != nil {
			return err
		}
		for i := range mail {
			var r wire.Returned
			if err := change.Unmarshal(mail[i].Bytes, &r); err != nil {
				return err
			}
			x.ans.Returned = append(x.ans.Returned, r)
		}
		mail = nil
		if err := add(&wire.BundleMessage{Answer: x.ans}); err != nil {
			return err
		}
		switch {
		case !x.ans.More:
			return nil
		case x.ans.Reset:
			x.req.Walk, x.req.Scope, x.req.Cursor = x.ans.Walk, x.ans.Scope, x.ans.Cursor
		case x.req.Walk != 0:
			x.req.Walk = x.ans.Walk
		default:
			x.req.Cursor = x.ans.Cursor
		}
	}
	return errEndless
}
