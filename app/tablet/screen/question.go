package screen

import (
	"fmt"
	"image/color"
	"math"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"muqu/app/tablet/widget"
	"muqu/core/form"
)

// questionField is one question on the screen.
type questionField struct {
	object fyne.CanvasObject
	field  *widget.Field // nil for a note
	shape  string        // what the widgets were made for; another shape needs new ones
	typing bool          // the answer is being typed: not yet the time to object
}

// field returns the object of a question: the one that is shown, or a new one.
func (p *interview) field(s *Shell, step *form.Step, q form.Question) fyne.CanvasObject {
	shape := shapeOf(s, &q)
	shown := p.fields[q.Path]
	if shown == nil || shown.shape != shape {
		shown = p.newField(s, q)
		shown.shape = shape
		p.fields[q.Path] = shown
	}
	if shown.field != nil {
		shown.field.SetProblem(p.problem(step, &q, shown))
	}
	return shown.object
}

// shapeOf returns what a question's widgets depend on besides the answer.
func shapeOf(s *Shell, q *form.Question) string {
	shape := []string{string(s.Language), q.Type, q.Label, q.Hint, fmt.Sprint(q.Styled, q.StyledHint)}
	if q.Required {
		shape = append(shape, "*")
	}
	for _, c := range q.Choices {
		shape = append(shape, c.Name)
	}
	return strings.Join(shape, "\n")
}

// problem returns what is to be said about an answer. That a question has no
// answer yet is said only when the worker wanted to go on, and that a wrong
// one is wrong not while it is being typed.
func (p *interview) problem(step *form.Step, q *form.Question, shown *questionField) string {
	switch {
	case q.Error == nil:
		return ""
	case q.Value == "" && q.Typed == "" && !p.tried[step.Path]:
		return ""
	case shown.typing && shown.field.Problem() == "", q.Type == "rank" && !p.tried[step.Path]:
		return ""
	}
	return q.Error.Text
}

func (p *interview) newField(s *Shell, q form.Question) *questionField {
	if q.Type == "note" {
		tone, note := widget.Info, widget.NewText(q.Label).In(styled(q.Styled))
		if q.Warning {
			tone, note = widget.Attention, note.Toned(widget.Attention)
		}
		column := widget.NewColumn(note)
		if q.Hint != "" {
			column.Add(widget.NewNote(q.Hint).In(styled(q.StyledHint)))
		}
		column.Objects = append(column.Objects, p.media(s, q.Media)...)
		return &questionField{object: widget.NewPanel(tone, column, nil)}
	}
	shown := &questionField{}
	label, runs := q.Label, styled(q.Styled)
	if q.Required {
		label += " *"
		if runs != nil {
			runs = append(runs, widget.Run{Text: " *"})
		}
	}
	control := p.questionControl(s, q, shown)
	if media := p.media(s, q.Media); len(media) > 0 {
		control = widget.NewColumn(append(media, control)...)
	}
	hint := styled(q.StyledHint)
	if hint != nil && q.Guidance != "" {
		hint = append(hint, widget.Run{Text: "\n" + q.Guidance})
	}
	shown.field = widget.NewStyledField(widget.NewText(label).In(runs), widget.NewNote(joined("\n", q.Hint, q.Guidance)).In(hint), control)
	shown.object = shown.field
	return shown
}

// styled makes the styles of a form's text those of the tablet. Chinese has no
// slanted letters: what is slanted elsewhere is underlined, as what leads somewhere.
func styled(runs []form.Run) []widget.Run {
	var out []widget.Run
	for _, r := range runs {
		run := widget.Run{Text: r.Text, Strong: r.Bold, Under: r.Italic || r.Link != "", Large: r.Heading == 1 || r.Heading == 2}
		var c color.RGBA
		if n, _ := fmt.Sscanf(r.Color, "#%02x%02x%02x", &c.R, &c.G, &c.B); n == 3 {
			c.A = 255
			run.Color = c
		}
		out = append(out, run)
	}
	return out
}

// appears tells whether a question's appearance has a word.
func appears(q *form.Question, word string) bool {
	for _, w := range q.Appearance {
		if w == word {
			return true
		}
	}
	return false
}

