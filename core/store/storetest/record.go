package storetest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"

	"pgregory.net/rapid"
)

func records(t *testing.T, s store.Store) {
	wantRow(t, s, ref(1), "", false)
	first := row(1, "zhaxi", near, far)
	first.View, first.Pending = []byte("view"), true
	put(t, s, first)
	got := wantRow(t, s, ref(1), "state 1", true)
	if string(got.Shown()) != "view" || !got.Pending || got.Index.Position != 1 || !slices.Equal(got.Index.Regions, []string{near, far}) || got.Index.Deleted {
		t.Errorf("got %+v", got)
	}
	put(t, s, row(2, "droma", near))
	changed := row(1, "cairang", next)
	changed.State, changed.Index.Deleted = []byte("new"), true
	put(t, s, changed)
	got = wantRow(t, s, ref(1), "new", true)
	if string(got.Shown()) != "new" || got.Pending || !slices.Equal(got.Index.Regions, []string{next}) || !got.Index.Deleted {
		t.Errorf("after the update: %+v", got)
	}
	// The same id of another kind is another record.
	if _, found := recordOf(t, s, core.Ref{Kind: "demand", ID: id(1)}); found {
		t.Error("an id of one kind is found under another")
	}
	wantList(t, s, core.Query{Kind: "household"}, 2)
	wantList(t, s, core.Query{Kind: "household", Deleted: true, Search: "zhaxi"})
	wantList(t, s, core.Query{Kind: "household", Deleted: true, Search: "cairang"}, 1)
}

func recordOf(t testing.TB, s store.Store, r core.Ref) (got store.Row, found bool) {
	t.Helper()
	view(t, s, func(tx store.Tx) {
		var err error
		got, found, err = tx.Record(r)
		ok(t, err)
	})
	return got, found
}

func touch(t *testing.T, s store.Store) {
	put(t, s, row(1, "zhaxi", near))
	update(t, s, func(tx store.Tx) {
		r, _, err := tx.Record(ref(1))
		ok(t, err)
		r.State, r.View, r.Pending = []byte("touched"), []byte("on top"), true
		ok(t, tx.TouchRecord(&r, 9))
	})
	got := wantRow(t, s, ref(1), "touched", true)
	if got.Index.Position != 9 || !got.Pending || string(got.Shown()) != "on top" {
		t.Errorf("got %+v", got)
	}
	wantList(t, s, core.Query{Kind: "household", Search: "zhaxi", Where: map[string]string{"hh_no": "1"}}, 1)
	update(t, s, func(tx store.Tx) {
		if err := tx.TouchRecord(row(2, "x", near), 1); err == nil {
			t.Error("a row that was not read is touched")
		}
	})
}

func remove(t *testing.T, s store.Store) {
	open := row(1, "zhaxi", near)
	open.Index.Conflicts = []string{"phone"}
	put(t, s, open, row(2, "zhaxi", near))
	update(t, s, func(tx store.Tx) {
		ok(t, tx.RemoveRecord(ref(1)))
		ok(t, tx.RemoveRecord(ref(7)))
	})
	wantRow(t, s, ref(1), "", false)
	wantList(t, s, core.Query{Kind: "household", Search: "zhaxi"}, 2)
	wantList(t, s, core.Query{Kind: "household", Where: map[string]string{"hh_no": "1"}})
	wantConflicts(t, s, 0)
	put(t, s, row(1, "droma", near))
	wantList(t, s, core.Query{Kind: "household", Search: "zhaxi"}, 2)
	wantList(t, s, core.Query{Kind: "household", Search: "droma"}, 1)
}

func clearRecords(t *testing.T, s store.Store) {
	open := row(1, "zhaxi", near)
	open.Index.Conflicts = []string{"phone"}
	put(t, s, open)
	update(t, s, func(tx store.Tx) { ok(t, tx.ClearRecords()) })
	wantList(t, s, core.Query{Search: "zhaxi"})
	wantConflicts(t, s, 0)
	put(t, s, row(1, "droma", near))
	wantList(t, s, core.Query{Search: "zhaxi"})
	wantList(t, s, core.Query{Search: "dro"}, 1)
}

func wantConflicts(t testing.TB, s store.Store, want int) {
	t.Helper()
	view(t, s, func(tx store.Tx) {
		if n, err := tx.CountConflicts(); err != nil || n != want {
			t.Errorf("%d conflicts, %v; want %d", n, err, want)
		}
	})
}

