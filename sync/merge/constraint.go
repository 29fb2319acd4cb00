package merge

import (
	"muqu/core"
	"muqu/core/change"
)

// Torn names the constraints that the merge broke although neither side had.
// It is derived when a record is read and never stored, so that replicas whose
// programs know different constraints still hold the same bytes.
func (s *State) Torn() []string {
	var out []string
	for _, c := range core.KindOf(s.Kind).Constraints {
		if len(s.torn(&c)) > 0 {
			out = append(out, c.Name)
		}
	}
	return out
}

// torn gives the two sides of a broken constraint: each with the value that it
// wrote beside what it replaced of the other field.
func (s *State) torn(c *core.Constraint) []core.Sibling {
	a, b := s.Register(c.Fields[0]), s.Register(c.Fields[1])
	if a == nil || b == nil || a.Open() || b.Open() || len(a.Siblings) == 0 || len(b.Siblings) == 0 {
		return nil
	}
	x, y := a.Siblings[len(a.Siblings)-1], b.Siblings[len(b.Siblings)-1]
	if !c.Broken(x.Value, y.Value) || c.Broken(x.Value, y.Was) || c.Broken(x.Was, y.Value) {
		return nil
	}
	if v, w := x.Last(), y.Last(); v.knew(w) || w.knew(v) {
		return nil
	}
	pair := func(p, q change.Value) change.Value {
		return change.MapOf(map[string]change.Value{c.Fields[0]: p, c.Fields[1]: q})
	}
	was := pair(x.Was, y.Was)
	out := []core.Sibling{x.shown(), y.shown()}
	out[0].Value, out[0].Was = pair(x.Value, y.Was), was
	out[1].Value, out[1].Was = pair(x.Was, y.Value), was
	if y.Last().before(x.Last()) {
		out[0], out[1] = out[1], out[0]
	}
	return out
}

// knew reports whether w was written by somebody who had seen o.
func (w *Write) knew(o *Write) bool {
	if w.Log == o.Log && w.Seq >= o.Seq {
		return true
	}
	return o.Position != 0 && o.Position <= w.Knew || w.foresaw(o)
}
