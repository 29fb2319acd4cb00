package core_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"muqu/core"
	"muqu/core/change"
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

// Hundreds of wide rows are more than one value holds: they are kept in parts and
// read as one. What a visit can't hold is said in words for a person.
func TestManyRowsThereAndBack(t *testing.T) {
	f, report := xlsform.ReadFile("x.md", []byte(`
| survey |              |       |       |
|        | type         | name  | label |
|        | begin repeat | herd  | Herd  |
|        | text         | words | Words |
|        | end repeat   |       |       |
`))
	if f == nil {
		t.Fatal(report.Errors)
	}
	rows := func(n int) (out []map[string]any) {
		for i := range n {
			out = append(out, map[string]any{"words": strings.Repeat(string(rune('a'+i%26)), 400)})
		}
		return out
	}
	for _, n := range []int{1, 150, 400, 580} {
		set, err := core.VisitFields(core.Answers{"herd": rows(n)})
		if err != nil {
			t.Fatalf("%d rows: %v", n, err)
		}
		e := core.Edit{Ref: core.Ref{Kind: "visit"}, Region: "632323100201", Set: set}
		fields, err := e.Prepare(core.Defaults{Role: core.FieldWorker})
		if err != nil {
			t.Fatalf("%d rows: %v", n, err)
		}
		entry := change.Entry{Key: change.Key{Seq: 1}, Kind: "visit", Fields: fields}
		if _, err := entry.Encode(); err != nil {
			t.Errorf("%d rows: %v", n, err)
		}
		got := core.VisitAnswers(f, &core.Record{Ref: e.Ref, Fields: set})
		want := make([]any, n)
		for i, row := range rows(n) {
			want[i] = row
		}
		if !reflect.DeepEqual(got["herd"], want) {
			t.Errorf("%d rows came back otherwise, in %d fields", n, len(set))
		}
	}
	for name, answers := range map[string]core.Answers{"rows": {"herd": rows(700)}, "text": {"words": strings.Repeat("x", change.MaxValue)}} {
		var r *core.Refusal
		if _, err := core.VisitFields(answers); !errors.As(err, &r) || r.Key != "refuse.answers" {
			t.Errorf("too many %s: %v", name, err)
		}
	}
}
