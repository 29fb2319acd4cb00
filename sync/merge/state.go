package merge

import (
	"slices"
	"sort"

	"muqu/core"
	"muqu/core/change"
)

// Write is the mark that an entry leaves in a record's state.
type Write struct {
	change.Name                 // of the log in which it is folded; Short is zero where only the first release did so
	Position    change.Position // zero while tentative
	Effective   change.Millis
	Author      string
	Uncertain   bool
	Old         change.Place    // where it stood in an earlier epoch, if it did
	Lost        change.Place    // what the author had seen of an epoch that was lost
	Knew        change.Position // up to where the author had seen the server's order
	// Ahead are entries that the author had seen and the server had not sequenced.
	Ahead []change.Name
}

// Sibling is one value of a register, with all writes that wrote it.
type Sibling struct {
	Value change.Value
	Was   change.Value // what stood on the screen of the latest of its writers
	By    []*Write     // in order of effective time, then position; never empty
}

// Last is the write that decides when the sibling was written.
func (s *Sibling) Last() *Write { return s.By[len(s.By)-1] }

// Removal remembers a write whose author had seen entries that were not
// sequenced yet, and that is no longer among the siblings: those entries arrive
// superseded.
type Removal struct {
	Value change.Value // the element of a set; null in other registers
	By    *Write
}

// Register is one field or group of a record.
type Register struct {
	Name     string
	Rule     change.Rule
	Siblings []Sibling // winner last; for Set: one for each element, by value
	Removals []Removal // by value; rarely any
}

// State is one record as folded so far. The zero value is a record of which
// nothing is known.
type State struct {
	Kind      string
	Record    change.RecordID
	Position  change.Position // of the last entry folded in
	Hint      string          // region as the last author knew it: holds until the record's creation arrives
	Registers []*Register     // sorted by name
	// Logs names the last sequenced entry of each log that was folded in,
	// sorted. A tablet that holds an entry by way of a hub as well sees here
	// that the state includes it.
	Logs []change.Name
	// Told are the entries without a position that were folded in, in their order:
	// who sees this state sees them.
	Told []change.Name
}

// Includes reports whether the entry of a log was folded in, or a later one of
// the same log. It goes by the numbers: see [State.Reach].
func (s *State) Includes(k change.Key) bool {
	r, found := s.Reach(k.Log)
	return found && k.Seq <= r.Seq
}

// Reach gives the last entry of a log that was folded in; its Short is zero where
// only the first release did so.
func (s *State) Reach(l change.Log) (change.Name, bool) {
	i, found := s.reach(l)
	if !found {
		return change.Name{}, false
	}
	return s.Logs[i], true
}

func (s *State) reach(l change.Log) (int, bool) { return slices.BinarySearchFunc(s.Logs, l, byLog) }

func byLog(n change.Name, l change.Log) int { return n.Log.Compare(l) }

func (s *State) include(n change.Name) {
	i, found := s.reach(n.Log)
	switch {
	case !found:
		s.Logs = slices.Insert(s.Logs, i, n)
	case n.Seq >= s.Logs[i].Seq:
		s.Logs[i] = n
	}
}

// Register finds a register by name, or nil.
func (s *State) Register(name string) *Register {
	i := s.find(name)
	if i < len(s.Registers) && s.Registers[i].Name == name {
		return s.Registers[i]
	}
	return nil
}

func (s *State) find(name string) int {
	return sort.Search(len(s.Registers), func(i int) bool { return s.Registers[i].Name >= name })
}

// register finds a register, or adds it with the given rule. Where two
// programs disagree about the rule, the stricter one holds from now on.
func (s *State) register(name string, rule change.Rule) *Register {
	i := s.find(name)
	if i == len(s.Registers) || s.Registers[i].Name != name {
		s.Registers = append(s.Registers, nil)
		copy(s.Registers[i+1:], s.Registers[i:])
		s.Registers[i] = &Register{Name: name, Rule: rule}
		return s.Registers[i]
	}
	r := s.Registers[i]
	if strict := change.Stricter(r.Rule, rule); strict != r.Rule {
		r.harden(strict, s)
	}
	return r
}

// harden changes the rule of a register. A set that becomes a plain field
// keeps all its elements as one list, by whoever wrote last.
func (r *Register) harden(rule change.Rule, s *State) {
	if r.Rule == change.Set && len(r.Siblings) > 0 {
		list := Sibling{Value: r.Value()}
		for _, x := range r.Siblings {
			list.By = addWrites(list.By, x.By...)
		}
		r.Siblings = []Sibling{list}
	}
	gone := r.Removals
	r.Removals = nil
	for _, x := range gone {
		r.remember(change.Null, x.By, s)
	}
	r.Rule = rule
}

