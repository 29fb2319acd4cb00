package table

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// decodeText turns a text file into UTF-8. Chinese Excel saves CSV as GB18030 and, as "Unicode text", as UTF-16.
func decodeText(data []byte) (string, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		data = data[3:]
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		out, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(data)
		return string(out), err
	}
	if utf8.Valid(data) {
		return string(data), nil
	}
	out, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	if err != nil || bytes.ContainsRune(out, utf8.RuneError) {
		return "", refuse("table.encoding", "The file is not text that can be read. Save it as CSV UTF-8.")
	}
	return string(out), nil
}

// readCSV reads one sheet, or several when the first column names the sheets as form tools write it.
func readCSV(name, text string, lim Limits) (*Workbook, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.FieldsPerRecord = -1
	r.LazyQuotes = true
	r.Comma = separator(text)
	b := budget{lim: lim}
	sheet := Sheet{Name: name}
	at := int64(0)
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, refuse("table.csv", "The CSV file can't be read: {why}. Save it again as CSV UTF-8.", "why", err.Error())
		}
		for range blankLines(text[at:r.InputOffset()]) {
			sheet.Rows = append(sheet.Rows, nil)
		}
		at = r.InputOffset()
		for i := range row {
			row[i] = unguard(row[i])
		}
		if err := b.row(name, len(sheet.Rows), row); err != nil {
			return nil, err
		}
		sheet.Rows = append(sheet.Rows, row)
	}
	if isStacked(sheet.Rows) {
		return unstack(sheet.Rows), nil
	}
	return &Workbook{Sheets: []Sheet{sheet}}, nil
}

// blankLines counts the empty lines in front of a record: the reader passes over them, but Excel numbers them.
func blankLines(raw string) int {
	n := 0
	for {
		raw = strings.TrimPrefix(raw, "\r")
		rest, ok := strings.CutPrefix(raw, "\n")
		if !ok {
			return n
		}
		raw, n = rest, n+1
	}
}

// separator finds what parts the cells: a comma, or the semicolon or tab of other regional settings.
func separator(text string) rune {
	line, _, _ := strings.Cut(text, "\n")
	best, most := ',', strings.Count(line, ",")
	for _, c := range ";\t" {
		if n := strings.Count(line, string(c)); n > most {
			best, most = c, n
		}
	}
	return best
}

// isStacked recognizes a CSV that holds several sheets: the first cell is the name of a form sheet and stands alone.
func isStacked(rows [][]string) bool {
	for _, row := range rows {
		if len(row) == 0 || strings.Join(row, "") == "" {
			continue
		}
		switch strings.ToLower(strings.TrimSpace(row[0])) {
		case "survey", "choices", "settings", "external_choices", "entities", "osm":
			return strings.Join(row[1:], "") == "" || strings.TrimSpace(row[0]) == "survey"
		}
		return false
	}
	return false
}

// unstack splits rows whose first column names the sheet into sheets; blank rows stay, they are numbered too.
func unstack(rows [][]string) *Workbook {
	book := &Workbook{}
	index := map[string]int{}
	current := -1
	for _, row := range rows {
		if len(row) == 0 {
			continue
		}
		if name := strings.TrimSpace(row[0]); name != "" {
			i, ok := index[name]
			if !ok {
				i = len(book.Sheets)
				index[name] = i
				book.Sheets = append(book.Sheets, Sheet{Name: name})
			}
			current = i
		}
		alone := strings.Join(row[1:], "") == "" && row[0] != ""
		if current >= 0 && !alone {
			book.Sheets[current].Rows = append(book.Sheets[current].Rows, row[1:])
		}
	}
	return book
}
