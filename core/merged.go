package core

import (
	"bytes"
	"context"
	"slices"

	"muqu/core/change"
)

// One household or person may have been registered twice. A merge says so: the
// record that gives way names the one that stays in [MergedInto]. It is an edit
// like any other. Nothing is copied and nothing deleted: the record keeps its
// history, lists leave it out, what refers to it is read as referring to the
// one that stays, and an edit that clears the field undoes it all.
//
// Merges made apart may run in a circle. Which of them holds is decided when
// records are read, from what all replicas agree on: see [Stays].
const (
	// MergedInto is the field that names the record that stays.
	MergedInto = "merged_into"
	// NotSameAs lists records that somebody found to be others, although they
	// look alike.
	NotSameAs = "not_same_as"
	// OppositeMerge is the register under which a merge shows as a conflict
	// that runs against an earlier one.
	OppositeMerge = "opposite_merge"
)

// Link is a merge as it is followed.
type Link struct {
	From, Into change.RecordID
	Position   change.Position // of the first who made it; zero: not at the centre yet
	At         change.Millis   // effective time; counts only while there is no position
}

// before puts merges in the order in which they count: by position, and those
// that the centre hasn't after all others.
func (l Link) before(o Link) bool {
	if (l.Position == 0) != (o.Position == 0) {
		return l.Position != 0
	}
	if l.Position != o.Position {
		return l.Position < o.Position
	}
	if l.At != o.At {
		return l.At < o.At
	}
	return bytes.Compare(l.From[:], o.From[:]) < 0
}

// Stays follows merges from a record to the one that stands for it; one that
// did not give way stands for itself. next gives the merge of a record, if it
// leads to one that is there and not deleted. In a circle the merge that came
// last does not hold, so that it is cut at the same place wherever one begins.
func Stays(id change.RecordID, next func(change.RecordID) (Link, bool, error)) (change.RecordID, error) {
	var way []Link
	for at := id; ; {
		l, ok, err := next(at)
		if err != nil || !ok {
			return at, err
		}
		way = append(way, l)
		begin := slices.IndexFunc(way, func(w Link) bool { return w.From == l.Into })
		if begin >= 0 {
			return last(way[begin:]).From, nil
		}
		at = l.Into
	}
}

func last(way []Link) Link {
	return slices.MaxFunc(way, func(a, b Link) int {
		if a.before(b) {
			return -1
		}
		return 1
	})
}

// Mergeable reports whether two records of the kind may be one.
func (k *Kind) Mergeable() bool { return k.Double != nil }

// Link gives the merge of a record; ok is false where there is none.
func (r *Record) Link() (l Link, ok bool) {
	into, err := change.ParseRecordID(r.Merged.Value.Norm().Str())
	if err != nil || into == r.ID || !KindOf(r.Kind).Mergeable() {
		return Link{}, false
	}
	return Link{From: r.ID, Into: into, Position: r.Merged.Position, At: r.Merged.At}, true
}

// GaveWay reports whether another record stands for this one.
func (r *Record) GaveWay() bool { return r.Stays != change.RecordID{} }

// Merge makes the edits by which a record gives way to another one of its kind:
// both as they stood on the screen, and the registers of which the one that
// stays takes the other's value over.
func Merge(from, into Record, take []string) ([]Edit, error) {
	switch {
	case from.Kind != into.Kind || !KindOf(from.Kind).Mergeable() || from.ID == into.ID:
		return nil, Refuse(Invalid, "", "refuse.merge.kind")
	case from.Deleted || into.Deleted:
		return nil, Refuse(Invalid, "", "refuse.merge.deleted")
	case from.GaveWay() || into.GaveWay():
		return nil, Refuse(Invalid, "", "refuse.merge.gone")
	}
	edits := []Edit{{Ref: from.Ref, From: from, Set: map[string]change.Value{MergedInto: change.Text(into.ID.String())}}}
	taken := Edit{Ref: into.Ref, From: into, Set: make(map[string]change.Value)}
	for _, d := range Differences(&from, &into) {
		if !d.Open && slices.Contains(take, d.Register) {
			d.takeOver(&from, &into, taken.Set)
		}
	}
	if len(taken.Set) > 0 {
		edits = append(edits, taken)
	}
	return edits, nil
}

