package simtest

import (
	"database/sql"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"muqu/core"
)

// rot changes the end of what a table of the tablet holds, as a failing memory
// chip would.
func (t *Tablet) rot(table string) {
	t.w.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(t.Dir, "muqu.db"))
	if err != nil {
		t.w.t.Fatal(err)
	}
	defer db.Close()
	changed, err := db.Exec("UPDATE " + table + " SET bytes = CAST(substr(bytes, 1, length(bytes)-3) || x'010203' AS BLOB)")
	if err != nil {
		t.w.t.Fatal(err)
	}
	if n, err := changed.RowsAffected(); err != nil || n == 0 {
		t.w.t.Fatalf("nothing of %s is spoiled: %v", table, err)
	}
}

// A received page that can't be read any more is not taken by a restored server,
// and nothing waits for it.
func TestRottenPage(t *testing.T) {
	w := NewWorld(t, 7)
	a, b := w.Tablet("卓玛"), w.Tablet("才让")
	a.Sync()
	b.Sync()
	old := w.Backup()
	hh := a.Put(core.Ref{}, map[string]any{"head_name": "扎西", "yak": 7})
	a.Sync()
	b.Sync()
	b.rot("page")
	w.Restore(old)
	w.Pass(time.Minute)
	mine := b.Put(core.Ref{}, map[string]any{"head_name": "新户"})
	b.Sync()
	b.Sync()
	wantField(t, b, mine, "head_name", "新户")
	a.Sync()
	b.Sync()
	wantField(t, b, hh, "yak", 7)
	wantEqual(t, w, a, b)
}

// What became of an own entry when it was damaged on the tablet.
const (
	unsent = "unsent" // nobody has it
	lost   = "lost"   // the centre has it, the answer that said so was lost
	known  = "known"  // the centre has it, as the tablet knows
)

// What is left of an own entry that was damaged before the tablet knew that the
// centre has it is kept aside there, where its author and the supervisor see it,
// and blocks nothing. What the centre had before is not lost by that.
func TestRottenOwnEntry(t *testing.T) {
	for _, when := range []string{unsent, lost, known} {
		t.Run(when, func(t *testing.T) {
			w := NewWorld(t, 7)
			a, b := w.Tablet("卓玛"), w.Tablet("才让")
			a.Sync()
			b.Sync()
			hh := a.Put(core.Ref{}, map[string]any{"head_name": "扎西", "yak": 7})
			switch when {
			case lost:
				w.Break(func(_ http.ResponseWriter, r *http.Request, h http.Handler) {
					h.ServeHTTP(httptest.NewRecorder(), r)
					panic(http.ErrAbortHandler)
				})
				if _, err := a.Tablet.Sync(w.ctx, nil); err == nil {
					t.Fatal("the answer was not lost")
				}
				w.Break(nil)
			case known:
				a.Sync()
			}
			a.rot("own")
			mine := a.Put(core.Ref{}, map[string]any{"head_name": "新户"})
			for range 3 {
				a.Sync()
				w.Pass(time.Minute)
			}
			b.Sync()
			wantField(t, b, mine, "head_name", "新户")
			wantEqual(t, w, a, b)
			aside := 1
			if when == known {
				aside = 0
			}
			if when != unsent {
				wantField(t, a, hh, "yak", 7)
			}
			st, err := a.Status(w.ctx)
			if err != nil || st.Unsent != 0 || len(st.Quarantined) != aside {
				t.Errorf("unsent %d, kept aside %v, %v", st.Unsent, st.Quarantined, err)
			}
			if aside == 1 && (st.Quarantined[0].Ref != hh || st.Quarantined[0].Reason != "verdict.undecodable") {
				t.Errorf("kept aside: %v", st.Quarantined)
			}
		})
	}
}
