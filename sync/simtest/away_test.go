package simtest

import (
	"fmt"
	"testing"
	"time"

	"muqu/core"
)

// A tablet that was away for a year keeps what it had to say, and is told the
// result and not every step.
func TestAwayForAYear(t *testing.T) {
	w := NewWorld(t, 131)
	a, b := w.Tablet("卓玛"), w.Tablet("才让")
	var homes []core.Ref
	for i := range 20 {
		homes = append(homes, a.Put(core.Ref{}, map[string]any{"head_name": fmt.Sprint("户主", i), "yak": 0}))
	}
	a.Sync()
	b.Sync()
	b.Put(homes[3], map[string]any{"remark": "一年前写的"})
	for month := range 12 {
		w.Pass(30 * 24 * time.Hour)
		for range 5 {
			for i, hh := range homes {
				a.Put(hh, map[string]any{"yak": month*10 + i, "phone": fmt.Sprintf("139%08d", month*100+i), "next_visit": fmt.Sprintf("2026-%02d-15", month+1)})
			}
		}
		a.Sync()
	}
	r := b.Sync()
	wantField(t, b, homes[3], "remark", "一年前写的")
	wantField(t, b, homes[3], "yak", 113)
	if r.Pulled > 2*len(homes) {
		t.Errorf("%d changes of %d households were told one by one", r.Pulled, len(homes))
	}
	a.Sync()
	wantField(t, a, homes[3], "remark", "一年前写的")
	wantConflict(t, a, homes[3])
	wantEqual(t, w, a, b)
}
