package core

import (
	"context"
	"encoding/json"
	"sort"
	"strconv"
	"strings"

	"muqu/core/change"
)

// ConflictID names a conflict: a record and one of its registers.
type ConflictID struct {
	Ref
	Register string // a field, a group of fields, region or deleted
}

// String writes the id as people copy it.
func (c ConflictID) String() string { return c.Kind + ":" + c.ID.String() + ":" + c.Register }

// ParseConflictID reads the text form of a conflict id.
func ParseConflictID(s string) (ConflictID, error) {
	part := strings.SplitN(s, ":", 3)
	if len(part) != 3 || part[0] == "" || part[2] == "" {
		return ConflictID{}, Refuse(Invalid, "", "refuse.conflict", "id", s)
	}
	id, err := change.ParseRecordID(part[1])
	if err != nil {
		return ConflictID{}, Refuse(Invalid, "", "refuse.conflict", "id", s)
	}
	return ConflictID{Ref{part[0], id}, part[2]}, nil
}

// Conflict is one register with the values that were written apart.
type Conflict struct {
	ID     ConflictID
	Record Record
	Values []Sibling // in the order of their effective times, the shown one last
}

// Conflicts lists the open conflicts among the records of a query.
func Conflicts(ctx context.Context, b Book, q Query) ([]Conflict, error) {
	q.Conflicts, q.Deleted = true, true
	records, err := b.List(ctx, q)
	if err != nil {
		return nil, err
	}
	var out []Conflict
	for _, r := range records {
		out = append(out, ConflictsOf(r)...)
	}
	return out, nil
}

// ConflictsOf lists the open conflicts of one record, by register.
func ConflictsOf(r Record) []Conflict {
	names := make([]string, 0, len(r.Conflicts))
	for n := range r.Conflicts {
		names = append(names, n)
	}
	sort.Strings(names)
	out := make([]Conflict, len(names))
	for i, n := range names {
		out[i] = Conflict{ID: ConflictID{r.Ref, n}, Record: r, Values: r.Conflicts[n]}
	}
	return out
}

// FindConflict reads one open conflict.
func FindConflict(ctx context.Context, b Book, id ConflictID) (Conflict, error) {
	r, found, err := b.Get(ctx, id.Ref)
	if err != nil {
		return Conflict{}, err
	}
	values, open := r.Conflicts[id.Register]
	if !found || !open {
		return Conflict{}, Refuse(NotFound, "", "refuse.notopen")
	}
	return Conflict{ID: id, Record: r, Values: values}, nil
}

// Settle ends a conflict with one value: one of those that stand against each
// other, or a new one. It goes by what the conflict showed, so that a value
// which arrived since keeps it open.
func Settle(ctx context.Context, b Book, c Conflict, v change.Value) error {
	if c.ID.Register == OppositeMerge {
		return settleOpposite(ctx, b, c, v)
	}
	e := Edit{Ref: c.ID.Ref, From: c.Record, Set: make(map[string]change.Value)}
	k := KindOf(c.ID.Kind)
	switch members := k.group(c.ID.Register); {
	case c.ID.Register == change.RegionField:
		if err := e.settleRegion(v); err != nil {
			return err
		}
	case c.ID.Register == change.DeletedField:
		e.Delete, e.Restore = v.True(), !v.True()
	case len(members) > 0:
		given := v.Members()
		for _, f := range members {
			e.Set[f.Name] = given[f.Name].Norm()
		}
		e.settled = true
	default:
		e.Set[c.ID.Register] = v
		e.settled = true
	}
	_, err := b.Commit(ctx, []Edit{e})
	return err
}

// settleRegion writes the region even where it is the one shown.
func (e *Edit) settleRegion(v change.Value) error {
	code, err := RegionPrefix(v.Str())
	if err != nil {
		return err
	}
	e.Region, e.settled = PadRegion(code), true
	return nil
}

// Take finds the value that a word chooses: mine, theirs, #n for the nth, or a
// value itself, as JSON if it parses and as text otherwise; a leading = makes
// it literal text.
func (c *Conflict) Take(word string, me change.DeviceID) (change.Value, error) {
	ambiguous := Refuse(Invalid, "", "refuse.take")
	switch {
	case word == "mine" || word == "theirs":
		var found []change.Value
		for _, s := range c.Values {
			if (s.Device == me) == (word == "mine") {
				found = append(found, s.Value)
			}
		}
		if len(found) != 1 {
			return change.Null, ambiguous
		}
		return found[0], nil
	case strings.HasPrefix(word, "#"):
		n, err := strconv.Atoi(word[1:])
		if err != nil || n < 1 || n > len(c.Values) {
			return change.Null, ambiguous
		}
		return c.Values[n-1].Value, nil
	case strings.HasPrefix(word, "="):
		return change.Text(word[1:]), nil
	}
	var v change.Value
	if json.Unmarshal([]byte(word), &v) != nil {
		return change.Text(word), nil
	}
	if _, number := v.Float(); number && !KindOf(c.ID.Kind).Field(c.ID.Register).numeric() {
		return change.Text(word), nil // a phone number or a region code
	}
	return v, nil
}

// numeric reports whether a number is a value of the field.
func (f Field) numeric() bool {
	return f.Type == Integer || f.Type == Decimal || f.Type == Money || f.Type == Any
}
