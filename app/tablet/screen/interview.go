package screen

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/survey"
	"muqu/app/tablet/widget"
	"muqu/core"
	"muqu/core/form"
	"muqu/core/store"
)

// purpose is what an interview is for: what it starts from and what becomes of
// its answers.
type purpose interface {
	// begin reads what the interview is about.
	begin(ctx context.Context, s *Shell) (subject, error)
	// fill enters what is known already. It is called at the beginning, and
	// after every answer until it reports that it has entered all.
	fill(v *form.Interview, about subject) (all bool)
	// edits returns the function that finds out, away from the UI thread, what
	// is written when the interview is finished.
	edits(s *Shell, answers map[string]any, about subject) func(ctx context.Context) ([]core.Edit, error)
	// after shows what comes next.
	after(s *Shell, answers map[string]any, about subject)
}

// subject is what an interview is about. It is part of the draft, stored as
// JSON; members are added, never renamed.
type subject struct {
	Record  core.Ref      // what the interview will be saved as
	Home    core.Record   // household, as it was when the interview began; no Kind = none
	Members []core.Record // its people, likewise
	Title   string        // what the draft is called
	Filled  bool          // all that was known has been entered
}

// draft is an interview that is not finished, as stored.
type draft struct {
	Form      string // its id, or the name of the shipped form's files
	Version   string // "": the shipped one
	Subject   subject
	Interview json.RawMessage // as form.Restore takes it
	Trail     *trail          `json:",omitempty"` // nil: the form wants none
}

// interview asks the questions of a form, a step at a time, and saves every
// answer as it is given. Screens embed it.
type interview struct {
	form     string // its id, or the name of the shipped form's files
	of       core.FormVersion
	newer    bool                     // there is a newer version than that of the draft
	pictures map[string]fyne.Resource // of the form, by what the workbook calls them
	lang     string                   // of the form, where the worker chose another than the app's
	kind     string                   // of the draft and of the record
	tab      Tab
	draftID  string
	purpose  purpose
	modes    bool // the worker chooses between the short and the full form

	run    *form.Interview // nil until begun
	about  subject
	drafts *keeper
	fields map[string]*questionField    // by path, kept while the step is shown
	pads   map[string]*widget.Signature // by path, those of the step that were not kept yet
	tried  map[string]bool              // steps that the worker wanted to leave
	title  *widget.Title                // of the screen
	page   *widget.Form
	head   *fyne.Container
	list   *fynewidget.Button // of the steps
	back   *fynewidget.Button // to the step before
	onward *fynewidget.Button // to the next step, or to the end
	step   string             // path of the step that page shows
	saving bool               // the answers are being written
	trail  *trail             // nil: the form wants none
}

// open builds the screen of the interview.
func (p *interview) open(s *Shell, title string) View {
	if p.drafts == nil {
		p.drafts = &keeper{shell: s}
	}
	p.page, p.head, p.step = widget.NewForm(widget.NewNote(s.T("word.loading"))), container.NewStack(), ""
	p.title = widget.NewTitle(title)
	view := View{Heading: p.title, Tab: p.tab}
	body := container.NewStack(p.page)
	view.Body = body
	p.list = fynewidget.NewButtonWithIcon(s.T("interview.steps"), fynetheme.ListIcon(), func() { p.steps(s) })
	p.list.Disable() // before the first question there is nowhere to go
	view.Actions = []fyne.CanvasObject{p.list}
	if p.run != nil {
		p.run.SetLang(p.language(s))
		p.title.SetText(joined(" · ", title, p.about.Title))
		p.show(s, body)
	} else {
		Load(s, func(ctx context.Context) (*beginning, error) { return p.begin(ctx, s) }, func(b *beginning) { p.begun(s, body, b) })
	}
	return view
}

// beginning is what is read before the first question.
type beginning struct {
	form     *form.Form
	of       core.FormVersion
	newer    bool
	pictures map[string]fyne.Resource
	about    subject
	answers  []byte // of the draft; nil = a new interview
	trail    *trail // of the draft
	last     map[string]string
}

// begin reads the form and the draft that was left, or what a new interview is
// about.
func (p *interview) begin(ctx context.Context, s *Shell) (*beginning, error) {
	left, err := p.left(ctx, s)
	if err != nil {
		return nil, err
	}
	b := new(beginning)
	if b.form, b.of, err = s.readForm(ctx, p.form, ""); left != nil && left.Version != "" && left.Version != b.of.Version {
		begun, of, gone := s.readForm(ctx, p.form, left.Version)
		// A version that came with an older program is in no record: what was
		// begun with it goes on in the one that is here.
		if !isRefusal(gone, "refuse.form.absent") {
			b.newer = err == nil
			b.form, b.of, err = begun, of, gone
		}
	}
	if err != nil {
		return nil, err
	}
	b.pictures = s.readMedia(ctx, b.of)
	if left != nil {
		b.about, b.answers, b.trail = left.Subject, left.Interview, left.Trail
		return b, nil
	}
	if b.last, err = s.last(ctx, p.form); err != nil {
		return nil, err
	}
	b.about, err = p.purpose.begin(ctx, s)
	return b, err
}

// isRefusal tells one refusal from other errors.
func isRefusal(err error, key string) bool {
	var r *core.Refusal
	return errors.As(err, &r) && r.Key == key
}

// left reads the draft of the interview, nil if there is none.
func (p *interview) left(ctx context.Context, s *Shell) (*draft, error) {
	drafts, err := s.Drafts.Drafts(ctx, p.kind, "")
	if err != nil {
		return nil, err
	}
	for _, d := range drafts {
		var left draft
		if d.ID == p.draftID && json.Unmarshal(d.Bytes, &left) == nil {
			return &left, nil
		}
	}
	return nil, nil
}

