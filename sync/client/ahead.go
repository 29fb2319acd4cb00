package client

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"slices"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/wire"
)

// signer is the key that signs this server's pages.
func (in *intake) signer() ed25519.PublicKey {
	if in.srv.IsHub {
		return in.srv.Key
	}
	return in.s.Server
}

// atHub notes that the hub which answered has what was pushed to it.
func (in *intake) atHub() error {
	if !in.srv.IsHub {
		return nil
	}
	for _, p := range in.pushed {
		l := in.s.find(p.log)
		if l == nil {
			continue
		}
		last := p.first + uint64(p.count) - 1
		if last > l.hubHas(in.srv.Hub).Seq {
			in.acked += p.count
		}
		l.reached(hubMark{Hub: in.srv.Hub, Seq: last, Segment: p.hash})
		refs, err := in.tx.OwnRefs(change.Log{Device: in.s.Device, Incarnation: p.log}, p.first, last)
		if err != nil {
			return err
		}
		for _, ref := range refs {
			if _, err := in.w.take(ref); err != nil {
				return err
			}
		}
	}
	return nil
}

// returned takes in what the centre said of this tablet's segments when a hub
// carried them. It may be old news.
func (in *intake) returned() error {
	for i := range in.ans.Returned {
		r := &in.ans.Returned[i]
		if string(r.Device) != string(in.s.Device[:]) || r.Epoch != in.s.Epoch || r.Tag != in.s.Tag {
			continue
		}
		if err := in.receive(r.Receipts); err != nil {
			return err
		}
		if err := in.forward(r); err != nil {
			return err
		}
		for j := range r.Forks {
			if err := in.forked(&r.Forks[j]); err != nil {
				return err
			}
		}
		if err := in.judged(r.Verdicts); err != nil {
			return err
		}
	}
	if in.srv.IsHub {
		in.srv.Mail = max(in.srv.Mail, in.ans.Mail)
	}
	return nil
}

// forward takes over heads as far as they are beyond what is known.
func (in *intake) forward(r *wire.Returned) error {
	for i := range r.Heads {
		h := &r.Heads[i]
		l := in.s.find(h.Incarnation)
		if l == nil || h.Seq <= l.Acked || h.Seq > in.s.head(l) || l.Acked < l.Again && !l.gave(r.Segments, h.Seq) {
			continue
		}
		same, err := in.sameHistory(l, h)
		if err != nil {
			return err
		}
		if same {
			l.Acked, l.Segment = h.Seq, h.Segment
		}
	}
	return nil
}

// gave reports whether what was answered are entries of this tablet through a
// number, as a hub was given them, and not those of a copy.
func (l *ownLog) gave(segments [][]byte, seq uint64) bool {
	return slices.ContainsFunc(l.AtHub, func(m hubMark) bool {
		return m.Seq >= seq && slices.ContainsFunc(segments, func(hash []byte) bool { return bytes.Equal(hash, m.Segment) })
	})
}

// byReceipts says how far the own logs are part of the state by the centre's
// receipts: what stands at or below the cursor is in it.
func (in *intake) byReceipts() (out []wire.Mark) {
	if in.s.Held == nil {
		return nil // the state is not complete yet
	}
	for i := range in.s.Logs {
		l := &in.s.Logs[i]
		seq := l.Included
		for p := l.position(seq + 1); p != 0 && p <= in.s.Cursor; p = l.position(seq + 1) {
			seq++
		}
		if seq > l.Included {
			out = append(out, wire.Mark{Incarnation: l.Log, Seq: seq})
		}
	}
	return out
}

// others drops what a hub told of logs that the centre has sequenced by now.
// Where an entry was kept aside there, it is not shown any more.
func (in *intake) others(p *wire.Page) error {
	for i := range p.Others {
		m := &p.Others[i]
		if err := in.sequenced(change.Key{Log: m.Log(), Seq: m.Seq}); err != nil {
			return err
		}
	}
	return nil
}

