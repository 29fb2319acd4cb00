package screen

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"muqu/app/tablet/widget"
	"muqu/core/form"
)

// choiceControl shows the choices of a question as its appearance wants it.
func (p *interview) choiceControl(s *Shell, q *form.Question) fyne.CanvasObject {
	options, chosen := p.options(q)
	path := q.Path
	several := q.Type == "select_multiple"
	answer := func(chosen []string) { p.answer(s, path, strings.Join(chosen, " ")) }
	switch {
	case q.Type == "rank":
		if q.Typed != "" {
			chosen = strings.Fields(q.Typed) // not all are put in order yet
		} else {
			chosen = strings.Fields(q.Value)
		}
		return widget.NewColumn(widget.NewNote(s.T("interview.rank")), widget.NewOrder(options, chosen, answer))
	case appears(q, "label"):
		return widget.NewScaleHead(options)
	case appears(q, "list-nolabel"):
		return widget.NewScale(options, chosen, several, false, p.one(several, answer))
	case appears(q, "likert") || appears(q, "list"):
		return widget.NewScale(options, chosen, several, true, p.one(several, answer))
	case several && (appears(q, "minimal") || appears(q, "autocomplete") || appears(q, "search")) || several && len(options) >= manyChoices:
		return p.severalPicker(s, q, options, chosen)
	case several:
		return columns(q, widget.NewChoices(options, chosen, answer))
	case len(options) >= manyChoices || appears(q, "minimal") || appears(q, "autocomplete") || appears(q, "search"):
		picked := widget.Option{}
		for _, o := range options {
			if slices.Contains(chosen, o.Value) {
				picked = o
			}
		}
		return widget.NewPicker(q.Label, s.Words(), s.Run, s.find(options), picked, func(o widget.Option) { p.answer(s, path, o.Value) })
	}
	first := ""
	if len(chosen) > 0 {
		first = chosen[0]
	}
	quick := appears(q, "quick") || appears(q, "quickcompact")
	return columns(q, widget.NewChoice(options, first, func(chosen string) {
		p.answer(s, path, chosen)
		if quick && chosen != "" && len(p.run.Step().Questions) == 1 {
			p.next(s)
		}
	}))
}

// options are the choices of a question and those of them that are chosen.
func (p *interview) options(q *form.Question) (options []widget.Option, chosen []string) {
	for _, c := range q.Choices {
		options = append(options, widget.Option{Value: c.Name, Label: c.Label, Styled: styled(c.Styled), Picture: p.pictures[c.Media["image"]]})
		if c.Selected {
			chosen = append(chosen, c.Name)
		}
	}
	return options, chosen
}

// one makes a scale a choice of one: what was tapped last counts.
func (p *interview) one(several bool, answer func([]string)) func([]string) {
	if several {
		return answer
	}
	return func(chosen []string) { answer(chosen[:min(1, len(chosen))]) }
}

// columns puts choices into as many columns as the appearance says: columns-3;
// columns and columns-pack leave it to the width.
func columns(q *form.Question, c *widget.Choice) *widget.Choice {
	for _, word := range q.Appearance {
		n, found := strings.CutPrefix(word, "columns-")
		if found && len(n) == 1 && n[0] >= '1' && n[0] <= '9' {
			c.SetColumns(int(n[0] - '0'))
		}
	}
	return c
}

// severalPicker chooses several out of a long list: those chosen stand below
// each other, and the list is searched for one more.
func (p *interview) severalPicker(s *Shell, q *form.Question, options []widget.Option, chosen []string) fyne.CanvasObject {
	path := q.Path
	set := func(chosen []string) { p.redo(s, path, strings.Join(chosen, " ")) }
	var taken []widget.Option
	rest := slices.DeleteFunc(slices.Clone(options), func(o widget.Option) bool {
		if slices.Contains(chosen, o.Value) {
			taken = append(taken, o)
			return true
		}
		return false
	})
	column := widget.NewColumn()
	if len(taken) > 0 {
		column.Add(widget.NewChoices(taken, chosen, set))
	}
	column.Add(widget.NewPicker(q.Label, s.Words(), s.Run, s.find(rest), widget.Option{}, func(o widget.Option) { set(append(slices.Clone(chosen), o.Value)) }))
	return column
}
