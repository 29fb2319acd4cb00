package client

import (
	"fmt"

	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/merge"
)

// flush writes what was touched, with own entries replayed on top.
func (w *work) flush() error {
	if err := store.InStretches(w.list, stretch, func(t *touched) { t.prepare(w.in) }, w.putAll); err != nil {
		return err
	}
	w.list = nil
	clear(w.rows)
	return w.sums.Write(w.in.tx)
}

// prepare works out what will be written if nothing waits of the record.
func (t *touched) prepare(in *intake) {
	if t.gone {
		t.state, t.came, t.whole, t.changed = new(merge.State), nil, nil, true
	}
	if t.changed && t.came == nil && t.state.Kind != "" {
		t.came = t.state.Encode()
	}
	if t.foreign && t.state.Kind != "" {
		if t.whole == nil {
			t.whole = &whole{state: t.state}
		}
		if t.whole.view.Kind == "" {
			t.whole.show(in.t.cfg.Regions)
		}
		t.view, t.row.Index = t.whole.view, t.whole.index
	}
}

func (w *work) putAll(list []*touched) error {
	for _, t := range list {
		if err := w.put(t); err != nil {
			return fmt.Errorf("write %s %s: %w", t.row.Kind, t.row.ID, err)
		}
	}
	err := w.in.tx.PutRecords(w.ready)
	w.ready = w.ready[:0]
	for _, t := range list {
		*t = touched{} // a page may bring thousands: let go of what is written
	}
	return err
}

func (w *work) put(t *touched) error {
	pending, err := w.pending(t.row.Ref)
	if err != nil {
		return err
	}
	ahead, err := w.aheadOf(t)
	if err != nil {
		return err
	}
	if err := w.route(t); err != nil {
		return err
	}
	if t.changed {
		old := t.row.State
		t.row.State = t.came
		w.sums.Change(t.row.Ref, old, t.before, t.row.State, t.state.Regions())
	}
	if len(pending) == 0 && len(ahead) == 0 && t.state.Kind == "" {
		return w.in.tx.RemoveRecord(t.row.Ref)
	}
	return w.show(t, pending, ahead)
}

// show writes the row with what the centre hasn't replayed on the committed
// state: what a hub told, and after it the own entries.
func (w *work) show(t *touched, pending []store.Own, ahead []store.Tentative) error {
	st := t.state
	told, err := w.tell(st, ahead)
	if err != nil {
		return err
	}
	t.row.View, t.row.Pending, t.row.AtHub = nil, told || len(pending) > 0, true
	if err := w.replay(t, pending); err != nil {
		return err
	}
	if t.row.Pending {
		t.row.View = st.Encode()
	}
	if settled(&t.row, st) && !t.foreign && !t.row.Pending {
		// Own entries came back, and nobody else wrote: what is shown was shown.
		return w.in.tx.TouchRecord(&t.row, st.Position)
	}
	if !t.foreign || t.row.Pending || t.view.Kind == "" {
		t.view = st.View()
		t.row.Index = store.IndexOf(&t.view, w.in.t.cfg.Regions)
	}
	if err := w.in.s.wantFiles(w.in.tx, &t.view, t.row.Index.Files); err != nil {
		return err
	}
	w.ready = append(w.ready, &t.row)
	return nil
}

// replay folds own entries on top of the state.
func (w *work) replay(t *touched, pending []store.Own) error {
	for _, o := range pending {
		if l := w.in.s.find(o.Incarnation); l == nil || o.Seq > l.atHub() {
			t.row.AtHub = false
		}
		if o.Damaged {
			w.in.damaged(&o)
			continue
		}
		o.Key.Device = w.in.s.Device
		e, err := change.LoadEntry(o.Key, o.Bytes)
		if err != nil {
			return err
		}
		seq := w.in.s.tentative(e, o.Hash)
		later(t.state, &seq)
		merge.Apply(t.state, &seq, w.in.s.Epochs)
	}
	return nil
}
