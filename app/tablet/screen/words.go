package screen

import (
	"strings"

	"muqu/app/tablet/widget"
	"muqu/core"
	"muqu/core/change"
)

// Words returns the texts of widgets in the language in use.
func (s *Shell) Words() widget.Words {
	return widget.Words{
		Close: s.T("word.close"), Clear: s.T("word.clear"), Today: s.T("word.today"), Search: s.T("word.search"),
		Choose: s.T("word.choose"), Nothing: s.T("word.nothing"), NotADate: s.T("refuse.date"), Date: s.T("word.example", "what", "2026-03-05"), SignHere: s.T("word.sign_here"),
		Weekdays: [7]string{s.T("weekday.1"), s.T("weekday.2"), s.T("weekday.3"), s.T("weekday.4"),
			s.T("weekday.5"), s.T("weekday.6"), s.T("weekday.7")},
	}
}

// Value returns a value of a field as people read it.
func (s *Shell) Value(kind, field string, v change.Value) string {
	if v.IsNull() {
		return ""
	}
	f := core.KindOf(kind).Field(field)
	switch f.Type {
	case core.Choice:
		return s.Text().Choice(f.List, v.Str())
	case core.Choices:
		return s.choices(f.List, v)
	case core.YesNo:
		if core.Yes(v) {
			return s.T("yes")
		}
		return s.T("no")
	case core.Region:
		return s.Place(v.Str())
	case core.Table:
		return s.T("value.rows", "n", len(v.Elements()))
	case core.References:
		return s.T("value.items", "n", len(v.Elements()))
	}
	if files := core.FilesIn(v); len(files) > 0 {
		return s.T("value.files", "n", len(files))
	}
	return v.String()
}

func (s *Shell) choices(list string, v change.Value) string {
	all := ""
	for _, name := range v.Strs() {
		label := s.Text().Choice(list, name)
		if all != "" {
			label = s.T("value.and", "a", all, "b", label)
		}
		all = label
	}
	return all
}

// Place returns a region as people call it: township and village, or whatever
// its level has.
func (s *Shell) Place(code string) string {
	path := s.Regions.Path(code)
	if len(path) == 0 {
		return code
	}
	var names []string
	for _, place := range path[max(0, len(path)-2):] {
		names = append(names, place.Short())
	}
	return strings.Join(names, " ")
}

// State returns the mark of a record that is not yet at the centre, or in
// conflict.
func (s *Shell) State(r *core.Record) (string, widget.Tone) {
	switch {
	case len(r.Conflicts) > 0:
		return s.T("state.conflict"), widget.Trouble
	case r.Pending && r.AtHub:
		return s.T("state.hub"), widget.Info
	case r.Pending:
		return s.T("state.tablet"), widget.Attention
	}
	return "", widget.Plain
}
