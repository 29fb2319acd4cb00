package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
)

const (
	recordColumns   = `id, state, view, pending, position, deleted, region, also, terms, keys, conflicts, files`
	sqlRecord       = `SELECT ` + recordColumns + ` FROM record WHERE kind=? AND uuid=?`
	sqlRecords      = `SELECT uuid, ` + recordColumns + ` FROM record WHERE kind=? AND uuid IN `
	sqlRecordHashes = `SELECT id, terms, keys, conflicts, files, deleted=1 FROM record WHERE kind=? AND uuid=?`
	sqlLastRecord   = `SELECT coalesce(max(id), 0) FROM record`
	sqlInsertRecord = `INSERT INTO record (id, kind, uuid, region, also, sort, deleted, pending, conflicts, files, position, terms, keys, state, view) VALUES `
	sqlUpdateRecord = `UPDATE record SET region=?, also=?, sort=?, deleted=?, pending=?, conflicts=?, files=?, position=?, terms=?, keys=?, state=?, view=? WHERE id=?`
	sqlTouchRecord  = `UPDATE record SET pending=?, position=?, state=?, view=? WHERE id=?`
	sqlDeleteRecord = `DELETE FROM record WHERE id=?`

	sqlInsertOpen  = `INSERT OR IGNORE INTO conflict (record, register) VALUES `
	sqlDeleteOpen  = `DELETE FROM conflict WHERE record=?`
	sqlInsertNamed = `INSERT OR IGNORE INTO named (file, record) VALUES `
	sqlDeleteNamed = `DELETE FROM named WHERE record=?`

	sqlAnyRecord      = `SELECT 1 FROM record WHERE state<>x'' LIMIT 1`
	sqlCountKinds     = `SELECT kind, count(*) FROM record WHERE deleted=0 GROUP BY kind`
	sqlCountConflicts = `SELECT count(*) FROM conflict`
)

// Record reads one record.
func (t *tx) Record(ref core.Ref) (store.Row, bool, error) {
	row := store.Row{Ref: ref, Stored: store.Stored{Read: true}}
	s, err := t.prepare(sqlRecord)
	if err != nil {
		return row, false, err
	}
	hidden, err := scanRecord(&row, s.QueryRowContext(t.ctx, ref.Kind, ref.ID[:]).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return row, false, nil
	}
	if err == nil && hidden {
		row.Stays, _, err = t.StaysFor(ref)
	}
	return row, err == nil, err
}

// scanRecord takes a row of recordColumns, with more before them, and
// reports whether another record stands for it.
func scanRecord(row *store.Row, scan func(...any) error, more ...any) (hidden bool, err error) {
	var position, waits, deleted int64
	st := &row.Stored
	var region, also string
	if err := scan(append(more, &st.ID, &row.State, &row.View, &waits, &position, &deleted, &region, &also, &st.Terms, &st.Keys, &st.Conflicts, &st.Files)...); err != nil {
		return false, err
	}
	row.Index.Position, row.Index.Deleted = change.Position(position), deleted == deletedByEdit
	row.Pending, row.AtHub = waits != 0, waits == atHub
	st.Deleted = deleted == deletedByEdit
	row.Index.Regions = joinRegions(region, also)
	return deleted == hiddenByMerge, nil
}

// Records reads many records, those of a kind in runs.
func (t *tx) Records(refs []core.Ref) ([]store.Row, error) {
	rows := make([]store.Row, len(refs))
	at := make(map[core.Ref][]int, len(refs))
	kinds := make(map[string][]any)
	for i, ref := range refs {
		rows[i] = store.Row{Ref: ref, Stored: store.Stored{Read: true}}
		if at[ref] == nil {
			kinds[ref.Kind] = append(kinds[ref.Kind], ref.ID[:])
		}
		at[ref] = append(at[ref], i)
	}
	put := func(row *store.Row) {
		for _, i := range at[row.Ref] {
			rows[i] = *row
		}
	}
	for kind, ids := range kinds {
		for len(ids) > 0 {
			n := take(len(ids))
			if err := t.readRun(kind, ids[:n], put); err != nil {
				return nil, err
			}
			ids = ids[n:]
		}
	}
	return rows, nil
}

