package screen

import (
	"strings"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/tablet/widget"
	"muqu/core"
)

// Households lists the households of the worker's regions and searches them as
// one types: by name, pinyin, number, phone or village.
type Households struct {
	browse
}

// Open implements [Screen].
func (p *Households) Open(s *Shell) View {
	add := fynewidget.NewButtonWithIcon(s.T("household.new"), fynetheme.ContentAddIcon(), func() {
		s.Go(&Editor{Kind: "household", Done: func(s *Shell, ref core.Ref) { s.Replace(&Household{Ref: ref}) }})
	})
	add.Importance = fynewidget.HighImportance
	return View{Title: s.T("kinds.household"), Tab: TabHouseholds, Actions: []fyne.CanvasObject{add},
		Body: p.body(s, browsing{
			query: core.Query{Kind: "household"},
			line:  s.householdLine,
			open:  func(r core.Record) { s.Go(&Household{Ref: r.Ref}) },
			hint:  s.T("household.search"),
			none:  s.T("household.none"),
		})}
}

// householdLine says of a household what tells it from others: names repeat.
func (s *Shell) householdLine(r *core.Record) widget.Line {
	mark, tone := s.State(r)
	aside := ""
	if monitored := r.Text("monitor_type"); monitored != "" && monitored != "none" {
		aside = s.Value("household", "monitor_type", r.Field("monitor_type"))
	}
	return widget.Line{
		Title: s.title(r),
		Note:  joined(" · ", s.Place(r.Region), r.Text("group_name"), r.Text("phone")),
		Mark:  mark, Tone: tone, Aside: aside,
	}
}

// title returns the name of a record, or says that it has none. Where a name
// has codes in it, their labels stand for them.
func (s *Shell) title(r *core.Record) string {
	title := r.Title()
	switch r.Kind {
	case "visit":
		title = s.visitLine(r, "").Title
	case "session":
		title = s.sessionLine(r).Title
	}
	if title == "" {
		return s.T("record.unnamed")
	}
	return title
}

// joined joins the texts that are not empty.
func joined(between string, texts ...string) string {
	var full []string
	for _, text := range texts {
		if text != "" {
			full = append(full, text)
		}
	}
	return strings.Join(full, between)
}
