package widget

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/tablet/theme"
)

// Option is one thing to choose.
type Option struct {
	Value   string        // kept
	Label   string        // shown
	Styled  []Run         // the label in its styles, where all options are seen at once; nil: it has none
	Picture fyne.Resource // shown above the label; nil = none
}

// Choice shows all options of a short list, each a target for a thumb.
type Choice struct {
	Grid
	options  []Option
	several  bool
	ordered  bool     // the order of tapping counts
	chosen   []string // in the order of the options, or of tapping
	onChange func(chosen []string)
	panels   []*Panel
	ticks    []*tick
}

// NewChoice returns a choice of one option; a tap on the chosen one takes it
// back.
func NewChoice(options []Option, chosen string, onChange func(chosen string)) *Choice {
	c := newChoice(options, false, func(chosen []string) { onChange(first(chosen)) })
	if chosen != "" {
		c.chosen = []string{chosen}
	}
	c.show()
	return c
}

// NewChoices returns a choice of any number of options.
func NewChoices(options []Option, chosen []string, onChange func(chosen []string)) *Choice {
	c := newChoice(options, true, onChange)
	c.chosen = c.inOrder(chosen)
	c.show()
	return c
}

func newChoice(options []Option, several bool, onChange func([]string)) *Choice {
	c := &Choice{options: options, several: several, onChange: onChange}
	var objects []fyne.CanvasObject
	for _, option := range options {
		mark := newTick(several)
		panel := NewPanel(Plain, newBeside(mark, option.face(NewText(option.Label).In(option.Styled))), func() { c.toggle(option.Value) })
		c.ticks, c.panels = append(c.ticks, mark), append(c.panels, panel)
		objects = append(objects, panel)
	}
	c.objects, c.cell, c.most = objects, c.cellWidth(), 4
	c.width = c.cell
	c.ExtendBaseWidget(c)
	return c
}

// face is an option's label with its picture.
func (o *Option) face(label *Text) fyne.CanvasObject {
	if o.Picture == nil {
		return label
	}
	picture := canvas.NewImageFromResource(o.Picture)
	picture.FillMode = canvas.ImageFillContain
	picture.SetMinSize(fyne.NewSize(90, 90))
	return NewColumn(picture, label)
}

// cellWidth returns the width of a column: short words stand side by side.
func (c *Choice) cellWidth() float32 {
	longest := float32(0)
	for _, option := range c.options {
		longest = max(longest, measure(option.Label, fynetheme.TextSize()))
	}
	return min(max(150, longest+80), 380)
}

// Chosen returns the values chosen.
func (c *Choice) Chosen() []string { return slices.Clone(c.chosen) }

// Label returns the label of a value, empty if it is no option.
func (c *Choice) Label(value string) string {
	for _, option := range c.options {
		if option.Value == value {
			return option.Label
		}
	}
	return ""
}

// Tap chooses the option of that value as a finger does.
func (c *Choice) Tap(value string) {
	for i, option := range c.options {
		if option.Value == value {
			c.panels[i].Tapped(nil)
		}
	}
}

func (c *Choice) toggle(value string) {
	switch had := slices.Contains(c.chosen, value); {
	case had:
		c.chosen = slices.DeleteFunc(slices.Clone(c.chosen), func(v string) bool { return v == value })
	case c.ordered:
		c.chosen = append(slices.Clone(c.chosen), value)
	case c.several:
		c.chosen = c.inOrder(append(slices.Clone(c.chosen), value))
	default:
		c.chosen = []string{value}
	}
	c.show()
	c.onChange(c.Chosen())
}

func (c *Choice) show() {
	for i, option := range c.options {
		at := slices.Index(c.chosen, option.Value)
		on := at >= 0
		if c.ordered {
			c.ticks[i].setNumber(at + 1)
		} else {
			c.ticks[i].set(on)
		}
		c.panels[i].SetChosen(on)
	}
}

// inOrder sorts values as the options are; values that are no option go last.
func (c *Choice) inOrder(values []string) []string {
	var sorted []string
	for _, option := range c.options {
		if slices.Contains(values, option.Value) {
			sorted = append(sorted, option.Value)
		}
	}
	for _, v := range values {
		if !slices.Contains(sorted, v) {
			sorted = append(sorted, v)
		}
	}
	return sorted
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// tick is the ring or box in front of an option.
type tick struct {
	fynewidget.BaseWidget
	several, on bool
	number      int // shown in place of the dot; 0 = none
}

const tickSize = 26 // dp

func newTick(several bool) *tick {
	t := &tick{several: several}
	t.ExtendBaseWidget(t)
	return t
}

func (t *tick) set(on bool) {
	if t.on != on {
		t.on = on
		t.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (t *tick) CreateRenderer() fyne.WidgetRenderer {
	r := &tickRenderer{tick: t, frame: canvas.NewRectangle(nil), dot: canvas.NewRectangle(nil), number: newNumber()}
	r.Refresh()
	return r
}

type tickRenderer struct {
	tick       *tick
	frame, dot *canvas.Rectangle
	number     *canvas.Text
}

func (r *tickRenderer) Refresh() {
	r.frame.CornerRadius, r.dot.CornerRadius = tickSize/2, tickSize/4
	if r.tick.several {
		r.frame.CornerRadius, r.dot.CornerRadius = 5, 2
	}
	ink := theme.Color(fynetheme.ColorNameInputBorder)
	if r.tick.on {
		ink = theme.Color(fynetheme.ColorNamePrimary)
	}
	r.frame.FillColor, r.frame.StrokeColor, r.frame.StrokeWidth = theme.Color(fynetheme.ColorNameBackground), ink, 2.5
	r.dot.FillColor, r.dot.Hidden = ink, !r.tick.on || r.tick.number > 0
	r.number.Text, r.number.Color = r.tick.text(), ink
	r.number.Refresh()
	r.frame.Refresh()
	r.dot.Refresh()
}

func (r *tickRenderer) Layout(size fyne.Size) {
	at := fyne.NewPos(0, (size.Height-tickSize)/2)
	r.frame.Move(at)
	r.frame.Resize(fyne.NewSquareSize(tickSize))
	r.dot.Move(at.AddXY(tickSize/4, tickSize/4))
	r.dot.Resize(fyne.NewSquareSize(tickSize / 2))
	r.number.Move(at)
	r.number.Resize(fyne.NewSquareSize(tickSize))
}

func (r *tickRenderer) MinSize() fyne.Size { return fyne.NewSquareSize(tickSize) }

// Objects leaves the number out where nothing is put in order.
func (r *tickRenderer) Objects() []fyne.CanvasObject {
	if r.tick.number == 0 {
		return []fyne.CanvasObject{r.frame, r.dot}
	}
	return []fyne.CanvasObject{r.frame, r.dot, r.number}
}

func (r *tickRenderer) Destroy() {}
