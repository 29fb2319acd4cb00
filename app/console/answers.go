package console

import (
	"archive/zip"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"muqu/app/survey"
	"muqu/core"
	"muqu/core/form"
	"muqu/core/table"
)

type answersPage struct {
	Frame
	Filter  answerFilter
	Form    string // its address
	Columns []string
	Rows    []answersRow
	Total   int
	From    int
	To      int
	Prev    string
	Next    string
	All     bool   // every question is a column
	More    int    // questions that are not
	Whole   string // address with all of them
	Export  string // address without the format
}

// answerFilter is what the person chose among the answers.
type answerFilter struct {
	Region, From, To string
	Places           []placeOption
	chosen           survey.Filter
}

type answersRow struct {
	To     string
	Day    string
	Region string
	Cells  []string
}

// fewColumns fit beside each other on an office's screen.
const fewColumns = 7

// answers shows the answers to a form, one visit a row.
func (v *visit) answers() error {
	f, x, err := v.chosenAnswers()
	if err != nil {
		return err
	}
	p := &answersPage{Frame: v.frame("form.answers"), Filter: x, Form: formURL(f.ID), All: v.r.FormValue("all") != ""}
	p.Title = f.Title + " · " + p.Title
	l := v.library()
	if p.Total, err = l.Count(v.ctx, &f, x.chosen); err != nil {
		return err
	}
	n, err := strconv.Atoi(v.r.FormValue("page"))
	if err != nil || n < 1 {
		n = 1
	}
	list, err := l.Visits(v.ctx, &f, x.chosen, (n-1)*pageSize, pageSize)
	if err != nil {
		return err
	}
	answers, err := l.Answers(v.ctx, &f, list)
	if err != nil {
		return err
	}
	if err := v.answersTable(p, &f, answers); err != nil {
		return err
	}
	p.From, p.To = (n-1)*pageSize+1, (n-1)*pageSize+len(list)
	if n > 1 {
		p.Prev = v.with("page", strconv.Itoa(n-1))
	}
	if p.To < p.Total {
		p.Next = v.with("page", strconv.Itoa(n+1))
	}
	p.Whole, p.Export = v.with("all", "1"), p.Form+"/export?"+x.query().Encode()
	v.render(http.StatusOK, "answers", p)
	return nil
}

// chosenAnswers is the form of the address and what was chosen among its answers.
func (v *visit) chosenAnswers() (survey.Form, answerFilter, error) {
	f, err := v.found()
	if err != nil {
		return f, answerFilter{}, err
	}
	x, err := v.answerFilter()
	return f, x, err
}

// answerFilter reads region and days.
func (v *visit) answerFilter() (answerFilter, error) {
	x := answerFilter{Region: v.r.FormValue("region"), From: v.r.FormValue("from"), To: v.r.FormValue("to")}
	for _, day := range []string{x.From, x.To} {
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			return x, core.Refuse(core.Invalid, "", "refuse.date")
		}
	}
	x.chosen.From, x.chosen.To = x.From, x.To
	x.Places = v.placeOptions([]string{prefixOf(x.Region)})
	if x.Region != "" {
		prefix, err := core.RegionPrefix(x.Region)
		if err != nil {
			return x, err
		}
		x.chosen.Regions = core.Scope{prefix}
		if !slices.ContainsFunc(x.Places, func(o placeOption) bool { return o.On }) {
			x.Places = append(x.Places, placeOption{option{x.Region, v.cfg.Regions().Name(core.PadRegion(prefix)), true}, 0})
		}
	}
	return x, nil
}

func (x answerFilter) query() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"region": x.Region, "from": x.From, "to": x.To} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q
}

func (v *visit) answersTable(p *answersPage, f *survey.Form, answers []survey.Answered) error {
	forms, err := v.library().FormsOf(v.ctx, f, answers)
	if err != nil {
		return err
	}
	var columns []survey.Column
	for _, c := range survey.Columns(forms, "") {
		if asked(c.Item) && (p.All || len(columns) < fewColumns && answeredBy(answers, c.Field)) {
			columns = append(columns, c)
			p.Columns = append(p.Columns, v.label(c))
		} else if asked(c.Item) {
			p.More++
		}
	}
	for i := range answers {
		a := &answers[i]
		row := answersRow{To: recordURL(a.Ref), Day: a.Text("visit_date"), Region: v.cfg.Regions().Name(a.Region)}
		for _, c := range columns {
			row.Cells = append(row.Cells, v.showAnswer(c, a.Answers[c.Field]))
		}
		p.Rows = append(p.Rows, row)
	}
	return nil
}

// answeredBy reports whether somebody answered a question: on a page with few
// columns, those are worth their room.
func answeredBy(answers []survey.Answered, field string) bool {
	return slices.ContainsFunc(answers, func(a survey.Answered) bool { return a.Answers[field] != nil })
}

// asked says whether a question is one that people answer, or a computed one
// that they are shown.
func asked(it *form.Item) bool { return it.IsRepeat() || len(it.Label) > 0 || len(it.Media) > 0 }