// readRun reads records of one kind.
func (t *tx) readRun(kind string, ids []any, put func(*store.Row)) error {
	var out, merged []*store.Row
	text := sqlRecords + "(?" + strings.Repeat(",?", len(ids)-1) + ")"
	err := t.each(text, append([]any{kind}, ids...), func(scan func(...any) error) error {
		row := &store.Row{Stored: store.Stored{Read: true}}
		var id []byte
		hidden, err := scanRecord(row, scan, &id)
		if err != nil {
			return err
		}
		row.Ref = core.Ref{Kind: kind, ID: change.RecordID(id)}
		out = append(out, row)
		if hidden {
			merged = append(merged, row)
		}
		return nil
	})
	for _, row := range merged {
		if err == nil {
			row.Stays, _, err = t.StaysFor(row.Ref)
		}
	}
	for _, row := range out {
		put(row)
	}
	return err
}

// What the column pending says.
const (
	onTablet = 1 // something waits that only this device has
	atHub    = 2 // all that waits is at a hub
)

func waitsOf(row *store.Row) int {
	switch {
	case row.Pending && row.AtHub:
		return atHub
	case row.Pending:
		return onTablet
	}
	return 0
}

func joinRegions(region, also string) []string {
	if region == "" && also == "" {
		return nil
	}
	return append([]string{region}, strings.Fields(also)...)
}

// PutRecord writes a record with all its indexes. Indexes that would not
// change are left alone: most edits touch neither name nor number.
func (t *tx) PutRecord(row *store.Row) error {
	if !row.Stored.Read {
		row.Stored = store.Stored{}
		old := &row.Stored
		if _, err := t.one(sqlRecordHashes, []any{row.Kind, row.ID[:]}, &old.ID, &old.Terms, &old.Keys, &old.Conflicts, &old.Files, &old.Deleted); err != nil {
			return err
		}
	}
	return t.PutRecords([]*store.Row{row})
}

// PutRecords writes records that are not there yet in runs.
func (t *tx) PutRecords(rows []*store.Row) error {
	in := inserts{records: make([]any, 0, len(rows)*recordWidth)}
	ids := make([]int64, len(rows))
	for i, row := range rows {
		ids[i] = row.Stored.ID
		if ids[i] != 0 {
			if err := t.update(row); err != nil {
				return fmt.Errorf("put %s: %w", row.Kind, err)
			}
			continue
		}
		id, err := t.nextID()
		if err != nil {
			return err
		}
		ids[i] = id
		x := entriesOf(row)
		in.add(id, row, &x)
		t.find(id, x.words)
	}
	if err := in.run(t); err != nil {
		return fmt.Errorf("put %d records: %w", len(rows), err)
	}
	for i, row := range rows {
		if err := t.putMerge(row, ids[i], row.Stored.ID == 0 || row.Stored.Deleted != row.Index.Deleted); err != nil {
			return err
		}
	}
	return nil
}

// nextID gives the next record an id, as SQLite would.
func (t *tx) nextID() (int64, error) {
	if t.last == 0 {
		if _, err := t.one(sqlLastRecord, nil, &t.last); err != nil {
			return 0, err
		}
	}
	t.last++
	return t.last, nil
}

// entries are what a record is found by, as it is stored.
type entries struct {
	words string
	terms int64 // fingerprint of words
	keys  string
}

func entriesOf(row *store.Row) entries {
	words := strings.Join(row.Index.Terms, " ")
	return entries{words: words, terms: fingerprint(words), keys: keysOf(row)}
}

// recordWidth is how many values sqlInsertRecord takes.
const recordWidth = 15

// appendColumns adds what is stored of a row besides its identity, in the order
// of sqlInsertRecord and sqlUpdateRecord.
func appendColumns(to []any, row *store.Row, by *entries) []any {
	x := &row.Index
	region, also := "", ""
	if len(x.Regions) > 0 {
		region, also = x.Regions[0], strings.Join(x.Regions[1:], " ")
	}
	return append(to, region, also, x.Sort, x.Deleted, waitsOf(row), len(x.Conflicts), len(x.Files), int64(x.Position),
		by.terms, by.keys, blob(row.State), row.View)
}

// inserts gathers what new records put into the tables, value after value.
type inserts struct{ records, lookups, named, open []any }

func (in *inserts) add(id int64, row *store.Row, by *entries) {
	in.records = appendColumns(append(in.records, id, row.Kind, row.ID[:]), row, by)
	in.lookup(id, row, nil)
	in.name(id, row.Index.Files)
	in.conflict(id, row.Index.Conflicts)
}

func (in *inserts) name(id int64, files []core.FileName) {
	for _, f := range files {
		in.named = append(in.named, string(f), id)
	}
}

func (in *inserts) conflict(id int64, registers []string) {
	for _, r := range registers {
		in.open = append(in.open, id, r)
	}
}

