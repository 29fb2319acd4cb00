// Package storetest is the contract of [store.Store] as tests: an engine that
// passes Run can carry a tablet or a server.
//
// The records that it stores hold made-up bytes for their state: an engine
// never looks into them, only into their index.
package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
)

// Villages of two counties.
const (
	near = "632323100201"
	next = "632323100202"
	far  = "632524100201"
)

// Run checks an engine. open gives a new, empty store that is closed when its
// test ends.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	t.Helper()
	for _, c := range []struct {
		name string
		test func(*testing.T, store.Store)
	}{
		{"Records", records}, {"Many", many}, {"There", there}, {"Touch", touch}, {"Remove", remove}, {"Queries", queries}, {"Sort", sorting}, {"Counts", counts}, {"Published", published}, {"Snapshot", snapshot},
		{"OwnLog", ownLog}, {"PruneOwn", pruneOwn}, {"OwnJudged", ownJudged}, {"Drafts", drafts}, {"Pages", pages}, {"Walk", walk},
		{"Logged", logged}, {"Feed", feed}, {"Judge", judge}, {"Heads", heads}, {"Branches", branches}, {"Held", held}, {"Ahead", ahead}, {"Carrier", carrier}, {"Changed", changed},
		{"Files", files}, {"FileSets", fileSets}, {"Named", named},
		{"Merges", merges}, {"OppositeMerges", oppositeMerges}, {"Repeated", repeated},
		{"Accounts", accounts}, {"Sessions", sessions}, {"Looks", looks}, {"Meta", meta},
		{"Atomic", atomic}, {"OneMoment", oneMoment}, {"Clear", clearRecords},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
	t.Run("MergesAgree", func(t *testing.T) { mergesAgree(t, open) })
	t.Run("Sums", func(t *testing.T) { sums(t, open) })
	t.Run("ListsAgreeWithAModel", func(t *testing.T) { listsAgree(t, open) })
}

func update(t testing.TB, s store.Store, f func(tx store.Tx)) {
	t.Helper()
	if err := s.Update(t.Context(), func(tx store.Tx) error { f(tx); return nil }); err != nil {
		t.Fatal(err)
	}
}

func view(t testing.TB, s store.Store, f func(tx store.Tx)) {
	t.Helper()
	if err := s.View(t.Context(), func(tx store.Tx) error { f(tx); return nil }); err != nil {
		t.Fatal(err)
	}
}

// ok ends the test where an engine fails.
func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func id(n int) change.RecordID { return change.RecordID{0: byte(n >> 8), 1: byte(n), 15: 1} }

func ref(n int) core.Ref { return core.Ref{Kind: "household", ID: id(n)} }

// row is a household with a name by which it is found and sorted.
func row(n int, name, region string, more ...string) *store.Row {
	return &store.Row{Ref: ref(n), State: []byte(fmt.Sprintf("state %d", n)), Index: store.Index{
		Regions: append([]string{region}, more...), Sort: name, Terms: []string{name}, Position: change.Position(n), Lookups: map[string]string{"hh_no": fmt.Sprint(n)},
	}}
}

// put writes rows and reads nothing first.
func put(t testing.TB, s store.Store, rows ...*store.Row) {
	t.Helper()
	update(t, s, func(tx store.Tx) {
		for _, r := range rows {
			ok(t, tx.PutRecord(r))
		}
	})
}

func numbers(rows []store.Row) []int {
	out := []int{}
	for _, r := range rows {
		out = append(out, int(r.ID[0])<<8|int(r.ID[1]))
	}
	return out
}

// wantList compares a query's records, in order, and their count.
func wantList(t testing.TB, s store.Store, q core.Query, want ...int) {
	t.Helper()
	view(t, s, func(tx store.Tx) {
		rows, err := tx.List(q)
		ok(t, err)
		if got := numbers(rows); !slices.Equal(got, append([]int{}, want...)) {
			t.Errorf("%+v: got %v, want %v", q, got, want)
		}
		if n, err := tx.Count(q); err != nil || q.Limit == 0 && q.Offset == 0 && n != len(want) {
			t.Errorf("%+v: counts %d, %v; want %d", q, n, err, len(want))
		}
	})
}

// wantRow compares one record.
func wantRow(t testing.TB, s store.Store, r core.Ref, state string, found bool) store.Row {
	t.Helper()
	var got store.Row
	view(t, s, func(tx store.Tx) {
		var have bool
		var err error
		got, have, err = tx.Record(r)
		if err != nil || have != found || string(got.State) != state {
			t.Errorf("record %s: got %q, %v, %v; want %q, %v", r.ID, got.State, have, err, state, found)
		}
	})
	return got
}

var errUndo = errors.New("undo")

func atomic(t *testing.T, s store.Store) {
	put(t, s, row(1, "zhaxi", near))
	err := s.Update(t.Context(), func(tx store.Tx) error {
		changed := row(1, "cairang", far)
		changed.State = []byte("other")
		for _, err := range []error{tx.PutRecord(changed), tx.PutRecord(row(2, "droma", near)), tx.RemoveRecord(ref(1)), tx.SetMeta("m", []byte("x")),
			tx.SetHead(store.Head{Epoch: 4}), tx.PutUser(&store.User{Name: "u"}), tx.AppendOwn(own(1))} {
			ok(t, err)
		}
		return errUndo
	})
	if !errors.Is(err, errUndo) {
		t.Errorf("Update gave %v", err)
	}
	wantRow(t, s, ref(1), "state 1", true)
	wantList(t, s, core.Query{Kind: "household"}, 1)
	wantList(t, s, core.Query{Kind: "household", Search: "zhaxi"}, 1)
	wantList(t, s, core.Query{Kind: "household", Search: "cairang"})
	view(t, s, func(tx store.Tx) {
		b, err := tx.Meta("m")
		h, errHead := tx.Head()
		_, user, errUser := tx.User("u")
		n, errOwn := tx.OwnHead(own(1).Log)
		if len(b) > 0 || h.Epoch != 1 || user || n != 0 || errors.Join(err, errHead, errUser, errOwn) != nil {
			t.Errorf("left behind: meta %q, head %+v, user %v, own %d", b, h, user, n)
		}
	})
}

// oneMoment reads while a writer commits: a reader goes on seeing what was
// there when it began, and does not make the writer wait.
func oneMoment(t *testing.T, s store.Store) {
	put(t, s, row(1, "a", near))
	view(t, s, func(tx store.Tx) {
		before, err := tx.Count(core.Query{Kind: "household"})
		ok(t, err)
		put(t, s, row(2, "b", near), row(1, "c", far))
		after, err := tx.Count(core.Query{Kind: "household"})
		ok(t, err)
		r, _, err := tx.Record(ref(1))
		ok(t, err)
		rows, err := tx.List(core.Query{Kind: "household", Search: "b"})
		ok(t, err)
		if before != 1 || after != 1 || r.Index.Regions[0] != near || len(rows) != 0 {
			t.Errorf("the reader saw %d then %d records, record 1 in %v, %d new", before, after, r.Index.Regions, len(rows))
		}
	})
	wantList(t, s, core.Query{Kind: "household"}, 2, 1)
}
