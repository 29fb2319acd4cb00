package core_test

import (
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"muqu/core"
	"muqu/core/change"
)

// known makes a record with texts, without any book.
func known(kind string, id byte, fields map[string]string) core.Record {
	r := core.Record{Ref: core.Ref{Kind: kind, ID: change.RecordID{id}}, Region: "632323100201", Fields: make(map[string]change.Value)}
	for name, field := range fields {
		r.Fields[name] = change.Text(field)
	}
	return r
}

// visited makes the outcome of a visit with these answers, at a household
// with these people.
func visited(answers core.Answers, members ...core.Record) core.VisitOutcome {
	last := byte(100)
	return core.VisitOutcome{
		Visit: core.Ref{Kind: "visit", ID: change.RecordID{9}},
		Home: known("household", 1, map[string]string{"head_name": "才让", "hh_no": "017", "hh_type": "general",
			"relocated": "no", "remark": "户的备注"}),
		Members: members, Form: "household_visit", Day: "2026-11-22", Answers: answers, Title: "才让家的线索",
		NewID: func() change.RecordID { last++; return change.RecordID{last} },
	}
}

// finish ends a visit and returns its edits by kind.
func finish(t *testing.T, o core.VisitOutcome) map[string][]core.Edit {
	t.Helper()
	edits, err := core.FinishVisit(o)
	if err != nil {
		t.Fatal(err)
	}
	if len(edits) == 0 || edits[0].Ref != o.Visit {
		t.Fatalf("the visit is not the first of %d edits", len(edits))
	}
	kinds := make(map[string][]core.Edit)
	for _, edit := range edits {
		kinds[edit.Kind] = append(kinds[edit.Kind], edit)
	}
	return kinds
}

// wrote returns the fields that an edit sets, as forms show them.
func wrote(edit core.Edit) map[string]string {
	texts := make(map[string]string)
	for name, v := range edit.Set {
		texts[name] = core.AnswerText(v)
	}
	return texts
}

func TestVisitIsAnObservation(t *testing.T) {
	o := visited(core.Answers{"household": "x", "today": "2026-11-22", "head_name": "才让", "yak": int64(30),
		"food_ok": "yes", "members": []map[string]any{{"m_name": "多杰"}}})
	visit := finish(t, o)["visit"][0]
	got, names := wrote(visit), slices.Sorted(maps.Keys(visit.Set))
	want := []string{"food_ok", "form_id", "head_name", "household", "members", "visit_date", "yak"}
	if !slices.Equal(names, want) {
		t.Errorf("wrote %v, want %v", names, want)
	}
	if got["household"] != o.Home.ID.String() || got["form_id"] != "household_visit" || got["visit_date"] != "2026-11-22" {
		t.Errorf("visit is about %v", got)
	}
	if visit.Region != o.Home.Region || visit.From.Kind != "" {
		t.Errorf("visit is in %q, from %q", visit.Region, visit.From.Kind)
	}
	if rows := visit.Set["members"].Elements(); len(rows) != 1 || rows[0].Members()["m_name"].Str() != "多杰" {
		t.Errorf("members are %v", visit.Set["members"])
	}
}

func TestVisitChangesWhatDiffersOfTheHousehold(t *testing.T) {
	for _, test := range []struct {
		name    string
		answers core.Answers
		want    map[string]string // nil = the household is left alone
	}{
		{"same as before", core.Answers{"head_name": "才让", "hh_type": "general", "relocated": "no"}, nil},
		{"nothing answered", core.Answers{}, nil},
		{"another type", core.Answers{"head_name": "才让", "hh_type": "lifted"}, map[string]string{"hh_type": "lifted"}},
		{"not known before", core.Answers{"yak": int64(30)}, map[string]string{"yak": "30"}},
		{"several choices", core.Answers{"safety_net": []string{"dibao", "wubao"}}, map[string]string{"safety_net": "dibao wubao"}},
		{"not of the household", core.Answers{"food_ok": "yes", "members": []map[string]any{}}, nil},
		{"remark on the visit", core.Answers{"remark": "不是户的备注"}, nil},
	} {
		edits := finish(t, visited(test.answers))["household"]
		if len(edits) != min(1, len(test.want)) {
			t.Errorf("%s: %d edits of the household", test.name, len(edits))
			continue
		}
		if test.want == nil {
			continue
		}
		if got := wrote(edits[0]); !maps.Equal(got, test.want) {
			t.Errorf("%s: wrote %v, want %v", test.name, got, test.want)
		}
		if edits[0].From.Ref != edits[0].Ref || edits[0].Region != "" {
			t.Errorf("%s: from %v, moved to %q", test.name, edits[0].From.Ref, edits[0].Region)
		}
	}
}

