package sqlite

import (
	"math"
	"strings"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
)

// where builds the condition of a query. Fields without an index are left to
// the caller, who can read the values.
type where struct {
	join  []string
	cond  []string
	jargs []any
	args  []any
}

func (w *where) and(cond string, args ...any) {
	w.cond = append(w.cond, cond)
	w.args = append(w.args, args...)
}

func queryWhere(q *core.Query) *where {
	w := new(where)
	// The sign + keeps an index from being used: few records have one number or
	// belong to one record, and reading those beats going through the whole kind.
	plain := ""
	if few(q) {
		plain = "+"
	}
	if q.Kind != "" {
		w.and(plain+"r.kind=?", q.Kind)
	}
	switch {
	case q.Merged:
		w.and(plain+"r.deleted=?", hiddenByMerge)
	case !q.Deleted:
		w.and(plain + "r.deleted=0")
	}
	if q.Conflicts {
		w.and("r.conflicts>0")
	}
	if q.Pending {
		w.and("r.pending<>0")
	}
	if q.Scope != nil {
		w.scope(q.Scope, core.KindOf(q.Kind).Open != nil)
	}
	k := core.KindOf(q.Kind)
	for field, value := range q.Where {
		if f := k.Field(field); f.Index {
			w.and(leading("SELECT record FROM lookup WHERE field=? AND value=?", "record", k.Mergeable() && f.Search != core.NotSearched && !q.Deleted), q.Kind+"."+field, value)
		}
	}
	for field, values := range q.Any {
		args := []any{q.Kind + "." + field}
		for _, v := range values {
			args = append(args, v)
		}
		w.and("r.id IN (SELECT record FROM lookup WHERE field=? AND value IN (?"+strings.Repeat(",?", len(values)-1)+"))", args...)
	}
	if words := core.Words(q.Search); len(words) > 0 {
		w.and(leading("SELECT rowid FROM term WHERE term MATCH ?", "rowid", !q.Deleted), match(words))
	} else if strings.TrimSpace(q.Search) != "" {
		w.and("0")
	}
	return w
}

// few reports whether a query names something that few records have.
func few(q *core.Query) bool {
	k := core.KindOf(q.Kind)
	for field := range q.Where {
		if f := k.Field(field); f.Index && (f.Search != core.NotSearched || f.Type == core.Reference) {
			return true
		}
	}
	return len(q.Any) > 0
}

// leading is the condition that a record is found; one that gave way leads to
// the record that stands for it.
func leading(found, id string, lead bool) string {
	if !lead {
		return "r.id IN (" + found + ")"
	}
	return "r.id IN (SELECT coalesce(m.keeper, f." + id + ") FROM (" + found + ") f LEFT JOIN merge m ON m.record=f." + id + ")"
}

// scope limits to regions by prefix. A record whose region is in conflict is
// kept by each of them. One of a kind that is published is seen there, too.
func (w *where) scope(s core.Scope, published bool) {
	if len(s) == 0 {
		w.and("0")
		return
	}
	var or []string
	var args []any
	for _, p := range s {
		or = append(or, "r.region>=? AND r.region<?", "r.also<>'' AND (' '||r.also) LIKE ?")
		args = append(args, p, p+":", "% "+p+"%")
		if !published {
			continue
		}
		or = append(or, "r.also<>'' AND (' '||r.also) LIKE ?")
		args = append(args, "% "+core.Everywhere+p+"%")
		for _, n := range []int{0, 2, 4, 6, 9} { // whole regions that it lies in
			if n < len(p) {
				or = append(or, "r.also<>'' AND (' '||r.also||' ') LIKE ?")
				args = append(args, "% "+core.Everywhere+p[:n]+" %")
			}
		}
	}
	w.and("("+strings.Join(or, " OR ")+")", args...)
}

// match makes the search expression: every word must begin some term. Words
// hold only letters, digits and marks, so that quoting them is enough.
func match(words []string) string {
	out := make([]string, len(words))
	for i, s := range words {
		out[i] = `"` + s + `"*`
	}
	return strings.Join(out, " AND ")
}

func (w *where) sql(sel, order string) (string, []any) {
	text := "SELECT " + sel + " FROM record r " + strings.Join(w.join, " ")
	if len(w.cond) > 0 {
		text += " WHERE " + strings.Join(w.cond, " AND ")
	}
	return text + order, append(append([]any(nil), w.jargs...), w.args...)
}

// order sorts by title, by position or by an indexed field.
func (w *where) order(q *core.Query) string {
	field, down := strings.CutPrefix(q.Sort, "-")
	dir := " ASC"
	if down {
		dir = " DESC"
	}
	switch {
	case field == "position":
		return " ORDER BY r.pending" + dir + ", r.position" + dir + ", r.id" + dir
	case field == "region":
		return " ORDER BY r.region" + dir + ", r.id" + dir
	case field != "" && core.KindOf(q.Kind).Field(field).Index:
		w.join = append(w.join, "LEFT JOIN lookup l ON l.record=r.id AND l.field=?")
		w.jargs = append(w.jargs, q.Kind+"."+field)
		return " ORDER BY l.value" + dir + ", r.id" + dir
	}
	return " ORDER BY r.sort" + dir + ", r.id" + dir
}

