package survey

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"

	"muqu/assets"
	"muqu/core"
	"muqu/core/form"
	"muqu/core/table"
)

// shippedForm is a form that comes with the program.
type shippedForm struct {
	stem string // what its files begin with, which visits of the tablets name
	form *form.Form
}

// shipped reads the forms that come with the program once. They were tested
// with it, so an error is a broken build.
var shipped = sync.OnceValues(func() ([]shippedForm, error) {
	names, err := fs.Glob(assets.Forms(), "*_survey.csv")
	if err != nil {
		return nil, err
	}
	var out []shippedForm
	for _, n := range names {
		stem := strings.TrimSuffix(n, "_survey.csv")
		files, err := shippedFiles(stem)
		if err != nil {
			return nil, err
		}
		f, report := form.ReadSet(files)
		if !report.OK() {
			return nil, fmt.Errorf("form %s: %w", stem, report.Errors[0])
		}
		out = append(out, shippedForm{stem, f})
	}
	return out, nil
})

func shippedFiles(stem string) (map[string][]byte, error) {
	files := make(map[string][]byte)
	for _, sheet := range []string{"survey", "choices", "settings", "entities", "external_choices"} {
		name := stem + "_" + sheet + ".csv"
		b, err := fs.ReadFile(assets.Forms(), name)
		if err == nil {
			files[name] = b
		} else if sheet == "survey" {
			return nil, fmt.Errorf("form %s: %w", stem, err)
		}
	}
	return files, nil
}

// shippedData gives a table that the shipped forms look values up in, nil if
// there is none of that name.
func shippedData(name string) *form.Dataset {
	sheet := shippedSheet(name)
	if sheet == nil {
		return nil
	}
	return form.NewDataset(sheet)
}

func shippedSheet(name string) *table.Sheet {
	b, err := fs.ReadFile(assets.Forms(), name+".csv")
	if err != nil {
		return nil
	}
	book, err := table.Read(name+".csv", b, table.Limits{})
	if err != nil || len(book.Sheets) == 0 {
		return nil
	}
	return &book.Sheets[0]
}

// Shipped is the state of the version of a form that comes with the program.
const Shipped = "shipped"

// version describes a shipped form as if it were kept.
func (s *shippedForm) version() core.FormVersion {
	f := s.form
	return core.FormVersion{FormID: f.ID, Version: f.Version, Title: f.Title, State: Shipped, Questions: f.Questions()}
}

// Names are all ids by which visits name the form.
func (f *Form) Names() []string {
	if f.Stem == "" || f.Stem == f.ID {
		return []string{f.ID}
	}
	return []string{f.ID, f.Stem}
}

// Named finds the form of an id, or of the name of a shipped form's files; the
// zero Form where it is not among them.
func Named(forms []Form, id string) Form {
	for i := range forms {
		if slices.Contains(forms[i].Names(), id) {
			return forms[i]
		}
	}
	return Form{}
}

// Workbook gives a version's workbook as it is handed on.
func shippedWorkbook(stem string) ([]byte, error) {
	files, err := shippedFiles(stem)
	if err != nil {
		return nil, err
	}
	return form.Keep(files, "").Bytes, nil
}

func sorted(all []Form) []Form {
	slices.SortFunc(all, func(a, b Form) int {
		if a.Stem != "" != (b.Stem != "") {
			return map[bool]int{true: 1, false: -1}[a.Stem != ""] // those of the office first
		}
		return strings.Compare(core.SortKey(a.Title)+a.ID, core.SortKey(b.Title)+b.ID)
	})
	return all
}
