package widget

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"fyne.io/fyne/v2"
	fynewidget "fyne.io/fyne/v2/widget"
)

// NewMoment returns a field for a day and a time of it. value is as in
// 2026-03-05T09:30; onChange hears of the two when both are there, and of "" when
// both are empty.
func NewMoment(words Words, now time.Time, value, example string, onChange func(value string)) fyne.CanvasObject {
	day, clock, _ := strings.Cut(value, "T")
	clock = clock[:min(5, len(clock))]
	told := func() {
		switch {
		case day != "" && clock != "":
			onChange(day + " " + clock)
		case day == "" && clock == "":
			onChange("")
		}
	}
	hour := NewNumberEntry()
	hour.SetText(clock)
	hour.SetPlaceHolder(example)
	hour.OnChanged = func(text string) {
		clock = strings.TrimSpace(text)
		told()
	}
	date := NewDate(words, now, day, func(text string) {
		day = text
		told()
	})
	return NewColumn(date, hour)
}

// Period is a month or a year to be typed.
type Period struct {
	fynewidget.BaseWidget
	entry    *Entry
	months   bool
	value    string
	problem  *Text
	column   *fyne.Container
	onChange func(day string)
}

// NewPeriod returns a field for a month, or for a year where months is false.
// It stands for its first day, as in 2026-03-01; "" for none. wrong says that
// what was typed is none.
func NewPeriod(months bool, day, example, wrong string, onChange func(day string)) *Period {
	p := &Period{entry: NewNumberEntry(), months: months, value: day, onChange: onChange, problem: NewNote(wrong).Toned(Trouble)}
	p.entry.SetText(p.written(day))
	p.entry.SetPlaceHolder(example)
	p.problem.Hidden = true
	p.entry.OnChanged = p.typed
	p.entry.OnLeave = p.left
	p.column = NewColumn(p.entry, p.problem)
	p.ExtendBaseWidget(p)
	return p
}

// written is how a period is shown: 2026-03, or 2026.
func (p *Period) written(day string) string {
	n := 4
	if p.months {
		n = 7
	}
	return day[:min(n, len(day))]
}

// parse reads 2026-3, 2026.03, 202603, 2026年3月; or 2026.
func (p *Period) parse(text string) (day string, ok bool) {
	parts := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsDigit(r) })
	if len(parts) == 1 && len(parts[0]) == 6 && p.months {
		parts = []string{parts[0][:4], parts[0][4:]}
	}
	want := 1
	if p.months {
		want = 2
	}
	if len(parts) != want || len(parts[0]) != 4 {
		return "", false
	}
	month := 1
	if p.months {
		month, _ = strconv.Atoi(parts[1]) // digits only
	}
	year, _ := strconv.Atoi(parts[0])
	if month < 1 || month > 12 || year < 1 {
		return "", false
	}
	return fmt.Sprintf("%04d-%02d-01", year, month), true
}

func (p *Period) typed(text string) {
	day, ok := p.parse(text)
	if !ok && strings.TrimSpace(text) != "" || day == p.value {
		return
	}
	p.value = day
	p.onChange(day)
}

// left writes the period out in full, or says that it is none.
func (p *Period) left() {
	day, ok := p.parse(p.entry.Text)
	if ok && p.written(day) != p.entry.Text {
		p.entry.SetText(p.written(day))
	}
	p.problem.Hidden = ok || strings.TrimSpace(p.entry.Text) == ""
	p.column.Refresh()
	p.Refresh()
}

func (p *Period) parts() []fyne.CanvasObject { return []fyne.CanvasObject{p.entry} }

// CreateRenderer implements fyne.Widget.
func (p *Period) CreateRenderer() fyne.WidgetRenderer { return fynewidget.NewSimpleRenderer(p.column) }
