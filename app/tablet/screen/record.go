package screen

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/tablet/widget"
	"muqu/core"
)

// Record is the page of any record: every field that is set.
type Record struct {
	core.Ref
}

// Open implements [Screen].
func (p *Record) Open(s *Shell) View {
	form := widget.NewForm(widget.NewNote(s.T("word.loading"))).Wide()
	Load(s, func(ctx context.Context) (reading, error) { return s.readWithForm(ctx, p.Ref) }, func(r reading) {
		form.SetObjects(p.objects(s, r)...)
	})
	v := View{Title: s.Text().Kind(p.Kind), Tab: tabOf(p.Kind), Body: form}
	if editable(p.Kind) && s.me.Role.MayWrite(p.Kind) {
		v.Actions = []fyne.CanvasObject{fynewidget.NewButtonWithIcon(s.T("word.edit"), fynetheme.DocumentCreateIcon(), func() {
			s.Go(&Editor{Kind: p.Kind, ID: p.ID})
		})}
	}
	return v
}

// read gets one record that has to be there.
func read(ctx context.Context, book core.Book, ref core.Ref) (core.Record, error) {
	r, found, err := book.Get(ctx, ref)
	if err == nil && !found {
		err = core.Refuse(core.NotFound, "", "refuse.absent")
	}
	return r, err
}

func (p *Record) objects(s *Shell, whole reading) []fyne.CanvasObject {
	r := &whole.record
	title := s.title(r)
	if r.Kind == "visit" && whole.form != nil {
		title = s.visitLine(r, whole.form.Title).Title
	}
	objects := append(s.mergeNotice(r, whole.stays, whole.merged), widget.NewHeading(title))
	if mark, tone := s.State(r); mark != "" {
		objects = append(objects, widget.NewChip(mark, tone))
	}
	if len(r.Conflicts) > 0 {
		objects = append(objects, s.conflictNotice(r.Ref))
	}
	objects = append(objects, widget.NewPanel(widget.Plain, widget.NewColumn(s.facts(r, s.shownFields(whole)...), s.answers(whole)), nil))
	return append(objects, s.album(r, whole.looks)...)
}

// shownFields returns the fields that are set: the declared ones in their
// order, then those that neither the kind nor its form knows.
func (s *Shell) shownFields(r reading) []string {
	var names, rest []string
	kind := core.KindOf(r.record.Kind)
	for _, f := range kind.Fields {
		if r.record.Text(f.Name) != "" && f.Type != core.Reference && f.Name != core.NotSameAs && f.Type != core.Table && f.Type != core.FormName && f.Name != "form_version" {
			names = append(names, f.Name)
		}
	}
	for name := range r.record.Fields {
		if kind.Field(name).Type == core.Any && (r.form == nil || r.form.Item(name) == nil) && !core.TellsEntities(r.record.Kind, name) {
			rest = append(rest, name)
		}
	}
	slices.Sort(rest)
	return append(names, rest...)
}

// facts lists fields that are set, each with its label, after the place.
func (s *Shell) facts(r *core.Record, names ...string) fyne.CanvasObject {
	column := widget.NewColumn()
	add := func(label, value string) {
		if value != "" {
			column.Add(widget.NewFact(label, value))
		}
	}
	add(s.Text().Field(r.Kind, "region"), s.Place(r.Region))
	for _, name := range names {
		value := s.Value(r.Kind, name, r.Field(name))
		if core.KindOf(r.Kind).Field(name).Sensitive == core.Number {
			value = core.MaskNumber(value) // shown in full where it is edited
		}
		add(s.Text().Field(r.Kind, name), value)
	}
	return column
}

// tabOf returns the part of the app that a kind belongs to.
func tabOf(kind string) Tab {
	switch kind {
	case "demand", "offer":
		return TabDemands
	case "class", "session", "enrollment", "attendance":
		return TabClasses
	}
	return TabHouseholds
}
