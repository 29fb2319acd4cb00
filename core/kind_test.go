package core

import (
	"slices"
	"strings"
	"testing"

	"muqu/core/change"
)

// unlisted are the choices whose words are typed or fixed in code.
var unlisted = []string{"household.tags", "verdict.decision", "form.areas"}

func TestKindsAreWellFormed(t *testing.T) {
	names := make(map[string]bool)
	for _, k := range Kinds() {
		t.Run(k.Name, func(t *testing.T) {
			if k.Name == "" || names[k.Name] || strings.ContainsAny(k.Name, ": \n") {
				t.Errorf("name %q is empty, taken or can't stand in a conflict id", k.Name)
			}
			names[k.Name] = true
			seen := make(map[string]bool)
			for _, f := range k.Fields {
				if f.Name == "" || seen[f.Name] || f.Name == change.RegionField || f.Name == change.DeletedField {
					t.Errorf("field %q is empty, declared twice or reserved", f.Name)
				}
				seen[f.Name] = true
				checkField(t, k, f)
			}
			if len(k.Title) == 0 {
				t.Error("nothing names its records")
			}
			for _, f := range k.Title {
				if !seen[f] {
					t.Errorf("title field %q is not declared", f)
				}
			}
			for _, ref := range append(k.Identity[:], k.Parent) {
				if ref != "" && k.Field(ref).Type != Reference {
					t.Errorf("%q is not a reference of %s", ref, k.Name)
				}
			}
			if k.Rest != 0 && !k.Rest.Valid() {
				t.Errorf("rest rule %v", k.Rest)
			}
			if KindOf(k.Name) != k || !k.Known() {
				t.Error("it is not found under its name")
			}
		})
	}
}

func checkField(t *testing.T, k *Kind, f Field) {
	t.Helper()
	if r := k.Field(f.Name).Rule; !r.Valid() {
		t.Errorf("%s: rule %v", f.Name, r)
	}
	if f.Type > Any {
		t.Errorf("%s: type %d", f.Name, f.Type)
	}
	choice := f.Type == Choice || f.Type == Choices
	if choice != (f.List != "") && !slices.Contains(unlisted, k.Name+"."+f.Name) {
		t.Errorf("%s: type %d with choice list %q", f.Name, f.Type, f.List)
	}
	refers := f.Type == Reference || f.Type == References
	if refers != (f.To != "") || refers && !KindOf(f.To).Known() {
		t.Errorf("%s: type %d points to %q", f.Name, f.Type, f.To)
	}
	number := f.Type == Integer || f.Type == Decimal || f.Type == Money
	if !number && (f.Min != 0 || f.Max != 0) || f.Min > f.Max {
		t.Errorf("%s: limits %v to %v", f.Name, f.Min, f.Max)
	}
	if f.Index && (f.Type == Choices || f.Type == References || f.Type == Files || f.Type == Table) {
		t.Errorf("%s: a list can't be filtered by one value", f.Name)
	}
	if f.Type == IDCard && (f.Sensitive != Number || !change.Rule(k.Field(f.Name).Rule).Contested()) {
		t.Errorf("%s: an identity number must be masked and reviewed", f.Name)
	}
	if f.Type == Phone && f.Sensitive != Contact {
		t.Errorf("%s: a telephone number is personal", f.Name)
	}
	if f.Type == Money && !k.Field(f.Name).Rule.Contested() {
		t.Errorf("%s: money must be reviewed", f.Name)
	}
}

func TestGroupsMergeAsOne(t *testing.T) {
	for _, k := range Kinds() {
		groups := make(map[string][]Field)
		for _, f := range k.Fields {
			if f.Group != "" {
				groups[f.Group] = append(groups[f.Group], f)
			}
		}
		for name, members := range groups {
			if len(members) < 2 {
				t.Errorf("%s: group %s has one member", k.Name, name)
			}
			if got, want := k.RegisterRule(name), members[0].defaulted().Rule; got != want {
				t.Errorf("%s: group %s merges by %v, its first member by %v", k.Name, name, got, want)
			}
			if f, ok := k.byName[name]; ok && f.Group != name {
				t.Errorf("%s: %s names a group and a field outside it", k.Name, name)
			}
			for _, f := range members {
				if f.defaulted().Rule == change.Set {
					t.Errorf("%s: %s is a set inside a group", k.Name, f.Name)
				}
			}
		}
	}
}

func TestFlowsReachEveryState(t *testing.T) {
	for _, k := range Kinds() {
		if k.Flow == nil {
			continue
		}
		f := k.Field(k.Flow.Field)
		if f.Type != Choice || !f.Rule.Contested() || f.Group == "" {
			t.Errorf("%s: the state must be a reviewed choice that goes with its reason", k.Name)
		}
		reached := map[string]bool{k.Flow.Start: true}
		for range k.Flow.Moves {
			for _, m := range k.Flow.Moves {
				if m.From == "*" || reached[m.From] {
					reached[m.To] = true
				}
			}
		}
		for _, m := range k.Flow.Moves {
			if m.From != "*" && !reached[m.From] || !reached[m.To] {
				t.Errorf("%s: no way leads to %s -> %s", k.Name, m.From, m.To)
			}
			if len(m.Roles) == 0 {
				t.Errorf("%s: nobody may go %s -> %s", k.Name, m.From, m.To)
			}
			for _, r := range m.Roles {
				if !r.Valid() {
					t.Errorf("%s: role %q", k.Name, r)
				}
			}
		}
		states := States(f.List)
		if len(states) != len(reached) || states[0] != k.Flow.Start {
			t.Errorf("States(%s) = %v, reached %v", f.List, states, reached)
		}
		for _, role := range Roles() {
			for _, from := range states {
				for _, to := range k.Flow.Next(role, from) {
					if to == from || !k.Flow.May(role, from, to) {
						t.Errorf("%s: Next offers %s %s -> %s", k.Name, role, from, to)
					}
				}
			}
		}
	}
	if got := States("no_such_list"); got != nil {
		t.Errorf("States of nothing = %v", got)
	}
}

