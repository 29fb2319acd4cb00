package sqlite

import "muqu/core"

const (
	sqlRegionsOf = `SELECT region, also FROM record WHERE kind=? AND uuid=?`
	sqlBorrow    = `INSERT OR IGNORE INTO borrow (kind, uuid, region) VALUES (?,?,?)`
	sqlBorrowers = `SELECT region FROM borrow WHERE kind=? AND uuid=? ORDER BY region`
	sqlBorrows   = `SELECT EXISTS (SELECT 1 FROM borrow)`
)

// RegionsOf reads where a record lies.
func (t *tx) RegionsOf(ref core.Ref) ([]string, bool, error) {
	var region, also string
	found, err := t.one(sqlRegionsOf, []any{ref.Kind, ref.ID[:]}, &region, &also)
	return joinRegions(region, also), found, err
}

// Borrow notes that a region refers to a record that lies elsewhere.
func (t *tx) Borrow(ref core.Ref, region string) error {
	return t.run(sqlBorrow, ref.Kind, ref.ID[:], region)
}

// Borrowers lists the regions that refer to a record that lies elsewhere.
func (t *tx) Borrowers(ref core.Ref) ([]string, error) {
	var out []string
	err := t.each(sqlBorrowers, []any{ref.Kind, ref.ID[:]}, func(scan func(...any) error) error {
		var r string
		err := scan(&r)
		out = append(out, r)
		return err
	})
	return out, err
}

// Borrows reports whether any region borrows.
func (t *tx) Borrows() (bool, error) {
	var n bool
	_, err := t.one(sqlBorrows, nil, &n)
	return n, err
}
