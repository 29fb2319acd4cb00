package widget

import (
	"image/color"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/tablet/theme"
)

// Line is what a row of a list says.
type Line struct {
	Title string // what the record is called
	Note  string // what tells it from others of that name, below the title
	Mark  string // state, at the right; empty = none
	Tone  Tone   // of the mark
	Aside string // at the right below the mark: a date, a count
}

// Row draws one [Line] in a list. It is made once for each place on the screen
// and filled again and again, so it measures as little as it can.
type Row struct {
	fynewidget.BaseWidget
	line Line
}

// NewRow returns an empty row.
func NewRow() *Row {
	r := &Row{}
	r.ExtendBaseWidget(r)
	return r
}

// Set fills the row.
func (r *Row) Set(line Line) {
	if line == r.line {
		return
	}
	r.line = line
	r.Refresh()
}

// Line returns what the row says.
func (r *Row) Line() Line { return r.line }

// CreateRenderer implements fyne.Widget.
func (r *Row) CreateRenderer() fyne.WidgetRenderer {
	v := &rowRenderer{row: r, mark: newMark(),
		title: canvas.NewText("", color.Black), note: canvas.NewText("", color.Black), aside: canvas.NewText("", color.Black)}
	v.Refresh()
	return v
}

type rowRenderer struct {
	row                *Row
	mark               *mark
	title, note, aside *canvas.Text
}

const (
	rowSide = 14 // dp left and right
	rowTop  = 5  // dp above and below
	rowLap  = 4  // dp that the two lines share: the deepest stack just clears the note
)

func (v *rowRenderer) Refresh() {
	line := v.row.line
	v.mark.set(line.Mark, line.Tone)
	small := fynetheme.CaptionTextSize()
	v.aside.Text, v.aside.TextSize, v.aside.Color = line.Aside, small, theme.Color(theme.ColorQuiet)
	v.note.TextSize, v.note.Color = small, theme.Color(theme.ColorQuiet)
	v.title.TextSize, v.title.Color = fynetheme.TextSize(), theme.Color(fynetheme.ColorNameForeground)
	v.Layout(v.row.Size())
	canvas.Refresh(v.row)
}

func (v *rowRenderer) Layout(size fyne.Size) {
	line := v.row.line
	markWidth, asideWidth := v.mark.size().Width, measure(line.Aside, v.aside.TextSize)
	below := rowTop + lineHeight(v.title.TextSize) - rowLap
	v.aside.Move(fyne.NewPos(size.Width-rowSide-asideWidth, below))
	v.note.Move(fyne.NewPos(rowSide, below))
	top := float32(rowTop)
	if line.Note == "" && line.Aside == "" { // the title has the row for itself
		top = (size.Height - lineHeight(v.title.TextSize)) / 2
	}
	v.mark.place(fyne.NewPos(size.Width-rowSide-markWidth, top+2))
	v.title.Move(fyne.NewPos(rowSide, top))
	v.title.Text = Shorten(line.Title, size.Width-2*rowSide-markWidth-8, v.title.TextSize)
	v.note.Text = Shorten(line.Note, size.Width-2*rowSide-asideWidth-8, v.note.TextSize)
}

func (v *rowRenderer) MinSize() fyne.Size {
	height := lineHeight(fynetheme.TextSize()) + lineHeight(fynetheme.CaptionTextSize()) - rowLap + 2*rowTop
	return fyne.NewSize(200, max(height, theme.Touch))
}

func (v *rowRenderer) Objects() []fyne.CanvasObject {
	return append([]fyne.CanvasObject{v.title, v.note, v.aside}, v.mark.objects()...)
}

func (v *rowRenderer) Destroy() {}

// Shorten cuts text so that it fits width, with an ellipsis in place of the
// rest. It measures only when a guess that is never too small says that the
// text may be too long.
func Shorten(text string, width, size float32) string {
	if width <= 0 || guess(text)*size <= width || measure(text, size) <= width {
		return text
	}
	runes := []rune(text)
	low, high := 0, len(runes) // the longest beginning that fits lies in [low, high)
	for low+1 < high {
		middle := (low + high) / 2
		if measure(string(runes[:middle])+"…", size) <= width {
			low = middle
		} else {
			high = middle
		}
	}
	for low > 0 && unicode.Is(unicode.M, runes[low]) {
		low-- // never part a letter from its marks
	}
	return string(runes[:low]) + "…"
}

// guess returns a width that text does not exceed, in units of its size.
func guess(text string) float32 {
	sum := float32(0)
	for _, r := range text {
		switch {
		case r >= 0x2e80, r == 'W' || r == 'M' || r == 'm' || r == 'w' || r == '%' || r == '@':
			sum++
		case unicode.Is(unicode.M, r):
		default:
			sum += 0.72
		}
	}
	return sum
}
