package merge

import (
	"slices"
	"sort"

	"muqu/core/change"
)

// Outcome says what an entry did to its record.
type Outcome struct {
	Opened []string // registers whose conflict it opened or joined
	Closed []string // registers whose conflict it settled
}

// Apply folds e into s. Entries at or below s.Position were folded already and
// change nothing, so that applying a log twice is harmless; a tentative entry
// (position zero) is always folded. Entries must come in the order of their
// positions, and the caller leaves out those whose verdict does not fold.
func Apply(s *State, e *change.Sequenced, epochs change.Epochs) Outcome {
	if e.Position != 0 && e.Position <= s.Position {
		return Outcome{}
	}
	if s.Kind == "" {
		s.Kind, s.Record = e.Kind, e.Record
	}
	if e.Region != "" {
		s.Hint = e.Region
	}
	p := newSeer(s, e, epochs)
	w := newWrite(e, p, epochs)
	var out Outcome
	alive := true
	for i := range e.Fields {
		f := &e.Fields[i]
		alive = alive && f.Name != change.DeletedField
		out.note(s.register(f.Name, f.Rule), func(r *Register) { r.write(f.Value.Norm(), f.Was.Norm(), w, p) })
	}
	if alive {
		// An edit says that its author takes the record for alive: against a
		// deletion that had not seen the edit this is the other side.
		out.note(s.register(change.DeletedField, change.Review), func(r *Register) { r.write(change.Bool(false), r.aliveBefore(p), w, p) })
	}
	if e.Position == 0 {
		s.Told = append(s.Told, w.Name)
		return out
	}
	s.Position = e.Position
	s.include(w.Name)
	return out
}

// newWrite makes the mark of an entry.
func newWrite(e *change.Sequenced, p *seer, epochs change.Epochs) *Write {
	w := &Write{
		Name:     change.Name{Key: change.Key{Log: p.log, Seq: e.Seq}, Short: e.Hash.Short()},
		Position: e.Position, Effective: e.Effective,
		Author: e.Author, Uncertain: e.Uncertain || e.Unsure, Old: e.Old, Ahead: p.state.waits(e.Seen.Ahead), Knew: p.common,
	}
	if e.Seen.Epoch != 0 && e.Seen.Position > epochs.Shared(e.Seen.Epoch) {
		w.Lost = change.Place{Epoch: e.Seen.Epoch, Position: e.Seen.Position}
	}
	return w
}

// note runs a write and records what it did to the register's conflict.
func (o *Outcome) note(r *Register, write func(*Register)) {
	before := r.Open()
	write(r)
	if r.Open() {
		o.Opened = append(o.Opened, r.Name)
	} else if before {
		o.Closed = append(o.Closed, r.Name)
	}
}

// write brings a value into the register.
func (r *Register) write(value, was change.Value, w *Write, p *seer) {
	if r.Rule == change.Set {
		r.writeSet(value, was, w, p)
		return
	}
	superseded := r.foreseen(w)
	// What an entry supersedes it supersedes also where it arrives superseded
	// itself: whoever had seen it had seen that, too.
	r.supersede(was, w, p)
	if superseded {
		r.remember(change.Null, w, p.state)
		return
	}
	r.add(value, was, w)
}

// foreseen reports whether the register was written in the knowledge of w.
func (r *Register) foreseen(w *Write) bool {
	for _, s := range r.Siblings {
		for _, by := range s.By {
			if by.foresaw(w) {
				return true
			}
		}
	}
	return r.removed(change.Null, w)
}

// supersede removes the writes in the past of the author, unless what was on
// the screen shows that the entry was not made from that state.
func (r *Register) supersede(was change.Value, w *Write, p *seer) {
	if !r.showed(was, p) {
		return
	}
	kept := r.Siblings[:0]
	for _, s := range r.Siblings {
		if s.By = r.drop(s.By, change.Null, w, p); len(s.By) > 0 {
			kept = append(kept, s)
		}
	}
	r.Siblings = kept
}

// drop gives those of the writes of a value that the author of w had not seen, and
// remembers of the others what w itself had not seen.
func (r *Register) drop(by []*Write, value change.Value, w *Write, p *seer) []*Write {
	var left []*Write
	for _, x := range by {
		switch {
		case !p.saw(x):
			left = append(left, x)
		case !w.covers(x):
			r.remember(value, x, p.state)
		}
	}
	return left
}