// begun starts or continues the interview with what was read.
func (p *interview) begun(s *Shell, body *fyne.Container, b *beginning) {
	p.about, p.of, p.newer, p.pictures = b.about, b.of, b.newer, b.pictures
	p.title.SetText(joined(" · ", p.title.Text(), p.about.Title))
	if b.answers != nil {
		run, err := form.Upgrade(b.form, b.answers, s.formConfig(p.of, false))
		if err != nil {
			s.Fail(err)
			return
		}
		p.run, p.trail = run, b.trail
		p.follow(s, "form resume")
		run.SetLang(p.language(s)) // the draft may have been begun in another
		p.show(s, body)
		return
	}
	start := func(short bool) {
		config := s.formConfig(p.of, short)
		config.Last = b.last
		p.run = form.New(b.form, config)
		p.follow(s, "form start")
		p.about.Filled = p.purpose.fill(p.run, p.about)
		p.show(s, body)
	}
	if !p.modes {
		start(false)
		return
	}
	body.Objects = []fyne.CanvasObject{p.chooseMode(s, start)}
	body.Refresh()
}

// chooseMode asks whether the short or the full form is wanted.
func (p *interview) chooseMode(s *Shell, start func(short bool)) fyne.CanvasObject {
	mode := func(key string, short bool) fyne.CanvasObject {
		return widget.NewPanel(widget.Info, widget.NewColumn(widget.NewHeading(s.T(key)), widget.NewText(s.T(key+".explain"))),
			func() { start(short) })
	}
	return widget.NewForm(widget.NewHeading(p.about.Title), widget.NewText(s.T("interview.mode")),
		widget.NewGrid(300, 2, mode("interview.short", true), mode("interview.full", false)))
}

// formConfig is what an interview needs from outside the form.
func (s *Shell) formConfig(of core.FormVersion, short bool) form.Config {
	return form.Config{Now: s.Now, Lang: languageOf(s), ShortMode: short, Seed: s.Now().UnixNano(),
		Checks: survey.Checks(s.Regions, s.Reason),
		Data:   s.library().Data(s.ctx, of),
		Device: map[string]string{"deviceid": s.me.Device.String(), "username": s.me.Name}}
}

// keep saves the interview as it is.
func (p *interview) keep(s *Shell) {
	bytes, err := json.Marshal(draft{Form: p.form, Version: p.of.Version, Subject: p.about, Interview: p.run.Draft(), Trail: p.trail})
	if err != nil {
		s.Fail(fmt.Errorf("write draft: %w", err))
		return
	}
	p.drafts.keep(store.Draft{ID: p.draftID, Kind: p.kind, About: p.about.Home.ID.String(), Bytes: bytes})
}

// answer takes an answer, saves it and shows what follows from it.
func (p *interview) answer(s *Shell, path, text string) {
	_ = p.run.Set(path, text) // what can't be taken is shown at the question
	if !p.about.Filled {
		p.about.Filled = p.purpose.fill(p.run, p.about)
	}
	p.refresh(s)
	p.keep(s)
}

// next goes on to the next step, or says what is wrong in this one.
func (p *interview) next(s *Shell) {
	before := p.run.Step().Path
	moved, problems := p.run.Next()
	switch {
	case len(problems) > 0:
		p.tried[before] = true
		p.refresh(s)
		if field := p.fields[problems[0].Path]; field != nil {
			p.page.Reveal(field.object)
		}
		s.Say(widget.Trouble, s.T("interview.problems", "n", len(problems)))
	case moved:
		p.refresh(s)
		p.keep(s)
	default:
		p.finish(s)
	}
}

// finish ends the interview: whatever is wrong anywhere is shown first, and
// then what is only doubtful.
func (p *interview) finish(s *Shell) {
	if problems := p.run.Finish(); len(problems) > 0 {
		p.run.Jump(problems[0].Path)
		for _, step := range p.run.Steps() {
			p.tried[step.Path] = true
		}
		p.refresh(s)
		s.Say(widget.Trouble, s.T("interview.problems", "n", len(problems)))
		return
	}
	var doubts []string
	for _, finding := range p.run.Validate() {
		if finding.Soft {
			doubts = append(doubts, finding.Text)
		}
	}
	if len(doubts) > 0 {
		s.Ask(s.T("interview.doubts", "n", len(doubts))+"\n"+strings.Join(doubts, "\n"), s.T("interview.finish"), func() { p.save(s) })
		return
	}
	p.save(s)
}

// save writes what follows from the answers and drops the draft.
func (p *interview) save(s *Shell) {
	if p.saving {
		return
	}
	p.saving = true
	answers, left := p.run.Answers(), p.run.Left()
	find := p.purpose.edits(s, answers, p.about)
	log := p.endTrail(s)
	p.drafts.finish(func() {
		s.Run(func() func() {
			edits, err := find(s.ctx)
			if err == nil && log != nil {
				err = s.attachTrail(log, edits)
			}
			if err == nil {
				_, err = s.Book.Commit(s.ctx, edits)
			}
			if err == nil {
				err = errors.Join(s.Drafts.RemoveDraft(s.ctx, p.draftID), s.leave(s.ctx, p.form, left))
			}
			return func() { p.saved(s, answers, err) }
		})
	})
}

func (p *interview) saved(s *Shell, answers map[string]any, err error) {
	p.saving = false
	if err != nil {
		p.drafts.reopen()
		s.Fail(err)
		return
	}
	s.Say(widget.Good, s.T("word.saved"))
	p.purpose.after(s, answers, p.about)
}
