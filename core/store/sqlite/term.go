package sqlite

import "fmt"

const (
	sqlInsertTerms = `INSERT INTO term (rowid, words) VALUES (?,?)`
	sqlDeleteTerms = `DELETE FROM term WHERE rowid=?`
	sqlClearTerms  = `INSERT INTO term (term) VALUES ('delete-all')`
)

// finding is a change of the search index that waits for the end of the
// transaction: FTS5 writes out what it has gathered whenever a statement begins
// that may have to be undone by itself, and one that inserts many rows is such.
type finding struct {
	id    int64
	words string // "": those of before are dropped
}

// find makes a record be found by words that it isn't found by yet.
func (t *tx) find(id int64, words string) {
	if words != "" {
		t.findings = append(t.findings, finding{id, words})
	}
}

// forget takes the words out by which a record was found: those of the
// fingerprint, 0 for none.
func (t *tx) forget(id, terms int64) {
	if terms != 0 {
		t.findings = append(t.findings, finding{id, ""})
	}
}

// settleTerms writes the search index. It comes before a search and before the
// end.
func (t *tx) settleTerms() error {
	for _, f := range t.findings {
		var err error
		if f.words == "" {
			err = t.run(sqlDeleteTerms, f.id)
		} else {
			err = t.run(sqlInsertTerms, f.id, f.words)
		}
		if err != nil {
			return fmt.Errorf("search index: %w", err)
		}
	}
	t.findings = nil
	return nil
}
