package simtest

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"muqu/core"
	"muqu/core/change"
)

// The author hears of a verdict even where the answer that brought it was lost,
// and of the decision about it.
func TestVerdictsReachTheAuthor(t *testing.T) {
	w := NewWorld(t, 121)
	a := w.Tablet("卓玛", Village)
	boss := w.Server.As(core.Person{Name: "x", Role: core.Admin, Scope: core.Scope{"63"}})
	a.Sync()
	outside := func(name string) core.Ref {
		ref := core.Ref{Kind: "household", ID: a.NewID()}
		a.Do(core.Edit{Ref: ref, Region: Other, Set: map[string]change.Value{"head_name": change.Text(name)}})
		return ref
	}
	aside := func() int {
		st, err := a.Status(w.ctx)
		if err != nil || st.Unsent != 0 {
			t.Fatalf("%d unsent, %v", st.Unsent, err)
		}
		return len(st.Quarantined)
	}
	outside("扎西")
	outside("旦增")
	n := 0
	w.Break(func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
		if n++; n > 1 {
			next.ServeHTTP(rw, r)
			return
		}
		next.ServeHTTP(httptest.NewRecorder(), r)
		panic(http.ErrAbortHandler)
	})
	_, _ = a.Tablet.Sync(w.ctx, nil)
	w.Break(nil)
	a.Sync()
	if got := aside(); got != 2 {
		t.Errorf("%d entries are known to be kept aside, want 2", got)
	}
	list, err := boss.Quarantine(w.ctx, 9)
	if err != nil || len(list) != 2 {
		t.Fatalf("%v, %v", list, err)
	}
	if err := boss.Decide(w.ctx, list[0].Position, true); err != nil {
		t.Fatal(err)
	}
	if err := boss.Decide(w.ctx, list[1].Position, false); err != nil {
		t.Fatal(err)
	}
	a.Sync()
	if got := aside(); got != 0 {
		t.Errorf("%d entries are still said to be kept aside after the decisions", got)
	}
	st, err := a.Status(w.ctx)
	if err != nil || len(st.Rejected) != 1 || st.Rejected[0].ID != list[1].Record || st.Rejected[0].Reason == "" {
		t.Errorf("rejected are %+v, %v", st.Rejected, err)
	}
}
