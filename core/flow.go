package core

import "slices"

// Flow is the way of a record through its states.
type Flow struct {
	Field string // the field that holds the state
	Start string // the state of a record that has none yet
	Moves []Move
}

// Move is one allowed change of state.
type Move struct {
	From  string // "*": any
	To    string
	Roles []Role
}

// May reports whether role may move a record from one state to another.
// Leaving the state as it is, and setting the first one, is always allowed.
func (f *Flow) May(role Role, from, to string) bool {
	if from == "" {
		from = f.Start
	}
	if from == to || to == f.Start && from == f.Start || role == Admin {
		return true
	}
	for _, m := range f.Moves {
		if (m.From == from || m.From == "*") && m.To == to && slices.Contains(m.Roles, role) {
			return true
		}
	}
	return false
}

// Next lists the states to which role may move a record.
func (f *Flow) Next(role Role, from string) []string {
	if from == "" {
		from = f.Start
	}
	var out []string
	for _, m := range f.Moves {
		if m.To != from && !slices.Contains(out, m.To) && f.May(role, from, m.To) {
			out = append(out, m.To)
		}
	}
	return out
}

// States lists the states of the workflow that uses a choice list, in the
// order in which records come to them.
func States(list string) []string {
	for _, k := range Kinds() {
		if k.Flow == nil || k.Field(k.Flow.Field).List != list {
			continue
		}
		out := []string{k.Flow.Start}
		for _, m := range k.Flow.Moves {
			if !slices.Contains(out, m.To) {
				out = append(out, m.To)
			}
		}
		return out
	}
	return nil
}
