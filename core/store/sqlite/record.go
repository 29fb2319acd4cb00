package sqlite

import (
	"fmt"
	"slices"
	"strings"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
)

const (
	sqlRecord       = `SELECT id, state, view, pending, position, deleted, region, also, terms, lookups, conflicts, files FROM record WHERE kind=? AND uuid=?`
	sqlRecordHashes = `SELECT id, terms, lookups, conflicts, files, deleted=1 FROM record WHERE kind=? AND uuid=?`
	sqlInsertRecord = `INSERT INTO record (kind, uuid, region, also, sort, deleted, pending, conflicts, files, position, terms, lookups, state, view) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)`
	sqlUpdateRecord = `UPDATE record SET region=?, also=?, sort=?, deleted=?, pending=?, conflicts=?, files=?, position=?, terms=?, lookups=?, state=?, view=? WHERE id=?`
	sqlTouchRecord  = `UPDATE record SET pending=?, position=?, state=?, view=? WHERE id=?`
	sqlDeleteRecord = `DELETE FROM record WHERE id=?`

	sqlInsertTerms   = `INSERT INTO term (rowid, words) VALUES (?,?)`
	sqlDeleteTerms   = `DELETE FROM term WHERE rowid=?`
	sqlInsertLookup  = `INSERT OR IGNORE INTO lookup (field, value, record) VALUES (?,?,?)`
	sqlDeleteLookups = `DELETE FROM lookup WHERE record=?`
	sqlInsertOpen    = `INSERT OR IGNORE INTO conflict (record, register) VALUES (?,?)`
	sqlDeleteOpen    = `DELETE FROM conflict WHERE record=?`
	sqlInsertNamed   = `INSERT OR IGNORE INTO named (file, record) VALUES (?,?)`
	sqlDeleteNamed   = `DELETE FROM named WHERE record=?`

	sqlCountKinds     = `SELECT kind, count(*) FROM record WHERE deleted=0 GROUP BY kind`
	sqlCountConflicts = `SELECT count(*) FROM conflict`
)

// Record reads one record.
func (t *tx) Record(ref core.Ref) (store.Row, bool, error) {
	row := store.Row{Ref: ref, Stored: store.Stored{Read: true}}
	var position, waits, deleted int64
	st := &row.Stored
	var region, also string
	found, err := t.one(sqlRecord, []any{ref.Kind, ref.ID[:]}, &st.ID, &row.State, &row.View, &waits, &position, &deleted, &region, &also, &st.Terms, &st.Lookups, &st.Conflicts, &st.Files)
	row.Index.Position, row.Index.Deleted = change.Position(position), deleted == deletedByEdit
	row.Pending, row.AtHub = waits != 0, waits == atHub
	st.Deleted = deleted == deletedByEdit
	row.Index.Regions = joinRegions(region, also)
	if err == nil && deleted == hiddenByMerge {
		row.Stays, _, err = t.StaysFor(ref)
	}
	return row, found, err
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
	x := &row.Index
	region, also := "", ""
	if len(x.Regions) > 0 {
		region, also = x.Regions[0], strings.Join(x.Regions[1:], " ")
	}
	words := strings.Join(x.Terms, " ")
	keys := lookupKeys(row.Kind, x.Lookups)
	terms, lookups := fingerprint(words), fingerprint(strings.Join(keys, "\x00"))
	old := row.Stored
	var err error
	if !old.Read {
		if _, err = t.one(sqlRecordHashes, []any{row.Kind, row.ID[:]}, &old.ID, &old.Terms, &old.Lookups, &old.Conflicts, &old.Files, &old.Deleted); err != nil {
			return err
		}
	}
	id, found := old.ID, old.ID != 0
	if found {
		err = t.run(sqlUpdateRecord, region, also, x.Sort, x.Deleted, waitsOf(row), len(x.Conflicts), len(x.Files), int64(x.Position), terms, lookups, blob(row.State), row.View, id)
	} else {
		res, e := t.exec(sqlInsertRecord, row.Kind, row.ID[:], region, also, x.Sort, x.Deleted, waitsOf(row), len(x.Conflicts), len(x.Files), int64(x.Position), terms, lookups, blob(row.State), row.View)
		if err = e; err == nil {
			id, err = res.LastInsertId()
		}
	}
	if err != nil {
		return fmt.Errorf("put %s: %w", row.Kind, err)
	}
	if err := t.putTerms(id, words, found && old.Terms != 0, !found || terms != old.Terms); err != nil {
		return err
	}
	if !found || lookups != old.Lookups {
		if err := t.putLookups(id, keys, found && old.Lookups != 0); err != nil {
			return err
		}
	}
	if err := t.putNamed(id, x.Files, found && old.Files != 0); err != nil {
		return err
	}
	if err := t.putConflicts(id, x.Conflicts, found && old.Conflicts != 0); err != nil {
		return err
	}
	return t.putMerge(row, id, !found || old.Deleted != x.Deleted)
}

