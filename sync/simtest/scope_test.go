package simtest

import (
	"testing"
	"time"

	"muqu/core"
	"muqu/core/change"
)

const neighbor = "632323100202" // the village next to Village

func (t *Tablet) has(ref core.Ref) bool {
	t.w.t.Helper()
	_, found, err := t.Get(t.w.ctx, ref)
	if err != nil {
		t.w.t.Fatal(err)
	}
	return found
}

// A class in one village, a trainee from another, even from another county: who
// works with the class sees the trainee, and what changes about them.
func TestReferencedRecordsComeToo(t *testing.T) {
	w := NewWorld(t, 61)
	here, there, far := w.Tablet("卓玛", Village), w.Tablet("才让", neighbor), w.Tablet("央金", Other[:6])
	person := func(on *Tablet, region string) core.Ref {
		ref := core.Ref{Kind: "person", ID: on.NewID()}
		on.Do(core.Edit{Ref: ref, Region: region, Set: map[string]change.Value{"name": change.Text("旦增")}})
		return ref
	}
	near, away := person(there, neighbor), person(far, Other)
	stranger := person(there, neighbor)
	there.Sync()
	far.Sync()
	here.Sync()
	if here.has(near) || here.has(away) {
		t.Fatal("records of other villages are here without a reason")
	}
	enroll := func(p core.Ref) core.Ref {
		ref := core.Ref{Kind: "enrollment", ID: core.Derive("enrollment", "0197f5a2-7c3e-7d11-9a55-2f6b1c0d4e8f", p.ID.String())}
		here.Do(core.Edit{Ref: ref, Region: Village, Set: map[string]change.Value{
			"class": change.Text("0197f5a2-7c3e-7d11-9a55-2f6b1c0d4e8f"), "person": change.Text(p.ID.String())}})
		return ref
	}
	enroll(near)
	enroll(away)
	here.Sync()
	late := w.Tablet("扎西", Village)
	late.Sync()
	hub := w.Hub("村", "632323100")
	hub.Sync()
	guest := hub.Guest("索南", Village)
	guest.Sync()
	for _, tab := range []*Tablet{here, late, guest} {
		if !tab.has(near) || !tab.has(away) || tab.has(stranger) {
			t.Errorf("%s: the trainees are here %v, %v, a stranger %v", tab.Name, tab.has(near), tab.has(away), tab.has(stranger))
		}
	}
	far.Do(core.Edit{Ref: away, From: far.See(away), Set: map[string]change.Value{"phone": change.Text("13900000001")}})
	far.Sync()
	hub.Sync()
	for _, tab := range []*Tablet{here, late, guest} {
		tab.Sync()
		wantField(t, tab, away, "phone", "13900000001")
	}
	// To see is not to write.
	here.Do(core.Edit{Ref: away, From: here.See(away), Set: map[string]change.Value{"phone": change.Text("13900000002")}})
	here.Sync()
	far.Sync()
	wantField(t, far, away, "phone", "13900000001")
	if st, err := here.Status(w.ctx); err != nil || len(st.Quarantined) != 1 || st.Quarantined[0].Reason != "verdict.area" {
		t.Errorf("%+v, %v", st.Quarantined, err)
	}
	// Who comes from the other village hears of it when it moves here.
	there.Do(core.Edit{Ref: stranger, From: there.See(stranger), Region: Village})
	there.Sync()
	here.Sync()
	if !here.has(stranger) {
		t.Error("who moved here is not here")
	}
	r, err := w.Server.Replay(w.ctx)
	if err != nil || len(r.Different) > 0 {
		t.Errorf("replay %+v, %v", r, err)
	}
	want, _, err := w.Server.Digest(w.ctx, core.Scope{Village})
	if err != nil {
		t.Fatal(err)
	}
	for _, tab := range []*Tablet{here, late, guest} {
		hub.Sync()
		tab.Sync()
		tab.Sync()
		if got, n, err := tab.Digest(w.ctx); err != nil || got != want {
			t.Errorf("%s holds %d records and differs from the centre, %v", tab.Name, n, err)
		}
	}
}

