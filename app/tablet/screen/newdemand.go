package screen

import (
	"context"

	"muqu/core"
	"muqu/core/form"
)

// NewDemand takes down what a household or a village asks for: the form
// demand.
type NewDemand struct {
	interview
	Household core.Ref // who asks; zero = not one household
	Visit     core.Ref // where it was said; zero = not at a visit
	Detail    string   // what was said there
}

// Open implements [Screen].
func (p *NewDemand) Open(s *Shell) View {
	p.interview.form, p.kind, p.tab = "demand", "demand", TabDemands
	p.draftID, p.purpose = "demand/"+p.Household.ID.String(), p
	return p.open(s, s.T("demand.new"))
}

// begin reads the household.
func (p *NewDemand) begin(ctx context.Context, s *Shell) (subject, error) {
	about := subject{Record: core.Ref{Kind: "demand", ID: s.Book.NewID()}}
	if p.Household.Kind == "" {
		return about, nil
	}
	home, err := read(ctx, s.Book, p.Household)
	about.Home, about.Title = home, home.Title()
	return about, err
}

// fill enters where the demand comes from.
func (p *NewDemand) fill(v *form.Interview, about subject) bool {
	answers := map[string]string{"region_code": about.Home.Region, "detail": p.Detail}
	if about.Home.Kind != "" {
		answers["scope"], answers["households"], answers["n_hh"] = "hh", about.Home.ID.String(), "1"
	}
	if p.Visit.Kind != "" {
		answers["source"], answers["visit_uuid"] = "visit", p.Visit.ID.String()
	}
	for name, answer := range answers {
		if item := v.Form().Item(name); item != nil && answer != "" {
			_ = v.Fill(item.Path(), answer) // what the form does not take is asked
		}
	}
	return true
}

// edits returns the demand, submitted to the township.
func (p *NewDemand) edits(_ *Shell, answers map[string]any, about subject) func(context.Context) ([]core.Edit, error) {
	return func(context.Context) ([]core.Edit, error) {
		edit, err := core.RaiseDemand(about.Record, about.Home, answers)
		return []core.Edit{edit}, err
	}
}

// after goes back to where the demand was begun.
func (p *NewDemand) after(s *Shell, _ map[string]any, about subject) {
	s.Replace(&Record{Ref: about.Record})
}
