package simtest

import (
	"testing"
	"time"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
)

func codeFor(name string, scope ...string) store.Code {
	return store.Code{Name: name, Role: core.FieldWorker, Scope: scope}
}

func wantWaiting(t *testing.T, on *Tablet, unsent, atHub int) {
	t.Helper()
	st, err := on.Status(t.Context())
	if err != nil || st.Unsent != unsent || st.AtHub != atHub {
		t.Errorf("%s: %d on the tablet, %d at the hub, %v; want %d and %d", on.Name, st.Unsent, st.AtHub, err, unsent, atHub)
	}
}

// Weeks without internet: the tablets of a township work through the hub, see
// each other's edits, and everything reaches the centre in one go.
func TestHubWithoutInternet(t *testing.T) {
	w := NewWorld(t, 81)
	hub := w.Hub("乡政府")
	hub.Sync()
	w.Break(Down)
	a, b := hub.Guest("卓玛"), hub.Guest("才让")
	hh := a.Put(core.Ref{}, map[string]any{"head_name": "扎西", "yak": 40})
	wantWaiting(t, a, 1, 0)
	a.Sync()
	wantWaiting(t, a, 0, 1)
	if r := a.See(hh); !r.Pending || !r.AtHub {
		t.Errorf("pending %v, at the hub %v", r.Pending, r.AtHub)
	}
	b.Sync()
	wantField(t, b, hh, "yak", 40)
	b.Put(hh, map[string]any{"yak": 41}) // has seen it through the hub
	b.Sync()
	a.Sync()
	wantField(t, a, hh, "yak", 41)
	wantConflict(t, a, hh)
	a.Put(hh, map[string]any{"phone": "13900000001"})
	if r := a.See(hh); r.AtHub {
		t.Error("an edit that only the tablet has is said to be at the hub")
	}
	a.Sync()
	w.Pass(20 * 24 * time.Hour)
	w.Break(nil)
	hub.Sync()
	hub.Sync()
	a.Sync()
	b.Sync()
	wantWaiting(t, a, 0, 0)
	wantWaiting(t, b, 0, 0)
	for _, tab := range []*Tablet{a, b} {
		if r := tab.See(hh); r.Pending || r.Text("yak") != "41" || r.Text("phone") != "13900000001" || len(r.Conflicts) > 0 {
			t.Errorf("%s: %+v", tab.Name, r)
		}
	}
	direct := w.Tablet("央金")
	direct.Sync()
	wantEqual(t, w, a, b, direct)
}

// A deletion of what only the hub showed reaches the centre before the record
// does. Who then edits what the centre shows has not seen what the deleter saw.
// Found by seed 613067 of make sim.
func TestDeletionComesBeforeItsRecord(t *testing.T) {
	w := NewWorld(t, 613067)
	hub := w.Hub("乡政府")
	hub.Sync()
	a, guest, office := w.Tablet("才让"), hub.Guest("来客"), w.Tablet("州里")
	hub.Knows(a)
	rounds(2, hub.Sync, a.Sync, guest.Sync)
	w.Break(Down)
	hh := a.Put(core.Ref{}, map[string]any{"head_name": "扎西", "yak": 1})
	rounds(1, a.Sync, guest.Sync)
	guest.Do(core.Edit{Ref: hh, From: guest.See(hh), Delete: true})
	w.Break(nil)
	w.BreakHubs(Down)
	rounds(1, guest.Sync, office.Sync)
	office.Put(hh, map[string]any{"yak": 2})
	rounds(2, office.Sync, a.Sync, guest.Sync)
	wantConflict(t, office, hh, "yak")
	w.BreakHubs(nil)
	rounds(3, hub.Sync, a.Sync, guest.Sync, office.Sync)
	wantConflict(t, a, hh, "yak")
	wantAgreed(t, w, a, guest, office)
}