// A grant is narrowed while work is pending: what was written before the tablet
// heard of it stands, and then what it may not see any more is gone.
func TestScopeIsNarrowed(t *testing.T) {
	w := NewWorld(t, 62)
	a, b := w.Tablet("卓玛", "632323"), w.Tablet("才让", "632323")
	mine := a.Put(core.Ref{}, map[string]any{"head_name": "扎西", "yak": 1})
	next := core.Ref{Kind: "household", ID: a.NewID()}
	a.Do(core.Edit{Ref: next, Region: neighbor, Set: map[string]change.Value{"head_name": change.Text("旦增")}})
	a.Sync()
	b.Sync()
	a.Do(core.Edit{Ref: mine, From: a.See(mine), Set: map[string]change.Value{"yak": change.Int(2)}})
	if err := w.Server.Grant(w.ctx, a.Identity().Device, core.Scope{neighbor}, 0); err != nil {
		t.Fatal(err)
	}
	a.Sync()
	a.Sync()
	if a.has(mine) || !a.has(next) {
		t.Errorf("after narrowing: the old village %v, the new one %v", a.has(mine), a.has(next))
	}
	b.Sync()
	wantField(t, b, mine, "yak", 2)
	if st, err := a.Status(w.ctx); err != nil || len(st.Quarantined) != 0 || st.Unsent != 0 {
		t.Errorf("what was written before stands: %+v, %v", st.Quarantined, err)
	}
	if err := w.Server.Grant(w.ctx, a.Identity().Device, core.Scope{"632323"}, 0); err != nil {
		t.Fatal(err)
	}
	a.Sync()
	wantField(t, a, mine, "yak", 2)
	wantEqual(t, w, a, b)
}

// At the end of its term a tablet loses what it was lent; what it wrote in time
// stands, what it wrote later waits for a decision.
func TestGrantEnds(t *testing.T) {
	w := NewWorld(t, 63)
	a, b := w.Tablet("卓玛"), w.Tablet("才让")
	hh := a.Put(core.Ref{}, map[string]any{"head_name": "扎西", "yak": 1})
	a.Sync()
	end := change.MillisOf(w.Time.Add(24 * time.Hour))
	if err := w.Server.Grant(w.ctx, a.Identity().Device, core.Scope{"632323"}, end); err != nil {
		t.Fatal(err)
	}
	a.Put(hh, map[string]any{"yak": 2})
	w.Pass(48 * time.Hour)
	a.Put(hh, map[string]any{"yak": 3})
	a.Sync()
	a.Sync()
	b.Sync()
	wantField(t, b, hh, "yak", 2)
	if st, err := a.Status(w.ctx); err != nil || len(st.Quarantined) != 1 || st.Quarantined[0].Reason != "verdict.term" || st.Unsent != 0 {
		t.Errorf("%+v, %v", st, err)
	}
	if a.has(hh) {
		t.Error("the record is still here after the term")
	}
}

// A revoked tablet is emptied of what it was given, not of what it has to say.
func TestRevokedTabletIsPurged(t *testing.T) {
	w := NewWorld(t, 64)
	a := w.Tablet("卓玛")
	hh := a.Put(core.Ref{}, map[string]any{"head_name": "扎西", "yak": 1})
	a.Sync()
	late := a.Put(core.Ref{}, map[string]any{"head_name": "旦增"})
	if err := w.Server.Revoke(w.ctx, a.Identity().Device, false); err != nil {
		t.Fatal(err)
	}
	a.Sync()
	a.Sync()
	if a.has(hh) || a.has(late) {
		t.Error("a revoked tablet still shows what it was given")
	}
	desk := w.Server.As(core.Person{Name: "x", Role: core.Admin, Scope: core.Scope{"63"}})
	if list, err := desk.Quarantine(w.ctx, 9); err != nil || len(list) != 1 {
		t.Errorf("what it brought: %v, %v", list, err)
	}
}

