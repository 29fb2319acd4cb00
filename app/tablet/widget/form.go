package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"
)

// Form is a column that scrolls. It keeps the field that has the focus in view
// when the keyboard takes half of the screen, which Fyne does not do.
type Form struct {
	fynewidget.BaseWidget
	column *fyne.Container
	layout *Column
	scroll *container.Scroll
}

// NewForm returns a form of objects.
func NewForm(objects ...fyne.CanvasObject) *Form {
	f := &Form{layout: &Column{Gap: 12, Inset: 14, Most: 900}}
	f.column = &fyne.Container{Layout: f.layout, Objects: objects}
	f.scroll = container.NewVScroll(f.column)
	f.ExtendBaseWidget(f)
	return f
}

// Wide lets the form use the whole width and returns it.
func (f *Form) Wide() *Form {
	f.layout.Most = 0
	return f
}

// SetObjects replaces the content and scrolls to its top.
func (f *Form) SetObjects(objects ...fyne.CanvasObject) {
	f.column.Objects = objects
	f.arrange()
	f.scroll.ScrollToTop()
}

// Replace replaces the content and stays where the form is scrolled to. Objects
// that are in both keep the focus.
func (f *Form) Replace(objects ...fyne.CanvasObject) {
	f.column.Objects = objects
	f.arrange()
	f.scroll.Refresh()
}

// Objects returns the content.
func (f *Form) Objects() []fyne.CanvasObject { return f.column.Objects }

// Offset returns how far the form is scrolled, dp.
func (f *Form) Offset() float32 { return f.scroll.Offset.Y }

// ScrollTo scrolls the form so far, dp.
func (f *Form) ScrollTo(offset float32) { f.scroll.ScrollToOffset(fyne.NewPos(0, offset)) }

// Refresh lays the content out again: objects may have been shown, hidden or
// become higher.
func (f *Form) Refresh() {
	f.arrange()
	f.BaseWidget.Refresh()
}

// arrange gives the column its width first, so that its text has wrapped when
// the scroller asks for its height.
func (f *Form) arrange() {
	for _, o := range f.column.Objects {
		f.watch(o)
	}
	f.column.Resize(fyne.NewSize(f.Size().Width, f.column.Size().Height))
	f.column.Layout.Layout(f.column.Objects, f.column.Size())
	f.scroll.Refresh()
}

// watch asks the fields inside o to say when they get the focus.
func (f *Form) watch(o fyne.CanvasObject) {
	switch o := o.(type) {
	case *fyne.Container:
		for _, inner := range o.Objects {
			f.watch(inner)
		}
	case interface{ parts() []fyne.CanvasObject }:
		for _, inner := range o.parts() {
			f.watch(inner)
		}
	case *Entry:
		o.scroller = f.scroll
		o.reveal = func() { f.Reveal(o) }
	}
}

// Reveal scrolls o into view, with some room around it.
func (f *Form) Reveal(o fyne.CanvasObject) {
	driver := fyne.CurrentApp().Driver()
	const room = 40 // dp; the label above the control
	top := driver.AbsolutePositionForObject(o).Y - driver.AbsolutePositionForObject(f.column).Y
	bottom := top + o.Size().Height
	switch view := f.scroll.Size().Height; {
	case top-room < f.scroll.Offset.Y:
		f.ScrollTo(max(0, top-room))
	case bottom+room > f.scroll.Offset.Y+view:
		f.ScrollTo(bottom + room - view)
	}
}

// CreateRenderer implements fyne.Widget.
func (f *Form) CreateRenderer() fyne.WidgetRenderer { return &formRenderer{form: f} }

type formRenderer struct{ form *Form }

func (r *formRenderer) Layout(size fyne.Size) {
	r.form.scroll.Resize(size)
	r.form.arrange()
	if c := fyne.CurrentApp().Driver().CanvasForObject(r.form); c != nil {
		if focused, ok := c.Focused().(*Entry); ok && focused.reveal != nil {
			focused.reveal() // the keyboard came up
		}
	}
}

func (r *formRenderer) MinSize() fyne.Size           { return fyne.NewSize(200, 100) }
func (r *formRenderer) Refresh()                     { r.form.scroll.Refresh() }
func (r *formRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.form.scroll} }
func (r *formRenderer) Destroy()                     {}
