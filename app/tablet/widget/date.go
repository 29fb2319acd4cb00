package widget

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"
)

// DateLayout is how dates are written everywhere: the same in all languages
// and never to be taken for another day.
const DateLayout = "2006-01-02"

// ParseDate reads a date as people type it: 2026-03-05, 20260305, 2026.3.5,
// 2026/3/5 or 2026年3月5日.
func ParseDate(text string) (time.Time, bool) {
	parts := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsDigit(r) })
	if len(parts) == 1 && len(parts[0]) == 8 {
		parts = []string{parts[0][:4], parts[0][4:6], parts[0][6:]}
	}
	if len(parts) != 3 || len(parts[0]) != 4 {
		return time.Time{}, false
	}
	var n [3]int
	for i, part := range parts {
		n[i], _ = strconv.Atoi(part) // digits only, so at worst too large for a date
	}
	day, err := time.Parse(DateLayout, fmt.Sprintf("%04d-%02d-%02d", n[0], n[1], n[2]))
	return day, err == nil
}

// Date is a field for a day: to be typed, or to be tapped in a calendar.
type Date struct {
	fynewidget.BaseWidget
	entry    *Entry
	row      *fyne.Container
	words    Words
	today    time.Time
	value    string
	onChange func(day string)
	problem  *Text
}

// NewDate returns a field with a day as in [DateLayout], empty for none.
// onChange hears of every complete day and of the field having been emptied.
func NewDate(words Words, today time.Time, day string, onChange func(day string)) *Date {
	d := &Date{entry: NewNumberEntry(), words: words, today: today, value: day, onChange: onChange}
	d.entry.SetText(day)
	d.entry.SetPlaceHolder(words.Date)
	d.entry.OnChanged = d.typed
	d.entry.OnLeave = d.left
	d.problem = NewNote(words.NotADate).Toned(Trouble)
	d.problem.Hidden = true
	open := fynewidget.NewButtonWithIcon("", fynetheme.CalendarIcon(), d.open)
	now := fynewidget.NewButton(words.Today, func() { d.Set(today.Format(DateLayout)) })
	d.row = NewColumn(NewBeside(d.entry, container.NewHBox(open, now)), d.problem)
	d.ExtendBaseWidget(d)
	return d
}

// Value returns the day, empty for none.
func (d *Date) Value() string { return d.value }

// Set changes the day as the user does.
func (d *Date) Set(day string) {
	d.entry.SetText(day)
	d.left()
}

func (d *Date) typed(text string) {
	day, ok := ParseDate(text)
	switch {
	case ok:
		d.change(day.Format(DateLayout))
	case strings.TrimSpace(text) == "":
		d.change("")
	}
}

// left writes the day out in full, or says that it is none.
func (d *Date) left() {
	day, ok := ParseDate(d.entry.Text)
	if ok && day.Format(DateLayout) != d.entry.Text {
		d.entry.SetText(day.Format(DateLayout))
	}
	d.problem.Hidden = ok || strings.TrimSpace(d.entry.Text) == ""
	d.row.Refresh()
	d.Refresh()
}

func (d *Date) change(day string) {
	if day != d.value {
		d.value = day
		d.onChange(day)
	}
}

func (d *Date) open() {
	c := fyne.CurrentApp().Driver().CanvasForObject(d)
	if c == nil {
		return
	}
	month := d.today
	if day, ok := ParseDate(d.value); ok {
		month = day
	}
	var window *fynewidget.PopUp
	calendar := newCalendar(d.words, month, d.value, func(day string) {
		window.Hide()
		d.Set(day)
	})
	window = fynewidget.NewModalPopUp(container.NewPadded(NewColumn(calendar,
		fynewidget.NewButton(d.words.Close, func() { window.Hide() }))), c)
	window.Resize(fyne.NewSize(min(480, c.Size().Width-20), 0))
	window.Show()
}

func (d *Date) parts() []fyne.CanvasObject { return []fyne.CanvasObject{d.entry} }

// CreateRenderer implements fyne.Widget.
func (d *Date) CreateRenderer() fyne.WidgetRenderer { return fynewidget.NewSimpleRenderer(d.row) }
