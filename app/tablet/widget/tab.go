package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/tablet/theme"
)

// Tab is a place in the bar from which every part of the app is reached: a
// picture, a word, and a count of what waits there.
type Tab struct {
	fynewidget.BaseWidget
	icon   fyne.Resource
	label  string
	count  string
	chosen bool
	onTap  func()
}

// NewTab returns a tab.
func NewTab(icon fyne.Resource, label string, onTap func()) *Tab {
	t := &Tab{icon: icon, label: label, onTap: onTap}
	t.ExtendBaseWidget(t)
	return t
}

// SetChosen says whether the tab's part of the app is shown.
func (t *Tab) SetChosen(chosen bool) {
	if t.chosen != chosen {
		t.chosen = chosen
		t.Refresh()
	}
}

// SetCount says how much waits there; empty = nothing.
func (t *Tab) SetCount(count string) {
	if t.count != count {
		t.count = count
		t.Refresh()
	}
}

// Label returns the tab's word.
func (t *Tab) Label() string { return t.label }

// Tapped implements fyne.Tappable.
func (t *Tab) Tapped(*fyne.PointEvent) { t.onTap() }

// CreateRenderer implements fyne.Widget.
func (t *Tab) CreateRenderer() fyne.WidgetRenderer {
	r := &tabRenderer{tab: t, ground: canvas.NewRectangle(nil), icon: canvas.NewImageFromResource(nil),
		label: canvas.NewText("", nil), count: newMark()}
	r.icon.FillMode, r.count.pad = canvas.ImageFillContain, 5
	r.ground.CornerRadius = 8
	r.Refresh()
	return r
}

type tabRenderer struct {
	tab    *Tab
	ground *canvas.Rectangle
	icon   *canvas.Image
	label  *canvas.Text
	count  *mark
}

const tabIcon = 30 // dp

func (r *tabRenderer) Refresh() {
	t := r.tab
	color, ground := fynetheme.ColorNameForeground, theme.ColorRaised
	if t.chosen {
		color, ground = fynetheme.ColorNamePrimary, theme.ColorInfo
	}
	r.ground.FillColor = theme.Color(ground)
	r.icon.Resource = fynetheme.NewColoredResource(t.icon, color)
	r.icon.Refresh() // or else the color of the last choice stays
	r.label.Color, r.label.TextSize, r.label.Alignment = theme.Color(color), fynetheme.CaptionTextSize(), fyne.TextAlignCenter
	r.count.set(t.count, Attention)
	r.Layout(t.Size())
	canvas.Refresh(t)
}

func (r *tabRenderer) Layout(size fyne.Size) {
	r.ground.Resize(size)
	height := lineHeight(r.label.TextSize)
	top := (size.Height - tabIcon - height + 6) / 2
	r.icon.Move(fyne.NewPos((size.Width-tabIcon)/2, top))
	r.icon.Resize(fyne.NewSquareSize(tabIcon))
	r.label.Text = Shorten(r.tab.label, size.Width-2, r.label.TextSize)
	r.label.Move(fyne.NewPos(0, top+tabIcon-6))
	r.label.Resize(fyne.NewSize(size.Width, height))
	r.count.place(fyne.NewPos(min(size.Width/2+12, size.Width-r.count.size().Width), max(0, top-10)))
}

func (r *tabRenderer) MinSize() fyne.Size {
	return fyne.NewSize(64, tabIcon+lineHeight(fynetheme.CaptionTextSize())+4)
}

func (r *tabRenderer) Objects() []fyne.CanvasObject {
	return append([]fyne.CanvasObject{r.ground, r.icon, r.label}, r.count.objects()...)
}
func (r *tabRenderer) Destroy() {}
