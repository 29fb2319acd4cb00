package simtest

import (
	"strings"
	"testing"
	"time"

	"muqu/core"
	"muqu/core/change"
)

const day = 24 * time.Hour

// An own entry is let go of 90 days after its receipt. Should the server then
// be restored from a backup that is older still, the later work waits behind
// the gap until an administrator closes it: nothing is dropped.
func TestOwnLogIsLetGoAndAGapIsClosed(t *testing.T) {
	w := NewWorld(t, 71)
	a, b := w.Tablet("卓玛"), w.Tablet("才让")
	hh := a.Put(core.Ref{}, map[string]any{"head_name": "扎西", "yak": 40})
	a.Sync()
	old := w.Backup()
	for n := range 5 {
		a.Put(hh, map[string]any{"yak": 41 + n})
	}
	a.Sync()
	for range 4 {
		w.Pass(31 * day)
		a.Sync()
	}
	if kept := confirmed(t, a); kept != 1 {
		t.Errorf("%d own entries are left, want only the last", kept)
	}
	wantField(t, a, hh, "yak", 45)
	a.Put(hh, map[string]any{"yak": 50})
	a.Sync()
	b.Sync()
	wantField(t, b, hh, "yak", 50)
	wantEqual(t, w, a, b)

	w.Restore(old)
	a.Put(hh, map[string]any{"yak": 60})
	a.Sync()
	wantField(t, a, hh, "yak", 60)
	if st, err := a.Status(w.ctx); err != nil || st.Unsent != 0 {
		t.Errorf("unsent %d, %v: the server holds what waits", st.Unsent, err)
	}
	gaps, err := w.Server.Gaps(w.ctx, nil)
	if err != nil || len(gaps) != 1 || gaps[0].First != 2 || gaps[0].Last != 5 {
		t.Fatalf("gaps %+v, %v, want entries 2 to 5", gaps, err)
	}
	a.Sync() // what waits is not sent again, and nothing is in the way
	county := core.Person{Name: "县局", Role: core.County, Scope: core.Scope{"632323"}}
	for _, p := range []core.Person{{Name: "x", Role: core.Supervisor, Scope: county.Scope}, {Name: "y", Role: core.County, Scope: core.Scope{"632524"}}} {
		if err := w.Server.As(p).CloseGap(w.ctx, gaps[0].Log); err == nil {
			t.Errorf("%s of %v may close the gap", p.Role, p.Scope)
		}
	}
	if err := w.Server.As(county).CloseGap(w.ctx, gaps[0].Log); err != nil {
		t.Fatal(err)
	}
	if err := w.Server.As(county).CloseGap(w.ctx, gaps[0].Log); err == nil || !strings.Contains(err.Error(), "gap") {
		t.Errorf("closing twice: %v", err)
	}
	a.Sync()
	b.Sync()
	if a.See(hh).Pending {
		t.Error("what waited is at the centre now")
	}
	wantField(t, b, hh, "yak", 60)
	wantEqual(t, w, a, b)
	a.Put(hh, map[string]any{"yak": 61})
	a.Sync()
	b.Sync()
	wantField(t, b, hh, "yak", 61)
	wantEqual(t, w, a, b)
}

func confirmed(t *testing.T, a *Tablet) int {
	t.Helper()
	var all []change.Hash
	all, err := a.Confirmed(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}