func (in *intake) sequenced(k change.Key) error {
	if in.t.carrier != nil {
		if err := in.tx.PutMark(k); err != nil {
			return err
		}
	}
	refs, err := in.tx.DropAhead(k)
	if err != nil {
		return err
	}
	for _, ref := range refs {
		if err := in.w.retake(ref); err != nil {
			return err
		}
	}
	return nil
}

// ahead takes in what the hub has and the centre hasn't.
func (in *intake) ahead() error {
	if !in.srv.IsHub || len(in.ans.Tentative) == 0 {
		return nil
	}
	p, err := wire.OpenPage(in.ans.Tentative, in.signer())
	if err != nil {
		return err
	}
	for i := range p.Items {
		if err := in.tentative(&p.Items[i]); err != nil {
			return err
		}
	}
	in.srv.Ahead = max(in.srv.Ahead, in.ans.Ahead)
	return nil
}

func (in *intake) tentative(i *wire.Item) error {
	if i.What != wire.ItemAhead || string(i.Device) == string(in.s.Device[:]) {
		return nil
	}
	e, err := i.Sequenced()
	if err != nil {
		return err
	}
	return in.w.ahead(&store.Tentative{
		Key: e.Key, Hash: e.Hash, Kind: e.Kind, Record: e.Record, Effective: i.Effective, Bytes: i.Bytes,
	})
}

// ahead keeps an entry that the centre hasn't, unless it is known.
func (w *work) ahead(a *store.Tentative) error {
	fresh, err := w.in.tx.PutAhead(a)
	if err != nil || !fresh {
		return err
	}
	w.in.items++
	_, err = w.take(core.Ref{Kind: a.Kind, ID: a.Record})
	return err
}

// carried takes in what the answer says of what this hub carries.
func (in *intake) carried() error {
	if in.t.carrier == nil {
		return nil
	}
	return in.t.carrier.Done(in.tx, in.req, in.ans)
}

// Show brings entries that tablets gave to this hub into the records, on top
// of what the centre knows, and does more in the same transaction.
func (t *Tablet) Show(ctx context.Context, list []store.Tentative, also func(store.Tx) error) error {
	err := t.change(ctx, func(tx store.Tx, s *state) error {
		in := &intake{t: t, ans: new(wire.SyncAnswer), tx: tx, s: s}
		in.w = newWork(in)
		for i := range list {
			if err := in.w.ahead(&list[i]); err != nil {
				return err
			}
		}
		if err := also(tx); err != nil {
			return err
		}
		return in.w.flush()
	})
	if err != nil {
		return fmt.Errorf("take in at the hub: %w", err)
	}
	return nil
}

// IsHub reports whether a database belongs to a hub.
func IsHub(ctx context.Context, db store.Store) (is bool, err error) {
	err = db.View(ctx, func(tx store.Tx) error {
		s, err := loadState(tx)
		is = s != nil && s.Role == core.HubRole
		return err
	})
	return is, err
}

// ErrNoHub reports a folder of a tablet that is no hub.
var ErrNoHub = errors.New("this folder does not belong to a hub")

// Upheld reads what this hub knows of the centre.
func (t *Tablet) Upheld(tx store.Tx) (wire.Upheld, error) {
	s, err := loadState(tx)
	if err != nil {
		return wire.Upheld{}, err
	}
	if s == nil || s.Role != core.HubRole {
		return wire.Upheld{}, ErrNoHub
	}
	u := wire.Upheld{
		Device: s.Device, Private: s.key(), Centre: s.Server, Own: s.Own, Epoch: s.Epoch, Tag: s.Tag, Epochs: s.Epochs,
		Cursor: s.Cursor, Floor: s.Floor, Scope: s.Scope, Complete: s.Held != nil && s.Walk == nil,
	}
	for i := range s.Servers {
		u.Above = append(u.Above, wire.Address{URL: s.Servers[i].URL, Fingerprint: s.Servers[i].Pin, Hub: s.Servers[i].IsHub})
	}
	return u, nil
}
