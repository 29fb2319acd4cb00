package widget

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"
)

// Toast says for a few seconds what has just happened. It lies over the screen
// and lets taps through.
type Toast struct {
	fynewidget.BaseWidget
	text  *Text
	tone  Tone
	shown int // counts Show, so that an earlier timer does not hide a later toast
}

// toastTime is how long a toast stays: long enough to be read in a second
// language.
const toastTime = 4 * time.Second

// NewToast returns a toast that is not shown.
func NewToast() *Toast {
	t := &Toast{text: NewText("")}
	t.ExtendBaseWidget(t)
	t.BaseWidget.Hide()
	return t
}

// Say shows text for a few seconds.
func (t *Toast) Say(text string, tone Tone) {
	t.tone = tone
	t.text.Toned(tone).SetText(text)
	t.shown++
	mine := t.shown
	t.Show()
	t.Refresh()
	time.AfterFunc(toastTime, func() {
		fyne.Do(func() {
			if t.shown == mine {
				t.Hide()
			}
		})
	})
}

// Text returns what the toast says, empty when it is not shown.
func (t *Toast) Text() string {
	if !t.Visible() {
		return ""
	}
	return t.text.Text()
}

// CreateRenderer implements fyne.Widget.
func (t *Toast) CreateRenderer() fyne.WidgetRenderer {
	r := &toastRenderer{toast: t, ground: canvas.NewRectangle(t.tone.Ground())}
	r.ground.CornerRadius, r.ground.StrokeWidth = 8, 2
	return r
}

type toastRenderer struct {
	toast  *Toast
	ground *canvas.Rectangle
}

func (r *toastRenderer) Refresh() {
	r.ground.FillColor, r.ground.StrokeColor = r.toast.tone.Ground(), r.toast.tone.Ink()
	r.Layout(r.toast.Size())
	canvas.Refresh(r.toast)
}

// Layout puts the toast over the title: there is nothing to tap there, while
// below it would hide the very field that it speaks of.
func (r *toastRenderer) Layout(size fyne.Size) {
	const pad = 16
	width := min(r.toast.text.NaturalWidth()+1, size.Width-4*pad, 700)
	r.toast.text.Resize(fyne.NewSize(width, 0))
	height := r.toast.text.MinSize().Height
	left, top := (size.Width-width)/2, float32(pad)
	r.toast.text.Move(fyne.NewPos(left, top))
	r.toast.text.Resize(fyne.NewSize(width, height))
	r.ground.Move(fyne.NewPos(left-pad, top-pad/2))
	r.ground.Resize(fyne.NewSize(width+2*pad, height+pad))
}

func (r *toastRenderer) MinSize() fyne.Size { return fyne.NewSquareSize(fynetheme.Padding()) }
func (r *toastRenderer) Destroy()           {}
func (r *toastRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.ground, r.toast.text}
}
