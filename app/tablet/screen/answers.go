package screen

import (
	"context"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"

	"muqu/app/survey"
	"muqu/app/tablet/widget"
	"muqu/core"
	"muqu/core/change"
	"muqu/core/form"
)

// reading is a record with the form that its fields were asked by, nil if it
// was not asked by a form that is on the tablet.
type reading struct {
	record core.Record
	form   *form.Form
	looks  []sight // of its files
	stays  string  // name of the record that stands for it
	merged []core.Record
}

// readWithForm reads a record and the form of its answers.
func (s *Shell) readWithForm(ctx context.Context, ref core.Ref) (reading, error) {
	r, err := read(ctx, s.Book, ref)
	if err != nil {
		return reading{}, err
	}
	f, err := s.formOf(ctx, survey.FormIn(&r), r.Text("form_version"))
	if err != nil {
		f = nil // it is not on the tablet: the answers are shown under their names
	}
	out := reading{record: r, form: f, looks: s.looks(ctx, &r)}
	out.stays, out.merged, err = readMerges(ctx, s, &r)
	return out, err
}

// answers lists the answers that no field of the kind stands for, in the order
// and the words of the form.
func (s *Shell) answers(r reading) fyne.CanvasObject {
	column := widget.NewColumn()
	if r.form == nil {
		return column
	}
	kind := core.KindOf(r.record.Kind)
	for _, item := range r.form.Items() {
		v := r.record.Field(item.Name)
		if v.IsNull() || insideRepeat(item.Parent) || kind.Field(item.Name).Type != core.Any && !item.IsRepeat() {
			continue
		}
		if label := s.formWords(r.form, item.Label); label != "" {
			column.Add(widget.NewFact(label, s.answer(r.form, item, v)))
		}
	}
	return column
}

// formWords picks the language of the interface out of a form's text.
func (s *Shell) formWords(f *form.Form, labels form.Text) string {
	for _, language := range []string{f.Language(languageOf(s)), f.Lang, ""} {
		if in, _ := labels.In(language); in != "" {
			return form.Plain(in)
		}
	}
	return ""
}

// answer returns an answer as people read it: the labels of what was chosen, a
// line for each row of a repeated group.
func (s *Shell) answer(f *form.Form, item *form.Item, v change.Value) string {
	if item.IsRepeat() {
		var rows []string
		for i, row := range v.Elements() {
			var cells []string
			for _, child := range item.Children {
				if cell := row.Members()[child.Name]; !cell.IsNull() && child.Label != nil && len(cells) < 5 {
					cells = append(cells, s.answer(f, child, cell))
				}
			}
			rows = append(rows, fmt.Sprintf("%d. %s", i+1, strings.Join(cells, " · ")))
		}
		return strings.Join(rows, "\n")
	}
	if files := core.FilesIn(v); len(files) > 0 {
		return s.T("value.files", "n", len(files))
	}
	list := f.Lists[item.List]
	if list == nil || !item.IsSelect() {
		return core.AnswerText(v)
	}
	names := v.Strs()
	if len(names) == 0 {
		names = strings.Fields(v.String())
	}
	all := ""
	for _, name := range names {
		label := name
		for _, choice := range list.Choices {
			if choice.Name == name {
				label = s.formWords(f, choice.Label)
			}
		}
		if all != "" {
			label = s.T("value.and", "a", all, "b", label)
		}
		all = label
	}
	return all
}
