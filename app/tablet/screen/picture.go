package screen

import (
	"bytes"
	"context"
	"strconv"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/tablet/widget"
	"muqu/core"
	"muqu/core/form"
)

// Limits of pictures.
const (
	signaturePixels = 800      // width of a signature
	photoBytes      = 40 << 20 // of the file that a photo is read from
)

// imageControl takes a signature or a photo.
func (p *interview) imageControl(s *Shell, q *form.Question) fyne.CanvasObject {
	if appears(q, "signature") || appears(q, "draw") {
		return p.signatureControl(s, q)
	}
	path, most := q.Path, 0 // as the settings say
	if n, err := strconv.Atoi(q.Parameters["max-pixels"]); err == nil && n > 0 {
		most = n
	}
	take := fynewidget.NewButtonWithIcon(s.T("interview.photo"), fynetheme.MediaPhotoIcon(), func() {
		s.pickPhoto(func(data []byte) {
			p.keepPicture(s, path, func(ctx context.Context) (core.FileName, error) { return s.Pictures.KeepPhoto(ctx, data, most) }, func() {})
		})
	})
	if q.Value == "" {
		return take
	}
	return widget.NewColumn(p.picture(s, q.Value), take, p.dropPicture(s, path))
}

// signatureControl is a pad to sign on, or the signature that was given.
func (p *interview) signatureControl(s *Shell, q *form.Question) fyne.CanvasObject {
	path := q.Path
	if q.Value != "" {
		return widget.NewColumn(p.picture(s, q.Value), p.dropPicture(s, path))
	}
	pad := widget.NewSignature(s.T("word.sign_here"))
	p.pads[path] = pad
	clear := fynewidget.NewButtonWithIcon(s.T("word.clear"), fynetheme.ContentClearIcon(), pad.Clear)
	done := fynewidget.NewButtonWithIcon(s.T("interview.signed"), fynetheme.ConfirmIcon(), func() {
		if data := pad.PNG(signaturePixels); data != nil {
			p.keepSignature(s, path, data, func() {})
		}
	})
	return widget.NewColumn(pad, widget.NewGrid(160, 2, clear, done))
}

// picture shows a picture that was kept.
func (p *interview) picture(s *Shell, name string) fyne.CanvasObject {
	shown := widget.NewPicture(nil)
	file, ok := core.ParseFileName(name)
	if !ok || s.Pictures == nil {
		return shown
	}
	s.Run(func() func() {
		at := s.look(s.ctx, file, true)
		return func() {
			shown.Resource = at.drawing
			shown.Refresh()
		}
	})
	return shown
}

func (p *interview) dropPicture(s *Shell, path string) fyne.CanvasObject {
	return fynewidget.NewButtonWithIcon(s.T("interview.picture.drop"), fynetheme.DeleteIcon(), func() { p.redo(s, path, "") })
}

// keepSignature stores what was signed.
func (p *interview) keepSignature(s *Shell, path string, data []byte, then func()) {
	delete(p.pads, path)
	p.keepPicture(s, path, func(ctx context.Context) (core.FileName, error) {
		return s.Pictures.KeepFile(ctx, bytes.NewReader(data), "png")
	}, then)
}

// signed calls f when the signatures on this step have been kept: whoever has
// signed and goes on has answered, with or without a tap on the button.
func (p *interview) signed(s *Shell, f func()) {
	for path, pad := range p.pads {
		if data := pad.PNG(signaturePixels); data != nil {
			p.keepSignature(s, path, data, func() { p.signed(s, f) })
			return
		}
	}
	f()
}

// keepPicture stores a picture and answers the question with its name; then is
// called after that.
func (p *interview) keepPicture(s *Shell, path string, keep func(context.Context) (core.FileName, error), then func()) {
	if s.Pictures == nil {
		s.Say(widget.Trouble, s.T("interview.picture.none"))
		return
	}
	s.Run(func() func() {
		name, err := keep(s.ctx)
		return func() {
			if err != nil {
				s.Fail(err)
				return
			}
			p.redo(s, path, string(name))
			then()
		}
	})
}

// redo answers a question whose widgets depend on the answer.
func (p *interview) redo(s *Shell, path, text string) {
	delete(p.fields, path)
	p.answer(s, path, text)
}
