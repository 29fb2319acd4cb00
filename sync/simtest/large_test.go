package simtest

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/merge"
	"muqu/sync/wire"
)

// large is how many records one command writes: an import of a whole township.
const large = 5000

// crowd are many new households.
func crowd(id func() change.RecordID) []core.Edit {
	edits := make([]core.Edit, large)
	for i := range edits {
		edits[i] = core.Edit{Ref: core.Ref{Kind: "household", ID: id()}, Region: Village, Set: map[string]change.Value{
			"head_name": change.Text(fmt.Sprintf("第%d户", i)), "yak": change.Int(int64(i % 3000)),
		}}
	}
	return edits
}

// township saves many households as one command.
func township(t *testing.T, tab *Tablet) {
	t.Helper()
	if _, err := tab.Commit(tab.w.ctx, crowd(tab.NewID)); err != nil {
		t.Fatal(err)
	}
}

// oneTurn lets one turn of a sync through and then breaks the line.
func oneTurn() Fault {
	var turns atomic.Int64 // the next page is asked for while the one before is written
	return func(rw http.ResponseWriter, q *http.Request, next http.Handler) {
		if q.URL.Path == wire.PathSync && turns.Add(1) > 1 {
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(rw, q)
	}
}

// flaky lets a few requests through and then loses requests and answers, or
// cuts answers off.
func flaky(r *rand.Rand) Fault {
	through := r.Intn(3)
	return func(w http.ResponseWriter, q *http.Request, next http.Handler) {
		if through--; through >= 0 {
			next.ServeHTTP(w, q)
			return
		}
		answer := httptest.NewRecorder()
		switch r.Intn(3) {
		case 0: // the question is lost
		case 1: // the answer is lost
			next.ServeHTTP(answer, q)
		default:
			next.ServeHTTP(answer, q)
			w.Header().Set("Content-Length", fmt.Sprint(answer.Body.Len()))
			_, _ = w.Write(answer.Body.Bytes()[:answer.Body.Len()/2])
		}
		panic(http.ErrAbortHandler)
	}
}

// whole fails unless all of the command is visible, or nothing.
func whole(t *testing.T, where string, n int, err error) bool {
	t.Helper()
	if err != nil || n != 0 && n != large {
		t.Fatalf("%s shows %d of %d records, %v", where, n, large, err)
	}
	return n == large
}

// struggle syncs over a line that is cut again and again until everybody shows
// the command, and looks at everybody after every attempt.
func struggle(t *testing.T, w *World, devices []*Tablet, more ...func() (string, int, error)) {
	t.Helper()
	r := rand.New(rand.NewSource(3))
	cuts := 0
	for range 200 {
		done := true
		for _, tab := range devices {
			fault := flaky(r)
			w.Break(fault)
			w.BreakHubs(fault)
			if _, err := tab.Tablet.Sync(w.ctx, nil); err != nil {
				cuts++
			}
			w.Break(nil)
			w.BreakHubs(nil)
			n, err := tab.Count(w.ctx, core.Query{Kind: "household"})
			done = whole(t, tab.Name, n, err) && done
		}
		for _, look := range more {
			name, n, err := look()
			done = whole(t, name, n, err) && done
		}
		if done {
			if cuts < 3 {
				t.Errorf("the line was cut %d times", cuts)
			}
			return
		}
	}
	t.Error("the command never arrived")
}

func (w *World) shown() (string, int, error) {
	n, err := w.Server.Count(w.ctx, core.Query{Kind: "household"})
	return "the centre", n, err
}

// TestLargeCommand sends a command of 5,000 records on every way there is: each
// replica shows all of it or nothing, at any moment.
func TestLargeCommand(t *testing.T) {
	t.Parallel()
	if large > wire.MaxEntries {
		t.Fatal("that is more than a command may have")
	}
	t.Run("directly", func(t *testing.T) {
		w := NewWorld(t, 21)
		a, b := w.Tablet("卓玛"), w.Tablet("才让")
		b.Sync()
		township(t, a)
		struggle(t, w, []*Tablet{a, b}, w.shown)
		once(t, w, large)
	})
	t.Run("to a new tablet", func(t *testing.T) {
		w := NewWorld(t, 22)
		a, b := w.Tablet("卓玛"), w.Tablet("才让")
		township(t, a)
		a.Sync()
		// What comes whole the first time is records, not commands: they are
		// shown when all are there.
		struggleFirst(t, w, b)
	})
	t.Run("through a hub", func(t *testing.T) {
		w := NewWorld(t, 23)
		h := w.Hub("乡政府")
		h.Sync()
		a, b, c := h.Guest("卓玛"), h.Guest("才让"), w.Tablet("旦增")
		b.Sync()
		c.Sync()
		township(t, a)
		struggle(t, w, []*Tablet{a, b, h.Tablet, c}, w.shown)
		once(t, w, large)
	})
	t.Run("from an office through a hub", func(t *testing.T) {
		w := NewWorld(t, 27)
		h := w.Hub("乡政府")
		h.Sync()
		b := h.Guest("才让")
		rounds(2, b.Sync, h.Sync)
		desk := w.Server.As(core.Person{Name: "县里", Role: core.Admin, Scope: core.Scope{"63"}})
		if _, err := desk.Commit(w.ctx, crowd(w.Server.NewID)); err != nil {
			t.Fatal(err)
		}
		h.Sync()
		h.Sync()
		w.Break(Down)
		for range 6 {
			w.BreakHubs(oneTurn())
			_, _ = b.Tablet.Sync(w.ctx, nil) // the line breaks
			n, err := b.Count(w.ctx, core.Query{Kind: "household"})
			if whole(t, "才让", n, err) {
				break
			}
		}
		w.BreakHubs(nil)
		w.Break(nil)
		rounds(2, b.Sync, h.Sync)
		wantAgreed(t, w, b)
		if n, err := b.Count(w.ctx, core.Query{Kind: "household"}); n != large || err != nil {
			t.Errorf("%d records, %v", n, err)
		}
		// All of them move to another county, of which neither may know.
		list, err := desk.List(w.ctx, core.Query{Kind: "household"})
		if err != nil {
			t.Fatal(err)
		}
		moves := make([]core.Edit, len(list))
		for i := range list {
			moves[i] = core.Edit{Ref: list[i].Ref, From: list[i], Region: "632524100201"}
		}
		if _, err := desk.Commit(w.ctx, moves); err != nil {
			t.Fatal(err)
		}
		w.Break(nil)
		h.Sync()
		w.Break(Down)
		b.Sync()
		if n, err := b.Count(w.ctx, core.Query{Kind: "household"}); n != 0 || err != nil {
			t.Errorf("%d records stay that have left, %v", n, err)
		}
	})
	t.Run("by stick", func(t *testing.T) {
		w := NewWorld(t, 24)
		s := stick{t, t.TempDir()}
		a, b := w.Tablet("卓玛"), w.Tablet("才让")
		b.Sync()
		w.Break(Down)
		township(t, a)
		s.from(a, "up")
		s.mustInto(w.Server, "up")
		s.mustInto(w.Server, "up")
		_, n, err := w.shown()
		whole(t, "the centre", n, err)
		s.forTablet(w.Server, b.Identity().Device, false, "down")
		s.at(b, "down")
		if n, err = b.Count(w.ctx, core.Query{Kind: "household"}); !whole(t, "才让", n, err) {
			t.Error("the stick brought nothing")
		}
		once(t, w, large)
	})
}

// struggleFirst is the first sync of a tablet over a line that is cut again and
// again. It may show part of what it has received, and says that it has not
// come to an end; then it has all.
func struggleFirst(t *testing.T, w *World, tab *Tablet) {
	t.Helper()
	r := rand.New(rand.NewSource(4))
	for range 200 {
		w.Break(flaky(r))
		_, err := tab.Tablet.Sync(w.ctx, nil)
		w.Break(nil)
		if err == nil {
			n, err := tab.Count(w.ctx, core.Query{Kind: "household"})
			if !whole(t, tab.Name, n, err) {
				t.Error("a first sync that ended brought nothing")
			}
			return
		}
	}
	t.Error("the first sync never ended")
}

// A first sync takes for granted that none of what comes is here. Should a record
// be here all the same, nothing of it stays and nothing comes twice.
func TestFirstSyncFindsARecord(t *testing.T) {
	t.Parallel()
	w := NewWorld(t, 26)
	a, b := w.Tablet("卓玛"), w.Tablet("才让")
	township(t, a)
	a.Sync()
	w.Break(oneTurn())
	if _, err := b.Tablet.Sync(w.ctx, nil); err == nil {
		t.Fatal("the line was to break")
	}
	w.Break(nil)
	list, err := a.List(w.ctx, core.Query{Kind: "household"})
	if err != nil {
		t.Fatal(err)
	}
	here, err := b.Count(w.ctx, core.Query{Kind: "household"})
	if err != nil || here == 0 || here == large {
		t.Fatalf("%d of %d records have come, %v", here, large, err)
	}
	planted := 0
	for i := range list {
		if b.has(list[i].Ref) {
			continue
		}
		row := store.Row{Ref: list[i].Ref, State: (&merge.State{Kind: "household", Record: list[i].ID, Position: 1}).Encode()}
		row.Index = store.IndexOf(&list[i], nil)
		if err := b.Store().Update(w.ctx, func(tx store.Tx) error { return tx.PutRecord(&row) }); err != nil {
			t.Fatal(err)
		}
		if planted++; planted == 3 {
			break
		}
	}
	b.Sync()
	if n, err := b.Count(w.ctx, core.Query{Kind: "household"}); n != large || err != nil {
		t.Errorf("%d of %d records, %v", n, large, err)
	}
	wantEqual(t, w, a, b)
}

// TestCommandTooLargeToTravel wants a command that no segment can hold refused
// before it is confirmed: otherwise it would hold up all that comes after it.
func TestCommandTooLargeToTravel(t *testing.T) {
	t.Parallel()
	w := NewWorld(t, 25)
	tab := w.Tablet("卓玛")
	r := rand.New(rand.NewSource(1))
	edits := make([]core.Edit, 2500) // of 2 KB, which become 1 KB: 5 MB in all
	for i := range edits {
		noise := make([]byte, 1000)
		r.Read(noise)
		edits[i] = core.Edit{Ref: core.Ref{Kind: "household", ID: tab.NewID()}, Region: Village, Set: map[string]change.Value{
			"head_name": change.Text("户"), "noise": change.Text(hex.EncodeToString(noise)),
		}}
	}
	for _, n := range []int{1900, 2500} { // too large as it travels, and before
		var refused *core.Refusal
		if _, err := tab.Commit(w.ctx, edits[:n]); !errors.As(err, &refused) || refused.Key != "refuse.command" {
			t.Errorf("%d records were committed with %v", n, err)
		}
	}
	if n, err := tab.Count(w.ctx, core.Query{Kind: "household"}); n != 0 || err != nil {
		t.Errorf("%d records of a refused command, %v", n, err)
	}
	if _, err := tab.Commit(w.ctx, edits[:1000]); err != nil {
		t.Errorf("in parts: %v", err)
	}
	tab.Sync()
	once(t, w, 1000)
}
