package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// NewPicture shows a picture whole, as high as a hand.
func NewPicture(resource fyne.Resource) *canvas.Image {
	shown := canvas.NewImageFromResource(resource)
	shown.FillMode = canvas.ImageFillContain
	shown.SetMinSize(fyne.NewSize(200, 220))
	return shown
}
