package screen

import (
	"strings"

	"muqu/app/tablet/widget"
)

// language is the one in which the form is asked.
func (p *interview) language(s *Shell) string {
	if p.lang != "" {
		return p.lang
	}
	return languageOf(s)
}

// chooseLanguage asks in which of its languages the form is shown.
func (p *interview) chooseLanguage(s *Shell) {
	var options []widget.Option
	for _, l := range p.run.Form().Langs {
		if l != "" {
			options = append(options, widget.Option{Value: l, Label: l})
		}
	}
	widget.Pick(s.Window.Canvas(), s.T("settings.language"), s.Words(), s.Run, widget.FindIn(options), func(o widget.Option) {
		p.lang = o.Value
		p.run.SetLang(o.Value)
		p.keep(s)
		p.step = "" // everything is drawn anew
		p.refresh(s)
	})
}

// languageOf returns the language of the interface as forms name it.
func languageOf(s *Shell) string {
	short, _, _ := strings.Cut(string(s.Language), "-")
	return short
}
