package simtest

import (
	"testing"

	"muqu/core"
	"muqu/core/change"

	"pgregory.net/rapid"
)

// Whatever people merge, undo and delete on tablets that hear of each other in
// any order, every replica ends with the same records standing, none leads in a
// circle, and a conflict of opposite merges shows on all of them or on none.
func TestMergesOnReplicas(t *testing.T) {
	w := NewWorld(t, 1)
	tablets := []*Tablet{w.Tablet("卓玛"), w.Tablet("才让"), w.Tablet("多杰")}
	rapid.Check(t, func(r *rapid.T) {
		var homes []core.Ref
		for range rapid.IntRange(2, 3).Draw(r, "households") {
			homes = append(homes, tablets[0].Put(core.Ref{}, map[string]any{"head_name": "扎西"}))
		}
		for _, tab := range tablets {
			tab.Sync()
		}
		for range rapid.IntRange(4, 16).Draw(r, "steps") {
			tab := rapid.SampledFrom(tablets).Draw(r, "tablet")
			from, into := rapid.SampledFrom(homes).Draw(r, "from"), rapid.SampledFrom(homes).Draw(r, "into")
			record := tab.See(from)
			e := core.Edit{Ref: from, From: record}
			switch rapid.SampledFrom([]string{"sync", "sync", "sync", "merge", "merge", "merge", "merge", "merge", "undo", "delete"}).Draw(r, "step") {
			case "sync":
				tab.Sync()
				continue
			case "merge":
				e.Set = map[string]change.Value{core.MergedInto: change.Text(into.ID.String())}
			case "undo":
				e.Set = map[string]change.Value{core.MergedInto: change.Null}
			case "delete":
				e.Delete = true
			}
			tab.Do(e)
		}
		for range 2 {
			for _, tab := range tablets {
				tab.Sync()
			}
		}
		agree(r, w, tablets, homes)
	})
	wantEqual(t, w, tablets...)
}

func agree(r *rapid.T, w *World, tablets []*Tablet, homes []core.Ref) {
	for _, ref := range homes {
		want, found, err := w.Server.Get(w.ctx, ref)
		if err != nil || !found {
			r.Fatalf("%v at the centre: %v, %v", ref, found, err)
		}
		for _, tab := range tablets {
			got := tab.See(ref)
			if got.Stays != want.Stays || len(got.Conflicts[core.OppositeMerge]) != len(want.Conflicts[core.OppositeMerge]) {
				r.Fatalf("%s: %s stays as %s with %v, at the centre as %s with %v", tab.Name, ref.ID, got.Stays, got.Conflicts, want.Stays, want.Conflicts)
			}
		}
		if !want.GaveWay() {
			continue
		}
		if end, found, err := w.Server.Get(w.ctx, core.Ref{Kind: ref.Kind, ID: want.Stays}); err != nil || !found || end.GaveWay() || end.Deleted {
			r.Fatalf("%s leads to %s, which does not stand itself: %v", ref.ID, want.Stays, err)
		}
	}
}

// A tablet that made the earlier of two opposite merges learns its position
// from the receipt, and ranks it by that from then on.
func TestOppositeMergesAfterTheReceipt(t *testing.T) {
	w := NewWorld(t, 1)
	a, b := w.Tablet("卓玛"), w.Tablet("才让")
	one, two := a.Put(core.Ref{}, map[string]any{"head_name": "扎西"}), a.Put(core.Ref{}, map[string]any{"head_name": "扎喜"})
	a.Sync()
	b.Sync()
	merge := func(tab *Tablet, from, into core.Ref) {
		tab.Do(core.Edit{Ref: from, From: tab.See(from), Set: map[string]change.Value{core.MergedInto: change.Text(into.ID.String())}})
	}
	merge(a, one, two)
	a.Sync()
	merge(b, two, one)
	b.Sync()
	a.Sync()
	for _, tab := range []*Tablet{a, b} {
		if got := tab.See(one).Stays; got != two.ID {
			t.Errorf("%s: stays as %s, want %s", tab.Name, got, two.ID)
		}
		wantConflict(t, tab, two, core.OppositeMerge)
	}
	wantEqual(t, w, a, b)
}
