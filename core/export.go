package core

import (
	"sort"
	"strings"

	"muqu/core/change"
)

// Sheet is a table of records, ready to be written as a file.
type Sheet struct {
	Name   string
	Header []string
	Rows   [][]any
}

// Export makes a table of records of one kind: the declared fields in their
// order, then what else the records hold. label gives the words above a
// column; nil leaves the field names, which Import reads back.
func Export(kind string, records []Record, regions *Regions, label func(field string) string) Sheet {
	if label == nil {
		label = func(f string) string { return f }
	}
	fields := exportFields(kind, records)
	s := Sheet{Name: kind, Header: []string{label("id"), label("region"), label("region_name")}}
	for _, f := range fields {
		s.Header = append(s.Header, label(f))
	}
	for i := range records {
		r := &records[i]
		row := []any{r.ID.String(), r.Region, regions.Name(r.Region)}
		for _, f := range fields {
			row = append(row, cell(KindOf(kind).Field(f), r.Fields[f]))
		}
		s.Rows = append(s.Rows, row)
	}
	return s
}

func exportFields(kind string, records []Record) []string {
	var out []string
	known := make(map[string]bool)
	for _, f := range KindOf(kind).Fields {
		out = append(out, f.Name)
		known[f.Name] = true
	}
	var more []string
	for i := range records {
		for f := range records[i].Fields {
			if !known[f] {
				known[f] = true
				more = append(more, f)
			}
		}
	}
	sort.Strings(more)
	return append(out, more...)
}

// cell gives what a spreadsheet shows: numbers as numbers, lists separated by
// spaces as XLSForm has them, everything else as text.
func cell(f Field, v change.Value) any {
	switch f.Type {
	case Integer, Decimal, Money:
		if n, ok := v.Float(); ok {
			return n
		}
	case Choices, References, Files:
		return strings.Join(v.Strs(), " ")
	}
	if v.IsNull() {
		return ""
	}
	return v.String()
}

// ImportRow makes the edit of one row of a table whose columns are field
// names, besides id and region. Only cells that hold something are set. The
// record is found by its id, a region by its code.
func ImportRow(kind string, get func(column string) string, find func(Ref) (Record, bool, error), fresh func() change.RecordID) (Edit, error) {
	e := Edit{Ref: Ref{Kind: kind}, Set: make(map[string]change.Value)}
	for _, f := range KindOf(kind).Fields {
		text := get(f.Name)
		if text == "" {
			continue
		}
		v, err := Parse(f.defaulted(), text)
		if err != nil {
			return e, err
		}
		e.Set[f.Name] = v
	}
	if len(e.Set) == 0 {
		return e, Refuse(Missing, "", "refuse.nothing")
	}
	if kind == monitoringLine.Name {
		return importLine(get, e.Set, find)
	}
	id := get("id")
	if kind == region.Name {
		code := e.Set["code"].Str()
		if code == "" {
			return e, Refuse(Missing, "code", "refuse.region", "code", "")
		}
		id, e.Region = Derive(kind, code, "").String(), code
	}
	if code := get("region"); code != "" {
		prefix, err := RegionPrefix(code)
		if err != nil {
			return e, err
		}
		e.Region = PadRegion(prefix)
	}
	var err error
	if e.ID, err = IdentityOf(kind, id, e.Set, fresh); err != nil {
		return e, err
	}
	if id != "" {
		r, found, err := find(e.Ref)
		if err != nil {
			return e, err
		}
		if found {
			e.From = r
		}
	}
	return e, nil
}
