package simtest

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"muqu/core"
	"muqu/core/change"
)

func wantField(t *testing.T, on *Tablet, ref core.Ref, field string, want any) {
	t.Helper()
	v, err := change.Of(want)
	if err != nil {
		t.Fatal(err)
	}
	if got := on.See(ref).Field(field); got != v {
		t.Errorf("%s: %s = %s, want %s", on.Name, field, got, v)
	}
}

func wantConflict(t *testing.T, on *Tablet, ref core.Ref, want ...string) {
	t.Helper()
	if got := slices.Sorted(maps.Keys(on.See(ref).Conflicts)); !slices.Equal(got, want) {
		t.Errorf("%s: conflicts %v, want %v", on.Name, got, want)
	}
}

// wantEqual checks that tablets show the same, and that the server's state is
// what its log gives.
func wantEqual(t *testing.T, w *World, tablets ...*Tablet) {
	t.Helper()
	r, err := w.Server.Replay(w.ctx)
	if err != nil || len(r.Different) > 0 {
		t.Fatalf("replay: %v, different %v", err, r.Different)
	}
	var first string
	for i, tab := range tablets {
		got := tab.Everything()
		if i == 0 {
			first = got
		} else if got != first {
			t.Errorf("%s differs from %s:\n%s\n--\n%s", tab.Name, tablets[0].Name, got, first)
		}
	}
}

func TestFieldDay(t *testing.T) {
	w := NewWorld(t, 1)
	a, b := w.Tablet("卓玛"), w.Tablet("才让")
	hh := a.Put(core.Ref{}, map[string]any{"head_name": "扎西多杰", "phone": "13900000001"})
	if !a.See(hh).Pending {
		t.Error("an unsent record must say so")
	}
	r := a.Sync()
	if r.Pushed != 1 {
		t.Errorf("pushed %d, want 1", r.Pushed)
	}
	if a.See(hh).Pending {
		t.Error("a record at the centre must not be pending")
	}
	b.Sync()
	wantField(t, b, hh, "head_name", "扎西多杰")
	wantEqual(t, w, a, b)
	again := b.Sync()
	if again.Pulled != 0 || again.Pushed != 0 {
		t.Errorf("a second sync moved %+v", again)
	}
}

func TestSameFieldOnTwoTablets(t *testing.T) {
	w := NewWorld(t, 2)
	a, b := w.Tablet("卓玛"), w.Tablet("才让")
	hh := a.Put(core.Ref{}, map[string]any{"head_name": "扎西", "phone": "13900000001", "yak": 40})
	a.Sync()
	b.Sync()
	a.Put(hh, map[string]any{"yak": 50, "phone": "13900000002"})
	w.Pass(time.Hour)
	b.Put(hh, map[string]any{"yak": 60, "phone": "13900000003"})
	a.Sync()
	b.Sync()
	a.Sync()
	wantConflict(t, a, hh, "yak")
	wantConflict(t, b, hh, "yak")
	wantField(t, a, hh, "phone", "13900000003")
	wantField(t, a, hh, "yak", 60)
	wantEqual(t, w, a, b)

	c := core.ConflictsOf(a.See(hh))[0]
	v, err := c.Take("mine", a.Identity().Device)
	if err != nil {
		t.Fatal(err)
	}
	if err := core.Settle(w.ctx, a, c, v); err != nil {
		t.Fatal(err)
	}
	if st, err := a.Status(w.ctx); err != nil || st.OpenConflicts != 0 {
		t.Errorf("after settling %d conflicts are counted, %v", st.OpenConflicts, err)
	}
	a.Sync()
	b.Sync()
	for _, x := range []*Tablet{a, b} {
		if st, err := x.Status(w.ctx); err != nil || st.OpenConflicts != 0 {
			t.Errorf("%s counts %d conflicts, %v", x.Name, st.OpenConflicts, err)
		}
	}
	wantConflict(t, b, hh)
	wantField(t, b, hh, "yak", 50)
	wantEqual(t, w, a, b)
}

