package widget

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/mobile"
	fynewidget "fyne.io/fyne/v2/widget"
)

// glass lies over an entry that has not the focus. Fyne's entry takes every
// drag and every turn of the wheel for itself, so that a page full of entries
// could not be scrolled with a finger, and a finger that wants to scroll would
// bring up the keyboard. The glass hands these to the form and lets only a tap
// through.
type glass struct {
	fynewidget.BaseWidget
	entry *Entry
}

func newGlass(e *Entry) *glass {
	g := &glass{entry: e}
	g.ExtendBaseWidget(g)
	return g
}

// Dragged implements fyne.Draggable.
func (g *glass) Dragged(drag *fyne.DragEvent) {
	g.Scrolled(&fyne.ScrollEvent{PointEvent: drag.PointEvent, Scrolled: drag.Dragged})
}

// DragEnd implements fyne.Draggable.
func (g *glass) DragEnd() {}

// Scrolled implements fyne.Scrollable.
func (g *glass) Scrolled(turn *fyne.ScrollEvent) {
	if g.entry.scroller != nil {
		g.entry.scroller.Scrolled(turn)
	}
}

// Tapped implements fyne.Tappable: the entry gets the focus, with the cursor
// where the finger was.
func (g *glass) Tapped(tap *fyne.PointEvent) {
	touch := &mobile.TouchEvent{}
	touch.PointEvent = *tap
	g.entry.TouchDown(touch)
}

// TappedSecondary implements fyne.SecondaryTappable: the menu for pasting.
func (g *glass) TappedSecondary(tap *fyne.PointEvent) { g.entry.TappedSecondary(tap) }

// TouchDown implements mobile.Touchable, so that the entry does not hear of it
// before it is known whether the finger taps or drags.
func (g *glass) TouchDown(*mobile.TouchEvent) {}

// TouchUp implements mobile.Touchable.
func (g *glass) TouchUp(*mobile.TouchEvent) {}

// TouchCancel implements mobile.Touchable.
func (g *glass) TouchCancel(*mobile.TouchEvent) {}

// CreateRenderer implements fyne.Widget: there is nothing to see.
func (g *glass) CreateRenderer() fyne.WidgetRenderer {
	return fynewidget.NewSimpleRenderer(&fyne.Container{})
}

// CreateRenderer implements fyne.Widget.
func (e *Entry) CreateRenderer() fyne.WidgetRenderer {
	e.glass = newGlass(e)
	return &entryRenderer{e.Entry.CreateRenderer(), e}
}

// entryRenderer draws an entry under its glass.
type entryRenderer struct {
	fyne.WidgetRenderer
	entry *Entry
}

func (r *entryRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	r.entry.glass.Resize(size)
}

// Objects has the glass above the text and below the button at its end.
func (r *entryRenderer) Objects() []fyne.CanvasObject {
	objects := slices.Clone(r.WidgetRenderer.Objects())
	at := len(objects)
	if button := r.entry.ActionItem; button != nil {
		at = slices.Index(objects, button)
	}
	return slices.Insert(objects, at, fyne.CanvasObject(r.entry.glass))
}
