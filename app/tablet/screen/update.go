package screen

import (
	"context"
	"fmt"
	"io"
	"path"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/tablet/widget"
	"muqu/core"
	"muqu/core/store"
	"muqu/sync/attach"
)

// settings are what the screen shows of the tablet.
type settings struct {
	policy attach.Policy
	offer  core.ProgramVersion
	newer  bool // offer is newer than what runs
	here   bool // its file has arrived
}

func (p *Settings) read(ctx context.Context, s *Shell) (now settings, err error) {
	if now.policy, err = s.Tablet.Policy(ctx); err != nil {
		return now, err
	}
	if now.offer, now.newer, err = core.Update(ctx, s.Book, s.Platform, s.Version); err != nil || !now.newer {
		return now, err
	}
	now.here, err = s.holds(ctx, now.offer.File)
	return now, err
}

// holds reports whether a file is whole on the tablet.
func (s *Shell) holds(ctx context.Context, name core.FileName) (bool, error) {
	if s.Pictures == nil {
		return false, nil
	}
	f, found, err := s.Pictures.File(ctx, name)
	return found && f.Held&store.Whole != 0, err
}

// update offers the newer program that came with a sync. Installing is the
// system's matter: it wants the file where its own programs see it.
func (p *Settings) update(s *Shell, now *settings) fyne.CanvasObject {
	head := widget.NewHeading(s.T("update.title", "version", now.offer.Version))
	if !now.here {
		return widget.NewPanel(widget.Info, widget.NewColumn(head, widget.NewText(s.T("update.coming"))), nil)
	}
	save := fynewidget.NewButtonWithIcon(s.T("update.save"), fynetheme.DownloadIcon(), func() { p.saveUpdate(s, &now.offer) })
	save.Importance = fynewidget.HighImportance
	return widget.NewPanel(widget.Attention, widget.NewColumn(head, widget.NewText(s.T("update.explain")), save), nil)
}

func (p *Settings) saveUpdate(s *Shell, offer *core.ProgramVersion) {
	s.saveOut(offer.File, "muqu-"+offer.Version+path.Ext(string(offer.File)), s.T("update.save"), s.T("update.saved"))
}

// saveOut lets the worker save a file of the tablet where other programs find it,
// under a name that can be changed, and says when that is done.
func (s *Shell) saveOut(name core.FileName, as, title, done string) {
	d := dialog.NewFileSave(func(file fyne.URIWriteCloser, err error) {
		switch {
		case err != nil:
			s.Fail(err)
		case file != nil:
			Do(s, func(ctx context.Context) error { return s.writeOut(ctx, name, file) }, func() { s.Say(widget.Good, done) })
		}
	}, s.Window)
	d.SetFileName(as)
	s.chooseFile(d, title, s.T("word.save"))
}

// writeOut writes a file of the tablet to where somebody wants it, and closes
// that.
func (s *Shell) writeOut(ctx context.Context, name core.FileName, to io.WriteCloser) error {
	data, err := s.Pictures.ReadFile(ctx, name, false)
	if err == nil {
		_, err = to.Write(data)
	}
	if closed := to.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return fmt.Errorf("save %s: %w", name, err)
	}
	return nil
}
