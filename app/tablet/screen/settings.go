package screen

import (
	"muqu/app/tablet/widget"
	"muqu/assets"
)

// Settings changes the language.
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
		widget.NewNote(s.T("settings.about")),
	)}
}
