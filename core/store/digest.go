package store

import (
	"crypto/sha256"
	"sort"

	"muqu/core"
)

// Digest sums up the committed states of a scope: two replicas that have heard
// the same have the same digest. It also gives the number of records.
func Digest(tx Tx, scope core.Scope) (sum [sha256.Size]byte, records int, err error) {
	var all []string
	for after := int64(0); ; {
		rows, last, err := tx.Snapshot(scope, after, 1000)
		if err != nil {
			return sum, 0, err
		}
		for i := range rows {
			h := sha256.Sum256(rows[i].State)
			all = append(all, rows[i].Kind+"\x00"+string(rows[i].ID[:])+string(h[:]))
		}
		if last == after {
			break
		}
		after = last
	}
	sort.Strings(all)
	h := sha256.New()
	for _, s := range all {
		h.Write([]byte(s))
	}
	return [sha256.Size]byte(h.Sum(nil)), len(all), nil
}