// questionControl makes the widget in which a question is answered.
func (p *interview) questionControl(s *Shell, q form.Question, shown *questionField) fyne.CanvasObject {
	answer := func(text string) { p.answer(s, q.Path, text) }
	switch {
	case q.ReadOnly:
		return widget.NewText(p.run.Display(q.Path))
	case appears(&q, "hs-region"):
		level := ""
		if q.Check == "region:village" {
			level = villageLevel
		}
		return s.placePicker(q.Label, q.Value, level, answer)
	case appears(&q, "hs-households"):
		return p.householdsControl(s, &q)
	case len(q.Choices) > 0:
		return p.choiceControl(s, &q)
	}
	switch q.Type {
	case "date":
		return p.dayControl(s, &q)
	case "dateTime":
		return widget.NewMoment(s.Words(), s.Now(), q.Value, s.T("word.example", "what", "09:30"), answer)
	case "image":
		return p.imageControl(s, &q)
	case "audio", "video", "file":
		return p.fileControl(s, &q)
	case "barcode":
		return p.barcodeControl(s, &q, shown)
	case "geopoint", "geotrace", "geoshape":
		return p.geoControl(s, &q, shown)
	case "range":
		return p.rangeControl(s, &q, answer)
	case "acknowledge":
		return widget.NewChoice([]widget.Option{{Value: "OK", Label: s.T("yes")}}, q.Value, answer)
	}
	return p.lineControl(s, &q, shown)
}

// dayControl asks for a day, or for a month or a year.
func (p *interview) dayControl(s *Shell, q *form.Question) fyne.CanvasObject {
	answer := func(text string) { p.answer(s, q.Path, text) }
	switch {
	case appears(q, "month-year"):
		return widget.NewPeriod(true, q.Value, s.T("word.example", "what", "2026-03"), s.T("word.not_a_month"), answer)
	case appears(q, "year"):
		return widget.NewPeriod(false, q.Value, s.T("word.example", "what", "2026"), s.T("word.not_a_year"), answer)
	}
	return widget.NewDate(s.Words(), s.Now(), q.Value, answer)
}

// rangeControl asks for a number between two ends.
func (p *interview) rangeControl(s *Shell, q *form.Question, answer func(string)) fyne.CanvasObject {
	number := func(name string, otherwise float64) float64 {
		if n, err := strconv.ParseFloat(q.Parameters[name], 64); err == nil {
			return n
		}
		return otherwise
	}
	low, high, step := number("start", 1), number("end", 10), math.Abs(number("step", 1))
	at, err := strconv.ParseFloat(q.Value, 64)
	if err != nil {
		at = min(low, high)
	}
	return widget.NewRange(low, high, step, q.Value, at, func(n float64) string {
		return strconv.FormatFloat(math.Round(n*1e6)/1e6, 'f', -1, 64) // a step of 0.1 is not exact
	}, s.Words(), answer)
}

// lineControl is a line, or several, to type in. A wrong answer is objected to
// when the line is left.
func (p *interview) lineControl(s *Shell, q *form.Question, shown *questionField) fyne.CanvasObject {
	entry := widget.NewEntry()
	switch {
	case q.Type == "integer" || q.Type == "decimal":
		entry = widget.NewAmountEntry()
	case appears(q, "masked"):
		entry.Password = true
	case q.Type == "time" || appears(q, "numbers"):
		entry = widget.NewNumberEntry()
	case appears(q, "multiline") || q.Parameters["rows"] != "":
		entry = widget.NewMultiLineEntry()
	case q.Sensitive == "phone":
		entry = widget.NewNumberEntry()
	}
	if q.Type == "time" {
		entry.SetPlaceHolder(s.T("word.example", "what", "09:30"))
	}
	entry.SetText(p.written(q))
	if q.Typed != "" {
		entry.SetText(q.Typed)
	}
	path := q.Path
	entry.OnChanged = func(text string) {
		shown.typing = true
		p.answer(s, path, text)
	}
	entry.OnLeave = func() {
		if shown.typing {
			shown.typing = false
			if appears(q, "thousands-sep") && p.run.Value(path) != "" {
				told := entry.OnChanged
				entry.OnChanged = nil // it is the same answer
				entry.SetText(grouped(p.run.Value(path)))
				entry.OnChanged = told
			}
			p.object(s)
		}
	}
	return entry
}

// written is how an answer stands in its line.
func (p *interview) written(q *form.Question) string {
	if appears(q, "thousands-sep") {
		return grouped(q.Value)
	}
	return q.Value
}

// grouped writes a number with a comma after every three digits, as the form
// takes it back.
func grouped(number string) string {
	whole, rest, dot := strings.Cut(number, ".")
	digits := strings.TrimPrefix(whole, "-")
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	if strings.HasPrefix(whole, "-") {
		digits = "-" + digits
	}
	if dot {
		digits += "." + rest
	}
	return digits
}

// object shows what is wrong a moment after a line was left. The tap that left
// it is on its way to a button below: if that moved now, the tap would miss.
func (p *interview) object(s *Shell) {
	s.Run(func() func() {
		time.Sleep(s.Patience)
		return func() {
			if any(s.Top()) == any(p.purpose) {
				p.refresh(s)
			}
		}
	})
}
