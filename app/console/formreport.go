package console

import (
	"net/http"

	"muqu/app/survey"
	"muqu/core/form"
)

type formReportPage struct {
	Frame
	OK       bool
	New      bool
	Name     string // of the form, or of the file
	Version  string
	To       string
	Errors   []problemRow
	Warnings []problemRow
	GaveID   string
	GaveNo   string
	Missing  string
	Needless string
}

// problemList is what is wrong, under one heading.
type problemList struct {
	Frame
	Rows []problemRow
}

// ErrorList is what must be mended.
func (p *formReportPage) ErrorList() problemList { return problemList{p.Frame, p.Errors} }

// WarningList is what should be looked at.
func (p *formReportPage) WarningList() problemList { return problemList{p.Frame, p.Warnings} }

// problemRow is one thing wrong with a form, and where.
type problemRow struct {
	Sheet  string
	Row    int
	Column string
	Text   string
}

func (v *visit) formReport(a *survey.Added) error {
	p := &formReportPage{Frame: v.frame("form.report"), OK: a.Form != nil, New: a.New, Errors: v.problems(a.Report.Errors), Warnings: v.problems(a.Report.Warnings),
		Missing: v.join(a.Missing), Needless: v.join(a.Needless)}
	status := http.StatusUnprocessableEntity
	if p.OK {
		status = http.StatusOK
		p.Name, p.Version, p.To = a.Version.Title, a.Version.Version, formURL(a.Version.FormID)
		if a.GaveID {
			p.GaveID = a.Version.FormID
		}
		if a.GaveVersion {
			p.GaveNo = a.Version.Version
		}
	}
	v.render(status, "formreport", p)
	return nil
}

func (v *visit) problems(list []form.Problem) []problemRow {
	var out []problemRow
	for _, p := range list {
		out = append(out, problemRow{p.Sheet, p.Row, p.Column, v.message(p.Message)})
	}
	return out
}

// message writes a sentence about a form in the person's language. Those about
// whole files are in the catalogue.
func (v *visit) message(m form.Message) string {
	if !v.words.Has(m.Key) {
		return m.In(v.Lang())
	}
	var args []any
	for name, value := range m.Args {
		args = append(args, name, value)
	}
	return v.words.T(m.Key, args...)
}

// Lang is the language of the page.
func (v *visit) Lang() string { return string(v.words.Language()) }
