package sqlite

import (
	"muqu/core"
	"muqu/core/store"
)

const (
	sqlSum    = `SELECT sum, records FROM sum WHERE region=?`
	sqlSums   = `SELECT region, sum, records FROM sum WHERE region>=?1 AND region<?2`
	sqlSetSum = `INSERT INTO sum (region, sum, records) VALUES (?,?,?) ON CONFLICT (region) DO UPDATE SET sum=excluded.sum, records=excluded.records`
)

// AddSum changes the sum of a region.
func (t *tx) AddSum(region string, d store.Delta) error {
	var b []byte
	var n int
	if _, err := t.one(sqlSum, []any{region}, &b, &n); err != nil {
		return err
	}
	var sum store.Sum
	copy(sum[:], b)
	sum.Add(d.Sum)
	return t.run(sqlSetSum, region, sum[:], n+d.Records)
}

// SumOf adds up the sums of a scope and of what everybody gets.
func (t *tx) SumOf(scope core.Scope) (sum store.Sum, records int, err error) {
	counted := make(map[string]bool)
	for _, prefix := range append(core.Scope{core.Everywhere}, scope...) {
		// Codes are digits, which sort before a colon.
		err := t.each(sqlSums, []any{prefix, prefix + ":"}, func(scan func(...any) error) error {
			var region string
			var b []byte
			var n int
			if err := scan(&region, &b, &n); err != nil || counted[region] {
				return err
			}
			counted[region] = true
			var s store.Sum
			copy(s[:], b)
			sum.Add(s)
			records += n
			return nil
		})
		if err != nil {
			return sum, 0, err
		}
	}
	return sum, records, nil
}
