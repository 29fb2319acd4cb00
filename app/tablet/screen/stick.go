package screen

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/tablet/widget"
	"muqu/sync/bundle"
	"muqu/sync/client"
)

// Courier makes and takes in bundles for a USB stick.
type Courier interface {
	Stick() *client.Stick
}

// Stick carries work and news on a USB stick or a memory card where there is
// no network.
type Stick struct {
	said string // what came of the last one
	tone widget.Tone
	busy bool
}

// Open implements [Screen].
func (p *Stick) Open(s *Shell) View {
	write := fynewidget.NewButtonWithIcon(s.T("stick.write"), fynetheme.UploadIcon(), func() { p.chooseWhere(s) })
	write.Importance = fynewidget.HighImportance
	read := fynewidget.NewButtonWithIcon(s.T("stick.read"), fynetheme.DownloadIcon(), func() { p.chooseWhat(s) })
	if p.busy {
		write.Disable()
		read.Disable()
	}
	objects := []fyne.CanvasObject{widget.NewText(s.T("stick.explain"))}
	if p.said != "" {
		objects = append(objects, widget.NewPanel(p.tone, widget.NewText(p.said).Toned(p.tone), nil))
	}
	return View{Title: s.T("stick.title"), Tab: TabSync, Body: widget.NewForm(append(objects,
		write, widget.NewNote(s.T("stick.write.explain")), read, widget.NewNote(s.T("stick.read.explain")))...)}
}

// say shows what came of it.
func (p *Stick) say(s *Shell, tone widget.Tone, text string) {
	p.busy, p.said, p.tone = false, text, tone
	s.me = s.Tablet.Identity()
	s.Reopen()
	s.refreshStatus()
}

// work does something slow and shows what came of it.
func (p *Stick) work(s *Shell, do func() (string, error)) {
	p.busy, p.said = true, s.T("stick.busy")
	p.tone = widget.Info
	s.Reopen()
	s.Run(func() func() {
		text, err := do()
		return func() {
			if err != nil {
				s.Fail(err)
				p.say(s, widget.Trouble, s.Reason(err))
				return
			}
			p.say(s, widget.Good, text)
		}
	})
}

func (p *Stick) chooseWhere(s *Shell) {
	d := dialog.NewFileSave(func(file fyne.URIWriteCloser, err error) {
		if err != nil {
			s.Fail(err)
		} else if file != nil {
			p.work(s, func() (string, error) { return p.writeTo(s, file) })
		}
	}, s.Window)
	d.SetFileName("muqu-" + s.me.Device.String()[28:] + ".muqu")
	s.chooseFile(d, s.T("stick.write"), s.T("word.save"))
}

// writeTo writes what the centre lacks and closes the file.
func (p *Stick) writeTo(s *Shell, file io.WriteCloser) (string, error) {
	k := s.Courier.Stick()
	err := bundle.Write(s.ctx, file, k)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return "", fmt.Errorf("write the bundle: %w", err)
	}
	return s.T("stick.written", "n", k.Packed, "files", k.Files), nil
}

func (p *Stick) chooseWhat(s *Shell) {
	d := dialog.NewFileOpen(func(file fyne.URIReadCloser, err error) {
		if err != nil {
			s.Fail(err)
		} else if file != nil {
			p.work(s, func() (string, error) { return p.readFrom(s, file) })
		}
	}, s.Window)
	d.SetFilter(storage.NewExtensionFileFilter([]string{".muqu"}))
	s.chooseFile(d, s.T("stick.read"), s.T("word.open"))
}

// readFrom takes in a bundle; of one that was split, the other parts lie beside
// the chosen one.
func (p *Stick) readFrom(s *Shell, file fyne.URIReadCloser) (string, error) {
	defer file.Close()
	chosen := file.URI()
	k := s.Courier.Stick()
	err := bundle.LoadParts(s.ctx, bundle.Sets([]string{chosen.Name()})[0], func(name string) (io.ReadSeekCloser, error) {
		if name == chosen.Name() {
			return spool(file)
		}
		other, err := beside(chosen, name)
		if err != nil {
			return nil, err
		}
		defer other.Close()
		return spool(other)
	}, k)
	if err != nil {
		return "", err
	}
	if k.Nothing {
		return s.T("stick.known"), nil
	}
	return s.T("stick.taken", "n", k.Pulled, "files", k.Files), nil
}

// beside opens a file in the folder of another.
func beside(file fyne.URI, name string) (fyne.URIReadCloser, error) {
	folder, err := storage.Parent(file)
	if err != nil {
		return nil, os.ErrNotExist
	}
	other, err := storage.Child(folder, name)
	if err != nil {
		return nil, os.ErrNotExist
	}
	if there, err := storage.Exists(other); err != nil || !there {
		return nil, os.ErrNotExist
	}
	return storage.Reader(other)
}

// spooled is a file that is gone once it is closed.
type spooled struct{ *os.File }

// spool copies a bundle: what Android gives can be read only once, and a bundle
// is read to its end before anything is believed.
func spool(in io.Reader) (io.ReadSeekCloser, error) {
	tmp, err := os.CreateTemp("", "bundle-*")
	if err != nil {
		return nil, err
	}
	f := spooled{tmp}
	_, err = io.Copy(tmp, in)
	if err == nil {
		_, err = tmp.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Close removes the file: encrypted, and of no use to anybody.
func (f spooled) Close() error { return errors.Join(f.File.Close(), os.Remove(f.Name())) }

// Servers lets the tablet turn to a further hub or server of the same centre.
type Servers interface {
	AddServer(ctx context.Context, invitation client.Invitation) error
}

// addServer is the line in the settings for the address of a hub.
func (p *Settings) addServer(s *Shell) fyne.CanvasObject {
	line := &enrollLine{}
	entry := line.open(func() {})
	add := fynewidget.NewButtonWithIcon(s.T("settings.hub.add"), fynetheme.ContentAddIcon(), func() {
		invitation, err := client.ParseInvitation(line.text)
		if err == nil && invitation.URL == "" {
			invitation.URL = line.text
		}
		if err != nil {
			s.Fail(err)
			return
		}
		Do(s, func(ctx context.Context) error { return s.Servers.AddServer(ctx, invitation) }, func() {
			s.me = s.Tablet.Identity()
			s.Say(widget.Good, s.T("settings.hub.added"))
			s.Reopen()
		})
	})
	return widget.NewField(s.T("settings.hub"), s.T("settings.hub.hint"), widget.NewBeside(entry, add))
}
