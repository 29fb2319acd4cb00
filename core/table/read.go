package table

import (
	"bytes"
	"path"
	"sort"
	"strings"
)

// Read reads one file of any supported kind. The content decides where it can, the file name where it must: offices
// rename .csv to .xlsx and the other way round.
func Read(name string, data []byte, lim Limits) (*Workbook, error) {
	book, format, err := read(name, data, lim.orDefault())
	if err != nil {
		return nil, err
	}
	book.Format = format
	return book, nil
}

func read(name string, data []byte, lim Limits) (*Workbook, Format, error) {
	if int64(len(data)) > lim.Bytes {
		return nil, "", refuse("table.bytes", "The file {name} is too large. Split it or remove pictures from it.", "name", name)
	}
	switch {
	case bytes.HasPrefix(data, []byte("PK")):
		book, err := readXLSX(data, lim)
		return book, Excel, err
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")):
		book, err := readXLS(name, data, lim)
		return book, Excel, err
	case len(bytes.TrimSpace(data)) == 0:
		return nil, "", refuse("table.empty", "The file {name} is empty.", "name", name)
	}
	text, err := decodeText(data)
	if err != nil {
		return nil, "", err
	}
	if isMarkdown(name, text) {
		book, err := readMarkdown(text, lim)
		return book, Markdown, err
	}
	book, err := readCSV(sheetName(name), text, lim)
	return book, CSV, err
}

// ReadSet reads several CSV files that together form one workbook: visit_survey.csv, visit_choices.csv. The sheet's
// name is what follows the part of the file names that all share.
func ReadSet(files map[string][]byte, lim Limits) (*Workbook, error) {
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	sort.Strings(names)
	book := &Workbook{Format: CSV}
	for _, name := range names {
		one, err := Read(name, files[name], lim)
		if err != nil {
			return nil, err
		}
		book.Sheets = append(book.Sheets, one.Sheets...)
	}
	return book, nil
}

// sheetName derives a sheet's name from a CSV file's name: the last word after an underscore that is a sheet name
// known to forms, else the bare name.
func sheetName(file string) string {
	base := path.Base(strings.ReplaceAll(file, "\\", "/"))
	base = strings.TrimSuffix(base, path.Ext(base))
	for _, known := range []string{"external_choices", "survey", "choices", "settings", "entities", "osm"} {
		low := strings.ToLower(base)
		if low == known || strings.HasSuffix(low, "_"+known) || strings.HasSuffix(low, "-"+known) {
			return known
		}
	}
	return base
}

// isMarkdown says whether a text is a Markdown table: by its name, or because its first line starts with a bar.
func isMarkdown(name, text string) bool {
	if ext := strings.ToLower(path.Ext(name)); ext == ".md" {
		return true
	}
	return strings.HasPrefix(strings.TrimSpace(text), "|")
}
