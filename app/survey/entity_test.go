package survey_test

import (
	"fmt"
	"testing"
	"time"

	"muqu/app/survey"
	"muqu/core"
	"muqu/core/change"
	"muqu/sync/simtest"
)

const counted = `
| survey | | | | |
|        | type         | name      | label | save_to |
|        | start        | start     |       |         |
|        | csv-external | household |       |         |
|        | text         | home      | Which |         |
|        | integer      | yak       | Yaks  | yak     |
| entities | | | |
|          | list_name | entity_id | update_if |
|          | household | ${home}   | ${home} != '' |
| settings | | | |
|          | form_title | form_id | version |
|          | Counting   | counted | 1       |
`

// What a submission says of a household changes it, and stands against what was
// written after the form was filled in.
func TestSubmissionsChangeRecords(t *testing.T) {
	w := simtest.NewWorld(t, 1)
	desk := w.Server.As(core.Person{Name: "央金", Role: core.County, Scope: core.Scope{"632323"}})
	l := &survey.Library{Book: desk, Files: make(drawer)}
	if a, err := l.Add(t.Context(), survey.Handed{Files: map[string][]byte{"counted.md": []byte(counted)}, Region: "632323000000", Day: w.Time}); err != nil || a.Form == nil {
		t.Fatalf("%v, %v", a.Report.Errors, err)
	}
	home := core.Ref{Kind: "household", ID: desk.NewID()}
	write := func(yaks int64) {
		t.Helper()
		r, _, err := desk.Get(t.Context(), home)
		if err != nil {
			t.Fatal(err)
		}
		e := core.Edit{Ref: home, From: r, Set: map[string]change.Value{"head_name": change.Text("扎西"), "yak": change.Int(yaks)}}
		if r.Kind == "" {
			e.Region = simtest.Village
		}
		if _, err := desk.Commit(t.Context(), []core.Edit{e}); err != nil {
			t.Fatal(err)
		}
	}
	bring := func(n int, filled time.Time, yaks int) {
		t.Helper()
		_, edits, err := l.Receive(t.Context(), survey.Submission{Region: simtest.Village, Today: "2026-06-01",
			XML: []byte(fmt.Sprintf(`<data id="counted" version="1"><start>%s</start><home>%s</home><yak>%d</yak><meta><instanceID>uuid:%d</instanceID></meta></data>`,
				filled.Format(time.RFC3339), home.ID, yaks, n)),
			Beside: func(string) (core.FileName, bool, error) { return "", false, nil },
			Known: func(at time.Time) (change.Position, error) {
				return w.Server.PositionAt(t.Context(), change.MillisOf(at))
			}})
		if err != nil || len(edits) != 2 {
			t.Fatalf("%d edits, %v", len(edits), err)
		}
		if _, err := desk.Commit(t.Context(), edits); err != nil {
			t.Fatal(err)
		}
	}
	yaks := func(want string, conflict bool) {
		t.Helper()
		r, _, err := desk.Get(t.Context(), home)
		if err != nil || r.Text("yak") != want || (len(r.Conflicts["yak"]) > 0) != conflict {
			t.Errorf("%s yaks, %v, %v; want %s", r.Text("yak"), r.Conflicts["yak"], err, want)
		}
	}
	write(5)
	w.Pass(time.Hour)
	filled := w.Time
	bring(1, filled, 7)
	yaks("7", false)
	w.Pass(time.Hour)
	write(9)
	w.Pass(time.Hour)
	bring(2, w.Time.Add(-30*time.Minute), 12) // after that
	yaks("12", false)
	bring(3, filled, 6) // before what the office wrote
	yaks("6", true)
}
