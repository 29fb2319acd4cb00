package form

import (
	"archive/zip"
	"bytes"
	"path"
	"regexp"
	"sort"
	"strings"

	"muqu/core/table"
)

// Workbook is a form as it is kept and handed on: one .xlsx that says its own id and version.
type Workbook struct {
	Form        *Form // nil if it has errors
	Report      Report
	Bytes       []byte // as it was handed in where that was such a workbook already
	GaveID      bool   // the form had no id, so it was called after its file
	GaveVersion bool   // the form had no version
}

// formLimits fit the largest forms in use, choice lists of a province's villages included, and stop a zip bomb before
// it costs much.
func formLimits() table.Limits {
	return table.Limits{Bytes: 16 << 20, Plain: 128 << 20, Rows: 200_000, Cols: 1024, Cells: 4 << 20}
}

// Keep reads a form as people hand it in, one file or a set of CSV files that are a sheet each, and makes the workbook
// to be kept. A form that has no version gets the one given.
func Keep(files map[string][]byte, version string) Workbook {
	book, err := readFiles(files)
	if err != nil {
		_, report := readBook("", nil, err)
		return Workbook{Report: report}
	}
	var w Workbook
	if w.Form, w.Report = Read(book, idOfFiles(files)); w.Form == nil {
		return w
	}
	w.GaveID = w.Form.Settings["id_string"] == ""
	w.GaveVersion = w.Form.Version == ""
	for _, data := range files {
		if len(files) == 1 && !w.GaveID && !w.GaveVersion && bytes.HasPrefix(data, []byte("PK")) {
			w.Bytes = data
			return w
		}
	}
	if w.GaveVersion {
		settle(book, "version", version, "version")
	}
	if w.GaveID {
		settle(book, "form_id", w.Form.ID, "form_id", "id_string", "set_form_id")
	}
	return w.rewritten(book)
}

func readFiles(files map[string][]byte) (*table.Workbook, error) {
	if len(files) == 1 {
		for name, data := range files {
			return table.Read(name, data, formLimits())
		}
	}
	return table.ReadSet(files, formLimits())
}

// rewritten writes the sheets as a workbook and reads the form from it again, so that what is kept is what was checked.
func (w Workbook) rewritten(book *table.Workbook) Workbook {
	var outs []table.Out
	for i := range book.Sheets {
		s := &book.Sheets[i]
		o := table.Out{Name: s.Name}
		for _, row := range s.Rows {
			cells := make([]any, len(row))
			for j, c := range row {
				if c != "" {
					cells[j] = c
				}
			}
			o.Rows = append(o.Rows, cells)
		}
		outs = append(outs, o)
	}
	data, err := steadyXLSX(outs)
	if err == nil {
		book, err = table.Read("form.xlsx", data, formLimits())
	}
	if err != nil {
		_, w.Report = readBook("", nil, err)
		w.Form = nil
		return w
	}
	first := w.Report
	w.Form, w.Report = Read(book, "")
	if w.Form != nil {
		w.Bytes, w.Report = data, first // with the places in the author's own file
	}
	return w
}

// steadyXLSX writes a workbook whose bytes depend on the tables only: by its bytes a version is known again. The parts
// come out of the library in any order, so they are sorted.
func steadyXLSX(outs []table.Out) ([]byte, error) {
	var b, sorted bytes.Buffer
	if err := table.WriteXLSX(&b, outs...); err != nil {
		return nil, err
	}
	in, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		return nil, err
	}
	parts := in.File
	sort.Slice(parts, func(i, j int) bool { return parts[i].Name < parts[j].Name })
	out := zip.NewWriter(&sorted)
	for _, p := range parts {
		if err := out.Copy(p); err != nil {
			return nil, err
		}
	}
	err = out.Close()
	return sorted.Bytes(), err
}

// settle writes a setting into its column, whichever of its names that has, or into a new one.
func settle(book *table.Workbook, head, value string, names ...string) {
	s := book.Sheet("settings")
	if s == nil {
		book.Sheets = append(book.Sheets, table.Sheet{Name: "settings"})
		s = &book.Sheets[len(book.Sheets)-1]
	}
	if len(s.Rows) == 0 {
		s.Rows = append(s.Rows, nil)
	}
	column := -1
	for i, h := range s.Rows[0] {
		for _, n := range names {
			if strings.EqualFold(strings.ReplaceAll(strings.TrimSpace(h), " ", "_"), n) {
				column = i
			}
		}
	}
	if column < 0 {
		column = len(s.Rows[0])
		s.Rows[0] = append(s.Rows[0], head)
	}
	row := 1
	for row < len(s.Rows) && strings.Join(s.Rows[row], "") == "" {
		row++
	}
	for len(s.Rows) <= row {
		s.Rows = append(s.Rows, nil)
	}
	for len(s.Rows[row]) <= column {
		s.Rows[row] = append(s.Rows[row], "")
	}
	s.Rows[row][column] = value
}

var notInID = regexp.MustCompile(`[\s/\\?#%&"'<>]+`)

// idOfFiles makes an id of the name of the file, or of what the names of the sheets' files begin with.
func idOfFiles(files map[string][]byte) string {
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, path.Base(strings.ReplaceAll(name, "\\", "/")))
	}
	sort.Strings(names)
	name := names[0]
	name = strings.TrimSuffix(name, path.Ext(name))
	for _, sheet := range []string{"_external_choices", "_survey", "_choices", "_settings", "_entities"} {
		name = strings.TrimSuffix(name, sheet)
	}
	return strings.Trim(notInID.ReplaceAllString(name, "_"), "_.")
}

var searchFile = regexp.MustCompile(`search\(\s*['"]([^'"]+)['"]`)

// Attachments lists the files that the form needs beside its workbook: pictures and recordings in any language, and
// the tables that it looks things up in.
func (f *Form) Attachments() []string {
	names := map[string]bool{}
	media := func(m map[string]Text) {
		for _, text := range m {
			for _, t := range text {
				if t.Text != "" {
					names[path.Base(t.Text)] = true
				}
			}
		}
	}
	for _, it := range f.items {
		media(it.Media)
		if m := searchFile.FindStringSubmatch(it.Appearance()); m != nil {
			names[strings.TrimSuffix(m[1], ".csv")+".csv"] = true
		}
	}
	for _, l := range f.Lists {
		for _, c := range l.Choices {
			media(c.Media)
		}
	}
	for _, s := range f.sources() {
		if s.id != "__last-saved" {
			names[path.Base(s.uri)] = true
		}
	}
	out := make([]string, 0, len(names))
	for n := range names {
		out = append(out, n)
	}
	sort.Strings(out)
	return out
}
