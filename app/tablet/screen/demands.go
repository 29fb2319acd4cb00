package screen

import (
	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/core"
)

// Demands lists what households and villages ask for.
type Demands struct {
	browse
}

// Open implements [Screen].
func (p *Demands) Open(s *Shell) View {
	add := fynewidget.NewButtonWithIcon(s.T("demand.new"), fynetheme.ContentAddIcon(), func() { s.Go(&NewDemand{}) })
	add.Importance = fynewidget.HighImportance
	offers := fynewidget.NewButtonWithIcon(s.T("kinds.offer"), fynetheme.ListIcon(), func() { s.Go(&Offers{}) })
	return View{Title: s.T("kinds.demand"), Tab: TabDemands, Actions: []fyne.CanvasObject{offers, add},
		Body: p.body(s, browsing{
			query: core.Query{Kind: "demand"},
			line:  s.demandLine,
			open:  func(r core.Record) { s.Go(&Record{Ref: r.Ref}) },
			hint:  s.T("demand.search"),
			none:  s.T("demand.none"),
		})}
}
