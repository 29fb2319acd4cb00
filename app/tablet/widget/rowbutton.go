package widget

import (
	"fyne.io/fyne/v2"
)

// NewRowButton returns a row that stands by itself and may be tapped.
func NewRowButton(line Line, onTap func()) *Panel {
	row := NewRow()
	row.Set(line)
	return NewPanel(Plain, row, onTap)
}

// Rows stacks rows, or says that there are none.
func Rows(lines []Line, none string, onTap func(i int)) fyne.CanvasObject {
	if len(lines) == 0 {
		return NewNote(none)
	}
	var objects []fyne.CanvasObject
	for i, line := range lines {
		objects = append(objects, NewRowButton(line, func() { onTap(i) }))
	}
	return NewColumn(objects...)
}
