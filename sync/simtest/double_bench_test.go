package simtest

import (
	"context"
	"fmt"
	"testing"

	"muqu/core"
	"muqu/core/change"
)

// BenchmarkDoubles measures on a tablet with 30,000 households in 300 villages
// how long a new one takes to be looked for, how long the pairs that a screen
// shows, and how long all: far more than in life, as there are only 64 names.
func BenchmarkDoubles(b *testing.B) {
	ctx := context.Background()
	w := NewWorld(b, 1)
	t := w.Tablet("卓玛")
	edits := homes(30000, t.NewID)
	for i := range edits {
		edits[i].Region = fmt.Sprintf("6323231%02d2%02d", i/100%15, i/100/15)
	}
	commitAll(b, t, edits)
	fresh := core.Edit{Ref: core.Ref{Kind: "household", ID: t.NewID()}, Region: edits[150].Region, Set: map[string]change.Value{
		"head_name": change.Text("扎喜才仁"), "phone": edits[150].Set["phone"], "head_id": change.Text("632323198001010013")}}
	b.Run("entry", func(b *testing.B) {
		for range b.N {
			found, err := core.Doubles(ctx, t, fresh)
			if err != nil || len(found) == 0 {
				b.Fatal(found, err)
			}
		}
	})
	b.Run("screen", func(b *testing.B) {
		for range b.N {
			if pairs, err := core.FirstSuspects(ctx, t, "household", 100); err != nil || len(pairs) == 0 {
				b.Fatal(pairs, err)
			}
		}
	})
	b.Run("all", func(b *testing.B) {
		for range b.N {
			pairs := 0
			if err := core.AllSuspects(ctx, t, func(core.Pair) error { pairs++; return nil }); err != nil || pairs == 0 {
				b.Fatal(pairs, err)
			}
			b.ReportMetric(float64(pairs), "pairs")
		}
	})
}
