package screen

import (
	"context"
	"encoding/json"
	"errors"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/tablet/widget"
	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
)

// Editor registers a record or changes one, field by field. What is typed is
// kept as a draft until it is saved or thrown away.
type Editor struct {
	Kind   string
	ID     change.RecordID              // zero = a new record
	Parent core.Ref                     // what a new record belongs to; zero = nothing
	Region string                       // where a new record is, unless it belongs to one; "" = to be chosen
	Preset map[string]change.Value      // first values of a new record
	Done   func(s *Shell, ref core.Ref) // called after saving instead of going back; nil = go back
	state  *editing                     // nil until it has been read
	drafts *keeper
	fields map[string]*widget.Field
}

// editing is what an editor works on: the draft. It is stored as JSON; members
// are added, never renamed.
type editing struct {
	Ref    core.Ref
	From   core.Record // as it was on the screen when the editing began
	Region string
	Set    map[string]change.Value
}

const editDraft = "edit" // kind of the drafts of editors

// draftID names the draft: one for each record, and one for new records of a
// kind and parent.
func (p *Editor) draftID() string {
	if p.ID != (change.RecordID{}) {
		return editDraft + "/" + p.Kind + "/" + p.ID.String()
	}
	return editDraft + "/" + p.Kind + "/new/" + p.Parent.ID.String()
}

// Open implements [Screen].
func (p *Editor) Open(s *Shell) View {
	form := widget.NewForm(widget.NewNote(s.T("word.loading")))
	if p.drafts == nil {
		p.drafts = &keeper{shell: s}
	}
	if p.state != nil {
		p.fill(s, form)
	} else {
		Load(s, func(ctx context.Context) (*editing, error) { return p.begin(ctx, s) }, func(state *editing) {
			p.state = state
			p.fill(s, form)
		})
	}
	save := fynewidget.NewButtonWithIcon(s.T("word.save"), fynetheme.ConfirmIcon(), func() { p.save(s, form) })
	save.Importance = fynewidget.HighImportance
	return View{Title: p.title(s), Tab: tabOf(p.Kind), Body: form, Actions: []fyne.CanvasObject{save}}
}

func (p *Editor) title(s *Shell) string {
	if p.ID == (change.RecordID{}) {
		return s.T("editor.new", "kind", s.Text().Kind(p.Kind))
	}
	return s.T("editor.edit", "kind", s.Text().Kind(p.Kind))
}

// begin reads the draft that was left, or else the record, or begins a new one.
func (p *Editor) begin(ctx context.Context, s *Shell) (*editing, error) {
	drafts, err := s.Drafts.Drafts(ctx, editDraft, "")
	if err != nil {
		return nil, err
	}
	for _, d := range drafts {
		state := new(editing)
		if d.ID == p.draftID() && json.Unmarshal(d.Bytes, state) == nil {
			return state, nil
		}
	}
	if p.ID == (change.RecordID{}) {
		return p.fresh(ctx, s)
	}
	record, err := read(ctx, s.Book, core.Ref{Kind: p.Kind, ID: p.ID})
	return &editing{Ref: record.Ref, From: record, Set: make(map[string]change.Value)}, err
}

// fresh begins a new record: in the place of what it belongs to, and belonging
// to it.
func (p *Editor) fresh(ctx context.Context, s *Shell) (*editing, error) {
	state := &editing{Ref: core.Ref{Kind: p.Kind, ID: s.Book.NewID()}, Region: p.Region, Set: make(map[string]change.Value)}
	for name, v := range p.Preset {
		state.Set[name] = v
	}
	if p.Parent.Kind == "" {
		return state, nil
	}
	parent, err := read(ctx, s.Book, p.Parent)
	state.Region = parent.Region
	state.Set[p.Parent.Kind] = change.Text(p.Parent.ID.String())
	return state, err
}

// fill builds the controls.
func (p *Editor) fill(s *Shell, form *widget.Form) {
	p.fields = make(map[string]*widget.Field)
	var objects []fyne.CanvasObject
	for i, part := range layoutOf(p.Kind) {
		if i > 0 {
			objects = append(objects, fynewidget.NewSeparator(), widget.NewHeading(s.T(part.key)))
		}
		for _, name := range part.fields {
			objects = append(objects, p.field(s, name))
		}
	}
	objects = append(objects, p.dropButton(s))
	form.SetObjects(objects...)
}

// field makes the control of one field with its label.
func (p *Editor) field(s *Shell, name string) fyne.CanvasObject {
	label := s.Text().Field(p.Kind, name)
	if p.needs(name) {
		label += " *"
	}
	if _, open := p.state.From.ConflictOf(name); open {
		return widget.NewField(label, "", s.conflictNotice(p.state.Ref))
	}
	field := widget.NewField(label, s.hint(p.Kind, name), p.control(s, name))
	p.fields[name] = field
	return field
}

// needs tells whether a record makes no sense without the field: it is what
// the record is called by, or where it is.
func (p *Editor) needs(name string) bool {
	title := core.KindOf(p.Kind).Title
	return name == change.RegionField || len(title) > 0 && name == title[0]
}

