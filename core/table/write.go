package table

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"time"
)

// Out is a table to be written. A cell is a string, a number, a bool, a time or nil; only numbers become numbers, so
// that an ID number or a phone stays the text it is.
type Out struct {
	Name   string
	Header []string
	Rows   [][]any
}

// all gives header and rows as one list.
func (o Out) all() [][]any {
	rows := make([][]any, 0, len(o.Rows)+1)
	if len(o.Header) > 0 {
		head := make([]any, len(o.Header))
		for i, h := range o.Header {
			head[i] = h
		}
		rows = append(rows, head)
	}
	return append(rows, o.Rows...)
}

// WriteCSV writes one table as CSV in UTF-8 with the mark by which Excel recognizes it.
func WriteCSV(w io.Writer, out Out) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	c := csv.NewWriter(w)
	c.UseCRLF = true
	for _, row := range out.all() {
		cells := make([]string, len(row))
		for i, v := range row {
			cells[i] = csvValue(v)
		}
		if err := c.Write(cells); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// csvValue shows a value as text; what is text already is guarded.
func csvValue(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return guard(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case float32:
		return strconv.FormatFloat(float64(v), 'f', -1, 32)
	case int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64:
		return fmt.Sprint(v)
	case bool:
		return map[bool]string{true: "TRUE", false: "FALSE"}[v]
	case time.Time:
		return v.Format("2006-01-02T15:04:05Z07:00")
	}
	return guard(fmt.Sprint(v))
}

// xlsxValue keeps numbers and booleans typed and turns everything else into guarded text.
func xlsxValue(v any) any {
	switch v := v.(type) {
	case nil:
		return nil
	case float64, float32, int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, bool:
		return v
	default:
		return csvValue(v)
	}
}
