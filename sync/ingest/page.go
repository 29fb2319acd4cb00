package ingest

import (
	"slices"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/wire"
)

// page fills the answer with what the tablet lacks: the next stretch of a
// snapshot, or of the tail.
func (x *exchange) page(tx store.Tx, h store.Head) error {
	mark := scopeMark(x.scope)
	p := &wire.Page{Version: 1, Epoch: h.Epoch}
	if len(x.scope) == 0 {
		return x.nothing(p, h.Position, mark)
	}
	now, err := x.marks(tx, h.Position)
	if err != nil {
		return err
	}
	p.Now = now
	switch {
	case !slices.Equal(x.req.Scope, mark):
		return x.begin(tx, h, p, mark)
	case x.req.Walk != 0:
		return x.walk(tx, p, x.req.Walk)
	case x.req.Cursor == h.Position:
		differs, err := x.differs(tx)
		if err != nil {
			return err
		}
		if differs {
			return x.begin(tx, h, p, mark)
		}
		if len(x.req.Others) == 0 {
			return nil
		}
	}
	return x.tail(tx, h, p)
}

// room gives how many bytes a page may have, as the tablet's line is.
func (x *exchange) room() int {
	if x.req.Room <= 0 {
		return wire.PageBytes
	}
	return min(max(x.req.Room, wire.LeastBytes), wire.PageBytes)
}

// chunk gives how many records are read at once into a page.
func (x *exchange) chunk() int { return min(max(x.room()>>10, 10), 500) }

// nothing takes everything away from a tablet whose rights were taken or whose
// term is over; what it has still to say stays with it until it was said.
func (x *exchange) nothing(p *wire.Page, at change.Position, mark []byte) error {
	if len(x.req.Scope) == 0 || slices.Equal(x.req.Scope, mark) {
		return nil
	}
	x.ans.Reset, x.ans.Cursor, x.ans.Scope = true, at, mark
	x.ans.Grant = &wire.Grant{Name: x.device.Name, Role: string(x.device.Role)}
	return x.sign(p)
}

// begin starts a snapshot: the records of the scope as they are, and after
// them the tail from here on.
func (x *exchange) begin(tx store.Tx, h store.Head, p *wire.Page, mark []byte) error {
	d := &x.device
	x.ans.Reset, x.ans.Cursor, x.ans.Scope = true, h.Position, mark
	x.ans.Grant = &wire.Grant{Name: d.Name, Role: string(d.Role), Scope: x.scope}
	kinds, err := tx.CountKinds()
	if err != nil {
		return err
	}
	for _, n := range kinds {
		x.ans.Total += n
	}
	p.Own = p.Now
	return x.walk(tx, p, 0)
}

func (x *exchange) walk(tx store.Tx, p *wire.Page, after int64) error {
	size := 0
	for size < x.room() && len(p.Items) < wire.PageItems {
		rows, last, err := tx.Snapshot(x.scope, after, x.chunk())
		if err != nil {
			return err
		}
		for i := range rows {
			p.Items = append(p.Items, wire.Item{What: wire.ItemEnter, Bytes: rows[i].State})
			size += len(rows[i].State)
		}
		if len(rows) == 0 || last == after {
			x.ans.Walk = 0
			x.ans.More = true // the tail follows
			return x.sign(p)
		}
		after = last
	}
	x.ans.Walk, x.ans.More = after, true
	return x.sign(p)
}

// tail gives the entries after the cursor that concern the tablet.
func (x *exchange) tail(tx store.Tx, h store.Head, p *wire.Page) error {
	lender, err := newLender(tx, x.scope, p)
	if err != nil {
		return err
	}
	t := &tail{lender: lender, x: x, through: h.Position}
	if err := t.read(h); err != nil {
		return err
	}
	p.Through = t.through
	own, err := x.marks(tx, t.through)
	if err != nil {
		return err
	}
	p.Own = own
	if p.Others, err = x.others(tx, t.through); err != nil {
		return err
	}
	if len(p.Items) == 0 && len(p.Others) == 0 && x.req.Cursor == h.Position {
		return nil
	}
	x.ans.Cursor, x.ans.More = t.through, t.through < h.Position
	return x.sign(p)
}

