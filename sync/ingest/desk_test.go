package ingest_test

import (
	"testing"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/ingest"

	"pgregory.net/rapid"
)

func (c *centre) desk(role core.Role, scope ...string) *ingest.Desk {
	return c.s.As(core.Person{Name: "央金", Role: role, Scope: scope})
}

// house writes a household by an administrator.
func (c *centre) house(region string) core.Ref {
	c.t.Helper()
	e := core.Edit{Ref: core.Ref{Kind: "household", ID: c.s.NewID()}, Region: region, Set: map[string]change.Value{"head_name": change.Text("扎西")}}
	if _, err := c.desk(core.Admin, "63").Commit(c.t.Context(), []core.Edit{e}); err != nil {
		c.t.Fatal(err)
	}
	return e.Ref
}

// Whatever somebody asks for, nothing outside the own regions is shown or
// changed, and nothing inside is missing.
func TestDeskKeepsToItsRegions(t *testing.T) {
	c := newCentre(t)
	ctx := t.Context()
	home := make(map[core.Ref]string)
	for _, r := range []string{near, "632323100202", "632323200201", far, "632524200201", "630102001001"} {
		for range 2 {
			home[c.house(r)] = r
		}
	}
	prefix := rapid.SampledFrom([]string{"63", "6323", "632323", "632323100", near, "632323100202", "6325", far, "6301", "64"})
	rapid.Check(t, func(rt *rapid.T) {
		scope := core.Scope(rapid.SliceOfN(prefix, 0, 3).Draw(rt, "scope"))
		if rapid.IntRange(0, 9).Draw(rt, "nil") == 0 {
			scope = nil
		}
		d := c.s.As(core.Person{Name: "央金", Role: rapid.SampledFrom([]core.Role{core.Supervisor, core.County, core.Viewer}).Draw(rt, "role"), Scope: scope})
		q := core.Query{Kind: rapid.SampledFrom([]string{"household", ""}).Draw(rt, "kind"), Search: rapid.SampledFrom([]string{"", "zhaxi"}).Draw(rt, "search"), Deleted: rapid.Bool().Draw(rt, "deleted")}
		if rapid.Bool().Draw(rt, "narrowed") {
			q.Scope = rapid.SliceOfN(prefix, 0, 3).Draw(rt, "asked")
		}
		want := 0
		for _, r := range home {
			if scope.Contains(r) && (q.Scope == nil || q.Scope.Contains(r)) {
				want++
			}
		}
		list, err := d.List(ctx, q)
		if err != nil {
			rt.Fatal(err)
		}
		n, err := d.Count(ctx, q)
		if err != nil || n != want || len(list) != want {
			rt.Fatalf("scope %v, asked %v: lists %d, counts %d, %v; want %d", scope, q.Scope, len(list), n, err, want)
		}
		for _, r := range list {
			if !scope.Contains(r.Region) {
				rt.Fatalf("scope %v lists %s", scope, r.Region)
			}
		}
		for ref, r := range home {
			got, found, err := d.Get(ctx, ref)
			history, err2 := d.History(ctx, ref)
			if err != nil || err2 != nil || found != scope.Contains(r) || (len(history) > 0) != found || !found && got.Region != "" {
				rt.Fatalf("scope %v: %s found %v, %d entries, %v, %v", scope, r, found, len(history), err, err2)
			}
			if !found {
				_, err := d.Commit(ctx, []core.Edit{{Ref: ref, Region: near, Set: map[string]change.Value{"yak": change.Int(9)}}})
				if err == nil {
					rt.Fatalf("scope %v changes %s", scope, r)
				}
			}
		}
	})
	for ref := range home {
		if r, _, err := c.s.Get(ctx, ref); err != nil || r.Text("yak") != "" || r.Region != home[ref] {
			t.Errorf("%s was changed: %+v, %v", home[ref], r.Fields, err)
		}
	}
}

