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
	runs  []Run // its styles; nil: one for all of it
	size  fyne.ThemeSizeName
	color fyne.ThemeColorName
	tone  *Tone // color of the letters instead of color
	align fyne.TextAlign
	lines []Span
	width float32 // at which lines were broken
}

// Run is a stretch of a text in one style.
type Run struct {
	Text   string
	Strong bool
	Under  bool        // underlined
	Large  bool        // of the size of a heading
	Color  color.Color // nil: as the rest of the text
}

// In gives t styles of its own, with the text that they are of, and returns t. No
// runs leave it as it is.
func (t *Text) In(runs []Run) *Text {
	if len(runs) == 0 {
		return t
	}
	t.text, t.runs, t.lines = "", runs, nil
	for _, r := range runs {
		t.text += r.Text
	}
	return t
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
	t.text, t.runs, t.lines = text, nil, nil
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
	height := float32(0)
	for _, l := range t.lines {
		height += t.height(l)
	}
	return fyne.NewSize(fynetheme.Size(t.size)*2, height)
}

// NaturalWidth returns the width of the text on one line.
func (t *Text) NaturalWidth() float32 { return t.measure(0, len(t.text)) }

// wrapAt breaks the lines for a width; before the first layout there is none,
// and the text counts as one line.
func (t *Text) wrapAt(width float32) {
	if t.lines != nil && width == t.width {
		return
	}
	t.width = width
	if width <= 0 {
		t.lines = []Span{{0, len(t.text)}}
		return
	}
	t.lines = Wrap(t.text, width, t.measure)
}

// within gives the runs of some bytes of the text, each as far as it reaches.
func (t *Text) within(from, to int) []Run {
	if t.runs == nil {
		return []Run{{Text: t.text[from:to]}}
	}
	var out []Run
	at := 0
	for _, r := range t.runs {
		a, b := max(from, at), min(to, at+len(r.Text))
		at += len(r.Text)
		if a < b {
			r.Text = t.text[a:b]
			out = append(out, r)
		}
	}
	return out
}

func (t *Text) measure(from, to int) (width float32) {
	if t.runs == nil {
		return measure(t.text[from:to], fynetheme.Size(t.size))
	}
	for _, r := range t.within(from, to) {
		width += measure(r.Text, t.sizeOf(&r))
	}
	return width
}

func (t *Text) sizeOf(r *Run) float32 {
	if r.Large {
		return max(fynetheme.Size(fynetheme.SizeNameSubHeadingText), fynetheme.Size(t.size))
	}
	return fynetheme.Size(t.size)
}

// height is how high a line is.
func (t *Text) height(l Span) float32 {
	high := fynetheme.Size(t.size)
	for _, r := range t.within(l.From, l.To) {
		high = max(high, t.sizeOf(&r))
	}
	return lineHeight(high)
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

// textRenderer draws one canvas.Text for each run of a line.
type textRenderer struct {
	text    *Text
	words   []*canvas.Text // used again
	objects []fyne.CanvasObject
}

func (r *textRenderer) Refresh() {
	t := r.text
	t.wrapAt(t.width)
	r.objects = nil
	used := 0
	for _, l := range t.lines {
		for _, run := range t.within(l.From, l.To) {
			used = r.draw(&run, used)
		}
	}
	r.Layout(t.Size())
}

// draw makes the objects of a run: bold letters are drawn twice, because the
// theme has one face.
func (r *textRenderer) draw(run *Run, used int) int {
	t := r.text
	ink := run.Color
	if ink == nil {
		ink = t.ink()
	}
	times := 1
	if run.Strong {
		times = 2
	}
	for range times {
		if used == len(r.words) {
			r.words = append(r.words, canvas.NewText("", color.Black))
		}
		text := r.words[used]
		text.Text, text.Color, text.TextSize = run.Text, ink, t.sizeOf(run)
		text.Alignment = fyne.TextAlignLeading
		if t.runs == nil {
			text.Alignment = t.align
		}
		text.Refresh()
		r.objects = append(r.objects, text)
		used++
	}
	if run.Under {
		r.objects = append(r.objects, canvas.NewRectangle(ink))
	}
	return used
}

// Layout puts the objects of Refresh where they belong, in the same order.
func (r *textRenderer) Layout(size fyne.Size) {
	t, y, at := r.text, float32(0), 0
	place := func(x, y, width, height float32) {
		if at < len(r.objects) {
			r.objects[at].Move(fyne.NewPos(x, y))
			r.objects[at].Resize(fyne.NewSize(width, height))
		}
		at++
	}
	for _, l := range t.lines {
		x, high := float32(0), t.height(l)
		if t.runs == nil { // the whole line, which aligns itself
			place(0, y, size.Width, high)
			y += high
			continue
		}
		if t.align == fyne.TextAlignCenter {
			x = (size.Width - t.measure(l.From, l.To)) / 2
		}
		for _, run := range t.within(l.From, l.To) {
			width, own := measure(run.Text, t.sizeOf(&run)), lineHeight(t.sizeOf(&run))
			top := y + high - own // all stand on the lower edge of the line
			place(x, top, width, own)
			if run.Strong {
				place(x+strokes, top, width, own)
			}
			if run.Under {
				place(x, y+high*underline, width, 1)
			}
			x += width
		}
		y += high
	}
}

const (
	strokes   = 0.7  // dp between the two strokes of a bold letter
	underline = 0.86 // of the height of a line
)

func (r *textRenderer) MinSize() fyne.Size           { return r.text.MinSize() }
func (r *textRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *textRenderer) Destroy()                     {}
