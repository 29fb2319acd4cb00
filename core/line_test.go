package core_test

import (
	"errors"
	"testing"

	"muqu/core"
	"muqu/core/change"
)

// nothing finds no record.
func nothing(core.Ref) (core.Record, bool, error) { return core.Record{}, false, nil }

func TestLineOfAYearAndRegion(t *testing.T) {
	e, err := core.SetLine(core.Line{Year: 2026, Region: "632323", Amount: "8,400.50", Source: "青农〔2026〕1号"}, nothing)
	if err != nil {
		t.Fatal(err)
	}
	if e.ID != core.LineID(2026, "632323000000") || e.Region != "632323000000" || e.Set["amount"].String() != "8400.5" {
		t.Errorf("%+v", e)
	}
	if _, err := e.Prepare(core.Defaults{Role: core.County}); err != nil {
		t.Error(err)
	}
	for _, role := range []core.Role{core.FieldWorker, core.Supervisor, core.Prefecture, core.Viewer} {
		if _, err := e.Prepare(core.Defaults{Role: role}); err == nil {
			t.Errorf("the role %s may set a line", role)
		}
	}
	for want, l := range map[string]core.Line{
		"refuse.missing": {Year: 2026, Region: "63"}, "refuse.range": {Year: 26, Region: "63", Amount: "8000"}, "refuse.region": {Year: 2026, Region: "6", Amount: "8000"},
		"refuse.line.region": {Year: 2026, Region: "632323100", Amount: "8000"}, "refuse.number": {Year: 2026, Region: "63", Amount: "many"},
	} {
		_, err := core.SetLine(l, nothing)
		if got := keyOf(err); got != want {
			t.Errorf("%+v: %q want %q", l, got, want)
		}
	}
}

func keyOf(err error) string {
	var r *core.Refusal
	if errors.As(err, &r) {
		return r.Key
	}
	return ""
}

func TestLinesAreImported(t *testing.T) {
	row := func(year, region, amount, unit string) func(string) string {
		cells := map[string]string{"year": year, "region": region, "amount": amount, "unit": unit, "source": "通知"}
		return func(column string) string { return cells[column] }
	}
	e, err := core.ImportRow("monitoring_line", row("2026", "630000000000", "8000", "CNY/person/year"), nothing, nil)
	if err != nil || e.ID != core.LineID(2026, "63") || e.Region != "630000000000" || e.Set["source"].String() != "通知" || e.From.Kind != "" {
		t.Fatalf("%+v, %v", e, err)
	}
	old := known("monitoring_line", 7, map[string]string{"source": "通知"})
	e, err = core.ImportRow("monitoring_line", row("2026", "63", "8000", "元/人/年"), func(core.Ref) (core.Record, bool, error) { return old, true, nil }, nil)
	if err != nil || e.From.Ref != old.Ref {
		t.Errorf("%+v, %v: it does not start from what is there", e, err)
	}
	for want, get := range map[string]func(string) string{
		"refuse.line.unit": row("2026", "63", "8000", "元/户/月"), "refuse.missing": row("2026", "63", "", ""), "refuse.region": row("2026", "", "8000", ""), "refuse.number": row("x", "63", "8000", ""),
	} {
		_, err := core.ImportRow("monitoring_line", get, nothing, nil)
		if got := keyOf(err); got != want {
			t.Errorf("%q want %q", got, want)
		}
	}
}

func TestWideRegionsComeFirst(t *testing.T) {
	for _, c := range [][2]string{{"630000000000", "632300000000"}, {"632600000000", "632323000000"}, {"63", "6323"}, {"632323000000", "632324000000"}} {
		if core.CompareBreadth(c[0], c[1]) >= 0 || core.CompareBreadth(c[1], c[0]) <= 0 {
			t.Errorf("%s does not come before %s", c[0], c[1])
		}
	}
	if core.CompareBreadth("63", "63") != 0 {
		t.Error("a region differs from itself")
	}
}

func TestLineIsRead(t *testing.T) {
	r := known("monitoring_line", 1, map[string]string{"source": "通知"})
	r.Fields["year"], r.Fields["amount"], r.Region = change.Int(2026), change.Int(8000), "630000000000"
	if got := core.LineOf(&r); got.Year != 2026 || got.Amount != "8000" || got.Region != "630000000000" || got.Source != "通知" {
		t.Errorf("%+v", got)
	}
}

// The id of a line tells its year and region, so that neither changes.
func TestLineKeepsItsYear(t *testing.T) {
	from := known("monitoring_line", 0, nil)
	from.ID, from.Region = core.LineID(2026, "63"), "630000000000"
	from.Fields["year"], from.Fields["amount"] = change.Int(2026), change.Int(8000)
	for _, c := range []struct {
		want   string
		region string
		set    map[string]change.Value
	}{
		{"", "", map[string]change.Value{"amount": change.Int(8100), "year": change.Int(2026)}},
		{"", "630000000000", map[string]change.Value{"amount": change.Null}},
		{"refuse.line.year", "", map[string]change.Value{"year": change.Int(2027)}},
		{"refuse.missing", "", map[string]change.Value{"year": change.Null}},
		{"refuse.line.year", "632300000000", map[string]change.Value{"amount": change.Int(8100)}},
	} {
		e := core.Edit{Ref: from.Ref, From: from, Region: c.region, Set: c.set}
		_, err := e.Prepare(core.Defaults{Role: core.Province})
		if got := keyOf(err); got != c.want || c.want == "" && err != nil {
			t.Errorf("%v %s: %v, want %q", c.set, c.region, err, c.want)
		}
	}
}
