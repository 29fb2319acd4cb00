package core_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/form"
)

func TestSurveyBecomesAVisitAndRecords(t *testing.T) {
	home := core.Record{Ref: core.Ref{Kind: "household", ID: change.RecordID{1}}, Region: "632323100201", Fields: map[string]change.Value{"yak": change.Int(5), "phone": change.Text("13900000001")}}
	made := change.RecordID{9}
	o := core.SurveyOutcome{
		Visit: core.Ref{Kind: "visit", ID: change.RecordID{2}}, Form: core.FormVersion{FormID: "herd", Version: "3"}, Home: home, Day: "2026-11-28",
		Answers: core.Answers{"count": int64(7), "region": "where it is warm"},
		Entities: []form.SavedEntity{
			{List: "household", ID: home.ID.String(), Update: true, BaseVersion: "4", Properties: map[string]string{"yak": "7", "phone": "13900000001", "remark": ""}},
			{At: "/person[1]", List: "person", Create: true, Label: "卓玛", Properties: map[string]string{"birth": "1990-02-03"}},
			{List: "person", ID: "nobody", Update: true, Properties: map[string]string{"name": "x"}},
			{List: "trees", Create: true, Properties: map[string]string{"height": "4"}},
		},
		NewID: func() change.RecordID { return made },
		Get: func(ref core.Ref) (core.Record, bool, error) {
			return home, ref == home.Ref, nil
		},
	}
	edits, err := core.FinishSurvey(o)
	if err != nil || len(edits) != 3 {
		t.Fatalf("%d edits, %v", len(edits), err)
	}
	kept := core.VisitEntities(&core.Record{Fields: edits[0].Set})
	for i := range kept {
		want := o.Entities[i]
		if want.Create {
			want.ID = made.String()
		}
		if want.Properties = nil; !reflect.DeepEqual(kept[i], want) {
			t.Errorf("the visit tells %+v, not %+v", kept[i], want)
		}
	}
	if o.Entities[1].ID != "" || len(kept) != len(o.Entities) {
		t.Errorf("%d kept, %+v", len(kept), o.Entities[1])
	}
	visit, yak, person := edits[0], edits[1], edits[2]
	if visit.Region != home.Region || visit.Set["form_id"].Str() != "herd" || visit.Set["form_version"].Str() != "3" || visit.Set["household"].Str() != home.ID.String() || visit.Set["visit_date"].Str() != "2026-11-28" {
		t.Errorf("visit %+v", visit)
	}
	if v := visit.Set["/region"]; v.Str() != "where it is warm" {
		t.Errorf("an answer called region stands as %v", visit.Set)
	}
	if n, _ := yak.Set["yak"].Float(); len(yak.Set) != 1 || n != 7 || yak.From.ID != home.ID {
		t.Errorf("the household changes by %v", yak.Set)
	}
	if person.ID != made || person.Region != home.Region || person.Set["name"].Str() != "卓玛" || person.Set["household"].Str() != home.ID.String() {
		t.Errorf("person %+v", person)
	}
	for i := range edits {
		if _, err := edits[i].Prepare(core.Defaults{Role: core.FieldWorker}); err != nil {
			t.Errorf("edit %d: %v", i, err)
		}
	}
	o.Home, o.Entities, o.Region = core.Record{}, nil, "632323000000"
	o.Answers["village_code"] = "632323100202"
	if edits, err = core.FinishSurvey(o); err != nil || edits[0].Region != "632323100202" {
		t.Errorf("a survey of no household lies in %v, %v", edits, err)
	}
}

// More entities than one value holds are kept in parts, beside a repeat that is
// called as the field is, and what a visit can't hold is said.
func TestManyEntitiesAreKept(t *testing.T) {
	o := core.SurveyOutcome{
		Visit: core.Ref{Kind: "visit", ID: change.RecordID{2}}, Day: "2026-11-28", Region: "632323100201", Answers: core.Answers{"entities": []map[string]any{{"n": int64(1)}}},
		NewID: func() change.RecordID { return change.RecordID{9} },
		Get:   func(core.Ref) (core.Record, bool, error) { return core.Record{}, false, nil },
	}
	for range 600 {
		o.Entities = append(o.Entities, form.SavedEntity{At: "/family/person[1]", List: "trees", Create: true, Label: strings.Repeat("x", 100)})
	}
	edits, err := core.FinishSurvey(o)
	if err != nil || len(edits) != 1 {
		t.Fatalf("%d edits, %v", len(edits), err)
	}
	if _, err := edits[0].Prepare(core.Defaults{Role: core.FieldWorker}); err != nil {
		t.Error(err)
	}
	if kept := core.VisitEntities(&core.Record{Fields: edits[0].Set}); len(kept) != 600 || edits[0].Set["entities/2"].IsNull() || edits[0].Set["/entities"].IsNull() {
		t.Errorf("%d kept in %d fields", len(kept), len(edits[0].Set))
	}
	o.Entities = append(append(o.Entities, o.Entities...), o.Entities...)
	var r *core.Refusal
	if _, err := core.FinishSurvey(o); !errors.As(err, &r) || r.Key != "refuse.answers" {
		t.Errorf("%d entities: %v", len(o.Entities), err)
	}
}
