package storetest

import (
	"testing"

	"pgregory.net/rapid"

	"muqu/core"
	"muqu/core/store"
)

// sums checks that the sums of regions are those of the states that lie there,
// in whatever order they came and went.
func sums(t *testing.T, open func(t *testing.T) store.Store) {
	type place struct {
		state string
		at    []string
	}
	rapid.Check(t, func(rt *rapid.T) {
		s := open(t)
		model := make(map[int]place)
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			n := rapid.IntRange(0, 3).Draw(rt, "record")
			next := place{state: rapid.SampledFrom([]string{"", "a", "b"}).Draw(rt, "state"), at: rapid.SampledFrom([][]string{{near}, {next}, {near, far}, {far}}).Draw(rt, "at")}
			old := model[n]
			changes := store.Sums{}
			changes.Change(ref(n), []byte(old.state), old.at, []byte(next.state), next.at)
			update(t, s, func(tx store.Tx) { ok(t, changes.Write(tx)) })
			model[n] = next
		}
		for _, scope := range []core.Scope{{near}, {"632323"}, {far, near}, {"632323", near}, {"63"}, {}} {
			var want store.Sum
			records := 0
			for n, p := range model {
				for _, r := range p.at {
					if p.state != "" && scope.Contains(r) {
						want.Add(store.SumOf(ref(n), []byte(p.state)))
						records++
					}
				}
			}
			view(t, s, func(tx store.Tx) {
				got, n, err := tx.SumOf(scope)
				if err != nil || got != want || n != records {
					rt.Fatalf("scope %v: %x of %d records, want %x of %d, %v", scope, got, n, want, records, err)
				}
			})
		}
	})
}
