package storetest

import (
	"slices"
	"testing"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"

	"pgregory.net/rapid"
)

// merged is a row that gives way to another one by an entry at a position.
func merged(n int, name string, into, position int) *store.Row {
	r := row(n, name, near)
	if into > 0 {
		r.Index.Link = &core.Link{From: id(n), Into: id(into), Position: change.Position(position)}
	}
	return r
}

func staysFor(t testing.TB, s store.Store, n int) (out int) {
	t.Helper()
	view(t, s, func(tx store.Tx) {
		stays, found, err := tx.StaysFor(ref(n))
		ok(t, err)
		if out = n; found {
			out = int(stays[0])<<8 | int(stays[1])
		}
	})
	return out
}

// Merged records are left out of lists, are found as the one that stands for
// them, and come back when that is undone, deleted or taken away.
func merges(t *testing.T, s store.Store) {
	put(t, s, row(1, "cairang", near), row(2, "cairen", near), row(3, "droma", far))
	all := core.Query{Kind: "household"}
	put(t, s, merged(1, "cairang", 2, 10))
	wantList(t, s, all, 2, 3)
	wantList(t, s, core.Query{Kind: "household", Deleted: true}, 1, 2, 3)
	wantList(t, s, core.Query{Kind: "household", Search: "cairang"}, 2)
	wantList(t, s, core.Query{Search: "cairang"}, 2)
	wantList(t, s, core.Query{Kind: "household", Where: map[string]string{"hh_no": "1"}}, 2)
	wantList(t, s, core.Query{Kind: "household", Any: map[string][]string{"hh_no": {"2", "3"}}}, 2, 3)
	if got := wantRow(t, s, ref(1), "state 1", true); got.Stays != id(2) || got.Index.Deleted {
		t.Errorf("the record that gave way is read as %+v", got)
	}
	put(t, s, merged(2, "cairen", 3, 11))
	wantList(t, s, all, 3)
	if got := staysFor(t, s, 1); got != 3 {
		t.Errorf("1 stays as %d, want 3", got)
	}
	view(t, s, func(tx store.Tx) {
		family, err := tx.Family(ref(3))
		ok(t, err)
		slices.SortFunc(family, func(a, b change.RecordID) int { return slices.Compare(a[:], b[:]) })
		if !slices.Equal(family, []change.RecordID{id(1), id(2)}) {
			t.Errorf("family %v", family)
		}
	})
	gone := row(3, "droma", far)
	gone.Index.Deleted = true
	put(t, s, gone)
	wantList(t, s, all, 2)
	put(t, s, row(3, "droma", far))
	wantList(t, s, all, 3)
	update(t, s, func(tx store.Tx) { ok(t, tx.RemoveRecord(ref(3))) })
	wantList(t, s, all, 2)
	put(t, s, row(2, "cairen", near), row(3, "droma", far), row(1, "cairang", near))
	wantList(t, s, all, 1, 2, 3)
}

// Of two opposite merges the lower position wins, the other is in conflict.
func oppositeMerges(t *testing.T, s store.Store) {
	put(t, s, merged(1, "cairang", 2, 11), merged(2, "cairen", 1, 10))
	wantList(t, s, core.Query{Kind: "household"}, 1)
	wantList(t, s, core.Query{Kind: "household", Conflicts: true, Deleted: true}, 1)
	view(t, s, func(tx store.Tx) {
		for n, want := range map[int]bool{1: true, 2: false} {
			if got, err := tx.Opposed(ref(n)); err != nil || got != want {
				t.Errorf("opposed(%d) = %v, %v", n, got, err)
			}
		}
		if n, err := tx.CountConflicts(); err != nil || n != 1 {
			t.Errorf("%d conflicts, %v", n, err)
		}
	})
	put(t, s, row(2, "cairen", near)) // the earlier one is undone
	wantList(t, s, core.Query{Kind: "household"}, 2)
	wantList(t, s, core.Query{Kind: "household", Conflicts: true, Deleted: true})
}

// Any merges, undone or not, written in any order, leave the same records
// standing: what the pure rule says of them.
func mergesAgree(t *testing.T, open func(t *testing.T) store.Store) {
	s, other := open(t), open(t)
	rapid.Check(t, func(r *rapid.T) {
		n := rapid.IntRange(2, 6).Draw(r, "records")
		var rows []*store.Row
		for i := 1; i <= n; i++ {
			x := merged(i, "x", rapid.IntRange(0, n).Draw(r, "into"), rapid.IntRange(0, 1).Draw(r, "sequenced")*(10+i*5%7))
			if l := x.Index.Link; l != nil && l.Into == x.ID {
				x.Index.Link = nil
			}
			x.Index.Deleted = rapid.IntRange(0, 7).Draw(r, "deleted") == 0
			rows = append(rows, x)
		}
		for _, each := range []store.Store{s, other} {
			update(t, each, func(tx store.Tx) { ok(t, tx.ClearRecords()) })
			order := rapid.Permutation(rows).Draw(r, "order")
			for _, x := range order[:rapid.IntRange(0, n).Draw(r, "first without")] {
				put(t, each, row(int(x.ID[1]), "x", near)) // merged later
			}
			put(t, each, order...)
		}
		next := func(at change.RecordID) (core.Link, bool, error) {
			l := rows[at[1]-1].Index.Link
			if l == nil || rows[l.Into[1]-1].Index.Deleted {
				return core.Link{}, false, nil
			}
			return *l, true, nil
		}
		for i := 1; i <= n; i++ {
			want, err := core.Stays(id(i), next)
			ok(t, err)
			for _, each := range []store.Store{s, other} {
				if got := staysFor(t, each, i); got != int(want[1]) {
					r.Fatalf("%d stays as %d, want %d", i, got, want[1])
				}
			}
		}
	})
}

// Repeated values are found stretch by stretch, each once.
func repeated(t *testing.T, s store.Store) {
	for i := 1; i <= 9; i++ {
		x := row(i, "x", near)
		x.Index.Lookups["hh_no"] = []string{"a", "b", "c"}[min(i, 5)/2] // a, then four of b and c
		put(t, s, x)
	}
	var got []string
	for at, end := "", false; !end; {
		view(t, s, func(tx store.Tx) {
			r, err := tx.Repeated(core.Stretch{Kind: "household", Field: "hh_no", After: at, Limit: 2})
			ok(t, err)
			got, at, end = append(got, r.Values...), r.Last, r.End
		})
	}
	if !slices.Equal(got, []string{"b", "c"}) {
		t.Errorf("repeated %v", got)
	}
}
