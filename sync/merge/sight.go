package merge

import (
	"slices"

	"muqu/core/change"
)

// Sight is what somebody who wrote a register later knew of an earlier write.
type Sight struct {
	By  int  // which entry wrote later
	Saw bool // its author had the earlier value on the screen
}

// written is a write that nobody who wrote later had seen so far.
type written struct {
	entry int
	write *Write
}

// Sights reads the history of one record: for each entry and register, who
// wrote the register next, up to the first who had seen the entry's value.
// That one replaced it; those before it stood beside it. It decides as the
// fold does, by what was seen and never by a clock. entries are those that
// fold, in their order, all of one record.
func Sights(entries []change.Sequenced, epochs change.Epochs) []map[string][]Sight {
	out := make([]map[string][]Sight, len(entries))
	s, stand, gone := new(State), make(map[string][]written), make(map[string][]written)
	for i := range entries {
		e := &entries[i]
		out[i] = make(map[string][]Sight)
		p := newSeer(s, e, epochs)
		w := newWrite(e, p, epochs)
		for j := range e.Fields {
			f := &e.Fields[j]
			r := s.Register(f.Name)
			// A set is diffed, so that any screen will do; see writeSet.
			shown := f.Rule == change.Set || r != nil && r.showed(f.Was.Norm(), p)
			var kept []written
			at := slices.IndexFunc(gone[f.Name], func(g written) bool { return g.write.foresaw(w) })
			replaced := at >= 0
			if replaced {
				out[i][f.Name] = append(out[i][f.Name], Sight{gone[f.Name][at].entry, true})
			}
			for _, before := range stand[f.Name] {
				switch saw := shown && p.saw(before.write); {
				case before.write.foresaw(w): // e arrives superseded
					out[i][f.Name] = append(out[i][f.Name], Sight{before.entry, true})
					replaced = true
				case saw || !replaced:
					out[before.entry][f.Name] = append(out[before.entry][f.Name], Sight{i, saw})
					if saw {
						if before.write.handsOn(f.Name) {
							gone[f.Name] = append(gone[f.Name], before)
						}
						continue
					}
				}
				kept = append(kept, before)
			}
			if !replaced {
				kept = append(kept, written{i, w})
			}
			stand[f.Name] = kept
		}
		Apply(s, e, epochs)
	}
	return out
}
