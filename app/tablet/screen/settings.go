package screen

import (
	"strings"

	"fyne.io/fyne/v2"

	"muqu/app/tablet/widget"
	"muqu/assets"
	"muqu/core"
)

// Settings changes the language and says whose tablet it is.
type Settings struct{}

// Open implements [Screen].
func (p *Settings) Open(s *Shell) View {
	var options []widget.Option
	for _, language := range assets.Languages() {
		options = append(options, widget.Option{Value: string(language), Label: language.Name()})
	}
	language := widget.NewChoice(options, string(s.Language), func(chosen string) {
		if chosen == "" { // tapped the one in use
			chosen = string(s.Language)
		}
		s.SetLanguage(assets.Language(chosen))
	})
	return View{Title: s.T("tab.settings"), Tab: TabSettings, Body: widget.NewForm(
		widget.NewField(s.T("settings.language"), "", language),
		widget.NewPanel(widget.Plain, p.identity(s), nil),
		widget.NewNote(s.T("settings.about")),
	)}
}

// identity says whose tablet it is and what it is for.
func (p *Settings) identity(s *Shell) fyne.CanvasObject {
	var regions []string
	for _, code := range s.me.Scope {
		regions = append(regions, s.Place(core.PadRegion(code)))
	}
	return widget.NewColumn(
		widget.NewFact(s.T("settings.who"), s.me.Name),
		widget.NewFact(s.T("settings.role"), s.T("role."+string(s.me.Role))),
		widget.NewFact(s.T("settings.scope"), strings.Join(regions, "\n")),
		widget.NewFact(s.T("settings.server"), strings.Join(s.me.URLs, "\n")),
		widget.NewFact(s.T("settings.device"), s.me.Device.String()))
}
