package screen

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/tablet/widget"
	"muqu/core"
	"muqu/core/form"
)

// householdsControl links households to an answer: their ids with blanks
// between them.
func (p *interview) householdsControl(s *Shell, q *form.Question) fyne.CanvasObject {
	rows, path := widget.NewColumn(), q.Path
	ids := strings.Fields(q.Value)
	var show func()
	change := func(to []string) {
		ids = to
		p.answer(s, path, strings.Join(ids, " "))
		show()
	}
	show = func() {
		rows.Objects = nil
		for _, id := range ids {
			remove := fynewidget.NewButtonWithIcon("", fynetheme.DeleteIcon(), func() {
				change(slices.DeleteFunc(slices.Clone(ids), func(other string) bool { return other == id }))
			})
			rows.Add(widget.NewBeside(widget.NewText(s.householdName(id)), remove))
		}
		rows.Add(fynewidget.NewButtonWithIcon(s.T("interview.household"), fynetheme.ContentAddIcon(), func() {
			widget.Pick(s.Window.Canvas(), s.T("interview.household"), s.Words(), s.Run, s.findHousehold, func(o widget.Option) {
				if !slices.Contains(ids, o.Value) {
					change(append(slices.Clone(ids), o.Value))
				}
			})
		}))
		rows.Refresh()
		p.page.Refresh()
	}
	show()
	return rows
}

// householdName returns what a household is called. One record is read, which
// takes less than a frame.
func (s *Shell) householdName(id string) string {
	ref, ok := refTo("household", id)
	if !ok {
		return id
	}
	r, found, err := s.Book.Get(s.ctx, ref)
	if err != nil || !found {
		return id
	}
	line := s.householdLine(&r)
	return joined(" · ", line.Title, line.Note)
}

// findHousehold searches the households on the tablet.
func (s *Shell) findHousehold(typed string, offset, limit int) ([]widget.Option, int, error) {
	homes, total, err := page(s.ctx, s.Book, core.Query{Kind: "household", Search: typed, Offset: offset, Limit: limit})
	var options []widget.Option
	for i := range homes {
		line := s.householdLine(&homes[i])
		options = append(options, widget.Option{Value: homes[i].ID.String(), Label: joined(" · ", line.Title, line.Note)})
	}
	return options, total, err
}
