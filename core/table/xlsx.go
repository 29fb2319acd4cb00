package table

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// readXLSX reads every sheet as text.
func readXLSX(data []byte, lim Limits) (*Workbook, error) {
	if err := plainSize(data, lim); err != nil {
		return nil, err
	}
	f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		RawCellValue: true, UnzipSizeLimit: lim.Plain, UnzipXMLSizeLimit: lim.Plain,
	})
	if err != nil {
		return nil, refuse("table.xlsx", "The Excel file can't be read: {why}. Open it in Excel or WPS and save it again as .xlsx.", "why", err.Error())
	}
	defer f.Close()
	book := &Workbook{}
	b := budget{lim: lim}
	for _, name := range f.GetSheetList() {
		sheet, err := readSheet(f, name, &b)
		if err != nil {
			return nil, err
		}
		book.Sheets = append(book.Sheets, sheet)
	}
	return book, nil
}

// plainSize refuses a file that says itself that it unpacks to too much. One that lies is stopped while it is unpacked.
func plainSize(data []byte, lim Limits) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil // the library says what is wrong with it
	}
	var sum uint64
	for _, f := range z.File {
		if sum += f.UncompressedSize64; f.UncompressedSize64 > uint64(lim.Plain) || sum > uint64(lim.Plain) {
			return refuse("table.plain", "The file unpacks to more than {max} MB. Delete sheets and pictures that are not needed.",
				"max", strconv.FormatInt(lim.Plain>>20, 10))
		}
	}
	return nil
}

// readSheet streams one sheet.
func readSheet(f *excelize.File, name string, b *budget) (Sheet, error) {
	sheet := Sheet{Name: name}
	rows, err := f.Rows(name)
	if err != nil {
		var notSheet excelize.ErrSheetNotExist
		if errors.As(err, &notSheet) {
			return sheet, nil // a chart or a dialog, not a table
		}
		return sheet, refuse("table.sheet", "Sheet {sheet} can't be read: {why}.", "sheet", name, "why", err.Error())
	}
	defer rows.Close()
	blank := 0
	for n := 0; rows.Next(); n++ {
		cells, err := rows.Columns()
		if err != nil {
			return sheet, refuse("table.sheet", "Sheet {sheet} can't be read: {why}.", "sheet", name, "why", err.Error())
		}
		if err := b.row(name, n, cells); err != nil {
			return sheet, err
		}
		for col := range cells {
			cells[col] = cellText(f, name, n, col, cells[col])
		}
		// Rows below the last one with content are kept out: Excel files often claim a million of them.
		if strings.Join(cells, "") == "" {
			blank++
			continue
		}
		for ; blank > 0; blank-- {
			sheet.Rows = append(sheet.Rows, nil)
		}
		sheet.Rows = append(sheet.Rows, cells)
	}
	return sheet, rows.Error()
}

// cellText shows one raw cell as the text a clerk meant.
func cellText(f *excelize.File, sheet string, row, col int, raw string) string {
	if raw == "" {
		return ""
	}
	num, err := strconv.ParseFloat(raw, 64)
	if err != nil {
		return unguard(raw)
	}
	ref, err := excelize.CoordinatesToCellName(col+1, row+1)
	if err != nil {
		return raw
	}
	switch kind, _ := f.GetCellType(sheet, ref); kind {
	case excelize.CellTypeSharedString, excelize.CellTypeInlineString:
		return unguard(raw)
	case excelize.CellTypeBool:
		return map[bool]string{true: "TRUE", false: "FALSE"}[num != 0]
	}
	if isDateCell(f, sheet, ref) {
		if t, err := excelize.ExcelDateToTime(num, false); err == nil {
			return dateText(t)
		}
	}
	return numberText(num, raw)
}

// numberText prints 3.0 as 3, as every form tool does, and leaves other digits alone.
func numberText(num float64, raw string) string {
	if strings.Trim(raw, "0123456789") == "" {
		return raw // an ID number typed as a number keeps every digit that the file has
	}
	if num == float64(int64(num)) && num < 1e15 && num > -1e15 {
		return strconv.FormatInt(int64(num), 10)
	}
	if strings.ContainsAny(raw, "eE") || len(raw) > 17 {
		return strconv.FormatFloat(num, 'f', -1, 64)
	}
	return raw
}

// dateText leaves out a time of midnight: nobody typed it.
func dateText(t time.Time) string {
	t = t.Round(time.Second)
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 {
		return t.Format("2006-01-02")
	}
	return t.Format("2006-01-02T15:04:05")
}

// isDateCell says whether the cell's number format shows a date.
func isDateCell(f *excelize.File, sheet, ref string) bool {
	id, err := f.GetCellStyle(sheet, ref)
	if err != nil || id == 0 {
		return false
	}
	style, err := f.GetStyle(id)
	if err != nil {
		return false
	}
	if style.CustomNumFmt != nil {
		return isDateFormat(*style.CustomNumFmt)
	}
	return isDateID(style.NumFmt)
}

// isDateID knows the built-in number formats that show a date.
func isDateID(n int) bool {
	return n >= 14 && n <= 17 || n == 22 || n >= 27 && n <= 36 || n >= 50 && n <= 58
}

// isDateFormat looks for a year or a day outside quoted text and color or locale brackets.
func isDateFormat(code string) bool {
	quoted, bracket := false, false
	for _, r := range code {
		switch {
		case r == '"':
			quoted = !quoted
		case r == '[':
			bracket = true
		case r == ']':
			bracket = false
		case !quoted && !bracket && strings.ContainsRune("yYdD", r):
			return true
		}
	}
	return false
}

// WriteXLSX writes tables as an Excel workbook, one sheet each.
func WriteXLSX(w io.Writer, outs ...Out) error {
	f := excelize.NewFile()
	defer f.Close()
	for i, out := range outs {
		name := safeSheetName(out.Name, i)
		if i == 0 {
			if err := f.SetSheetName("Sheet1", name); err != nil {
				return err
			}
		} else if _, err := f.NewSheet(name); err != nil {
			return err
		}
		if err := streamSheet(f, name, out); err != nil {
			return err
		}
	}
	return f.Write(w)
}

// streamSheet writes one table row by row, so that a province's households fit into memory.
func streamSheet(f *excelize.File, name string, out Out) error {
	sw, err := f.NewStreamWriter(name)
	if err != nil {
		return err
	}
	for n, row := range out.all() {
		cells := make([]any, len(row))
		for i, v := range row {
			cells[i] = xlsxValue(v)
		}
		if err := sw.SetRow("A"+strconv.Itoa(n+1), cells); err != nil {
			return err
		}
	}
	return sw.Flush()
}

// safeSheetName keeps to Excel's rules for sheet names.
func safeSheetName(name string, i int) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) {
			return '_'
		}
		return r
	}, name)
	if r := []rune(name); len(r) > 31 {
		name = string(r[:31])
	}
	if name == "" {
		name = "Sheet" + strconv.Itoa(i+1)
	}
	return name
}
