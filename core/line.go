package core

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"muqu/core/change"
)

// monitoringLine is the income per person and year below which a household is
// watched, as a province, prefecture or county announces it for a year. It is
// reference data, never a constant. Its region is where it holds; every tablet
// gets all of them.
var monitoringLine = Kind{
	Name:   "monitoring_line",
	Title:  []string{"year", "amount"},
	Shared: true,
	Later:  true,
	Fields: []Field{
		{Name: "year", Type: Integer, Rule: change.Review, Min: firstYear, Max: lastYear, Column: true, Index: true},
		{Name: "amount", Type: Money, Rule: change.Review, Min: 1, Max: 1e6, Column: true},
		{Name: "source", Rule: change.Review, Column: true},
		{Name: "remark"},
	},
}

// The years for which there can be a line.
const (
	firstYear = 2000
	lastYear  = 2100
)

// LineUnit is what the amount of a line is counted in.
const LineUnit = "CNY/person/year"

// Line is a monitoring line as its record describes it.
type Line struct {
	Ref
	Year   int
	Region string // 12 digits: where it holds
	Amount string // CNY per person and year, "" for not known
	Source string
	// Disputed says that several values stand against each other.
	Disputed bool
}

// LineID gives the id of the record of the line of a year in a region.
func LineID(year int, region string) change.RecordID {
	return Derive(monitoringLine.Name, strconv.Itoa(year), PadRegion(region))
}

// LineOf reads a record of a line.
func LineOf(r *Record) Line {
	year, _ := r.Field("year").Float()
	return Line{Ref: r.Ref, Year: int(year), Region: r.Region, Amount: r.Text("amount"), Source: r.Text("source"), Disputed: len(r.Conflicts) > 0}
}

// Lines gives all lines, the latest year first, within a year the widest
// region first.
func Lines(ctx context.Context, b Book) ([]Line, error) {
	list, err := b.List(ctx, Query{Kind: monitoringLine.Name})
	if err != nil {
		return nil, err
	}
	out := make([]Line, len(list))
	for i := range list {
		out[i] = LineOf(&list[i])
	}
	slices.SortFunc(out, func(a, b Line) int {
		if a.Year != b.Year {
			return b.Year - a.Year
		}
		return CompareBreadth(a.Region, b.Region)
	})
	return out, nil
}

// CompareBreadth puts the code of a wider region before that of a narrower one.
func CompareBreadth(a, b string) int {
	if d := len(trimRegion(PadRegion(a))) - len(trimRegion(PadRegion(b))); d != 0 {
		return d
	}
	return strings.Compare(a, b)
}

// SetLine returns the edit that sets the line of a year in a region to what was
// typed. No source is none. find gives the record that is there already.
func SetLine(l Line, find func(Ref) (Record, bool, error)) (Edit, error) {
	set := make(map[string]change.Value)
	for name, text := range map[string]string{"year": strconv.Itoa(l.Year), "amount": l.Amount, "source": l.Source} {
		v, err := Parse(KindOf(monitoringLine.Name).Field(name), text)
		if err != nil {
			return Edit{}, err
		}
		set[name] = v
	}
	return lineEdit(l.Region, set, find)
}

// lineEdit makes the edit of a line of which some fields were read.
func lineEdit(region string, set map[string]change.Value, find func(Ref) (Record, bool, error)) (Edit, error) {
	prefix, err := RegionPrefix(region)
	if err != nil {
		return Edit{}, err
	}
	if len(prefix) > 6 {
		return Edit{}, Refuse(Invalid, "region", "refuse.line.region")
	}
	year, ok := set["year"].Float()
	if !ok {
		return Edit{}, Refuse(Missing, "year", "refuse.missing")
	}
	if set["amount"].IsNull() {
		return Edit{}, Refuse(Missing, "amount", "refuse.missing")
	}
	e := Edit{Ref: Ref{Kind: monitoringLine.Name, ID: LineID(int(year), prefix)}, Region: PadRegion(prefix), Set: set}
	old, found, err := find(e.Ref)
	if found {
		e.From = old
	}
	return e, err
}

// checkLine keeps a line at its year and region, which its id tells: another
// year has a line of its own.
func (e *Edit) checkLine(set map[string]change.Value) error {
	if e.Kind != monitoringLine.Name {
		return nil
	}
	year, typed := set["year"]
	if typed && year.IsNull() {
		return Refuse(Missing, "year", "refuse.missing")
	}
	if !typed {
		year = e.From.Field("year")
	}
	region := e.Region
	if region == "" {
		region = e.From.Region
	}
	if n, known := year.Float(); known && region != "" && e.ID != LineID(int(n), region) {
		return Refuse(Invalid, "year", "refuse.line.year")
	}
	return nil
}

// importLine reads the rest of a row with a line: where it holds, and in what
// it is counted.
func importLine(get func(column string) string, set map[string]change.Value, find func(Ref) (Record, bool, error)) (Edit, error) {
	switch unit := strings.ReplaceAll(get("unit"), " ", ""); unit {
	case "", LineUnit, "元/人/年", "元/人·年", "元":
	default:
		return Edit{}, Refuse(Invalid, "unit", "refuse.line.unit", "unit", unit)
	}
	return lineEdit(get("region"), set, find)
}