func queries(t *testing.T, s store.Store) {
	moved := row(2, "b", far, near, next)
	gone, waits, open := row(3, "c", near), row(4, "d", next), row(5, "e", far)
	gone.Index.Deleted = true
	waits.Pending = true
	open.Index.Conflicts = []string{"phone", "head_name"}
	demand := row(6, "a", near)
	demand.Kind = "demand"
	put(t, s, row(1, "a", near), moved, gone, waits, open, demand)
	h := func(f func(*core.Query)) core.Query {
		q := core.Query{Kind: "household"}
		f(&q)
		return q
	}
	wantList(t, s, core.Query{Kind: "household"}, 1, 2, 4, 5)
	wantList(t, s, core.Query{}, 1, 6, 2, 4, 5)
	wantList(t, s, core.Query{Kind: "person"})
	wantList(t, s, h(func(q *core.Query) { q.Deleted = true }), 1, 2, 3, 4, 5)
	wantList(t, s, h(func(q *core.Query) { q.Pending = true }), 4)
	wantList(t, s, h(func(q *core.Query) { q.Conflicts = true }), 5)
	wantList(t, s, h(func(q *core.Query) { q.Where = map[string]string{"hh_no": "4"} }), 4)
	wantList(t, s, h(func(q *core.Query) { q.Where = map[string]string{"hh_no": "4'; DROP"} }))
	for _, c := range []struct {
		scope core.Scope
		want  []int
	}{
		{core.Scope{"63"}, []int{1, 2, 4, 5}}, {core.Scope{"632323"}, []int{1, 2, 4}}, {core.Scope{near}, []int{1, 2}}, {core.Scope{next}, []int{2, 4}},
		{core.Scope{"632524"}, []int{2, 5}}, {core.Scope{near, "632524"}, []int{1, 2, 5}}, {core.Scope{}, nil}, {core.Scope{"64"}, nil}, {core.Scope{"2323"}, nil},
	} {
		wantList(t, s, h(func(q *core.Query) { q.Scope = c.scope }), c.want...)
	}
	wantConflicts(t, s, 2)
	view(t, s, func(tx store.Tx) {
		kinds, err := tx.CountKinds()
		if want := map[string]int{"household": 4, "demand": 1}; err != nil || !maps.Equal(kinds, want) {
			t.Errorf("kinds %v, %v; want %v", kinds, err, want)
		}
	})
	searches(t, s)
}

func searches(t *testing.T, s store.Store) {
	r := row(9, "z", near)
	r.Index.Terms = []string{"扎西才让", "才让", "zhaxicairang", "zxcr", "བཀྲ", "ཤིས", "13800000097", "0097"}
	put(t, s, r)
	for typed, found := range map[string]bool{
		"扎西": true, "扎西 0097": true, "zxc": true, "ZXC": true, "བཀྲ་ཤིས": true, "1380": true, "１３８": true, "扎西 9999": false, "让": false, `"`: false, "*": false, `" OR z*`: false, "NOT": false,
	} {
		want := []int{}
		if found {
			want = append(want, 9)
		}
		wantList(t, s, core.Query{Kind: "household", Search: typed}, want...)
	}
	wantList(t, s, core.Query{Kind: "household", Search: "  ", Scope: core.Scope{near}}, 1, 2, 9)
}

func sorting(t *testing.T, s store.Store) {
	for n, name := range []string{"c", "a", "b", "a"} {
		r := row(n+1, name, []string{far, near, next, near}[n])
		r.Index.Lookups = map[string]string{"phone": fmt.Sprint(9 - n)}
		r.Index.Position, r.Pending = []change.Position{5, 9, 2, 7}[n], n == 1
		put(t, s, r)
	}
	h := func(sort string, offset, limit int) core.Query {
		return core.Query{Kind: "household", Sort: sort, Offset: offset, Limit: limit}
	}
	for sort, want := range map[string][]int{
		"": {2, 4, 3, 1}, "-": {1, 3, 4, 2}, "phone": {4, 3, 2, 1}, "-phone": {1, 2, 3, 4}, "region": {2, 4, 3, 1}, "-region": {1, 3, 4, 2},
		"position": {3, 1, 4, 2}, "-position": {2, 4, 1, 3}, "remark": {2, 4, 3, 1},
	} {
		wantList(t, s, h(sort, 0, 0), want...)
		for offset := range 5 {
			wantList(t, s, h(sort, offset, 0), want[min(offset, 4):]...)
			wantList(t, s, h(sort, offset, 2), want[min(offset, 4):min(offset+2, 4)]...)
		}
	}
}

func counts(t *testing.T, s store.Store) {
	put(t, s, row(1, "a", near), row(2, "b", near), row(3, "c", near))
	view(t, s, func(tx store.Tx) {
		if n, err := tx.Count(core.Query{Kind: "household", Limit: 1, Offset: 2, Sort: "-phone"}); err != nil || n != 3 {
			t.Errorf("a count takes no limit: %d, %v", n, err)
		}
	})
}

