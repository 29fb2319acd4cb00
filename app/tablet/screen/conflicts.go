package screen

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/tablet/widget"
	"muqu/core"
	"muqu/core/change"
)

// Conflicts lists what people wrote without seeing each other's value.
type Conflicts struct{}

// clash is one open conflict: a field of a record with several values.
type clash struct {
	record   core.Record
	register string
}

// Open implements [Screen].
func (p *Conflicts) Open(s *Shell) View {
	form := widget.NewForm(widget.NewNote(s.T("word.loading")))
	Load(s, func(ctx context.Context) ([]clash, error) { return readClashes(ctx, s.Book) }, func(clashes []clash) {
		form.SetObjects(p.objects(s, clashes)...)
	})
	return View{Title: s.T("conflicts.title"), Tab: TabHome, Body: form}
}

// readClashes reads the open conflicts of all kinds.
func readClashes(ctx context.Context, book core.Book) ([]clash, error) {
	var clashes []clash
	for _, kind := range core.Kinds() {
		records, err := book.List(ctx, core.Query{Kind: kind.Name, Conflicts: true, Deleted: true, Limit: 200})
		if err != nil {
			return nil, err
		}
		for _, r := range records {
			for _, register := range registers(&r) {
				clashes = append(clashes, clash{r, register})
			}
		}
	}
	return clashes, nil
}

