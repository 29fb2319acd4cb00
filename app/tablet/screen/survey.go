package screen

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"

	"muqu/app/tablet/widget"
	"muqu/core"
	"muqu/core/form"
)

// surveyDraft is the kind of the drafts of surveys.
const surveyDraft = "survey"

// Surveys lists the forms that offices gave out for this worker.
type Surveys struct {
	Household core.Ref // whom they are to be about; zero = nobody in particular
}

// given is a form that was given out, as the list shows it.
type given struct {
	core.FormVersion
	made int  // how many were filled in here or came with a sync
	here bool // its workbook is on the tablet
}

// Open implements [Screen].
func (p *Surveys) Open(s *Shell) View {
	list := widget.NewForm(widget.NewNote(s.T("word.loading"))).Wide()
	Load(s, func(ctx context.Context) ([]given, error) { return readGiven(ctx, s) }, func(all []given) {
		lines := make([]widget.Line, len(all))
		for i := range all {
			lines[i] = p.line(s, &all[i])
		}
		list.SetObjects(widget.NewText(s.T("survey.explain")), widget.Rows(lines, s.T("survey.none"), func(i int) {
			if !all[i].here {
				s.Say(widget.Attention, s.T("refuse.form.here"))
				return
			}
			s.Go(&Survey{Form: all[i].FormVersion, Household: p.Household})
		}))
	})
	return View{Title: s.T("kinds.form"), Tab: TabHouseholds, Body: list}
}

func (p *Surveys) line(s *Shell, g *given) widget.Line {
	line := widget.Line{Title: g.Title, Note: joined(" · ", s.T("survey.questions", "n", g.Questions), s.T("survey.version", "version", g.Version)),
		Aside: s.T("survey.made", "n", g.made)}
	if !g.here {
		line.Mark, line.Tone = s.T("survey.coming"), widget.Attention
	}
	return line
}

func readGiven(ctx context.Context, s *Shell) ([]given, error) {
	forms, err := core.Forms(ctx, s.Book, s.person())
	if err != nil {
		return nil, err
	}
	out := make([]given, len(forms))
	for i, f := range forms {
		out[i].FormVersion = f
		if out[i].made, err = s.Book.Count(ctx, core.Query{Kind: "visit", Where: map[string]string{"form_id": f.FormID}}); err != nil {
			return nil, err
		}
		if out[i].here, err = s.holds(ctx, f.File); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Survey is the interview with a form that an office gave out.
type Survey struct {
	interview
	Form      core.FormVersion // a draft goes on with its own version
	Household core.Ref         // whom it is about; zero = nobody in particular
}

// Open implements [Screen].
func (p *Survey) Open(s *Shell) View {
	p.interview.form, p.kind, p.tab = p.Form.FormID, surveyDraft, TabHouseholds
	p.draftID, p.purpose = surveyDraft+"/"+p.Form.FormID+"/"+p.Household.ID.String(), p
	return p.open(s, s.T("kind.form"))
}

// begin reads whom the survey is about.
func (p *Survey) begin(ctx context.Context, s *Shell) (subject, error) {
	about := subject{Record: core.Ref{Kind: "visit", ID: s.Book.NewID()}, Title: p.Form.Title}
	if p.Household.Kind == "" {
		return about, nil
	}
	f, err := readFamily(ctx, s.Book, p.Household)
	about.Home, about.Members = f.home, f.members
	about.Title = joined(" · ", p.Form.Title, f.home.Title())
	return about, err
}

// fill enters what is known of the household where the form asks for it under
// the names that the shipped forms use, and its id where a hidden question is
// called household or home: there an entity says which record it changes.
func (p *Survey) fill(v *form.Interview, about subject) bool {
	for _, item := range v.Form().Items() {
		if item.IsSection() || insideRepeat(item) || v.Value(item.Path()) != "" {
			continue
		}
		answer := ""
		switch {
		case (item.Name == "household" || item.Name == "home") && item.Type == "hidden" && about.Home.Kind != "":
			answer = about.Home.ID.String()
		case about.Home.Kind != "":
			answer = core.KnownOfHousehold(&about.Home, item.Name)
		}
		if answer != "" {
			_ = v.Fill(item.Path(), answer) // what the form does not take is asked
		}
	}
	return true
}

// edits returns the visit and what the form makes of it.
func (p *Survey) edits(s *Shell, _ map[string]any, about subject) func(context.Context) ([]core.Edit, error) {
	outcome := core.SurveyOutcome{Visit: about.Record, Form: p.of, Home: about.Home, Region: s.me.Scope.Home(), Day: s.today(),
		Answers: p.run.Fields(), Entities: p.run.Entities(), NewID: s.Book.NewID}
	if outcome.Region == "" && len(s.me.Scope) > 0 {
		outcome.Region = core.PadRegion(slices.Min(s.me.Scope))
	}
	return func(ctx context.Context) ([]core.Edit, error) {
		outcome.Get = func(ref core.Ref) (core.Record, bool, error) { return s.Book.Get(ctx, ref) }
		return core.FinishSurvey(outcome)
	}
}

// after goes back to where the survey was begun.
func (p *Survey) after(s *Shell, _ map[string]any, _ subject) { s.Back() }

// renew goes on with the newest version of the form: answers of questions that
// both have are kept.
func (p *interview) renew(s *Shell) {
	Load(s, func(ctx context.Context) (*beginning, error) {
		f, of, err := s.readForm(ctx, p.form, "")
		return &beginning{form: f, of: of, pictures: s.readMedia(ctx, of)}, err
	}, func(b *beginning) {
		run, err := form.Upgrade(b.form, p.run.Draft(), s.formConfig(b.of, false))
		if err != nil {
			s.Fail(err)
			return
		}
		p.run, p.of, p.newer, p.pictures, p.step = run, b.of, false, b.pictures, ""
		run.SetLang(p.language(s))
		p.refresh(s)
		p.keep(s)
	})
}

// offerNewer says that the form has a newer version than the draft.
func (p *interview) offerNewer(s *Shell) fyne.CanvasObject {
	return widget.NewPanel(widget.Info, widget.NewText(s.T("survey.newer")), func() {
		s.Ask(s.T("survey.newer.sure"), s.T("survey.newer.go"), func() { p.renew(s) })
	})
}