// A tablet gave an entry to the centre, which lost it, and the next one to a hub.
// Who sees that at the hub has not seen the one before. Found by seed 766669 of
// make sim.
func TestHubHasNotWhatTheCentreLost(t *testing.T) {
	w := NewWorld(t, 766669)
	hub := w.Hub("乡政府")
	hub.Sync()
	a, b := hub.Guest("卓玛"), w.Tablet("才让")
	hub.Knows(b)
	rounds(1, hub.Sync, a.Sync, b.Sync)
	yesterday := w.Backup()
	hh := a.Put(core.Ref{}, map[string]any{"head_name": "扎西", "yak": 1})
	w.BreakHubs(Down)
	a.Sync()
	w.BreakHubs(nil)
	w.Restore(yesterday)
	a.Do(core.Edit{Ref: hh, From: a.See(hh), Delete: true})
	w.Break(Down)
	rounds(1, a.Sync, b.Sync)
	w.Break(nil)
	b.Put(hh, map[string]any{"yak": 2})
	rounds(3, b.Sync, hub.Sync, a.Sync)
	wantConflict(t, b, hh, "yak")
	wantAgreed(t, w, a, b)
}

// A hub tells a tablet of a record from when it comes into its area, and nothing
// of what was written before. Who sees the one has not seen the other.
func TestRecordComesIntoTheAreaAtTheHub(t *testing.T) {
	w := NewWorld(t, 90)
	hub := w.Hub("乡政府", "632323")
	hub.Sync()
	a, b := hub.Guest("卓玛", "632323"), hub.Guest("才让", Village)
	rounds(1, hub.Sync, a.Sync, b.Sync)
	w.Break(Down)
	hh := core.Ref{Kind: "household", ID: a.NewID()}
	a.Do(core.Edit{Ref: hh, Region: neighbor, Set: map[string]change.Value{"head_name": change.Text("扎西"), "yak": change.Int(1)}})
	rounds(1, a.Sync, b.Sync)
	if b.has(hh) {
		t.Fatal("the hub shows a record of another village")
	}
	a.Do(core.Edit{Ref: hh, From: a.See(hh), Region: Village})
	rounds(1, a.Sync, b.Sync)
	b.Put(hh, map[string]any{"yak": 2})
	w.Break(nil)
	w.BreakHubs(Down)
	b.Sync()
	w.BreakHubs(nil)
	rounds(3, hub.Sync, a.Sync, b.Sync)
	wantConflict(t, b, hh, "yak")
	wantAgreed(t, w, a, b)
}

// A hub that is lost takes nothing with it, and one that comes back brings
// nothing twice.
func TestHubIsLost(t *testing.T) {
	w := NewWorld(t, 82)
	hub := w.Hub("乡政府")
	hub.Sync()
	a := hub.Guest("卓玛")
	a.Sync()
	hub.Sync()
	hh := a.Put(core.Ref{}, map[string]any{"head_name": "扎西", "yak": 40})
	a.Sync()
	w.BreakHubs(Down)
	a.Sync() // the hub told where the centre is
	wantWaiting(t, a, 0, 0)
	other := w.Tablet("才让")
	other.Sync()
	wantField(t, other, hh, "yak", 40)
	w.BreakHubs(nil)
	hub.Sync()
	hub.Sync()
	a.Put(hh, map[string]any{"yak": 42})
	a.Sync()
	a.Sync()
	other.Sync()
	wantField(t, other, hh, "yak", 42)
	wantEqual(t, w, a, other)
	second := w.Hub("第二个")
	second.Knows(a)
	second.Sync()
	w.BreakHubs(nil)
	w.Break(Down)
	a.Put(hh, map[string]any{"yak": 43})
	a.Sync()
	w.Break(nil)
	second.Sync()
	hub.Sync()
	a.Sync()
	other.Sync()
	wantField(t, other, hh, "yak", 43)
	wantEqual(t, w, a, other)
}

// Two hubs that never meet: the same field, written at each.
func TestConflictAcrossHubs(t *testing.T) {
	w := NewWorld(t, 83)
	one, two := w.Hub("一乡"), w.Hub("二乡")
	a, b := one.Guest("卓玛"), two.Guest("才让")
	hh := a.Put(core.Ref{}, map[string]any{"head_name": "扎西", "yak": 40})
	a.Sync()
	one.Sync()
	two.Sync()
	b.Sync()
	w.Break(Down)
	a.Put(hh, map[string]any{"yak": 50})
	b.Put(hh, map[string]any{"yak": 60})
	a.Sync()
	b.Sync()
	w.Break(nil)
	for range 2 {
		one.Sync()
		two.Sync()
		a.Sync()
		b.Sync()
	}
	wantConflict(t, a, hh, "yak")
	wantConflict(t, b, hh, "yak")
	wantEqual(t, w, a, b)
}

