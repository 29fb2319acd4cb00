package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynetheme "fyne.io/fyne/v2/theme"

	"muqu/app/tablet/theme"
)

// NewBar returns a thin bar that is filled to a part of its width, 0 to 1.
func NewBar(part float32) *fyne.Container {
	ground := canvas.NewRectangle(theme.Color(fynetheme.ColorNameSeparator))
	filled := canvas.NewRectangle(theme.Color(fynetheme.ColorNamePrimary))
	ground.CornerRadius, filled.CornerRadius = barHeight/2, barHeight/2
	return &fyne.Container{Layout: barLayout(part), Objects: []fyne.CanvasObject{ground, filled}}
}

const barHeight = 8 // dp

// barLayout is the part that is filled.
type barLayout float32

// Layout implements fyne.Layout.
func (b barLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(fyne.NewSize(size.Width, barHeight))
	objects[1].Resize(fyne.NewSize(size.Width*min(1, max(0, float32(b))), barHeight))
}

// MinSize implements fyne.Layout.
func (b barLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(100, barHeight) }
