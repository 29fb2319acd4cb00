package widget

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"
	"golang.org/x/image/vector"

	"muqu/app/tablet/theme"
)

// Signature is a pad to sign on with a finger, or to press a thumb on, or to draw
// on a picture.
type Signature struct {
	fynewidget.BaseWidget
	OnChange func() // called at the end of every stroke and when cleared
	hint     string
	ground   image.Image // what is drawn on; nil: white
	strokes  [][]fyne.Position
	drawing  bool
}

const (
	signatureHeight = 220 // dp
	drawingHeight   = 360 // dp
	strokeWidth     = 4   // dp
	drawingQuality  = 85  // of a JPEG, 1 to 100
)

// NewSignature returns an empty pad that says hint.
func NewSignature(hint string) *Signature {
	s := &Signature{hint: hint}
	s.ExtendBaseWidget(s)
	return s
}

// NewDrawing returns a pad to draw on a picture.
func NewDrawing(picture image.Image) *Signature {
	s := &Signature{ground: picture}
	s.ExtendBaseWidget(s)
	return s
}

// area is where one can draw: the pad, or as much of it as the picture fills.
func (s *Signature) area() (at fyne.Position, size fyne.Size) {
	size = s.Size()
	if s.ground == nil {
		return at, size
	}
	b := s.ground.Bounds()
	scale := min(size.Width/float32(b.Dx()), size.Height/float32(b.Dy()))
	fit := fyne.NewSize(float32(b.Dx())*scale, float32(b.Dy())*scale)
	return fyne.NewPos((size.Width-fit.Width)/2, (size.Height-fit.Height)/2), fit
}

// ink is what is drawn with: on a picture, something that it rarely has.
func (s *Signature) ink() fyne.ThemeColorName {
	if s.ground == nil {
		return fynetheme.ColorNameForeground
	}
	return fynetheme.ColorNameError
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
	from, size := s.area()
	return fyne.NewPos(min(max(at.X, from.X), from.X+size.Width), min(max(at.Y, from.Y), from.Y+size.Height))
}

// DragEnd implements fyne.Draggable.
func (s *Signature) DragEnd() {
	s.drawing = false
	s.changed()
}

// Tapped implements fyne.Tappable: a dot belongs to some letters.
func (s *Signature) Tapped(e *fyne.PointEvent) {
	s.strokes = append(s.strokes, []fyne.Position{s.onPad(e.Position), s.onPad(e.Position.AddXY(strokeWidth, 0))})
	s.changed()
}

func (s *Signature) changed() {
	s.Refresh()
	if s.OnChange != nil {
		s.OnChange()
	}
}

// PNG returns what was drawn, black on white, so many pixels wide, or nil when
// the pad is empty or has a picture.
func (s *Signature) PNG(width int) []byte {
	if s.ground != nil || s.Empty() || s.Size().Width <= 0 {
		return nil
	}
	scale := float32(width) / s.Size().Width
	picture := image.NewGray(image.Rect(0, 0, width, int(s.Size().Height*scale)))
	for i := range picture.Pix {
		picture.Pix[i] = 0xff
	}
	s.draw(picture, scale, color.Black)
	var out bytes.Buffer
	if err := png.Encode(&out, picture); err != nil {
		return nil // a picture in memory has nothing to fail on but its size
	}
	return out.Bytes()
}

// JPEG returns the picture with what was drawn on it, in the picture's own size,
// or nil when nothing was.
func (s *Signature) JPEG() []byte {
	_, size := s.area()
	if s.ground == nil || s.Empty() || size.Width <= 0 {
		return nil
	}
	b := s.ground.Bounds()
	picture := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(picture, picture.Bounds(), s.ground, b.Min, draw.Src)
	s.draw(picture, float32(b.Dx())/size.Width, theme.Color(s.ink()))
	var out bytes.Buffer
	if err := jpeg.Encode(&out, picture, &jpeg.Options{Quality: drawingQuality}); err != nil {
		return nil // as of PNG
	}
	return out.Bytes()
}

// draw draws the strokes so many times as large as they are on the pad.
func (s *Signature) draw(picture draw.Image, scale float32, ink color.Color) {
	at, _ := s.area()
	for _, stroke := range s.strokes {
		for i := 1; i < len(stroke); i++ {
			drawSegment(picture, stroke[i-1].Subtract(at), stroke[i].Subtract(at), scale, ink)
		}
	}
}

// drawSegment draws a line as two ribbons, one across and one down, of which
// one is wide enough for any slope. It touches only the pixels around the line.
func drawSegment(picture draw.Image, from, to fyne.Position, scale float32, ink color.Color) {
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
		r.Draw(picture, box, image.NewUniform(ink), image.Point{})
	}
}

// CreateRenderer implements fyne.Widget.
func (s *Signature) CreateRenderer() fyne.WidgetRenderer {
	r := &signatureRenderer{pad: s, ground: canvas.NewRectangle(nil), hint: NewNote(s.hint).Centered()}
	if s.ground != nil {
		r.picture = canvas.NewImageFromImage(s.ground)
		r.picture.FillMode = canvas.ImageFillContain
	}
	r.Refresh()
	return r
}

type signatureRenderer struct {
	pad     *Signature
	ground  *canvas.Rectangle
	picture *canvas.Image // nil: none
	hint    *Text
	objects []fyne.CanvasObject
}

func (r *signatureRenderer) Refresh() {
	r.ground.FillColor = theme.Color(fynetheme.ColorNameInputBackground)
	r.ground.StrokeColor, r.ground.StrokeWidth = theme.Color(fynetheme.ColorNameInputBorder), 2
	r.hint.Hidden = !r.pad.Empty()
	r.objects = []fyne.CanvasObject{r.ground, r.hint}
	if r.picture != nil {
		r.objects = []fyne.CanvasObject{r.ground, r.picture}
	}
	for _, stroke := range r.pad.strokes {
		for i := 1; i < len(stroke); i++ {
			line := canvas.NewLine(theme.Color(r.pad.ink()))
			line.StrokeWidth, line.Position1, line.Position2 = strokeWidth, stroke[i-1], stroke[i]
			r.objects = append(r.objects, line)
		}
	}
	canvas.Refresh(r.pad)
}

func (r *signatureRenderer) Layout(size fyne.Size) {
	r.ground.Resize(size)
	if r.picture != nil {
		r.picture.Resize(size)
	}
	r.hint.Resize(fyne.NewSize(size.Width, 30))
	r.hint.Move(fyne.NewPos(0, size.Height/2-15))
}

func (r *signatureRenderer) MinSize() fyne.Size {
	if r.picture != nil {
		return fyne.NewSize(200, drawingHeight)
	}
	return fyne.NewSize(200, signatureHeight)
}

func (r *signatureRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *signatureRenderer) Destroy()                     {}