func (x *exchange) sign(p *wire.Page) error {
	b, err := p.Sign(x.s.key)
	x.ans.Page = b
	return err
}

// marks says how far the tablet's logs are part of the state at a position.
func (x *exchange) marks(tx store.Tx, at change.Position) ([]wire.Mark, error) {
	all, err := tx.LogHeads(x.device.ID)
	if err != nil {
		return nil, err
	}
	var out []wire.Mark
	for _, have := range x.req.Have {
		h, err := x.history(tx, all, &have)
		if err != nil {
			return nil, err
		}
		if h == nil {
			continue
		}
		seq, err := tx.SeqThrough(h, at)
		if err != nil {
			return nil, err
		}
		out = append(out, wire.Mark{Incarnation: have.Incarnation, Seq: seq})
	}
	return out, nil
}

// others says how far logs that the tablet asks for are sequenced at a position.
func (x *exchange) others(tx store.Tx, at change.Position) ([]wire.LogMark, error) {
	return marksOf(x.req.Others, func(log change.Log) (uint64, error) {
		h, found, err := tx.LogHead(log)
		if err != nil || !found {
			return 0, err
		}
		return tx.SeqThrough(&h, at)
	})
}

// maxOthers bounds how many logs may be asked for at once.
const maxOthers = 1000

// tail reads the order for one tablet.
type tail struct {
	*lender
	last    *store.Logged // the entry before the next one
	x       *exchange
	through change.Position
	weight  map[core.Ref]int // bytes of other people's entries of a record in the present chunk
}

const tailChunk = 1000

// read goes through the areas of the scope together, so that items come in the
// order of their positions.
func (t *tail) read(h store.Head) error {
	after := t.x.req.Cursor
	for {
		list, complete, err := t.chunk(after, h.Position)
		if err != nil {
			return err
		}
		t.weigh(list)
		for i := range list {
			full := t.size > t.x.room() || len(t.page.Items) >= wire.PageItems
			if full && (t.size > wire.PageMost || !goesOn(t.last, &list[i])) {
				t.through = list[i].Position - 1
				return nil
			}
			if err := t.entry(&list[i]); err != nil {
				return err
			}
			after, t.last = list[i].Position, &list[i]
		}
		if complete {
			return nil
		}
	}
}

// goesOn reports whether two entries, one after the other in the order, are of
// one command, which becomes visible whole: no page ends between them.
func goesOn(a, b *store.Logged) bool {
	if a == nil || a.Log != b.Log || b.Seq-a.Seq != uint64(b.Position-a.Position) {
		return false
	}
	e, err := change.DecodeEntry(a.Key, a.Bytes)
	return err == nil && e.More
}

// weigh adds up what the entries of each record would cost.
func (t *tail) weigh(list []store.Logged) {
	t.weight = make(map[core.Ref]int)
	for i := range list {
		if l := &list[i]; l.Device != t.x.device.ID {
			t.weight[core.Ref{Kind: l.Kind, ID: l.Record}] += len(l.Bytes) + itemBytes
		}
	}
}

// itemBytes is about what an item costs beside the entry.
const itemBytes = 24

// compact gives a record whole where that is less than the entries that lead to
// it: a tablet that was away for a year is not told every step of the way.
func (t *tail) compact(l *store.Logged, ref core.Ref) (bool, error) {
	w := t.weight[ref]
	if w <= 2*(len(l.Bytes)+itemBytes) {
		return false, nil // too few to be worth a look
	}
	row, found, err := t.tx.Record(ref)
	if err != nil || !found || len(row.State) >= w || !t.x.scope.ContainsAny(row.Index.Regions) {
		return false, err // what has left since must be seen to leave
	}
	return true, t.enter(ref, row.State)
}

