package sqlite

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"muqu/core/store"
)

const (
	sqlInsertLookup  = `INSERT OR IGNORE INTO lookup (field, value, record) VALUES `
	sqlDeleteLookup  = `DELETE FROM lookup WHERE field=? AND value=? AND record=?`
	sqlDeleteLookups = `DELETE FROM lookup WHERE record=?`
)

// keysOf writes the indexed fields of a record with their values, as they stand
// with the record. None gives no text.
func keysOf(row *store.Row) string {
	if len(row.Index.Lookups) == 0 {
		return ""
	}
	b, err := json.Marshal(row.Index.Lookups)
	if err != nil {
		panic(fmt.Sprintf("sqlite: texts as JSON: %v", err))
	}
	return string(b)
}

// lookup adds what a record is found by, but for what it was found by already.
func (in *inserts) lookup(id int64, row *store.Row, before map[string]string) {
	for _, field := range slices.Sorted(maps.Keys(row.Index.Lookups)) {
		value := row.Index.Lookups[field]
		if was, had := before[field]; !had || was != value {
			in.lookups = append(in.lookups, row.Kind+"."+field, value, id)
		}
	}
}

// unlook takes out what a record is found by, but for what stays, and gives what
// that was. keys that can't be read are looked for in the whole table.
func (t *tx) unlook(id int64, kind, keys string, stays map[string]string) (before map[string]string, err error) {
	if keys == "" {
		return nil, nil
	}
	if json.Unmarshal([]byte(keys), &before) != nil {
		return nil, t.run(sqlDeleteLookups, id)
	}
	for field, value := range before {
		if is, has := stays[field]; has && is == value {
			continue
		}
		if err := t.run(sqlDeleteLookup, kind+"."+field, value, id); err != nil {
			return nil, err
		}
	}
	return before, nil
}
