package form

import (
	"strings"
)

// lists reads the sheets choices, external_choices and osm.
func (r *reader) lists() {
	f := r.form
	if t := r.book.Sheet("choices"); t != nil {
		s := r.openSheet(t, choicesSpec())
		if !s.hasRows() {
			r.dropMissing("choices")
		}
		r.readLists(s, f.Lists, true)
		r.note(s)
	}
	if t := r.book.Sheet("external_choices"); t != nil {
		r.readLists(r.openSheet(t, choicesSpec()), f.External, false)
	}
	if t := r.book.Sheet("osm"); t != nil {
		lists := map[string]*List{}
		r.readLists(r.openSheet(t, choicesSpec()), lists, false)
		r.osm = map[string][]*Choice{}
		for name, l := range lists {
			r.osm[name] = l.Choices
		}
	}
}

func (s *sheet) hasRows() bool {
	for i := range s.rows {
		if len(s.rows[i].cells) > 0 {
			return true
		}
	}
	return false
}

// dropMissing takes back the complaint about missing columns of a sheet that has no rows.
func (r *reader) dropMissing(sheet string) {
	kept := r.report.Errors[:0]
	for _, p := range r.report.Errors {
		if p.Sheet != sheet || p.Key != "form.header.missing" {
			kept = append(kept, p)
		}
	}
	r.report.Errors = kept
}

// readLists gathers rows into lists by their list name.
func (r *reader) readLists(s *sheet, into map[string]*List, checked bool) {
	extra := r.extraColumns(s, checked)
	for i := range s.rows {
		row := &s.rows[i]
		name := row.get("list name")
		if name == "" {
			continue
		}
		r.checkRefsIn(s.name, row)
		l := into[name]
		if l == nil {
			l = &List{Name: name, Columns: extra}
			into[name] = l
			if checked {
				r.form.listOrder = append(r.form.listOrder, name)
			}
		}
		l.Choices = append(l.Choices, r.choice(row, extra))
	}
	if checked {
		for _, name := range r.form.listOrder {
			r.checkChoices(into[name])
		}
	}
}

// extraColumns lists the columns that filters may use. A header with a blank in it can't be named in an expression.
func (r *reader) extraColumns(s *sheet, checked bool) []string {
	var extra []string
	for i, words := range s.columns {
		if len(words) == 0 {
			continue
		}
		switch words[0] {
		case "name", "label", "media", "list name":
			continue
		}
		name := strings.Join(words, "::")
		if checked && strings.Contains(name, " ") {
			r.warn(s.name, 1, s.heads[i], "form.choices.header", "column", s.heads[i])
			continue
		}
		extra = append(extra, name)
	}
	return extra
}

func (r *reader) choice(row *row, extra []string) *Choice {
	c := &Choice{Row: row.num, Name: row.get("name"), Label: row.translated(r.form.Lang, "label"), Media: row.media(r.form.Lang)}
	for _, cell := range row.cells {
		name := strings.Join(cell.words, "::")
		for _, e := range extra {
			if e == name {
				c.Extra.set(name, cell.text)
			}
		}
	}
	return c
}

// media gives the pictures, sounds and films of a row.
func (r *row) media(lang string) map[string]Text {
	var out map[string]Text
	for _, c := range r.cells {
		if c.words[0] != "media" || len(c.words) < 2 {
			continue
		}
		if out == nil {
			out = map[string]Text{}
		}
		if out[c.words[1]] == nil {
			out[c.words[1]] = r.translated(lang, "media", c.words[1])
		}
	}
	return out
}

// checkChoices looks for nameless, unlabeled and doubled choices of one list.
func (r *reader) checkChoices(l *List) {
	seen := map[string]int{}
	twice := yesNo[r.form.Settings["allow_choice_duplicates"]]
	for _, c := range l.Choices {
		if c.Name == "" {
			r.bad("choices", c.Row, "name", "form.choice.noname", "list", l.Name)
			continue
		}
		if len(c.Label) == 0 && len(c.Media) == 0 {
			r.warn("choices", c.Row, "label", "form.choice.nolabel", "name", c.Name)
		}
		if first, ok := seen[c.Name]; ok && !twice {
			r.bad("choices", c.Row, "name", "form.choice.twice", "name", c.Name, "list", l.Name, "row", itoa(first))
		} else if !ok {
			seen[c.Name] = c.Row
		}
	}
}