// chunk reads the next entries of all areas, as far as all of them were read.
func (t *tail) chunk(after, head change.Position) ([]store.Logged, bool, error) {
	areas := []string{core.Everywhere}
	for _, p := range t.x.scope {
		if len(p) < 6 {
			list, err := t.tx.Logged(after, "", tailChunk)
			return list, len(list) < tailChunk, err
		}
		if a := p[:6]; !slices.Contains(areas, a) {
			areas = append(areas, a)
		}
	}
	var all []store.Logged
	end := head
	complete := true
	for _, a := range areas {
		list, err := t.tx.Logged(after, a, tailChunk)
		if err != nil {
			return nil, false, err
		}
		if len(list) == tailChunk {
			complete = false
			end = min(end, list[len(list)-1].Position)
		}
		all = append(all, list...)
	}
	slices.SortFunc(all, func(a, b store.Logged) int { return int(a.Position) - int(b.Position) })
	all = slices.CompactFunc(all, func(a, b store.Logged) bool { return a.Position == b.Position })
	for i := range all {
		if all[i].Position > end {
			return all[:i], complete, nil
		}
	}
	return all, complete, nil
}

// entry adds what one entry means for the tablet.
func (t *tail) entry(l *store.Logged) error {
	if l.Kind == "verdict" {
		approved, err := t.tx.FoldedAt(l.Position)
		if err != nil {
			return err
		}
		for i := range approved {
			a := approved[i]
			a.Position = l.Position
			if err := t.moved(&a); err != nil {
				return err
			}
		}
	}
	if l.Folds != l.Position {
		return nil
	}
	return t.moved(l)
}

func (t *tail) moved(l *store.Logged) error {
	scope := t.x.scope
	ref := core.Ref{Kind: l.Kind, ID: l.Record}
	shared := core.KindOf(l.Kind).Shared
	before, after := shared || scope.ContainsAny(l.Before), shared || scope.ContainsAny(l.Regions)
	if !after {
		lent, err := t.borrowed(ref)
		if err != nil {
			return err
		}
		before, after = before || lent, lent
	} else if err := t.refer(l); err != nil {
		return err
	}
	switch {
	case t.entered[ref]:
		return nil // came whole, with this entry in it
	case after && !before && len(l.Before) > 0:
		return t.came(ref)
	case after:
		whole, err := t.compact(l, ref)
		if err != nil {
			return err
		}
		if !whole {
			t.add(l)
		}
	case before:
		t.page.Items = append(t.page.Items, wire.Item{What: wire.ItemLeave, Kind: ref.Kind, Record: ref.ID[:]})
	}
	return nil
}

// came gives a record whole that came into the scope.
func (t *tail) came(ref core.Ref) error {
	row, found, err := t.tx.Record(ref)
	if err != nil || !found || !t.x.scope.ContainsAny(row.Index.Regions) {
		return err // it left again: the tail says so
	}
	return t.enter(ref, row.State)
}

func (t *tail) add(l *store.Logged) {
	i := wire.Item{
		What: wire.ItemEntry, Log: l.Incarnation, Seq: l.Seq, Position: l.Position, Effective: l.Effective,
		Branch: l.Branch, BranchAt: l.BranchAt, Old: l.Old, Unsure: l.Unsure,
	}
	if l.Device == t.x.device.ID && l.Branch == 0 && t.x.hasBytes(l) {
		i.What = wire.ItemOwn
	} else {
		i.Device, i.Bytes = l.Device[:], l.Bytes
	}
	t.size += len(i.Bytes) + itemBytes
	t.page.Items = append(t.page.Items, i)
}

// hasBytes reports whether the tablet surely has an entry of its present log:
// it is of the history that the tablet means, and not beyond its end.
func (x *exchange) hasBytes(l *store.Logged) bool {
	return l.Incarnation == x.req.Incarnation && l.Seq <= x.req.Own && l.Seq > x.req.Pruned && x.ans.Forked == nil && !x.branchy && x.known[l.Incarnation]
}
