package table

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"strconv"
	"unicode/utf16"

	"github.com/richardlehane/mscfb"
	"github.com/xuri/excelize/v2"
)

// Record types of the old Excel format that hold what is read here.
const (
	biffFormula   = 0x0006
	biffEOF       = 0x000a
	biffDates1904 = 0x0022
	biffPassword  = 0x002f
	biffContinue  = 0x003c
	biffSheet     = 0x0085
	biffMulRK     = 0x00bd
	biffXF        = 0x00e0
	biffSST       = 0x00fc
	biffLabelSST  = 0x00fd
	biffNumber    = 0x0203
	biffLabel     = 0x0204
	biffBool      = 0x0205
	biffString    = 0x0207
	biffRK        = 0x027e
	biffFormat    = 0x041e
	biffBOF       = 0x0809
	biffVersion8  = 0x0600
)

// readXLS reads workbooks of Excel 97 to 2003, which offices still keep and sometimes rename to .xlsx.
func readXLS(name string, data []byte, lim Limits) (*Workbook, error) {
	stream, err := workbookStream(data, lim)
	if err != nil || stream == nil {
		return nil, refuse("table.xls", "The file {name} is in an old Excel format that can't be read, or has a password. Open it in Excel or WPS and save it as .xlsx without a password.", "name", name)
	}
	x := &xlsReader{stream: stream, formats: map[uint16]string{}, budget: budget{lim: lim}}
	if err := x.globals(); err != nil {
		return nil, err
	}
	if x.locked || !x.version8 {
		return nil, refuse("table.xls", "The file {name} is in an old Excel format that can't be read, or has a password. Open it in Excel or WPS and save it as .xlsx without a password.", "name", name)
	}
	book := &Workbook{}
	for _, s := range x.sheets {
		sheet, err := x.sheet(s)
		if err != nil {
			return nil, err
		}
		book.Sheets = append(book.Sheets, sheet)
	}
	return book, nil
}

