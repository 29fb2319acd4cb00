package screen

import (
	"cmp"
	"context"
	"slices"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/survey"
	"muqu/app/tablet/widget"
	"muqu/core"
)

// Household is the page of one household: what is known, and its members,
// visits, demands and leads.
type Household struct {
	core.Ref
	offset float32
}

// family is a household with what refers to it.
type family struct {
	home                            core.Record
	members, visits, demands, leads []core.Record
	stays                           string        // name of the household that stands for it
	merged                          []core.Record // those that it stands for
	looks                           []sight       // of the household's own photos
	forms                           []survey.Form // that the visits may answer
}

// Open implements [Screen].
func (p *Household) Open(s *Shell) View {
	form := widget.NewForm(widget.NewNote(s.T("word.loading"))).Wide()
	Load(s, func(ctx context.Context) (family, error) {
		f, err := readFamily(ctx, s.Book, p.Ref)
		if err != nil {
			return f, err
		}
		if f.stays, f.merged, err = readMerges(ctx, s, &f.home); err != nil {
			return f, err
		}
		f.looks = s.looks(ctx, &f.home)
		f.forms, err = s.library().Forms(ctx)
		return f, err
	}, func(f family) {
		form.SetObjects(p.objects(s, &f)...)
		form.ScrollTo(p.offset)
	})
	return View{Title: s.T("kind.household"), Tab: TabHouseholds, Body: form, Actions: []fyne.CanvasObject{
		fynewidget.NewButtonWithIcon(s.T("word.edit"), fynetheme.DocumentCreateIcon(), func() {
			p.leave(s, form, &Editor{Kind: "household", ID: p.ID})
		})}}
}

// leave shows another screen and remembers how far this one was scrolled.
func (p *Household) leave(s *Shell, form *widget.Form, next Screen) {
	p.offset = form.Offset()
	s.Go(next)
}

func readFamily(ctx context.Context, book core.Book, ref core.Ref) (family, error) {
	home, found, err := book.Get(ctx, ref)
	if err != nil {
		return family{}, err
	}
	if !found {
		return family{}, core.Refuse(core.NotFound, "", "refuse.absent")
	}
	f := family{home: home}
	for kind, into := range map[string]*[]core.Record{
		"person": &f.members, "visit": &f.visits, "demand": &f.demands, "lead": &f.leads} {
		*into, err = book.List(ctx, core.Query{Kind: kind, Where: map[string]string{"household": ref.ID.String()}, Limit: 200})
		if err != nil {
			return family{}, err
		}
	}
	slices.SortStableFunc(f.members, func(a, b core.Record) int { return rank(&a) - rank(&b) })
	return f, nil
}

// rank puts the head of a household before its other members.
func rank(person *core.Record) int {
	if person.Text("relation") == "head" {
		return 0
	}
	return 1
}

func (p *Household) objects(s *Shell, f *family) []fyne.CanvasObject {
	objects := append(s.mergeNotice(&f.home, f.stays, f.merged), p.head(s, f), p.work(s, f))
	objects = append(objects, s.section("household.members", f.members, s.personLine, func(r core.Record) Screen {
		return &Editor{Kind: "person", ID: r.ID}
	})...)
	objects = append(objects, s.section("household.visits", f.visits, func(r *core.Record) widget.Line {
		return s.visitLine(r, survey.Named(f.forms, r.Text("form_id")).Title)
	}, showRecord)...)
	objects = append(objects, s.section("household.demands", f.demands, s.demandLine, showRecord)...)
	objects = append(objects, s.section("household.leads", f.leads, s.leadLine, showRecord)...)
	return append(objects, s.album(&f.home, f.looks)...)
}

// head tells who the household is.
func (p *Household) head(s *Shell, f *family) fyne.CanvasObject {
	column := widget.NewColumn(widget.NewHeading(s.title(&f.home)))
	if mark, tone := s.State(&f.home); mark != "" {
		column.Add(widget.NewChip(mark, tone))
	}
	column.Add(s.facts(&f.home, "group_name", "phone", "head_id", "hh_type", "monitor_type", "hh_no",
		"winter_place", "summer_place", "resettle_site", "next_visit", "remark"))
	panel := widget.NewPanel(widget.Plain, column, nil)
	if len(f.home.Conflicts) > 0 {
		return widget.NewColumn(panel, s.conflictNotice(f.home.Ref))
	}
	return panel
}

// work has what can be done at this household.
func (p *Household) work(s *Shell, f *family) fyne.CanvasObject {
	if f.home.GaveWay() {
		return widget.NewColumn() // work goes on at the one that stays
	}
	button := func(key string, icon fyne.Resource, next Screen) fyne.CanvasObject {
		return fynewidget.NewButtonWithIcon(s.T(key), icon, func() { s.Go(next) })
	}
	visit := button("household.visit", fynetheme.ListIcon(), &Visit{Household: f.home.Ref})
	visit.(*fynewidget.Button).Importance = fynewidget.HighImportance
	return widget.NewGrid(190, 4, visit,
		button("household.demand", fynetheme.DocumentCreateIcon(), &NewDemand{Household: f.home.Ref}),
		button("household.member", fynetheme.ContentAddIcon(), &Editor{Kind: "person", Parent: f.home.Ref}),
		button("survey.fill", fynetheme.DocumentIcon(), &Surveys{Household: f.home.Ref}))
}

// section is a heading with rows of records below it.
func (s *Shell) section(key string, records []core.Record, line func(*core.Record) widget.Line, open func(core.Record) Screen) []fyne.CanvasObject {
	var lines []widget.Line
	for i := range records {
		lines = append(lines, line(&records[i]))
	}
	return []fyne.CanvasObject{
		widget.NewHeading(s.T(key, "n", len(records))),
		widget.Rows(lines, s.T("word.none_yet"), func(i int) { s.Go(open(records[i])) }),
	}
}

func showRecord(r core.Record) Screen { return &Record{Ref: r.Ref} }

func (s *Shell) personLine(r *core.Record) widget.Line {
	mark, tone := s.State(r)
	return widget.Line{Title: s.title(r), Mark: mark, Tone: tone, Note: joined(" · ",
		s.Value("person", "relation", r.Field("relation")), s.Value("person", "sex", r.Field("sex")),
		r.Text("birth"), r.Text("phone"))}
}

// visitLine tells of a visit what kind it was, else with which form it was made.
func (s *Shell) visitLine(r *core.Record, form string) widget.Line {
	mark, tone := s.State(r)
	return widget.Line{Title: joined(" ", r.Text("visit_date"), cmp.Or(s.Value("visit", "visit_type", r.Field("visit_type")), form)),
		Note: joined(" · ", s.Value("visit", "outcome", r.Field("outcome")), r.Text("head_name")), Mark: mark, Tone: tone}
}

func (s *Shell) demandLine(r *core.Record) widget.Line {
	mark, tone := s.State(r)
	return widget.Line{Title: s.title(r), Mark: mark, Tone: tone,
		Note:  joined(" · ", s.Value("demand", "cat", r.Field("cat")), s.Place(r.Region), s.Value("demand", "urg", r.Field("urg"))),
		Aside: s.Value("demand", "state", r.Field("state"))}
}

func (s *Shell) leadLine(r *core.Record) widget.Line {
	mark, tone := s.State(r)
	title := r.Title()
	if title == "" {
		title = s.Value("lead", "risk", r.Field("risk"))
	}
	return widget.Line{Title: title, Mark: mark, Tone: tone,
		Note:  joined(" · ", r.Text("found"), s.Value("lead", "suggest", r.Field("suggest"))),
		Aside: s.Value("lead", "state", r.Field("state"))}
}