func TestEditAgainstDelete(t *testing.T) {
	w := NewWorld(t, 3)
	a, b := w.Tablet("卓玛"), w.Tablet("才让")
	hh := a.Put(core.Ref{}, map[string]any{"head_name": "扎西", "phone": "13900000001"})
	a.Sync()
	b.Sync()
	a.Do(core.Edit{Ref: hh, From: a.See(hh), Delete: true})
	b.Put(hh, map[string]any{"phone": "13900000009"})
	a.Sync()
	b.Sync()
	a.Sync()
	wantConflict(t, a, hh, "deleted")
	wantField(t, a, hh, "head_name", "扎西")
	wantField(t, a, hh, "phone", "13900000009")
	wantEqual(t, w, a, b)
	if err := core.Settle(w.ctx, b, core.ConflictsOf(b.See(hh))[0], change.Bool(true)); err != nil {
		t.Fatal(err)
	}
	b.Sync()
	a.Sync()
	if !a.See(hh).Deleted || len(a.See(hh).Conflicts) > 0 {
		t.Errorf("the deletion was settled on, but: %+v", a.See(hh))
	}
	wantEqual(t, w, a, b)
}

// A→B→A in between does not hide that somebody else wrote.
func TestThereAndBack(t *testing.T) {
	w := NewWorld(t, 4)
	a, b := w.Tablet("卓玛"), w.Tablet("才让")
	hh := a.Put(core.Ref{}, map[string]any{"head_name": "A"})
	a.Sync()
	b.Sync()
	a.Put(hh, map[string]any{"head_name": "B"})
	a.Put(hh, map[string]any{"head_name": "A"})
	a.Sync()
	b.Put(hh, map[string]any{"head_name": "C"})
	b.Sync()
	a.Sync()
	wantConflict(t, a, hh, "head_name")
	wantEqual(t, w, a, b)
}

// Two offline edits in a chain against one edit at the centre: the conflict is
// with both of them.
func TestChainAgainstServer(t *testing.T) {
	w := NewWorld(t, 5)
	a, b := w.Tablet("卓玛"), w.Tablet("才让")
	hh := a.Put(core.Ref{}, map[string]any{"head_name": "A"})
	a.Sync()
	b.Sync()
	desk := w.Server.As(core.Person{Name: "县局", Role: core.County, Scope: core.Scope{"632323"}})
	r, _, err := desk.Get(w.ctx, hh)
	if err != nil {
		t.Fatal(err)
	}
	a.Put(hh, map[string]any{"head_name": "a1"})
	if _, err := desk.Commit(w.ctx, []core.Edit{{Ref: hh, From: r, Set: map[string]change.Value{"head_name": change.Text("s1")}}}); err != nil {
		t.Fatal(err)
	}
	a.Put(hh, map[string]any{"head_name": "a2"})
	a.Sync()
	b.Sync()
	wantConflict(t, a, hh, "head_name")
	var values []string
	for _, s := range a.See(hh).Conflicts["head_name"] {
		values = append(values, s.Value.Str())
	}
	slices.Sort(values)
	if fmt.Sprint(values) != "[a2 s1]" {
		t.Errorf("siblings %v, want a2 and s1", values)
	}
	wantEqual(t, w, a, b)
}

func TestClonedTablet(t *testing.T) {
	w := NewWorld(t, 6)
	a, b := w.Tablet("卓玛"), w.Tablet("才让")
	hh := a.Put(core.Ref{}, map[string]any{"head_name": "扎西", "remark": "0"})
	a.Sync()
	c := a.Clone()
	a.Put(hh, map[string]any{"remark": "a"})
	one := a.Put(core.Ref{}, map[string]any{"head_name": "原机"})
	two := c.Put(core.Ref{}, map[string]any{"head_name": "副本"})
	c.Put(two, map[string]any{"remark": "c"})
	a.Sync()
	c.Sync()
	three := c.Put(core.Ref{}, map[string]any{"head_name": "副本二"})
	c.Put(hh, map[string]any{"remark": "c2"})
	four := a.Put(core.Ref{}, map[string]any{"head_name": "原机二"})
	for range 2 {
		a.Sync()
		c.Sync()
		b.Sync()
	}
	a.Sync()
	for _, ref := range []core.Ref{one, two, three, four} {
		b.See(ref)
	}
	wantField(t, b, two, "remark", "c")
	wantField(t, b, hh, "remark", "c2")
	wantEqual(t, w, a, b, c)
	if a.Identity().Incarnation == c.Identity().Incarnation {
		t.Error("two tablets go on under one log")
	}
	for _, x := range []*Tablet{a, c} {
		if st, _ := x.Status(w.ctx); st.Unsent != 0 {
			t.Errorf("%s has %d unsent", x.Name, st.Unsent)
		}
	}
}

