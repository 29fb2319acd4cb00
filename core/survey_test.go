package core_test

import (
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
			{List: "household", ID: home.ID.String(), Update: true, Properties: map[string]string{"yak": "7", "phone": "13900000001", "remark": ""}},
			{List: "person", Create: true, Label: "卓玛", Properties: map[string]string{"birth": "1990-02-03"}},
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
