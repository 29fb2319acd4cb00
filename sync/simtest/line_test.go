package simtest

import (
	"slices"
	"testing"

	"muqu/core"
	"muqu/core/store"
)

// A monitoring line of the province reaches every tablet, also over a hub, and
// no tablet may write one.
func TestLinesReachEveryTablet(t *testing.T) {
	w := NewWorld(t, 1101)
	h := w.Hub("乡政府")
	h.Sync()
	a, b := h.Guest("卓玛"), w.Tablet("才让")
	a.Sync()
	b.Sync()
	desk := w.Server.As(core.Person{Name: "省局", Role: core.Admin, Scope: core.Scope{"63"}})
	line := func(amount string) core.Edit {
		e, err := core.SetLine(core.Line{Year: 2026, Region: "63", Amount: amount}, func(ref core.Ref) (core.Record, bool, error) { return desk.Get(w.ctx, ref) })
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	for _, amount := range []string{"8000", "8200"} {
		if _, err := desk.Commit(w.ctx, []core.Edit{line(amount)}); err != nil {
			t.Fatal(err)
		}
		h.Sync()
		for _, tab := range []*Tablet{a, b} {
			tab.Sync()
			if lines, err := core.Lines(w.ctx, tab); err != nil || len(lines) != 1 || lines[0].Amount != amount || lines[0].Region != "630000000000" {
				t.Errorf("%s has %+v, %v, want %s", tab.Name, lines, err, amount)
			}
		}
	}
	for range 3 {
		a.Sync()
		b.Sync()
	}
	for _, tab := range []*Tablet{a, b} {
		if s, err := tab.Status(w.ctx); err != nil || s.Repaired != 0 {
			t.Errorf("%s was repaired %d times, %v", tab.Name, s.Repaired, err)
		}
	}
	wantEqual(t, w, a, b)
	if _, err := b.Commit(w.ctx, []core.Edit{line("1")}); err == nil {
		t.Error("a tablet wrote a line")
	}
}

// Tablets whose program doesn't know lines carry them like any record. Both
// sides count them in the same place, or the centre would take such a tablet
// for damaged and send it everything again and again.
func TestLinesCountWhereOlderProgramsCountThem(t *testing.T) {
	at := []string{"630000000000"}
	if got := store.Places("monitoring_line", at); !slices.Equal(got, store.Places("kind of a newer program", at)) {
		t.Errorf("counted under %v", got)
	}
	if got := store.Places("region", at); !slices.Equal(got, []string{core.Everywhere}) {
		t.Errorf("regions are counted under %v", got)
	}
}
