package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/tablet/theme"
)

// Text is text that wraps at its width. Its height follows from its width, so
// it stands in a [Column] or in something that gives it room enough.
type Text struct {
	fynewidget.BaseWidget
	text  string
	size  fyne.ThemeSizeName
	color fyne.ThemeColorName
	tone  *Tone // color of the letters instead of color
	align fyne.TextAlign
	lines []string
	width float32 // at which lines were broken
}

// NewText returns text of ordinary size.
func NewText(text string) *Text {
	return newText(text, fynetheme.SizeNameText, fynetheme.ColorNameForeground)
}

// NewHeading returns text that heads a screen or a part of one.
func NewHeading(text string) *Text {
	return newText(text, fynetheme.SizeNameSubHeadingText, fynetheme.ColorNameForeground)
}

// NewNote returns small text of less weight.
func NewNote(text string) *Text {
	return newText(text, fynetheme.SizeNameCaptionText, theme.ColorQuiet)
}

// NewNumber returns a figure to be read at arm's length.
func NewNumber(text string) *Text {
	return newText(text, theme.SizeNumber, fynetheme.ColorNameForeground)
}

func newText(text string, size fyne.ThemeSizeName, color fyne.ThemeColorName) *Text {
	t := &Text{text: text, size: size, color: color}
	t.ExtendBaseWidget(t)
	return t
}

// Toned gives the letters the color of a tone and returns t.
func (t *Text) Toned(tone Tone) *Text {
	t.tone = &tone
	t.Refresh()
	return t
}

// Centered centers the lines and returns t.
func (t *Text) Centered() *Text {
	t.align = fyne.TextAlignCenter
	return t
}

// Text returns what t says.
func (t *Text) Text() string { return t.text }

// SetText changes what t says.
func (t *Text) SetText(text string) {
	if text == t.text {
		return
	}
	t.text, t.lines = text, nil
	t.Refresh()
}

// Resize breaks the lines anew when the width has changed.
func (t *Text) Resize(size fyne.Size) {
	if size.Width != t.width {
		t.wrapAt(size.Width)
		t.BaseWidget.Refresh()
	}
	t.BaseWidget.Resize(size)
}

// MinSize is as high as the lines at the present width, and narrow, so that
// the text never makes its surroundings wider.
func (t *Text) MinSize() fyne.Size {
	t.ExtendBaseWidget(t)
	t.wrapAt(t.width)
	return fyne.NewSize(fynetheme.Size(t.size)*2, float32(len(t.lines))*lineHeight(fynetheme.Size(t.size)))
}

// NaturalWidth returns the width of the text on one line.
func (t *Text) NaturalWidth() float32 { return measure(t.text, fynetheme.Size(t.size)) }

// wrapAt breaks the lines for a width; before the first layout there is none,
// and the text counts as one line.
func (t *Text) wrapAt(width float32) {
	if t.lines != nil && width == t.width {
		return
	}
	t.width = width
	if width <= 0 {
		t.lines = []string{t.text}
		return
	}
	size := fynetheme.Size(t.size)
	t.lines = Wrap(t.text, width, func(s string) float32 { return measure(s, size) })
}

func (t *Text) ink() color.Color {
	if t.tone != nil {
		return t.tone.Ink()
	}
	return theme.Color(t.color)
}

// CreateRenderer implements fyne.Widget.
func (t *Text) CreateRenderer() fyne.WidgetRenderer {
	r := &textRenderer{text: t}
	r.Refresh()
	return r
}

// textRenderer draws one canvas.Text a line.
type textRenderer struct {
	text  *Text
	lines []fyne.CanvasObject
}

func (r *textRenderer) Refresh() {
	t := r.text
	t.wrapAt(t.width)
	for len(r.lines) < len(t.lines) {
		r.lines = append(r.lines, canvas.NewText("", color.Black))
	}
	r.lines = r.lines[:len(t.lines)]
	for i, line := range t.lines {
		text := r.lines[i].(*canvas.Text)
		text.Text, text.Color, text.TextSize, text.Alignment = line, t.ink(), fynetheme.Size(t.size), t.align
		text.Refresh()
	}
	r.Layout(t.Size())
}

func (r *textRenderer) Layout(size fyne.Size) {
	height := lineHeight(fynetheme.Size(r.text.size))
	for i, line := range r.lines {
		line.Move(fyne.NewPos(0, float32(i)*height))
		line.Resize(fyne.NewSize(size.Width, height))
	}
}

func (r *textRenderer) MinSize() fyne.Size           { return r.text.MinSize() }
func (r *textRenderer) Objects() []fyne.CanvasObject { return r.lines }
func (r *textRenderer) Destroy()                     {}
