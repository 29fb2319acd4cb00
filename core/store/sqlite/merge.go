package sqlite

import (
	"fmt"
	"slices"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
)

const (
	sqlAnyMerge   = `SELECT 1 FROM merge LIMIT 1`
	sqlLedHere    = `SELECT 1 FROM merge WHERE kind=? AND into_id=? LIMIT 1`
	sqlMergeOf    = `SELECT into_id, position, at_ms FROM merge WHERE kind=? AND uuid=?`
	sqlPutMerge   = `INSERT INTO merge (kind, uuid, record, into_id, position, at_ms) VALUES (?,?,?,?,?,?) ON CONFLICT (kind, uuid) DO UPDATE SET record=excluded.record, into_id=excluded.into_id, position=excluded.position, at_ms=excluded.at_ms`
	sqlDropMerge  = `DELETE FROM merge WHERE kind=? AND uuid=?`
	sqlMergedHere = `SELECT uuid FROM merge WHERE kind=? AND into_id=?`
	sqlStanding   = `SELECT id FROM record WHERE kind=? AND uuid=? AND deleted<>1`
	sqlSetKeeper  = `UPDATE merge SET keeper=?, opposed=? WHERE kind=? AND uuid=?`
	sqlHide       = `UPDATE record SET deleted=? WHERE kind=? AND uuid=? AND deleted<>1`
	sqlOpposed    = `INSERT OR IGNORE INTO conflict (record, register) SELECT id, '` + core.OppositeMerge + `' FROM record WHERE kind=? AND uuid=?`
	sqlUnopposed  = `DELETE FROM conflict WHERE register='` + core.OppositeMerge + `' AND record=(SELECT id FROM record WHERE kind=? AND uuid=?)`
	sqlCountOpen  = `UPDATE record SET conflicts=(SELECT count(*) FROM conflict WHERE record=record.id) WHERE kind=? AND uuid=?`
	sqlKeeperOf   = `SELECT k.uuid FROM merge m JOIN record k ON k.id=m.keeper WHERE m.kind=? AND m.uuid=?`
	sqlAgainst    = `SELECT 1 FROM merge WHERE kind=? AND uuid=? AND opposed=1`
	sqlFamily     = `SELECT m.uuid FROM record k JOIN merge m ON m.keeper=k.id WHERE k.kind=? AND k.uuid=?`
	sqlStretch    = `SELECT coalesce(max(value), ''), count(*) FROM (SELECT value FROM lookup WHERE field=?1 AND value>?2 ORDER BY value LIMIT ?3)`
	sqlRepeated   = `SELECT value FROM lookup WHERE field=?1 AND value>?2 AND value<=?3 GROUP BY value HAVING count(*)>1`
)

// What the column deleted says of a record that lists leave out.
const (
	deletedByEdit = 1
	hiddenByMerge = 2
)

// putMerge writes whom a record gives way to, and settles again what depends on
// it: the record itself, and all that lead to it. Only a record that is new,
// came or went, or was merged, makes a difference to others. Where nothing was
// ever merged, it costs nothing.
func (t *tx) putMerge(row *store.Row, id int64, turned bool) error {
	l := row.Index.Link
	if !core.KindOf(row.Kind).Mergeable() {
		return nil
	}
	if any, err := t.anyMerge(); err != nil || !any && l == nil {
		return err
	}
	_, had, err := t.mergeOf(row.Kind, row.ID)
	switch {
	case err != nil:
		return err
	case l != nil:
		t.merges = true
		err = t.run(sqlPutMerge, row.Kind, row.ID[:], id, l.Into[:], int64(l.Position), int64(l.At))
	case had:
		err = t.run(sqlDropMerge, row.Kind, row.ID[:])
	}
	if err != nil {
		return fmt.Errorf("merge of %s: %w", row.Kind, err)
	}
	if l == nil && !had {
		var one int64
		if led, err := t.one(sqlLedHere, []any{row.Kind, row.ID[:]}, &one); err != nil || !led || !turned {
			return err
		}
	}
	return t.settleMerge(row.Ref)
}

// anyMerge reports whether there is any merge at all.
func (t *tx) anyMerge() (bool, error) {
	if !t.looked {
		var one int64
		found, err := t.one(sqlAnyMerge, nil, &one)
		if err != nil {
			return false, err
		}
		t.looked, t.merges = true, found
	}
	return t.merges, nil
}

// dropMerge forgets the merge of a record that is taken out of the database.
func (t *tx) dropMerge(ref core.Ref) error {
	if any, err := t.anyMerge(); err != nil || !any {
		return err
	}
	if err := t.run(sqlDropMerge, ref.Kind, ref.ID[:]); err != nil {
		return err
	}
	return t.settleMerge(ref)
}

