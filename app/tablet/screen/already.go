package screen

import (
	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/tablet/widget"
	"muqu/core"
	"muqu/core/change"
)

// Already asks before a new household or person is saved whether it is one of
// those that are on the tablet and look like it.
type Already struct {
	edit    core.Edit // would create the record
	found   []core.Likeness
	open    func(ref core.Ref) // it is this one
	another func(core.Edit)    // it is none of them
}

// Open implements [Screen].
func (p *Already) Open(s *Shell) View {
	objects := []fyne.CanvasObject{widget.NewText(s.T("double.already.explain"))}
	for _, l := range p.found {
		objects = append(objects, p.card(s, l))
	}
	another := fynewidget.NewButtonWithIcon(s.T("double.another"), fynetheme.ContentAddIcon(), func() { p.another(p.told()) })
	back := fynewidget.NewButtonWithIcon(s.T("double.back"), fynetheme.NavigateBackIcon(), func() { s.Back() })
	objects = append(objects, widget.NewGrid(260, 2, another, back))
	return View{Title: s.T("double.already"), Tab: tabOf(p.edit.Kind), Body: widget.NewForm(objects...).Wide()}
}

func (p *Already) card(s *Shell, l core.Likeness) fyne.CanvasObject {
	r := l.Record
	names := []string{"group_name", "phone", "head_id", "hh_no"}
	if r.Kind == "person" {
		names = []string{"relation", "sex", "birth", "phone", "id_no"}
	}
	open := fynewidget.NewButtonWithIcon(s.T("double.existing"), fynetheme.ConfirmIcon(), func() { p.open(r.Ref) })
	open.Importance = fynewidget.HighImportance
	return widget.NewPanel(widget.Plain, widget.NewColumn(
		widget.NewBeside(widget.NewHeading(s.title(&r)), widget.NewChip(s.degree(l.Alike), degreeTone(l.Alike))),
		widget.NewNote(s.reasons(l.Alike)), s.facts(&r, names...), open), nil)
}

// told is the edit with what the worker says of the records shown: none of
// them is this one. It is data like any other, so that nobody asks again.
func (p *Already) told() core.Edit {
	var ids []change.RecordID
	for _, l := range p.found {
		ids = append(ids, l.Record.ID)
	}
	edit := p.edit
	edit.Set = make(map[string]change.Value, len(p.edit.Set)+1)
	for name, v := range p.edit.Set {
		edit.Set[name] = v
	}
	edit.Set[core.NotSameAs] = core.Differ(core.Record{}, ids...).Set[core.NotSameAs]
	return edit
}