func TestServerRestored(t *testing.T) {
	w := NewWorld(t, 7)
	a, b := w.Tablet("卓玛"), w.Tablet("才让")
	hh := a.Put(core.Ref{}, map[string]any{"head_name": "扎西", "yak": 1})
	a.Sync()
	b.Sync()
	saved := w.Backup()
	w.Pass(24 * time.Hour)
	a.Put(hh, map[string]any{"yak": 2})
	later := a.Put(core.Ref{}, map[string]any{"head_name": "备份之后"})
	a.Sync()
	b.Sync()
	b.Put(hh, map[string]any{"yak": 3}) // had seen 2
	w.Restore(saved)
	w.Pass(time.Hour)
	for range 3 {
		b.Sync()
		a.Sync()
	}
	wantField(t, b, hh, "yak", 3)
	wantConflict(t, b, hh)
	wantField(t, b, later, "head_name", "备份之后")
	wantEqual(t, w, a, b)
	if st, _ := a.Status(w.ctx); st.Epoch != 2 || st.Unsent != 0 {
		t.Errorf("epoch %d unsent %d, want 2 and 0", st.Epoch, st.Unsent)
	}
}

// What only a lost tablet had sent comes back from another that received it.
func TestRestoredServerGetsReceivedEntries(t *testing.T) {
	w := NewWorld(t, 8)
	a, b := w.Tablet("卓玛"), w.Tablet("才让")
	first := a.Put(core.Ref{}, map[string]any{"head_name": "先"})
	a.Sync()
	b.Sync()
	saved := w.Backup()
	lost := a.Put(core.Ref{}, map[string]any{"head_name": "后"})
	a.Put(first, map[string]any{"remark": "改"})
	a.Sync()
	b.Sync()
	w.Restore(saved)
	for range 2 {
		b.Sync() // a is gone for good
	}
	c := w.Tablet("新人")
	c.Sync()
	wantField(t, c, lost, "head_name", "后")
	wantField(t, c, first, "remark", "改")
	wantEqual(t, w, b, c)
	// And should a come back after all, nothing enters twice.
	a.Sync()
	b.Sync()
	a.Sync()
	c.Sync()
	wantEqual(t, w, a, b, c)
	h, err := w.Server.As(core.Person{Scope: core.Scope{"63"}}).History(w.ctx, lost)
	if err != nil || len(h) != 1 {
		t.Errorf("history of a re-offered record: %d entries, %v", len(h), err)
	}
}

func TestWrongClocks(t *testing.T) {
	w := NewWorld(t, 9)
	a, b := w.Tablet("卓玛"), w.Tablet("才让")
	a.Clock = time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC).Sub(w.Time)
	b.Clock = time.Date(2038, 1, 19, 3, 14, 8, 0, time.UTC).Sub(w.Time)
	hh := a.Put(core.Ref{}, map[string]any{"head_name": "扎西", "phone": "13900000001"})
	a.Sync()
	b.Sync()
	b.Put(hh, map[string]any{"phone": "13900000002"})
	w.Pass(time.Hour)
	a.Put(hh, map[string]any{"phone": "13900000003"})
	w.Pass(time.Hour)
	b.Sync()
	a.Sync()
	b.Sync()
	wantField(t, a, hh, "phone", "13900000003") // a wrote later, whatever the clocks said
	wantEqual(t, w, a, b)
}

