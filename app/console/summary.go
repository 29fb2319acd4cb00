package console

import (
	"cmp"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"muqu/app/survey"
	"muqu/core/form"
)

// maxSummed is how many answers a summary reads; of more, the latest.
const maxSummed = 20000

type summaryPage struct {
	Frame
	Filter answerFilter
	Form   string
	Count  int
	Cut    bool // there are more answers than were read
	Tables []summaryTable
}

// summaryTable is the questions of one table: of what is asked once, or of a
// repeat.
type summaryTable struct {
	Label     string // of the repeat
	Rows      int
	Questions []questionSummary
	Blank     string // questions that nobody answered
}

type questionSummary struct {
	Label    string
	Answered int
	Share    string // of the rows
	Bars     []bar
	Numbers  *numberSummary
	Span     string // of days
	First    bool   // the bars count what was ranked first
}

// bar is one line of a chart: a count and its share.
type bar struct {
	Label string
	N     int
	Share string
	Width string // percent, as SVG takes it
}

type numberSummary struct{ Mean, Min, Max, Sum string }

// summary shows in numbers what was answered to every question.
func (v *visit) summary() error {
	f, x, err := v.chosenAnswers()
	if err != nil {
		return err
	}
	l := v.library()
	list, err := l.Visits(v.ctx, &f, x.chosen, 0, maxSummed+1)
	if err != nil {
		return err
	}
	p := &summaryPage{Frame: v.frame("form.summary"), Filter: x, Form: formURL(f.ID), Cut: len(list) > maxSummed}
	p.Title, list = f.Title+" · "+p.Title, list[:min(len(list), maxSummed)]
	answers, err := l.Answers(v.ctx, &f, list)
	if err != nil {
		return err
	}
	forms, err := l.FormsOf(v.ctx, &f, answers)
	if err != nil {
		return err
	}
	rows := make([]map[string]any, len(answers))
	for i := range answers {
		rows[i] = answers[i].Answers
	}
	p.Count = len(rows)
	v.sumUp(p, forms, "", "", rows)
	v.render(http.StatusOK, "summary", p)
	return nil
}

// sumUp adds a table and, behind it, those of the repeats in it.
func (v *visit) sumUp(p *summaryPage, forms []*form.Form, table, label string, rows []map[string]any) {
	t := summaryTable{Label: label, Rows: len(rows)}
	var repeats []survey.Column
	var blank []string
	for _, c := range survey.Columns(forms, table) {
		if c.Item.IsRepeat() {
			repeats = append(repeats, c)
		} else if asked(c.Item) {
			if q := v.sumQuestion(c, rows); q.Answered > 0 {
				t.Questions = append(t.Questions, q)
			} else {
				blank = append(blank, q.Label)
			}
		}
	}
	t.Blank = v.join(blank)
	p.Tables = append(p.Tables, t)
	for _, c := range repeats {
		var inner []map[string]any
		for _, row := range rows {
			inner = append(inner, form.Rows(row[c.Field])...)
		}
		v.sumUp(p, forms, c.Item.Path(), v.label(c), inner)
	}
}

func (v *visit) sumQuestion(c survey.Column, rows []map[string]any) questionSummary {
	s := questionSummary{Label: v.label(c)}
	var texts []string
	for _, row := range rows {
		if answer := row[c.Field]; answer != nil {
			texts = append(texts, form.AnswerText(answer))
		}
	}
	s.Answered, s.Share = len(texts), share(len(texts), len(rows))
	switch {
	case len(texts) == 0 || c.Item.Sensitive() == "id":
	case c.Item.IsSelect():
		s.Bars, s.First = v.choiceBars(c, texts), c.Item.Type == "rank"
	case c.Item.Type == "integer" || c.Item.Type == "decimal" || c.Item.Type == "range" || c.Item.Type == "calculate":
		s.Numbers, s.Bars = sumNumbers(texts)
	case c.Item.Type == "date":
		s.Span = slices.Min(texts) + " — " + slices.Max(texts)
	}
	return s
}

// choiceBars counts every choice, in the order of the form; what the form no
// longer has comes last.
func (v *visit) choiceBars(c survey.Column, texts []string) []bar {
	counts := make(map[string]int)
	for _, t := range texts {
		names := []string{t}
		if c.Item.Type != "select_one" {
			names = strings.Fields(t)
		}
		if c.Item.Type == "rank" {
			names = names[:min(1, len(names))]
		}
		for _, n := range names {
			counts[n]++
		}
	}
	labels := choiceTexts(v, c)
	var out []bar
	if list := c.Form.Lists[c.Item.List]; list != nil && len(list.Choices) <= 60 {
		for _, x := range list.Choices {
			out = append(out, newBar(cmp.Or(labels[x.Name], x.Name), counts[x.Name], len(texts)))
			delete(counts, x.Name)
		}
	}
	rest := make([]string, 0, len(counts))
	for n := range counts {
		rest = append(rest, n)
	}
	slices.SortFunc(rest, func(a, b string) int { return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b)) })
	for _, n := range rest[:min(len(rest), 30)] {
		out = append(out, newBar(maskWithin(cmp.Or(labels[n], n)), counts[n], len(texts)))
	}
	return out
}

func newBar(label string, n, of int) bar {
	return bar{label, n, share(n, of), strconv.FormatFloat(100*float64(n)/float64(max(1, of)), 'f', 1, 64)}
}

func share(n, of int) string {
	if of == 0 {
		return ""
	}
	return strconv.FormatFloat(100*float64(n)/float64(of), 'f', 0, 64) + "%"
}

// sumNumbers gives mean, least and most, and how the values are spread.
func sumNumbers(texts []string) (*numberSummary, []bar) {
	var values []float64
	sum := 0.0
	for _, t := range texts {
		if n, err := strconv.ParseFloat(t, 64); err == nil && !math.IsNaN(n) && !math.IsInf(n, 0) {
			values = append(values, n)
			sum += n
		}
	}
	if len(values) == 0 || len(values) < len(texts)/2 {
		return nil, nil // a calculation that makes text
	}
	low, high := slices.Min(values), slices.Max(values)
	s := &numberSummary{Mean: number(sum / float64(len(values))), Min: number(low), Max: number(high), Sum: number(sum)}
	return s, spread(values, low, high)
}

// spreads is into how many parts values are sorted for a chart, at most.
const spreads = 6

func spread(values []float64, low, high float64) []bar {
	if len(values) < spreads || high <= low {
		return nil
	}
	width, parts := (high-low)/spreads, spreads
	whole := !slices.ContainsFunc(values, func(x float64) bool { return x != math.Trunc(x) })
	if whole { // the parts end in whole numbers and don't touch
		width = math.Ceil((high - low + 1) / spreads)
		parts = int(math.Ceil((high - low + 1) / width))
	}
	counts := make([]int, parts)
	for _, x := range values {
		counts[min(parts-1, int((x-low)/width))]++
	}
	out := make([]bar, parts)
	for i, n := range counts {
		from := low + float64(i)*width
		to := math.Min(from+width, high)
		if whole {
			to = math.Min(from+width-1, high)
		}
		label := number(from)
		if to > from {
			label += " – " + number(to)
		}
		out[i] = newBar(label, n, len(values))
	}
	return out
}

// number writes a number with at most two decimals.
func number(x float64) string {
	return strconv.FormatFloat(math.Round(x*100)/100, 'f', -1, 64)
}
