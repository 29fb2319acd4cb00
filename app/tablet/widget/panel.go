package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/tablet/theme"
)

// Panel is a ground with something on it; it may be tapped.
type Panel struct {
	fynewidget.BaseWidget
	OnTap   func() // nil = not to be tapped
	content fyne.CanvasObject
	tone    Tone
	chosen  bool
}

// NewPanel returns a panel with content.
func NewPanel(tone Tone, content fyne.CanvasObject, onTap func()) *Panel {
	p := &Panel{OnTap: onTap, content: content, tone: tone}
	p.ExtendBaseWidget(p)
	return p
}

// NewFigure returns a panel with a big number above what it counts.
func NewFigure(number, label string, tone Tone, onTap func()) *Panel {
	return NewPanel(tone, &fyne.Container{Layout: &Column{Gap: 0.1}, Objects: []fyne.CanvasObject{
		NewNumber(number).Toned(tone), NewText(label).Toned(tone)}}, onTap)
}

// Tapped implements fyne.Tappable.
func (p *Panel) Tapped(*fyne.PointEvent) {
	if p.OnTap != nil {
		p.OnTap()
	}
}

// SetTone changes the color of the ground.
func (p *Panel) SetTone(tone Tone) {
	p.tone = tone
	p.Refresh()
}

// SetChosen marks the panel as the one that is chosen.
func (p *Panel) SetChosen(chosen bool) {
	if p.chosen != chosen {
		p.chosen = chosen
		p.Refresh()
	}
}

func (p *Panel) parts() []fyne.CanvasObject { return []fyne.CanvasObject{p.content} }

// CreateRenderer implements fyne.Widget.
func (p *Panel) CreateRenderer() fyne.WidgetRenderer {
	r := &panelRenderer{panel: p, ground: canvas.NewRectangle(p.tone.Ground())}
	r.ground.CornerRadius = 8
	r.Refresh()
	return r
}

type panelRenderer struct {
	panel  *Panel
	ground *canvas.Rectangle
}

const panelPad = 10 // dp around the content

func (r *panelRenderer) Refresh() {
	p := r.panel
	r.ground.FillColor = p.tone.Ground()
	r.ground.StrokeWidth, r.ground.StrokeColor = 0, theme.Color(fynetheme.ColorNameSeparator)
	if p.OnTap != nil {
		r.ground.StrokeWidth = 1
	}
	if p.chosen {
		r.ground.FillColor = Info.Ground()
		r.ground.StrokeWidth, r.ground.StrokeColor = 3, Info.Ink()
	}
	r.ground.Refresh()
	p.content.Refresh()
}

func (r *panelRenderer) Layout(size fyne.Size) {
	r.ground.Resize(size)
	inner := size.SubtractWidthHeight(2*panelPad, 2*panelPad)
	r.panel.content.Resize(inner)
	height := max(inner.Height, r.panel.content.MinSize().Height)
	r.panel.content.Resize(fyne.NewSize(inner.Width, height))
	r.panel.content.Move(fyne.NewPos(panelPad, panelPad))
}

func (r *panelRenderer) MinSize() fyne.Size {
	size := r.panel.content.MinSize().AddWidthHeight(2*panelPad, 2*panelPad)
	if r.panel.OnTap != nil {
		size = size.Max(fyne.NewSquareSize(theme.Touch))
	}
	return size
}

func (r *panelRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.panel.content}
}

func (r *panelRenderer) Destroy() {}
