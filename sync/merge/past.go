package merge

import "muqu/core/change"

// seer decides what the author of one entry had seen.
type seer struct {
	log    change.Log
	seen   change.Seen
	own    uint64
	common change.Position // highest position seen that is still valid
	ahead  []change.Key    // named by the author, or inherited
}

func newSeer(s *State, e *change.Sequenced, epochs change.Epochs) *seer {
	p := &seer{log: e.FoldLog(), seen: e.Seen, own: e.Seen.Own, ahead: e.Seen.Ahead}
	p.common = min(e.Seen.Position, epochs.Shared(e.Seen.Epoch))
	if e.Branch != 0 {
		p.ahead = append(append([]change.Key(nil), p.ahead...), change.Key{Log: e.Log, Seq: min(e.BranchAt, p.own)})
	}
	for _, w := range s.Named {
		if p.saw(w) {
			p.ahead = inherit(p.ahead, w.Ahead)
		}
	}
	return p
}

// saw reports whether the author's screen showed w.
func (p *seer) saw(w *Write) bool {
	if w.Log == p.log && w.Seq <= p.own {
		return true
	}
	if w.Position != 0 && w.Position <= p.common {
		return true
	}
	if w.Old.Epoch != 0 && w.Old.Epoch == p.seen.Epoch && w.Old.Position <= p.seen.Position {
		return true
	}
	return names(p.ahead, w.Log, w.Seq)
}

// foresaw reports whether by was written in the knowledge of w, although it
// was sequenced first: by name, or in an epoch that the server lost.
func (by *Write) foresaw(w *Write) bool {
	if by.Lost.Epoch != 0 && by.Lost.Epoch == w.Old.Epoch && w.Old.Position <= by.Lost.Position {
		return true
	}
	return names(by.Ahead, w.Log, w.Seq)
}

func names(ahead []change.Key, log change.Log, seq uint64) bool {
	for _, k := range ahead {
		if k.Log == log && seq <= k.Seq {
			return true
		}
	}
	return false
}

// inherit adds keys to ahead, keeping the highest of each log.
func inherit(ahead, more []change.Key) []change.Key {
	out := append([]change.Key(nil), ahead...)
	for _, k := range more {
		found := false
		for i := range out {
			if out[i].Log == k.Log {
				out[i].Seq = max(out[i].Seq, k.Seq)
				found = true
			}
		}
		if !found {
			out = append(out, k)
		}
	}
	return out
}