// What an organization offers reaches, once it is published, whoever works where
// it is served, and nobody else; withdrawn it leaves again.
func TestPublishedOffersReachWhomTheyServe(t *testing.T) {
	w := NewWorld(t, 65)
	hub := w.Hub("乡政府", "632323100")
	hub.Sync()
	village, county, far, guest := w.Tablet("卓玛", Village), w.Tablet("才让", "632323"), w.Tablet("央金", "632801"), hub.Guest("索南", neighbor)
	desk := w.Server.As(core.Person{Name: "县局", Role: core.County, Scope: core.Scope{"632524"}})
	ref := core.Ref{Kind: "offer", ID: desk.NewID()}
	set := func(fields map[string]change.Value) {
		t.Helper()
		e := core.Edit{Ref: ref, Region: "632524000000", Set: fields}
		if r, found, err := desk.Get(w.ctx, ref); err != nil {
			t.Fatal(err)
		} else if found {
			e.From, e.Region = r, ""
		}
		if _, err := desk.Commit(w.ctx, []core.Edit{e}); err != nil {
			t.Fatal(err)
		}
	}
	tablets := []*Tablet{village, county, guest, far}
	want := func(when string, here ...bool) {
		t.Helper()
		hub.Sync()
		for i, tab := range tablets {
			tab.Sync()
			if tab.has(ref) != here[i] {
				t.Errorf("%s: %s has the offer: %v", when, tab.Name, !here[i])
			}
			sum, _, err := w.Server.Digest(w.ctx, tab.Identity().Scope)
			if got, _, err2 := tab.Digest(w.ctx); err != nil || err2 != nil || got != sum {
				t.Errorf("%s: %s differs from the centre, %v, %v", when, tab.Name, err, err2)
			}
			if st, err := tab.Status(w.ctx); err != nil || st.Repaired != 0 {
				t.Errorf("%s: %s was repaired %d times, %v", when, tab.Name, st.Repaired, err)
			}
		}
	}
	set(map[string]change.Value{"title": change.Text("兽医上门"), "served": change.Text("632323000000")})
	want("a draft", false, false, false, false)
	set(map[string]change.Value{"state": change.Text("published")})
	want("published for a county", true, true, true, false)
	late := w.Tablet("扎西", Village)
	if late.Sync(); !late.has(ref) {
		t.Error("a first sync brings no offers")
	}
	list, err := w.Server.As(core.Person{Name: "村里", Role: core.Supervisor, Scope: core.Scope{Village}}).List(w.ctx, core.Query{Kind: "offer"})
	if err != nil || len(list) != 1 {
		t.Errorf("who works there sees %d offers in the console, %v", len(list), err)
	}
	set(map[string]change.Value{"served": change.Text(Village)})
	want("served in one village", true, true, false, false)
	set(map[string]change.Value{"served": change.Text("630000000000"), "title": change.Text("全省兽医上门")})
	want("served everywhere", true, true, true, true)
	set(map[string]change.Value{"state": change.Text("withdrawn")})
	want("withdrawn", false, false, false, false)
	set(map[string]change.Value{"state": change.Text("published")})
	want("published again", true, true, true, true)
	// To see is not to write.
	county.Do(core.Edit{Ref: ref, From: county.See(ref), Set: map[string]change.Value{"price": change.Int(5)}})
	county.Sync()
	if st, err := county.Status(w.ctx); err != nil || len(st.Quarantined) != 1 || st.Quarantined[0].Reason != "verdict.area" {
		t.Errorf("%+v, %v", st.Quarantined, err)
	}
	near := w.Server.As(core.Person{Name: "泽库", Role: core.County, Scope: core.Scope{"632323"}})
	r, found, err := near.Get(w.ctx, ref)
	if err != nil || !found {
		t.Fatalf("found %v, %v", found, err)
	}
	if _, err := near.Commit(w.ctx, []core.Edit{{Ref: ref, From: r, Set: map[string]change.Value{"price": change.Int(5)}}}); err == nil {
		t.Error("a county changes another county's offer")
	}
	if r, err := w.Server.Replay(w.ctx); err != nil || len(r.Different) > 0 {
		t.Errorf("replay %+v, %v", r, err)
	}
}
