package widget

import (
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/tablet/theme"
)

// narrowest is the least width of a column of a scale, dp.
const narrowest = 64

// SetColumns puts the options into so many columns where there is room for
// them.
func (c *Choice) SetColumns(n int) {
	c.most, c.cell = n, narrowest
	c.width = c.cell
}

// NewScale returns a choice whose options stand side by side in columns of one
// width, each below its tick, as on a scale from bad to good. Without labels
// they stand below those of a [NewScaleHead].
func NewScale(options []Option, chosen []string, several, labels bool, onChange func(chosen []string)) *Choice {
	c := &Choice{options: options, several: several, onChange: onChange}
	for _, option := range options {
		mark := newTick(several)
		content := fyne.CanvasObject(newMiddle(mark))
		if labels {
			content = NewColumn(content, option.face(NewText(option.Label).Centered()))
		}
		panel := NewPanel(Plain, content, func() { c.toggle(option.Value) })
		c.ticks, c.panels, c.objects = append(c.ticks, mark), append(c.panels, panel), append(c.objects, panel)
	}
	c.SetColumns(len(options))
	c.chosen = c.inOrder(chosen)
	c.ExtendBaseWidget(c)
	c.show()
	return c
}

// NewScaleHead returns the labels above scales without any.
func NewScaleHead(options []Option) *Grid {
	var labels []fyne.CanvasObject
	for _, option := range options {
		labels = append(labels, NewText(option.Label).Centered())
	}
	return NewGrid(narrowest, len(options), labels...)
}

// NewOrder returns a list that is put in order by tapping one option after the
// other; a tap on a numbered one takes it out again. onChange hears of what is
// numbered so far.
func NewOrder(options []Option, order []string, onChange func(order []string)) *Choice {
	c := newChoice(options, true, onChange)
	c.ordered, c.chosen = true, order
	c.most = 1
	c.show()
	return c
}

// newMiddle puts an object into the middle of its place.
func newMiddle(o fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: middle{}, Objects: []fyne.CanvasObject{o}}
}

type middle struct{}

func (middle) MinSize(objects []fyne.CanvasObject) fyne.Size { return objects[0].MinSize() }

func (middle) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	least := objects[0].MinSize()
	objects[0].Resize(least)
	objects[0].Move(fyne.NewPos((size.Width-least.Width)/2, (size.Height-least.Height)/2))
}

// Range is a number between two ends: to be dragged, or stepped to.
type Range struct {
	fynewidget.BaseWidget
	column   *fyne.Container
	slider   *fynewidget.Slider
	shown    *Text
	value    string
	format   func(float64) string
	onChange func(value string)
}

// NewRange returns a range from low to high in steps. value is "" while there
// is none: it begins at the lower end, and counts from the first touch.
func NewRange(low, high, step float64, value string, at float64, format func(float64) string, words Words, onChange func(string)) *Range {
	r := &Range{value: value, format: format, onChange: onChange, slider: fynewidget.NewSlider(min(low, high), max(low, high))}
	r.slider.Step = step
	r.shown = NewHeading(words.Choose).Centered()
	if value != "" {
		r.slider.Value = at
		r.shown.SetText(value)
	}
	r.slider.OnChanged = func(v float64) { r.shown.SetText(format(v)) }
	r.slider.OnChangeEnded = r.set
	less := fynewidget.NewButtonWithIcon("", fynetheme.ContentRemoveIcon(), func() { r.Step(-step) })
	more := fynewidget.NewButtonWithIcon("", fynetheme.ContentAddIcon(), func() { r.Step(step) })
	ends := NewBeside(NewNote(format(min(low, high))), NewNote(format(max(low, high))))
	slider := container.NewThemeOverride(r.slider, railed{fyne.CurrentApp().Settings().Theme()})
	r.column = NewColumn(r.shown, NewBeside(newBeside(less, slider), more), ends)
	r.ExtendBaseWidget(r)
	return r
}

// railed is the theme with a rail that can be seen: Fyne draws that of a slider
// in the color of an empty field, which is as white as the ground.
type railed struct{ fyne.Theme }

// Color implements fyne.Theme.
func (t railed) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	if name == fynetheme.ColorNameInputBackground {
		name = fynetheme.ColorNameInputBorder
	}
	return t.Theme.Color(name, variant)
}

// Value returns the number as text, "" while there is none.
func (r *Range) Value() string { return r.value }

// Step moves as the buttons do; the first time only says that the end shown is
// meant.
func (r *Range) Step(by float64) {
	if r.value != "" {
		r.slider.Value = min(max(r.slider.Value+by, r.slider.Min), r.slider.Max)
	}
	r.slider.Refresh()
	r.set(r.slider.Value)
}

func (r *Range) set(v float64) {
	if text := r.format(v); text != r.value {
		r.value = text
		r.shown.SetText(text)
		r.onChange(text)
	}
}

func (r *Range) parts() []fyne.CanvasObject { return []fyne.CanvasObject{r.column} }

// CreateRenderer implements fyne.Widget.
func (r *Range) CreateRenderer() fyne.WidgetRenderer { return fynewidget.NewSimpleRenderer(r.column) }

// number is what stands in the ring of an option that has been put in order.
func newNumber() *canvas.Text {
	t := canvas.NewText("", theme.Color(fynetheme.ColorNamePrimary))
	t.Alignment = fyne.TextAlignCenter
	t.TextStyle.Bold = true
	return t
}

func (t *tick) setNumber(n int) {
	if t.number != n {
		t.number, t.on = n, n > 0
		t.Refresh()
	}
}

func (t *tick) text() string {
	if t.number == 0 {
		return ""
	}
	return fmt.Sprint(t.number)
}
