package screen

import (
	"muqu/app/tablet/widget"
	"muqu/core"
)

// Offers lists what organizations have to give where the worker works, for a
// household to choose from in the tent.
type Offers struct {
	browse
}

// Open implements [Screen].
func (p *Offers) Open(s *Shell) View {
	return View{Title: s.T("kinds.offer"), Tab: TabDemands,
		Body: p.body(s, browsing{
			query: core.Query{Kind: "offer", Where: map[string]string{"state": "published"}},
			line:  s.offerLine,
			open:  func(r core.Record) { s.Go(&Record{Ref: r.Ref}) },
			hint:  s.T("offer.search"),
			none:  s.T("offer.none"),
		})}
}

func (s *Shell) offerLine(r *core.Record) widget.Line {
	mark, tone := s.State(r)
	if to := r.Text("to"); to != "" && to < s.today() {
		mark, tone = s.T("offer.over"), widget.Attention
	}
	return widget.Line{Title: s.title(r), Mark: mark, Tone: tone,
		Note:  joined(" · ", r.Text("provider"), s.Value("offer", "cat", r.Field("cat")), s.price(r)),
		Aside: s.until(r.Text("to"))}
}

// price says what an offer costs, if that is known.
func (s *Shell) price(r *core.Record) string {
	amount := s.Value("offer", "price", r.Field("price"))
	switch {
	case core.Yes(r.Field("free")):
		return s.T("offer.free")
	case amount == "":
		return ""
	}
	return joined("/", s.T("offer.price", "amount", amount), r.Text("unit"))
}

// until says by when something is to be had.
func (s *Shell) until(day string) string {
	if day == "" {
		return ""
	}
	return s.T("offer.until", "day", day)
}
