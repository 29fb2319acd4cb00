package screen

import (
	"fmt"
	"io/fs"

	"muqu/assets"
	"muqu/core/form"
	"muqu/core/table"
)

// readForm reads one of the shipped forms.
func (s *Shell) readForm(name string) (*form.Form, error) {
	files := make(map[string][]byte)
	for _, sheet := range []string{"survey", "choices", "settings"} {
		file := name + "_" + sheet + ".csv"
		data, err := fs.ReadFile(assets.Forms(), file)
		if err != nil {
			return nil, fmt.Errorf("read form: %w", err)
		}
		files[file] = data
	}
	f, report := form.ReadSet(files)
	if !report.OK() {
		return nil, fmt.Errorf("read form %s: %s", name, report.Errors[0].Text)
	}
	return f, nil
}

// dataset returns a table that forms look values up in, nil if there is none
// of that name.
func (s *Shell) dataset(name string) *form.Dataset {
	data, err := fs.ReadFile(assets.Forms(), name+".csv")
	if err != nil {
		return nil
	}
	book, err := table.Read(name+".csv", data, table.Limits{})
	if err != nil || len(book.Sheets) == 0 {
		return nil
	}
	return form.NewDataset(&book.Sheets[0])
}
