package screen

import (
	"context"

	"muqu/core"
	"muqu/core/form"
)

// Visit is the interview at a household: the form household_visit, short or
// in full.
type Visit struct {
	interview
	Household core.Ref
}

// Open implements [Screen].
func (p *Visit) Open(s *Shell) View {
	p.interview.form, p.kind, p.tab, p.modes = "household_visit", "visit", TabHouseholds, true
	p.draftID, p.purpose = "visit/"+p.Household.ID.String(), p
	return p.open(s, s.T("visit.title"))
}

// begin reads the household and its people.
func (p *Visit) begin(ctx context.Context, s *Shell) (subject, error) {
	f, err := readFamily(ctx, s.Book, p.Household)
	return subject{Record: core.Ref{Kind: "visit", ID: s.Book.NewID()}, Home: f.home, Members: f.members, Title: f.home.Title()}, err
}

// fill enters what is known of the household, so that the worker asks for
// changes instead of writing everything down again. People can be entered only
// when the form has come to asking for them, which takes consent.
func (p *Visit) fill(v *form.Interview, about subject) bool {
	for _, item := range v.Form().Items() {
		if item.IsSection() || insideRepeat(item) || v.Value(item.Path()) != "" {
			continue
		}
		if answer := core.KnownOfHousehold(&about.Home, item.Name); answer != "" {
			_ = v.Fill(item.Path(), answer) // what the form does not take is asked
		}
	}
	members := v.Form().Item("members")
	if members == nil || len(about.Members) == 0 {
		return true
	}
	roster := rosterOf(v, members)
	if roster == nil {
		return false
	}
	for i := range about.Members {
		fillMember(v, roster, members, &about.Members[i], i)
	}
	return true
}

// after goes on to the demand that the household wants, or back to its page.
func (p *Visit) after(s *Shell, answers map[string]any, about subject) {
	if answers["make_demand"] == "yes" {
		s.Replace(&NewDemand{Household: p.Household, Visit: about.Record, Detail: core.Answers(answers).Text("need_note")})
		return
	}
	s.Back()
}

// edits returns what follows from the visit.
func (p *Visit) edits(s *Shell, answers map[string]any, about subject) func(context.Context) ([]core.Edit, error) {
	outcome := core.VisitOutcome{Visit: about.Record, Home: about.Home, Members: about.Members, Form: "household_visit",
		Day: s.today(), Answers: answers, Title: s.T("visit.lead", "name", about.Home.Title()), NewID: s.Book.NewID}
	open := core.Query{Kind: "assignment", Where: map[string]string{"household": p.Household.ID.String(), "state": "open"}}
	return func(ctx context.Context) ([]core.Edit, error) {
		var err error
		if outcome.Tasks, err = s.Book.List(ctx, open); err != nil {
			return nil, err
		}
		return core.FinishVisit(outcome)
	}
}
