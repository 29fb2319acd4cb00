package widget

import (
	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
)

// newBeside returns a container with a small object at the left of one that
// takes the rest of the width.
func newBeside(small, rest fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: Beside{}, Objects: []fyne.CanvasObject{small, rest}}
}

// Beside is the layout of two objects in a row: the first, or the last when
// Right is set, keeps its width, the other one takes what is left and may wrap.
type Beside struct {
	Right bool
}

// NewBeside returns a container with a small object at the right of one that
// takes the rest of the width.
func NewBeside(rest, small fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: Beside{Right: true}, Objects: []fyne.CanvasObject{rest, small}}
}

// Layout implements fyne.Layout.
func (b Beside) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	small, rest := b.order(objects)
	own, gap := small.MinSize(), fynetheme.InnerPadding()
	width := max(0, size.Width-own.Width-gap)
	rest.Resize(fyne.NewSize(width, rest.Size().Height))
	height := rest.MinSize().Height
	rest.Resize(fyne.NewSize(width, height))
	small.Resize(own)
	restX, smallX := own.Width+gap, float32(0)
	if b.Right {
		restX, smallX = 0, width+gap
	}
	rest.Move(fyne.NewPos(restX, (size.Height-height)/2))
	small.Move(fyne.NewPos(smallX, (size.Height-own.Height)/2))
}

// MinSize implements fyne.Layout.
func (b Beside) MinSize(objects []fyne.CanvasObject) fyne.Size {
	small, rest := b.order(objects)
	own, other := small.MinSize(), rest.MinSize()
	return fyne.NewSize(own.Width+other.Width+fynetheme.InnerPadding(), max(own.Height, other.Height))
}

func (b Beside) order(objects []fyne.CanvasObject) (small, rest fyne.CanvasObject) {
	if b.Right {
		return objects[1], objects[0]
	}
	return objects[0], objects[1]
}
