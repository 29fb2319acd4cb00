package core_test

import (
	"reflect"
	"strings"
	"testing"

	"muqu/core"
	xlsform "muqu/core/form"
)

// Foreign forms may call their questions as they like: nothing is lost, and
// nothing is taken for what a visit itself has under the name.
func TestVisitFieldsThereAndBack(t *testing.T) {
	long := strings.Repeat("very_", 30) + "long"
	f, report := xlsform.ReadFile("x.md", []byte(strings.ReplaceAll(`
| survey |              |           |       |
|        | type         | name      | label |
|        | start        | start     |       |
|        | text         | region    | Where |
|        | integer      | household | Size  |
|        | text         | phone     | Landline |
|        | text         | deleted   | What  |
|        | integer      | members   | How many |
|        | text         | LONG      | Long  |
|        | begin repeat | herd      | Herd  |
|        | integer      | region    | R     |
|        | end repeat   |           |       |
`, "LONG", long)))
	if f == nil {
		t.Fatal(report.Errors)
	}
	answers := core.Answers{"start": "2026-11-28T10:00:00.000+08:00", "region": "north", "household": int64(4), "phone": "0973-8752345",
		"deleted": "x", "members": int64(7), long: "y", "herd": []map[string]any{{"region": int64(1)}}}
	set, err := core.VisitFields(answers)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"start": true, "/region": true, "/household": true, "/phone": true, "/deleted": true, "/members": true, "herd": true} {
		if _, found := set[name]; found != want {
			t.Errorf("%s: %v in %v", name, found, set)
		}
	}
	e := core.Edit{Ref: core.Ref{Kind: "visit"}, Region: "632323100201", Set: set}
	fields, err := e.Prepare(core.Defaults{Role: core.FieldWorker})
	if err != nil || len(fields) != len(answers)+1 {
		t.Fatalf("%d fields, %v", len(fields), err)
	}
	r := core.Record{Ref: e.Ref, Fields: set}
	got := core.VisitAnswers(f, &r)
	want := core.Answers{"start": answers["start"], "region": "north", "household": int64(4), "phone": "0973-8752345", "deleted": "x", "members": int64(7), long: "y",
		"herd": []any{map[string]any{"region": int64(1)}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %#v\nwant %#v", got, want)
	}
}
