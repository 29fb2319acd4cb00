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

	tx    store.Tx
	s     *state
	srv   *server
	w     *work
	acked int
	items int
	again bool // something was learned that needs another turn
	fresh bool // a snapshot comes into a database that had no records
	// logs are those of which a bundle means the history that is here.
	logs map[change.Incarnation]bool
}

func (in *intake) apply(ctx context.Context) error {
	err := in.t.change(ctx, func(tx store.Tx, s *state) error {
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
	if err != nil {
		return fmt.Errorf("take in answer: %w", err)
	}
	if l := in.s.find(in.s.Log); l != nil {
		in.t.writeMarker(marker{Log: l.Log, Seq: l.Acked})
	}
	return nil
}

// epoch notices that the server was restored from a backup. What it told us
// after the point of the backup is void: own entries count as unsent again,
// and what came from others is offered to it.
func (in *intake) epoch() error {
	s, a := in.s, in.ans
	if len(a.Epochs) > 0 {
		s.Epochs = a.Epochs
	}
	if s.Epoch == a.Epoch && s.Tag == a.Tag {
		return nil
	}
	if s.Epoch != 0 {
		// The server took nothing from a tablet that spoke of another epoch.
		in.pushed = nil
		fork := s.Epochs.Shared(s.Epoch)
		in.t.cfg.Log.Warn("the server was restored from a backup", "epoch", a.Epoch, "position", fork)
		err := errors.Join(in.tx.Unsettle(fork), in.tx.VoidFiles())
		if err != nil {
			return err
		}
		for i := range s.Logs {
			l := &s.Logs[i]
			l.Included, l.Receipts, l.Segment = 0, nil, nil
			l.Held, l.Days, l.AtHub = wire.Run{}, nil, nil
			if l.Acked, err = in.kept(l, fork); err != nil {
				return err
			}
			l.Again, l.Named = s.head(l), 0
		}
		s.Offer = &offer{Epoch: s.Epoch, After: fork}
		s.Cursor = min(s.Cursor, fork)
		s.Walk, s.Held = nil, nil
		in.again = true
		if in.t.carrier != nil {
			if err := in.t.carrier.Restored(in.tx, fork); err != nil {
				return err
			}
		}
	}
	s.Epoch, s.Tag = a.Epoch, a.Tag
	return nil
}

// kept gives the last entry of a log before the first that a restored centre
// may lack.
func (in *intake) kept(l *ownLog, fork change.Position) (seq uint64, err error) {
	log := change.Log{Device: in.s.Device, Incarnation: l.Log}
	for seq = l.Pruned; ; {
		run, err := in.tx.OwnAfter(log, seq, 500)
		if err != nil || len(run) == 0 {
			return seq, err
		}
		for i := range run {
			if p := run[i].Position; p <= 1 || p > fork { // 1: somewhere
				return seq, nil
			}
			seq = run[i].Seq
		}
	}
}

// believed cuts a number that a server names for an own log to what it can
// know: see [ownLog.Again].
func (l *ownLog) believed(seq uint64) uint64 {
	if l.Acked < l.Again {
		return min(seq, l.Acked)
	}
	return seq
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
	own, err := in.tx.OwnAfter(change.Log{Device: in.s.Device, Incarnation: r.Incarnation}, r.First-1, r.Count)
	if err != nil || len(own) != r.Count {
		return false, err
	}
	hashes := make([]change.Hash, len(own))
	for i := range own {
		hashes[i] = own[i].Hash
	}
	return bytes.Equal(r.Hashes, wire.ReceiptHash(nil, hashes...)), nil
}

// heads takes over how far the server holds the own logs, if it is the same
// history and not only the same numbers.
func (in *intake) heads() error {
	if in.late {
		return in.known()
	}
	for _, h := range in.ans.Heads {
		l := in.s.find(h.Incarnation)
		if l == nil {
			continue
		}
		if h.Seq > in.s.head(l) {
			if err := in.outrun(l); err != nil {
				return err
			}
			continue
		}
		same, err := in.sameHistory(l, &h)
		if err != nil {
			return err
		}
		if !same {
			continue
		}
		if l.Acked < l.Again && h.Seq > l.Acked {
			// The fork, if there is one, comes with the entries themselves.
			if sent := in.pushedThrough(l.Log); sent < h.Seq {
				h.Seq, h.Segment = max(sent, l.Acked), nil
				in.again = in.again || l.safe() > l.Acked // it need not wait behind a gap any more
			}
		}
		if h.Seq > l.Acked {
			in.acked += int(h.Seq - l.Acked)
		}
		if h.Seq < l.Acked {
			in.again = true
		}
		l.Acked, l.Segment = h.Seq, h.Segment
	}
	return nil
}

// known notes of which own logs a bundle speaks. It was made without asking how
// this tablet's go on: of a log that a copy of the tablet went on with, it says
// nothing about the entries here.
func (in *intake) known() error {
	in.logs = make(map[change.Incarnation]bool)
	for i := range in.ans.Heads {
		h := &in.ans.Heads[i]
		l := in.s.find(h.Incarnation)
		if l == nil {
			continue
		}
		same, err := in.sameHistory(l, h)
		if err != nil {
			return err
		}
		in.logs[h.Incarnation] = same
	}
	return nil
}

// outrun deals with a server that holds more of a log than this tablet does:
// the tablet was restored from a copy and must not go on under the same
// numbers. The head is that of the history in which the server found what was
// just pushed, be it a branch: so it has that.
func (in *intake) outrun(l *ownLog) error {
	head := in.s.head(l)
	if in.pushedThrough(l.Log) == head && head > l.Acked {
		in.acked += int(head - l.Acked)
		l.Acked = head
	}
	if l.Log != in.s.Log {
		return nil
	}
	in.t.cfg.Log.Warn("the server holds more of this log: beginning a new one", "device", in.s.Device.String())
	in.again = true
	return in.t.beginLog(in.tx, in.s)
}

// pushedThrough gives the last entry of a log that this turn pushed.
func (in *intake) pushedThrough(log change.Incarnation) (last uint64) {
	for _, p := range in.pushed {
		if p.log == log {
			last = p.first + uint64(p.count) - 1
		}
	}
	return last
}

func (in *intake) sameHistory(l *ownLog, h *wire.Head) (bool, error) {
	if h.Seq < l.Pruned {
		return true, nil // it had the receipt of this server, long ago
	}
	if h.Seq == 0 {
		return true, nil
	}
	own, err := in.tx.OwnAfter(change.Log{Device: in.s.Device, Incarnation: l.Log}, h.Seq-1, 1)
	if err != nil {
		return false, err
	}
	return len(own) == 1 && bytes.Equal(own[0].Hash[:], h.Hash), nil
}

// fork starts a new log where the server holds other entries under the
// numbers of this one.
func (in *intake) fork() error { return in.forked(in.ans.Forked) }

func (in *intake) forked(f *wire.Fork) error {
	if f == nil {
		return nil
	}
	l := in.s.find(f.Incarnation)
	if l == nil || l.Branch == f.Branch {
		return nil
	}
	l.Branch, l.BranchAt, l.Named = f.Branch, f.At, 0
	in.again = true
	if l.Log != in.s.Log {
		return nil
	}
	in.t.cfg.Log.Warn("this log exists twice: beginning a new one", "device", in.s.Device.String())
	return in.t.beginLog(in.tx, in.s)
}

// verdicts notes own entries that the server keeps aside.
func (in *intake) verdicts() error {
	if !in.ans.Judged {
		return in.judged(in.ans.Verdicts)
	}
	// What is not named any more was approved.
	aside, err := in.tx.OwnJudged(change.Quarantined)
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
		log := change.Log{Device: in.s.Device, Incarnation: v.Incarnation}
		own, err := in.tx.OwnAfter(log, v.Seq-1, 1)
		if err != nil {
			return err
		}
		if len(own) == 0 || own[0].Seq != v.Seq {
			continue
		}
		if err := in.tx.SettleOwn(log, v.Seq, v.Position, v.Verdict, v.Reason); err != nil {
			return err
		}
		if err := in.w.retake(core.Ref{Kind: own[0].Kind, ID: own[0].Record}); err != nil {
			return err
		}
	}
	return nil
}

// page applies a stretch of the server's order.
func (in *intake) page() error {
	if len(in.ans.Page) == 0 {
		return in.cursor(nil)
	}
	p, err := wire.OpenPage(in.ans.Page, in.signer())
	if err != nil {
		return err
	}
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
	if err := in.w.page(p); err != nil {
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
