package widget

import (
	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"
)

// Grid puts objects into as many columns of one width as there is room for.
// The objects of a row are as high as the highest of them.
type Grid struct {
	fynewidget.BaseWidget
	objects []fyne.CanvasObject
	cell    float32 // least width of a column, dp
	most    int     // greatest number of columns
	width   float32 // at the last layout
}

// NewGrid returns a grid of at most so many columns that are at least cell dp
// wide.
func NewGrid(cell float32, most int, objects ...fyne.CanvasObject) *Grid {
	g := &Grid{objects: objects, cell: cell, most: most, width: cell}
	g.ExtendBaseWidget(g)
	return g
}

func (g *Grid) parts() []fyne.CanvasObject { return g.objects }

// columns returns how many columns there are at a width.
func (g *Grid) columns(width float32) int {
	return max(1, min(g.most, len(g.objects), int((width+fynetheme.Padding())/(g.cell+fynetheme.Padding()))))
}

// Resize remembers the width, from which the height follows.
func (g *Grid) Resize(size fyne.Size) {
	g.width = size.Width
	g.BaseWidget.Resize(size)
}

// MinSize is as high as the rows at the present width.
func (g *Grid) MinSize() fyne.Size {
	return fyne.NewSize(g.cell, g.arrange(g.width))
}

// arrange places the objects for a width and returns the height.
func (g *Grid) arrange(width float32) float32 {
	columns, gap := g.columns(width), fynetheme.Padding()
	cell := (width - gap*float32(columns-1)) / float32(columns)
	y := float32(0)
	for start := 0; start < len(g.objects); start += columns {
		row := g.objects[start:min(start+columns, len(g.objects))]
		height := float32(0)
		for _, o := range row {
			o.Resize(fyne.NewSize(cell, o.Size().Height)) // text wraps now
			height = max(height, o.MinSize().Height)
		}
		for i, o := range row {
			o.Resize(fyne.NewSize(cell, height))
			o.Move(fyne.NewPos(float32(i)*(cell+gap), y))
		}
		y += height + gap
	}
	return max(0, y-gap)
}

// CreateRenderer implements fyne.Widget.
func (g *Grid) CreateRenderer() fyne.WidgetRenderer { return &gridRenderer{g} }

type gridRenderer struct{ grid *Grid }

func (r *gridRenderer) Layout(size fyne.Size)        { r.grid.arrange(size.Width) }
func (r *gridRenderer) MinSize() fyne.Size           { return r.grid.MinSize() }
func (r *gridRenderer) Objects() []fyne.CanvasObject { return r.grid.objects }
func (r *gridRenderer) Destroy()                     {}
func (r *gridRenderer) Refresh() {
	r.grid.arrange(r.grid.width)
	for _, o := range r.grid.objects {
		o.Refresh()
	}
}
