package screen

import (
	"context"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/tablet/widget"
	"muqu/core"
)

// Doubles lists pairs that may be one household or person registered twice,
// and what was merged, so that it can be undone.
type Doubles struct{}

type suspicions struct {
	pairs  []core.Pair
	merged []core.Record
}

// enoughPairs is how many pairs of a kind a list shows; whoever has settled those sees
// the next ones.
const enoughPairs = 100

// Open implements [Screen].
func (p *Doubles) Open(s *Shell) View {
	form := widget.NewForm(widget.NewNote(s.T("word.loading"))).Wide()
	Load(s, func(ctx context.Context) (suspicions, error) { return readSuspicions(ctx, s.Book) }, func(found suspicions) {
		form.SetObjects(p.objects(s, found)...)
	})
	return View{Title: s.T("double.title"), Tab: TabHome, Body: form}
}

func readSuspicions(ctx context.Context, book core.Finder) (suspicions, error) {
	var out suspicions
	for _, kind := range core.Kinds() {
		if !kind.Mergeable() {
			continue
		}
		pairs, err := core.FirstSuspects(ctx, book, kind.Name, enoughPairs)
		if err != nil {
			return out, err
		}
		out.pairs = append(out.pairs, pairs...)
		some, err := book.List(ctx, core.Query{Kind: kind.Name, Merged: true, Limit: enoughPairs})
		if err != nil {
			return out, err
		}
		out.merged = append(out.merged, some...)
	}
	return out, nil
}

func (p *Doubles) objects(s *Shell, found suspicions) []fyne.CanvasObject {
	objects := []fyne.CanvasObject{widget.NewText(s.T("double.explain")), widget.NewHeading(s.T("double.count", "n", len(found.pairs)))}
	if len(found.pairs) == 0 {
		objects = append(objects, widget.NewText(s.T("double.none")))
	}
	for _, pair := range found.pairs {
		line := widget.Line{Title: joined(" — ", s.title(&pair.A), s.title(&pair.B)),
			Note: joined(" · ", s.Text().Kind(pair.A.Kind), s.Place(pair.A.Region), s.reasons(pair.Alike)),
			Mark: s.degree(pair.Alike), Tone: degreeTone(pair.Alike)}
		objects = append(objects, widget.NewRowButton(line, func() {
			s.Go(&Double{Kind: pair.A.Kind, Stays: pair.A.Ref, Gives: pair.B.Ref})
		}))
	}
	if len(found.merged) == 0 {
		return objects
	}
	objects = append(objects, fynewidget.NewSeparator(), widget.NewHeading(s.T("double.merged")))
	for _, r := range found.merged {
		line := widget.Line{Title: s.title(&r), Note: joined(" · ", s.Text().Kind(r.Kind), s.Place(r.Region), r.Text("phone"))}
		objects = append(objects, widget.NewRowButton(line, func() { s.Go(&Record{Ref: r.Ref}) }))
	}
	return objects
}

func (s *Shell) degree(a core.Alike) string {
	if a.Degree() == "" {
		return ""
	}
	return s.T("double.degree." + a.Degree())
}

func degreeTone(a core.Alike) widget.Tone {
	if a.Degree() == "sure" {
		return widget.Trouble
	}
	return widget.Attention
}

func (s *Shell) reasons(a core.Alike) string {
	all := ""
	for _, reason := range a.Reasons {
		text := s.T("double.reason." + reason)
		if all != "" {
			text = s.T("value.and", "a", all, "b", text)
		}
		all = text
	}
	return all
}

// Double shows two records side by side, to be merged or told apart.
type Double struct {
	Kind         string
	Stays, Gives core.Ref
	take         []string // registers that the one that stays takes over
}

// Open implements [Screen].
func (p *Double) Open(s *Shell) View {
	form := widget.NewForm(widget.NewNote(s.T("word.loading"))).Wide()
	Load(s, func(ctx context.Context) (core.Pair, error) {
		return core.FindPair(ctx, s.Book, p.Kind, p.Stays.ID, p.Gives.ID)
	}, func(pair core.Pair) { form.SetObjects(p.objects(s, pair)...) })
	return View{Title: s.T("double.pair"), Tab: TabHome, Body: form}
}

func (p *Double) objects(s *Shell, pair core.Pair) []fyne.CanvasObject {
	stays, gives := &pair.A, &pair.B
	objects := []fyne.CanvasObject{widget.NewText(joined(" · ", s.degree(pair.Alike), s.reasons(pair.Alike))),
		widget.NewGrid(320, 2, p.side(s, stays, "double.stays", widget.Good), p.side(s, gives, "double.gives", widget.Plain))}
	if stays.GaveWay() || gives.GaveWay() {
		return append(objects, widget.NewText(s.T("double.merged")))
	}
	objects = append(objects, p.choices(s, gives, stays)...)
	merge := fynewidget.NewButtonWithIcon(s.T("double.merge"), fynetheme.ConfirmIcon(), func() { p.merge(s, pair) })
	merge.Importance = fynewidget.HighImportance
	different := fynewidget.NewButtonWithIcon(s.T("double.different"), fynetheme.CancelIcon(), func() { p.tellApart(s, pair) })
	swap := fynewidget.NewButtonWithIcon(s.T("double.swap"), fynetheme.ViewRefreshIcon(), func() {
		p.Stays, p.Gives, p.take = p.Gives, p.Stays, nil
		s.Reopen()
	})
	return append(objects, widget.NewGrid(220, 3, merge, swap, different))
}

