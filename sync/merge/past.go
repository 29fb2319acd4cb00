package merge

import (
	"slices"

	"muqu/core/change"
)

// seer decides what the author of one entry had seen.
type seer struct {
	log    change.Log
	seen   change.Seen
	own    uint64
	common change.Position // highest position seen that is still valid
	ahead  []change.Key    // named by the author
}

func newSeer(s *State, e *change.Sequenced, epochs change.Epochs) *seer {
	p := &seer{log: e.FoldLog(), seen: e.Seen, own: e.Seen.Own, ahead: certain(s, e.Seen.Ahead)}
	p.common = min(e.Seen.Position, epochs.Shared(e.Seen.Epoch))
	if e.Branch != 0 {
		p.ahead = append(append([]change.Key(nil), p.ahead...), change.Key{Log: e.Log, Seq: min(e.BranchAt, p.own)})
	}
	return p
}

// certain cuts keys to what they can mean only once. A key has no hash: of a tablet
// that was copied, and that a hub showed, it may name the entry of either. A write
// of the same device in another log that had seen less of this one shows where
// they part. What nobody can be sure to have seen is unseen.
func certain(s *State, ahead []change.Key) []change.Key {
	var out []change.Key
	for _, k := range ahead {
		for _, r := range s.Registers {
			for i := range r.Siblings {
				for _, w := range r.Siblings[i].By {
					k.Seq = min(k.Seq, w.parts(k))
				}
			}
		}
		if k.Seq > 0 {
			out = append(out, k)
		}
	}
	return out
}

// parts gives the entry of a log after which the log of w goes its own way; the
// key's own number where w says nothing of that.
func (w *Write) parts(k change.Key) uint64 {
	if w.Log.Device != k.Device || w.Log == k.Log {
		return k.Seq
	}
	for _, a := range w.Ahead {
		if a.Log == k.Log {
			return a.Seq
		}
	}
	return k.Seq
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
	return !slices.ContainsFunc(w.Ahead, func(k change.Key) bool { return !names(by.Ahead, k.Log, k.Seq) })
}

func names(ahead []change.Key, log change.Log, seq uint64) bool {
	for _, k := range ahead {
		if k.Log == log && seq <= k.Seq {
			return true
		}
	}
	return false
}
