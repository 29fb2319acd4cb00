package screen

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/tablet/widget"
)

// shown returns everything that can be seen: the window over the screen if
// there is one, or else the screen.
func (w *world) shown() []fyne.CanvasObject {
	w.loop.settle()
	c := w.window.Canvas()
	if over := c.Overlays().Top(); over != nil {
		return visible(over)
	}
	return visible(c.Content())
}

// visible returns o and all that is in it, but for what is hidden.
func visible(o fyne.CanvasObject) []fyne.CanvasObject {
	if !o.Visible() {
		return nil
	}
	all := []fyne.CanvasObject{o}
	var inner []fyne.CanvasObject
	switch o := o.(type) {
	case *fyne.Container:
		inner = o.Objects
	case fyne.Widget:
		inner = test.WidgetRenderer(o).Objects()
	}
	for _, child := range inner {
		all = append(all, visible(child)...)
	}
	return all
}

// text returns all that can be read, a line each.
func (w *world) text() string {
	var lines []string
	for _, o := range w.shown() {
		switch o := o.(type) {
		case *canvas.Text:
			lines = append(lines, o.Text)
		case *widget.Text:
			lines = append(lines, o.Text()) // whole, however it wraps
		case *widget.Row:
			line := o.Line()
			lines = append(lines, line.Title, line.Note, line.Aside)
		case *fynewidget.Button:
			lines = append(lines, o.Text)
		}
	}
	return strings.Join(lines, "\n")
}

// see fails unless all the words can be read.
func (w *world) see(words ...string) {
	w.Helper()
	text := w.text()
	for _, word := range words {
		if !strings.Contains(text, word) {
			w.Errorf("%q is not on the screen:\n%s", word, text)
		}
	}
}

// notSee fails if any of the words can be read.
func (w *world) notSee(words ...string) {
	w.Helper()
	text := w.text()
	for _, word := range words {
		if strings.Contains(text, word) {
			w.Errorf("%q is on the screen", word)
		}
	}
}

// tap taps the first thing that can be tapped and says those words: a button,
// a row, an option, a tab.
func (w *world) tap(words string) {
	w.Helper()
	defer func() { w.loop.settle() }()
	for _, o := range w.shown() {
		switch o := o.(type) {
		case *fynewidget.Button:
			if o.Text == words && !o.Disabled() {
				test.Tap(o)
				return
			}
		case *widget.Tab:
			if o.Label() == words {
				test.Tap(o)
				return
			}
		case *widget.Panel:
			if o.OnTap != nil && slices.ContainsFunc(visible(o), func(inner fyne.CanvasObject) bool { return says(inner, words) }) {
				test.Tap(o)
				return
			}
		}
	}
	w.Fatalf("nothing to tap says %q:\n%s", words, w.text())
}

func says(o fyne.CanvasObject, words string) bool {
	switch o := o.(type) {
	case *widget.Text:
		return o.Text() == words
	case *widget.Row:
		return strings.HasPrefix(o.Line().Title, words)
	}
	return false
}

// field returns the field of that label.
func (w *world) field(label string) *widget.Field {
	w.Helper()
	for _, o := range w.shown() {
		if f, ok := o.(*widget.Field); ok && strings.TrimSuffix(f.Label(), " *") == label {
			return f
		}
	}
	w.Fatalf("no field %q:\n%s", label, w.text())
	return nil
}

// typeIn types into the field of that label, over what it has.
func (w *world) typeIn(label, text string) {
	w.Helper()
	entry := inside[*widget.Entry](w.T, w.field(label))
	w.window.Canvas().Focus(entry)
	entry.SetText("")
	test.Type(entry, text)
	if w.window.Canvas().Focused() != fyne.Focusable(entry) {
		w.Errorf("field %q lost the focus while it was typed in", label)
	}
	w.window.Canvas().Unfocus()
}

// choose taps an option of the field of that label, unless it is chosen: a tap
// would take it back.
func (w *world) choose(label, option string) {
	w.Helper()
	choice := inside[*widget.Choice](w.T, w.field(label))
	for _, value := range choice.Chosen() {
		if choice.Label(value) == option {
			return
		}
	}
	for _, o := range visible(w.field(label)) {
		if p, ok := o.(*widget.Panel); ok && slices.ContainsFunc(visible(p), func(inner fyne.CanvasObject) bool { return says(inner, option) }) {
			test.Tap(p)
			return
		}
	}
	w.Fatalf("field %q has no option %q", label, option)
}

// pick opens the list of a picker, searches and takes the first that is found.
func (w *world) pick(label, search string) {
	w.Helper()
	test.Tap(inside[*widget.Picker](w.T, w.field(label)))
	w.pickFirst(search)
}

// pickFirst searches the list that is open and takes the first row.
func (w *world) pickFirst(search string) {
	w.Helper()
	w.search(search)
	w.loop.settle()
	inside[*widget.List[widget.Option]](w.T, w.window.Canvas().Overlays().Top()).Select(0)
	w.loop.settle()
}

// search types into the search line and presses Enter.
func (w *world) search(text string) {
	w.Helper()
	for _, o := range w.shown() {
		if line, ok := o.(*widget.Search); ok {
			entry := inside[*widget.Entry](w.T, line)
			entry.SetText(text)
			entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
			return
		}
	}
	w.Fatal("no search line")
}

// inside returns the first object of a type in o.
func inside[T fyne.CanvasObject](t *testing.T, o fyne.CanvasObject) T {
	t.Helper()
	for _, inner := range visible(o) {
		if found, ok := inner.(T); ok {
			return found
		}
	}
	var none T
	t.Fatalf("no %T", none)
	return none
}

// problem returns what a field says is wrong.
func (w *world) problem(label string) string {
	w.Helper()
	return w.field(label).Problem()
}

// want compares two values of any kind by how they print.
func (w *world) want(what string, got, want any) {
	w.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		w.Errorf("%s: %v, want %v", what, got, want)
	}
}