func TestFlowMay(t *testing.T) {
	f := demand.Flow
	tests := []struct {
		role     Role
		from, to string
		want     bool
	}{
		{FieldWorker, "", "submitted", true}, {FieldWorker, "draft", "draft", true}, {FieldWorker, "submitted", "passed", false},
		{Supervisor, "submitted", "passed", true}, {Supervisor, "passed", "accepted", false}, {County, "passed", "accepted", true},
		{FieldWorker, "ordered", "withdrawn", true}, {Viewer, "draft", "submitted", false}, {Admin, "archived", "draft", true},
		{County, "archived", "draft", false},
	}
	for _, c := range tests {
		if got := f.May(c.role, c.from, c.to); got != c.want {
			t.Errorf("%s %q -> %q: got %v, want %v", c.role, c.from, c.to, got, c.want)
		}
	}
}

func TestKindsOfNewerProgramsAreCarried(t *testing.T) {
	k := KindOf("satellite")
	if k.Known() || k.Name != "satellite" {
		t.Errorf("KindOf = %+v", k)
	}
	if f := k.Field("orbit"); f.Type != Any || f.Rule != change.Review {
		t.Errorf("unknown field = %+v", f)
	}
	if f := k.Field("remark"); f.Rule != change.Latest {
		t.Errorf("remark = %+v", f)
	}
	if f := KindOf("visit").Field("q17"); f.Rule != change.Observation {
		t.Errorf("answer of a visit = %+v", f)
	}
	if !FieldWorker.MayWrite("satellite") || Viewer.MayWrite("satellite") || FieldWorker.MayWrite("region") {
		t.Error("wrong roles for unknown kinds or reference data")
	}
}

func TestIndexedRegisters(t *testing.T) {
	for name, want := range map[string]bool{"head_name": true, "phone": true, "yak": false, "gps": false, "region": true, "deleted": true, "remark": false} {
		if got := household.Indexed(name); got != want {
			t.Errorf("Indexed(%s) = %v", name, got)
		}
	}
	if !demand.Indexed("state") {
		t.Error("the state group has an indexed member")
	}
	for _, f := range household.Columns() {
		if !f.Column || !f.Rule.Valid() {
			t.Errorf("column %+v", f)
		}
	}
}

// What is published is seen by whoever works where it is served, in a part of
// that, or in what it is a part of; only those who keep it change it.
func TestPublishedIsSeenWhereItIsServed(t *testing.T) {
	offer := func(state, served string) *Record {
		r := &Record{Ref: Ref{Kind: "offer"}, Regions: []string{"632524000000"}, Fields: map[string]change.Value{"state": change.Text(state)}}
		if served != "" {
			r.Fields["served"] = change.Text(served)
		}
		return r
	}
	for _, tc := range []struct {
		r    *Record
		seen string // by these scopes of all
	}{
		{offer("draft", "632323000000"), "63 6325 632524"},
		{offer("withdrawn", "632323000000"), "63 6325 632524"},
		{offer("published", "632323000000"), "63 6325 632524 6323 632323 632323100 632323100201"},
		{offer("published", "632323100201"), "63 6325 632524 6323 632323 632323100 632323100201"},
		{offer("published", "632324000000"), "63 6325 632524 6323"},
		{offer("published", ""), "63 6325 632524 6323 632323 632323100 632323100201"},
		{offer("published", "630000000000"), "63 6325 632524 6323 632323 632323100 632323100201"},
		{&Record{Ref: Ref{Kind: "household"}, Regions: []string{"632524100201"}, Fields: offer("published", "").Fields}, "63 6325 632524"},
	} {
		var seen, kept []string
		for _, p := range []string{"63", "6325", "632524", "6323", "632323", "632323100", "632323100201"} {
			if (Scope{p}).ContainsAny(tc.r.Areas()) {
				seen = append(seen, p)
			}
			if (Scope{p}).ContainsAny(Keeping(tc.r.Areas())) {
				kept = append(kept, p)
			}
		}
		if got := strings.Join(seen, " "); got != tc.seen {
			t.Errorf("%v: seen by %s, want %s", tc.r.Fields, got, tc.seen)
		}
		if got := strings.Join(kept, " "); got != "63 6325 632524" {
			t.Errorf("%v: kept by %s", tc.r.Fields, got)
		}
	}
	if (Scope{}).Contains(Everywhere) {
		t.Error("who works nowhere sees what is published everywhere")
	}
}