func TestDeskRights(t *testing.T) {
	c := newCentre(t)
	ctx := t.Context()
	ref := c.house(near)
	edit := func(d *ingest.Desk) error {
		r, _, err := d.Get(ctx, ref)
		if err != nil {
			return err
		}
		_, err = d.Commit(ctx, []core.Edit{{Ref: ref, From: r, Set: map[string]change.Value{"yak": change.Int(9)}}})
		return err
	}
	viewer, county := c.desk(core.Viewer, "632323"), c.desk(core.County, "632323")
	wantRefusal(t, edit(viewer), "refuse.role")
	if err := edit(county); err != nil {
		t.Error(err)
	}
	_, err := county.Commit(ctx, nil)
	wantRefusal(t, err, "refuse.nothing")
	_, err = county.Commit(ctx, []core.Edit{{Ref: core.Ref{Kind: "household", ID: c.s.NewID()}, Region: far, Set: map[string]change.Value{"yak": change.Int(9)}}})
	wantRefusal(t, err, "refuse.region.other")

	_, err = c.desk(core.FieldWorker, "632323").NewCode(ctx, store.Code{Role: core.FieldWorker, Scope: core.Scope{"632323"}})
	wantRefusal(t, err, "refuse.role")
	_, err = county.NewCode(ctx, store.Code{Role: core.FieldWorker, Scope: core.Scope{"6323"}})
	wantRefusal(t, err, "refuse.region.other")
	if _, err = county.NewCode(ctx, store.Code{Role: core.FieldWorker, Scope: core.Scope{"632323100"}}); err != nil {
		t.Error(err)
	}
	wantRefusal(t, viewer.Unmask(ctx, ref), "refuse.role")
	wantRefusal(t, viewer.TakeOut(ctx, "household"), "refuse.role")
	if err := county.Unmask(ctx, ref); err != nil {
		t.Error(err)
	}
	for name, region := range map[string]string{"央金": "632323", "外县": "632524"} {
		if err := c.s.AddUser(ctx, store.User{Name: name, Role: core.County, Scope: core.Scope{region}}, "long-enough-1"); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.s.Look(ctx, "外县", "export", "household"); err != nil { // no business of this county
		t.Fatal(err)
	}
	looks, err := county.Looks(ctx, 9)
	if err != nil || len(looks) != 1 || looks[0].What != "unmask" || looks[0].Who != "央金" || looks[0].On != "household "+ref.ID.String() {
		t.Errorf("looks %+v, %v", looks, err)
	}
	_, err = viewer.Looks(ctx, 9)
	wantRefusal(t, err, "refuse.role")
}

func TestDeskTablets(t *testing.T) {
	c := newCentre(t)
	ctx := t.Context()
	a, b := c.member("扎西", core.FieldWorker, "632323"), c.member("卓玛", core.FieldWorker, "632524")
	county := c.desk(core.County, "632323")
	for _, d := range []*ingest.Desk{county, c.desk(core.County)} {
		list, err := d.Devices(ctx)
		if want := min(1, len(d.Person().Scope)); err != nil || len(list) != want {
			t.Errorf("scope %v sees %d tablets, %v", d.Person().Scope, len(list), err)
		}
	}
	wantRefusal(t, county.Revoke(ctx, b.log.Device, false), "refuse.device")
	wantRefusal(t, c.desk(core.Viewer, "632323").Revoke(ctx, a.log.Device, false), "refuse.role")
	if err := county.Revoke(ctx, a.log.Device, true); err != nil {
		t.Error(err)
	}
}

func TestQuarantineIsDecidedInItsArea(t *testing.T) {
	c := newCentre(t)
	ctx := t.Context()
	a := c.member("扎西", core.FieldWorker, "632323")
	first := a.entry("household", far, field("yak", change.Int(1)))
	a.push(first)
	then := &change.Entry{Author: a.name, At: c.now(), Kind: "household", Record: first.Record, Region: far, Seen: change.Seen{Own: 1},
		Fields: []change.Field{{Name: "yak", Rule: change.Review, Value: change.Int(2), Was: change.Int(1)}}}
	a.push(then)
	there, elsewhere := c.desk(core.Supervisor, "632524"), c.desk(core.Supervisor, "632323")
	waiting, err := there.Quarantine(ctx, 9)
	if err != nil || len(waiting) != 2 || waiting[0].Reason != "verdict.area" {
		t.Fatalf("waiting %+v, %v", waiting, err)
	}
	if list, err := elsewhere.Quarantine(ctx, 9); err != nil || len(list) != 0 {
		t.Errorf("elsewhere waits %+v, %v", list, err)
	}
	at := waiting[0].Position
	wantRefusal(t, elsewhere.Decide(ctx, at, true), "refuse.absent")
	wantRefusal(t, c.desk(core.FieldWorker, "632524").Decide(ctx, at, true), "refuse.role")
	wantRefusal(t, c.desk(core.Viewer, "632524").Decide(ctx, at, true), "refuse.role")
	if err := there.Decide(ctx, at, true); err != nil {
		t.Fatal(err)
	}
	r, found := c.see(first)
	if !found || r.Text("yak") != "2" || len(r.Conflicts) > 0 || r.Region != far {
		t.Errorf("the edit with what was built on it: %v, %+v", found, r)
	}
	if list, err := there.Quarantine(ctx, 9); err != nil || len(list) != 0 {
		t.Errorf("still waiting: %+v, %v", list, err)
	}
	wantRefusal(t, there.Decide(ctx, at, false), "refuse.absent")
	history, err := there.History(ctx, core.Ref{Kind: first.Kind, ID: first.Record})
	if err != nil || len(history) != 2 {
		t.Fatalf("history %+v, %v", history, err)
	}
	if got := there.Sights(history)[at]["yak"]; len(got) != 1 || !got[0].Saw || got[0].Position != history[1].Position || got[0].Author != a.name {
		t.Errorf("who wrote after the approved edit: %+v", got)
	}
	if got := there.Sights(history[:1])[at]["yak"]; len(got) != 0 {
		t.Errorf("nobody wrote after it: %+v", got)
	}

	other := a.entry("household", far, field("yak", change.Int(5)))
	a.push(other)
	if waiting, err = there.Quarantine(ctx, 9); err != nil || len(waiting) != 1 {
		t.Fatalf("waiting %+v, %v", waiting, err)
	}
	if err := there.Decide(ctx, waiting[0].Position, false); err != nil {
		t.Fatal(err)
	}
	if _, found := c.see(other); found {
		t.Error("what was rejected is shown")
	}
	rep, err := c.s.Replay(ctx)
	if err != nil || len(rep.Different) > 0 {
		t.Errorf("replay %+v, %v", rep, err)
	}
}

// What can't be read names no region: whoever manages the regions of the
// tablet decides, and nobody elsewhere.
func TestUndecodableIsDecidedByItsOwnCounty(t *testing.T) {
	c := newCentre(t)
	ctx := t.Context()
	a := c.member("扎西", core.FieldWorker, "632323")
	ans, _, _ := a.sync(a.seal([][]byte{[]byte("not an entry")}))
	if len(ans.Verdicts) != 1 {
		t.Fatalf("verdicts %+v", ans.Verdicts)
	}
	at := ans.Verdicts[0].Position
	for note, w := range map[string]struct {
		desk *ingest.Desk
		want int
	}{
		"own county": {c.desk(core.County, "632323"), 1}, "province": {c.desk(core.Province, "63"), 1}, "administrator": {c.desk(core.Admin, "6325"), 1},
		"another county": {c.desk(core.County, "632524"), 0}, "own township": {c.desk(core.Supervisor, "632323"), 0}, "own viewer": {c.desk(core.Viewer, "632323"), 0},
	} {
		list, err := w.desk.Quarantine(ctx, 9)
		if err != nil || len(list) != w.want {
			t.Errorf("%s sees %d, %v; want %d", note, len(list), err, w.want)
		}
		if err := w.desk.Decide(ctx, at, false); (err == nil) != (w.want == 1) {
			t.Fatalf("%s decides: %v", note, err)
		}
		if w.want == 0 {
			continue
		}
		a.push(a.entry("household", near, field("yak", change.Int(1)))) // goes on meanwhile
		ans, _, _ := a.sync(a.seal([][]byte{[]byte(note)}))
		at = a.verdict(ans).Position
	}
	wantRefusal(t, c.desk(core.County, "632323").Decide(ctx, 9999, true), "refuse.absent")
}
