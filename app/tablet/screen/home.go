package screen

import (
	"context"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/tablet/widget"
	"muqu/core"
	"muqu/core/store"
	"muqu/sync/client"
)

// Home says where the work is and what is to be done today.
type Home struct{}

// day is what is to be done.
type day struct {
	assignments []core.Record
	places      map[string]core.Record // households of the assignments, by id
	sessions    []core.Record          // today's
	drafts      []store.Draft
}

// Open implements [Screen].
func (p *Home) Open(s *Shell) View {
	figures, work := widget.NewColumn(), widget.NewColumn(widget.NewNote(s.T("word.loading")))
	form := widget.NewForm(widget.NewHeading(s.T("home.hello", "name", s.me.Name, "date", s.today())), figures, work).Wide()
	s.onStatus = func(status client.Status) {
		figures.Objects = []fyne.CanvasObject{s.whereabouts(&status)}
		form.Refresh()
	}
	Load(s, func(ctx context.Context) (*day, error) { return readDay(ctx, s) }, func(d *day) {
		work.Objects = p.work(s, d)
		form.Refresh()
	})
	sync := fynewidget.NewButtonWithIcon(s.T("sync.start"), fynetheme.ViewRefreshIcon(), func() {
		s.Start(&Sync{})
		s.syncing.start()
	})
	doubles := fynewidget.NewButtonWithIcon(s.T("double.title"), fynetheme.SearchReplaceIcon(), func() { s.Go(&Doubles{}) })
	surveys := fynewidget.NewButtonWithIcon(s.T("kinds.form"), fynetheme.DocumentIcon(), func() { s.Go(&Surveys{}) })
	return View{Title: s.T("app.name"), Tab: TabHome, Body: form, Actions: []fyne.CanvasObject{surveys, doubles, sync}}
}

func readDay(ctx context.Context, s *Shell) (*day, error) {
	d := &day{places: make(map[string]core.Record)}
	var err error
	if d.assignments, err = s.Book.List(ctx, core.Query{Kind: "assignment", Where: map[string]string{"state": "open"}, Sort: "due", Limit: 100}); err != nil {
		return nil, err
	}
	for i := range d.assignments {
		id := d.assignments[i].Text("household")
		if ref, ok := refTo("household", id); ok {
			if d.places[id], _, err = s.Book.Get(ctx, ref); err != nil {
				return nil, err
			}
		}
	}
	if d.sessions, err = s.Book.List(ctx, core.Query{Kind: "session", Where: map[string]string{"s_date": s.today()}, Limit: 50}); err != nil {
		return nil, err
	}
	d.drafts, err = s.Drafts.Drafts(ctx, "", "")
	return d, err
}

func (p *Home) work(s *Shell, d *day) []fyne.CanvasObject {
	var objects []fyne.CanvasObject
	objects = append(objects, p.unfinished(s, d.drafts)...)
	objects = append(objects, p.visits(s, d)...)
	if len(d.sessions) > 0 {
		objects = append(objects, s.section("home.sessions", d.sessions, s.sessionLine, func(r core.Record) Screen {
			class, _ := refTo("class", r.Text("class"))
			return &Session{Ref: r.Ref, Class: class}
		})...)
	}
	return objects
}

// unfinished lists what was begun and not saved.
func (p *Home) unfinished(s *Shell, drafts []store.Draft) []fyne.CanvasObject {
	var objects []fyne.CanvasObject
	for _, draft := range drafts {
		line, next, ok := s.resume(draft)
		if !ok {
			continue
		}
		objects = append(objects, widget.NewRowButton(line, func() { s.Go(next) }))
	}
	if len(objects) == 0 {
		return nil
	}
	return append([]fyne.CanvasObject{widget.NewHeading(s.T("home.drafts", "n", len(objects)))}, objects...)
}

// visits lists whom to visit by when.
func (p *Home) visits(s *Shell, d *day) []fyne.CanvasObject {
	var lines []widget.Line
	for i := range d.assignments {
		a := &d.assignments[i]
		home := d.places[a.Text("household")]
		line := widget.Line{Title: joined(" · ", home.Title(), a.Text("task")),
			Note: joined(" · ", s.Place(a.Region), home.Text("group_name"), home.Text("phone")), Mark: s.T("home.due", "date", a.Text("due"))}
		if due := a.Text("due"); due != "" && due < s.today() {
			line.Tone = widget.Trouble
		}
		if a.Text("due") == "" {
			line.Mark = ""
		}
		lines = append(lines, line)
	}
	return []fyne.CanvasObject{widget.NewHeading(s.T("home.visits", "n", len(lines))),
		widget.Rows(lines, s.T("home.visits.none"), func(i int) {
			if ref, ok := refTo("household", d.assignments[i].Text("household")); ok {
				s.Go(&Household{Ref: ref})
			}
		})}
}
