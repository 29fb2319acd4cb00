package screen

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/tablet/widget"
	"muqu/core/form"
)

// show puts the interview into the screen: where it stands, the questions, and
// the way back and on.
func (p *interview) show(s *Shell, body *fyne.Container) {
	if p.tried == nil {
		p.tried = make(map[string]bool)
	}
	back := fynewidget.NewButtonWithIcon(s.T("interview.back"), fynetheme.NavigateBackIcon(), func() {
		p.run.Prev()
		p.keep(s)
		p.refresh(s)
	})
	p.onward = fynewidget.NewButtonWithIcon("", fynetheme.NavigateNextIcon(), func() { p.next(s) })
	p.onward.Importance, p.onward.IconPlacement = fynewidget.HighImportance, fynewidget.ButtonIconTrailingText
	below := container.New(inset{14, 6}, container.NewGridWithColumns(2, back, p.onward))
	body.Objects = []fyne.CanvasObject{container.NewBorder(p.head, below, nil, nil, p.page)}
	p.refresh(s)
	body.Refresh()
}

// refresh shows the present step. What stays of it keeps its widgets, so that
// typing goes on where it was while questions appear around it.
func (p *interview) refresh(s *Shell) {
	step := p.run.Step()
	if step.Path != p.step {
		p.fields, p.step = make(map[string]*questionField), step.Path
		defer p.page.ScrollTo(0)
	}
	steps := p.run.Steps()
	at := p.run.StepIndex()
	onward := s.T("interview.next")
	if at+1 == len(steps) && wrong(&step) == 0 { // an answer that lacks may lead to more steps
		onward = s.T("interview.finish")
	}
	p.onward.SetText(onward)
	count := widget.NewChip(fmt.Sprintf("%d / %d", at+1, len(steps)), widget.Info)
	p.head.Objects = []fyne.CanvasObject{container.New(inset{14, 2}, widget.NewColumn(
		widget.NewBeside(p.heading(s, &step), count), widget.NewBar(float32(at+1)/float32(max(1, len(steps))))))}
	p.head.Refresh()
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
	for i, instance := range step.Repeat.Instances {
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
				p.keep(s)
				p.refresh(s)
			})
		})
		if !step.Repeat.CanRemove {
			remove.Hide()
		}
		objects = append(objects, widget.NewBeside(row, remove))
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
	p.keep(s)
	p.refresh(s)
}

// steps lists all steps to go to one of them.
func (p *interview) steps(s *Shell) {
	if p.run == nil {
		return
	}
	var options []widget.Option
	for i, step := range p.run.Steps() {
		label := joined(" · ", fmt.Sprint(i+1), step.Title())
		if step.Repeat != nil && step.Repeat.Index > 0 {
			label = s.T("interview.instance", "title", label, "n", step.Repeat.Index)
		}
		if wrong(&step) > 0 {
			label = s.T("interview.step.open", "step", label)
		}
		options = append(options, widget.Option{Value: step.Path, Label: label})
	}
	widget.Pick(s.Window.Canvas(), s.T("interview.steps"), s.Words(), s.Run, widget.FindIn(options), func(o widget.Option) { p.jump(s, o.Value) })
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
