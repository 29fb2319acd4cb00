package screen

import (
	"bytes"
	"context"
	"image"
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
	anyPixels       = 1 << 16  // of a photo that was made small before
	photoBytes      = 40 << 20 // of the file that a photo is read from
)

// imageControl takes a signature or a photo.
func (p *interview) imageControl(s *Shell, q *form.Question) fyne.CanvasObject {
	if appears(q, "signature") || appears(q, "draw") {
		return p.signatureControl(s, q)
	}
	path := q.Path
	if pad := p.pads[path]; pad != nil {
		return p.drawingControl(s, q, pad)
	}
	take := fynewidget.NewButtonWithIcon(s.T("interview.photo"), fynetheme.MediaPhotoIcon(), func() {
		s.pickPhoto(func(data []byte) {
			p.keepPicture(s, path, func(ctx context.Context) (core.FileName, error) {
				return s.Pictures.KeepPhoto(ctx, data, mostPixels(q))
			}, func() {})
		})
	})
	if q.Value == "" {
		return take
	}
	shown := widget.NewColumn(p.picture(s, q.Value), take, p.dropPicture(s, path))
	if appears(q, "annotate") {
		shown.Add(fynewidget.NewButtonWithIcon(s.T("interview.annotate"), fynetheme.DocumentCreateIcon(), func() { p.annotate(s, q) }))
	}
	return shown
}

// mostPixels is how large a photo may be, along its longer side; 0: as the
// settings say.
func mostPixels(q *form.Question) int {
	if n, err := strconv.Atoi(q.Parameters["max-pixels"]); err == nil && n > 0 {
		return n
	}
	return 0
}

// annotate makes the photo that was kept one to draw on.
func (p *interview) annotate(s *Shell, q *form.Question) {
	path := q.Path
	file, ok := core.ParseFileName(q.Value)
	if !ok || s.Pictures == nil {
		return
	}
	s.Run(func() func() {
		var photo image.Image
		var err error
		if at := s.look(s.ctx, file, false); at.drawing != nil {
			photo, _, err = image.Decode(bytes.NewReader(at.drawing.Content()))
		}
		return func() {
			if photo == nil || err != nil {
				s.Say(widget.Attention, s.T("interview.annotate.none"))
				return
			}
			p.pads[path] = widget.NewDrawing(photo)
			delete(p.fields, path)
			p.refresh(s)
		}
	})
}

// drawingControl is a photo to draw on.
func (p *interview) drawingControl(s *Shell, q *form.Question, pad *widget.Signature) fyne.CanvasObject {
	path := q.Path
	return padControl(s, pad, s.T("interview.drawn"), func() {
		if !p.keepPad(s, path, func() {}) { // nothing was drawn
			delete(p.pads, path)
			p.redo(s, path, q.Value)
		}
	})
}

// padControl is a pad with a button to begin anew and one to say that it is done.
func padControl(s *Shell, pad *widget.Signature, label string, done func()) fyne.CanvasObject {
	return widget.NewColumn(pad, widget.NewGrid(160, 2,
		fynewidget.NewButtonWithIcon(s.T("word.clear"), fynetheme.ContentClearIcon(), pad.Clear),
		fynewidget.NewButtonWithIcon(label, fynetheme.ConfirmIcon(), done)))
}

// signatureControl is a pad to sign or draw on, or what was given.
func (p *interview) signatureControl(s *Shell, q *form.Question) fyne.CanvasObject {
	path := q.Path
	if q.Value != "" {
		return widget.NewColumn(p.picture(s, q.Value), p.dropPicture(s, path))
	}
	hint, done := s.T("word.sign_here"), s.T("interview.signed")
	if appears(q, "draw") {
		hint, done = s.T("word.draw_here"), s.T("interview.drawn")
	}
	pad := widget.NewSignature(hint)
	p.pads[path] = pad
	return padControl(s, pad, done, func() { p.keepPad(s, path, func() {}) })
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

// keepPad stores what was signed or drawn and reports whether there was anything.
// What could not be stored stays on the pad.
func (p *interview) keepPad(s *Shell, path string, then func()) bool {
	pad := p.pads[path]
	signature, drawing := pad.PNG(signaturePixels), pad.JPEG()
	if signature == nil && drawing == nil {
		return false
	}
	p.keepPicture(s, path, func(ctx context.Context) (core.FileName, error) {
		if drawing != nil {
			return s.Pictures.KeepPhoto(ctx, drawing, anyPixels)
		}
		return s.Pictures.KeepFile(ctx, bytes.NewReader(signature), "png")
	}, then)
	return true
}

// signed calls f when what was signed and drawn on this step has been kept: whoever
// has signed and goes on has answered, with or without a tap on the button.
func (p *interview) signed(s *Shell, f func()) {
	for path := range p.pads {
		if p.keepPad(s, path, func() { p.signed(s, f) }) {
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
			delete(p.pads, path)
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
