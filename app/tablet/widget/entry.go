package widget

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/mobile"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"
)

// Entry is a line, or several, to type in. Unlike Fyne's it lets Back through
// to the screen, asks for the keyboard that suits it and tells its [Form] when
// it has the focus.
type Entry struct {
	fynewidget.Entry
	OnLeave  func() // called when the focus has gone
	keyboard mobile.KeyboardType
	reveal   func()          // brings the entry into view; set by its form
	amount   bool            // a zero gives way to what is typed
	glass    *glass          // nil until drawn
	scroller fyne.Scrollable // what the entry stands in; nil = nothing that scrolls
}

// NewEntry returns a line for text.
func NewEntry() *Entry {
	e := &Entry{keyboard: mobile.SingleLineKeyboard}
	e.ExtendBaseWidget(e)
	return e
}

// NewNumberEntry returns a line for which the keyboard shows figures.
func NewNumberEntry() *Entry {
	e := NewEntry()
	e.keyboard = mobile.NumberKeyboard
	return e
}

// NewAmountEntry returns a line for a count or an amount. Forms fill in 0 where
// there is mostly nothing; whoever taps there and types 300 means 300 and not
// 3000 or 0300, wherever the finger put the cursor.
func NewAmountEntry() *Entry {
	e := NewNumberEntry()
	e.amount = true
	return e
}

// TypedRune implements fyne.Focusable.
func (e *Entry) TypedRune(r rune) {
	if e.amount && e.Text == "0" && r >= '0' && r <= '9' {
		told := e.OnChanged
		e.OnChanged = nil // what is empty for a moment is no answer
		e.SetText("")
		e.OnChanged = told
	}
	e.Entry.TypedRune(r)
}

// NewMultiLineEntry returns lines for longer text.
func NewMultiLineEntry() *Entry {
	e := NewEntry()
	e.keyboard = mobile.DefaultKeyboard
	e.MultiLine = true
	e.Wrapping = fyne.TextWrapWord
	e.SetMinRowsVisible(3)
	return e
}

// Keyboard implements mobile.Keyboardable.
func (e *Entry) Keyboard() mobile.KeyboardType { return e.keyboard }

// FocusGained implements fyne.Focusable.
func (e *Entry) FocusGained() {
	e.Entry.FocusGained()
	if e.glass != nil {
		e.glass.Hide()
	}
	if e.reveal != nil {
		e.reveal()
	}
}

// FocusLost implements fyne.Focusable.
func (e *Entry) FocusLost() {
	e.Entry.FocusLost()
	if e.glass != nil {
		e.glass.Show()
	}
	if e.OnLeave != nil {
		e.OnLeave()
	}
}

// TypedKey implements fyne.Focusable. Android sends Back to the entry that has
// the focus, where it would end.
func (e *Entry) TypedKey(key *fyne.KeyEvent) {
	if key.Name != mobile.KeyBack && key.Name != fyne.KeyEscape {
		e.Entry.TypedKey(key)
		return
	}
	canvas := fyne.CurrentApp().Driver().CanvasForObject(e)
	if canvas == nil {
		return
	}
	canvas.Unfocus()
	if typed := canvas.OnTypedKey(); typed != nil {
		typed(key)
	}
}

// settle is how long typing has to rest before a search starts.
const settle = 180 * time.Millisecond

// Search is a line that searches as one types.
type Search struct {
	fynewidget.BaseWidget
	entry    *Entry
	onSearch func(text string)
	last     string // what was searched for
	timer    *time.Timer
}

// NewSearch returns a search line; onSearch is called on the UI thread when
// typing has rested, at once on Enter, and never twice with the same text.
func NewSearch(hint string, onSearch func(text string)) *Search {
	s := &Search{entry: NewEntry(), onSearch: onSearch}
	empty := fynewidget.NewButtonWithIcon("", fynetheme.CancelIcon(), func() {
		s.entry.SetText("")
		s.now()
	})
	empty.Importance = fynewidget.LowImportance
	s.entry.ActionItem = empty // before anything draws the entry: later it would not be seen
	s.entry.SetPlaceHolder(hint)
	s.entry.SetIcon(fynetheme.SearchIcon())
	s.entry.OnChanged = func(string) { s.later() }
	s.entry.OnSubmitted = func(string) { s.now() }
	s.ExtendBaseWidget(s)
	return s
}

// Text returns what is typed.
func (s *Search) Text() string { return s.entry.Text }

// SetText fills the line without searching.
func (s *Search) SetText(text string) {
	s.last = text
	s.entry.SetText(text)
	s.stop()
}

// Focus puts the cursor into the line.
func (s *Search) Focus(c fyne.Canvas) { c.Focus(s.entry) }

func (s *Search) later() {
	s.stop()
	s.timer = time.AfterFunc(settle, func() { fyne.Do(s.now) })
}

func (s *Search) now() {
	s.stop()
	if s.entry.Text != s.last {
		s.last = s.entry.Text
		s.onSearch(s.last)
	}
}

func (s *Search) stop() {
	if s.timer != nil {
		s.timer.Stop()
	}
}

func (s *Search) parts() []fyne.CanvasObject { return []fyne.CanvasObject{s.entry} }

// CreateRenderer implements fyne.Widget.
func (s *Search) CreateRenderer() fyne.WidgetRenderer { return fynewidget.NewSimpleRenderer(s.entry) }
