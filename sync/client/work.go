package client

import (
	"errors"
	"fmt"
	"slices"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/merge"
	"muqu/sync/wire"
)

// work gathers the records that an answer touches, so that each is read and
// written once.
type work struct {
	in   *intake
	rows map[core.Ref]*touched
	list []*touched // in the order of first touch
	own  map[change.Key]store.Own
	told *bool // a hub told something that is here; nil: not looked yet
	sums store.Sums
	// walked are records that a snapshot brought, to be noted
	walked []core.Ref
	ready  []*store.Row // rows to be written together
}

type touched struct {
	row     store.Row
	state   *merge.State
	came    []byte // state as the server sent it, which may say more than this program reads; nil: it was folded here
	whole   *whole // likewise what was made of that
	changed bool   // state differs from row.State
	foreign bool   // something else than own entries came in
	gone    bool
	before  []string    // where the committed record lay when it was read
	view    core.Record // what is shown, once it was worked out
}

func newWork(in *intake) *work {
	return &work{in: in, rows: make(map[core.Ref]*touched), own: make(map[change.Key]store.Own), sums: store.Sums{}}
}

func (w *work) take(ref core.Ref) (*touched, error) {
	if t, ok := w.rows[ref]; ok {
		return t, nil
	}
	row, _, err := w.in.tx.Record(ref)
	if err == nil {
		err = w.keep(&row)
	}
	return w.rows[ref], err
}

// retake is take of a record that may show less than before.
func (w *work) retake(ref core.Ref) error {
	t, err := w.take(ref)
	if err == nil {
		t.foreign = true
	}
	return err
}

// stretch is how many items are read at a time.
const stretch = 512

func (w *work) page(o *opened) error {
	for at := 0; at < len(o.page.Items); at += stretch {
		end := min(at+stretch, len(o.page.Items))
		told, err := w.read(o.page.Items[at:end], o.wholes[at:end])
		if err != nil {
			return err
		}
		for i := range told {
			if err := w.item(o.page, &told[i]); err != nil {
				return err
			}
		}
	}
	refs := w.walked
	w.walked = nil
	return w.in.tx.Walk(refs)
}

// told is one item of a page as it was read.
type told struct {
	*wire.Item
	ref   core.Ref
	entry change.Sequenced
	whole *whole // of a record that enters
}

// read decodes items, where that was not done before, and reads the records that
// they are about, all at once.
func (w *work) read(items []wire.Item, wholes []*whole) ([]told, error) {
	out := make([]told, len(items))
	refs := make([]core.Ref, 0, len(items))
	for i := range items {
		t := &out[i]
		t.Item = &items[i]
		var err error
		switch t.What {
		case wire.ItemEntry, wire.ItemOwn:
			t.entry, err = w.entry(t.Item)
			t.ref = core.Ref{Kind: t.entry.Kind, ID: t.entry.Record}
		case wire.ItemEnter:
			// Thousands of them may have been worked out: each is let go of when
			// it is written.
			if t.whole, wholes[i] = wholes[i], nil; t.whole == nil {
				t.whole = new(whole)
				t.whole.state, err = merge.Decode(t.Bytes)
			}
			if err == nil {
				t.ref = core.Ref{Kind: t.whole.state.Kind, ID: t.whole.state.Record}
			}
		case wire.ItemLeave:
			t.ref = core.Ref{Kind: t.Kind, ID: change.RecordID(t.Record)}
		default:
			continue // a newer server says something that this program need not know
		}
		if errors.Is(err, errDamaged) {
			t.Item = new(wire.Item) // the sums will tell that it lacks
			continue
		}
		if err != nil {
			return nil, err
		}
		refs = append(refs, t.ref)
	}
	return out, w.takeAll(refs)
}

// takeAll is take of many records.
func (w *work) takeAll(refs []core.Ref) error {
	missing := make([]core.Ref, 0, len(refs))
	var asked touched
	for _, ref := range refs {
		if w.rows[ref] == nil {
			missing = append(missing, ref)
			w.rows[ref] = &asked // named once
		}
	}
	rows, err := w.rowsOf(missing)
	if err != nil {
		return err
	}
	for i := range rows {
		if err := w.keep(&rows[i]); err != nil {
			return err
		}
	}
	return nil
}

// rowsOf reads rows, or takes for granted that there are none.
func (w *work) rowsOf(refs []core.Ref) ([]store.Row, error) {
	blank, err := w.blank()
	if err != nil {
		return nil, err
	}
	if !blank {
		return w.in.tx.Records(refs)
	}
	rows := make([]store.Row, len(refs))
	for i, ref := range refs {
		rows[i] = store.Row{Ref: ref, Stored: store.Stored{Read: true}}
	}
	return rows, nil
}

