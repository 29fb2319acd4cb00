package widget

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

// A form full of entries scrolls wherever it is dragged, and only a tap brings
// up the keyboard.
func TestDraggingAnEntryScrollsTheForm(t *testing.T) {
	test.NewTempApp(t)
	var objects []fyne.CanvasObject
	for range 20 {
		objects = append(objects, NewEntry())
	}
	form := NewForm(objects...)
	w := test.NewTempWindow(t, form)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(400, 300))
	entry := objects[2].(*Entry)
	over := fyne.CurrentApp().Driver().AbsolutePositionForObject(entry).AddXY(50, 10)

	test.Drag(w.Canvas(), over, 0, -40)
	if got := form.Offset(); got != 40 {
		t.Errorf("dragged up by 40: offset %v", got)
	}
	test.Scroll(w.Canvas(), over, 0, 40)
	if got := form.Offset(); got != 0 {
		t.Errorf("turned the wheel back by 40: offset %v", got)
	}
	if got := w.Canvas().Focused(); got != nil {
		t.Errorf("dragging gave %T the focus", got)
	}
	test.TapCanvas(w.Canvas(), over)
	if got := w.Canvas().Focused(); got != fyne.Focusable(entry) {
		t.Errorf("a tap gave the focus to %v", got)
	}
	test.Drag(w.Canvas(), over, 0, -40)
	if got := form.Offset(); got != 0 {
		t.Errorf("dragging in the entry that has the focus scrolled to %v", got)
	}
	w.Canvas().Unfocus()
	test.Drag(w.Canvas(), over, 0, -40)
	if got := form.Offset(); got != 40 {
		t.Errorf("after the focus has gone: offset %v", got)
	}
}
