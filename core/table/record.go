package table

import (
	"errors"
	"fmt"
	"strings"
)

// Record is one row read by column name.
type Record struct {
	Row   int // as Excel counts, from one
	cells map[string]string
}

// Get returns a cell by its column's name, trimmed; empty where the column is missing.
func (r Record) Get(column string) string { return r.cells[column] }

// RowError is what is wrong with one row. Key, Args and Text are as in [Refusal]; Column may be empty.
type RowError struct {
	Sheet  string
	Row    int
	Column string
	Key    string
	Args   map[string]string
	Text   string
}

func (e *RowError) Error() string {
	if e.Column == "" {
		return fmt.Sprintf("sheet %s, row %d: %s", e.Sheet, e.Row, e.Text)
	}
	return fmt.Sprintf("sheet %s, row %d, column %s: %s", e.Sheet, e.Row, e.Column, e.Text)
}

// Each hands every row under the header to take and collects what is wrong, row by row; the good rows go on. Blank
// rows are passed over. An error of take may be a *RowError, whose place is filled in, or any other error.
func (s *Sheet) Each(take func(Record) error) []*RowError {
	var bad []*RowError
	head := -1
	for n, row := range s.Rows {
		if strings.TrimSpace(strings.Join(row, "")) == "" {
			continue
		}
		if head < 0 {
			head = n
			bad = append(bad, s.checkHeader(n)...)
			continue
		}
		if err := take(s.record(head, n)); err != nil {
			bad = append(bad, s.place(n+1, err))
		}
	}
	return bad
}

// record reads one row by the names in the header row.
func (s *Sheet) record(head, n int) Record {
	r := Record{Row: n + 1, cells: map[string]string{}}
	for col := range s.Rows[head] {
		name := strings.TrimSpace(s.Rows[head][col])
		if _, twice := r.cells[name]; name != "" && !twice {
			r.cells[name] = strings.TrimSpace(s.Cell(n, col))
		}
	}
	return r
}

// checkHeader reports columns named twice: which of them counts would be a guess.
func (s *Sheet) checkHeader(n int) []*RowError {
	var bad []*RowError
	seen := map[string]bool{}
	for _, cell := range s.Rows[n] {
		name := strings.TrimSpace(cell)
		if name != "" && seen[name] {
			bad = append(bad, &RowError{Sheet: s.Name, Row: n + 1, Column: name, Key: "table.header.twice",
				Args: map[string]string{"column": name}, Text: "Column " + name + " appears twice. Rename or delete one."})
		}
		seen[name] = true
	}
	return bad
}

// place fills in where an error happened.
func (s *Sheet) place(row int, err error) *RowError {
	var re *RowError
	if errors.As(err, &re) {
		re.Sheet, re.Row = s.Name, row
		return re
	}
	var ref *Refusal
	if errors.As(err, &ref) {
		return &RowError{Sheet: s.Name, Row: row, Key: ref.Key, Args: ref.Args, Text: ref.Text}
	}
	return &RowError{Sheet: s.Name, Row: row, Key: "table.row", Text: err.Error()}
}
