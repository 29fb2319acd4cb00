package storetest

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
)

func log(n int) change.Log {
	return change.Log{Device: change.DeviceID{1}, Incarnation: change.Incarnation(n)}
}

func own(seq int) *store.Own {
	return &store.Own{Key: change.Key{Log: log(1), Seq: uint64(seq)}, Hash: change.Hash{byte(seq)}, Bytes: []byte{byte(seq)}, Kind: "household", Record: id(seq), At: change.Millis(seq), More: seq%2 == 1}
}

func seqs(list []store.Own) []int {
	out := []int{}
	for _, o := range list {
		out = append(out, int(o.Seq))
	}
	return out
}

func ownLog(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) {
		for n := 1; n <= 6; n++ {
			ok(t, tx.AppendOwn(own(n)))
		}
		other := own(1)
		other.Incarnation = 2
		ok(t, tx.AppendOwn(other))
	})
	view(t, s, func(tx store.Tx) {
		list, err := tx.OwnAfter(log(1), 2, 3)
		if err != nil || !slices.Equal(seqs(list), []int{3, 4, 5}) {
			t.Fatalf("after 2: %v, %v", seqs(list), err)
		}
		if want := own(3); list[0].Key != want.Key || list[0].Hash != want.Hash || string(list[0].Bytes) != string(want.Bytes) || list[0].Record != want.Record || list[0].At != want.At || !list[0].More || list[1].More {
			t.Errorf("got %+v, want %+v", list[0], want)
		}
		for i, want := range []uint64{6, 1, 0} {
			if n, err := tx.OwnHead(log(i + 1)); err != nil || n != want {
				t.Errorf("head of log %d: %d, %v", i+1, n, err)
			}
		}
	})
	if err := s.Update(t.Context(), func(tx store.Tx) error { return tx.AppendOwn(own(3)) }); err == nil {
		t.Error("one number is given twice")
	}
	settle(t, s)
}

func pruneOwn(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) {
		for n := 1; n <= 6; n++ {
			ok(t, tx.AppendOwn(own(n)))
		}
		ok(t, tx.SettleOwn(log(1), 2, 77, change.Quarantined, "verdict.area"))
		_, err := tx.SettleOwnRun(log(1), 1, 4, 100)
		ok(t, err)
		ok(t, tx.PruneOwn(log(2), 9))
		ok(t, tx.PruneOwn(log(1), 3))
	})
	view(t, s, func(tx store.Tx) {
		list, err := tx.OwnAfter(log(1), 0, 9)
		if err != nil || !slices.Equal(seqs(list), []int{2, 4, 5, 6}) {
			t.Errorf("left after pruning: %v, %v", seqs(list), err)
		}
	})
	update(t, s, func(tx store.Tx) { ok(t, tx.PruneOwn(log(1), 6)) })
	view(t, s, func(tx store.Tx) {
		list, err := tx.OwnAfter(log(1), 0, 9)
		if err != nil || !slices.Equal(seqs(list), []int{2, 5, 6}) {
			t.Errorf("what no server has was let go of: %v, %v", seqs(list), err)
		}
	})
}

