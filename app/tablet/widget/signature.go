package widget

import (
	"bytes"
	"image"
	"image/color"
	"image/png"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"
	"golang.org/x/image/vector"

	"muqu/app/tablet/theme"
)

// Signature is a pad to sign on with a finger, or to press a thumb on.
type Signature struct {
	fynewidget.BaseWidget
	OnChange func() // called at the end of every stroke and when cleared
	hint     string
	strokes  [][]fyne.Position
	drawing  bool
}

const (
	signatureHeight = 220 // dp
	strokeWidth     = 4   // dp
)

// NewSignature returns an empty pad that says hint.
func NewSignature(hint string) *Signature {
	s := &Signature{hint: hint}
	s.ExtendBaseWidget(s)
	return s
}

// Empty tells whether nothing has been drawn.
func (s *Signature) Empty() bool { return len(s.strokes) == 0 }

// Clear empties the pad.
func (s *Signature) Clear() {
	s.strokes, s.drawing = nil, false
	s.changed()
}

// Dragged implements fyne.Draggable.
func (s *Signature) Dragged(e *fyne.DragEvent) {
	if !s.drawing {
		s.drawing = true
		s.strokes = append(s.strokes, []fyne.Position{s.onPad(e.Position.SubtractXY(e.Dragged.DX, e.Dragged.DY))})
	}
	last := len(s.strokes) - 1
	s.strokes[last] = append(s.strokes[last], s.onPad(e.Position))
	s.Refresh()
}

// onPad returns the nearest place on the pad: a finger that slips off its edge
// must not write over what is below.
func (s *Signature) onPad(at fyne.Position) fyne.Position {
	return fyne.NewPos(min(max(at.X, 0), s.Size().Width), min(max(at.Y, 0), s.Size().Height))
}

// DragEnd implements fyne.Draggable.
func (s *Signature) DragEnd() {
	s.drawing = false
	s.changed()
}

// Tapped implements fyne.Tappable: a dot belongs to some letters.
func (s *Signature) Tapped(e *fyne.PointEvent) {
	s.strokes = append(s.strokes, []fyne.Position{e.Position, e.Position.AddXY(strokeWidth, 0)})
	s.changed()
}

func (s *Signature) changed() {
	s.Refresh()
	if s.OnChange != nil {
		s.OnChange()
	}
}

// PNG returns what was drawn, black on white, so many pixels wide, or nil when
// the pad is empty.
func (s *Signature) PNG(width int) []byte {
	if s.Empty() || s.Size().Width <= 0 {
		return nil
	}
	scale := float32(width) / s.Size().Width
	picture := image.NewGray(image.Rect(0, 0, width, int(s.Size().Height*scale)))
	for i := range picture.Pix {
		picture.Pix[i] = 0xff
	}
	for _, stroke := range s.strokes {
		for i := 1; i < len(stroke); i++ {
			drawSegment(picture, stroke[i-1], stroke[i], scale)
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		return nil // a picture in memory has nothing to fail on but its size
	}
	return out.Bytes()
}

// drawSegment draws a line as two ribbons, one across and one down, of which
// one is wide enough for any slope. It touches only the pixels around the line.
func drawSegment(picture *image.Gray, from, to fyne.Position, scale float32) {
	w := strokeWidth / 2 * scale
	box := image.Rect(int(min(from.X, to.X)*scale-w)-1, int(min(from.Y, to.Y)*scale-w)-1,
		int(max(from.X, to.X)*scale+w)+2, int(max(from.Y, to.Y)*scale+w)+2)
	left, top := float32(box.Min.X), float32(box.Min.Y)
	x0, y0, x1, y1 := from.X*scale-left, from.Y*scale-top, to.X*scale-left, to.Y*scale-top
	for _, d := range [][2]float32{{w, 0}, {0, w}} {
		r := vector.NewRasterizer(box.Dx(), box.Dy())
		r.MoveTo(x0-d[0], y0-d[1])
		r.LineTo(x0+d[0], y0+d[1])
		r.LineTo(x1+d[0], y1+d[1])
		r.LineTo(x1-d[0], y1-d[1])
		r.ClosePath()
		r.Draw(picture, box, image.NewUniform(color.Black), image.Point{})
	}
}

// CreateRenderer implements fyne.Widget.
func (s *Signature) CreateRenderer() fyne.WidgetRenderer {
	r := &signatureRenderer{pad: s, ground: canvas.NewRectangle(nil), hint: NewNote(s.hint).Centered()}
	r.Refresh()
	return r
}

type signatureRenderer struct {
	pad     *Signature
	ground  *canvas.Rectangle
	hint    *Text
	objects []fyne.CanvasObject
}

func (r *signatureRenderer) Refresh() {
	r.ground.FillColor = theme.Color(fynetheme.ColorNameInputBackground)
	r.ground.StrokeColor, r.ground.StrokeWidth = theme.Color(fynetheme.ColorNameInputBorder), 2
	r.hint.Hidden = !r.pad.Empty()
	r.objects = []fyne.CanvasObject{r.ground, r.hint}
	for _, stroke := range r.pad.strokes {
		for i := 1; i < len(stroke); i++ {
			line := canvas.NewLine(theme.Color(fynetheme.ColorNameForeground))
			line.StrokeWidth, line.Position1, line.Position2 = strokeWidth, stroke[i-1], stroke[i]
			r.objects = append(r.objects, line)
		}
	}
	canvas.Refresh(r.pad)
}

func (r *signatureRenderer) Layout(size fyne.Size) {
	r.ground.Resize(size)
	r.hint.Resize(fyne.NewSize(size.Width, 30))
	r.hint.Move(fyne.NewPos(0, size.Height/2-15))
}

func (r *signatureRenderer) MinSize() fyne.Size           { return fyne.NewSize(200, signatureHeight) }
func (r *signatureRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *signatureRenderer) Destroy()                     {}
