package screen

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/survey"
	"muqu/app/tablet/widget"
	"muqu/core/form"
)

// show puts the interview into the screen: where it stands, the questions, and
// the way back and on.
func (p *interview) show(s *Shell, body *fyne.Container) {
	if p.tried == nil {
		p.tried = make(map[string]bool)
	}
	p.list.Enable()
	p.back = fynewidget.NewButtonWithIcon(s.T("interview.back"), fynetheme.NavigateBackIcon(), func() {
		p.signed(s, func() {
			p.run.Prev()
			p.refresh(s)
			p.keep(s)
		})
	})
	p.onward = fynewidget.NewButtonWithIcon("", fynetheme.NavigateNextIcon(), func() { p.signed(s, func() { p.next(s) }) })
	p.onward.Importance, p.onward.IconPlacement = fynewidget.HighImportance, fynewidget.ButtonIconTrailingText
	below := container.New(inset{14, 6}, container.NewGridWithColumns(2, p.back, p.onward))
	body.Objects = []fyne.CanvasObject{container.NewBorder(p.head, below, nil, nil, p.page)}
	p.refresh(s)
	body.Refresh()
}

// refresh shows the present step. What stays of it keeps its widgets, so that
// typing goes on where it was while questions appear around it.
func (p *interview) refresh(s *Shell) {
	step := p.run.Step()
	if step.Path != p.step {
		p.fields, p.pads, p.step = make(map[string]*questionField), make(map[string]*widget.Signature), step.Path
		defer p.page.ScrollTo(0)
		if p.trail != nil {
			p.trail.enter(p.run, &step, s.Now().UnixMilli())
		}
	}
	p.lead(s, &step)
	if step.IsList {
		p.page.SetObjects(p.instances(s, &step)...)
		return
	}
	var objects []fyne.CanvasObject
	for _, q := range step.Questions {
		objects = append(objects, p.field(s, &step, q))
	}
	p.page.Replace(objects...)
}

// lead shows how far the interview is and what the buttons lead to.
func (p *interview) lead(s *Shell, step *form.Step) {
	at, most := p.run.StepIndex(), len(p.run.Steps())
	count, done := fmt.Sprintf("%d / %d", at+1, most), float32(at+1)/float32(max(1, most))
	onward, icon := s.T("interview.next"), fynetheme.NavigateNextIcon()
	switch open := wrong(step) > 0; {
	case most == 1 && open: // with the answers that lack, more steps will come
		count, done = "1 / …", 0
	case at+1 == most && !open:
		onward, icon = s.T("interview.finish"), fynetheme.ConfirmIcon()
	}
	p.onward.SetText(onward)
	p.onward.SetIcon(icon)
	if at > 0 {
		p.back.Enable()
	} else {
		p.back.Disable()
	}
	aside := fyne.CanvasObject(widget.NewChip(count, widget.Info))
	if len(p.run.Form().Langs) > 1 && p.of.State != survey.Shipped {
		// The shipped forms speak the languages of the app.
		words := fynewidget.NewButton(p.run.Lang(), func() { p.chooseLanguage(s) })
		aside = container.NewHBox(words, aside)
	}
	column := widget.NewColumn(widget.NewBeside(p.heading(s, step), aside), widget.NewBar(done))
	if p.newer {
		column.Add(p.offerNewer(s))
	}
	p.head.Objects = []fyne.CanvasObject{container.New(inset{14, 2}, column)}
	p.head.Refresh()
}

func (p *interview) heading(s *Shell, step *form.Step) fyne.CanvasObject {
	title := step.Title()
	if title == "" {
		title = p.run.Form().Title
	}
	if step.Repeat != nil && step.Repeat.Index > 0 {
		title = s.T("interview.instance", "title", title, "n", step.Repeat.Index)
	}
	return widget.NewTitle(title)
}

