package screen

import (
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
	shape := []string{string(s.Language), q.Type, q.Label, q.Hint}
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
	case shown.typing && shown.field.Problem() == "":
		return ""
	}
	return q.Error.Text
}

func (p *interview) newField(s *Shell, q form.Question) *questionField {
	if q.Type == "note" {
		note := widget.NewText(q.Label)
		if q.Warning {
			return &questionField{object: widget.NewPanel(widget.Attention, note.Toned(widget.Attention), nil)}
		}
		return &questionField{object: widget.NewPanel(widget.Info, note, nil)}
	}
	shown := &questionField{}
	label := q.Label
	if q.Required {
		label += " *"
	}
	shown.field = widget.NewField(label, q.Hint, p.questionControl(s, q, shown))
	shown.object = shown.field
	return shown
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
		return widget.NewDate(s.Words(), s.Now(), q.Value, answer)
	case "image":
		return p.imageControl(s, &q)
	case "acknowledge":
		return widget.NewChoice([]widget.Option{{Value: "OK", Label: s.T("yes")}}, q.Value, answer)
	}
	return p.lineControl(s, &q, shown)
}

// choiceControl shows the choices of a question.
func (p *interview) choiceControl(s *Shell, q *form.Question) fyne.CanvasObject {
	var options []widget.Option
	var chosen []string
	picked := widget.Option{}
	for _, c := range q.Choices {
		option := widget.Option{Value: c.Name, Label: c.Label}
		options = append(options, option)
		if c.Selected {
			chosen, picked = append(chosen, c.Name), option
		}
	}
	path := q.Path
	switch {
	case q.Type == "select_multiple" || q.Type == "rank":
		return widget.NewChoices(options, chosen, func(chosen []string) { p.answer(s, path, strings.Join(chosen, " ")) })
	case len(options) >= manyChoices || appears(q, "minimal"):
		return widget.NewPicker(q.Label, s.Words(), s.Run, widget.FindIn(options), picked,
			func(o widget.Option) { p.answer(s, path, o.Value) })
	}
	return widget.NewChoice(options, picked.Value, func(chosen string) { p.answer(s, path, chosen) })
}

// lineControl is a line, or several, to type in. A wrong answer is objected to
// when the line is left.
func (p *interview) lineControl(s *Shell, q *form.Question, shown *questionField) fyne.CanvasObject {
	entry := widget.NewEntry()
	switch {
	case q.Type == "integer" || q.Type == "decimal" || q.Type == "range":
		entry = widget.NewAmountEntry()
	case q.Type == "time":
		entry = widget.NewNumberEntry()
	case appears(q, "multiline"):
		entry = widget.NewMultiLineEntry()
	case q.Sensitive == "phone":
		entry = widget.NewNumberEntry()
	}
	switch q.Type {
	case "time":
		entry.SetPlaceHolder(s.T("word.example", "what", "09:30"))
	case "geopoint":
		entry.SetPlaceHolder(s.T("interview.gps"))
	}
	entry.SetText(q.Value)
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
			p.object(s)
		}
	}
	return entry
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
