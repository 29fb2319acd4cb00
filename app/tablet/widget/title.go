package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/tablet/theme"
)

// Title is one line of larger text that is cut where there is no room.
type Title struct {
	fynewidget.BaseWidget
	text string
}

// NewTitle returns a title.
func NewTitle(text string) *Title {
	t := &Title{text: text}
	t.ExtendBaseWidget(t)
	return t
}

// SetText changes what the title says.
func (t *Title) SetText(text string) {
	t.text = text
	t.Refresh()
}

// Text returns the whole title.
func (t *Title) Text() string { return t.text }

// CreateRenderer implements fyne.Widget.
func (t *Title) CreateRenderer() fyne.WidgetRenderer {
	return &titleRenderer{title: t, line: canvas.NewText("", theme.Color(fynetheme.ColorNameForeground))}
}

type titleRenderer struct {
	title *Title
	line  *canvas.Text
}

func (r *titleRenderer) Refresh() {
	r.line.TextSize, r.line.Color = fynetheme.TextSubHeadingSize(), theme.Color(fynetheme.ColorNameForeground)
	r.Layout(r.title.Size())
	canvas.Refresh(r.title)
}

func (r *titleRenderer) Layout(size fyne.Size) {
	r.line.TextSize = fynetheme.TextSubHeadingSize()
	r.line.Text = Shorten(r.title.text, size.Width, r.line.TextSize)
	height := lineHeight(r.line.TextSize)
	r.line.Move(fyne.NewPos(0, (size.Height-height)/2))
	r.line.Resize(fyne.NewSize(size.Width, height))
}

func (r *titleRenderer) MinSize() fyne.Size {
	return fyne.NewSize(60, lineHeight(fynetheme.TextSubHeadingSize()))
}
func (r *titleRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.line} }
func (r *titleRenderer) Destroy()                     {}