// side tells what is known of one of the two.
func (p *Double) side(s *Shell, r *core.Record, key string, tone widget.Tone) fyne.CanvasObject {
	var names []string
	for _, f := range core.KindOf(r.Kind).Fields {
		if r.Text(f.Name) != "" && f.Type != core.Reference && f.Type != core.References && f.Group == "" {
			names = append(names, f.Name)
		}
	}
	return widget.NewPanel(widget.Plain, widget.NewColumn(widget.NewChip(s.T(key), tone), widget.NewHeading(s.title(r)), s.facts(r, names...)), nil)
}

// choices lets single values of the one that gives way be taken over.
func (p *Double) choices(s *Shell, gives, stays *core.Record) []fyne.CanvasObject {
	var options []widget.Option
	for _, d := range core.Differences(gives, stays) {
		if d.Open || core.KindOf(gives.Kind).Field(d.Register).To != "" {
			continue
		}
		label := s.register(gives.Kind, d.Register) + " " + s.masked(gives.Kind, d.Register, s.registerValue(gives.Kind, d.Register, d.Gives))
		options = append(options, widget.Option{Value: d.Register, Label: label})
	}
	if len(options) == 0 {
		return nil
	}
	return []fyne.CanvasObject{widget.NewField(s.T("double.take"), s.T("double.choose"),
		widget.NewChoices(options, p.take, func(chosen []string) { p.take = chosen }))}
}

// masked hides the middle of a number.
func (s *Shell) masked(kind, field, text string) string {
	if core.KindOf(kind).Field(field).Sensitive == core.Number {
		return core.MaskNumber(text)
	}
	return text
}

func (p *Double) merge(s *Shell, pair core.Pair) {
	edits, err := core.Merge(pair.B, pair.A, p.take)
	if err != nil {
		s.Fail(err)
		return
	}
	p.settle(s, edits, "double.merged")
}

func (p *Double) tellApart(s *Shell, pair core.Pair) {
	p.settle(s, []core.Edit{core.Differ(pair.B, pair.A.ID)}, "double.told")
}

func (p *Double) settle(s *Shell, edits []core.Edit, say string) {
	Do(s, func(ctx context.Context) error {
		_, err := s.Book.Commit(ctx, edits)
		return err
	}, func() {
		s.Say(widget.Good, s.T(say))
		s.Back()
	})
}

// mergeNotice says on a record's page which record stands for it, or which
// ones it stands for. Each merge can be undone there.
func (s *Shell) mergeNotice(r *core.Record, stays string, merged []core.Record) []fyne.CanvasObject {
	if r.GaveWay() {
		return []fyne.CanvasObject{widget.NewPanel(widget.Attention, widget.NewColumn(
			widget.NewText(s.T("double.gone", "name", stays)),
			widget.NewGrid(220, 2,
				fynewidget.NewButtonWithIcon(s.T("double.open"), fynetheme.NavigateNextIcon(), func() { s.Replace(pageOf(core.Ref{Kind: r.Kind, ID: r.Stays})) }),
				s.undoButton(r))), nil)}
	}
	if len(merged) == 0 {
		return nil
	}
	column := widget.NewColumn(widget.NewText(s.T("double.here")))
	for _, m := range merged {
		column.Add(widget.NewBeside(widget.NewText(joined(" · ", s.title(&m), s.Place(m.Region), m.Text("phone"))), s.undoButton(&m)))
	}
	return []fyne.CanvasObject{widget.NewPanel(widget.Attention, column, nil)}
}

func (s *Shell) undoButton(r *core.Record) fyne.CanvasObject {
	gone := *r
	return fynewidget.NewButtonWithIcon(s.T("double.undo"), fynetheme.ContentUndoIcon(), func() {
		Do(s, func(ctx context.Context) error {
			edit, err := core.Unmerge(gone)
			if err == nil {
				_, err = s.Book.Commit(ctx, []core.Edit{edit})
			}
			return err
		}, func() {
			s.Say(widget.Good, s.T("double.undone"))
			s.Reopen()
		})
	})
}

// readMerges reads what stands for a record, and what it stands for.
func readMerges(ctx context.Context, s *Shell, r *core.Record) (stays string, merged []core.Record, err error) {
	if !r.GaveWay() {
		merged, err = core.MergedIn(ctx, s.Book, r.Ref)
		return "", merged, err
	}
	other, err := read(ctx, s.Book, core.Ref{Kind: r.Kind, ID: r.Stays})
	return s.title(&other), nil, err
}

// pageOf returns the page of a record.
func pageOf(ref core.Ref) Screen {
	if ref.Kind == "household" {
		return &Household{Ref: ref}
	}
	return &Record{Ref: ref}
}
