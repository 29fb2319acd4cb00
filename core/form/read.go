package form

import (
	"fmt"
	"strings"

	"muqu/core/table"
)

// Report is what reading a form found. A form with errors can't be used; warnings don't stop it.
type Report struct {
	Errors   []Problem
	Warnings []Problem
}

// OK says whether the form can be used.
func (r Report) OK() bool { return len(r.Errors) == 0 }

// ReadFile reads a form from one file: .xlsx, .md, or .csv with all sheets in it. The file's name without its ending
// is the form's id if the settings have none.
func ReadFile(name string, data []byte) (*Form, Report) {
	book, err := table.Read(name, data, table.Limits{})
	return readBook(name, book, err)
}

// ReadSet reads a form from CSV files that are a sheet each: visit_survey.csv, visit_choices.csv.
func ReadSet(files map[string][]byte) (*Form, Report) {
	book, err := table.ReadSet(files, table.Limits{})
	return readBook("", book, err)
}

func readBook(name string, book *table.Workbook, err error) (*Form, Report) {
	if err != nil {
		m := Message{Key: "form.file", Text: err.Error()}
		if ref, ok := err.(*table.Refusal); ok {
			m = Message{Key: ref.Key, Args: ref.Args, Text: ref.Text}
		}
		return nil, Report{Errors: []Problem{{Message: m}}}
	}
	if i := strings.LastIndexByte(name, '.'); i > 0 {
		name = name[:i]
	}
	return Read(book, name)
}

// maxRows bounds a survey; the largest in use have a few thousand rows.
const maxRows = 20_000

// Read reads a form from a workbook. All problems are reported at once. The form is nil if there are errors.
func Read(book *table.Workbook, fallbackID string) (*Form, Report) {
	r := &reader{book: book, clean: true, form: &Form{Settings: map[string]string{}, Lists: map[string]*List{}, External: map[string]*List{}}}
	r.settings(fallbackID)
	r.lists()
	r.entitySheet()
	r.survey()
	r.finish()
	if len(r.report.Errors) > 0 {
		return nil, r.report
	}
	return r.form, r.report
}

// reader gathers a form and its problems.
type reader struct {
	book   *table.Workbook
	form   *Form
	report Report
	clean  bool // clean_text_values
	told   map[string]bool

	langs     []string // languages in the order met
	meta      []*Item  // rows that belong into the meta block
	osm       map[string][]*Choice
	geoRefs   []*Item
	made      int                        // items that loops made
	sourceIDs map[string]bool            // files that the form looks into
	columns   map[string]map[string]bool // languages of each column that can be translated
	names     map[string]int             // how often each name stands on the survey sheet
	used      []usedName                 // references to be looked up when all names are known
}

// bad reports an error; the same one is reported once.
func (r *reader) bad(sheet string, row int, column, key string, args ...string) {
	r.tell(&r.report.Errors, Problem{Message: say(key, args...), Sheet: sheet, Row: row, Column: column})
}

// badMessage reports an error whose sentence exists already.
func (r *reader) badMessage(sheet string, row int, column string, m Message) {
	r.tell(&r.report.Errors, Problem{Message: m, Sheet: sheet, Row: row, Column: column})
}

// warn reports a doubt.
func (r *reader) warn(sheet string, row int, column, key string, args ...string) {
	r.tell(&r.report.Warnings, Problem{Message: say(key, args...), Sheet: sheet, Row: row, Column: column})
}

// warnMessage reports a doubt whose sentence exists already.
func (r *reader) warnMessage(sheet string, row int, column string, m Message) {
	r.tell(&r.report.Warnings, Problem{Message: m, Sheet: sheet, Row: row, Column: column})
}

// maxProblems bounds a report; a file that isn't a form at all would fill pages.
const maxProblems = 500

func (r *reader) tell(into *[]Problem, p Problem) {
	id := fmt.Sprint(p.Sheet, p.Row, p.Column, p.Text)
	if r.told == nil {
		r.told = map[string]bool{}
	}
	if r.told[id] || len(*into) >= maxProblems {
		return
	}
	r.told[id] = true
	*into = append(*into, p)
}

