package widget

import (
	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
)

// Column stacks objects, each as wide as the column and as high as it needs to
// be at that width, which Fyne's own boxes do not ask: they take the height
// before the width is known.
type Column struct {
	Gap   float32 // between objects, dp; 0 = the theme's padding
	Inset float32 // at all four sides, dp
	Most  float32 // greatest width of an object, which then stands in the middle, dp; 0 = no limit
}

// NewColumn returns a container that stacks objects.
func NewColumn(objects ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: &Column{}, Objects: objects}
}

// Layout implements fyne.Layout.
func (c *Column) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	width := size.Width - 2*c.Inset
	if c.Most > 0 {
		width = min(width, c.Most)
	}
	y := c.Inset
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		o.Resize(fyne.NewSize(width, o.Size().Height)) // text wraps now
		o.Resize(fyne.NewSize(width, o.MinSize().Height))
		o.Move(fyne.NewPos((size.Width-width)/2, y))
		y += o.Size().Height + c.gap()
	}
}

// MinSize implements fyne.Layout.
func (c *Column) MinSize(objects []fyne.CanvasObject) fyne.Size {
	size := fyne.NewSize(0, -c.gap())
	for _, o := range objects {
		if o.Visible() {
			size.Width = max(size.Width, o.MinSize().Width)
			size.Height += o.MinSize().Height + c.gap()
		}
	}
	return fyne.NewSize(size.Width+2*c.Inset, max(size.Height, 0)+2*c.Inset)
}

func (c *Column) gap() float32 {
	if c.Gap > 0 {
		return c.Gap
	}
	return fynetheme.Padding()
}
