package merge

import (
	"testing"

	"muqu/core/change"
)

// BenchmarkApply folds small edits of a record by two people who see each
// other's.
func BenchmarkApply(b *testing.B) {
	a, c := dev(1), dev(2)
	const n = 1000
	entries := make([]change.Sequenced, n)
	for i := range entries {
		log := a
		if i%2 == 1 {
			log = c
		}
		var was any
		if i > 0 {
			was = i - 1
		}
		entries[i] = write(log, uint64(i/2+1), change.Position(i+1), change.Position(i), "yak", change.Review, i, was)
	}
	for b.Loop() {
		s := new(State)
		for i := range entries {
			Apply(s, &entries[i], nil)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}