func settle(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) {
		ok(t, tx.SettleOwn(log(1), 2, 77, change.Quarantined, "verdict.area"))
		refs, err := tx.SettleOwnRun(log(1), 1, 4, 100)
		if err != nil || len(refs) != 3 {
			t.Errorf("settled %v, %v", refs, err)
		}
		again, err := tx.SettleOwnRun(log(1), 1, 4, 500)
		if err != nil || len(again) != 0 {
			t.Errorf("settled again %v, %v", again, err)
		}
		_, err = tx.SettleOwnRun(log(1), 5, 5, 1) // the receipt was lost
		ok(t, err)
	})
	positions := func() []int {
		var out []int
		view(t, s, func(tx store.Tx) {
			list, err := tx.OwnAfter(log(1), 0, 10)
			ok(t, err)
			for _, o := range list {
				out = append(out, int(o.Position))
			}
		})
		return out
	}
	if got, want := positions(), []int{100, 77, 102, 103, 1, 0}; !slices.Equal(got, want) {
		t.Errorf("positions %v, want %v", got, want)
	}
	view(t, s, func(tx store.Tx) {
		for n, want := range map[int]int{6: 1, 1: 1, 2: 0} { // of record 1, that of the other log
			list, err := tx.OwnPending(ref(n))
			if err != nil || len(list) != want {
				t.Errorf("record %d: %d wait, %v; want %d", n, len(list), err, want)
			}
		}
	})
	update(t, s, func(tx store.Tx) { ok(t, tx.Unsettle(101)) })
	if got, want := positions(), []int{100, 77, 0, 0, 0, 0}; !slices.Equal(got, want) {
		t.Errorf("after Unsettle %v, want %v", got, want)
	}
}

func ownJudged(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) {
		for n, v := range []change.Verdict{change.Applied, change.Quarantined, change.Conflict, change.Quarantined} {
			ok(t, tx.AppendOwn(own(n+1)))
			ok(t, tx.SettleOwn(log(1), uint64(n+1), change.Position(n+1), v, fmt.Sprint("reason ", n+1)))
		}
	})
	view(t, s, func(tx store.Tx) {
		list, err := tx.OwnJudged(change.Quarantined)
		if err != nil || !slices.Equal(seqs(list), []int{2, 4}) || list[1].Reason != "reason 4" || list[1].Verdict != change.Quarantined {
			t.Errorf("got %+v, %v", list, err)
		}
	})
}

func drafts(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) {
		for i, d := range []store.Draft{{ID: "a", Kind: "visit", About: "x", At: 1, Bytes: []byte("1")}, {ID: "b", Kind: "visit", About: "y", At: 3}, {ID: "c", Kind: "demand", About: "x", At: 2}} {
			if err := tx.PutDraft(&d); err != nil {
				t.Fatal(i, err)
			}
		}
		ok(t, tx.PutDraft(&store.Draft{ID: "a", Kind: "visit", About: "x", At: 9, Bytes: []byte("2")}))
	})
	want := func(kind, about, ids string) {
		t.Helper()
		view(t, s, func(tx store.Tx) {
			list, err := tx.Drafts(kind, about)
			ok(t, err)
			got := ""
			for _, d := range list {
				got += d.ID
				if d.ID == "a" && (string(d.Bytes) != "2" || d.At != 9 || d.Kind != "visit" || d.About != "x") {
					t.Errorf("got %+v", d)
				}
			}
			if got != ids {
				t.Errorf("drafts of %q about %q: %q, want %q", kind, about, got, ids)
			}
		})
	}
	want("", "", "abc")
	want("visit", "", "ab")
	want("visit", "y", "b")
	want("", "x", "ac")
	update(t, s, func(tx store.Tx) {
		ok(t, tx.RemoveDraft("a"))
		ok(t, tx.RemoveDraft("none"))
	})
	want("", "", "bc")
}

