package table

import (
	"fmt"
	"strings"
)

// Workbook is a set of sheets in the order of the file.
type Workbook struct {
	Sheets []Sheet
	Format Format // of the file it came from
}

// Format is the kind of file that a workbook came from.
type Format string

// The formats that are read.
const (
	Excel    Format = "excel"
	CSV      Format = "csv"
	Markdown Format = "markdown"
)

// Sheet is one table of text. Rows may differ in length; missing cells are empty.
type Sheet struct {
	Name string
	Rows [][]string
}

// Limits bound what a file may cost. The zero value means the defaults below.
type Limits struct {
	Bytes int64 // size of the file as received
	Plain int64 // size once unpacked
	Rows  int   // rows in a sheet
	Cols  int   // columns in a row
	Cells int   // cells in the workbook that hold something
}

// DefaultLimits fit a province's household list and stop a zip bomb.
func DefaultLimits() Limits {
	return Limits{Bytes: 64 << 20, Plain: 512 << 20, Rows: 1 << 20, Cols: 4096, Cells: 24 << 20}
}

// orDefault fills the limits that were left at zero.
func (l Limits) orDefault() Limits {
	d := DefaultLimits()
	if l.Bytes == 0 {
		l.Bytes = d.Bytes
	}
	if l.Plain == 0 {
		l.Plain = d.Plain
	}
	if l.Rows == 0 {
		l.Rows = d.Rows
	}
	if l.Cols == 0 {
		l.Cols = d.Cols
	}
	if l.Cells == 0 {
		l.Cells = d.Cells
	}
	return l
}

// Sheet finds a sheet by name, ignoring case and blanks around the name.
func (w *Workbook) Sheet(name string) *Sheet {
	for i := range w.Sheets {
		if strings.EqualFold(strings.TrimSpace(w.Sheets[i].Name), name) {
			return &w.Sheets[i]
		}
	}
	return nil
}

// Cell returns the cell at zero-based row and column, empty where there is none.
func (s *Sheet) Cell(row, col int) string {
	if row < 0 || row >= len(s.Rows) || col < 0 || col >= len(s.Rows[row]) {
		return ""
	}
	return s.Rows[row][col]
}

// ColumnName gives the letters Excel shows above a zero-based column.
func ColumnName(col int) string {
	name := ""
	for col++; col > 0; col = (col - 1) / 26 {
		name = string(rune('A'+(col-1)%26)) + name
	}
	return name
}

// Refusal says why a file as a whole can't be read. Key is stable and names the sentence in the catalogue; Text is
// the English sentence.
type Refusal struct {
	Key  string
	Args map[string]string
	Text string
}

func (r *Refusal) Error() string { return r.Text }

// refuse builds a Refusal from a sentence with {name} places.
func refuse(key, text string, args ...string) *Refusal {
	r := &Refusal{Key: key, Text: text, Args: map[string]string{}}
	for i := 0; i+1 < len(args); i += 2 {
		r.Args[args[i]] = args[i+1]
		r.Text = strings.ReplaceAll(r.Text, "{"+args[i]+"}", args[i+1])
	}
	return r
}

// budget counts cells across the sheets of one file.
type budget struct {
	lim   Limits
	cells int
}

// row checks one more row against the limits.
func (b *budget) row(sheet string, n int, cells []string) error {
	if n >= b.lim.Rows {
		return refuse("table.rows", "Sheet {sheet} has more than {max} rows. Split the file.", "sheet", sheet, "max", fmt.Sprint(b.lim.Rows))
	}
	if len(cells) > b.lim.Cols {
		return refuse("table.cols", "Sheet {sheet}, row {row} has more than {max} columns. Delete the columns that are not used.",
			"sheet", sheet, "row", fmt.Sprint(n+1), "max", fmt.Sprint(b.lim.Cols))
	}
	if b.cells += len(cells); b.cells > b.lim.Cells {
		return refuse("table.cells", "The file has more than {max} cells. Split the file.", "max", fmt.Sprint(b.lim.Cells))
	}
	return nil
}
