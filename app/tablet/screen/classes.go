package screen

import (
	"context"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/tablet/widget"
	"muqu/core"
	"muqu/core/change"
)

// Classes lists the training classes.
type Classes struct {
	browse
}

// Open implements [Screen].
func (p *Classes) Open(s *Shell) View {
	add := fynewidget.NewButtonWithIcon(s.T("class.new"), fynetheme.ContentAddIcon(), func() {
		s.Go(&Editor{Kind: "class", Done: func(s *Shell, ref core.Ref) { s.Replace(&Class{Ref: ref}) }})
	})
	add.Importance = fynewidget.HighImportance
	return View{Title: s.T("kinds.class"), Tab: TabClasses, Actions: []fyne.CanvasObject{add},
		Body: p.body(s, browsing{
			query: core.Query{Kind: "class", Sort: "-d_from"},
			line:  s.classLine,
			open:  func(r core.Record) { s.Go(&Class{Ref: r.Ref}) },
			hint:  s.T("class.search"),
			none:  s.T("class.none"),
		})}
}

func (s *Shell) classLine(r *core.Record) widget.Line {
	mark, tone := s.State(r)
	return widget.Line{Title: s.title(r), Mark: mark, Tone: tone,
		Note:  joined(" · ", s.Value("class", "trade", r.Field("trade")), s.Place(r.Region), r.Text("venue")),
		Aside: joined(" – ", r.Text("d_from"), r.Text("d_to"))}
}

// Class is the page of one class: its sessions and its roster.
type Class struct {
	core.Ref
}

// course is a class with what belongs to it.
type course struct {
	class            core.Record
	sessions, roster []core.Record
}

// Open implements [Screen].
func (p *Class) Open(s *Shell) View {
	form := widget.NewForm(widget.NewNote(s.T("word.loading"))).Wide()
	Load(s, func(ctx context.Context) (course, error) { return readCourse(ctx, s.Book, p.Ref) }, func(c course) {
		form.SetObjects(p.objects(s, &c)...)
	})
	return View{Title: s.T("kind.class"), Tab: TabClasses, Body: form, Actions: []fyne.CanvasObject{
		fynewidget.NewButtonWithIcon(s.T("word.edit"), fynetheme.DocumentCreateIcon(), func() {
			s.Go(&Editor{Kind: "class", ID: p.ID})
		})}}
}

func readCourse(ctx context.Context, book core.Book, ref core.Ref) (c course, err error) {
	if c.class, err = read(ctx, book, ref); err != nil {
		return course{}, err
	}
	of := map[string]string{"class": ref.ID.String()}
	if c.sessions, err = book.List(ctx, core.Query{Kind: "session", Where: of, Sort: "s_date", Limit: 400}); err != nil {
		return course{}, err
	}
	c.roster, err = book.List(ctx, core.Query{Kind: "enrollment", Where: of, Limit: 600})
	return c, err
}

func (p *Class) objects(s *Shell, c *course) []fyne.CanvasObject {
	head := widget.NewColumn(widget.NewHeading(s.title(&c.class)),
		s.facts(&c.class, "class_no", "kind", "trade", "venue", "org_name", "d_from", "d_to", "hours_plan", "min_rate", "remark"))
	objects := []fyne.CanvasObject{widget.NewPanel(widget.Plain, head, nil)}
	if len(c.class.Conflicts) > 0 {
		objects = append(objects, s.conflictNotice(c.class.Ref))
	}
	objects = append(objects, p.buttons(s))
	objects = append(objects, s.section("class.sessions", c.sessions, s.sessionLine, func(r core.Record) Screen {
		return &Session{Ref: r.Ref, Class: p.Ref}
	})...)
	return append(objects, s.section("class.roster", c.roster, s.enrollmentLine, showRecord)...)
}

func (p *Class) buttons(s *Shell) fyne.CanvasObject {
	session := fynewidget.NewButtonWithIcon(s.T("session.new"), fynetheme.ContentAddIcon(), func() {
		s.Go(&Editor{Kind: "session", Parent: p.Ref,
			Preset: map[string]change.Value{"s_date": change.Text(s.today())},
			Done:   func(s *Shell, ref core.Ref) { s.Replace(&Session{Ref: ref, Class: p.Ref}) }})
	})
	session.Importance = fynewidget.HighImportance
	trainee := fynewidget.NewButtonWithIcon(s.T("class.enroll"), fynetheme.AccountIcon(), func() {
		s.pickPerson(s.T("class.enroll"), func(person core.Record) { p.enroll(s, person) })
	})
	return widget.NewGrid(200, 2, session, trainee)
}

// enroll puts a person on the roster.
func (p *Class) enroll(s *Shell, person core.Record) {
	Do(s, func(ctx context.Context) error {
		place, err := readPlace(ctx, s.Book, p.Ref, person.Ref)
		if err == nil {
			_, err = s.Book.Commit(ctx, []core.Edit{core.Enroll(p.Ref, person, place)})
		}
		return err
	}, func() {
		s.Say(widget.Good, s.T("class.enrolled", "name", person.Title()))
		s.Reopen()
	})
}

func (s *Shell) sessionLine(r *core.Record) widget.Line {
	mark, tone := s.State(r)
	return widget.Line{
		Title: joined(" ", r.Text("s_date"), s.Value("session", "s_half", r.Field("s_half")), r.Text("s_topic")),
		Note:  joined(" · ", r.Text("trainer"), joined("–", r.Text("s_start"), r.Text("s_end"))), Mark: mark, Tone: tone}
}

func (s *Shell) enrollmentLine(r *core.Record) widget.Line {
	mark, tone := s.State(r)
	line := widget.Line{Title: s.title(r), Note: joined(" · ", s.Place(r.Region), core.MaskNumber(r.Text("t_id"))), Mark: mark, Tone: tone}
	if r.Text("walk_in") == "yes" {
		line.Aside = s.T("field.enrollment.walk_in")
	}
	return line
}

// pickPerson searches the people on the tablet for one.
func (s *Shell) pickPerson(title string, onPick func(core.Record)) {
	find := func(typed string, offset, limit int) ([]widget.Option, int, error) {
		people, total, err := page(s.ctx, s.Book, core.Query{Kind: "person", Search: typed, Offset: offset, Limit: limit})
		var options []widget.Option
		for i := range people {
			line := s.personLine(&people[i])
			options = append(options, widget.Option{Value: people[i].ID.String(), Label: joined(" · ", line.Title, s.Place(people[i].Region), line.Note)})
		}
		return options, total, err
	}
	widget.Pick(s.Window.Canvas(), title, s.Words(), s.Run, find, func(o widget.Option) {
		id, err := change.ParseRecordID(o.Value)
		if err != nil {
			s.Fail(err)
			return
		}
		Load(s, func(ctx context.Context) (core.Record, error) {
			return read(ctx, s.Book, core.Ref{Kind: "person", ID: id})
		}, onPick)
	})
}
