package console

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"muqu/app/survey"
	"muqu/core"
	"muqu/core/form"
)

// readQuestions finds the questions that a record answers, so that it is shown in
// the words of its form. Without the form it is shown under the names that the
// answers are kept by.
func (v *visit) readQuestions(r *core.Record) {
	id := survey.FormIn(r)
	if id == "" {
		return
	}
	f := survey.Named(v.allForms(), id)
	if f.ID == "" {
		return // it never came here
	}
	answered, err := v.library().Answers(v.ctx, &f, []core.Record{*r})
	if err != nil {
		v.cfg.Log.Warn("form not read", "form", id, "err", err)
		return
	}
	v.questions = make(map[string]survey.Column)
	for _, c := range survey.Columns([]*form.Form{answered[0].Form}, "") {
		for _, field := range core.AnswerFields(c.Field) {
			v.questions[field] = c
		}
	}
}

// allForms lists the forms, read once for a page.
func (v *visit) allForms() []survey.Form {
	if v.formList == nil {
		var err error
		if v.formList, err = v.library().Forms(v.ctx); err != nil {
			v.cfg.Log.Warn("forms not read", "err", err)
		}
	}
	return v.formList
}

// formTitle gives what a form is called; its id where it is not here.
func (v *visit) formTitle(id string) string {
	return cmp.Or(survey.Named(v.allForms(), id).Title, id)
}

// formOptions are the forms to choose from, the chosen one among them.
func (v *visit) formOptions(chosen string) (out []option) {
	found := chosen == ""
	for _, f := range v.allForms() {
		on := chosen != "" && slices.Contains(f.Names(), chosen)
		found = found || on
		o := option{Value: f.ID, Label: f.Title, On: on}
		if on {
			o.Value = chosen // one form may have two names, and saving changes neither
		}
		out = append(out, o)
	}
	if !found {
		out = append(out, option{Value: chosen, Label: chosen, On: true})
	}
	return out
}

// inFormOrder puts fields in the order of their questions, those that no question
// is behind at the end.
func (v *visit) inFormOrder(fields []string) []string {
	row := func(field string) int {
		if c, asked := v.questions[field]; asked {
			return c.Item.Row
		}
		return math.MaxInt
	}
	slices.SortStableFunc(fields, func(a, b string) int { return cmp.Compare(row(a), row(b)) })
	return fields
}

// question is the question that a field answers which no kind declares.
func (v *visit) question(f core.Field) (survey.Column, bool) {
	c, found := v.questions[f.Name]
	return c, found && (f.Type == core.Any || f.Type == core.Table)
}

// fieldLabel names a field: in the words of the form where a question is behind it.
func (v *visit) fieldLabel(kind, name string) string {
	f := core.KindOf(kind).Field(name)
	if c, asked := v.question(f); asked && f.Type == core.Any {
		return v.label(c)
	}
	return v.words.Field(kind, name)
}

// rowsText writes the rows of a repeat for reading, each question by its words.
func (v *visit) rowsText(c survey.Column, answer any, mask func(*form.Item, string) string) string {
	columns := survey.Columns([]*form.Form{c.Form}, c.Item.Path())
	var rows []string // a line each
	for i, row := range form.Rows(answer) {
		var cells []string
		for _, q := range columns {
			if one := row[q.Field]; one != nil {
				cells = append(cells, v.words.T("sentence.of", "field", v.label(q), "text", v.answerText(q, one, mask)))
			}
		}
		rows = append(rows, strconv.Itoa(i+1)+". "+strings.Join(cells, " · "))
	}
	return strings.Join(rows, "\n")
}
