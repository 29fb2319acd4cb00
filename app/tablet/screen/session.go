package screen

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/tablet/widget"
	"muqu/core"
)

// Session is the roster of one half-day of a class, where a trainer marks who
// is there. Every tap is saved at once.
type Session struct {
	core.Ref
	Class  core.Ref
	roll   *core.Roll
	marks  *queue
	list   *widget.List[core.Trainee]
	counts *fyne.Container
}

// Open implements [Screen].
func (p *Session) Open(s *Shell) View {
	p.marks = &queue{shell: s}
	body := container.NewStack(widget.NewForm(widget.NewNote(s.T("word.loading"))))
	Load(s, func(ctx context.Context) (*core.Roll, error) { return readRoll(ctx, s.Book, p.Class, p.Ref) }, func(r *core.Roll) {
		p.roll = r
		body.Objects = []fyne.CanvasObject{p.body(s)}
		body.Refresh()
	})
	return View{Title: s.T("session.title"), Tab: TabClasses, Body: body, Actions: []fyne.CanvasObject{
		fynewidget.NewButtonWithIcon(s.T("word.edit"), fynetheme.DocumentCreateIcon(), func() {
			s.Go(&Editor{Kind: "session", ID: p.ID})
		})}}
}

// statusMarks returns the marks of a roster: there, late, left early, excused,
// missing.
func (s *Shell) statusMarks() []widget.Mark {
	tones := map[string]widget.Tone{"present": widget.Good, "late": widget.Attention, "early": widget.Attention,
		"leave": widget.Info, "absent": widget.Trouble}
	var marks []widget.Mark
	for _, option := range s.options("a_status") {
		marks = append(marks, widget.Mark{Option: option, Tone: tones[option.Value]})
	}
	return marks
}

func (p *Session) body(s *Shell) fyne.CanvasObject {
	marks, narrow := s.statusMarks(), s.Window.Canvas().Size().Width < 760
	all := slices.Clone(p.roll.Trainees) // the list is read away from the UI thread
	p.list = widget.NewListOf(s.Run, func(offset, limit int) ([]core.Trainee, int, error) {
		return all[min(offset, len(all)):min(offset+limit, len(all))], len(all), nil
	}, func() fyne.CanvasObject { return widget.NewMarks(marks, narrow) },
		func(t core.Trainee, o fyne.CanvasObject) { p.fill(s, t, o.(*widget.Marks)) })
	p.counts = container.NewStack()
	p.count(s)
	none := widget.NewText("")
	none.Hidden = len(p.roll.Trainees) > 0
	none.SetText(s.T("session.empty"))
	p.list.Reload()
	top := widget.NewColumn(widget.NewHeading(s.sessionLine(&p.roll.Session).Title),
		widget.NewNote(joined(" · ", p.roll.Class.Title(), s.sessionLine(&p.roll.Session).Note)), p.buttons(s), p.counts, none)
	return container.NewBorder(container.New(inset{14, 8}, top), nil, nil, nil, p.list)
}

// fill shows one trainee. The trainee is looked up again, because the list may
// hold an older page.
func (p *Session) fill(s *Shell, t core.Trainee, row *widget.Marks) {
	t = p.roll.Find(t.Person)
	mark, tone := s.State(&t.Mark)
	row.SetState(mark, tone)
	row.Set(t.Name, joined(" · ", s.Place(t.Region), core.MaskNumber(t.IDNumber)), t.Mark.Text("t_status"),
		func(status string) { p.mark(s, []string{t.Person}, status) })
}

func (p *Session) buttons(s *Shell) fyne.CanvasObject {
	all := fynewidget.NewButtonWithIcon(s.T("session.all"), fynetheme.ConfirmIcon(), func() { p.markRest(s) })
	walkIn := fynewidget.NewButtonWithIcon(s.T("session.walk_in"), fynetheme.ContentAddIcon(), func() { p.walkIn(s) })
	return widget.NewGrid(220, 2, all, walkIn)
}

// count shows how many are there, are not, and are not marked yet.
func (p *Session) count(s *Shell) {
	there, missing, open := p.roll.Count()
	p.counts.Objects = []fyne.CanvasObject{container.NewHBox(
		widget.NewChip(s.T("session.there", "n", there), widget.Good),
		widget.NewChip(s.T("session.missing", "n", missing), widget.Trouble),
		widget.NewChip(s.T("session.open", "n", open), widget.Plain))}
	p.counts.Refresh()
}

// mark saves one mark, or several, and shows them.
func (p *Session) mark(s *Shell, people []string, status string) {
	clock := s.Now().Format("15:04")
	p.marks.add(func() work {
		edits := p.roll.Mark(people, status, clock)
		return func() func() {
			saved, err := commit(s.ctx, s.Book, edits)
			return func() { p.marked(s, saved, err) }
		}
	})
}

// markRest marks everybody who has no mark yet as present.
func (p *Session) markRest(s *Shell) {
	if people := p.roll.Unmarked(); len(people) > 0 {
		p.mark(s, people, core.Present)
	}
}

func (p *Session) marked(s *Shell, saved []core.Record, err error) {
	if err != nil {
		s.Fail(err)
		return
	}
	p.roll.Put(saved)
	p.count(s)
	p.list.Refresh()
	s.refreshStatus()
}

// walkIn takes in somebody who is not on the roster: a person on the tablet,
// or one who is registered now.
func (p *Session) walkIn(s *Shell) {
	var window *fynewidget.PopUp
	known := fynewidget.NewButtonWithIcon(s.T("session.walk_in.known"), fynetheme.SearchIcon(), func() {
		window.Hide()
		s.pickPerson(s.T("session.walk_in"), func(person core.Record) { p.take(s, person) })
	})
	fresh := fynewidget.NewButtonWithIcon(s.T("session.walk_in.new"), fynetheme.AccountIcon(), func() {
		window.Hide()
		s.Go(&Editor{Kind: "person", Region: p.roll.Session.Region, Done: func(s *Shell, ref core.Ref) {
			s.Back()
			Load(s, func(ctx context.Context) (core.Record, error) { return read(ctx, s.Book, ref) }, func(person core.Record) { p.take(s, person) })
		}})
	})
	cancel := fynewidget.NewButton(s.T("word.cancel"), func() { window.Hide() })
	window = fynewidget.NewModalPopUp(container.New(inset{16, 16}, widget.NewColumn(
		widget.NewHeading(s.T("session.walk_in")), known, fresh, cancel)), s.Window.Canvas())
	window.Resize(fyne.NewSize(min(460, s.Window.Canvas().Size().Width-40), 0))
	window.Show()
}

// take enrolls a person and marks them present.
func (p *Session) take(s *Shell, person core.Record) {
	clock := s.Now().Format("15:04")
	Do(s, func(ctx context.Context) error {
		place, err := readPlace(ctx, s.Book, p.Class, person.Ref)
		if err != nil {
			return err
		}
		r, err := readRoll(ctx, s.Book, p.Class, p.Ref)
		if err != nil {
			return err
		}
		_, err = s.Book.Commit(ctx, r.EnrollWalkIn(person, place, clock))
		return err
	}, func() {
		s.Say(widget.Good, s.T("session.taken", "name", person.Title()))
		s.Reopen()
	})
}