// listsAgree compares lists and counts with a plain slice of rows.
func listsAgree(t *testing.T, open func(*testing.T) store.Store) {
	s := open(t)
	regions := []string{near, next, far, "632323000000"}
	rapid.Check(t, func(rt *rapid.T) {
		update(t, s, func(tx store.Tx) { ok(t, tx.ClearRecords()) })
		model := make(map[int]*store.Row)
		for range rapid.IntRange(1, 20).Draw(rt, "writes") {
			n := rapid.IntRange(1, 8).Draw(rt, "n")
			if rapid.IntRange(0, 5).Draw(rt, "remove") == 0 {
				update(t, s, func(tx store.Tx) { ok(t, tx.RemoveRecord(ref(n))) })
				delete(model, n)
				continue
			}
			places := rapid.SliceOfNDistinct(rapid.SampledFrom(regions), 1, 3, rapid.ID).Draw(rt, "regions")
			r := row(n, rapid.SampledFrom([]string{"ab", "abc", "b", "扎西"}).Draw(rt, "name"), places[0], places[1:]...)
			r.Index.Sort += fmt.Sprint(" ", n) // no two alike: which of those comes first is not promised
			r.Index.Lookups["phone"] = rapid.SampledFrom([]string{"1", "2"}).Draw(rt, "phone")
			r.Index.Deleted, r.Pending = rapid.Bool().Draw(rt, "deleted"), rapid.Bool().Draw(rt, "pending")
			if rapid.Bool().Draw(rt, "conflict") {
				r.Index.Conflicts = []string{"phone"}
			}
			put(t, s, r)
			model[n] = r
		}
		q := core.Query{Kind: "household", Deleted: rapid.Bool().Draw(rt, "q deleted"), Pending: rapid.Bool().Draw(rt, "q pending"), Conflicts: rapid.Bool().Draw(rt, "q conflicts"),
			Search: rapid.SampledFrom([]string{"", "a", "ab", "abc", "扎", "x"}).Draw(rt, "search"), Offset: rapid.IntRange(0, 3).Draw(rt, "offset"), Limit: rapid.IntRange(0, 3).Draw(rt, "limit")}
		if rapid.Bool().Draw(rt, "where") {
			q.Where = map[string]string{"phone": "1"}
		}
		if rapid.Bool().Draw(rt, "scoped") {
			q.Scope = rapid.SliceOfN(rapid.SampledFrom([]string{"63", "632323", near, "632524"}), 0, 2).Draw(rt, "scope")
		}
		want := expected(model, &q)
		view(t, s, func(tx store.Tx) {
			rows, err := tx.List(q)
			ok(t, err)
			n, err := tx.Count(q)
			ok(t, err)
			cut := want[min(q.Offset, len(want)):]
			if q.Limit > 0 {
				cut = cut[:min(q.Limit, len(cut))]
			}
			if got := numbers(rows); !slices.Equal(got, cut) || n != len(want) {
				rt.Fatalf("%+v: got %v of %d, want %v of %d", q, got, n, cut, len(want))
			}
		})
	})
}

// published records are listed for whoever works where they are served.
func published(t *testing.T, s store.Store) {
	at := []string{"*", "*63", "*632323", "*" + near, "*632524"}
	for n, area := range at {
		r := row(n+1, "x", far, area)
		r.Kind = "offer"
		put(t, s, r)
	}
	for _, scope := range []core.Scope{{"63"}, {"632323"}, {"632323100"}, {near}, {next}, {"632524"}, {"64"}, {near, "632524"}} {
		var want []int
		for n, area := range at {
			if scope.ContainsAny([]string{far, area}) {
				want = append(want, n+1)
			}
		}
		view(t, s, func(tx store.Tx) {
			rows, err := tx.List(core.Query{Kind: "offer", Scope: scope})
			ok(t, err)
			if got := numbers(rows); !slices.Equal(got, want) {
				t.Errorf("%v sees %v, want %v", scope, got, want)
			}
		})
	}
}

func expected(model map[int]*store.Row, q *core.Query) []int {
	out := []int{}
	for n, r := range model {
		x := &r.Index
		if x.Deleted && !q.Deleted || q.Pending && !r.Pending || q.Conflicts && len(x.Conflicts) == 0 ||
			q.Scope != nil && !q.Scope.ContainsAny(x.Regions) || q.Where != nil && x.Lookups["phone"] != q.Where["phone"] || !strings.HasPrefix(x.Sort, q.Search) {
			continue
		}
		out = append(out, n)
	}
	slices.Sort(out)
	slices.SortStableFunc(out, func(a, b int) int { return strings.Compare(model[a].Index.Sort, model[b].Index.Sort) })
	return out
}

