package screen

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/tablet/widget"
	"muqu/assets"
	"muqu/sync/client"
)

// Enroll makes the tablet known to a server, with a link or a code that a
// supervisor gave. Nothing else can be done before.
type Enroll struct {
	link, address, code, fingerprint string // as typed
	busy                             bool
}

// Open implements [Screen].
func (p *Enroll) Open(s *Shell) View {
	paste := fynewidget.NewButtonWithIcon(s.T("enroll.paste"), fynetheme.ContentPasteIcon(), func() {
		p.read(s, fyne.CurrentApp().Clipboard().Content())
	})
	link := p.entry(&p.link, func(text string) {
		if strings.Contains(text, "#") {
			p.read(s, text)
		}
	})
	enter := fynewidget.NewButtonWithIcon(s.T("enroll.enter"), fynetheme.LoginIcon(), func() { p.enroll(s) })
	enter.Importance = fynewidget.HighImportance
	if p.busy {
		enter.SetText(s.T("enroll.busy"))
		enter.Disable()
	}
	return View{Title: s.T("enroll.title"), Bare: true, Body: widget.NewForm(
		p.languages(s),
		widget.NewText(s.T("enroll.explain")),
		widget.NewField(s.T("enroll.link"), s.T("enroll.link.hint"), widget.NewBeside(link, paste)),
		widget.NewHeading(s.T("enroll.or")),
		widget.NewField(s.T("enroll.address"), "", p.entry(&p.address, nil)),
		widget.NewField(s.T("enroll.code"), "", p.entry(&p.code, nil)),
		widget.NewField(s.T("enroll.fingerprint"), s.T("enroll.fingerprint.hint"), p.entry(&p.fingerprint, nil)),
		enter,
	)}
}

// entry is a line whose text is kept.
func (p *Enroll) entry(into *string, then func(text string)) *widget.Entry {
	entry := widget.NewEntry()
	entry.SetText(*into)
	entry.OnChanged = func(text string) {
		*into = text
		if then != nil {
			then(text)
		}
	}
	return entry
}

func (p *Enroll) languages(s *Shell) fyne.CanvasObject {
	var buttons []fyne.CanvasObject
	for _, language := range assets.Languages() {
		button := fynewidget.NewButton(language.Name(), func() { s.SetLanguage(language) })
		if language == s.Language {
			button.Importance = fynewidget.HighImportance
		}
		buttons = append(buttons, button)
	}
	return widget.NewGrid(110, 3, buttons...)
}

// read takes a link apart into the fields below it, or a bare code.
func (p *Enroll) read(s *Shell, text string) {
	invitation, err := client.ParseInvitation(text)
	if err != nil {
		s.Fail(err)
		return
	}
	p.code = invitation.Code
	if invitation.URL != "" {
		p.link, p.address, p.fingerprint = strings.TrimSpace(text), invitation.URL, invitation.Fingerprint
	}
	s.Reopen()
}

func (p *Enroll) enroll(s *Shell) {
	invitation := client.Invitation{URL: strings.TrimSpace(p.address), Code: strings.TrimSpace(p.code),
		Fingerprint: strings.TrimSpace(p.fingerprint)}
	if invitation.URL != "" && !strings.Contains(invitation.URL, "://") {
		invitation.URL = "https://" + invitation.URL
	}
	p.busy = true
	s.Reopen()
	s.Run(func() func() {
		err := s.Tablet.Enroll(s.ctx, invitation)
		return func() { p.enrolled(s, err) }
	})
}

func (p *Enroll) enrolled(s *Shell, err error) {
	p.busy = false
	if err != nil {
		s.Fail(err)
		s.Reopen()
		return
	}
	s.me = s.Tablet.Identity()
	s.Say(widget.Good, s.T("enroll.done", "name", s.me.Name))
	s.Start(&Sync{})
	s.syncing.start()
}

// Tablet is what reconciles with a server.
type Tablet interface {
	Identity() client.Identity
	Status(ctx context.Context) (client.Status, error)
	Enroll(ctx context.Context, invitation client.Invitation) error
	Sync(ctx context.Context, progress func(client.Progress)) (client.Result, error)
}
