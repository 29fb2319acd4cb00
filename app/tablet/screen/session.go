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
	roll   *roll
	marks  *queue
	list   *widget.List[trainee]
	counts *fyne.Container
}

// Open implements [Screen].
func (p *Session) Open(s *Shell) View {
	p.marks = &queue{shell: s}
	body := container.NewStack(widget.NewForm(widget.NewNote(s.T("word.loading"))))
	Load(s, func(ctx context.Context) (*roll, error) { return readRoll(ctx, s.Book, p.Class, p.Ref) }, func(r *roll) {
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
	all := slices.Clone(p.roll.trainees) // the list is read away from the UI thread
	p.list = widget.NewListOf(s.Run, func(offset, limit int) ([]trainee, int, error) {
		return all[min(offset, len(all)):min(offset+limit, len(all))], len(all), nil
	}, func() fyne.CanvasObject { return widget.NewMarks(marks, narrow) },
		func(t trainee, o fyne.CanvasObject) { p.fill(s, t, o.(*widget.Marks)) })
	p.counts = container.NewStack()
	p.count(s)
	none := widget.NewText("")
	none.Hidden = len(p.roll.trainees) > 0
	none.SetText(s.T("session.empty"))
	p.list.Reload()
	top := widget.NewColumn(widget.NewHeading(s.sessionLine(&p.roll.session).Title),
		widget.NewNote(joined(" · ", p.roll.class.Title(), s.sessionLine(&p.roll.session).Note)), p.buttons(s), p.counts, none)
	return container.NewBorder(container.New(inset{14, 8}, top), nil, nil, nil, p.list)
}

// fill shows one trainee. The trainee is looked up again, because the list may
// hold an older page.
func (p *Session) fill(s *Shell, t trainee, row *widget.Marks) {
	t = p.roll.find(t.person)
	mark, tone := s.State(&t.mark)
	row.SetState(mark, tone)
	row.Set(t.name, joined(" · ", s.Place(t.region), core.MaskNumber(t.idNumber)), t.mark.Text("t_status"),
		func(status string) { p.mark(s, []string{t.person}, status) })
}

func (p *Session) buttons(s *Shell) fyne.CanvasObject {
	all := fynewidget.NewButtonWithIcon(s.T("session.all"), fynetheme.ConfirmIcon(), func() { p.markRest(s) })
	walkIn := fynewidget.NewButtonWithIcon(s.T("session.walk_in"), fynetheme.ContentAddIcon(), func() { p.walkIn(s) })
	return widget.NewGrid(220, 2, all, walkIn)
}

// count shows how many are there, are not, and are not marked yet.
func (p *Session) count(s *Shell) {
	there, missing, open := p.roll.count()
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
		edits := p.roll.edits(people, status, clock)
		return func() func() {
			saved, err := commit(s.ctx, s.Book, edits)
			return func() { p.marked(s, saved, err) }
		}
	})
}

// markRest marks everybody who has no mark yet as present.
func (p *Session) markRest(s *Shell) {
	var people []string
	for _, t := range p.roll.trainees {
		if t.mark.Text("t_status") == "" {
			people = append(people, t.person)
		}
	}
	if len(people) > 0 {
		p.mark(s, people, "present")
	}
}

func (p *Session) marked(s *Shell, saved []core.Record, err error) {
	if err != nil {
		s.Fail(err)
		return
	}
	p.roll.put(saved)
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
		s.Go(&Editor{Kind: "person", Region: p.roll.session.Region, Done: func(s *Shell, ref core.Ref) {
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
		place, err := enrollment(ctx, s.Book, p.Class, person, true)
		if err != nil {
			return err
		}
		r, err := readRoll(ctx, s.Book, p.Class, p.Ref)
		if err != nil {
			return err
		}
		there := r.edit(r.find(person.ID.String()).named(&place), "present", clock)
		_, err = s.Book.Commit(ctx, []core.Edit{place, there})
		return err
	}, func() {
		s.Say(widget.Good, s.T("session.taken", "name", person.Title()))
		s.Reopen()
	})
}