// snapshot walks in pieces of every size: each committed record of the scope
// once, whichever cursor the walk is taken up at.
func snapshot(t *testing.T, s store.Store) {
	for n := 1; n <= 9; n++ {
		put(t, s, row(n, "x", []string{near, far, next}[n%3]))
	}
	both, mine, shared := row(10, "x", far, near), row(11, "x", near), row(12, "x", "")
	mine.State, mine.View, mine.Pending = nil, []byte("only here"), true
	shared.Kind, shared.Index.Regions = "region", nil
	put(t, s, both, mine, shared)
	for limit := 1; limit <= 13; limit++ {
		got := make(map[string]int)
		for after, steps := int64(0), 0; ; steps++ {
			var rows []store.Row
			var last int64
			view(t, s, func(tx store.Tx) {
				var err error
				rows, last, err = tx.Snapshot(core.Scope{"632323"}, after, limit)
				ok(t, err)
			})
			for _, r := range rows {
				got[fmt.Sprint(r.Kind, numbers([]store.Row{r}))]++
			}
			if len(rows) > limit || steps > 20 || last < after {
				t.Fatalf("limit %d: %d rows, step %d, cursor %d after %d", limit, len(rows), steps, last, after)
			}
			if len(rows) < limit {
				break
			}
			after = last
		}
		want := map[string]int{"household[10]": 1, "region[12]": 1}
		for n := 1; n <= 9; n++ {
			if n%3 != 1 {
				want[fmt.Sprintf("household[%d]", n)] = 1
			}
		}
		if !maps.Equal(got, want) {
			t.Errorf("limit %d: got %v, want %v", limit, got, want)
		}
	}
}

// there takes a record for new that isn't: nothing of the transaction stays.
func there(t *testing.T, s store.Store) {
	put(t, s, row(3, "old", near))
	list := make([]*store.Row, 100)
	for i := range list {
		list[i] = row(i+1, "new", near)
		list[i].Stored.Read = true
	}
	if err := s.Update(t.Context(), func(tx store.Tx) error { return tx.PutRecords(list) }); !errors.Is(err, store.ErrThere) {
		t.Errorf("a record that is there was taken for new: %v", err)
	}
	wantList(t, s, core.Query{Kind: "household", Search: "old"}, 3)
	wantList(t, s, core.Query{Kind: "household", Search: "new"})
}

// many writes and reads runs of rows of which some are there already.
func many(t *testing.T, s store.Store) {
	put(t, s, row(3, "old", near), row(70, "old", near))
	refs := make([]core.Ref, 0, 150)
	for n := range 150 {
		refs = append(refs, ref(n+1))
	}
	update(t, s, func(tx store.Tx) {
		rows, err := tx.Records(refs)
		ok(t, err)
		list := make([]*store.Row, len(rows))
		for i := range rows {
			found := rows[i].Stored.ID != 0
			if was := i == 2 || i == 69; found != was || rows[i].Ref != refs[i] {
				t.Fatalf("row %d of %v: there %v", i, rows[i].Ref, found)
			}
			list[i] = row(i+1, fmt.Sprint("new", i%3), near)
			list[i].Stored = rows[i].Stored
		}
		ok(t, tx.PutRecords(list))
	})
	wantList(t, s, core.Query{Kind: "household", Search: "old"})
	view(t, s, func(tx store.Tx) {
		rows, err := tx.Records([]core.Ref{ref(70), ref(999), ref(3), ref(70)})
		ok(t, err)
		if got := numbers(rows); !slices.Equal(got, []int{70, 999, 3, 70}) || rows[1].Stored.ID != 0 || !slices.Equal(rows[0].State, rows[3].State) {
			t.Errorf("read %v: %+v", got, rows)
		}
		for n := range 150 {
			one, found, err := tx.Record(ref(n + 1))
			ok(t, err)
			if !found || string(one.State) != fmt.Sprintf("state %d", n+1) {
				t.Fatalf("record %d: %v %q", n+1, found, one.State)
			}
		}
		for i := range 3 {
			n, err := tx.Count(core.Query{Kind: "household", Search: fmt.Sprint("new", i)})
			if err != nil || n != 50 {
				t.Errorf("new%d is found %d times, %v", i, n, err)
			}
		}
		n, err := tx.Count(core.Query{Kind: "household", Where: map[string]string{"hh_no": "70"}})
		if err != nil || n != 1 {
			t.Errorf("hh_no 70 is found %d times, %v", n, err)
		}
	})
	update(t, s, func(tx store.Tx) { ok(t, tx.RemoveRecord(ref(70))) })
	wantList(t, s, core.Query{Kind: "household", Where: map[string]string{"hh_no": "70"}})
}
