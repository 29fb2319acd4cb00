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
	files, err := FormFiles(path)
	if err != nil {
		return nil, form.Report{}, err
	}
	var f *form.Form
	var report form.Report
	if _, set := stemOf(path); set {
		f, report = form.ReadSet(files)
	} else {
		f, report = form.ReadFile(filepath.Base(path), files[filepath.Base(path)])
	}
	return f, report, nil
}

// FormFiles reads the file of a form, or all of the set that it belongs to, by
// their names.
func FormFiles(path string) (map[string][]byte, error) {
	if stem, set := stemOf(path); set {
		return readSet(stem)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read form: %w", err)
	}
	return map[string][]byte{filepath.Base(path): b}, nil
}

// stemOf gives what the names of a set's files begin with.
func stemOf(path string) (stem string, set bool) {
	for _, s := range sheets {
		if stem, ok := strings.CutSuffix(path, s); ok {
			return stem, true
		}
	}
	return "", false
}

func readSet(stem string) (map[string][]byte, error) {
	files := make(map[string][]byte)
	for _, s := range sheets {
		b, err := os.ReadFile(stem + s)
		if err == nil {
			files[filepath.Base(stem+s)] = b
		} else if !os.IsNotExist(err) {
			return nil, fmt.Errorf("read form: %w", err)
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("read form: there is no %s_survey.csv", stem)
	}
	return files, nil
}