// remember keeps what the author of a write that goes had seen ahead of the
// server: who replaces the write replaces that as well.
func (r *Register) remember(value change.Value, w *Write, s *State) {
	w.Ahead = s.waits(w.Ahead)
	if !w.handsOn(r.Name) {
		return
	}
	for _, x := range r.Removals {
		x.By.Ahead = s.waits(x.By.Ahead)
		if x.Value == value && x.By.covers(w) {
			return
		}
	}
	r.Removals = slices.DeleteFunc(r.Removals, func(x Removal) bool {
		return !x.By.handsOn(r.Name) || x.Value == value && w.covers(x.By)
	})
	r.Removals = append(r.Removals, Removal{value, w})
	sort.SliceStable(r.Removals, func(i, j int) bool { return r.Removals[i].Value < r.Removals[j].Value })
}

// removed reports whether the value was replaced, or the element taken away, by
// somebody who had already seen w.
func (r *Register) removed(value change.Value, w *Write) bool {
	return slices.ContainsFunc(r.Removals, func(x Removal) bool { return x.Value == value && x.By.foresaw(w) })
}

// showed reports whether was is a value that the author can have had on the
// screen: one of the siblings in the author's past.
func (r *Register) showed(was change.Value, p *seer) bool {
	for _, s := range r.Siblings {
		if s.Value == was && slices.ContainsFunc(s.By, p.saw) {
			return true
		}
	}
	return false
}

// aliveBefore gives what the author knew of a deletion: the value seen, or
// that the record was there, if somebody else has deleted it since.
func (r *Register) aliveBefore(p *seer) change.Value {
	for i := len(r.Siblings) - 1; i >= 0; i-- {
		if s := r.Siblings[i]; slices.ContainsFunc(s.By, p.saw) {
			return s.Value
		}
	}
	if len(r.Siblings) > 0 {
		return change.Bool(false)
	}
	return change.Null
}

// add puts the value among the siblings. Equal values are one sibling.
func (r *Register) add(value, was change.Value, w *Write) {
	for i := range r.Siblings {
		s := &r.Siblings[i]
		if s.Value != value {
			continue
		}
		s.By = addWrites(s.By, w)
		if s.Last() == w {
			s.Was = was
		}
		r.order()
		return
	}
	r.Siblings = append(r.Siblings, Sibling{Value: value, Was: was, By: []*Write{w}})
	r.order()
}

// order puts the winner last.
func (r *Register) order() {
	sort.SliceStable(r.Siblings, func(i, j int) bool {
		return r.Siblings[i].Last().before(r.Siblings[j].Last())
	})
}

// writeSet adds the elements that are new against what was on the screen, and
// removes those that are gone, as far as the author had seen them.
func (r *Register) writeSet(value, was change.Value, w *Write, p *seer) {
	before, after := elements(was), elements(value)
	for e := range before {
		if !after[e] {
			r.removeElement(e, w, p)
		}
	}
	for e := range after {
		if !before[e] && !r.removed(e, w) {
			r.addElement(e, w)
		}
	}
	sort.Slice(r.Siblings, func(i, j int) bool { return r.Siblings[i].Value < r.Siblings[j].Value })
}

func elements(v change.Value) map[change.Value]bool {
	out := make(map[change.Value]bool)
	for _, e := range v.Elements() {
		out[e] = true
	}
	return out
}

func (r *Register) addElement(e change.Value, w *Write) {
	for i := range r.Siblings {
		if r.Siblings[i].Value == e {
			r.Siblings[i].By = addWrites(r.Siblings[i].By, w)
			return
		}
	}
	r.Siblings = append(r.Siblings, Sibling{Value: e, By: []*Write{w}})
}

func (r *Register) removeElement(e change.Value, w *Write, p *seer) {
	r.remember(e, w, p.state)
	kept := r.Siblings[:0]
	for _, s := range r.Siblings {
		if s.Value == e {
			s.By = r.drop(s.By, e, w, p)
		}
		if len(s.By) > 0 {
			kept = append(kept, s)
		}
	}
	r.Siblings = kept
}