// Value gives what is shown: the sibling of the latest effective time, or the
// elements of a set.
func (r *Register) Value() change.Value {
	if r == nil || len(r.Siblings) == 0 {
		return change.Null
	}
	if r.Rule != change.Set {
		return r.Siblings[len(r.Siblings)-1].Value
	}
	list := make([]change.Value, len(r.Siblings))
	for i, s := range r.Siblings {
		list[i] = s.Value
	}
	return change.ListOf(list)
}

// Open reports whether the register is in conflict.
func (r *Register) Open() bool {
	return r != nil && r.Rule.Contested() && len(r.Siblings) > 1
}

// Has reports whether one of the siblings is the value.
func (r *Register) Has(v change.Value) bool {
	return r != nil && slices.ContainsFunc(r.Siblings, func(s Sibling) bool { return s.Value == v })
}

// Value gives the shown value of a register, null if it was never written.
func (s *State) Value(name string) change.Value { return s.Register(name).Value() }

// Plain reports whether no register holds values that were written apart, so
// that their order decides nothing, and no constraint is torn.
func (s *State) Plain() bool {
	if len(s.Torn()) > 0 {
		return false
	}
	for _, r := range s.Registers {
		if r.Rule != change.Set && len(r.Siblings) > 1 {
			return false
		}
	}
	return true
}

// Latest gives the latest time of what was folded in and has no position yet. A
// worker's own unsent edit counts as later, so that it is always visible.
func (s *State) Latest() (at change.Millis) {
	for _, r := range s.Registers {
		for _, x := range r.Siblings {
			if w := x.Last(); w.Position == 0 {
				at = max(at, w.Effective)
			}
		}
	}
	return at
}

// Deleted reports whether the record counts as deleted: while somebody's edit
// stands against the deletion it does not.
func (s *State) Deleted() bool {
	r := s.Register(change.DeletedField)
	return r != nil && !r.Open() && r.Value().True()
}

// Regions gives the region codes that keep the record: one, or all that were
// written apart while that is a conflict.
func (s *State) Regions() []string {
	r := s.Register(change.RegionField)
	if r == nil && s.Hint != "" {
		return []string{s.Hint}
	}
	if r == nil {
		return nil
	}
	out := make([]string, 0, 1)
	for i := len(r.Siblings) - 1; i >= 0; i-- {
		if code := r.Siblings[i].Value.Str(); code != "" {
			out = append(out, code)
		}
	}
	return out
}

// Areas gives the regions whose people see the record: see [core.Record.Areas].
func (s *State) Areas() []string {
	if core.KindOf(s.Kind).Open == nil {
		return s.Regions()
	}
	r := s.View()
	return r.Areas()
}

// Refs gives the records to which one of the values of a record refers.
func (s *State) Refs() (out []core.Ref) {
	k := core.KindOf(s.Kind)
	for _, r := range s.Registers {
		for _, x := range r.Siblings {
			out = append(out, k.RefsIn(r.Name, x.Value)...)
		}
	}
	return out
}

// Conflicts gives the registers in conflict, by name.
func (s *State) Conflicts() []*Register {
	var out []*Register
	for _, r := range s.Registers {
		if r.Open() {
			out = append(out, r)
		}
	}
	return out
}

// before orders writes by effective time, then position; tentative writes,
// which have no position yet, count as later than all sequenced ones, because
// a worker's own unsent edits must stay visible.
func (w *Write) before(o *Write) bool {
	if (w.Position == 0) != (o.Position == 0) {
		return o.Position == 0
	}
	if w.Position != 0 && w.Effective != o.Effective {
		return w.Effective < o.Effective
	}
	if w.Position != o.Position {
		return w.Position < o.Position
	}
	if w.Log == o.Log {
		return w.Seq < o.Seq
	}
	if w.Effective != o.Effective {
		return w.Effective < o.Effective
	}
	return w.Log.String() < o.Log.String()
}

func addWrites(to []*Write, more ...*Write) []*Write {
	for _, w := range more {
		i := sort.Search(len(to), func(i int) bool { return !to[i].before(w) })
		if i < len(to) && to[i] == w {
			continue
		}
		to = append(to, nil)
		copy(to[i+1:], to[i:])
		to[i] = w
	}
	return to
}
