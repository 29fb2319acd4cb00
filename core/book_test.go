package core

import (
	"errors"
	"testing"

	"muqu/core/change"

	"pgregory.net/rapid"
)

const village = "632323100201"

func recordID(n byte) change.RecordID { return NewRecordID(1, [10]byte{n}) }

// shown is a record as it stands on a screen.
func shown(kind string, fields map[string]change.Value) Record {
	return Record{Ref: Ref{kind, recordID(1)}, Region: village, Regions: []string{village}, Fields: fields}
}

func fieldOf(t *testing.T, list []change.Field, name string) change.Field {
	t.Helper()
	for _, f := range list {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("no field %s in %v", name, list)
	return change.Field{}
}

func wantRefusal(t *testing.T, err error, reason Reason, key string) {
	t.Helper()
	var r *Refusal
	if !errors.As(err, &r) || r.Reason != reason || r.Key != key {
		t.Errorf("got %v, want refusal %d %s", err, reason, key)
	}
}

func TestPrepareWritesWhatWasOnTheScreen(t *testing.T) {
	e := Edit{From: shown("household", map[string]change.Value{"phone": change.Text("13800000001"), "yak": change.Int(3)}),
		Set: map[string]change.Value{"phone": change.Text("138 0000 0002"), "sheep": change.Int(40)}}
	e.Ref = e.From.Ref
	fields, err := e.Prepare(Defaults{Role: FieldWorker})
	if err != nil || len(fields) != 2 {
		t.Fatalf("got %v, %v", fields, err)
	}
	phone, sheep := fieldOf(t, fields, "phone"), fieldOf(t, fields, "sheep")
	if phone.Was != change.Text("13800000001") || phone.Value != change.Text("13800000002") || phone.Rule != change.Latest {
		t.Errorf("phone = %v", phone)
	}
	if !sheep.Was.IsNull() || sheep.Rule != change.Review {
		t.Errorf("sheep = %v", sheep)
	}
}

func TestPrepareWritesGroupsAsDisplayed(t *testing.T) {
	e := Edit{From: shown("household", map[string]change.Value{"gps_lat": value(t, 34.5), "gps_lon": value(t, 101.5), "gps_accuracy": change.Int(9)}),
		Set: map[string]change.Value{"gps_lat": value(t, 35.5), "gps_accuracy": change.Null}}
	e.Ref = e.From.Ref
	fields, err := e.Prepare(Defaults{Role: FieldWorker})
	if err != nil || len(fields) != 1 {
		t.Fatalf("got %v, %v", fields, err)
	}
	gps := fieldOf(t, fields, "gps")
	if want := value(t, map[string]any{"gps_lat": 35.5, "gps_lon": 101.5}); gps.Value != want {
		t.Errorf("value %s, want %s", gps.Value, want)
	}
	if want := value(t, map[string]any{"gps_lat": 34.5, "gps_lon": 101.5, "gps_accuracy": 9}); gps.Was != want {
		t.Errorf("was %s, want %s", gps.Was, want)
	}
}

// What an edit writes is sorted, has each register once, and leaves out what
// the edit did not name.
func TestPrepareProperty(t *testing.T) {
	names := []string{"phone", "remark", "yak", "tags", "gps_lat", "gps_lon", "gps_time", "novelty"}
	values := map[string]change.Value{"phone": change.Text("13800000001"), "remark": change.Text("a"), "yak": change.Int(2), "tags": change.ListOf([]change.Value{change.Text("x")}),
		"gps_lat": change.Int(30), "gps_lon": change.Int(100), "gps_time": change.Text("2026-03-15T09:30:00+08:00"), "novelty": change.Bool(true)}
	rapid.Check(t, func(t *rapid.T) {
		pick := func(label string) map[string]change.Value {
			out := make(map[string]change.Value)
			for _, n := range rapid.SliceOfDistinct(rapid.SampledFrom(names), rapid.ID).Draw(t, label) {
				out[n] = values[n]
			}
			return out
		}
		e := Edit{From: shown("household", pick("from")), Set: pick("set")}
		e.Ref = e.From.Ref
		fields, err := e.Prepare(Defaults{Role: FieldWorker})
		if (err != nil) != (len(e.Set) == 0) {
			t.Fatalf("%v: %v", e.Set, err)
		}
		for i, f := range fields {
			if i > 0 && fields[i-1].Name >= f.Name {
				t.Fatalf("not in order: %v", fields)
			}
			if f.Was != gather(&household, f.Name, e.From.Fields) || !f.Rule.Valid() {
				t.Fatalf("%s: was %s, rule %v", f.Name, f.Was, f.Rule)
			}
		}
		for n := range e.Set {
			if !hasField(fields, household.Field(n).Register()) {
				t.Fatalf("%s was not written", n)
			}
		}
	})
}

func TestPrepareFindsTheRegion(t *testing.T) {
	name := map[string]change.Value{"title": change.Text("饲料")}
	tests := []struct {
		note string
		edit Edit
		def  string
		want string
	}{
		{"given", Edit{Region: "632323", Set: name}, village, "632323000000"},
		{"default", Edit{Set: name}, village, village},
		{"field", Edit{Set: map[string]change.Value{"region_code": change.Text("632323100202")}}, village, "632323100202"},
		{"field with spaces", Edit{Set: map[string]change.Value{"region_code": change.Text(" 632323100202 ")}}, village, "632323100202"},
		{"given wins over field", Edit{Region: village, Set: map[string]change.Value{"region_code": change.Text("632323100202")}}, "", village},
	}
	for _, c := range tests {
		c.edit.Ref = Ref{"demand", recordID(2)}
		fields, err := c.edit.Prepare(Defaults{Region: c.def, Role: FieldWorker})
		if err != nil {
			t.Errorf("%s: %v", c.note, err)
			continue
		}
		if f := fieldOf(t, fields, change.RegionField); f.Value != change.Text(c.want) || !f.Was.IsNull() || f.Rule != change.Review {
			t.Errorf("%s: %v, want %s", c.note, f, c.want)
		}
	}
	move := Edit{From: shown("demand", nil), Region: "632323100202"}
	fields, err := move.Prepare(Defaults{Region: village, Role: FieldWorker})
	if err != nil || fieldOf(t, fields, change.RegionField).Was != change.Text(village) {
		t.Errorf("move: %v, %v", fields, err)
	}
}

func TestPrepareRefuses(t *testing.T) {
	set := func(name string, x any) map[string]change.Value { return map[string]change.Value{name: value(t, x)} }
	draft := shown("demand", set("state", "draft"))
	tests := []struct {
		note   string
		edit   Edit
		role   Role
		region string
		reason Reason
		key    string
	}{
		{"no region", Edit{Ref: Ref{Kind: "demand"}, Set: set("title", "x")}, FieldWorker, "", Missing, "refuse.region.none"},
		{"region that is none", Edit{Ref: Ref{Kind: "demand"}, Region: "abc", Set: set("title", "x")}, FieldWorker, village, Invalid, "refuse.region"},
		{"region too long", Edit{Ref: Ref{Kind: "demand"}, Region: village + "00", Set: set("title", "x")}, FieldWorker, village, Invalid, "refuse.region"},
		{"viewer", Edit{Ref: Ref{Kind: "demand"}, Set: set("title", "x")}, Viewer, village, Forbidden, "refuse.role"},
		{"trainer", Edit{Ref: Ref{Kind: "demand"}, Set: set("title", "x")}, Trainer, village, Forbidden, "refuse.role"},
		{"nothing", Edit{Ref: draft.Ref, From: draft}, FieldWorker, village, Missing, "refuse.nothing"},
		{"same region", Edit{Ref: draft.Ref, From: draft, Region: village}, FieldWorker, village, Missing, "refuse.nothing"},
		{"bad value", Edit{Ref: draft.Ref, From: draft, Set: set("n_hh", -1)}, FieldWorker, village, Invalid, "refuse.range"},
		{"flow", Edit{Ref: draft.Ref, From: draft, Set: set("state", "passed")}, FieldWorker, village, Forbidden, "refuse.state"},
	}
	for _, c := range tests {
		t.Run(c.note, func(t *testing.T) {
			_, err := c.edit.Prepare(Defaults{Region: c.region, Role: c.role})
			wantRefusal(t, err, c.reason, c.key)
		})
	}
}

func TestPrepareDeletes(t *testing.T) {
	r := shown("household", nil)
	fields, err := (&Edit{Ref: r.Ref, From: r, Delete: true}).Prepare(Defaults{Role: FieldWorker})
	if f := fieldOf(t, fields, change.DeletedField); err != nil || f.Value != change.Bool(true) || f.Was != change.Bool(false) {
		t.Errorf("delete: %v, %v", f, err)
	}
	r.Deleted = true
	fields, err = (&Edit{Ref: r.Ref, From: r, Set: map[string]change.Value{"yak": change.Int(1)}}).Prepare(Defaults{Role: FieldWorker})
	if f := fieldOf(t, fields, change.DeletedField); err != nil || f.Value != change.Bool(false) || f.Was != change.Bool(true) {
		t.Errorf("an edit of a deleted record brings it back: %v, %v", f, err)
	}
}

func TestDeriveAndIdentity(t *testing.T) {
	a, b := recordID(1).String(), recordID(2).String()
	id := Derive("attendance", a, b)
	if id != Derive("attendance", a, b) || id == Derive("attendance", b, a) || id == Derive("enrollment", a, b) {
		t.Error("derived ids must follow from kind and references, in their order")
	}
	if id[6]>>4 != 5 || recordID(1)[6]>>4 != 7 {
		t.Error("wrong versions of UUID")
	}
	fields := map[string]change.Value{"session": change.Text(a), "person": change.Text(b)}
	fresh := func() change.RecordID { return recordID(9) }
	tests := []struct {
		kind, given string
		fields      map[string]change.Value
		want        change.RecordID
		refused     bool
	}{
		{"attendance", "", fields, id, false}, {"attendance", id.String(), fields, id, false}, {"attendance", a, fields, id, true},
		{"attendance", "", nil, recordID(9), false}, {"household", a, nil, recordID(1), false}, {"household", "x", nil, recordID(1), true},
	}
	for _, c := range tests {
		got, err := IdentityOf(c.kind, c.given, c.fields, fresh)
		if (err != nil) != c.refused || !c.refused && got != c.want {
			t.Errorf("IdentityOf(%s, %q) = %s, %v", c.kind, c.given, got, err)
		}
	}
}

func TestParentRegion(t *testing.T) {
	parent := shown("household", nil)
	get := func(r Ref) (Record, bool, error) { return parent, r == parent.Ref, nil }
	if got := ParentRegion("visit", map[string]change.Value{"household": change.Text(parent.ID.String())}, get); got != village {
		t.Errorf("got %q", got)
	}
	for _, other := range []string{"", "x", recordID(7).String()} {
		if got := ParentRegion("visit", map[string]change.Value{"household": change.Text(other)}, get); got != "" {
			t.Errorf("of %q: got %q", other, got)
		}
	}
	if got := ParentRegion("household", nil, get); got != "" {
		t.Errorf("household has no parent, got %q", got)
	}
}
