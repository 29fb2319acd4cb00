package command

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"muqu/core/form"
)

// sheets are the names that the files of one form in CSV end in.
var sheets = []string{"_survey.csv", "_choices.csv", "_settings.csv", "_entities.csv", "_external_choices.csv"}

// ReadForm reads a form from a workbook, a Markdown file or, where the file is
// one sheet of a set of CSV files, from all of them.
func ReadForm(path string) (*form.Form, form.Report, error) {
	for _, s := range sheets {
		if stem, ok := strings.CutSuffix(path, s); ok {
			return readSet(stem)
		}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, form.Report{}, fmt.Errorf("read form: %w", err)
	}
	f, report := form.ReadFile(filepath.Base(path), b)
	return f, report, nil
}

func readSet(stem string) (*form.Form, form.Report, error) {
	files := make(map[string][]byte)
	for _, s := range sheets {
		b, err := os.ReadFile(stem + s)
		if err == nil {
			files[filepath.Base(stem+s)] = b
		} else if !os.IsNotExist(err) {
			return nil, form.Report{}, fmt.Errorf("read form: %w", err)
		}
	}
	if len(files) == 0 {
		return nil, form.Report{}, fmt.Errorf("read form: there is no %s_survey.csv", stem)
	}
	f, report := form.ReadSet(files)
	return f, report, nil
}
