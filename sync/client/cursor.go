package client

import (
	"bytes"
	"errors"

	"muqu/core"
	"muqu/core/store"
	"muqu/sync/wire"
)

// page applies a stretch of the server's order.
func (in *intake) page() error {
	if in.twin {
		return nil
	}
	if len(in.ans.Page) == 0 {
		return in.cursor(nil)
	}
	o := in.early
	if o == nil || !bytes.Equal(o.signer, in.signer()) {
		page, err := wire.OpenPage(in.ans.Page, in.signer())
		if err != nil {
			return err
		}
		o = &opened{page: page, wholes: make([]*whole, len(page.Items))}
	}
	p := o.page
	if in.ans.Reset {
		if len(in.req.Sum) > 0 && bytes.Equal(in.s.Held, in.ans.Scope) {
			in.t.cfg.Log.Error("the state here was not that of the centre: it is fetched anew", "device", in.s.Device.String())
			in.s.Repaired++
		}
		if err := in.beginWalk(); err != nil {
			return err
		}
	}
	if in.s.Walk != nil && !in.ans.Reset {
		in.fresh = in.s.Walk.Fresh
	}
	if p.Epoch != in.s.Epoch {
		return errors.New("the server signed a page of another epoch: try again")
	}
	if err := in.w.page(o); err != nil {
		return err
	}
	if err := in.others(p); err != nil {
		return err
	}
	// What a hub made up of the centre's pages proves nothing to the centre.
	if !in.srv.IsHub && in.ans.Walk == 0 && !in.ans.Reset && in.s.Walk == nil && len(p.Items) > 0 {
		keep := store.Page{Epoch: p.Epoch, Through: p.Through, At: in.ans.Received, Bytes: in.ans.Page}
		if err := in.tx.PutPage(&keep); err != nil {
			return err
		}
		// By the server's own time: long enough to outlast its backups.
		if err := in.tx.PrunePages(in.ans.Received - keepPages); err != nil {
			return err
		}
	}
	return in.cursor(p)
}

// beginWalk prepares for a snapshot.
func (in *intake) beginWalk() error {
	some, err := in.tx.AnyRecord()
	if err != nil {
		return err
	}
	in.fresh = !some
	return in.tx.BeginWalk()
}

// cursor notes how far the state reaches now. While a snapshot comes in, that
// is nowhere; when it is complete, the tail goes on from where it began.
func (in *intake) cursor(p *wire.Page) error {
	s, a := in.s, in.ans
	switch {
	case in.req.PushOnly || p == nil && s.Walk != nil:
		return nil
	case a.Reset:
		s.Walk = &walk{From: in.srv.Hub, At: a.Walk, Cursor: a.Cursor, Scope: a.Scope, Total: a.Total, Own: in.marks(p), Fresh: in.fresh}
	case s.Walk != nil && s.Walk.From != in.srv.Hub:
		return nil // another server's snapshot is under way
	case s.Walk != nil:
		s.Walk.At = a.Walk
	default:
		s.Cursor = max(s.Cursor, a.Cursor)
		return in.included(append(append(in.marks(p), in.byReceipts()...), in.named()...))
	}
	s.Walk.Done += in.items
	if a.Walk != 0 {
		return nil
	}
	return in.walked()
}

// marks says how far a page includes the own logs.
func (in *intake) marks(p *wire.Page) (out []wire.Mark) {
	if p == nil {
		return nil
	}
	for _, m := range p.Own {
		l := in.s.find(m.Incarnation)
		if l == nil || in.late && !in.logs[m.Incarnation] {
			continue
		}
		if m.Seq > l.believed(m.Seq) {
			l.Named, m.Seq = max(l.Named, m.Seq), l.Acked
		}
		out = append(out, m)
	}
	return out
}

// named gives the numbers that could not be believed before the log was sent
// again, and can now.
func (in *intake) named() (out []wire.Mark) {
	for i := range in.s.Logs {
		if l := &in.s.Logs[i]; l.Named > 0 && l.Acked >= l.Again {
			out = append(out, wire.Mark{Incarnation: l.Log, Seq: l.Named})
			l.Named = 0
		}
	}
	return out
}

// walked completes a snapshot: records that it did not bring are gone.
func (in *intake) walked() error {
	s := in.s
	var left []core.Ref
	if !s.Walk.Fresh {
		var err error
		if left, err = in.tx.EndWalk(); err != nil {
			return err
		}
	}
	for _, ref := range left {
		if err := in.w.drop(ref); err != nil {
			return err
		}
	}
	own := s.Walk.Own
	s.Cursor, s.Held, s.Floor, s.Walk = s.Walk.Cursor, s.Walk.Scope, s.Walk.Cursor, nil
	in.again = true
	return in.included(own)
}

// included notes how far the own logs are part of the state, and takes those
// entries off the replay.
func (in *intake) included(own []wire.Mark) error {
	for _, m := range own {
		l := in.s.find(m.Incarnation)
		if l == nil || m.Seq <= l.Included {
			continue
		}
		if err := in.w.settle(l, m.Seq); err != nil {
			return err
		}
		l.Included = min(m.Seq, in.s.head(l))
		// A mark is a number. What a hub says of a copy's log must not keep this
		// one from being sent; a bundle was asked which history it means.
		if !in.srv.IsHub {
			l.Acked = max(l.Acked, l.Included)
		}
		kept := l.Receipts[:0]
		for _, r := range l.Receipts {
			if r.First+uint64(r.Count) > l.Included+1 {
				kept = append(kept, r)
			}
		}
		l.Receipts = kept
	}
	return nil
}
