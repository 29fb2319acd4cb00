package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"
)

// Chip is a word or two on a colored ground that tell the state of something.
type Chip struct {
	fynewidget.BaseWidget
	text string
	tone Tone
}

// NewChip returns a chip.
func NewChip(text string, tone Tone) *Chip {
	c := &Chip{text: text, tone: tone}
	c.ExtendBaseWidget(c)
	return c
}

// Set changes what the chip says.
func (c *Chip) Set(text string, tone Tone) {
	c.text, c.tone = text, tone
	c.Refresh()
}

// Text returns what the chip says.
func (c *Chip) Text() string { return c.text }

// CreateRenderer implements fyne.Widget.
func (c *Chip) CreateRenderer() fyne.WidgetRenderer {
	r := &chipRenderer{chip: c, mark: newMark()}
	r.Refresh()
	return r
}

// chipRenderer draws one mark.
type chipRenderer struct {
	chip *Chip
	mark *mark
}

func (r *chipRenderer) Refresh()                     { r.mark.set(r.chip.text, r.chip.tone) }
func (r *chipRenderer) MinSize() fyne.Size           { return r.mark.size() }
func (r *chipRenderer) Objects() []fyne.CanvasObject { return r.mark.objects() }
func (r *chipRenderer) Destroy()                     {}
func (r *chipRenderer) Layout(size fyne.Size) {
	r.mark.place(fyne.NewPos(0, (size.Height-r.mark.size().Height)/2))
}

// mark draws a chip for whatever has chips in it.
type mark struct {
	ground *canvas.Rectangle
	text   *canvas.Text
	pad    float32 // left and right of the letters, dp
}

func newMark() *mark {
	m := &mark{pad: 10, ground: canvas.NewRectangle(Plain.Ground()), text: canvas.NewText("", Plain.Ink())}
	m.ground.CornerRadius = 6
	return m
}

func (m *mark) set(text string, tone Tone) {
	m.ground.FillColor, m.text.Color, m.text.Text = tone.Ground(), tone.Ink(), text
	m.text.TextSize = fynetheme.CaptionTextSize()
	m.ground.Hidden, m.text.Hidden = text == "", text == ""
	m.ground.Refresh()
	m.text.Refresh()
}

func (m *mark) size() fyne.Size {
	if m.text.Text == "" {
		return fyne.Size{}
	}
	size := fynetheme.CaptionTextSize()
	return fyne.NewSize(measure(m.text.Text, size)+2*m.pad, lineHeight(size)+2)
}

func (m *mark) place(at fyne.Position) {
	m.ground.Move(at)
	m.ground.Resize(m.size())
	m.text.Move(at.AddXY(m.pad, 1))
	m.text.Resize(m.size().SubtractWidthHeight(2*m.pad, 2))
}

func (m *mark) objects() []fyne.CanvasObject { return []fyne.CanvasObject{m.ground, m.text} }
