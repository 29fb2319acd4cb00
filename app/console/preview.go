package console

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"muqu/app/survey"
	"muqu/core"
	"muqu/core/form"
)

// A preview runs the interview as a tablet does and keeps nothing: how far it
// has come travels in the page itself, sealed, so that the server remembers no
// strangers' forms and the browser's way back works. It is bound to the person.

// maxPreview bounds what comes back with an answer; maxDraft the part of it
// that says how far the interview has come.
const (
	maxPreview = 4 << 20 // bytes
	maxDraft   = 2 << 20 // bytes
)

type previewPage struct {
	Frame
	Form    string // its address
	Version string
	State   string // sealed
	Short   bool
	Langs   []option
	Step    stepView
	Steps   []option
	At, Of  int
	Open    bool // answers that lack will bring further pages
	Tried   bool
	Note    string
	Done    *donePart // the end was reached
	Fresh   string    // address from which it begins anew
}

// Done160 is how wide the bar of progress is filled, of 160.
func (p *previewPage) Done160() int {
	if p.Open {
		return 160 * (p.At - 1) / max(1, p.Of)
	}
	return 160 * p.At / max(1, p.Of)
}

// donePart is what a finished interview comes to.
type donePart struct {
	Name     string
	Findings []findingRow
	Hard     bool
	Answers  []answerRow
}

type findingRow struct {
	Label, Text, Path string
	Soft              bool
}

type answerRow struct{ Label, Shown string }

// previewState is what is sealed into the page.
type previewState struct {
	Person  string
	Form    string
	Version string
	Draft   json.RawMessage
}

// preview is one interview being tried.
type preview struct {
	*visit
	version core.FormVersion
	run     *form.Interview
	short   bool
}

// beginPreview begins an interview.
func (v *visit) beginPreview() error {
	p, err := v.openPreview()
	if err != nil {
		return err
	}
	p.short = v.r.Form.Get("short") != ""
	f, err := v.library().Open(v.ctx, p.version)
	if err != nil {
		return err
	}
	p.run = form.New(f, p.config())
	return p.show(&previewPage{})
}

func (v *visit) openPreview() (*preview, error) {
	x, err := v.version()
	return &preview{visit: v, version: x}, err
}

// config is what a tablet would give the interview.
func (p *preview) config() form.Config {
	now := p.cfg.Now().In(beijing)
	return form.Config{
		Now: func() time.Time { return now }, Lang: strings.ToLower(string(p.words.Language())[:2]),
		Checks: survey.Checks(p.cfg.Regions(), func(err error) string { return p.sentence(refusalOf(err)) }), Data: p.library().Data(p.ctx, p.version),
		Device: map[string]string{"deviceid": "preview", "username": p.person.Name}, ShortMode: p.short, Seed: now.UnixNano(),
	}
}

// goOnPreview takes the answers of a step and does what was asked for.
func (v *visit) goOnPreview() error {
	p, err := v.openPreview()
	if err != nil {
		return err
	}
	f, err := v.library().Open(v.ctx, p.version)
	if err != nil {
		return err
	}
	var s previewState
	text := v.r.PostForm.Get("state")
	known := len(text) <= 2*maxDraft && json.Unmarshal([]byte(v.unseal(text)), &s) == nil
	if known && (s.Person != v.person.Name || s.Form != p.version.FormID || s.Version != p.version.Version) {
		known = false
	}
	if known {
		p.run, err = form.Restore(f, s.Draft, p.config())
	}
	if !known || err != nil {
		// The server was started anew, or the page is of another form.
		p.run = form.New(f, p.config())
		return p.show(&previewPage{Note: v.words.T("preview.anew")})
	}
	return p.act()
}