// registers returns what is in conflict in a record, in order.
func registers(r *core.Record) []string {
	var names []string
	for name := range r.Conflicts {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func (p *Conflicts) objects(s *Shell, clashes []clash) []fyne.CanvasObject {
	if len(clashes) == 0 {
		return []fyne.CanvasObject{widget.NewText(s.T("conflicts.none"))}
	}
	objects := []fyne.CanvasObject{widget.NewText(s.T("conflicts.explain"))}
	for _, c := range clashes {
		objects = append(objects, widget.NewRowButton(widget.Line{
			Title: s.title(&c.record),
			Note:  joined(" · ", s.text.Kind(c.record.Kind), s.register(c.record.Kind, c.register), s.Place(c.record.Region)),
			Mark:  s.T("conflicts.values", "n", len(c.record.Conflicts[c.register])), Tone: widget.Trouble,
		}, func() { s.Go(&Conflict{Ref: c.record.Ref, Register: c.register}) }))
	}
	return objects
}

// register returns what a field or a group of fields is called.
func (s *Shell) register(kind, name string) string { return s.text.Field(kind, name) }

// conflictNotice says on a record's page that it is in conflict.
func (s *Shell) conflictNotice(ref core.Ref) fyne.CanvasObject {
	button := fynewidget.NewButtonWithIcon(s.T("conflicts.settle"), fynetheme.WarningIcon(), func() { s.Go(&Conflicts{}) })
	return widget.NewPanel(widget.Trouble, widget.NewBeside(widget.NewText(s.T("conflicts.here")).Toned(widget.Trouble), button), nil)
}

// Conflict is one conflict: every value, who wrote it and when, and what that
// person had on the screen. One tap settles it.
type Conflict struct {
	core.Ref
	Register string
}

// Open implements [Screen].
func (p *Conflict) Open(s *Shell) View {
	form := widget.NewForm(widget.NewNote(s.T("word.loading")))
	Load(s, func(ctx context.Context) (core.Record, error) { return read(ctx, s.Book, p.Ref) }, func(r core.Record) {
		form.SetObjects(p.objects(s, r)...)
	})
	return View{Title: s.T("conflict.title"), Tab: TabHome, Body: form}
}

func (p *Conflict) objects(s *Shell, r core.Record) []fyne.CanvasObject {
	open := r.Conflicts[p.Register]
	objects := []fyne.CanvasObject{
		widget.NewHeading(s.title(&r)),
		widget.NewNote(joined(" · ", s.text.Kind(p.Kind), s.Place(r.Region))),
		widget.NewText(s.T("conflict.which", "field", s.register(p.Kind, p.Register))),
	}
	if len(open) == 0 {
		return append(objects, widget.NewText(s.T("refuse.notopen")))
	}
	var cards []fyne.CanvasObject
	for _, sibling := range slices.Backward(open) { // the shown one first
		cards = append(cards, p.card(s, r, sibling))
	}
	objects = append(objects, widget.NewGrid(330, 3, cards...))
	return append(objects, p.other(s, r)...)
}

// card shows one of the values.
func (p *Conflict) card(s *Shell, r core.Record, sibling core.Sibling) fyne.CanvasObject {
	at := s.T("conflict.at.centre")
	if sibling.Position == 0 {
		at = s.T("conflict.at.tablet")
	}
	when := s.moment(sibling.At)
	if sibling.Uncertain {
		when = s.T("conflict.uncertain", "time", when)
	}
	take := fynewidget.NewButtonWithIcon(s.T("conflict.take"), fynetheme.ConfirmIcon(), func() { p.settle(s, r, sibling.Value) })
	take.Importance = fynewidget.HighImportance
	return widget.NewPanel(widget.Plain, widget.NewColumn(
		widget.NewHeading(p.shown(s, sibling.Value)),
		widget.NewText(s.T("conflict.who", "name", sibling.Author)),
		widget.NewNote(joined(" · ", when, at)),
		widget.NewNote(s.T("conflict.was", "value", p.shown(s, sibling.Was))),
		take), nil)
}

// shown returns a value as people read it, saying so where there is none.
func (p *Conflict) shown(s *Shell, v change.Value) string {
	switch {
	case p.Register == change.DeletedField && v.True():
		return s.T("conflict.deleted")
	case p.Register == change.DeletedField:
		return s.T("conflict.kept")
	}
	if text := s.registerValue(p.Kind, p.Register, v); text != "" {
		return text
	}
	return s.T("conflict.empty")
}

// registerValue returns the value of a register, that of a group member by
// member.
func (s *Shell) registerValue(kind, register string, v change.Value) string {
	members := v.Members()
	if len(members) == 0 || core.KindOf(kind).Field(register).Type == core.Table {
		return s.Value(kind, register, v)
	}
	var names, texts []string
	for name := range members {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		texts = append(texts, s.Value(kind, name, members[name]))
	}
	return joined(" · ", texts...)
}

// other lets a value be entered that nobody wrote.
func (p *Conflict) other(s *Shell, r core.Record) []fyne.CanvasObject {
	field := core.KindOf(p.Kind).Field(p.Register)
	if p.Register == change.DeletedField || field.Register() != p.Register || field.Type == core.Any || field.Type == core.Table {
		return nil
	}
	editor := &Editor{Kind: p.Kind, ID: p.ID, drafts: &keeper{shell: s, closed: true},
		state: &editing{Ref: r.Ref, From: r, Set: make(map[string]change.Value)}}
	control := widget.NewField(s.T("conflict.other"), "", editor.control(s, p.Register))
	editor.fields = map[string]*widget.Field{p.Register: control}
	save := fynewidget.NewButton(s.T("conflict.save"), func() {
		v := editor.state.Set[p.Register]
		if p.Register == change.RegionField {
			v = text(editor.state.Region)
		}
		if v.IsNull() {
			s.Say(widget.Trouble, s.T("conflict.nothing"))
			return
		}
		p.settle(s, r, v)
	})
	return []fyne.CanvasObject{fynewidget.NewSeparator(), control, save}
}

// settle writes the value that holds from now on. It supersedes all that were
// on this screen.
func (p *Conflict) settle(s *Shell, r core.Record, v change.Value) {
	edit := settlement(r, p.Register, v)
	Do(s, func(ctx context.Context) error {
		_, err := s.Book.Commit(ctx, []core.Edit{edit})
		return err
	}, func() {
		s.Say(widget.Good, s.T("conflict.settled"))
		s.Back()
	})
}

// settlement returns the edit by which a value of a register is chosen.
func settlement(r core.Record, register string, v change.Value) core.Edit {
	edit := core.Edit{Ref: r.Ref, From: r, Set: make(map[string]change.Value)}
	switch register {
	case change.RegionField:
		edit.Region = v.Str()
	case change.DeletedField:
		edit.Delete = v.True()
	default:
		core.SpreadRegister(core.KindOf(r.Kind), register, v, edit.Set)
		if len(edit.Set) == 0 { // nothing is what was chosen
			edit.Set[register] = change.Null
		}
	}
	return edit
}
