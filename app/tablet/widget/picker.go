package widget

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"
)

// Find returns options that match text, for a list too long to show whole.
// It is called away from the UI thread.
type Find func(text string, offset, limit int) (options []Option, total int, err error)

// FindIn returns a Find over options that are at hand: those whose label
// contains the text.
func FindIn(options []Option) Find {
	return func(text string, offset, limit int) ([]Option, int, error) {
		var found []Option
		for _, option := range options {
			if strings.Contains(strings.ToLower(option.Label), strings.ToLower(strings.TrimSpace(text))) {
				found = append(found, option)
			}
		}
		return found[min(offset, len(found)):min(offset+limit, len(found))], len(found), nil
	}
}

// Picker is a field that shows one option out of a long list, and opens the
// list with a search line when it is tapped.
type Picker struct {
	fynewidget.BaseWidget
	title    string
	words    Words
	run      Runner
	find     Find
	chosen   Option
	onChange func(Option)
	button   *fynewidget.Button
}

// NewPicker returns a picker whose list is headed title.
func NewPicker(title string, words Words, run Runner, find Find, chosen Option, onChange func(Option)) *Picker {
	p := &Picker{title: title, words: words, run: run, find: find, chosen: chosen, onChange: onChange}
	p.button = fynewidget.NewButtonWithIcon("", fynetheme.MenuDropDownIcon(), p.open)
	p.button.Alignment, p.button.IconPlacement = fynewidget.ButtonAlignLeading, fynewidget.ButtonIconTrailingText
	p.show()
	p.ExtendBaseWidget(p)
	return p
}

// Chosen returns the option chosen; its Value is empty when there is none.
func (p *Picker) Chosen() Option { return p.chosen }

// Tapped implements fyne.Tappable.
func (p *Picker) Tapped(*fyne.PointEvent) { p.open() }

func (p *Picker) show() {
	p.button.SetText(p.chosen.Label)
	if p.chosen.Value == "" {
		p.button.SetText(p.words.Choose)
	}
}

func (p *Picker) open() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(p); c != nil {
		Pick(c, p.title, p.words, p.run, p.find, func(option Option) {
			p.chosen = option
			p.show()
			p.onChange(option)
		})
	}
}

// CreateRenderer implements fyne.Widget.
func (p *Picker) CreateRenderer() fyne.WidgetRenderer { return fynewidget.NewSimpleRenderer(p.button) }

// Pick opens a window over the screen with a search line and the list of what
// find returns, and calls onPick with the option tapped.
func Pick(c fyne.Canvas, title string, words Words, run Runner, find Find, onPick func(Option)) {
	var window *fynewidget.PopUp
	asking := func(text string) Fetch[Option] {
		return func(offset, limit int) ([]Option, int, error) { return find(text, offset, limit) }
	}
	list := NewList(run, asking(""), func(o Option) Line { return Line{Title: o.Label} })
	nothing := NewText(words.Nothing).Centered()
	list.OnTotal = func(total int) {
		nothing.Hidden = total > 0
		nothing.Refresh()
	}
	list.OnTap = func(o Option) {
		window.Hide()
		onPick(o)
	}
	search := NewSearch(words.Search, func(text string) { list.Ask(asking(text)) })
	top := NewColumn(NewBeside(NewHeading(title), fynewidget.NewButton(words.Close, func() { window.Hide() })), search)
	window = Window(c, container.NewBorder(top, nil, nil, nil, container.NewStack(list, container.NewVBox(nothing))))
	if !fyne.CurrentDevice().IsMobile() { // there the keyboard would cover the list
		search.Focus(c)
	}
	list.Reload()
}

// Window opens content over the whole screen but for a margin.
func Window(c fyne.Canvas, content fyne.CanvasObject) *fynewidget.PopUp {
	const margin = 24
	window := fynewidget.NewModalPopUp(container.NewPadded(content), c)
	size := c.Size().SubtractWidthHeight(2*margin, 2*margin)
	window.Resize(fyne.NewSize(min(size.Width, 760), size.Height))
	window.Show()
	return window
}