// settings reads the one row of the settings sheet.
func (r *reader) settings(fallbackID string) {
	f := r.form
	f.ID = fallbackID
	if f.ID == "" {
		f.ID = "data"
	}
	f.Lang = "default"
	t := r.book.Sheet("settings")
	if t == nil {
		r.similarSheet("settings", false)
		f.Title = f.ID
		return
	}
	s := r.openSheet(r.oneID(t), settingsSpec())
	for i := range s.rows {
		if len(s.rows[i].cells) == 0 {
			continue
		}
		for _, c := range s.rows[i].cells {
			f.Settings[strings.Join(c.words, "::")] = c.text
		}
		r.checkRefsIn("settings", &s.rows[i])
		break
	}
	r.applySettings()
}

// oneID leaves form_id where id_string stands beside it.
func (r *reader) oneID(t *table.Sheet) *table.Sheet {
	old, both := -1, false
	if len(t.Rows) == 0 {
		return t
	}
	for i, h := range t.Rows[0] {
		switch strings.TrimSpace(h) {
		case "id_string":
			old = i
		case "form_id":
			both = true
		}
	}
	if old < 0 || !both {
		return t
	}
	r.warn("settings", 1, "id_string", "form.settings.ids")
	out := &table.Sheet{Name: t.Name}
	for _, row := range t.Rows {
		row = append([]string(nil), row...)
		if old < len(row) {
			row[old] = ""
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}

func (r *reader) applySettings() {
	f := r.form
	get := func(name string, into *string) {
		if v := f.Settings[name]; v != "" {
			*into = v
		}
	}
	get("id_string", &f.ID)
	if n := f.Settings["name"]; n != "" && !isXMLName(n) {
		r.bad("settings", 2, "name", "form.name.bad", "name", n)
	}
	if f.Settings["public_key"] != "" && yesNo[f.Settings["omit_instanceID"]] {
		r.bad("settings", 2, "omit_instanceID", "form.settings.instanceid")
	}
	f.Title = f.ID
	get("title", &f.Title)
	get("version", &f.Version)
	get("default_language", &f.Lang)
	if v, ok := yesNo[f.Settings["clean_text_values"]]; ok {
		r.clean = v
	}
	for _, name := range []string{"auto_send", "auto_delete", "client_editable", "allow_choice_duplicates", "clean_text_values", "omit_instanceID"} {
		if v := f.Settings[name]; v != "" {
			if _, ok := yesNo[v]; !ok {
				r.warn("settings", 2, name, "form.settings.yesno", "value", v)
			}
		}
	}
	for _, name := range sortedKeys(f.Settings) {
		if attribute, ok := strings.CutPrefix(name, "attribute::"); ok {
			r.checkPrefix("settings", name, attribute)
		}
	}
}

// prefixes are the namespace prefixes that stand for something in the form.
func (f *Form) prefixes() map[string]bool {
	out := map[string]bool{"xml": true}
	for _, a := range (&xform{form: f}).namespaces() {
		if prefix, ok := strings.CutPrefix(a.name, "xmlns:"); ok {
			out[prefix] = true
		}
	}
	return out
}

// checkPrefix warns of a column for an attribute that other programs could not read.
func (r *reader) checkPrefix(sheet, column, attribute string) {
	prefix, _, ok := strings.Cut(attribute, ":")
	if ok && prefix != "xmlns" && prefix != "entities" && !r.form.prefixes()[prefix] {
		r.warn(sheet, 1, column, "form.prefix.column", "prefix", prefix)
	}
}

// similarSheet looks for a sheet whose name is nearly the one that is missing.
func (r *reader) similarSheet(want string, fatal bool) {
	for _, s := range r.book.Sheets {
		name := strings.ToLower(strings.TrimSpace(s.Name))
		if strings.HasPrefix(name, "_") || knownSheets[name] || distance2(name, want) > 2 {
			continue
		}
		if !fatal {
			r.warn(s.Name, 0, "", "form.sheet.similar", "sheet", want, "found", s.Name)
		} else {
			r.bad(s.Name, 0, "", "form.sheet.similar", "sheet", want, "found", s.Name)
		}
	}
}

var knownSheets = set("survey", "choices", "settings", "external_choices", "entities", "osm")

// distance2 counts the edits between two short words.
func distance2(a, b string) int {
	x, y := []rune(a), []rune(b)
	if len(x) > 40 || len(y) > 40 {
		return 40
	}
	prev := make([]int, len(y)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := range x {
		diagonal := prev[0]
		prev[0] = i + 1
		for j := range y {
			cost := diagonal
			if x[i] != y[j] {
				cost++
			}
			diagonal = prev[j+1]
			prev[j+1] = min(cost, prev[j]+1, prev[j+1]+1)
		}
	}
	return prev[len(y)]
}
