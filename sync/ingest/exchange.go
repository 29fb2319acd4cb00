package ingest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"strings"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/wire"
)

// exchange is one turn of a sync.
type exchange struct {
	s      *Server
	device store.Device
	req    *wire.SyncRequest
	ans    *wire.SyncAnswer
	now    change.Millis
	scope  core.Scope // what the tablet is given now
	pushed int
	// late: the request came by a carrier whose journey nobody measured
	late bool
	// damaged: its records differ from the centre's and are sent anew
	damaged bool
	// branchy: a log of the tablet exists twice
	branchy bool
	// known are the logs of which the tablet and this server mean one history
	known map[change.Incarnation]bool
	// pushedTo are the heads of the logs that this turn brought entries of
	pushedTo map[change.Incarnation]store.LogHead
}

func (s *Server) exchange(d store.Device, req *wire.SyncRequest) *exchange {
	now := s.now()
	return &exchange{
		s: s, device: d, req: req, ans: new(wire.SyncAnswer), now: now, scope: d.Area(now),
		pushedTo: make(map[change.Incarnation]store.LogHead), known: make(map[change.Incarnation]bool),
	}
}

// Exchange takes what a tablet brings and gives it what it lacks.
func (s *Server) Exchange(ctx context.Context, d store.Device, req *wire.SyncRequest) (*wire.SyncAnswer, error) {
	if req.Version != wire.Version {
		return nil, core.Refuse(core.Invalid, "", "refuse.version")
	}
	if len(req.Segments) > wire.MaxSegments || len(req.Carried) > wire.MaxSegments || len(req.Admissions) > maxAdmit || len(req.Others) > maxOthers || len(req.Offers) > wire.MaxSegments*8 {
		return nil, core.Refuse(core.TooLarge, "", "refuse.size")
	}
	x := s.exchange(d, req)
	x.ans.Received, x.ans.Wipe = x.now, d.Wipe
	if s.cfg.Hub != nil {
		return x.hub(ctx)
	}
	if stale, err := x.stale(ctx); err != nil {
		return nil, err
	} else if stale {
		// The tablet has not heard of the restore yet: what it had seen can be
		// resolved only after it has offered what it received.
		req.Segments, req.PushOnly = nil, false
	}
	steps := []func(context.Context) error{x.offers, x.push, x.carry, x.note, x.answer, x.repaired}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return x.ans, nil
}

// stale reports a tablet that speaks of an epoch before a restore. One that
// speaks of an epoch unknown here makes the server begin another.
func (x *exchange) stale(ctx context.Context) (bool, error) {
	if x.req.Epoch == 0 {
		return false, nil
	}
	var h store.Head
	if err := x.s.store.View(ctx, func(tx store.Tx) (err error) {
		h, err = tx.Head()
		return err
	}); err != nil {
		return false, err
	}
	same := x.req.Epoch == h.Epoch && x.req.Tag == x.s.me.Load().tag()
	if same && x.req.Cursor <= h.Position {
		return false, nil
	}
	if x.req.Epoch >= h.Epoch {
		return true, x.s.overtake(ctx, x.req.Epoch)
	}
	return true, nil
}

// push verifies segments outside the transaction and sequences them in it.
func (x *exchange) push(ctx context.Context) error {
	if len(x.req.Segments) == 0 {
		return nil
	}
	ins, err := x.openAll(ctx)
	if err != nil {
		return err
	}
	var done []*accepted
	if err := x.s.submit(ctx, func(b *batch) error {
		done = done[:0]
		for _, in := range ins {
			a, err := b.segment(in)
			if err != nil {
				return err
			}
			done = append(done, a)
		}
		return nil
	}); err != nil {
		return err
	}
	return x.report(done)
}

