package merge

import (
	"muqu/core"
	"muqu/core/change"
)

// Read gives the record that the bytes of a state show.
func Read(b []byte) (core.Record, error) {
	r, _, err := Shown(b)
	return r, err
}

// Shown is Read, with the entries in it that have no position.
func Shown(b []byte) (core.Record, []change.Name, error) {
	s, err := Decode(b)
	if err != nil {
		return core.Record{}, nil, err
	}
	return s.View(), s.Told, nil
}

// View gives the record as a person sees it: shown values, groups spread out
// into their fields, and all siblings where there is a conflict.
func (s *State) View() core.Record {
	k := core.KindOf(s.Kind)
	r := core.Record{
		Ref:       core.Ref{Kind: s.Kind, ID: s.Record},
		Fields:    make(map[string]change.Value, len(s.Registers)),
		Conflicts: make(map[string][]core.Sibling),
		Deleted:   s.Deleted(),
		Position:  s.Position,
		Regions:   s.Regions(),
	}
	for _, reg := range s.Registers {
		if reg.Open() {
			r.Conflicts[reg.Name] = reg.siblings()
		}
		if reg.Name != change.RegionField && reg.Name != change.DeletedField {
			core.SpreadRegister(k, reg.Name, reg.Value(), r.Fields)
		}
	}
	for i := range k.Constraints {
		if sides := s.torn(&k.Constraints[i]); len(sides) > 0 {
			r.Conflicts[k.Constraints[i].Name] = sides
		}
	}
	if reg := s.Register(core.MergedInto); k.Mergeable() && reg != nil && !reg.Value().IsNull() {
		r.Merged = reg.first()
	}
	if len(r.Regions) > 0 {
		r.Region = r.Regions[0]
	}
	return r
}

func (r *Register) siblings() []core.Sibling {
	out := make([]core.Sibling, len(r.Siblings))
	for i, s := range r.Siblings {
		out[i] = s.shown()
	}
	return out
}

// first gives the sibling that shows, under the first position at which it was
// written: of opposite merges the earlier one holds.
func (r *Register) first() core.Sibling {
	s := &r.Siblings[len(r.Siblings)-1]
	out := s.shown()
	for _, w := range s.By {
		if w.Position != 0 && (out.Position == 0 || w.Position < out.Position) {
			out.Position = w.Position
		}
	}
	return out
}

// shown gives the sibling as a person sees it.
func (s *Sibling) shown() core.Sibling {
	w := s.Last()
	return core.Sibling{
		Value: s.Value, Was: s.Was, Author: w.Author, Device: w.Log.Device,
		At: w.Effective, Position: w.Position, Uncertain: w.Uncertain,
	}
}