func TestMembersAreMatched(t *testing.T) {
	members := []core.Record{
		known("person", 1, map[string]string{"name": "卓玛", "id_no": "632323198001010013"}),
		known("person", 2, map[string]string{"name": "卓玛", "id_no": "632623197506150021"}),
		known("person", 3, map[string]string{"name": "多杰"}),
	}
	// Everybody moves, so that each match is an edit; an edit of 101 and up is
	// somebody new.
	for _, test := range []struct {
		name string
		rows []map[string]any
		want []byte
	}{
		{"by number", []map[string]any{{"m_name": "卓玛", "m_id": "632623197506150021"}}, []byte{2}},
		{"number before name", []map[string]any{{"m_name": "改名了", "m_id": "632323198001010013"}}, []byte{1}},
		{"by the number in a disability certificate", []map[string]any{{"m_name": "改名了", "m_idtype": "dis", "m_id": "63232319800101001342B1"}}, []byte{1}},
		{"by name without a number", []map[string]any{{"m_name": "多杰"}}, []byte{3}},
		{"by name, the number being new", []map[string]any{{"m_name": "多杰", "m_id": "632725200311110030"}}, []byte{3}},
		{"of two with one name the first", []map[string]any{{"m_name": "卓玛"}}, []byte{1}},
		{"same name, other number", []map[string]any{{"m_name": "卓玛", "m_id": "632725200311110030"}}, []byte{101}},
		{"unknown", []map[string]any{{"m_name": "才让"}}, []byte{101}},
		{"nobody twice", []map[string]any{{"m_name": "卓玛"}, {"m_name": "卓玛"}, {"m_name": "卓玛"}}, []byte{1, 2, 101}},
		{"nobody twice by number", []map[string]any{{"m_id": "632323198001010013"}, {"m_id": "632323198001010013"}}, []byte{1, 101}},
		{"two new ones", []map[string]any{{"m_name": "甲"}, {"m_name": "乙"}}, []byte{101, 102}},
	} {
		for _, row := range test.rows {
			row["m_work"] = "county"
		}
		var got []byte
		for _, edit := range finish(t, visited(core.Answers{"members": test.rows}, members...))["person"] {
			got = append(got, edit.ID[0])
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: people %d, want %d", test.name, got, test.want)
		}
	}
}

// A disability certificate's number is no identity number: the person gets the
// one within it, so that the visit can be saved and the next one starts from it.
func TestCertificateGivesTheNumber(t *testing.T) {
	row := map[string]any{"m_name": "卓玛", "m_idtype": "dis", "m_id": "63232319800101001342"}
	edit := finish(t, visited(core.Answers{"members": []map[string]any{row}}))["person"][0]
	if got := wrote(edit); got["id_no"] != "632323198001010013" || got["id_type"] != "id" {
		t.Errorf("wrote %v", got)
	}
	if _, err := edit.Prepare(core.Defaults{Role: core.FieldWorker}); err != nil {
		t.Error(err)
	}
	if row["m_id"] != "63232319800101001342" {
		t.Error("the visit lost the certificate")
	}
}

func TestMembersAreChangedWhereTheyDiffer(t *testing.T) {
	member := known("person", 1, map[string]string{"name": "卓玛", "sex": "f", "edu": "primary"})
	rows := func(row map[string]any) core.Answers { return core.Answers{"members": []map[string]any{row}} }

	same := finish(t, visited(rows(map[string]any{"m_name": "卓玛", "m_sex": "f", "m_note": "没有这个字段"}), member))
	if len(same["person"]) != 0 {
		t.Errorf("the same answers wrote %v", wrote(same["person"][0]))
	}
	edit := finish(t, visited(rows(map[string]any{"m_name": "卓玛", "m_edu": "junior"}), member))["person"][0]
	if got := wrote(edit); !maps.Equal(got, map[string]string{"edu": "junior"}) || edit.From.Ref != member.Ref || edit.Region != "" {
		t.Errorf("wrote %v from %v in %q", got, edit.From.Ref, edit.Region)
	}
	o := visited(rows(map[string]any{"m_name": "才让", "m_sex": "m"}), member)
	edit = finish(t, o)["person"][0]
	want := map[string]string{"name": "才让", "sex": "m", "household": o.Home.ID.String()}
	if got := wrote(edit); !maps.Equal(got, want) || edit.From.Kind != "" || edit.Region != o.Home.Region {
		t.Errorf("somebody new: wrote %v from %q in %q", got, edit.From.Kind, edit.Region)
	}
}

