package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"muqu/core"
	"muqu/core/change"
)

// Shelf reads records out of a store as people see them. It is the reading
// half of a [core.Book].
type Shelf struct {
	Store   Store
	Regions *core.Regions
	// Decode turns the stored state of a record into what is shown, and names the
	// entries in it that have no position.
	Decode func(state []byte) (core.Record, []change.Name, error)
	// Seen gives what a reader sees in this transaction.
	Seen func(Tx) (Sight, error)
}

// Sight says what is seen by whoever sees a record with these entries in it.
type Sight func(told []change.Name) change.Seen

// Get reads one record.
func (s *Shelf) Get(ctx context.Context, ref core.Ref) (r core.Record, found bool, err error) {
	err = s.Store.View(ctx, func(tx Tx) error {
		r, found, err = s.Read(tx, ref)
		return err
	})
	return r, found, err
}

// Read is Get within a transaction.
func (s *Shelf) Read(tx Tx, ref core.Ref) (core.Record, bool, error) {
	row, found, err := tx.Record(ref)
	if err != nil || !found {
		return core.Record{}, false, err
	}
	seen, err := s.Seen(tx)
	if err != nil {
		return core.Record{}, false, err
	}
	r, err := s.record(&reading{tx: tx}, &row, seen)
	return r, err == nil, err
}

func (s *Shelf) record(in *reading, row *Row, seen Sight) (core.Record, error) {
	r, told, err := s.Decode(row.Shown())
	if err != nil {
		return r, fmt.Errorf("read %s %s: %w", row.Kind, row.ID, err)
	}
	r.Pending, r.AtHub, r.Seen = row.Pending, row.AtHub, seen(told)
	// While a snapshot is still coming in, a record may be newer than the
	// cursor; what is on the screen is all of it.
	r.Seen.Position = max(r.Seen.Position, r.Position)
	r.Stays = row.Stays
	return r, s.merged(in, &r)
}

// List reads the records of a query.
func (s *Shelf) List(ctx context.Context, q core.Query) (out []core.Record, err error) {
	err = s.Store.View(ctx, func(tx Tx) error {
		out, err = s.list(tx, q)
		return err
	})
	return out, err
}

// list filters fields without an index by reading the values.
func (s *Shelf) list(tx Tx, q core.Query) ([]core.Record, error) {
	seen, err := s.Seen(tx)
	if err != nil {
		return nil, err
	}
	q, err = widen(tx, q)
	if err != nil {
		return nil, err
	}
	in := &reading{tx: tx}
	filter := unindexed(q)
	asked := q
	if len(filter) > 0 {
		asked.Limit, asked.Offset = 0, 0
	}
	rows, err := tx.List(asked)
	if err != nil {
		return nil, fmt.Errorf("list %s: %w", q.Kind, err)
	}
	out := make([]core.Record, 0, len(rows))
	skip := q.Offset
	for i := range rows {
		r, err := s.record(in, &rows[i], seen)
		if err != nil {
			return nil, err
		}
		if !matches(&r, filter) {
			continue
		}
		if len(filter) > 0 && skip > 0 {
			skip--
			continue
		}
		out = append(out, r)
		if len(filter) > 0 && q.Limit > 0 && len(out) == q.Limit {
			break
		}
	}
	return out, nil
}

// Count counts the records of a query.
func (s *Shelf) Count(ctx context.Context, q core.Query) (n int, err error) {
	err = s.Store.View(ctx, func(tx Tx) error {
		if q, err = widen(tx, q); err != nil {
			return err
		}
		if len(unindexed(q)) == 0 {
			n, err = tx.Count(q)
			return err
		}
		q.Limit, q.Offset = 0, 0
		all, err := s.list(tx, q)
		n = len(all)
		return err
	})
	return n, err
}

func unindexed(q core.Query) map[string]string {
	out := make(map[string]string)
	k := core.KindOf(q.Kind)
	for field, value := range q.Where {
		if !k.Field(field).Index {
			out[field] = value
		}
	}
	return out
}

func matches(r *core.Record, filter map[string]string) bool {
	for field, want := range filter {
		if field == change.RegionField {
			if r.Region != want {
				return false
			}
			continue
		}
		if !holds(r.Field(field), want) {
			return false
		}
	}
	return true
}

// holds reports whether a value is, or a list contains, the text.
func holds(v change.Value, want string) bool {
	if v.String() == want {
		return true
	}
	for _, e := range v.Strs() {
		if e == want {
			return true
		}
	}
	return false
}

// IndexOf gives what lists, filters and search need of a record.
func IndexOf(r *core.Record, regions *core.Regions) Index {
	x := Index{
		Regions: r.Areas(), Sort: core.SortKey(r.Title()), Deleted: r.Deleted,
		Position: r.Position, Lookups: make(map[string]string), Files: core.FilesOf(r),
	}
	if !r.Deleted {
		x.Terms = core.Terms(r, regions)
	}
	for name := range r.Conflicts {
		x.Conflicts = append(x.Conflicts, name)
	}
	slices.Sort(x.Conflicts)
	if l, ok := r.Link(); ok {
		x.Link = &l
	}
	maps.Copy(x.Lookups, core.AlikeKeys(r))
	for _, f := range core.KindOf(r.Kind).Fields {
		if t := r.Text(f.Name); f.Index && t != "" {
			x.Lookups[f.Name] = t
		}
	}
	return x
}
