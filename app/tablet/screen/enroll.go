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
	link        enrollLine
	address     enrollLine
	code        enrollLine
	fingerprint enrollLine
	busy        bool
}

// enrollLine is a line to type in and what was typed.
type enrollLine struct {
	text  string
	entry *widget.Entry
}

// open makes the line anew with its text; then hears of what is typed.
func (l *enrollLine) open(then func()) fyne.CanvasObject {
	l.entry = widget.NewEntry()
	l.entry.SetText(l.text)
	l.entry.OnChanged = func(text string) {
		l.text = text
		then()
	}
	return l.entry
}

// Open implements [Screen].
func (p *Enroll) Open(s *Shell) View {
	paste := fynewidget.NewButtonWithIcon(s.T("enroll.paste"), fynetheme.ContentPasteIcon(), func() {
		p.link.entry.SetText(strings.TrimSpace(fyne.CurrentApp().Clipboard().Content()))
	})
	scan := fynewidget.NewButtonWithIcon(s.T("enroll.scan"), fynetheme.MediaPhotoIcon(), func() { p.scan(s) })
	enter := fynewidget.NewButtonWithIcon(s.T("enroll.enter"), fynetheme.LoginIcon(), func() { p.enroll(s) })
	enter.Importance = fynewidget.HighImportance
	if p.busy {
		enter.SetText(s.T("enroll.busy"))
		enter.Disable()
	}
	nothing := func() {}
	return View{Title: s.T("enroll.title"), Bare: true, Body: widget.NewForm(
		p.languages(s),
		widget.NewText(s.T("enroll.explain")),
		widget.NewField(s.T("enroll.link"), s.T("enroll.link.hint"), widget.NewBeside(p.link.open(p.takeApart), paste)),
		scan,
		widget.NewHeading(s.T("enroll.or")),
		widget.NewField(s.T("enroll.address"), "", p.address.open(nothing)),
		widget.NewField(s.T("enroll.code"), "", p.code.open(nothing)),
		widget.NewField(s.T("enroll.fingerprint"), s.T("enroll.fingerprint.hint"), p.fingerprint.open(nothing)),
		enter,
	)}
}

// scan reads the link off a photo of the code that the console shows.
func (p *Enroll) scan(s *Shell) {
	s.pickPhoto(func(data []byte) {
		s.Run(func() func() {
			link, err := readBarcode(data)
			return func() {
				if err != nil {
					s.Fail(err)
					return
				}
				p.link.entry.SetText(link)
			}
		})
	})
}

// takeApart writes what the link says into the lines below it. While it is
// being typed it says nothing yet.
func (p *Enroll) takeApart() {
	invitation, err := client.ParseInvitation(p.link.text)
	if err != nil {
		return
	}
	p.code.entry.SetText(invitation.Code)
	p.address.entry.SetText(invitation.URL)
	p.fingerprint.entry.SetText(invitation.Fingerprint)
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

func (p *Enroll) enroll(s *Shell) {
	invitation := client.Invitation{URL: strings.TrimSpace(p.address.text), Code: strings.TrimSpace(p.code.text),
		Fingerprint: strings.TrimSpace(p.fingerprint.text)}
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
	SyncWith(ctx context.Context, o client.Options) (client.Result, error)
	Policies
}
