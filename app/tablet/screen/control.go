package screen

import (
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"muqu/app/tablet/widget"
	"muqu/core"
	"muqu/core/change"
)

// manyChoices is from how many options on a list is searched instead of shown.
const manyChoices = 20

// control makes the widget in which a field is entered.
func (p *Editor) control(s *Shell, name string) fyne.CanvasObject {
	f := core.KindOf(p.Kind).Field(name)
	v := p.value(name)
	set := func(v change.Value) { p.set(s, name, v) }
	switch f.Type {
	case core.Region:
		return p.regionPicker(s, name, set)
	case core.Date:
		return widget.NewDate(s.Words(), s.Now(), v.Str(), func(day string) { set(text(day)) })
	case core.YesNo:
		return widget.NewChoice(s.yesNo(), v.Str(), func(chosen string) { set(text(chosen)) })
	case core.Choice:
		return s.choice(f.List, s.Text().Field(p.Kind, name), v.Str(), func(chosen string) { set(text(chosen)) })
	case core.Choices:
		return widget.NewChoices(s.options(f.List), v.Strs(), func(chosen []string) { set(list(chosen)) })
	}
	return p.entry(f, v, set)
}

// entry makes a line to type in.
func (p *Editor) entry(f core.Field, v change.Value, set func(change.Value)) fyne.CanvasObject {
	entry := widget.NewEntry()
	switch f.Type {
	case core.Integer, core.Decimal, core.Money:
		entry = widget.NewAmountEntry()
	case core.Phone, core.Time:
		entry = widget.NewNumberEntry()
	case core.Text:
		if f.Name == "remark" || f.Name == "detail" {
			entry = widget.NewMultiLineEntry()
		}
	}
	if !v.IsNull() {
		entry.SetText(v.String())
	}
	entry.OnChanged = func(typed string) { set(typedValue(f.Type, typed)) }
	return entry
}

// typedValue returns what was typed as a value of the type: a number where it
// is one, and otherwise the text, which core then refuses in plain words.
func typedValue(t core.Type, typed string) change.Value {
	typed = strings.TrimSpace(typed)
	switch t {
	case core.Integer:
		if n, err := strconv.ParseInt(typed, 10, 64); err == nil {
			return change.Int(n)
		}
	case core.Decimal, core.Money:
		if n, err := strconv.ParseFloat(typed, 64); err == nil {
			return change.Number(n)
		}
	}
	return text(typed)
}

// text returns a text as a value, null when it is empty.
func text(s string) change.Value {
	if s == "" {
		return change.Null
	}
	return change.Text(s)
}

// list returns texts as a value, null when there are none.
func list(texts []string) change.Value {
	if len(texts) == 0 {
		return change.Null
	}
	var elements []change.Value
	for _, t := range texts {
		elements = append(elements, change.Text(t))
	}
	return change.ListOf(elements)
}

// options returns a choice list in the order of the forms.
func (s *Shell) options(list string) []widget.Option {
	var options []widget.Option
	for _, name := range s.Text().Choices(list) {
		options = append(options, widget.Option{Value: name, Label: s.Text().Choice(list, name)})
	}
	return options
}

func (s *Shell) yesNo() []widget.Option {
	return []widget.Option{{Value: "yes", Label: s.T("yes")}, {Value: "no", Label: s.T("no")}}
}

// choice shows a short list whole and lets a long one be searched.
func (s *Shell) choice(list, title, chosen string, onChange func(string)) fyne.CanvasObject {
	options := s.options(list)
	if len(options) < manyChoices {
		return widget.NewChoice(options, chosen, onChange)
	}
	picked := widget.Option{}
	if chosen != "" {
		picked = widget.Option{Value: chosen, Label: s.Text().Choice(list, chosen)}
	}
	return widget.NewPicker(title, s.Words(), s.Run, widget.FindIn(options), picked,
		func(o widget.Option) { onChange(o.Value) })
}

// regionPicker chooses a village of the worker's regions.
func (p *Editor) regionPicker(s *Shell, name string, set func(change.Value)) fyne.CanvasObject {
	code := p.region()
	if name != change.RegionField {
		code = p.value(name).Str()
	}
	level := ""
	if p.Kind == "household" || p.Kind == "person" {
		level = villageLevel // people live in villages
	}
	return s.placePicker(s.Text().Field(p.Kind, name), code, level, func(code string) { set(text(code)) })
}

const villageLevel = "village" // of places in the region table

// placePicker is a field for a place of the worker's regions, of one level or
// of any.
func (s *Shell) placePicker(title, code, level string, onChange func(code string)) fyne.CanvasObject {
	chosen := widget.Option{}
	if code != "" {
		chosen = widget.Option{Value: code, Label: s.Place(code)}
	}
	scope := s.me.Scope
	find := func(typed string, offset, limit int) ([]widget.Option, int, error) {
		places := slices.DeleteFunc(s.Regions.Search(typed, scope, 0), func(p core.Place) bool { return level != "" && p.Level != level })
		var options []widget.Option
		for _, place := range places[min(offset, len(places)):min(offset+limit, len(places))] {
			options = append(options, widget.Option{Value: place.Code, Label: s.Place(place.Code)})
		}
		return options, len(places), nil
	}
	return widget.NewPicker(title, s.Words(), s.Run, find, chosen, func(o widget.Option) { onChange(o.Value) })
}

// hint returns what helps to fill in a field, "" for most.
func (s *Shell) hint(kind, name string) string {
	key := "hint." + kind + "." + name
	if s.Text().Has(key) {
		return s.T(key)
	}
	return ""
}
