package simtest

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"muqu/core"
	"muqu/core/change"
	"muqu/sync/bundle"
	"muqu/sync/client"
	"muqu/sync/ingest"
)

// stick is a USB stick.
type stick struct {
	t   testing.TB
	dir string
}

func (s stick) path(name string) string { return filepath.Join(s.dir, name) }

func (s stick) from(tab *Tablet, name string) *client.Stick {
	s.t.Helper()
	k := tab.Stick()
	if err := bundle.Export(s.t.Context(), s.path(name), k); err != nil {
		s.t.Fatal(err)
	}
	return k
}

func (s stick) into(srv *ingest.Server, name string) error {
	return bundle.Import(s.t.Context(), s.path(name), srv.Stick())
}

func (s stick) mustInto(srv *ingest.Server, name string) {
	s.t.Helper()
	if err := s.into(srv, name); err != nil {
		s.t.Fatal(err)
	}
}

func (s stick) forTablet(srv *ingest.Server, id change.DeviceID, whole bool, name string) {
	s.t.Helper()
	if err := bundle.Export(s.t.Context(), s.path(name), srv.StickFor(id, whole)); err != nil {
		s.t.Fatal(err)
	}
}

func (s stick) at(tab *Tablet, name string) *client.Stick {
	s.t.Helper()
	k := tab.Stick()
	if err := bundle.Import(s.t.Context(), s.path(name), k); err != nil {
		s.t.Fatal(err)
	}
	return k
}

func wantKey(t *testing.T, err error, key string) {
	t.Helper()
	var r *core.Refusal
	if !errors.As(err, &r) || r.Key != key {
		t.Errorf("got %v, want %s", err, key)
	}
}

// A village without any network: work goes to the county on a stick, and what
// the county has comes back on it.
func TestStickBothWays(t *testing.T) {
	w := NewWorld(t, 91)
	s := stick{t, t.TempDir()}
	a, b := w.Tablet("卓玛"), w.Tablet("才让")
	hh := b.Put(core.Ref{}, map[string]any{"head_name": "扎西", "yak": 40})
	b.Sync()
	w.Break(Down)
	s.forTablet(w.Server, a.Identity().Device, false, "down1")
	if k := s.at(a, "down1"); k.Pulled == 0 || k.Nothing {
		t.Errorf("the first bundle brought %d", k.Pulled)
	}
	wantField(t, a, hh, "yak", 40)
	if k := s.at(a, "down1"); !k.Nothing {
		t.Error("the same bundle again is not known as such")
	}
	a.Put(hh, map[string]any{"yak": 41})
	other := a.Put(core.Ref{}, map[string]any{"head_name": "旦增"})
	if k := s.from(a, "up1"); k.Packed != 2 {
		t.Errorf("packed %d entries, want 2", k.Packed)
	}
	wantWaiting(t, a, 2, 0)
	w.Pass(48 * time.Hour)
	for range 2 { // twice is harmless
		s.mustInto(w.Server, "up1")
	}
	wantWaiting(t, a, 2, 0)
	s.forTablet(w.Server, a.Identity().Device, false, "down2")
	s.at(a, "down2")
	wantWaiting(t, a, 0, 0)
	if r := a.See(other); r.Pending {
		t.Error("what the centre has is still pending")
	}
	w.Break(nil)
	b.Sync()
	wantField(t, b, hh, "yak", 41)
	wantConflict(t, b, hh)
	a.Sync()
	wantEqual(t, w, a, b)
	history, err := w.Server.As(core.Person{Name: "x", Role: core.Admin, Scope: core.Scope{"63"}}).History(w.ctx, other)
	if err != nil || len(history) != 1 || !history[0].Unsure {
		t.Errorf("the time of what came by stick is a guess: %+v, %v", history, err)
	}
}