func TestOutOfArea(t *testing.T) {
	w := NewWorld(t, 10)
	a, b := w.Tablet("卓玛"), w.Tablet("旦增", "632524")
	far := a.Put(core.Ref{}, map[string]any{"head_name": "外县", "region": Other})
	near := a.Put(core.Ref{}, map[string]any{"head_name": "本县"})
	r := a.Sync()
	if r.Quarantined != 1 {
		t.Fatalf("quarantined %d, want 1", r.Quarantined)
	}
	b.Sync()
	if _, found, _ := b.Get(w.ctx, far); found {
		t.Error("a quarantined record reached another tablet")
	}
	if _, found, _ := b.Get(w.ctx, near); found {
		t.Error("a record of another county reached the tablet")
	}
	boss := w.Server.As(core.Person{Name: "省厅", Role: core.Province, Scope: core.Scope{"63"}})
	kept, err := boss.Quarantine(w.ctx, 10)
	if err != nil || len(kept) != 1 || kept[0].Reason != "verdict.area" {
		t.Fatalf("quarantine %+v, %v", kept, err)
	}
	if err := boss.Decide(w.ctx, kept[0].Position, true); err != nil {
		t.Fatal(err)
	}
	b.Sync()
	wantField(t, b, far, "head_name", "外县")
	wantEqual(t, w, b)
}

func TestMoveToAnotherCounty(t *testing.T) {
	w := NewWorld(t, 11)
	a, b, c := w.Tablet("卓玛"), w.Tablet("旦增", "632524"), w.Tablet("两县", "632323", "632524")
	hh := a.Put(core.Ref{}, map[string]any{"head_name": "搬家"})
	a.Sync()
	b.Sync()
	c.Sync()
	a.Put(hh, map[string]any{"region": Other})
	a.Sync()
	b.Sync()
	c.Sync()
	wantField(t, b, hh, "head_name", "搬家")
	if got := c.See(hh).Region; got != Other {
		t.Errorf("region %s, want %s", got, Other)
	}
	a.Sync()
	if _, found, _ := a.Get(w.ctx, hh); found {
		t.Error("a record that moved away is still on the tablet")
	}
	wantEqual(t, w)
}

func TestUnknownKindAndField(t *testing.T) {
	w := NewWorld(t, 12)
	a, b := w.Tablet("卓玛"), w.Tablet("才让")
	ref := core.Ref{Kind: "beehive", ID: a.NewID()}
	a.Do(core.Edit{Ref: ref, Region: Village, Set: map[string]change.Value{"frames": change.Int(8), "tags2": change.ListOf([]change.Value{change.Text("x")})}})
	hh := a.Put(core.Ref{}, map[string]any{"head_name": "扎西", "solar_panel": "yes"})
	a.Sync()
	b.Sync()
	wantField(t, b, ref, "frames", 8)
	wantField(t, b, hh, "solar_panel", "yes")
	wantEqual(t, w, a, b)
}

// Settling a conflict of states takes one of them, even where the way from the
// other to it would not be open; and a record with two regions is in both.
func TestSettlingStatesAndRegions(t *testing.T) {
	w := NewWorld(t, 13)
	a, b := w.Tablet("卓玛"), w.Tablet("才让")
	ref := core.Ref{Kind: "demand", ID: a.NewID()}
	a.Do(core.Edit{Ref: ref, Region: Village, Set: map[string]change.Value{"title": change.Text("饲草"), "state": change.Text("draft")}})
	a.Sync()
	b.Sync()
	a.Put(ref, map[string]any{"state": "submitted", "state_reason": "已核"})
	b.Put(ref, map[string]any{"state": "withdrawn", "region": "632323101201"})
	a.Put(ref, map[string]any{"region": "632323100202"})
	a.Sync()
	b.Sync()
	a.Sync()
	wantConflict(t, a, ref, "region", "state")
	for _, c := range core.ConflictsOf(a.See(ref)) {
		word := map[string]string{"state": "mine", "region": "632323100202"}[c.ID.Register]
		v, err := c.Take(word, a.Identity().Device)
		if err != nil {
			t.Fatal(err)
		}
		if err := core.Settle(w.ctx, a, c, v); err != nil {
			t.Fatal(err)
		}
	}
	if r := a.Sync(); r.Quarantined != 0 {
		t.Errorf("a settlement was kept aside: %+v", r)
	}
	b.Sync()
	wantConflict(t, b, ref)
	wantField(t, b, ref, "state", "submitted")
	wantField(t, b, ref, "state_reason", "已核")
	if got := b.See(ref).Region; got != "632323100202" {
		t.Errorf("region %s", got)
	}
	wantEqual(t, w, a, b)
}
