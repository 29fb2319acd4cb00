package main

import (
	"context"
	"flag"
	"path/filepath"
	"strings"
	"time"

	"muqu/app/command"
	"muqu/app/survey"
	"muqu/core"
)

// answerFlags choose answers of a form.
type answerFlags struct{ data, out, region, from, to *string }

func newAnswerFlags(f *flag.FlagSet, out string) answerFlags {
	return answerFlags{
		dataFlag(f), f.String("out", "", out), f.String("region", "", "region code; empty: all"),
		f.String("from", "", "first day of the visits, such as 2026-03-01"), f.String("to", "", "last day of the visits"),
	}
}

func (a *answerFlags) filter() (x survey.Filter, err error) {
	for _, day := range []string{*a.from, *a.to} {
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			return x, &command.UsageError{Text: "--from and --to take a date such as 2026-03-01"}
		}
	}
	x.From, x.To = *a.from, *a.to
	if *a.region != "" {
		prefix, err := core.RegionPrefix(*a.region)
		if err != nil {
			return x, err
		}
		x.Regions = core.Scope{prefix}
	}
	return x, nil
}

// read hands over the answers that were chosen of a form.
func (a *answerFlags) read(ctx context.Context, id string, use func(*centre, survey.Form, []survey.Answered) error) error {
	x, err := a.filter()
	if err != nil {
		return err
	}
	return within(ctx, *a.data, nil, func(s *centre) error {
		found, answers, err := s.answersOf(ctx, id, x)
		if err != nil {
			return err
		}
		return use(s, found, answers)
	})
}

// answersOf reads the answers to a form, after noting that they are taken out.
func (s *centre) answersOf(ctx context.Context, id string, x survey.Filter) (survey.Form, []survey.Answered, error) {
	l := s.library()
	found, err := l.Find(ctx, id)
	if err != nil {
		return found, nil, err
	}
	if err := s.Look(ctx, administrator().Name, "export", "visit "+found.ID); err != nil {
		return found, nil, err
	}
	visits, err := l.Visits(ctx, &found, x, 0, 0)
	if err != nil {
		return found, nil, err
	}
	answers, err := l.Answers(ctx, &found, visits)
	if err == nil {
		err = survey.FindOrigins(ctx, desk{s.As(administrator()), s.files}, answers)
	}
	return found, answers, err
}

func exportAnswers(f *flag.FlagSet) func(context.Context, *command.Call) error {
	a := newAnswerFlags(f, "file to write: .xlsx with a sheet for each repeat, or .csv with a file for each")
	split := f.Bool("split", false, "a column of 0 and 1 for each choice of a select_multiple")
	return func(ctx context.Context, c *command.Call) error {
		ext := strings.ToLower(filepath.Ext(*a.out))
		if ext != ".xlsx" && ext != ".csv" {
			return &command.UsageError{Text: "--out takes a file that ends in .xlsx or .csv"}
		}
		return a.read(ctx, c.Words[0], func(s *centre, found survey.Form, answers []survey.Answered) error {
			forms, err := s.library().FormsOf(ctx, &found, answers)
			if err != nil {
				return err
			}
			files, err := writeSheets(*a.out, survey.Sheets(found.ID, forms, answers, survey.SheetOptions{Split: *split}))
			if err != nil {
				return err
			}
			return c.Print(map[string]any{"exported": len(answers), "files": files})
		})
	}
}

// writeSheets writes one workbook, or a CSV file for each sheet: that of a
// repeat beside the first, with its name behind.
func writeSheets(path string, sheets []core.Sheet) ([]string, error) {
	if strings.EqualFold(filepath.Ext(path), ".xlsx") {
		return []string{path}, writeTables(path, sheets...)
	}
	var files []string
	stem := strings.TrimSuffix(path, filepath.Ext(path))
	for i, s := range sheets {
		name := path
		if i > 0 {
			name = stem + strings.TrimPrefix(s.Name, sheets[0].Name) + filepath.Ext(path)
		}
		if err := writeTables(name, s); err != nil {
			return files, err
		}
		files = append(files, name)
	}
	return files, nil
}