var reference = regexp.MustCompile(`\$\{[^}]*\}`)

// label is a question's text in the person's language, short enough for a
// table's head. Without a text it is the question's name.
func (v *visit) label(c survey.Column) string {
	text := strings.TrimSpace(form.Plain(reference.ReplaceAllString(v.formText(c.Form, c.Item.Label), "…")))
	if text == "" {
		return c.Field
	}
	return text
}

// formText picks the person's language out of a form's text.
func (v *visit) formText(f *form.Form, t form.Text) string {
	for _, lang := range []string{f.Language(string(v.words.Language())), f.Lang, ""} {
		if text, _ := t.In(lang); text != "" {
			return text
		}
	}
	for _, x := range t {
		if x.Text != "" {
			return x.Text
		}
	}
	return ""
}

// showAnswer writes an answer for reading: choices by their labels, numbers of
// identity cards masked, rows of a repeat counted.
func (v *visit) showAnswer(c survey.Column, answer any) string {
	switch {
	case answer == nil:
		return ""
	case c.Item.IsRepeat():
		return v.words.T("answers.rows", "n", len(form.Rows(answer)))
	}
	return v.answerText(c, answer, maskAnswer)
}

// answerText writes an answer for reading, a repeat row by row. mask hides what is
// not to be seen.
func (v *visit) answerText(c survey.Column, answer any, mask func(*form.Item, string) string) string {
	switch {
	case c.Item.IsRepeat():
		return v.rowsText(c, answer, mask)
	case survey.IsFile(c.Item):
		if name, ok := core.ParseFileName(form.AnswerText(answer)); ok {
			return v.fileLabel(name)
		}
	case c.Item.IsSelect():
		return v.choiceLabels(c, form.AnswerText(answer))
	}
	return mask(c.Item, form.AnswerText(answer))
}

// wholeAnswer hides nothing.
func wholeAnswer(_ *form.Item, text string) string { return text }

// maskAnswer hides the middle of identity numbers.
func maskAnswer(it *form.Item, text string) string {
	if it.Sensitive() == "id" {
		return core.MaskNumber(text)
	}
	return maskWithin(text)
}

func (v *visit) choiceLabels(c survey.Column, text string) string {
	names := []string{text}
	if c.Item.Type != "select_one" {
		names = strings.Fields(text)
	}
	labels := choiceTexts(v, c)
	for i, n := range names {
		if l := labels[n]; l != "" {
			names[i] = l
		}
	}
	return v.join(names)
}

// choiceTexts are the labels of a question's choices by their names.
func choiceTexts(v *visit, c survey.Column) map[string]string {
	list := c.Form.Lists[c.Item.List]
	if list == nil {
		list = c.Form.External[c.Item.List]
	}
	out := make(map[string]string)
	if list != nil {
		for _, x := range list.Choices {
			out[x.Name] = form.Plain(v.formText(c.Form, x.Label))
		}
	}
	return out
}

// exportAnswers gives the answers as a workbook or as CSV in the columns of ODK
// Central, identity numbers masked, and notes who took them out.
func (v *visit) exportAnswers() error {
	f, x, err := v.chosenAnswers()
	if err != nil {
		return err
	}
	if err := v.desk.TakeOut(v.ctx, "visit "+f.ID); err != nil {
		return err
	}
	l := v.library()
	list, err := l.Visits(v.ctx, &f, x.chosen, 0, 0)
	if err != nil {
		return err
	}
	answers, err := l.Answers(v.ctx, &f, list)
	if err != nil {
		return err
	}
	if err := survey.FindOrigins(v.ctx, v.desk, answers); err != nil {
		return err
	}
	forms, err := l.FormsOf(v.ctx, &f, answers)
	if err != nil {
		return err
	}
	sheets := survey.Sheets(f.ID, forms, answers, survey.SheetOptions{Split: v.r.FormValue("split") != "", Mask: maskAnswer})
	return v.writeSheets(f.ID, sheets, v.r.FormValue("format") == "csv")
}

func (v *visit) writeSheets(name string, sheets []core.Sheet, csv bool) error {
	outs := make([]table.Out, len(sheets))
	for i, s := range sheets {
		outs[i] = table.Out{Name: s.Name, Header: s.Header, Rows: s.Rows}
	}
	switch {
	case !csv:
		v.download(name+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
		return table.WriteXLSX(v.w, outs...)
	case len(outs) == 1:
		v.download(name+".csv", "text/csv; charset=utf-8")
		return table.WriteCSV(v.w, outs[0])
	}
	v.download(name+".zip", "application/zip")
	z := zip.NewWriter(v.w)
	for _, o := range outs {
		w, err := z.Create(strings.NewReplacer("/", "_", "\\", "_").Replace(o.Name) + ".csv")
		if err == nil {
			err = table.WriteCSV(w, o)
		}
		if err != nil {
			return err
		}
	}
	return z.Close()
}