// Difference is a register in which a record that gives way holds something
// else than the one that stays.
type Difference struct {
	Register   string
	Fields     []string // its members, or itself
	Gives, Has change.Value
	Open       bool // in conflict on either side, so that it can't be taken over here
}

// Differences lists what a record that gives way knows otherwise than the one
// that stays, in the order of the kind's fields.
func Differences(gives, stays *Record) []Difference {
	k := KindOf(gives.Kind)
	var out []Difference
	for _, f := range k.Fields {
		reg := f.Register()
		if f.Name == MergedInto || f.Name == NotSameAs || slices.ContainsFunc(out, func(d Difference) bool { return d.Register == reg }) {
			continue
		}
		d := Difference{Register: reg, Gives: gather(k, reg, gives.Fields), Has: gather(k, reg, stays.Fields)}
		if d.Gives == d.Has || !holdsAny(d.Gives) {
			continue
		}
		d.Fields = []string{reg}
		if members := k.group(reg); len(members) > 0 {
			d.Fields = nil
			for _, m := range members {
				d.Fields = append(d.Fields, m.Name)
			}
		}
		_, a := gives.ConflictOf(f.Name)
		_, b := stays.ConflictOf(f.Name)
		d.Open = a || b
		out = append(out, d)
	}
	return out
}

func holdsAny(v change.Value) bool {
	if m := v.Members(); len(m) > 0 {
		for _, x := range m {
			if !x.IsNull() {
				return true
			}
		}
		return false
	}
	return !v.IsNull() && v.String() != ""
}

// takeOver gives the fields the values of the record that gives way; what is a
// set becomes both.
func (d *Difference) takeOver(from, into *Record, set map[string]change.Value) {
	for _, name := range d.Fields {
		set[name] = from.Field(name)
		if KindOf(from.Kind).Field(name).Rule == change.Set {
			set[name] = change.ListOf(append(into.Field(name).Elements(), from.Field(name).Elements()...))
		}
	}
}

// Unmerge makes the edit that undoes the merge of a record.
func Unmerge(r Record) (Edit, error) {
	if _, ok := r.Link(); !ok {
		return Edit{}, Refuse(Invalid, "", "refuse.merge.none")
	}
	return Edit{Ref: r.Ref, From: r, Set: map[string]change.Value{MergedInto: change.Null}}, nil
}

// Differ makes the edit that says that two records are not the same one.
func Differ(r Record, others ...change.RecordID) Edit {
	list := r.Field(NotSameAs).Elements()
	for _, id := range others {
		if v := change.Text(id.String()); !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	return Edit{Ref: r.Ref, From: r, Set: map[string]change.Value{NotSameAs: change.ListOf(list)}}
}

// ToldApart reports whether somebody found that two records are not the same.
func ToldApart(a, b *Record) bool {
	return slices.Contains(a.Field(NotSameAs).Strs(), b.ID.String()) || slices.Contains(b.Field(NotSameAs).Strs(), a.ID.String())
}

// MergedIn lists the records that gave way to one.
func MergedIn(ctx context.Context, b Book, ref Ref) ([]Record, error) {
	if !KindOf(ref.Kind).Mergeable() {
		return nil, nil
	}
	all, err := b.List(ctx, Query{Kind: ref.Kind, Where: map[string]string{MergedInto: ref.ID.String()}, Deleted: true})
	return slices.DeleteFunc(all, func(r Record) bool { return r.Stays != ref.ID || r.Deleted }), err
}

// settleOpposite ends a conflict of opposite merges: the later one is undone,
// or else the earlier one that leads back to its record.
func settleOpposite(ctx context.Context, b Book, c Conflict, v change.Value) error {
	undo := c.Record
	for at := c.Record; !v.IsNull(); {
		l, ok := at.Link()
		if !ok {
			return Refuse(NotFound, "", "refuse.notopen")
		}
		next, found, err := b.Get(ctx, Ref{at.Kind, l.Into})
		if err != nil {
			return err
		}
		if !found {
			return Refuse(NotFound, "", "refuse.absent")
		}
		if back, ok := next.Link(); ok && back.Into == c.Record.ID {
			undo = next
			break
		}
		at = next
	}
	e, err := Unmerge(undo)
	if err != nil {
		return err
	}
	_, err = b.Commit(ctx, []Edit{e})
	return err
}