// blank reports whether a first snapshot comes to a tablet on which nobody wrote
// and which was told nothing: it brings each record once, so that none is here.
// Should one be here all the same, the store says so and the page is taken in
// again.
func (w *work) blank() (bool, error) {
	in := w.in
	if !in.fresh || in.doubts || in.s.Head != 0 || len(in.s.Logs) > 1 {
		return false, nil
	}
	told, err := w.wasTold()
	return !told, err
}

// keep notes a row that was read.
func (w *work) keep(row *store.Row) error {
	st, err := merge.Decode(row.State)
	if err != nil {
		return fmt.Errorf("%s %s: %w", row.Kind, row.ID, err)
	}
	t := &touched{row: *row, state: st, before: st.Regions()}
	w.rows[row.Ref] = t
	w.list = append(w.list, t)
	return nil
}

func (w *work) item(p *wire.Page, i *told) error {
	switch i.What {
	case wire.ItemEntry, wire.ItemOwn:
		t, err := w.take(i.ref)
		if err != nil {
			return err
		}
		merge.Apply(t.state, &i.entry, w.in.s.Epochs)
		t.changed, t.gone, t.came, t.whole = true, false, nil, nil
		if i.What == wire.ItemEntry {
			t.foreign = true
			w.in.items++
		}
	case wire.ItemEnter:
		w.in.items++
		return w.enter(p, i)
	case wire.ItemLeave:
		w.in.items++
		return w.drop(i.ref)
	}
	return nil
}

// entry gives the entry of an item, taking the bytes of own ones from the log.
func (w *work) entry(i *wire.Item) (change.Sequenced, error) {
	if i.What == wire.ItemOwn {
		key := change.Key{Log: change.Log{Device: w.in.s.Device, Incarnation: i.Log}, Seq: i.Seq}
		own, err := w.fetch(key)
		if err != nil {
			return change.Sequenced{}, err
		}
		i.Device, i.Bytes = key.Device[:], own.Bytes
	}
	return i.Sequenced()
}

// fetch reads own entries in runs, because they come back in runs.
func (w *work) fetch(key change.Key) (store.Own, error) {
	if o, ok := w.own[key]; ok {
		delete(w.own, key)
		return o, nil
	}
	clear(w.own)
	run, err := w.in.s.own(w.in.tx.OwnAfter(key.Log, key.Seq-1, 500))
	if err != nil {
		return store.Own{}, err
	}
	for _, o := range run {
		w.own[o.Key] = o
	}
	o, ok := w.own[key]
	if !ok {
		return o, fmt.Errorf("the server speaks of an entry that this tablet doesn't have: %s", key)
	}
	if o.Damaged {
		w.in.damaged(&o)
		return o, errDamaged
	}
	return o, nil
}

// enter takes over a whole record. What its state includes of the own log is
// taken off the replay.
func (w *work) enter(p *wire.Page, i *told) error {
	st, ref := i.whole.state, i.ref
	t, err := w.take(ref)
	if err != nil {
		return err
	}
	if w.in.srv.IsHub {
		if t.state.Position > st.Position && !w.in.ans.Reset {
			return nil // the centre itself told more than this hub knows
		}
		if err := w.in.unmixed(st); err != nil {
			return err
		}
	}
	t.state, t.came, t.whole, t.changed, t.foreign, t.gone = st, i.Bytes, i.whole, true, true, false
	if !w.in.fresh && (w.in.s.Walk != nil || w.in.ans.Reset) {
		w.walked = append(w.walked, ref)
	}
	pending, err := w.pending(ref)
	if err != nil {
		return err
	}
	for _, o := range pending {
		if w.in.within(&o, st, p.Now) {
			if err := w.settleOne(&o, w.in.s.find(o.Key.Incarnation)); err != nil {
				return err
			}
		}
	}
	return nil
}

// errTwin reports that a hub speaks of a copy of this tablet as of the tablet.
var errTwin = errors.New("a copy of this tablet wrote under the same numbers")

// unmixed fails with [errTwin] where a record that a hub gives includes entries of
// a copy under numbers that this tablet gave out as well. On top of those its own
// would be shown as if their author had seen them. The centre will tell the two
// apart when it hears of both; until then it is left to the centre what is
// committed.
func (in *intake) unmixed(st *merge.State) error {
	for i := range in.s.Logs {
		l := &in.s.Logs[i]
		r, found := st.Reach(change.Log{Device: in.s.Device, Incarnation: l.Log})
		sure, head := max(l.Acked, l.Included), in.s.head(l)
		if !found || l.Branch != 0 || r.Seq <= sure || r.Short == (change.Short{}) {
			continue
		}
		if r.Seq > head {
			if sure < head {
				return errTwin
			}
			if err := in.outrun(l); err != nil {
				return err
			}
			continue
		}
		own, found, err := in.ownAt(l.Log, r.Seq)
		if err != nil {
			return err
		}
		if found && own.Hash.Short() != r.Short {
			return errTwin
		}
	}
	return nil
}

