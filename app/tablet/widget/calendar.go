package widget

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"
)

// calendar shows the days of a month to be tapped, and steps by months and
// years, because dates of birth lie far back.
type calendar struct {
	fynewidget.BaseWidget
	words  Words
	month  time.Time // any day of the month shown
	chosen string
	onTap  func(day string)
	column *fyne.Container
}

func newCalendar(words Words, month time.Time, chosen string, onTap func(day string)) *calendar {
	c := &calendar{words: words, month: month, chosen: chosen, onTap: onTap, column: NewColumn()}
	c.fill()
	c.ExtendBaseWidget(c)
	return c
}

// step shows another month.
func (c *calendar) step(years, months int) {
	c.month = time.Date(c.month.Year()+years, c.month.Month()+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	c.fill()
	c.column.Refresh()
	c.Refresh()
}

func (c *calendar) fill() {
	c.column.Objects = []fyne.CanvasObject{c.head(), c.days()}
}

func (c *calendar) head() fyne.CanvasObject {
	button := func(label string, years, months int) fyne.CanvasObject {
		return fynewidget.NewButton(label, func() { c.step(years, months) })
	}
	left := container.NewHBox(button("«", -1, 0), button("‹", 0, -1))
	right := container.NewHBox(button("›", 0, 1), button("»", 1, 0))
	return container.NewBorder(nil, nil, left, right, NewHeading(c.month.Format("2006-01")).Centered())
}

func (c *calendar) days() fyne.CanvasObject {
	grid := container.New(&week{})
	for _, name := range c.words.Weekdays {
		grid.Add(NewNote(name).Centered())
	}
	first := time.Date(c.month.Year(), c.month.Month(), 1, 0, 0, 0, 0, time.UTC)
	for range (int(first.Weekday()) + 6) % 7 {
		grid.Add(NewNote(""))
	}
	for day := first; day.Month() == first.Month(); day = day.AddDate(0, 0, 1) {
		text := day.Format(DateLayout)
		button := fynewidget.NewButton(day.Format("2"), func() { c.onTap(text) })
		if text == c.chosen {
			button.Importance = fynewidget.HighImportance
		}
		grid.Add(button)
	}
	return grid
}

// CreateRenderer implements fyne.Widget.
func (c *calendar) CreateRenderer() fyne.WidgetRenderer {
	return fynewidget.NewSimpleRenderer(c.column)
}

// week lays out seven columns of equal cells, the first row lower.
type week struct{}

const (
	weekHead = 30 // dp, row of the names
	weekCell = 50 // dp, height of a day
)

// Layout implements fyne.Layout.
func (week) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	cell := size.Width / 7
	for i, o := range objects {
		row, column := i/7, i%7
		o.Move(fyne.NewPos(float32(column)*cell, max(0, weekHead+float32(row-1)*(weekCell+2))))
		o.Resize(fyne.NewSize(cell-2, weekCell))
		if row == 0 {
			o.Move(fyne.NewPos(float32(column)*cell, 0))
			o.Resize(fyne.NewSize(cell, weekHead))
		}
	}
}

// MinSize implements fyne.Layout: six weeks, so that the window does not jump.
func (week) MinSize([]fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(7*(50+fynetheme.Padding()), weekHead+6*(weekCell+2))
}
