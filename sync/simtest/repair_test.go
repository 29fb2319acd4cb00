package simtest

import (
	"fmt"
	"testing"
	"time"

	"muqu/core"
	"muqu/core/store"
	"muqu/sync/merge"
)

// spoil changes the committed state of a record behind everybody's back, as a
// failing memory chip would.
func (t *Tablet) spoil(ref core.Ref) {
	t.w.t.Helper()
	err := t.Store().Update(t.w.ctx, func(tx store.Tx) error {
		row, _, err := tx.Record(ref)
		if err != nil {
			return err
		}
		st, err := merge.Decode(row.State)
		if err != nil {
			return err
		}
		old, at := row.State, st.Regions()
		st.Registers = st.Registers[:len(st.Registers)-1]
		row.State = st.Encode()
		sums := store.Sums{}
		sums.Change(ref, old, at, row.State, at)
		if err := sums.Write(tx); err != nil {
			return err
		}
		return tx.PutRecord(&row)
	})
	if err != nil {
		t.w.t.Fatal(err)
	}
}

// Records that differ from the centre's are noticed at the next sync that has
// nothing to say, fetched anew, and reported on both sides.
func TestDamageIsRepaired(t *testing.T) {
	w := NewWorld(t, 65)
	a, b := w.Tablet("卓玛"), w.Tablet("才让")
	hh := a.Put(core.Ref{}, map[string]any{"head_name": "扎西", "yak": 7})
	for i := range 5 {
		a.Put(core.Ref{}, map[string]any{"head_name": fmt.Sprint(i), "yak": i})
	}
	a.Sync()
	b.Sync()
	a.Sync()
	b.spoil(hh)
	mine := b.Put(core.Ref{}, map[string]any{"head_name": "新户"})
	b.Sync() // brings its own and hears of it
	w.Pass(time.Minute)
	b.Sync()
	wantField(t, b, hh, "yak", 7)
	wantField(t, b, mine, "head_name", "新户")
	if st, err := b.Status(w.ctx); err != nil || st.Repaired != 1 {
		t.Errorf("repaired %d times, %v", st.Repaired, err)
	}
	devices, err := w.Server.Devices(w.ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range devices {
		want := 0
		if d.ID == b.Identity().Device {
			want = 1
		}
		if d.Repaired != want {
			t.Errorf("%s was repaired %d times, want %d", d.Name, d.Repaired, want)
		}
	}
	a.Sync()
	b.Sync()
	wantEqual(t, w, a, b)
	if st, err := b.Status(w.ctx); err != nil || st.Repaired != 1 {
		t.Errorf("repaired %d times, %v", st.Repaired, err)
	}
}
