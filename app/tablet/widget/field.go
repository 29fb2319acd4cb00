package widget

import (
	"fyne.io/fyne/v2"
	fynewidget "fyne.io/fyne/v2/widget"
)

// Field is a control with its label above and below it what is wrong with it,
// or else a hint.
type Field struct {
	fynewidget.BaseWidget
	label   string
	column  *fyne.Container
	control fyne.CanvasObject
	hint    *Text
	problem *Text
}

// NewField returns a field. A label that ends in * asks for an answer; an empty
// hint takes no room.
func NewField(label, hint string, control fyne.CanvasObject) *Field {
	return NewStyledField(NewText(label), NewNote(hint), control)
}

// NewStyledField is NewField of a label and a hint that have styles of their own.
func NewStyledField(label, hint *Text, control fyne.CanvasObject) *Field {
	f := &Field{label: label.Text(), control: control, hint: hint, problem: NewText("").Toned(Trouble)}
	f.hint.Hidden, f.problem.Hidden = hint.Text() == "", true
	f.column = &fyne.Container{Layout: &Column{Gap: 3}}
	if f.label != "" {
		f.column.Add(label)
	}
	f.column.Objects = append(f.column.Objects, f.hint, control, f.problem)
	f.ExtendBaseWidget(f)
	return f
}

// Label returns the field's label.
func (f *Field) Label() string { return f.label }

// SetProblem says what is wrong; empty = nothing.
func (f *Field) SetProblem(text string) {
	if text == f.Problem() {
		return
	}
	f.problem.SetText(text)
	f.problem.Hidden = text == ""
	f.column.Layout.Layout(f.column.Objects, f.Size())
	f.Refresh()
}

// Problem returns what is wrong.
func (f *Field) Problem() string { return f.problem.Text() }

func (f *Field) parts() []fyne.CanvasObject { return f.column.Objects }

// CreateRenderer implements fyne.Widget.
func (f *Field) CreateRenderer() fyne.WidgetRenderer { return fynewidget.NewSimpleRenderer(f.column) }