func pages(t *testing.T, s store.Store) {
	update(t, s, func(tx store.Tx) {
		for n := range 4 {
			ok(t, tx.PutPage(&store.Page{Epoch: 2, Through: change.Position(10 * (n + 1)), At: change.Millis(100 * n), Bytes: []byte{byte(n)}}))
		}
	})
	above := func(p change.Position, want ...change.Position) {
		t.Helper()
		view(t, s, func(tx store.Tx) {
			list, err := tx.PagesAbove(p)
			ok(t, err)
			var got []change.Position
			for _, g := range list {
				got = append(got, g.Through)
				if g.Epoch != 2 || len(g.Bytes) != 1 {
					t.Errorf("page %+v", g)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("above %d: %v, want %v", p, got, want)
			}
		})
	}
	above(20, 30, 40)
	above(40)
	view(t, s, func(tx store.Tx) {
		if ends, err := tx.PageEnds(2, 30); err != nil || !slices.Equal(ends, []change.Position{40}) {
			t.Errorf("pages end at %v above 30, %v", ends, err)
		}
		if ends, err := tx.PageEnds(1, 0); err != nil || len(ends) > 0 {
			t.Errorf("pages of another epoch end at %v, %v", ends, err)
		}
	})
	update(t, s, func(tx store.Tx) { ok(t, tx.PrunePages(200)) })
	above(0, 30, 40)
}

func walk(t *testing.T, s store.Store) {
	mine := row(4, "d", near)
	mine.State, mine.View = nil, []byte("only here")
	put(t, s, row(1, "a", near), row(2, "b", near), row(3, "c", near), mine)
	for range 2 {
		update(t, s, func(tx store.Tx) {
			ok(t, tx.Walk([]core.Ref{ref(1), ref(3)}))
			ok(t, tx.Walk([]core.Ref{ref(1)}))
			left, err := tx.EndWalk()
			if err != nil || !slices.Equal(left, []core.Ref{ref(2)}) {
				t.Errorf("left %v, %v", left, err)
			}
		})
	}
}

// entry is one that the server sequenced, with bytes that decode.
func entry(t testing.TB, position int, regions ...string) *store.Logged {
	t.Helper()
	l := new(store.Logged)
	l.Key = change.Key{Log: log(1), Seq: uint64(position)}
	l.Author, l.Kind, l.Record, l.Region = "zhaxi", "household", id(position), near
	l.Fields = []change.Field{{Name: "yak", Rule: change.Review, Value: change.Int(int64(position)), Was: change.Null}}
	b, err := l.Entry.Encode()
	ok(t, err)
	l.Bytes, l.Hash = b, change.HashOf(l.Key, b)
	l.Position, l.Folds, l.Received, l.Effective, l.Verdict = change.Position(position), change.Position(position), change.Millis(1000*position), change.Millis(1000*position-5), change.Applied
	l.Regions, l.Before = regions, regions
	return l
}

func positions(list []store.Logged) []int {
	out := []int{}
	for _, l := range list {
		out = append(out, int(l.Position))
	}
	return out
}

func logged(t *testing.T, s store.Store) {
	fork := entry(t, 4, near)
	fork.Key.Seq, fork.Branch, fork.BranchAt, fork.Old = 2, 99, 1, change.Place{Epoch: 3, Position: 7}
	fork.Record = id(2)
	broken := &store.Logged{Bytes: []byte("not an entry")}
	broken.Key, broken.Position, broken.Verdict, broken.Reason = change.Key{Log: log(1), Seq: 5}, 5, change.Quarantined, "verdict.undecodable"
	broken.Received = 5000
	update(t, s, func(tx store.Tx) {
		for _, l := range []*store.Logged{entry(t, 1, near), entry(t, 2, near), entry(t, 3, near, far), fork, broken} {
			ok(t, tx.AppendLogged(l))
		}
	})
	view(t, s, func(tx store.Tx) {
		got, found, err := tx.LoggedAt(2)
		want := entry(t, 2, near)
		if err != nil || !found || got.Hash != want.Hash || got.Author != "zhaxi" || len(got.Fields) != 1 || got.Effective != want.Effective || got.Received != want.Received || !slices.Equal(got.Before, want.Before) || got.Folds != 2 {
			t.Errorf("got %+v, %v, %v", got, found, err)
		}
		bad, found, err := tx.LoggedAt(5)
		if err != nil || !found || string(bad.Bytes) != "not an entry" || bad.Reason != "verdict.undecodable" || bad.Kind != "" {
			t.Errorf("what can't be decoded must be kept: %+v, %v, %v", bad, found, err)
		}
		if _, found, err := tx.LoggedAt(9); err != nil || found {
			t.Errorf("nothing is at 9: %v", err)
		}
		check := func(what string, list []store.Logged, err error, want ...int) {
			t.Helper()
			if err != nil || !slices.Equal(positions(list), append([]int{}, want...)) {
				t.Errorf("%s: %v, %v; want %v", what, positions(list), err, want)
			}
		}
		list, err := tx.Logged(1, "", 3)
		check("after 1", list, err, 2, 3, 4)
		if list[2].Branch != 99 || list[2].BranchAt != 1 || list[2].Old.Position != 7 || list[2].FoldLog().Incarnation != 99 {
			t.Errorf("branch %+v", list[2])
		}
		list, err = tx.LoggedBy(change.Key{Log: log(1), Seq: 2})
		check("both of a fork", list, err, 2, 4)
		list, err = tx.LoggedRange(log(1), 2, 3)
		check("run", list, err, 2, 4, 3)
		list, err = tx.History(ref(2))
		check("history", list, err, 2, 4)
		list, err = tx.History(core.Ref{Kind: "demand", ID: id(2)})
		check("history of another kind", list, err)
		list, err = tx.Quarantine(0, 10)
		check("quarantine", list, err, 5)
		at, found, err := tx.ReceivedAt(3)
		if err != nil || !found || at != 3000 {
			t.Errorf("received %v, %v, %v", at, found, err)
		}
		for at, want := range map[change.Millis]change.Position{0: 0, 1000: 0, 1001: 1, 3500: 3, 99000: 5} {
			if p, err := tx.PositionBefore(at); err != nil || p != want {
				t.Errorf("before %d: %d, %v; want %d", at, p, err, want)
			}
		}
	})
}

// feed gives a county what concerns it, before or after the fold.
func feed(t *testing.T, s store.Store) {
	moved := entry(t, 3, far)
	moved.Before = []string{near}
	shared := entry(t, 4, "630000000000")
	shared.Kind = "region"
	shared.Bytes, _ = shared.Entry.Encode()
	update(t, s, func(tx store.Tx) {
		for _, l := range []*store.Logged{entry(t, 1, near, next), entry(t, 2, far), moved, shared, entry(t, 5)} {
			ok(t, tx.AppendLogged(l))
		}
	})
	view(t, s, func(tx store.Tx) {
		for area, want := range map[string][]int{"632323": {1, 3}, "632524": {2, 3}, core.Everywhere: {4}, "640000": {}, "": {1, 2, 3, 4, 5}} {
			list, err := tx.Logged(0, area, 10)
			if err != nil || !slices.Equal(positions(list), want) {
				t.Errorf("feed of %q: %v, %v; want %v", area, positions(list), err, want)
			}
			if len(want) > 1 {
				if list, err = tx.Logged(change.Position(want[0]), area, 1); err != nil || !slices.Equal(positions(list), want[1:2]) {
					t.Errorf("feed of %q goes on with %v, %v", area, positions(list), err)
				}
			}
		}
		l, _, err := tx.LoggedAt(3)
		if err != nil || !slices.Equal(l.Regions, []string{far}) || !slices.Equal(l.Before, []string{near}) {
			t.Errorf("regions %v before %v, %v", l.Regions, l.Before, err)
		}
	})
}

func judge(t *testing.T, s store.Store) {
	held := entry(t, 1, near)
	held.Verdict, held.Folds = change.Quarantined, 0
	other := entry(t, 2, near)
	other.Verdict, other.Folds = change.Quarantined, 0
	update(t, s, func(tx store.Tx) {
		ok(t, tx.AppendLogged(held))
		ok(t, tx.AppendLogged(other))
		ok(t, tx.AppendLogged(entry(t, 3, near)))
		ok(t, tx.Judge(1, change.Applied, 3))
	})
	view(t, s, func(tx store.Tx) {
		list, err := tx.FoldedAt(3)
		if err != nil || !slices.Equal(positions(list), []int{1}) || list[0].Verdict != change.Applied || list[0].Author != "zhaxi" {
			t.Errorf("folded at 3: %+v, %v", list, err)
		}
		if list, err = tx.FoldedAt(1); err != nil || len(list) != 0 {
			t.Errorf("folded at 1: %v, %v", positions(list), err)
		}
		if list, err = tx.Quarantine(0, 10); err != nil || !slices.Equal(positions(list), []int{2}) {
			t.Errorf("still waiting: %v, %v", positions(list), err)
		}
		if list, err = tx.Quarantine(1, 10); err != nil || len(list) != 0 {
			t.Errorf("offset: %v, %v", positions(list), err)
		}
	})
}

func heads(t *testing.T, s store.Store) {
	want := store.Head{Epoch: 3, Position: 1 << 40, Received: 5, Effective: 4}
	view(t, s, func(tx store.Tx) {
		if h, err := tx.Head(); err != nil || h != (store.Head{Epoch: 1}) {
			t.Errorf("a new store stands at %+v, %v", h, err)
		}
	})
	update(t, s, func(tx store.Tx) {
		ok(t, tx.SetHead(store.Head{Epoch: 2}))
		ok(t, tx.SetHead(want))
		got, err := tx.Head()
		if err != nil || got != want {
			t.Errorf("got %+v, %v; want %+v", got, err, want)
		}
	})
}

func branches(t *testing.T, s store.Store) {
	main := store.LogHead{Log: log(1), Wire: log(1), Seq: 3, Hash: change.Hash{1}, Segment: []byte{2}, Effective: 9, Position: 4}
	branch := store.LogHead{Log: log(99), Wire: log(1), BranchAt: 1, Seq: 2, Position: 3}
	fork := entry(t, 3, near)
	fork.Key.Seq, fork.Branch, fork.BranchAt = 2, 99, 1
	last := entry(t, 4, near)
	last.Key.Seq = 3
	update(t, s, func(tx store.Tx) {
		for _, l := range []*store.Logged{entry(t, 1, near), entry(t, 2, near), fork, last} {
			ok(t, tx.AppendLogged(l))
		}
		early := main
		early.Seq = 1
		for _, h := range []*store.LogHead{&early, &main, &branch} {
			ok(t, tx.SetLogHead(h))
		}
		ok(t, tx.PutSegment(&store.Segment{Log: log(1), First: 1, Count: 3, Header: []byte{1}, Signature: []byte{2}, Hash: []byte{3}}))
		for seq, want := range []int{0, 0, 0, 1, 0} {
			got, err := tx.SegmentsTo(log(1), uint64(seq))
			if ok(t, err); len(got) != want || want == 1 && !bytes.Equal(got[0], []byte{3}) {
				t.Errorf("segments to %d: %v, want %d", seq, got, want)
			}
		}
	})
	view(t, s, func(tx store.Tx) {
		got, found, err := tx.LogHead(log(1))
		if err != nil || !found || got.Seq != 3 || got.Hash != main.Hash || string(got.Segment) != "\x02" || got.Effective != 9 || got.Position != 4 || got.Wire != main.Wire {
			t.Errorf("got %+v, %v, %v", got, found, err)
		}
		if _, found, err := tx.LogHead(log(5)); err != nil || found {
			t.Errorf("an unknown log is found, %v", err)
		}
		all, err := tx.LogHeads(change.DeviceID{1})
		if err != nil || len(all) != 2 || all[1].Log != branch.Log || all[1].Wire != log(1) || all[1].BranchAt != 1 {
			t.Errorf("heads %+v, %v", all, err)
		}
		for _, c := range []struct {
			h    *store.LogHead
			p    change.Position
			want uint64
		}{{&main, 9, 3}, {&main, 4, 3}, {&main, 3, 2}, {&main, 1, 1}, {&main, 0, 0}, {&branch, 3, 2}} {
			if n, err := tx.SeqThrough(c.h, c.p); err != nil || n != c.want {
				t.Errorf("log %v through %d: %d, %v; want %d", c.h.Log, c.p, n, err, c.want)
			}
		}
	})
}
