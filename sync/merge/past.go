package merge

import (
	"slices"

	"muqu/core/change"
)

// seer decides what the author of one entry had seen.
type seer struct {
	state  *State
	log    change.Log
	trunk  change.Key // of a branch: the last entry before it
	seen   change.Seen
	common change.Position // highest position seen that is still valid
}

func newSeer(s *State, e *change.Sequenced, epochs change.Epochs) *seer {
	p := &seer{state: s, log: e.FoldLog(), seen: e.Seen, common: min(e.Seen.Position, epochs.Shared(e.Seen.Epoch))}
	if e.Branch != 0 {
		p.trunk = change.Key{Log: e.Log, Seq: e.BranchAt}
	}
	return p
}

// saw reports whether the author's screen showed w.
func (p *seer) saw(w *Write) bool {
	if w.Seq <= p.seen.Own && (w.Log == p.log || w.Log == p.trunk.Log && w.Seq <= p.trunk.Seq) {
		return true
	}
	if w.Position != 0 && w.Position <= p.common {
		return true
	}
	if w.Old.Epoch != 0 && w.Old.Epoch == p.seen.Epoch && w.Old.Position <= p.seen.Position {
		return true
	}
	return named(p.seen.Ahead, w)
}

// foresaw reports whether by was written in the knowledge of w, although it
// was sequenced first: by name, or in an epoch that the server lost.
func (by *Write) foresaw(w *Write) bool {
	if by.Lost.Epoch != 0 && by.Lost.Epoch == w.Old.Epoch && w.Old.Position <= by.Lost.Position {
		return true
	}
	return named(by.Ahead, w)
}

// named reports whether an entry is among names. It may be folded in another log, as
// a branch of the one that is named.
func named(names []change.Name, w *Write) bool {
	return slices.ContainsFunc(names, func(n change.Name) bool {
		return n.Short == w.Short && n.Seq == w.Seq && n.Device == w.Device
	})
}

// waits gives those of the names whose entries were not folded in.
func (s *State) waits(names []change.Name) (out []change.Name) {
	for _, n := range names {
		r, found := s.Reach(n.Log)
		if !found || n.Seq > r.Seq || n.Seq == r.Seq && n.Short != r.Short {
			out = append(out, n)
		}
	}
	return out
}

// handsOn reports whether a write of the register leaves knowledge behind when it
// goes. Whether a record is deleted hands nothing on. It stands for all fields of
// the record, and who saw such a write did not see what its author had seen in them.
func (w *Write) handsOn(register string) bool {
	return register != change.DeletedField && (len(w.Ahead) > 0 || w.Lost.Epoch != 0)
}

// covers reports whether by foresaw all that w foresaw.
func (by *Write) covers(w *Write) bool {
	if w.Lost.Epoch != 0 && (by.Lost.Epoch != w.Lost.Epoch || by.Lost.Position < w.Lost.Position) {
		return false
	}
	return !slices.ContainsFunc(w.Ahead, func(n change.Name) bool { return !slices.Contains(by.Ahead, n) })
}
