package simtest

import (
	"testing"
	"time"

	"muqu/core"
	"muqu/core/store"
)

// confirmedOnce fails unless all that tablets confirmed is in the centre's log,
// once.
func confirmedOnce(t *testing.T, w *World, tablets ...*Tablet) {
	t.Helper()
	held := make(map[string]int)
	err := w.DB.View(w.ctx, func(tx store.Tx) error {
		all, err := tx.Logged(0, "", 1<<20)
		for i := range all {
			held[all[i].Hash.String()]++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, tab := range tablets {
		own, err := tab.Confirmed(w.ctx)
		if err != nil {
			t.Fatal(err)
		}
		for i, h := range own {
			if held[h.String()] != 1 {
				t.Errorf("%s: entry %d is in the log %d times", tab.Name, i+1, held[h.String()])
			}
		}
	}
}

// TestBranchSealedTwice lets a tablet and its copy bring the same entries of a
// branch, each sealed for itself, by way of a hub. What either writes next
// follows on its own segment, and must find its branch.
func TestBranchSealedTwice(t *testing.T) {
	w := NewWorld(t, 508)
	h := w.Hub("乡政府")
	h.Sync()
	a := w.Tablet("卓玛")
	h.Knows(a)
	first := a.Clone()
	first.Put(core.Ref{}, map[string]any{"yak": 1})
	hh := a.Put(core.Ref{}, map[string]any{"yak": 2})
	w.BreakHubs(Down)
	first.Sync()
	w.BreakHubs(nil)
	second := a.Clone()
	w.Break(Down)
	second.Sync()
	w.Pass(time.Second)
	a.Sync()
	w.Break(nil)
	a.Put(hh, map[string]any{"yak": 3})
	h.Sync()
	a.Sync() // by the hub, behind a segment of which the centre had the entries already
	h.Sync()
	w.BreakHubs(Down)
	for range 3 {
		a.Sync()
		second.Sync()
		first.Sync()
	}
	confirmedOnce(t, w, a, first, second)
	wantEqual(t, w, a, first, second)
}

// TestStickOfAnotherHistory brings a tablet, by stick, what a restored centre
// holds under the numbers of its log: entries of a copy. A bundle compares no
// history, so that it must not count as an acknowledgment.
func TestStickOfAnotherHistory(t *testing.T) {
	w := NewWorld(t, 2403)
	a := w.Tablet("卓玛")
	c := a.Clone()
	c.Put(core.Ref{}, map[string]any{"yak": 1})
	a.Put(core.Ref{}, map[string]any{"yak": 2})
	a.Sync()
	saved := w.Backup()
	c.Sync()
	w.Restore(saved)
	s := stick{t, t.TempDir()}
	s.forTablet(w.Server, c.Identity().Device, true, "down")
	s.at(c, "down")
	c.Sync()
	a.Sync()
	c.Sync()
	a.Sync()
	confirmedOnce(t, w, a, c)
	wantEqual(t, w, a, c)
}