// instances lists what was entered in a repeated group, such as the members of
// a household.
func (p *interview) instances(s *Shell, step *form.Step) []fyne.CanvasObject {
	var objects []fyne.CanvasObject
	blank := false
	for i, instance := range step.Repeat.Instances {
		blank = blank || instance.Summary == ""
		line := widget.Line{Title: joined(" · ", fmt.Sprint(i+1), instance.Summary)}
		if instance.Errors > 0 {
			line.Mark, line.Tone = s.T("interview.incomplete"), widget.Attention
		}
		row := widget.NewRowButton(line, func() { p.jump(s, instance.Path) })
		remove := fynewidget.NewButtonWithIcon("", fynetheme.DeleteIcon(), func() {
			s.Ask(s.T("interview.remove.sure", "what", line.Title), s.T("interview.remove"), func() {
				if err := p.run.RemoveRepeat(instance.Path); err != nil {
					s.Fail(err)
				}
				p.refresh(s)
				p.keep(s)
			})
		})
		if !step.Repeat.CanRemove {
			remove.Hide()
		}
		up := fynewidget.NewButtonWithIcon("", fynetheme.MoveUpIcon(), func() {
			if err := p.run.MoveRepeat(instance.Path, i); err != nil {
				s.Fail(err)
			}
			p.refresh(s)
			p.keep(s)
		})
		if i == 0 || !step.Repeat.CanRemove {
			up.Hide()
		}
		objects = append(objects, widget.NewBeside(row, container.NewHBox(up, remove)))
	}
	if blank && step.Repeat.CanRemove {
		objects = append(objects, widget.NewNote(s.T("interview.none")))
	}
	if step.Repeat.CanAdd {
		add := fynewidget.NewButtonWithIcon(s.T("interview.add", "what", unnumbered(step.Repeat.Label)), fynetheme.ContentAddIcon(), func() {
			path, err := p.run.AddRepeat(step.Repeat.Path)
			if err != nil {
				s.Fail(err)
				return
			}
			p.jump(s, path)
		})
		objects = append(objects, add)
	}
	return objects
}

func (p *interview) jump(s *Shell, path string) {
	p.run.Jump(path)
	p.refresh(s)
	p.keep(s)
}

// steps lists all steps to go to one of them.
func (p *interview) steps(s *Shell) {
	var options []widget.Option
	for _, step := range p.run.Steps() {
		label := step.Title() // the titles are numbered in the form
		if label == "" && len(step.Questions) > 0 {
			label = step.Questions[0].Label // it stands in no group
		}
		if step.Repeat != nil && step.Repeat.Index > 0 {
			label = joined(" · ", s.T("interview.instance", "title", label, "n", step.Repeat.Index), summary(step.Repeat))
		}
		if wrong(&step) > 0 {
			label = s.T("interview.step.open", "step", label)
		}
		options = append(options, widget.Option{Value: step.Path, Label: label})
	}
	widget.Pick(s.Window.Canvas(), s.T("interview.steps"), s.Words(), s.Run, widget.FindIn(options), func(o widget.Option) { p.jump(s, o.Value) })
}

// summary returns what tells the instance of a step from the others, such as
// the name of a member.
func summary(repeat *form.RepeatView) string {
	if at := repeat.Index - 1; at < len(repeat.Instances) {
		return repeat.Instances[at].Summary
	}
	return ""
}

// wrong counts the questions of a step that lack an answer or have a wrong one.
func wrong(step *form.Step) int {
	n := 0
	for i := range step.Questions {
		if step.Questions[i].Error != nil {
			n++
		}
	}
	return n
}

// unnumbered returns a title without the number that begins it, such as the 三
// of 三、家庭成员 or the C of C. Members.
func unnumbered(title string) string {
	for _, mark := range []string{"、", ". "} {
		if number, rest, found := strings.Cut(title, mark); found && len([]rune(number)) <= 3 {
			return rest
		}
	}
	return title
}
