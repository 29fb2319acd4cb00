package simtest

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/core/store/sqlite"
	"muqu/sync/ingest"
)

// once fails unless the centre's log holds n entries, each once, at positions
// without a gap.
func once(t *testing.T, w *World, n int) {
	t.Helper()
	err := w.DB.View(w.ctx, func(tx store.Tx) error {
		all, err := tx.Logged(0, "", 1<<20)
		held := make(map[change.Hash]bool)
		for i := range all {
			if want := change.Position(i + 1); all[i].Position != want {
				t.Errorf("position %d follows %d", all[i].Position, want-1)
			}
			if held[all[i].Hash] {
				t.Errorf("the entry at %d is there twice", all[i].Position)
			}
			held[all[i].Hash] = true
		}
		if len(all) != n {
			t.Errorf("the log has %d entries, want %d", len(all), n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if r, err := w.Server.Replay(w.ctx); err != nil || len(r.Different) > 0 {
		t.Errorf("replay: %v %v", r.Different, err)
	}
}

// second is another server process on the centre's database, as a command is
// that runs while the server serves.
func (w *World) second() core.Book {
	w.t.Helper()
	db, err := sqlite.Open(w.ctx, filepath.Join(w.Dir, "muqu.db"))
	if err != nil {
		w.t.Fatal(err)
	}
	s, err := ingest.New(w.ctx, db, ingest.Config{Now: func() time.Time { return w.Time }, Random: w.random})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		s.Close()
		if err := db.Close(); err != nil {
			w.t.Error(err)
		}
	})
	return s.As(core.Person{Name: "县局", Role: core.County, Scope: core.Scope{"63"}})
}

// add writes a new household.
func add(ctx context.Context, b core.Book, id change.RecordID, n int) error {
	_, err := b.Commit(ctx, []core.Edit{{Ref: core.Ref{Kind: "household", ID: id}, Region: Village, Set: map[string]change.Value{"head_name": change.Text(fmt.Sprint(n))}}})
	return err
}

// TestTwoSequencers lets two processes sequence on one database at once, with
// tablets pushing to the one and offices writing through both.
func TestTwoSequencers(t *testing.T) {
	const each = 40
	w := NewWorld(t, 31)
	other, third := w.second(), w.second()
	var tablets []*Tablet
	for i := range 3 {
		tab := w.Tablet(fmt.Sprint(i))
		for range each {
			tab.Put(core.Ref{}, map[string]any{"yak": 1})
		}
		tablets = append(tablets, tab)
	}
	var all sync.WaitGroup
	for _, tab := range tablets {
		all.Go(func() {
			if _, err := tab.Tablet.Sync(w.ctx, nil); err != nil {
				t.Error(err)
			}
		})
	}
	for _, office := range []core.Book{other, third} {
		ids := make([]change.RecordID, each)
		for i := range ids {
			ids[i] = w.Server.NewID()
		}
		all.Go(func() {
			for i, id := range ids {
				if err := add(w.ctx, office, id, i); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	once(t, w, 5*each)
	for _, tab := range tablets {
		tab.Sync()
		if n, err := tab.Count(w.ctx, core.Query{Kind: "household"}); err != nil || n != 5*each {
			t.Errorf("%s has %d of %d households, %v", tab.Name, n, 5*each, err)
		}
	}
}

// killed is a store whose owner dies after a commit and before it hears of it.
type killed struct {
	store.Store
	dies *bool
}

var errKilled = errors.New("killed")

func (s killed) Update(ctx context.Context, f func(store.Tx) error) error {
	if err := s.Store.Update(ctx, f); err != nil || !*s.dies {
		return err
	}
	return errKilled
}

// TestSequencerKilledAfterCommit kills the server between its commit and its
// answer. What the tablet sends again is recognized.
func TestSequencerKilledAfterCommit(t *testing.T) {
	dies := false
	w := newWorld(t, 32, func(s store.Store) store.Store { return killed{s, &dies} })
	a, b := w.Tablet("卓玛"), w.Tablet("才让")
	a.Sync() // its session goes on
	for i := range 5 {
		a.Put(core.Ref{}, map[string]any{"yak": i})
		dies = true
		if _, err := a.Tablet.Sync(w.ctx, nil); err == nil {
			t.Error("a killed server answered")
		}
		w.stop()
		dies = false
		w.start()
		once(t, w, i+1)
		a.Sync()
		once(t, w, i+1)
	}
	b.Sync()
	if n, err := b.Count(w.ctx, core.Query{Kind: "household"}); err != nil || n != 5 {
		t.Errorf("the other tablet has %d of 5 households, %v", n, err)
	}
}