func (in *inserts) run(t *tx) error {
	for _, table := range []struct {
		text   string
		width  int
		values []any
	}{{sqlInsertRecord, recordWidth, in.records}, {sqlInsertLookup, 3, in.lookups}, {sqlInsertNamed, 2, in.named}, {sqlInsertOpen, 2, in.open}} {
		if err := t.many(table.text, table.width, table.values); err != nil {
			return there(err)
		}
	}
	return nil
}

// there makes ErrThere of SQLite's word for it. Of what new records put into the
// tables, only their own identity can be refused.
func there(err error) error {
	var e *sqlite.Error
	if errors.As(err, &e) && e.Code() == lib.SQLITE_CONSTRAINT_UNIQUE {
		return fmt.Errorf("%w: %w", store.ErrThere, err)
	}
	return err
}

// update writes over a row, and over its indexes where they differ.
func (t *tx) update(row *store.Row) error {
	old := &row.Stored
	x := entriesOf(row)
	if err := t.run(sqlUpdateRecord, append(appendColumns(nil, row, &x), old.ID)...); err != nil {
		return err
	}
	var in inserts
	drop := func(text string, had bool) error {
		if !had {
			return nil
		}
		return t.run(text, old.ID)
	}
	if x.terms != old.Terms {
		t.forget(old.ID, old.Terms)
		t.find(old.ID, x.words)
	}
	if x.keys != old.Keys {
		before, err := t.unlook(old.ID, row.Kind, old.Keys, row.Index.Lookups)
		if err != nil {
			return err
		}
		in.lookup(old.ID, row, before)
	}
	if err := errors.Join(drop(sqlDeleteNamed, old.Files != 0), drop(sqlDeleteOpen, old.Conflicts != 0)); err != nil {
		return err
	}
	in.name(old.ID, row.Index.Files)
	in.conflict(old.ID, row.Index.Conflicts)
	return in.run(t)
}

// TouchRecord writes a row whose indexes stay as they are.
func (t *tx) TouchRecord(row *store.Row, position change.Position) error {
	if row.Stored.ID == 0 {
		return fmt.Errorf("touch %s: the row was not read", row.Kind)
	}
	return t.run(sqlTouchRecord, waitsOf(row), int64(position), blob(row.State), row.View, row.Stored.ID)
}

// RemoveRecord takes a record out of this database, as when it leaves the
// tablet's area. It is not a deletion.
func (t *tx) RemoveRecord(ref core.Ref) error {
	var id, terms int64
	var keys string
	var open, files int
	var deleted bool
	found, err := t.one(sqlRecordHashes, []any{ref.Kind, ref.ID[:]}, &id, &terms, &keys, &open, &files, &deleted)
	if err != nil || !found {
		return err
	}
	t.forget(id, terms)
	if _, err := t.unlook(id, ref.Kind, keys, nil); err != nil {
		return err
	}
	for _, text := range []string{sqlDeleteOpen, sqlDeleteNamed, sqlDeleteRecord} {
		if err := t.run(text, id); err != nil {
			return err
		}
	}
	return t.dropMerge(ref)
}

// ClearRecords takes out everything that was folded, before a replay.
func (t *tx) ClearRecords() error {
	t.findings = nil
	for _, text := range []string{`DELETE FROM record`, `DELETE FROM lookup`, `DELETE FROM conflict`, `DELETE FROM named`, `DELETE FROM merge`, `DELETE FROM sum`, sqlClearTerms} {
		if err := t.run(text); err != nil {
			return err
		}
	}
	return nil
}

// AnyRecord reports whether there is any record that the centre has.
func (t *tx) AnyRecord() (bool, error) {
	var one int64
	return t.one(sqlAnyRecord, nil, &one)
}

// CountKinds counts the records of each kind.
func (t *tx) CountKinds() (map[string]int, error) {
	out := make(map[string]int)
	err := t.each(sqlCountKinds, nil, func(scan func(...any) error) error {
		var kind string
		var n int
		if err := scan(&kind, &n); err != nil {
			return err
		}
		out[kind] = n
		return nil
	})
	return out, err
}

// CountConflicts counts the registers in conflict.
func (t *tx) CountConflicts() (int, error) {
	var n int
	_, err := t.one(sqlCountConflicts, nil, &n)
	return n, err
}

// fingerprint hashes what an index holds; nothing gives 0. FNV keeps the value
// the same in every run, which a seeded hash would not.
func fingerprint(s string) int64 {
	if s == "" {
		return 0
	}
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return int64(h | 1)
}

func blob(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
