// Package widget has the parts that the tablet's screens are made of, where
// Fyne's own do not serve field work: text that wraps by the rules of Tibetan
// and Chinese, long lists that stay quick, fields that stay above the keyboard,
// choices for a thumb, a pad to sign on.
//
// Words of this package: a [Row] is one record in a [List]; a [Field] is a
// labeled control with its hint and what is wrong with it; a [Column] stacks
// things and is the only layout here that knows text wraps; a [Form] is a
// column that scrolls; a [Tone] is what a color says.
//
// Text is always one canvas.Text a line, never a Label: measuring labels makes
// lists ten to a hundred times slower.
//
// Nothing here waits. What has to be fetched is fetched by a [Runner], and the
// widget is told on the UI thread when it has come.
package widget

import "fyne.io/fyne/v2"

// Runner does work away from the UI thread and then calls, on the UI thread,
// the function that work returned, unless that is nil.
type Runner func(work func() (show func()))

// Background is the Runner of the app.
func Background(work func() (show func())) {
	go func() {
		if show := work(); show != nil {
			fyne.Do(show)
		}
	}()
}

// Inline is the Runner of tests: it does the work at once.
func Inline(work func() (show func())) {
	if show := work(); show != nil {
		show()
	}
}