// A hub behind a hub passes on what it is given, and what comes back.
func TestHubBehindHub(t *testing.T) {
	w := NewWorld(t, 84)
	town := w.Hub("乡政府")
	town.Sync()
	village := town.Below("村委会", "632323100")
	village.Sync()
	w.Break(Down)
	a := village.Guest("卓玛", "632323100201")
	b := town.Guest("才让")
	hh := a.Put(core.Ref{}, map[string]any{"head_name": "扎西", "yak": 40})
	a.Sync()
	village.Sync()
	b.Sync()
	wantField(t, b, hh, "yak", 40)
	b.Put(hh, map[string]any{"yak": 45})
	b.Sync()
	village.Sync()
	a.Sync()
	wantField(t, a, hh, "yak", 45)
	w.Break(nil)
	for range 2 {
		town.Sync()
		village.Sync()
		a.Sync()
		b.Sync()
	}
	wantWaiting(t, a, 0, 0)
	wantWaiting(t, b, 0, 0)
	if r := a.See(hh); r.Pending || r.Text("yak") != "45" || len(r.Conflicts) > 0 {
		t.Errorf("%+v", r)
	}
	wantEqual(t, w, a, b)
}

// What the centre keeps aside disappears from those who saw it at the hub.
func TestQuarantineThroughHub(t *testing.T) {
	w := NewWorld(t, 85)
	hub := w.Hub("乡政府")
	hub.Sync()
	a, b := hub.Guest("卓玛"), hub.Guest("才让")
	hh := a.Put(core.Ref{}, map[string]any{"head_name": "扎西", "yak": 40})
	a.Sync()
	hub.Sync()
	a.Sync()
	b.Sync()
	w.Break(Down)
	a.Put(hh, map[string]any{"head_name": "才让多杰"})
	a.Sync()
	b.Sync()
	wantField(t, b, hh, "head_name", "才让多杰")
	w.Break(nil)
	// Reported lost before the centre heard of the edit.
	if err := w.Server.Revoke(w.ctx, a.Identity().Device, false); err != nil {
		t.Fatal(err)
	}
	hub.Sync()
	hub.Sync()
	b.Sync()
	wantField(t, b, hh, "head_name", "扎西")
	found, err := b.List(w.ctx, core.Query{Kind: "household", Search: "才让多杰"})
	if err != nil || len(found) != 0 {
		t.Errorf("search finds what was kept aside: %v, %v", found, err)
	}
	a.Sync()
	st, err := a.Status(w.ctx)
	if err != nil || len(st.Quarantined) != 1 || st.AtHub+st.Unsent != 0 {
		t.Errorf("the author is not told: %+v, %v", st, err)
	}
}

// Outside of what the centre allowed a hub nothing is folded.
func TestHubBeyondItsDelegation(t *testing.T) {
	w := NewWorld(t, 86)
	hub := w.Hub("乡政府", "632323100")
	hub.Sync()
	for _, scope := range []string{"632323", "632524100201"} {
		if _, err := hub.Server.NewCode(w.ctx, codeFor("卓玛", scope)); err == nil {
			t.Errorf("a hub of 632323100 makes a code for %s", scope)
		}
	}
	a := hub.Guest("卓玛", "632323100201")
	hh := a.Put(core.Ref{}, map[string]any{"head_name": "扎西"})
	a.Sync()
	w.Break(nil)
	// The hub is reported lost before it first spoke of the tablet.
	if err := w.Server.Revoke(w.ctx, hub.Identity().Device, false); err != nil {
		t.Fatal(err)
	}
	hub.Sync()
	if _, found, err := w.Server.Get(w.ctx, hh); err != nil || found {
		t.Errorf("a record of a lost hub's tablet was folded: %v", err)
	}
	desk := w.Server.As(core.Person{Name: "县局", Role: core.County, Scope: core.Scope{"632323"}})
	list, err := desk.Quarantine(w.ctx, 9)
	if err != nil || len(list) != 1 || list[0].Reason != "verdict.delegation" {
		t.Fatalf("quarantine: %+v, %v", list, err)
	}
	if err := desk.Decide(w.ctx, list[0].Position, true); err != nil {
		t.Fatal(err)
	}
	if _, found, err := w.Server.Get(w.ctx, hh); err != nil || !found {
		t.Errorf("approved, and not there: %v", err)
	}
}

