package screen

import (
	"context"
	"strconv"
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
	about := []fyne.CanvasObject{widget.NewPanel(widget.Plain, p.identity(s), nil), p.addServer(s), widget.NewNote(s.T("settings.about"))}
	chosen := widget.NewField(s.T("settings.language"), "", language)
	form := widget.NewForm(append([]fyne.CanvasObject{chosen}, about...)...)
	Load(s, func(ctx context.Context) (settings, error) { return p.read(ctx, s) }, func(now settings) {
		objects := []fyne.CanvasObject{chosen}
		if now.newer {
			objects = append(objects, p.update(s, &now))
		}
		form.SetObjects(append(append(objects, p.policy(s, now.policy)...), about...)...)
	})
	return View{Title: s.T("tab.settings"), Tab: TabSettings, Body: form}
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

func number(text string) int {
	n, _ := strconv.Atoi(text) // one of the options
	return n
}

func megabytes(n int64) string { return strconv.FormatInt(n>>20, 10) }

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
