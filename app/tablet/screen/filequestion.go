package screen

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"path"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/tablet/widget"
	"muqu/core"
	"muqu/core/form"
	"muqu/sync/attach"
)

// fileControl takes a recording, a video or another file from where the
// tablet's own programs put it.
func (p *interview) fileControl(s *Shell, q *form.Question) fyne.CanvasObject {
	at, kind := q.Path, q.Type
	choose := fynewidget.NewButtonWithIcon(s.T("interview.file."+kind), fynetheme.FolderOpenIcon(), func() {
		s.pick(s.T("interview.file."+kind), mimes[kind], attach.DefaultMaxBytes, func(data []byte, name string) {
			p.keepPicture(s, at, func(ctx context.Context) (core.FileName, error) {
				return s.Pictures.KeepFile(ctx, bytes.NewReader(data), path.Ext(name))
			}, func() {})
		})
	})
	if q.Value == "" {
		return choose
	}
	kept := widget.NewNote(s.T("interview.file.kept", "sort", path.Ext(q.Value)))
	return widget.NewColumn(kept, choose, p.dropPicture(s, at))
}

// mimes are the files that a question takes; none: any.
var mimes = map[string][]string{"audio": {"audio/*"}, "video": {"video/*"}}

// picked hears of a file that the worker chose.
type picked func(data []byte, name string)

// pickPhoto lets the worker choose a picture.
func (s *Shell) pickPhoto(onPick func(data []byte)) {
	s.pick(s.T("interview.photo"), []string{"image/jpeg", "image/png"}, photoBytes, func(data []byte, _ string) { onPick(data) })
}

// pick lets the worker choose a file of some types, none: of any, and reads it
// if it is not larger than most bytes.
func (s *Shell) pick(title string, types []string, most int64, onPick picked) {
	open := dialog.NewFileOpen(func(file fyne.URIReadCloser, err error) {
		switch {
		case err != nil:
			s.Fail(err)
		case file != nil:
			s.readPicked(file, most, onPick)
		}
	}, s.Window)
	if len(types) > 0 {
		open.SetFilter(storage.NewMimeTypeFileFilter(types))
	}
	s.chooseFile(open, title, s.T("word.open"))
}

// readPicked reads a chosen file away from the UI thread.
func (s *Shell) readPicked(file fyne.URIReadCloser, most int64, onPick picked) {
	s.Run(func() func() {
		defer file.Close()
		data, err := io.ReadAll(io.LimitReader(file, most+1))
		if err == nil && int64(len(data)) > most {
			err = core.Refuse(core.TooLarge, "", "refuse.file.large", "max", most>>20)
		}
		return func() {
			if err != nil {
				s.Fail(fmt.Errorf("read file: %w", err))
				return
			}
			onPick(data, file.URI().Name())
		}
	})
}

// Limits of the pictures that belong to a form.
const (
	maxMedia    = 4 << 20  // bytes of one
	maxAllMedia = 24 << 20 // of all that are shown with one interview
)

// readMedia reads the pictures of a form, by what the workbook calls them. One
// that is not here is not shown.
func (s *Shell) readMedia(ctx context.Context, of core.FormVersion) map[string]fyne.Resource {
	out := make(map[string]fyne.Resource)
	total := 0
	for name, file := range of.Media {
		if !file.Picture() {
			continue
		}
		b, err := files{s}.ReadFile(ctx, of.Ref, file)
		if err != nil || len(b) > maxMedia || total+len(b) > maxAllMedia || !attach.CanDraw(b) {
			continue
		}
		total += len(b)
		out[name] = fyne.NewStaticResource(string(file), b)
	}
	return out
}

// media shows what goes with a question or a note: its picture, or a button that
// hands a recording or a video over to the programs that play such.
func (p *interview) media(s *Shell, media map[string]string) []fyne.CanvasObject {
	var out []fyne.CanvasObject
	picture := p.pictures[media["big-image"]]
	if picture == nil {
		picture = p.pictures[media["image"]]
	}
	if picture != nil {
		out = append(out, widget.NewPicture(picture))
	}
	for _, kind := range []string{"audio", "video"} {
		if name := media[kind]; name != "" {
			out = append(out, p.playing(s, kind, name, p.of.Media[name]))
		}
	}
	return out
}

// playing is a button that saves a recording or a video where it can be played.
func (p *interview) playing(s *Shell, kind, name string, file core.FileName) fyne.CanvasObject {
	title := s.T("interview.media."+kind, "name", name)
	return fynewidget.NewButtonWithIcon(title, fynetheme.DownloadIcon(), func() {
		Load(s, func(ctx context.Context) (bool, error) { return s.holds(ctx, file) }, func(here bool) {
			if !here {
				s.Say(widget.Attention, s.T("refuse.form.here"))
				return
			}
			s.saveOut(file, name, title, s.T("interview.media.saved"))
		})
	})
}