// openAll verifies and decodes the segments. As many requests do so at a time as
// there are cores, in the order in which they came: if hundreds shared the
// cores, all of them would be ready at the end.
func (x *exchange) openAll(ctx context.Context) ([]*incoming, error) {
	select {
	case x.s.opening <- struct{}{}:
		defer func() { <-x.s.opening }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	ins := make([]*incoming, 0, len(x.req.Segments))
	for _, b := range x.req.Segments {
		in, err := x.open(b)
		if err != nil {
			return nil, err
		}
		ins = append(ins, in)
	}
	return ins, nil
}

func (x *exchange) open(b []byte) (*incoming, error) {
	in, err := read(b, &x.device, x.now-x.req.Sent)
	if err != nil {
		x.s.cfg.Log.Warn("segment refused", "device", x.device.ID.String(), "err", err)
		return nil, core.Refuse(core.Invalid, "", "refuse.segment")
	}
	return in, nil
}

// report puts receipts, heads and verdicts into the answer. Of one log only
// the last head counts.
func (x *exchange) report(done []*accepted) error {
	r := new(wire.Returned)
	for _, a := range done {
		if err := report(r, a, x.s.key); err != nil {
			return err
		}
		for _, receipt := range a.receipts {
			x.pushed += receipt.Count
		}
		x.pushedTo[a.head.Wire.Incarnation] = a.head
	}
	x.ans.Receipts, x.ans.Verdicts, x.ans.Heads = r.Receipts, r.Verdicts, r.Heads
	if n := len(r.Forks); n > 0 {
		x.ans.Forked = &r.Forks[n-1]
	}
	return nil
}

func headOf(h *store.LogHead) wire.Head {
	return wire.Head{Incarnation: h.Wire.Incarnation, Seq: h.Seq, Hash: h.Hash[:], Segment: h.Segment}
}

// note keeps what the tablets page shows. A sync with nothing to say writes at
// most once a minute.
func (x *exchange) note(ctx context.Context) error {
	d := x.device
	unsent := max(0, x.req.Unsent-x.pushed)
	if x.req.PushOnly {
		return nil // the last turn says it all
	}
	if x.pushed == 0 && d.Unsent == unsent && d.Cursor == x.req.Cursor && d.Program == x.req.Program && x.now-d.LastSync < 60000 {
		return nil
	}
	return x.noteDevice(ctx, func(d *store.Device) {
		d.LastSync, d.Unsent, d.Cursor, d.Program, d.Offset = x.now, unsent, x.req.Cursor, x.req.Program, x.req.Sent-x.now
	})
}

// noteDevice changes what is kept of the tablet, as it is by now.
func (x *exchange) noteDevice(ctx context.Context, note func(*store.Device)) error {
	return x.s.alter(ctx, func(tx store.Tx) error {
		d, found, err := tx.Device(x.device.ID)
		if err != nil || !found {
			return err
		}
		note(&d)
		return tx.PutDevice(&d)
	})
}

// answer builds the tablet's page.
func (x *exchange) answer(ctx context.Context) error {
	return x.s.store.View(ctx, func(tx store.Tx) error {
		h, err := tx.Head()
		if err != nil {
			return err
		}
		me := x.s.me.Load()
		x.ans.Epoch, x.ans.Tag = h.Epoch, me.tag()
		if (x.req.Epoch != h.Epoch || x.req.Tag != me.tag()) && len(me.Epochs) > 0 {
			x.ans.Epochs = me.Epochs
		}
		if err := x.heads(tx); err != nil {
			return err
		}
		if err := x.verdicts(tx); err != nil {
			return err
		}
		if x.req.PushOnly {
			return nil
		}
		if x.req.Epoch != h.Epoch && x.req.Epoch != 0 {
			// The tablet has to let go of what is void before it takes more.
			x.ans.More = true
			return nil
		}
		return x.page(tx, h)
	})
}

// verdicts corrects a tablet that takes other entries to be kept aside than
// those that are: an answer was lost, or somebody decided.
func (x *exchange) verdicts(tx store.Tx) error {
	if x.req.PushOnly {
		return nil // the last turn says it all
	}
	list, err := tx.Aside(x.device.ID)
	if err != nil {
		return err
	}
	var aside []change.Hash
	for i := range list {
		if list[i].Verdict == change.Quarantined {
			aside = append(aside, list[i].Hash)
		}
	}
	if wire.AsideMark(aside) == x.req.Aside {
		return nil
	}
	x.ans.Judged, x.ans.Verdicts = true, nil
	for i := range list {
		l := &list[i]
		x.ans.Verdicts = append(x.ans.Verdicts, wire.Verdict{Incarnation: l.Incarnation, Seq: l.Seq, Position: l.Position, Verdict: l.Verdict, Reason: l.Reason})
	}
	return nil
}

// heads corrects a tablet that believes something else of its logs than is
// held here: after a lost answer, a restore of either side, or a fork.
func (x *exchange) heads(tx store.Tx) error {
	all, err := tx.LogHeads(x.device.ID)
	if err != nil {
		return err
	}
	for i := range all {
		x.branchy = x.branchy || all[i].Log != all[i].Wire
	}
	waiting, err := tx.HeldLogs(x.device.ID)
	if err != nil {
		return err
	}
	for _, h := range waiting {
		x.ans.Held = append(x.ans.Held, wire.Run{Incarnation: h.Log.Incarnation, First: h.First, Last: h.Last})
	}
	for _, have := range x.req.Have {
		h := x.match(tx, all, &have)
		if h == nil {
			h = &store.LogHead{Wire: change.Log{Device: x.device.ID, Incarnation: have.Incarnation}}
		}
		if h.Seq != have.Seq && !x.reported(have.Incarnation) {
			x.ans.Heads = append(x.ans.Heads, headOf(h))
		}
	}
	return nil
}

func (x *exchange) reported(i change.Incarnation) bool {
	for _, h := range x.ans.Heads {
		if h.Incarnation == i {
			return true
		}
	}
	return false
}

// match finds the history that a tablet means by the number and hash of its
// last acknowledged entry.
func (x *exchange) match(tx store.Tx, all []store.LogHead, have *wire.Head) *store.LogHead {
	if h, ok := x.pushedTo[have.Incarnation]; ok {
		return &h
	}
	var main *store.LogHead
	for i := range all {
		h := &all[i]
		if h.Wire.Incarnation != have.Incarnation {
			continue
		}
		if h.Log == h.Wire {
			main = h
			continue
		}
		if have.Seq <= h.BranchAt || len(have.Hash) == 0 {
			continue
		}
		held, err := tx.LoggedBy(change.Key{Log: h.Wire, Seq: have.Seq})
		if err != nil {
			continue
		}
		for j := range held {
			if held[j].FoldLog() == h.Log && bytes.HasPrefix(held[j].Hash[:], have.Hash) {
				return h
			}
		}
	}
	return main
}

// history finds the history that a tablet certainly means: the one that it just
// pushed to, or the one that holds its last acknowledged entry. A number alone
// could mean another, after a clone or a restore.
func (x *exchange) history(tx store.Tx, all []store.LogHead, have *wire.Head) (*store.LogHead, error) {
	if h, ok := x.pushedTo[have.Incarnation]; ok {
		x.known[have.Incarnation] = true
		return &h, nil
	}
	if x.req.Pruned > 0 && have.Incarnation == x.req.Incarnation && have.Seq <= x.req.Pruned {
		return x.only(all, have.Incarnation), nil
	}
	if have.Seq == 0 || len(have.Hash) == 0 {
		return nil, nil
	}
	held, err := tx.LoggedBy(change.Key{Log: change.Log{Device: x.device.ID, Incarnation: have.Incarnation}, Seq: have.Seq})
	if err != nil {
		return nil, err
	}
	for j := range held {
		if !bytes.HasPrefix(held[j].Hash[:], have.Hash) {
			continue
		}
		for i := range all {
			if all[i].Log == held[j].FoldLog() {
				x.known[have.Incarnation] = true
				return &all[i], nil
			}
		}
	}
	return nil, nil
}

// only gives the one history of a log, nil where there are several. That one is
// meant by a tablet that let go of the entry by which it could prove it.
func (x *exchange) only(all []store.LogHead, i change.Incarnation) (h *store.LogHead) {
	for n := range all {
		if all[n].Wire.Incarnation == i && h != nil {
			return nil
		}
		if all[n].Wire.Incarnation == i {
			h = &all[n]
		}
	}
	x.known[i] = h != nil
	return h
}

// scopeMark identifies a scope, so that a changed one is noticed.
func scopeMark(s core.Scope) []byte {
	sum := sha256.Sum256([]byte(strings.Join(s, ",")))
	return sum[:4]
}
