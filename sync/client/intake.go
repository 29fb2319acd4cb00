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

// keepPages is how long received pages are kept, in milliseconds: 90 days
// between receipts of the server.
const keepPages = 90 * 24 * 3600 * 1000

// intake takes in one answer, in one transaction.
type intake struct {
	t      *Tablet
	base   string // address of the server that answered
	late   bool   // the answer came by a carrier
	req    *wire.SyncRequest
	ans    *wire.SyncAnswer
	pushed []pushedSegment
	early  *opened // the page, if it was opened before; nil: not yet

	tx    store.Tx
	s     *state
	srv   *server
	w     *work
	acked int
	items int
	again bool // something was learned that needs another turn
	fresh bool // a snapshot comes into a database that had no records
	// twin says that a hub speaks of a copy of this tablet, under numbers that are
	// its own here, and that the centre has not told the two apart yet.
	twin bool
	// doubts says that a record of the answer is there although none should be.
	doubts bool
	// logs are those of which a bundle means the history that is here.
	logs map[change.Incarnation]bool
}

func (in *intake) apply(ctx context.Context) error {
	err := in.try(ctx)
	switch {
	case errors.Is(err, store.ErrThere) && !in.doubts:
		in.doubts = true
		err = in.try(ctx)
	case errors.Is(err, errTwin) && !in.twin:
		in.twin = true
		err = in.try(ctx)
	}
	if err != nil {
		return fmt.Errorf("take in answer: %w", err)
	}
	if l := in.s.find(in.s.Log); l != nil {
		in.t.writeMarker(marker{Log: l.Log, Seq: l.Acked})
	}
	return nil
}

func (in *intake) try(ctx context.Context) error {
	return in.t.change(ctx, func(tx store.Tx, s *state) error {
		in.tx, in.s, in.acked, in.items, in.again = tx, s, 0, 0, false
		if !in.late {
			in.srv = s.at(in.base)
		}
		if in.srv == nil {
			return errServers
		}
		in.w = newWork(in)
		for _, step := range []func() error{
			in.epoch, in.grant, in.receipts, in.heads, in.held, in.fork, in.verdicts, in.atHub, in.returned, in.page, in.ahead,
			in.carried, in.offered, in.w.flush, in.prune,
		} {
			if err := step(); err != nil {
				return err
			}
		}
		if in.srv.widen(); !in.late {
			s.Anchor = anchor{Server: in.ans.Received, Local: in.t.now()}
		}
		return nil
	})
}

func (in *intake) grant() error {
	g := in.ans.Grant
	if g == nil {
		return nil
	}
	in.s.Name, in.s.Role, in.s.Scope = g.Name, core.Role(g.Role), g.Scope
	return nil
}

// receipts notes the server's signed word on what it sequenced.
func (in *intake) receipts() error { return in.receive(in.ans.Receipts) }

func (in *intake) receive(receipts [][]byte) error {
	for _, b := range receipts {
		r, err := wire.OpenReceipt(b, ed25519.PublicKey(in.s.Server))
		if err != nil {
			return err
		}
		l := in.s.find(r.Incarnation)
		if l == nil || r.Epoch != in.s.Epoch || !bytes.Equal(r.Device, in.s.Device[:]) || r.Count <= 0 {
			continue
		}
		if mine, err := in.covers(r); err != nil || !mine {
			if err != nil {
				return err
			}
			continue
		}
		l.Receipts = append(l.Receipts, receipt{First: r.First, Count: r.Count, Position: r.Position})
		if err := in.tx.SetMeta(fmt.Sprintf("receipt/%s/%d", r.Incarnation, r.First), b); err != nil {
			return err
		}
	}
	return nil
}

// covers reports whether a receipt is for the entries that are here: it may be
// for those of a copy of this tablet, which brought others under their numbers.
func (in *intake) covers(r *wire.Receipt) (bool, error) {
	own, err := in.s.own(in.tx.OwnAfter(change.Log{Device: in.s.Device, Incarnation: r.Incarnation}, r.First-1, r.Count))
	if err != nil || len(own) != r.Count {
		return false, err
	}
	hashes := make([]change.Hash, len(own))
	for i := range own {
		hashes[i] = own[i].Hash
	}
	return bytes.Equal(r.Hashes, wire.ReceiptHash(nil, hashes...)), nil
}

// verdicts notes own entries that the server keeps aside.
func (in *intake) verdicts() error {
	if !in.ans.Judged {
		return in.judged(in.ans.Verdicts)
	}
	// What is not named any more was approved.
	aside, err := in.s.own(in.tx.OwnJudged(change.Quarantined))
	if err != nil {
		return err
	}
	all := in.ans.Verdicts
	for _, o := range aside {
		if !slices.ContainsFunc(all, func(v wire.Verdict) bool { return v.Incarnation == o.Incarnation && v.Seq == o.Seq }) {
			all = append(all, wire.Verdict{Incarnation: o.Incarnation, Seq: o.Seq, Position: o.Position, Verdict: change.Applied})
		}
	}
	return in.judged(all)
}

func (in *intake) judged(verdicts []wire.Verdict) error {
	for _, v := range verdicts {
		l := in.s.find(v.Incarnation)
		if l == nil {
			continue
		}
		own, found, err := in.ownAt(v.Incarnation, v.Seq)
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		if err := in.tx.SettleOwn(change.Log{Device: in.s.Device, Incarnation: v.Incarnation}, v.Seq, v.Position, v.Verdict, v.Reason); err != nil {
			return err
		}
		if err := in.w.retake(core.Ref{Kind: own.Kind, ID: own.Record}); err != nil {
			return err
		}
	}
	return nil
}

// offered notes that pages were offered to a restored server.
func (in *intake) offered() error {
	if in.s.Offer == nil || !in.req.PushOnly || len(in.pushed) > 0 || in.req.Epoch != in.s.Epoch {
		return nil
	}
	if in.req.Offered {
		in.s.Offer = nil
		return nil
	}
	for _, b := range in.req.Offers {
		p, err := wire.OpenPage(b, ed25519.PublicKey(in.s.Server))
		if err != nil {
			return err
		}
		in.s.Offer.After = max(in.s.Offer.After, p.Through)
	}
	return nil
}
