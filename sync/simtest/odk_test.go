package simtest

import (
	"testing"

	"muqu/core"
	"muqu/core/change"
)

// The behaviors of ODK Central's offline entities that its specification, code
// and issues describe, as stories: what happens there, and what happens here.
// The issue numbers are those of getodk/central, central-backend and collect.
func TestOfflineEntities(t *testing.T) {
	for _, tc := range []struct {
		name string
		odk  string
		play func(t *testing.T, w *World, a, b *Tablet, hh core.Ref)
	}{
		{"parallel update of different properties", "soft conflict, the later one applied", func(t *testing.T, w *World, a, b *Tablet, hh core.Ref) {
			a.Put(hh, map[string]any{"yak": 50})
			b.Put(hh, map[string]any{"sheep": 60})
			a.Sync()
			b.Sync()
			a.Sync()
			wantField(t, a, hh, "yak", 50)
			wantField(t, a, hh, "sheep", 60)
			wantConflict(t, a, hh)
		}},
		{"parallel update of the same property", "hard conflict, the earlier value only in the history", func(t *testing.T, w *World, a, b *Tablet, hh core.Ref) {
			a.Put(hh, map[string]any{"yak": 50})
			b.Put(hh, map[string]any{"yak": 60})
			a.Sync()
			b.Sync()
			a.Sync()
			wantConflict(t, a, hh, "yak")
		}},
		{"the same value twice", "hard flag is not raised, as values do not differ", func(t *testing.T, w *World, a, b *Tablet, hh core.Ref) {
			a.Put(hh, map[string]any{"yak": 50})
			b.Put(hh, map[string]any{"yak": 50})
			a.Sync()
			b.Sync()
			a.Sync()
			wantConflict(t, a, hh)
		}},
		{"interrupted branch (central#698)", "two offline edits, a server edit between: missed at first, then soft", func(t *testing.T, w *World, a, b *Tablet, hh core.Ref) {
			a.Put(hh, map[string]any{"yak": 50})
			a.Put(hh, map[string]any{"yak": 51})
			b.Put(hh, map[string]any{"yak": 60})
			b.Sync()
			a.Sync()
			b.Sync()
			wantConflict(t, b, hh, "yak")
			if vs := b.See(hh).Conflicts["yak"]; len(vs) != 2 {
				t.Errorf("%d values stand against each other, want 60 and 51", len(vs))
			}
		}},
		{"contiguous chain (central#805)", "wrongly marked soft after a forced update", func(t *testing.T, w *World, a, b *Tablet, hh core.Ref) {
			for n := range 5 {
				a.Put(hh, map[string]any{"yak": 50 + n})
				if n == 2 {
					a.Sync()
				}
			}
			a.Sync()
			b.Sync()
			wantField(t, b, hh, "yak", 54)
			wantConflict(t, b, hh)
		}},
		{"stale prefill", "every save_to field is sent: a stale value that nobody touched overwrites the newer one", func(t *testing.T, w *World, a, b *Tablet, hh core.Ref) {
			screen := b.See(hh) // the form is filled from this
			a.Put(hh, map[string]any{"phone": "13900000009"})
			a.Sync()
			b.Sync()
			b.Do(core.Edit{Ref: hh, From: screen, Set: map[string]change.Value{"yak": change.Int(44)}})
			b.Sync()
			a.Sync()
			wantField(t, a, hh, "phone", "13900000009")
			wantField(t, a, hh, "yak", 44)
			wantConflict(t, a, hh)
		}},
		{"A to B to A", "not in the difference from the base, so not flagged", func(t *testing.T, w *World, a, b *Tablet, hh core.Ref) {
			a.Put(hh, map[string]any{"yak": 41})
			a.Sync()
			a.Put(hh, map[string]any{"yak": 40})
			a.Sync()
			b.Put(hh, map[string]any{"yak": 60})
			b.Sync()
			a.Sync()
			wantConflict(t, a, hh, "yak")
		}},
		{"own unsent edits and a newer list", "the local entity is replaced, the own edit vanishes from view", func(t *testing.T, w *World, a, b *Tablet, hh core.Ref) {
			b.Put(hh, map[string]any{"remark": "夏季牧场"})
			a.Put(hh, map[string]any{"yak": 48})
			a.Sync()
			w.Break(oneTurn())
			_, _ = b.Tablet.Sync(w.ctx, nil)
			w.Break(nil)
			wantField(t, b, hh, "remark", "夏季牧场")
			b.Sync()
			wantField(t, b, hh, "remark", "夏季牧场")
			wantField(t, b, hh, "yak", 48)
		}},
		{"update of a deleted entity", "an error in the audit log, the entity unchanged", func(t *testing.T, w *World, a, b *Tablet, hh core.Ref) {
			a.Do(core.Edit{Ref: hh, From: a.See(hh), Delete: true})
			b.Put(hh, map[string]any{"yak": 48})
			a.Sync()
			b.Sync()
			a.Sync()
			wantConflict(t, a, hh, "deleted")
			wantField(t, a, hh, "yak", 48)
		}},
		{"property cleared", "an empty element blanks it, but a question that becomes irrelevant leaves tablet and server apart (collect#6634)", func(t *testing.T, w *World, a, b *Tablet, hh core.Ref) {
			a.Put(hh, map[string]any{"phone": nil})
			a.Sync()
			b.Sync()
			if v := b.See(hh).Field("phone"); !v.IsNull() {
				t.Errorf("phone is %s", v)
			}
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Logf("ODK Central: %s", tc.odk)
			w := NewWorld(t, 101)
			a, b := w.Tablet("卓玛"), w.Tablet("才让")
			hh := a.Put(core.Ref{}, map[string]any{"head_name": "扎西", "yak": 40, "sheep": 10, "phone": "13900000001"})
			a.Sync()
			b.Sync()
			tc.play(t, w, a, b, hh)
			a.Sync()
			b.Sync()
			wantEqual(t, w, a, b)
		})
	}
}

// Segments that arrive in the wrong order wait; there, they are held for five
// days and then forced on top, and an update can become a create
// (central#669, #808).
func TestOutOfOrderChain(t *testing.T) {
	w := NewWorld(t, 102)
	s := stick{t, t.TempDir()}
	a, b := w.Tablet("卓玛"), w.Tablet("才让")
	a.Sync()
	hh := a.Put(core.Ref{}, map[string]any{"head_name": "扎西", "yak": 1})
	s.from(a, "create")
	a.Sync()
	w.Break(Down)
	a.Put(hh, map[string]any{"yak": 2})
	s.from(a, "first")
	w.Break(nil)
	a.Sync()
	w.Break(Down)
	a.Put(hh, map[string]any{"yak": 3})
	s.from(a, "second")
	other := NewWorld(t, 102) // a server with the same keys that has heard of nothing
	other.Time = w.Time
	if !other.Server.Key().Equal(w.Server.Key()) {
		t.Fatal("the servers differ")
	}
	for _, name := range []string{"second", "first", "create"} {
		s.mustInto(other.Server, name)
	}
	r, found, err := other.Server.Get(w.ctx, hh)
	if err != nil || !found || r.Text("yak") != "3" || len(r.Conflicts) > 0 {
		t.Errorf("%+v, %v, %v", r, found, err)
	}
	w.Break(nil)
	a.Sync()
	b.Sync()
	wantEqual(t, w, a, b)
}
