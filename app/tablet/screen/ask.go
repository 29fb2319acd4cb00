package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/tablet/widget"
)

// Ask asks before something that cannot be undone. Yes is a button that says
// what will be done, never a bare "OK".
func (s *Shell) Ask(question, yes string, then func()) {
	var window *fynewidget.PopUp
	do := fynewidget.NewButton(yes, func() {
		window.Hide()
		then()
	})
	do.Importance = fynewidget.DangerImportance
	cancel := fynewidget.NewButton(s.T("word.cancel"), func() { window.Hide() })
	content := widget.NewColumn(widget.NewText(question), widget.NewGrid(160, 2, cancel, do))
	window = fynewidget.NewModalPopUp(container.New(inset{16, 16}, content), s.Window.Canvas())
	width := min(520, s.Window.Canvas().Size().Width-40)
	content.Resize(fyne.NewSize(width-60, 0)) // the text wraps, so that the window can be as high as it needs
	window.Resize(fyne.NewSize(width, 0))
	window.Show()
}
