package simtest

import (
	"context"
	"encoding/json"
	"errors"
	"testing"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/ingest"
)

// crowded is a store whose commits find no room while full says so.
type crowded struct {
	store.Store
	full *bool
}

func (s crowded) Update(ctx context.Context, f func(store.Tx) error) error {
	return s.Store.Update(ctx, func(tx store.Tx) error {
		err := f(tx)
		if err == nil && *s.full {
			err = store.Full(errors.New("commit"))
		}
		return err
	})
}

// TestEpochThatIsNotCommittedNeverBegan restores a server behind its tablets'
// back, on a disk that is full: it must not go by an epoch that is nowhere on
// it.
func TestEpochThatIsNotCommittedNeverBegan(t *testing.T) {
	full := false
	w := newWorld(t, 1, func(s store.Store) store.Store { return crowded{s, &full} })
	tab := w.Tablet("卓玛")
	tab.Put(core.Ref{}, map[string]any{"yak": 1})
	tab.Sync()
	old := w.Backup()
	for range 3 {
		w.Restore(w.Backup())
		tab.Sync()
	}
	w.RestoreLost(old, 0)
	was, err := ingest.EpochOf(w.ctx, w.DB)
	if err != nil {
		t.Fatal(err)
	}
	full = true
	for range 2 {
		var r *core.Refusal
		if _, err := tab.Tablet.Sync(w.ctx, nil); !errors.As(err, &r) || r.Reason != core.NoRoom || r.Key != "refuse.full.server" {
			t.Errorf("a sync with a full server: %v", err)
		}
	}
	full = false
	tab.Sync()
	var me struct{ Epochs change.Epochs }
	err = w.DB.View(w.ctx, func(tx store.Tx) error {
		b, err := tx.Meta("server")
		return errors.Join(err, json.Unmarshal(b, &me))
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range me.Epochs {
		if i > 0 && e.Epoch <= me.Epochs[i-1].Epoch {
			t.Errorf("epochs are %v", me.Epochs)
		}
	}
	if now, err := ingest.EpochOf(w.ctx, w.DB); err != nil || now <= was {
		t.Errorf("epoch %d after %d, %v", now, was, err)
	}
}
