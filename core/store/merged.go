package store

import (
	"context"
	"slices"

	"muqu/core"
	"muqu/core/change"
)

// This file is the one place where merges are followed: what a [Shelf] reads
// refers to the records that stand, and a query for what belongs to a record
// finds what belongs to those that gave way to it as well.

// reading remembers what was looked up while records are read.
type reading struct {
	tx    Tx
	stays map[core.Ref]change.RecordID // zero: it stands itself
}

func (in *reading) follow(ref core.Ref) (change.RecordID, error) {
	if id, ok := in.stays[ref]; ok {
		return id, nil
	}
	id, _, err := in.tx.StaysFor(ref)
	if in.stays == nil {
		in.stays = make(map[core.Ref]change.RecordID)
	}
	in.stays[ref] = id
	return id, err
}

// merged makes a record's references lead to the records that stand, and shows
// a merge that runs against an earlier one as a conflict.
func (s *Shelf) merged(in *reading, r *core.Record) error {
	for _, f := range core.KindOf(r.Kind).Fields {
		v, set := r.Fields[f.Name]
		if !set || f.To == "" || f.Name == core.MergedInto || f.Name == core.NotSameAs || !core.KindOf(f.To).Mergeable() {
			continue
		}
		to, err := in.resolved(f.To, v)
		if err != nil {
			return err
		}
		if to == v {
			continue
		}
		if r.Written == nil {
			r.Written = make(map[string]change.Value)
		}
		r.Written[f.Name], r.Fields[f.Name] = v, to
	}
	if _, merged := r.Link(); !merged || r.GaveWay() {
		return nil
	}
	opposed, err := in.tx.Opposed(r.Ref)
	if err != nil || !opposed {
		return err
	}
	return s.opposed(in.tx, r)
}

// resolved gives the value of a reference, or of several, with the records
// that stand.
func (in *reading) resolved(kind string, v change.Value) (change.Value, error) {
	one := func(text change.Value) (change.Value, error) {
		id, err := change.ParseRecordID(text.Str())
		if err != nil {
			return text, nil // whatever a newer program wrote
		}
		to, err := in.follow(core.Ref{Kind: kind, ID: id})
		if err != nil || to == (change.RecordID{}) {
			return text, err
		}
		return change.Text(to.String()), nil
	}
	if v.Str() != "" {
		return one(v)
	}
	list := v.Elements()
	if len(list) == 0 {
		return v, nil
	}
	changed := false
	for i, e := range list {
		to, err := one(e)
		if err != nil {
			return v, err
		}
		changed = changed || to != e
		list[i] = to
	}
	if !changed {
		return v, nil
	}
	slices.Sort(list)
	return change.ListOf(slices.Compact(list)), nil
}

// opposed puts the merge of a record beside the earlier one that runs the other
// way. What shows, last, is that the record stands.
func (s *Shelf) opposed(tx Tx, r *core.Record) error {
	against := core.Sibling{}
	at := *r
	for range maxCircle {
		l, ok := at.Link()
		if !ok {
			break
		}
		row, found, err := tx.Record(core.Ref{Kind: r.Kind, ID: l.Into})
		if err != nil || !found {
			return err
		}
		if at, _, err = s.Decode(row.Shown()); err != nil {
			return err
		}
		if back, ok := at.Link(); ok && back.Into == r.ID {
			against = at.Merged
			break
		}
	}
	against.Value, against.Was = change.Null, change.Null
	if r.Conflicts == nil {
		r.Conflicts = make(map[string][]core.Sibling)
	}
	r.Conflicts[core.OppositeMerge] = []core.Sibling{r.Merged, against}
	return nil
}

// maxCircle bounds how far a circle is followed to name the merge that closes
// it.
const maxCircle = 1000

// widen asks for what belongs to a record together with what belongs to those
// that gave way to it.
func widen(tx Tx, q core.Query) (core.Query, error) {
	k := core.KindOf(q.Kind)
	for field, value := range q.Where {
		f := k.Field(field)
		id, err := change.ParseRecordID(value)
		if err != nil || f.To == "" || !core.KindOf(f.To).Mergeable() {
			continue
		}
		family, err := familyOf(tx, core.Ref{Kind: f.To, ID: id})
		if err != nil {
			return q, err
		}
		if f.Index && len(family) > 1 {
			q = q.Among(field, family)
		} else if family[0] != value && field != core.NotSameAs {
			q.Where = with(q.Where, field, family[0])
		}
	}
	return q, nil
}

func with(m map[string]string, field, value string) map[string]string {
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[k] = v
	}
	out[field] = value
	return out
}

// familyOf gives the record that stands for one, and all that gave way to it.
func familyOf(tx Tx, ref core.Ref) ([]string, error) {
	stays, gone, err := tx.StaysFor(ref)
	if err != nil {
		return nil, err
	}
	if gone {
		ref.ID = stays
	}
	family, err := tx.Family(ref)
	out := []string{ref.ID.String()}
	for _, id := range family {
		out = append(out, id.String())
	}
	return out, err
}

// Repeated looks through a stretch of an index for values that several records
// have.
func (s *Shelf) Repeated(ctx context.Context, at core.Stretch) (out core.Repeats, err error) {
	err = s.Store.View(ctx, func(tx Tx) error {
		out, err = tx.Repeated(at)
		return err
	})
	return out, err
}