// Everything that can happen to a file on its way.
func TestBundlesAbused(t *testing.T) {
	w, elsewhere := NewWorld(t, 92), NewWorld(t, 93)
	s := stick{t, t.TempDir()}
	a, b := w.Tablet("卓玛"), w.Tablet("才让")
	a.Sync()
	b.Sync()
	hh := a.Put(core.Ref{}, map[string]any{"head_name": "扎西", "yak": 40})
	s.from(a, "up")
	whole, err := os.ReadFile(s.path("up"))
	if err != nil {
		t.Fatal(err)
	}
	wantKey(t, s.into(elsewhere.Server, "up"), "refuse.bundle.other")
	for _, n := range []int{0, 10, 200, len(whole) / 2, len(whole) - 80, len(whole) - 1} {
		if err := os.WriteFile(s.path("cut"), whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		if err := s.into(w.Server, "cut"); err == nil {
			t.Errorf("a bundle of which %d of %d bytes are left was taken", n, len(whole))
		}
	}
	for i := 0; i < len(whole); i += 37 {
		bad := append([]byte(nil), whole...)
		bad[i] ^= 4
		if err := os.WriteFile(s.path("bad"), bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := s.into(w.Server, "bad"); err == nil {
			t.Fatalf("a bundle with a changed byte at %d was taken", i)
		}
	}
	if _, found, _ := w.Server.Get(w.ctx, hh); found {
		t.Error("something of a damaged bundle was taken")
	}
	s.forTablet(w.Server, b.Identity().Device, true, "down")
	wantKey(t, bundle.Import(w.ctx, s.path("down"), a.Stick()), "refuse.bundle.other")
	wantKey(t, bundle.Import(w.ctx, s.path("down"), w.Server.Stick()), "refuse.bundle.other")
	a.Sync()
	b.Put(core.Ref{}, map[string]any{"head_name": "旦增"})
	b.Sync()
	s.forTablet(w.Server, a.Identity().Device, false, "later")
	c := w.Tablet("央金")
	c.Sync()
	s.forTablet(w.Server, c.Identity().Device, false, "c1")
	if k := s.at(c, "c1"); !k.Nothing {
		t.Error("a bundle without news has some")
	}
	old := s.path("c-old")
	s.forTablet(w.Server, c.Identity().Device, true, "c-old")
	b.Put(core.Ref{}, map[string]any{"head_name": "才仁"})
	b.Sync()
	c.Sync()
	before := c.Everything()
	if err := bundle.Import(w.ctx, old, c.Stick()); err != nil {
		t.Errorf("an old bundle: %v", err)
	}
	if c.Everything() != before {
		t.Error("an old bundle changed what is newer")
	}
	s.mustInto(w.Server, "up") // after the line brought the same
	a.Sync()
	b.Sync()
	c.Sync()
	wantEqual(t, w, a, b, c)
}

// A bundle that goes on from what the tablet never had is refused whole; a
// whole one mends it.
func TestBundleWithoutItsPredecessor(t *testing.T) {
	w := NewWorld(t, 94)
	s := stick{t, t.TempDir()}
	a, b := w.Tablet("卓玛"), w.Tablet("才让")
	a.Sync()
	twin := a.Clone()
	b.Put(core.Ref{}, map[string]any{"head_name": "扎西"})
	b.Sync()
	a.Sync()
	w.Pass(time.Hour)
	a.Sync() // now the centre takes it that this tablet knows so much
	b.Put(core.Ref{}, map[string]any{"head_name": "旦增"})
	b.Sync()
	s.forTablet(w.Server, a.Identity().Device, false, "tail")
	wantKey(t, bundle.Import(w.ctx, s.path("tail"), twin.Stick()), "refuse.bundle.gap")
	s.forTablet(w.Server, a.Identity().Device, true, "whole")
	s.at(twin, "whole")
	s.at(a, "tail")
	wantEqual(t, w, a, b, twin)
}

// What a hub holds can go by stick as well, and what comes back reaches its
// tablets.
func TestHubByStick(t *testing.T) {
	w := NewWorld(t, 95)
	s := stick{t, t.TempDir()}
	hub := w.Hub("乡政府")
	hub.Sync()
	w.Break(Down)
	a, b := hub.Guest("卓玛"), hub.Guest("才让")
	hh := a.Put(core.Ref{}, map[string]any{"head_name": "扎西", "yak": 40})
	a.Sync()
	b.Sync()
	b.Put(hh, map[string]any{"yak": 41})
	s.from(b, "b") // a tablet's stick can be read at the hub, too
	s.mustInto(hub.Server, "b")
	a.Sync()
	wantField(t, a, hh, "yak", 41)
	if k := s.from(hub.Tablet, "up"); k.Packed != 2 {
		t.Errorf("the hub packed %d segments, want 2", k.Packed)
	}
	s.mustInto(w.Server, "up")
	s.forTablet(w.Server, hub.Identity().Device, false, "down")
	s.at(hub.Tablet, "down")
	a.Sync()
	b.Sync()
	wantWaiting(t, a, 0, 0)
	wantWaiting(t, b, 0, 0)
	for _, tab := range []*Tablet{a, b} {
		if r := tab.See(hh); r.Pending || r.Text("yak") != "41" || len(r.Conflicts) > 0 {
			t.Errorf("%s: %+v", tab.Name, r)
		}
	}
	w.Break(nil)
	hub.Sync()
	direct := w.Tablet("央金")
	direct.Sync()
	wantEqual(t, w, a, b, direct)
}