// TouchRecord writes a row whose indexes stay as they are.
func (t *tx) TouchRecord(row *store.Row, position change.Position) error {
	if row.Stored.ID == 0 {
		return fmt.Errorf("touch %s: the row was not read", row.Kind)
	}
	return t.run(sqlTouchRecord, waitsOf(row), int64(position), blob(row.State), row.View, row.Stored.ID)
}

func (t *tx) putTerms(id int64, words string, had, changed bool) error {
	if !changed {
		return nil
	}
	if had {
		if err := t.run(sqlDeleteTerms, id); err != nil {
			return fmt.Errorf("search index: %w", err)
		}
	}
	if words == "" {
		return nil
	}
	return t.run(sqlInsertTerms, id, words)
}

func (t *tx) putLookups(id int64, keys []string, had bool) error {
	if had {
		if err := t.run(sqlDeleteLookups, id); err != nil {
			return err
		}
	}
	for i := 0; i < len(keys); i += 2 {
		if err := t.run(sqlInsertLookup, keys[i], keys[i+1], id); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) putNamed(id int64, files []core.FileName, had bool) error {
	if had {
		if err := t.run(sqlDeleteNamed, id); err != nil {
			return err
		}
	}
	for _, f := range files {
		if err := t.run(sqlInsertNamed, string(f), id); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) putConflicts(id int64, registers []string, had bool) error {
	if had {
		if err := t.run(sqlDeleteOpen, id); err != nil {
			return err
		}
	}
	for _, r := range registers {
		if err := t.run(sqlInsertOpen, id, r); err != nil {
			return err
		}
	}
	return nil
}

// RemoveRecord takes a record out of this database, as when it leaves the
// tablet's area. It is not a deletion.
func (t *tx) RemoveRecord(ref core.Ref) error {
	var id, terms, lookups int64
	var open, files int
	var deleted bool
	found, err := t.one(sqlRecordHashes, []any{ref.Kind, ref.ID[:]}, &id, &terms, &lookups, &open, &files, &deleted)
	if err != nil || !found {
		return err
	}
	if terms != 0 {
		if err := t.run(sqlDeleteTerms, id); err != nil {
			return err
		}
	}
	for _, text := range []string{sqlDeleteLookups, sqlDeleteOpen, sqlDeleteNamed, sqlDeleteRecord} {
		if err := t.run(text, id); err != nil {
			return err
		}
	}
	return t.dropMerge(ref)
}

// ClearRecords takes out everything that was folded, before a replay.
func (t *tx) ClearRecords() error {
	for _, text := range []string{`DELETE FROM record`, `DELETE FROM lookup`, `DELETE FROM conflict`, `DELETE FROM named`, `DELETE FROM merge`, `DELETE FROM sum`, `INSERT INTO term (term) VALUES ('delete-all')`} {
		if err := t.run(text); err != nil {
			return err
		}
	}
	return nil
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

// lookupKeys gives field and value in turn, sorted by field.
func lookupKeys(kind string, lookups map[string]string) []string {
	fields := make([]string, 0, len(lookups))
	for f := range lookups {
		fields = append(fields, f)
	}
	slices.Sort(fields)
	out := make([]string, 0, 2*len(fields))
	for _, f := range fields {
		out = append(out, kind+"."+f, lookups[f])
	}
	return out
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