// A tablet that knows more of the order than the hub keeps it, and shows what
// the hub has on top.
func TestTabletAheadOfHub(t *testing.T) {
	w := NewWorld(t, 87)
	hub := w.Hub("乡政府")
	hub.Sync()
	a, b := hub.Guest("卓玛"), w.Tablet("才让")
	hub.Knows(b)
	hh := a.Put(core.Ref{}, map[string]any{"head_name": "扎西", "yak": 40})
	a.Sync()
	w.BreakHubs(Down)
	a.Sync() // directly: the centre has the entry that the hub still holds as its own
	b.Sync()
	b.Put(hh, map[string]any{"yak": 44})
	b.Sync()
	w.BreakHubs(nil)
	w.Break(Down)
	c := hub.Guest("央金")
	other := c.Put(core.Ref{}, map[string]any{"head_name": "旦增"})
	c.Sync()
	b.Sync() // the hub knows less: it must not show the older value on top of the newer
	wantField(t, b, hh, "yak", 44)
	wantField(t, b, other, "head_name", "旦增")
	w.Break(nil)
	hub.Sync()
	hub.Sync()
	for range 2 {
		a.Sync()
		b.Sync()
		c.Sync()
	}
	wantField(t, a, hh, "yak", 44)
	wantEqual(t, w, a, b, c)
}

// A grant that the centre narrows reaches a tablet that always uses the hub:
// the hub tells it nothing more of what it may not see, and as soon as there is
// a line the tablet hears the rest at the centre in the same sync.
func TestGrantNarrowedBehindHub(t *testing.T) {
	w := NewWorld(t, 88)
	hub := w.Hub("乡政府", "632323")
	hub.Sync()
	a, b := hub.Guest("卓玛", "632323"), hub.Guest("才让", "632323")
	old := a.Put(core.Ref{}, map[string]any{"head_name": "扎西", "yak": 40})
	kept := core.Ref{Kind: "household", ID: a.NewID()}
	a.Do(core.Edit{Ref: kept, Region: neighbor, Set: map[string]change.Value{"head_name": change.Text("旦增")}})
	for range 2 {
		a.Sync()
		hub.Sync()
		b.Sync()
	}
	if err := w.Server.Grant(w.ctx, a.Identity().Device, core.Scope{neighbor}, 0); err != nil {
		t.Fatal(err)
	}
	hub.Sync()
	w.Break(Down)
	b.Put(old, map[string]any{"yak": 41})
	b.Put(kept, map[string]any{"yak": 7})
	b.Sync()
	a.Sync()
	wantField(t, a, old, "yak", 40)
	wantField(t, a, kept, "yak", 7)
	w.Break(nil)
	a.Sync()
	if a.has(old) || !a.has(kept) {
		t.Errorf("after narrowing: the old village %v, the new one %v", a.has(old), a.has(kept))
	}
	hub.Sync()
	hub.Sync()
	a.Sync()
	wantEqual(t, w, a)
}

// A tablet whose area is wider than the hub's takes from it what people there
// wrote, and everything else from the centre: a record that leaves the hub's
// area does not leave the tablet.
func TestAreaWiderThanHub(t *testing.T) {
	w := NewWorld(t, 89)
	hub := w.Hub("乡政府", "632323")
	hub.Sync()
	wide, near := w.Tablet("州里", "632323", "632524"), hub.Guest("卓玛", "632323")
	hub.Knows(wide)
	hh := wide.Put(core.Ref{}, map[string]any{"head_name": "扎西", "yak": 40})
	wide.Sync()
	hub.Sync()
	mover := w.Tablet("才让", "63")
	mover.Sync()
	mover.Do(core.Edit{Ref: hh, From: mover.See(hh), Region: Other})
	mover.Sync()
	other := near.Put(core.Ref{}, map[string]any{"head_name": "旦增"})
	near.Sync()
	hub.Sync()
	wide.Sync()
	if !wide.has(hh) || !wide.has(other) {
		t.Errorf("the moved household %v, the one from the hub %v", wide.has(hh), wide.has(other))
	}
	wantEqual(t, w, wide)
}
