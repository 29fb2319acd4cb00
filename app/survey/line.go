package survey

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"muqu/core"
	"muqu/core/form"
	"muqu/core/table"
)

// lineTable is the name under which forms look monitoring lines up. Its
// columns are those of the file that comes with the program: year, region,
// amount, unit, source, certainty, and key, which is year and region with a
// hyphen between. A form that asks by the year alone gets the province's.
const lineTable = "monitoring_line"

// lines gives the monitoring lines: those that are kept, and those of the file
// for years and regions of which none is kept. An empty amount is one that
// nobody knows.
func (l *Library) lines(ctx context.Context) *form.Dataset {
	sheet := shippedSheet(lineTable)
	if sheet == nil || len(sheet.Rows) == 0 {
		return nil
	}
	kept, err := l.keptLines(ctx)
	if err != nil {
		kept = nil // what came with the program is better than no form
	}
	rows := make(map[string][]string)
	at := make(map[string]int)
	for i, name := range sheet.Rows[0] {
		at[name] = i
	}
	for _, row := range sheet.Rows[1:] {
		if key := at["key"]; key < len(row) {
			rows[row[key]] = row
		}
	}
	for i := range kept {
		x := &kept[i]
		province := core.Line{Year: x.Year, Region: core.PadRegion(x.Region[:2])}
		if key := lineKey(&province); rows[key] == nil {
			rows[key] = lineRow(at, &province) // so that no county's line passes for it
		}
		rows[lineKey(x)] = lineRow(at, x)
	}
	return form.NewDataset(&table.Sheet{Name: lineTable, Rows: append([][]string{sheet.Rows[0]}, sortedLines(at, rows)...)})
}

func (l *Library) keptLines(ctx context.Context) ([]core.Line, error) {
	if l.Book == nil {
		return nil, nil
	}
	return core.Lines(ctx, l.Book)
}

func lineKey(x *core.Line) string { return strconv.Itoa(x.Year) + "-" + x.Region }

func lineRow(at map[string]int, x *core.Line) []string {
	row := make([]string, len(at))
	for name, text := range map[string]string{"year": strconv.Itoa(x.Year), "region": x.Region, "amount": x.Amount, "unit": core.LineUnit,
		"source": x.Source, "key": lineKey(x)} {
		if i, ok := at[name]; ok {
			row[i] = text
		}
	}
	return row
}

// sortedLines puts the rows in the order of their years, the widest region of a
// year first.
func sortedLines(at map[string]int, rows map[string][]string) [][]string {
	year, region := at["year"], at["region"]
	out := make([][]string, 0, len(rows))
	for _, row := range rows {
		out = append(out, row)
	}
	slices.SortFunc(out, func(a, b []string) int {
		if a[year] != b[year] {
			return strings.Compare(a[year], b[year])
		}
		return core.CompareBreadth(a[region], b[region])
	})
	return out
}