// within reports whether a whole record includes an own entry: by the state
// itself, or by what the server says of the log.
func (in *intake) within(o *store.Own, st *merge.State, now []wire.Mark) bool {
	log := change.Log{Device: in.s.Device, Incarnation: o.Incarnation}
	l := in.s.find(o.Incarnation)
	if l != nil && l.Branch != 0 && o.Seq > l.BranchAt {
		log.Incarnation = l.Branch
	}
	if st.Includes(change.Key{Log: log, Seq: o.Seq}) {
		return true
	}
	return slices.ContainsFunc(now, func(m wire.Mark) bool {
		return (!in.late || in.logs[m.Incarnation]) && o.Incarnation == m.Incarnation && l != nil && o.Seq <= l.believed(m.Seq)
	})
}

// pending reads the own entries of a record that the state does not include.
// Most often there are none of any record, and nothing is asked.
func (w *work) pending(ref core.Ref) ([]store.Own, error) {
	for i := range w.in.s.Logs {
		if l := &w.in.s.Logs[i]; l.Included < w.in.s.head(l) {
			return w.in.s.own(w.in.tx.OwnPending(ref))
		}
	}
	return nil, nil
}

// settle takes own entries through seq off the replay, in runs as the receipts
// gave them.
func (w *work) settle(l *ownLog, seq uint64) error {
	for first := l.Included + 1; first <= seq; {
		last, position := l.run(first, seq)
		refs, err := w.in.tx.SettleOwnRun(change.Log{Device: w.in.s.Device, Incarnation: l.Log}, first, last, position)
		if err != nil {
			return err
		}
		for _, ref := range refs {
			if _, err := w.take(ref); err != nil {
				return err
			}
		}
		first = last + 1
	}
	return nil
}

func (w *work) settleOne(o *store.Own, l *ownLog) error {
	position := store.Somewhere
	if l != nil {
		position = max(position, l.position(o.Seq))
	}
	log := change.Log{Device: w.in.s.Device, Incarnation: o.Key.Incarnation}
	return w.in.tx.SettleOwn(log, o.Seq, position, change.Applied, "")
}

// drop takes a record out, unless own work on it is still on the way: that is
// uploaded first.
func (w *work) drop(ref core.Ref) error {
	t, err := w.take(ref)
	if err != nil {
		return err
	}
	t.gone, t.foreign = true, true
	return nil
}

// aheadOf reads what a hub told of a record; nothing of one that left, which is
// none of this tablet's matter any more. Most tablets were told nothing at all.
func (w *work) aheadOf(t *touched) ([]store.Tentative, error) {
	if told, err := w.wasTold(); err != nil || !told || t.gone {
		return nil, err
	}
	return w.in.tx.AheadOf(t.row.Ref)
}

// wasTold reports whether anything is here that a hub told.
func (w *work) wasTold() (bool, error) {
	if w.told == nil {
		logs, err := w.in.tx.AheadLogs()
		if err != nil {
			return false, err
		}
		any := len(logs) > 0
		w.told = &any
	}
	return *w.told, nil
}

// route remembers on a hub what its tablets must be told of a record: that it
// left, or which regions refer to records elsewhere.
func (w *work) route(t *touched) error {
	switch {
	case w.in.t.carrier == nil || !t.changed:
		return nil
	case t.gone:
		return w.in.tx.PutGone(t.row.Ref, w.in.s.Cursor)
	}
	if err := w.in.tx.DropGone(t.row.Ref); err != nil {
		return err
	}
	for _, ref := range t.state.Refs() {
		if err := w.borrow(ref, t.state.Regions()); err != nil {
			return err
		}
	}
	return nil
}

// borrow notes regions that refer to a record which lies elsewhere.
func (w *work) borrow(ref core.Ref, regions []string) error {
	at, _, err := w.in.tx.RegionsOf(ref)
	if err != nil {
		return err
	}
	for _, r := range regions {
		if slices.Contains(at, r) {
			continue
		}
		if err := w.in.tx.Borrow(ref, r); err != nil {
			return err
		}
	}
	return nil
}

// apart reports whether what a hub told of a log is another history than what the
// state includes of it. It is not shown: it would seem to have seen that.
func apart(st *merge.State, log change.Log, ahead []store.Tentative) bool {
	r, found := st.Reach(log)
	return found && r.Short != (change.Short{}) && slices.ContainsFunc(ahead, func(a store.Tentative) bool {
		return a.Key == r.Key && a.Hash.Short() != r.Short
	})
}

// tell folds what a hub told on top of the state, as far as the state doesn't
// include it.
func (w *work) tell(st *merge.State, ahead []store.Tentative) (any bool, err error) {
	for i := range ahead {
		a := &ahead[i]
		if st.Includes(a.Key) || apart(st, a.Key.Log, ahead) {
			continue
		}
		e, err := change.LoadEntry(a.Key, a.Bytes)
		if err != nil {
			return any, err
		}
		merge.Apply(st, &change.Sequenced{Entry: e, Hash: a.Hash, Effective: a.Effective}, w.in.s.Epochs)
		any = true
	}
	return any, nil
}