func TestVisitFulfillsAssignments(t *testing.T) {
	o := visited(core.Answers{})
	o.Tasks = []core.Record{known("assignment", 5, map[string]string{"state": "open"}), known("assignment", 6, map[string]string{"state": "open"})}
	edits := finish(t, o)["assignment"]
	if len(edits) != 2 {
		t.Fatalf("%d assignments were written, want 2", len(edits))
	}
	for i, edit := range edits {
		if edit.Ref != o.Tasks[i].Ref || edit.From.Ref != edit.Ref || !maps.Equal(wrote(edit), map[string]string{"state": "done"}) {
			t.Errorf("%v: wrote %v from %v", edit.Ref, wrote(edit), edit.From.Ref)
		}
	}
}

func TestLeadFollowsARisk(t *testing.T) {
	for _, test := range []struct {
		suggest any
		want    bool
	}{{nil, false}, {"", false}, {"none", false}, {"monitor", true}} {
		answers := core.Answers{"risk": []string{"illness", "disaster"}, "risk_note": "住院花费大", "hh_no": "017"}
		if test.suggest != nil {
			answers["suggest"] = test.suggest
		}
		o := visited(answers)
		leads := finish(t, o)["lead"]
		if (len(leads) == 1) != test.want {
			t.Errorf("suggested %v: %d leads", test.suggest, len(leads))
		}
		if len(leads) == 0 {
			continue
		}
		want := map[string]string{"household": o.Home.ID.String(), "visit": o.Visit.ID.String(), "title": o.Title, "source": "visit",
			"suggest": "monitor", "found": o.Day, "detail": "住院花费大", "hh_no": "017", "risk": "illness disaster"}
		if got := wrote(leads[0]); !maps.Equal(got, want) || leads[0].Region != o.Home.Region {
			t.Errorf("lead in %q is %v, want %v", leads[0].Region, got, want)
		}
	}
}

func TestAnswerThatNoValueHolds(t *testing.T) {
	long := strings.Repeat("长", change.MaxValue)
	if _, err := core.FinishVisit(visited(core.Answers{"note": long})); err == nil || !strings.Contains(err.Error(), "answer note") {
		t.Errorf("visit: %v", err)
	}
	if _, err := core.RaiseDemand(core.Ref{Kind: "demand"}, core.Record{}, core.Answers{"n_hh": math.Inf(1), "detail": long}); err == nil {
		t.Error("the demand was raised")
	}
}

func TestDemandIsSubmitted(t *testing.T) {
	home := known("household", 1, nil)
	ref := core.Ref{Kind: "demand", ID: change.RecordID{7}}
	for _, test := range []struct {
		name    string
		home    core.Record
		answers core.Answers
		want    map[string]string
	}{
		{"of a village", core.Record{}, core.Answers{"region_code": "632323100201", "title": "唐卡班", "unheard_of": "x"},
			map[string]string{"state": "submitted", "region_code": "632323100201", "title": "唐卡班", "households": ""}},
		{"of a household", home, core.Answers{"region_code": "632323100201", "households": home.ID.String(), "n_hh": int64(1)},
			map[string]string{"state": "submitted", "region_code": "632323100201", "n_hh": "1",
				"households": home.ID.String(), "household": home.ID.String()}},
		{"said at a visit", home, core.Answers{"visit_uuid": "v"},
			map[string]string{"state": "submitted", "households": "", "household": home.ID.String(), "visit": "v"}},
	} {
		edit, err := core.RaiseDemand(ref, test.home, test.answers)
		if err != nil || edit.Ref != ref || edit.Region != test.answers.Text("region_code") {
			t.Errorf("%s: %v in %q, %v", test.name, edit.Ref, edit.Region, err)
		}
		if got := wrote(edit); !maps.Equal(got, test.want) {
			t.Errorf("%s: wrote %v, want %v", test.name, got, test.want)
		}
	}
}

func TestWhatIsKnownIsOffered(t *testing.T) {
	home := known("household", 1, map[string]string{"head_name": "才让", "yak": "30"})
	home.Fields["safety_net"] = change.ListOf([]change.Value{change.Text("dibao"), change.Text("wubao")})
	for question, want := range map[string]string{"head_name": "才让", "village_code": "632323100201", "safety_net": "dibao wubao",
		"yak": "", "phone": "", "remark": ""} {
		if got := core.KnownOfHousehold(&home, question); got != want {
			t.Errorf("household %s: %q, want %q", question, got, want)
		}
	}
	member := known("person", 1, map[string]string{"name": "卓玛", "remark": "x"})
	for question, want := range map[string]string{"m_name": "卓玛", "m_edu": "", "remark": "", "name": ""} {
		if got := core.KnownOfMember(&member, question); got != want {
			t.Errorf("member %s: %q, want %q", question, got, want)
		}
	}
}
