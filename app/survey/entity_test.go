package survey_test

import (
	"fmt"
	"strings"
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

const family = `
| survey |              |       |       |            |
|        | type         | name  | label | save_to    |
|        | begin repeat | child | Child |            |
|        | text         | who   | Name  |            |
|        | integer      | yaks  | Yaks  | yak        |
|        | end repeat   |       |       |            |
| entities | | |
|          | list_name | label  |
|          | household | ${who} |
| settings | | | |
|          | form_title | form_id | version |
|          | Family     | family  | 1       |
`

// Answers that go on to other tools name the records that they made here, in
// the rows of which they were made, whether or not they named them when they came.
// Another office makes the same records of them.
func TestExportedSubmissionsNameTheirRecords(t *testing.T) {
	const own = "6ba7b810-9dad-41d1-80b4-00c04fd430c8"
	var first []survey.Answered
	for n, xml := range []string{
		`<data id="family" version="1"><child><who>白玛</who><yaks>3</yaks></child>
			<child><who>扎西</who><yaks>4</yaks><meta><entity dataset="household" id="uuid:` + own + `" create="1"><label>扎西</label></entity></meta></child>
			<meta><instanceID>uuid:0f8fad5b-d9cb-469f-a165-70867728950e</instanceID></meta></data>`,
		"",
	} {
		o := newOffice(t)
		if a, err := o.add(t, "family.md", family); err != nil || a.Form == nil {
			t.Fatalf("%v, %v", a.Report.Errors, err)
		}
		if n > 0 {
			xml = string(first[0].XML())
		}
		_, edits, err := o.Receive(t.Context(), survey.Submission{XML: []byte(xml), Region: simtest.Village, Today: "2026-06-01",
			Beside: func(string) (core.FileName, bool, error) { return "", false, nil }})
		if err != nil || len(edits) != 3 {
			t.Fatalf("%d edits, %v", len(edits), err)
		}
		if _, err := o.desk.Commit(t.Context(), edits); err != nil {
			t.Fatal(err)
		}
		f, err := o.Find(t.Context(), "family")
		if err != nil {
			t.Fatal(err)
		}
		visits, err := o.Visits(t.Context(), &f, survey.Filter{}, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		answers, err := o.Answers(t.Context(), &f, visits)
		if err != nil || len(answers) != 1 {
			t.Fatalf("%d answers, %v", len(answers), err)
		}
		out := string(answers[0].XML())
		if n > 0 && out != xml {
			t.Errorf("came as\n%s\nwent as\n%s", xml, out)
		}
		for i, e := range edits[1:] {
			name := e.Set["head_name"].Str()
			want := fmt.Sprintf(`<who>%s</who><yaks>%d</yaks><meta><entity dataset="household" id="`, name, i+3)
			if !strings.Contains(out, want) || !strings.Contains(out, e.ID.String()+`" create="1"><label>`+name+`</label>`) {
				t.Errorf("%s is missing in\n%s", want, out)
			}
		}
		if edits[2].ID.String() != own {
			t.Errorf("the record that was named is %s", edits[2].ID)
		}
		first = answers
	}
}