// act answers the questions of the page and does what its button says.
func (p *preview) act() error {
	page := &previewPage{}
	more := p.answerAll()
	in := p.r.PostForm
	switch {
	case in.Has("lang"):
		p.run.SetLang(in.Get("lang"))
	case in.Has("go"):
		p.run.Jump(in.Get("jump.to"))
	case in.Has("jump"):
		p.run.Jump(in.Get("jump"))
	case in.Has("add"):
		if path, err := p.run.AddRepeat(in.Get("add")); err == nil {
			p.run.Jump(path)
		} else {
			page.Note = p.problemText(err)
		}
	case in.Has("remove"):
		if err := p.run.RemoveRepeat(in.Get("remove")); err != nil {
			page.Note = p.problemText(err)
		}
	case in.Has("back"):
		p.run.Prev()
	case in.Has("next") && more:
		page.Note = p.words.T("preview.more")
	case in.Has("next"):
		moved, problems := p.run.Next()
		switch page.Tried = len(problems) > 0; {
		case page.Tried:
			page.Note = p.words.T("preview.problems", "n", len(problems))
		case !moved:
			page.Done = p.finish()
		}
	}
	return p.show(page)
}

func (p *preview) problemText(err error) string {
	if m, ok := err.(form.Message); ok {
		return p.message(m)
	}
	return p.words.T("refuse.internal")
}

// answerAll takes the answers of the step that the page showed, and reports
// whether they brought up further questions in it.
func (p *preview) answerAll() (more bool) {
	step := p.run.Step()
	shown := make(map[string]bool)
	for _, q := range step.Questions {
		shown[q.Path] = true
		if q.Type == "note" || q.ReadOnly {
			continue
		}
		if text := answerOf(&q, p.r.PostForm); text != q.Value || q.Typed != "" {
			_ = p.run.Set(q.Path, text) // what can't be taken is shown at the question
		}
	}
	after := p.run.Step()
	return after.Path == step.Path && slices.ContainsFunc(after.Questions, func(q form.Question) bool {
		return !shown[q.Path] && q.Type != "note" && !q.ReadOnly
	})
}

// finish lists what stands against sending the answers, and the answers.
func (p *preview) finish() *donePart {
	d := &donePart{}
	p.run.Finish()
	for _, x := range p.run.Validate() {
		d.Findings = append(d.Findings, findingRow{x.Label, x.Text, x.Path, x.Soft})
		d.Hard = d.Hard || !x.Soft
	}
	d.Name = p.run.Name()
	for _, s := range p.run.Steps() {
		for _, q := range s.Questions {
			shown := p.run.Display(q.Path)
			if kindOf(&q) == "file" && shown != "" {
				shown = "✓" // there is no file
			}
			if shown != "" && q.Type != "note" {
				d.Answers = append(d.Answers, answerRow{q.Label, maskWithin(shown)})
			}
		}
	}
	return d
}

// show writes the page of the step that the interview is at.
func (p *preview) show(page *previewPage) error {
	state, err := p.sealState()
	if err != nil {
		return err
	}
	page.Frame, page.State, page.Version, page.Short = p.frame("form.preview"), state, p.version.Version, p.short
	page.Here = p.r.URL.Path + "?" + url.Values{"version": {p.version.Version}}.Encode()
	page.Title = p.run.Form().Title
	page.Form, page.Fresh = formURL(p.version.FormID), page.Here
	for _, l := range p.run.Form().Langs {
		page.Langs = append(page.Langs, option{l, l, l == p.run.Lang()})
	}
	steps := p.run.Steps()
	page.At, page.Of = p.run.StepIndex()+1, len(steps)
	now := p.run.Step()
	for i := range steps {
		page.Steps = append(page.Steps, option{steps[i].Path, p.stepTitle(&steps[i]), steps[i].Path == now.Path})
	}
	page.Step = p.stepView(&now, page.Tried)
	page.Open = slices.ContainsFunc(now.Questions, func(q form.Question) bool { return q.Error != nil })
	p.render(http.StatusOK, "preview", page)
	return nil
}

func (p *preview) stepTitle(s *form.Step) string {
	title := s.Title()
	if title == "" {
		title = p.run.Form().Title
	}
	if s.Repeat != nil && s.Repeat.Index > 0 {
		title = p.words.T("preview.instance", "title", title, "n", s.Repeat.Index)
	}
	return title
}

// sealState writes how far the interview has come.
func (p *preview) sealState() (string, error) {
	b, err := json.Marshal(previewState{p.person.Name, p.version.FormID, p.version.Version, p.run.Draft()})
	if err != nil {
		return "", err
	}
	if len(b) > maxDraft {
		return "", core.Refuse(core.TooLarge, "", "refuse.preview.size")
	}
	return p.seal(string(b)), nil
}
