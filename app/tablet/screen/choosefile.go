package screen

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
)

// chooseFile shows a dialog of files in the worker's language, as large as the
// window. Android shows its own in its place, which has no size to set; and
// before it is shown Fyne's has none either.
func (s *Shell) chooseFile(d *dialog.FileDialog, title, confirm string) {
	d.SetTitleText(title)
	d.SetConfirmText(confirm)
	d.SetDismissText(s.T("word.close"))
	d.Show()
	if !fyne.CurrentDevice().IsMobile() {
		d.Resize(s.Window.Canvas().Size())
	}
}
