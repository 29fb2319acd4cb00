package survey_test

import (
	"testing"

	"muqu/app/survey"
	"muqu/core"
	"muqu/core/form"
)

// set sets a line as an administrator.
func (o *office) set(t *testing.T, year int, region, amount string) {
	t.Helper()
	e, err := core.SetLine(core.Line{Year: year, Region: region, Amount: amount, Source: "通知"}, func(ref core.Ref) (core.Record, bool, error) { return o.desk.Get(t.Context(), ref) })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.desk.Commit(t.Context(), []core.Edit{e}); err != nil {
		t.Fatal(err)
	}
}

// What an office set comes before what came with the program; one who asks by
// the year alone gets the province's.
func TestLinesAreLookedUp(t *testing.T) {
	o := newOffice(t)
	o.desk = o.whole
	o.Book = o.desk
	look := func(key, value string) string {
		t.Helper()
		got, _ := o.Data(t.Context(), core.FormVersion{})("monitoring_line").Lookup("amount", key, value)
		return got
	}
	for _, c := range []struct{ key, value string }{{"year", "2026"}, {"key", "2026-632323000000"}, {"key", "2026-630000000000"}, {"year", "2099"}} {
		if got := look(c.key, c.value); got != "" {
			t.Errorf("%s %s is %q, though nobody knows", c.key, c.value, got)
		}
	}
	o.set(t, 2026, "632323", "8400")
	o.set(t, 2027, "6323", "9100")
	for _, year := range []string{"2026", "2027"} {
		if got := look("year", year); got != "" {
			t.Errorf("the line of one county is %s's of the province: %s", year, got)
		}
	}
	data := o.Data(t.Context(), core.FormVersion{})
	if got, _ := data("monitoring_line").Lookup("amount", "year", "2026"); got != "" {
		t.Errorf("got %q", got)
	}
	o.set(t, 2026, "63", "8000")
	if got, _ := data("monitoring_line").Lookup("amount", "year", "2026"); got != "" {
		t.Error("an interview's line changed while it ran")
	}
	for want, c := range map[string][2]string{"8000": {"year", "2026"}, "8400": {"key", "2026-632323000000"}, "9100": {"key", "2027-632300000000"}, "": {"key", "2026-632300000000"}} {
		if got := look(c[0], c[1]); got != want {
			t.Errorf("%v: %q want %q", c, got, want)
		}
	}
	if got, _ := o.Data(t.Context(), core.FormVersion{})("monitoring_line").Lookup("source", "year", "2026"); got != "通知" {
		t.Errorf("source %q", got)
	}
	if o.Data(t.Context(), core.FormVersion{})("nothing") != nil {
		t.Error("a table that nobody has")
	}
	if got, _ := new(survey.Library).Data(t.Context(), core.FormVersion{})("monitoring_line").Lookup("year", "key", "2026-630000000000"); got != "2026" {
		t.Error("without a book there is not even what came with the program")
	}
}

// An expression that walks the table finds the newest as well.
func TestLinesAsAnInstance(t *testing.T) {
	o := newOffice(t)
	o.desk = o.whole
	o.Book = o.desk
	o.set(t, 2026, "63", "8000")
	const md = `
| survey |               |      |       |
|        | type          | name | label | calculation |
|        | csv-external  | monitoring_line | | |
|        | calculate     | line |       | instance('monitoring_line')/root/item[year='2026' and region='630000000000']/amount |
`
	f, report := form.ReadFile("x.md", []byte(md))
	if f == nil {
		t.Fatal(report.Errors)
	}
	v := form.New(f, form.Config{Data: o.Data(t.Context(), core.FormVersion{})})
	if got := v.Value("line"); got != "8000" {
		t.Errorf("got %q", got)
	}
}