// workbookStream takes the workbook out of its container.
func workbookStream(data []byte, lim Limits) ([]byte, error) {
	doc, err := mscfb.New(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	for entry, err := doc.Next(); err == nil; entry, err = doc.Next() {
		if entry.Name == "Workbook" {
			return io.ReadAll(io.LimitReader(entry, min(lim.Plain, int64(len(data)))))
		}
	}
	return nil, nil
}

// xlsReader walks the records of a workbook.
type xlsReader struct {
	stream   []byte
	sheets   []xlsSheet
	texts    []string
	formats  map[uint16]string // number formats by id
	styles   []uint16          // number format of each cell style
	date1904 bool
	locked   bool
	version8 bool
	budget   budget
}

// xlsSheet is a sheet's name and where its records begin.
type xlsSheet struct {
	name string
	at   int
}

// record gives the record at a place and the place of the next; ok is false at the end.
func (x *xlsReader) record(at int) (kind uint16, body []byte, next int, ok bool) {
	if at < 0 || at+4 > len(x.stream) {
		return 0, nil, 0, false
	}
	kind = binary.LittleEndian.Uint16(x.stream[at:])
	size := int(binary.LittleEndian.Uint16(x.stream[at+2:]))
	if at+4+size > len(x.stream) {
		return 0, nil, 0, false
	}
	return kind, x.stream[at+4 : at+4+size], at + 4 + size, true
}

// globals reads what all sheets share: their names, the texts and the formats.
func (x *xlsReader) globals() error {
	for at := 0; ; {
		kind, body, next, ok := x.record(at)
		if !ok || kind == biffEOF {
			return nil
		}
		switch kind {
		case biffBOF:
			x.version8 = len(body) >= 2 && binary.LittleEndian.Uint16(body) == biffVersion8
		case biffPassword:
			x.locked = true
		case biffDates1904:
			x.date1904 = len(body) >= 2 && body[0] == 1
		case biffSheet:
			x.boundSheet(body)
		case biffXF:
			if len(body) >= 4 {
				x.styles = append(x.styles, binary.LittleEndian.Uint16(body[2:]))
			}
		case biffFormat:
			if len(body) >= 5 {
				text, _ := plainString(body[2:], 2)
				x.formats[binary.LittleEndian.Uint16(body)] = text
			}
		case biffSST:
			var err error
			if next, err = x.sharedTexts(body, next); err != nil {
				return err
			}
		}
		at = next
	}
}

func (x *xlsReader) boundSheet(body []byte) {
	if len(body) < 8 || body[5] != 0 {
		return // a chart or a macro
	}
	name, _ := plainString(body[6:], 1)
	x.sheets = append(x.sheets, xlsSheet{name, int(binary.LittleEndian.Uint32(body))})
}

// plainString reads a text with a length of one or two bytes and a byte that says how wide its characters are.
func plainString(b []byte, lengthBytes int) (string, bool) {
	if len(b) < lengthBytes+1 {
		return "", false
	}
	n := int(b[0])
	if lengthBytes == 2 {
		n = int(binary.LittleEndian.Uint16(b))
	}
	wide := b[lengthBytes]&1 == 1
	return characters(b[lengthBytes+1:], n, wide)
}

func characters(b []byte, n int, wide bool) (string, bool) {
	if !wide {
		if len(b) < n {
			return "", false
		}
		r := make([]rune, n)
		for i := range r {
			r[i] = rune(b[i])
		}
		return string(r), true
	}
	if len(b) < 2*n {
		return "", false
	}
	u := make([]uint16, n)
	for i := range u {
		u[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(u)), true
}

// sharedTexts reads the table of texts, which runs on over several records.
func (x *xlsReader) sharedTexts(body []byte, next int) (int, error) {
	parts := [][]byte{body}
	for {
		kind, more, after, ok := x.record(next)
		if !ok || kind != biffContinue {
			break
		}
		parts, next = append(parts, more), after
	}
	if len(body) < 8 {
		return next, nil
	}
	count := int(binary.LittleEndian.Uint32(body[4:]))
	if count > x.budget.lim.Cells {
		return next, refuse("table.cells", "The file has more than {max} cells. Split the file.", "max", strconv.Itoa(x.budget.lim.Cells))
	}
	t := &textTable{parts: parts, at: 8}
	for range count {
		text, ok := t.next()
		if !ok {
			break
		}
		x.texts = append(x.texts, text)
	}
	return next, nil
}

// sheet reads the cells of one sheet.
func (x *xlsReader) sheet(s xlsSheet) (Sheet, error) {
	out := Sheet{Name: s.name}
	depth := 0
	row, col := -1, -1 // of a formula whose text comes in the next record
	for at := s.at; ; {
		kind, body, next, ok := x.record(at)
		if !ok {
			return out, nil
		}
		at = next
		switch kind {
		case biffBOF:
			depth++
		case biffEOF:
			if depth--; depth <= 0 {
				return out, nil
			}
		case biffString:
			if text, ok := plainString(body, 2); ok && row >= 0 {
				if err := x.put(&out, row, col, text); err != nil {
					return out, err
				}
			}
			row = -1
		default:
			if depth != 1 || len(body) < 6 {
				continue
			}
			row, col = int(binary.LittleEndian.Uint16(body)), int(binary.LittleEndian.Uint16(body[2:]))
			if err := x.cell(&out, kind, body, row, col); err != nil {
				return out, err
			}
		}
	}
}

// cell reads one record that may hold cells.
func (x *xlsReader) cell(out *Sheet, kind uint16, body []byte, row, col int) error {
	style := binary.LittleEndian.Uint16(body[4:])
	switch {
	case kind == biffLabelSST && len(body) >= 10:
		if i := int(binary.LittleEndian.Uint32(body[6:])); i < len(x.texts) {
			return x.put(out, row, col, x.texts[i])
		}
	case kind == biffLabel && len(body) >= 9:
		text, _ := plainString(body[6:], 2)
		return x.put(out, row, col, text)
	case kind == biffNumber && len(body) >= 14:
		return x.put(out, row, col, x.number(math.Float64frombits(binary.LittleEndian.Uint64(body[6:])), style))
	case kind == biffRK && len(body) >= 10:
		return x.put(out, row, col, x.number(rkNumber(binary.LittleEndian.Uint32(body[6:])), style))
	case kind == biffBool && len(body) >= 8 && body[7] == 0:
		return x.put(out, row, col, map[bool]string{true: "TRUE", false: "FALSE"}[body[6] != 0])
	case kind == biffFormula && len(body) >= 14:
		return x.formula(out, body, row, col, style)
	case kind == biffMulRK:
		for i := 4; i+6 <= len(body)-2; i += 6 {
			n := rkNumber(binary.LittleEndian.Uint32(body[i+2:]))
			if err := x.put(out, row, col+(i-4)/6, x.number(n, binary.LittleEndian.Uint16(body[i:]))); err != nil {
				return err
			}
		}
	}
	return nil
}

// formula reads the value that a formula had when the file was saved.
func (x *xlsReader) formula(out *Sheet, body []byte, row, col int, style uint16) error {
	if body[12] != 0xff || body[13] != 0xff {
		return x.put(out, row, col, x.number(math.Float64frombits(binary.LittleEndian.Uint64(body[6:])), style))
	}
	if body[6] == 1 {
		return x.put(out, row, col, map[bool]string{true: "TRUE", false: "FALSE"}[body[8] != 0])
	}
	return nil
}

// rkNumber unpacks the short form of numbers.
func rkNumber(rk uint32) float64 {
	var n float64
	if rk&2 != 0 {
		n = float64(int32(rk) >> 2)
	} else {
		n = math.Float64frombits(uint64(rk&^3) << 32)
	}
	if rk&1 != 0 {
		n /= 100
	}
	return n
}

// number shows a number as text, a date as a date.
func (x *xlsReader) number(n float64, style uint16) string {
	if int(style) < len(x.styles) {
		id := x.styles[style]
		if code, custom := x.formats[id]; custom && isDateFormat(code) || !custom && isDateID(int(id)) {
			if t, err := excelize.ExcelDateToTime(n, x.date1904); err == nil {
				return dateText(t)
			}
		}
	}
	return numberText(n, strconv.FormatFloat(n, 'f', -1, 64))
}

// put stores one cell.
func (x *xlsReader) put(out *Sheet, row, col int, text string) error {
	for len(out.Rows) <= row {
		if err := x.budget.row(out.Name, len(out.Rows), nil); err != nil {
			return err
		}
		out.Rows = append(out.Rows, nil)
	}
	if col >= len(out.Rows[row]) {
		grown := make([]string, col+1)
		copy(grown, out.Rows[row])
		if err := x.budget.row(out.Name, row, grown[:1]); err != nil || col >= x.budget.lim.Cols {
			return refuse("table.cols", "Sheet {sheet}, row {row} has more than {max} columns. Delete the columns that are not used.",
				"sheet", out.Name, "row", strconv.Itoa(row+1), "max", strconv.Itoa(x.budget.lim.Cols))
		}
		out.Rows[row] = grown
	}
	out.Rows[row][col] = unguard(text)
	return nil
}
