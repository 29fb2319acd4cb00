package widget

import (
	"fyne.io/fyne/v2"
)

// NewFact returns a value with its label: side by side where there is room.
func NewFact(label, value string) *fyne.Container {
	return &fyne.Container{Layout: factLayout{}, Objects: []fyne.CanvasObject{NewNote(label), NewText(value)}}
}

// factLayout puts a label at the left of its value, or above it in a narrow
// place.
type factLayout struct{}

const (
	factLabel = 210 // dp, width of the labels
	factWide  = 520 // dp, from which label and value stand side by side
)

// Layout implements fyne.Layout.
func (factLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	label, value := objects[0], objects[1]
	if size.Width < factWide {
		label.Resize(fyne.NewSize(size.Width, 0))
		label.Resize(fyne.NewSize(size.Width, label.MinSize().Height))
		value.Move(fyne.NewPos(0, label.Size().Height-factLap))
		value.Resize(fyne.NewSize(size.Width, 0))
		value.Resize(fyne.NewSize(size.Width, value.MinSize().Height))
		return
	}
	label.Move(fyne.NewPos(0, 3))
	label.Resize(fyne.NewSize(factLabel-10, 0))
	label.Resize(fyne.NewSize(factLabel-10, label.MinSize().Height))
	value.Move(fyne.NewPos(factLabel, 0))
	value.Resize(fyne.NewSize(size.Width-factLabel, 0))
	value.Resize(fyne.NewSize(size.Width-factLabel, value.MinSize().Height))
}

const factLap = 4 // dp that a label and the value below it share

// MinSize implements fyne.Layout.
func (factLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	label, value := objects[0], objects[1]
	if value.Position().X > 0 {
		return fyne.NewSize(200, max(label.MinSize().Height+3, value.MinSize().Height))
	}
	return fyne.NewSize(200, label.MinSize().Height+value.MinSize().Height-factLap)
}