// List reads the records of a query.
func (t *tx) List(q core.Query) ([]store.Row, error) {
	if err := t.settleTerms(); err != nil {
		return nil, err
	}
	w := queryWhere(&q)
	order := w.order(&q)
	text, args := w.sql("r.kind, r.uuid, r.state, r.view, r.pending, r.position, r.deleted", order)
	if q.Limit > 0 || q.Offset > 0 {
		limit := q.Limit
		if limit <= 0 {
			limit = math.MaxInt32
		}
		text += " LIMIT ? OFFSET ?"
		args = append(args, limit, q.Offset)
	}
	var out []store.Row
	var hidden []int
	err := t.each(text, args, func(scan func(...any) error) error {
		var row store.Row
		var id []byte
		var position, waits, deleted int64
		if err := scan(&row.Kind, &id, &row.State, &row.View, &waits, &position, &deleted); err != nil {
			return err
		}
		if deleted == hiddenByMerge {
			hidden = append(hidden, len(out))
		}
		row.Pending, row.AtHub = waits != 0, waits == atHub
		row.ID, row.Index.Position = change.RecordID(id), change.Position(position)
		out = append(out, row)
		return nil
	})
	for _, i := range hidden {
		if err == nil {
			out[i].Stays, _, err = t.StaysFor(out[i].Ref)
		}
	}
	return out, err
}

// Count counts the records of a query.
func (t *tx) Count(q core.Query) (int, error) {
	if err := t.settleTerms(); err != nil {
		return 0, err
	}
	w := queryWhere(&q)
	text, args := w.sql("count(*)", "")
	var n int
	_, err := t.one(text, args, &n)
	return n, err
}

const sqlSnapshot = `SELECT id, kind, uuid, state, region, also, pending, coalesce((SELECT group_concat(b.region, ' ') FROM borrow b WHERE b.kind=record.kind AND b.uuid=record.uuid), '') FROM record WHERE id>? AND state<>x'' ORDER BY id LIMIT ?`

// Snapshot walks the committed records of a scope.
func (t *tx) Snapshot(scope core.Scope, after int64, limit int) ([]store.Row, int64, error) {
	out := make([]store.Row, 0, min(limit, 500))
	last := after
	for {
		n := 0
		err := t.each(sqlSnapshot, []any{last, limit}, func(scan func(...any) error) error {
			if n++; len(out) >= limit {
				return nil
			}
			var row store.Row
			var id []byte
			var region, also, borrowed string
			var waits int64
			if err := scan(&last, &row.Kind, &id, &row.State, &region, &also, &waits, &borrowed); err != nil {
				return err
			}
			row.ID, row.Index.Regions = change.RecordID(id), joinRegions(region, also)
			row.Pending, row.AtHub = waits != 0, waits == atHub
			if core.KindOf(row.Kind).Shared || scope.ContainsAny(row.Index.Regions) || scope.ContainsAny(strings.Fields(borrowed)) {
				out = append(out, row)
			}
			return nil
		})
		if err != nil {
			return nil, 0, err
		}
		if n < limit || len(out) >= limit {
			return out, last, nil
		}
	}
}

const (
	sqlIndexPositions = `CREATE INDEX IF NOT EXISTS record_position ON record (position)`
	sqlChangedAfter   = `SELECT kind, uuid, state, region, also, pending, position FROM record WHERE position>?1 AND state<>x'' ORDER BY position, id LIMIT ?2`
	sqlPutGone        = `INSERT INTO gone (kind, uuid, position) VALUES (?,?,?) ON CONFLICT (kind, uuid) DO UPDATE SET position=excluded.position`
	sqlDropGone       = `DELETE FROM gone WHERE kind=? AND uuid=?`
	sqlGoneAfter      = `SELECT kind, uuid, position FROM gone WHERE position>? ORDER BY position LIMIT ?`
)

// IndexPositions makes ChangedAfter quick.
func (t *tx) IndexPositions() error { return t.run(sqlIndexPositions) }

// ChangedAfter reads committed records by their position.
func (t *tx) ChangedAfter(p change.Position, limit int) ([]store.Row, error) {
	var out []store.Row
	err := t.each(sqlChangedAfter, []any{int64(p), limit}, func(scan func(...any) error) error {
		var row store.Row
		var id []byte
		var region, also string
		var waits, position int64
		if err := scan(&row.Kind, &id, &row.State, &region, &also, &waits, &position); err != nil {
			return err
		}
		row.ID, row.Index.Regions = change.RecordID(id), joinRegions(region, also)
		row.Pending, row.AtHub, row.Index.Position = waits != 0, waits == atHub, change.Position(position)
		out = append(out, row)
		return nil
	})
	return out, err
}

// PutGone notes that a record left this device's scope.
func (t *tx) PutGone(ref core.Ref, p change.Position) error {
	return t.run(sqlPutGone, ref.Kind, ref.ID[:], int64(p))
}

// DropGone notes that it is back.
func (t *tx) DropGone(ref core.Ref) error { return t.run(sqlDropGone, ref.Kind, ref.ID[:]) }

// GoneAfter lists records that left, by position.
func (t *tx) GoneAfter(p change.Position, limit int) ([]store.Gone, error) {
	var out []store.Gone
	err := t.each(sqlGoneAfter, []any{int64(p), limit}, func(scan func(...any) error) error {
		var g store.Gone
		var id []byte
		var position int64
		if err := scan(&g.Kind, &id, &position); err != nil {
			return err
		}
		g.ID, g.Position = change.RecordID(id), change.Position(position)
		out = append(out, g)
		return nil
	})
	return out, err
}