func (t *tx) mergeOf(kind string, id change.RecordID) (core.Link, bool, error) {
	var into []byte
	var position, at int64
	found, err := t.one(sqlMergeOf, []any{kind, id[:]}, &into, &position, &at)
	if !found || err != nil {
		return core.Link{}, false, err
	}
	return core.Link{From: id, Into: change.RecordID(into), Position: change.Position(position), At: change.Millis(at)}, true, nil
}

// settleMerge finds anew which record stands for this one and for each that
// leads to it.
func (t *tx) settleMerge(ref core.Ref) error {
	list := []change.RecordID{ref.ID}
	for i := 0; i < len(list); i++ {
		err := t.each(sqlMergedHere, []any{ref.Kind, list[i][:]}, func(scan func(...any) error) error {
			var id []byte
			if err := scan(&id); err != nil {
				return err
			}
			if !slices.Contains(list, change.RecordID(id)) {
				list = append(list, change.RecordID(id))
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	for _, id := range list {
		if err := t.settleOneMerge(ref.Kind, id); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) settleOneMerge(kind string, id change.RecordID) error {
	_, merged, err := t.mergeOf(kind, id)
	if err != nil {
		return err
	}
	stays, err := core.Stays(id, func(at change.RecordID) (core.Link, bool, error) { return t.holding(kind, at) })
	if err != nil {
		return err
	}
	_, leads, err := t.holding(kind, id)
	if err != nil {
		return err
	}
	opposed := leads && stays == id
	hidden, keeper := 0, any(nil)
	if stays != id {
		var row int64
		if _, err := t.one(sqlStanding, []any{kind, stays[:]}, &row); err != nil {
			return err
		}
		hidden, keeper = hiddenByMerge, row
	}
	if merged {
		if err := t.run(sqlSetKeeper, keeper, opposed, kind, id[:]); err != nil {
			return err
		}
	}
	if err := t.run(sqlHide, hidden, kind, id[:]); err != nil {
		return err
	}
	mark := sqlUnopposed
	if opposed {
		mark = sqlOpposed
	}
	if err := t.run(mark, kind, id[:]); err != nil {
		return err
	}
	return t.run(sqlCountOpen, kind, id[:])
}

// holding gives the merge of a record, if it leads to one that is here and not
// deleted.
func (t *tx) holding(kind string, id change.RecordID) (core.Link, bool, error) {
	l, found, err := t.mergeOf(kind, id)
	if err != nil || !found {
		return l, false, err
	}
	var row int64
	found, err = t.one(sqlStanding, []any{kind, l.Into[:]}, &row)
	return l, found, err
}

// StaysFor finds the record that stands for one that gave way.
func (t *tx) StaysFor(ref core.Ref) (stays change.RecordID, found bool, err error) {
	if any, err := t.anyMerge(); err != nil || !any {
		return stays, false, err
	}
	var id []byte
	if found, err = t.one(sqlKeeperOf, []any{ref.Kind, ref.ID[:]}, &id); found {
		stays = change.RecordID(id)
	}
	return stays, found, err
}

// Opposed reports whether the merge of a record runs against an earlier one.
func (t *tx) Opposed(ref core.Ref) (bool, error) {
	var one int64
	return t.one(sqlAgainst, []any{ref.Kind, ref.ID[:]}, &one)
}

// Family lists the records that gave way to one.
func (t *tx) Family(ref core.Ref) (out []change.RecordID, err error) {
	err = t.each(sqlFamily, []any{ref.Kind, ref.ID[:]}, func(scan func(...any) error) error {
		var id []byte
		if err := scan(&id); err != nil {
			return err
		}
		out = append(out, change.RecordID(id))
		return nil
	})
	return out, err
}

// Repeated looks through a stretch of an index. All entries of its last value
// count, also those beyond its end.
func (t *tx) Repeated(at core.Stretch) (core.Repeats, error) {
	var out core.Repeats
	field := at.Kind + "." + at.Field
	var n int
	if _, err := t.one(sqlStretch, []any{field, at.After, at.Limit}, &out.Last, &n); err != nil {
		return out, err
	}
	if n == 0 {
		out.End = true
		return out, nil
	}
	out.End = n < at.Limit
	err := t.each(sqlRepeated, []any{field, at.After, out.Last}, func(scan func(...any) error) error {
		var value string
		if err := scan(&value); err != nil {
			return err
		}
		out.Values = append(out.Values, value)
		return nil
	})
	return out, err
}
