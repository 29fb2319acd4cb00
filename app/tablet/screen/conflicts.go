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

// Open implements [Screen].
func (p *Conflicts) Open(s *Shell) View {
	form := widget.NewForm(widget.NewNote(s.T("word.loading")))
	Load(s, func(ctx context.Context) ([]core.Conflict, error) { return readConflicts(ctx, s.Book) }, func(open []core.Conflict) {
		form.SetObjects(p.objects(s, open)...)
	})
	return View{Title: s.T("conflicts.title"), Tab: TabHome, Body: form}
}

// readConflicts reads the open conflicts of all kinds.
func readConflicts(ctx context.Context, book core.Book) ([]core.Conflict, error) {
	var open []core.Conflict
	for _, kind := range core.Kinds() {
		some, err := core.Conflicts(ctx, book, core.Query{Kind: kind.Name, Limit: 200})
		if err != nil {
			return nil, err
		}
		open = append(open, some...)
	}
	return open, nil
}

func (p *Conflicts) objects(s *Shell, open []core.Conflict) []fyne.CanvasObject {
	if len(open) == 0 {
		return []fyne.CanvasObject{widget.NewText(s.T("conflicts.none"))}
	}
	objects := []fyne.CanvasObject{widget.NewText(s.T("conflicts.explain"))}
	for _, c := range open {
		objects = append(objects, widget.NewRowButton(widget.Line{
			Title: s.title(&c.Record),
			Note:  joined(" · ", s.Text().Kind(c.ID.Kind), s.register(c.ID.Kind, c.ID.Register), s.Place(c.Record.Region)),
			Mark:  s.T("conflicts.values", "n", len(c.Values)), Tone: widget.Trouble,
		}, func() { s.Go(&Conflict{ConflictID: c.ID}) }))
	}
	return objects
}

// register returns what a field or a group of fields is called.
func (s *Shell) register(kind, name string) string { return s.Text().Field(kind, name) }

// conflictNotice says on a record's page that it is in conflict.
func (s *Shell) conflictNotice(ref core.Ref) fyne.CanvasObject {
	button := fynewidget.NewButtonWithIcon(s.T("conflicts.settle"), fynetheme.WarningIcon(), func() { s.Go(&Conflicts{}) })
	return widget.NewPanel(widget.Trouble, widget.NewBeside(widget.NewText(s.T("conflicts.here")).Toned(widget.Trouble), button), nil)
}

// Conflict is one conflict: every value, who wrote it and when, and what that
// person had on the screen. One tap settles it.
type Conflict struct {
	core.ConflictID
}

// Open implements [Screen].
func (p *Conflict) Open(s *Shell) View {
	form := widget.NewForm(widget.NewNote(s.T("word.loading"))).Wide()
	Load(s, func(ctx context.Context) (core.Conflict, error) { return core.FindConflict(ctx, s.Book, p.ConflictID) },
		func(c core.Conflict) { form.SetObjects(p.objects(s, c)...) })
	return View{Title: s.T("conflict.title"), Tab: TabHome, Body: form}
}

func (p *Conflict) objects(s *Shell, c core.Conflict) []fyne.CanvasObject {
	objects := []fyne.CanvasObject{
		widget.NewHeading(s.title(&c.Record)),
		widget.NewNote(joined(" · ", s.Text().Kind(p.Kind), s.Place(c.Record.Region))),
		widget.NewText(s.T("conflict.which", "field", s.register(p.Kind, p.Register))),
	}
	var cards []fyne.CanvasObject
	for _, sibling := range slices.Backward(c.Values) { // the shown one first
		cards = append(cards, p.card(s, c, sibling))
	}
	objects = append(objects, widget.NewGrid(300, 3, cards...))
	return append(objects, p.other(s, c)...)
}

// card shows one of the values.
func (p *Conflict) card(s *Shell, c core.Conflict, sibling core.Sibling) fyne.CanvasObject {
	at := s.T("conflict.at.centre")
	if sibling.Position == 0 {
		at = s.T("conflict.at.tablet")
	}
	when := s.moment(sibling.At)
	if sibling.Uncertain {
		when = s.T("conflict.uncertain", "time", when)
	}
	who := s.T("conflict.who", "name", sibling.Author)
	if sibling.Device == s.me.Device {
		who = s.T("conflict.who.here", "name", sibling.Author)
	}
	take := fynewidget.NewButtonWithIcon(s.T("conflict.take"), fynetheme.ConfirmIcon(), func() { p.settle(s, c, sibling.Value) })
	take.Importance = fynewidget.HighImportance
	return widget.NewPanel(widget.Plain, widget.NewColumn(
		widget.NewHeading(p.shown(s, sibling.Value)),
		widget.NewText(who),
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
	case (p.Register == core.OppositeMerge || p.Register == core.MergedInto) && v.IsNull():
		return s.T("double.stays")
	case p.Register == core.OppositeMerge || p.Register == core.MergedInto:
		return joined(" ", s.Text().Field(p.Kind, core.MergedInto), s.nameOf(p.Kind, v.Str()))
	}
	if text := s.registerValue(p.Kind, p.Register, v); text != "" {
		return text
	}
	return s.T("conflict.empty")
}

// nameOf returns what a record is called. One record is read, which takes less
// than a frame.
func (s *Shell) nameOf(kind, id string) string {
	ref, ok := refTo(kind, id)
	if !ok {
		return id
	}
	r, found, err := s.Book.Get(s.ctx, ref)
	if err != nil || !found {
		return id
	}
	return s.title(&r)
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
func (p *Conflict) other(s *Shell, c core.Conflict) []fyne.CanvasObject {
	field := core.KindOf(p.Kind).Field(p.Register)
	if p.Register == change.DeletedField || p.Register == core.MergedInto || field.Register() != p.Register || field.Type == core.Any || field.Type == core.Table {
		return nil
	}
	editor := &Editor{Kind: p.Kind, ID: p.ID, drafts: &keeper{shell: s, closed: true},
		state: &editing{Ref: p.Ref, Set: make(map[string]change.Value)}}
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
		p.settle(s, c, v)
	})
	return []fyne.CanvasObject{fynewidget.NewSeparator(), control, save}
}

// settle writes the value that holds from now on.
func (p *Conflict) settle(s *Shell, c core.Conflict, v change.Value) {
	Do(s, func(ctx context.Context) error { return core.Settle(ctx, s.Book, c, v) }, func() {
		s.Say(widget.Good, s.T("conflict.settled"))
		s.Back()
	})
}