// value returns what the field shows: what was entered, or else what was read.
func (p *Editor) value(name string) change.Value {
	if v, ok := p.state.Set[name]; ok {
		return v
	}
	return p.state.From.Field(name)
}

// set keeps what was entered, checks it and saves the draft.
func (p *Editor) set(s *Shell, name string, v change.Value) {
	if name == change.RegionField {
		p.state.Region = v.Str()
	} else {
		p.state.Set[name] = v
	}
	_, err := core.KindOf(p.Kind).Field(name).Check(v)
	p.say(s, name, err)
	p.keep(s)
}

// say shows at a field what is wrong with it, or that nothing is.
func (p *Editor) say(s *Shell, name string, err error) {
	field := p.fields[name]
	if field == nil {
		return
	}
	text := ""
	var refusal *core.Refusal
	if errors.As(err, &refusal) {
		text = s.T(refusal.Key, refusal.Args...)
	}
	if text != field.Problem() {
		field.SetProblem(text)
		s.frame.object.Refresh()
	}
}

// keep saves the draft.
func (p *Editor) keep(s *Shell) {
	bytes, err := json.Marshal(p.state)
	if err != nil {
		s.Fail(err)
		return
	}
	p.drafts.keep(store.Draft{ID: p.draftID(), Kind: editDraft, About: p.state.Ref.ID.String(), Bytes: bytes})
}

// save commits what was entered and drops the draft.
func (p *Editor) save(s *Shell, form *widget.Form) {
	if p.state == nil || !p.complete(s, form) {
		return
	}
	edit := core.Edit{Ref: p.state.Ref, From: p.state.From, Region: p.state.Region, Set: p.state.Set}
	if edit.From.Kind != "" || !core.KindOf(p.Kind).Mergeable() {
		p.commit(s, edit)
		return
	}
	Load(s, func(ctx context.Context) ([]core.Likeness, error) { return core.Doubles(ctx, s.Book, edit) }, func(found []core.Likeness) {
		if len(found) == 0 {
			p.commit(s, edit)
			return
		}
		s.Go(&Already{edit: edit, found: found,
			open:    func(ref core.Ref) { s.Back(); p.openInstead(s, ref) },
			another: func(told core.Edit) { s.Back(); p.commit(s, told) }})
	})
}

// openInstead drops what was entered, because it is registered already.
func (p *Editor) openInstead(s *Shell, ref core.Ref) {
	p.drafts.finish(func() {
		Do(s, func(ctx context.Context) error { return s.Drafts.RemoveDraft(ctx, p.draftID()) }, func() {
			if p.Done != nil {
				p.Done(s, ref)
				return
			}
			s.Replace(pageOf(ref))
		})
	})
}

func (p *Editor) commit(s *Shell, edit core.Edit) {
	p.drafts.finish(func() {
		s.Run(func() func() {
			_, err := s.Book.Commit(s.ctx, []core.Edit{edit})
			if err == nil {
				err = s.Drafts.RemoveDraft(s.ctx, p.draftID())
			}
			return func() { p.saved(s, err) }
		})
	})
}

func (p *Editor) saved(s *Shell, err error) {
	if err != nil {
		p.drafts.reopen()
		s.Fail(err)
		return
	}
	s.Say(widget.Good, s.T("word.saved"))
	p.leave(s)
}

func (p *Editor) leave(s *Shell) {
	if p.Done != nil {
		p.Done(s, p.state.Ref)
		return
	}
	s.Back()
}

// complete tells whether the record can be saved, and shows what is wrong.
func (p *Editor) complete(s *Shell, form *widget.Form) bool {
	var wrong fyne.CanvasObject
	for _, part := range layoutOf(p.Kind) {
		for _, name := range part.fields {
			err := p.check(name)
			p.say(s, name, err)
			if err != nil && wrong == nil {
				wrong = p.fields[name]
			}
		}
	}
	if wrong == nil {
		return true
	}
	form.Refresh()
	form.Reveal(wrong)
	s.Say(widget.Trouble, s.T("editor.incomplete"))
	return false
}

func (p *Editor) check(name string) error {
	v := p.value(name)
	if name == change.RegionField {
		v = change.Text(p.region())
	}
	if p.needs(name) && v.Str() == "" {
		return core.Refuse(core.Missing, name, "refuse.missing")
	}
	_, changed := p.state.Set[name]
	if !changed {
		return nil
	}
	_, err := core.KindOf(p.Kind).Field(name).Check(v)
	return err
}

// region returns where the record is.
func (p *Editor) region() string {
	if p.state.Region != "" {
		return p.state.Region
	}
	return p.state.From.Region
}

// dropButton throws away what was entered.
func (p *Editor) dropButton(s *Shell) fyne.CanvasObject {
	return fynewidget.NewButtonWithIcon(s.T("editor.drop"), fynetheme.DeleteIcon(), func() {
		s.Ask(s.T("editor.drop.sure"), s.T("editor.drop"), func() {
			p.drafts.finish(func() {
				Do(s, func(ctx context.Context) error { return s.Drafts.RemoveDraft(ctx, p.draftID()) }, func() { s.Back() })
			})
		})
	})
}
