package main

import (
	"context"
	"flag"
	"fmt"
	"time"

	"muqu/app/command"
	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
)

// seed fills a server with the sample county, for those who want to look
// around. Done once, it leaves everything alone.
func seed(f *flag.FlagSet) func(context.Context, *command.Call) error {
	data := dataFlag(f)
	return func(ctx context.Context, c *command.Call) error {
		return within(ctx, *data, nil, func(s *centre) error {
			n, err := s.Count(ctx, core.Query{Kind: "household"})
			if err != nil || n > 0 {
				return err
			}
			return s.seed(ctx, c)
		})
	}
}

// samplePassword opens the sample accounts. They exist only where somebody
// asked for the sample county.
const samplePassword = "muqu-demo-2026"

func (s *centre) seed(ctx context.Context, c *command.Call) error {
	for _, u := range []store.User{
		{Name: "county", Role: core.County, Scope: core.Scope{sampleCounty}},
		{Name: "town", Role: core.Supervisor, Scope: core.Scope{sampleCounty + "100"}},
		{Name: "province", Role: core.Province, Scope: core.Scope{"63"}},
	} {
		if err := s.AddUser(ctx, u, samplePassword); err != nil {
			return err
		}
		fmt.Fprintf(c.Err, "console login: %s / %s (%s)\n", u.Name, samplePassword, u.Role)
	}
	desk := s.As(core.Person{Name: "county", Role: core.County, Scope: core.Scope{sampleCounty}})
	villages := sampleVillages(s.Regions())
	var edits, homes []core.Edit
	for n := range 240 {
		home := sampleHousehold(n, villages, s.NewID())
		homes = append(homes, home)
		edits = append(edits, home)
		edits = append(edits, s.seedHome(n, &home)...)
	}
	edits = append(edits, s.seedClass(villages[0].Code)...)
	if _, err := desk.Commit(ctx, edits); err != nil {
		return err
	}
	return s.seedForm(ctx, homes)
}

// seedHome gives some households members, a visit, a demand, a lead, a task.
func (s *centre) seedHome(n int, home *core.Edit) []core.Edit {
	today := time.Now()
	at := func(kind string, set map[string]change.Value) core.Edit {
		set["household"] = change.Text(home.ID.String())
		return core.Edit{Ref: core.Ref{Kind: kind, ID: s.NewID()}, Region: home.Region, Set: set}
	}
	out := []core.Edit{
		at("person", map[string]change.Value{"name": home.Set["head_name"], "id_no": home.Set["head_id"], "relation": change.Text("head"), "sex": change.Text("1")}),
		at("person", map[string]change.Value{"name": change.Text(given[(n+9)%len(given)] + given[(n+2)%len(given)]), "relation": change.Text("spouse"), "sex": change.Text("2")}),
	}
	if n%3 == 0 {
		out = append(out, at("visit", map[string]change.Value{"form_id": change.Text("hh_visit"), "visit_date": change.Text(today.AddDate(0, 0, -n%40).Format(time.DateOnly)), "visit_type": change.Text("follow_up"), "outcome": change.Text("done"), "head_name": home.Set["head_name"]}))
	}
	if n%8 == 0 {
		out = append(out, at("demand", map[string]change.Value{"title": change.Text([]string{"冬季饲草补充", "暖棚维修", "摩托车修理培训"}[n/8%3]), "cat": change.Text([]string{"industry", "industry", "job"}[n/8%3]), "state": change.Text("submitted"), "urg": change.Text([]string{"normal", "soon", "urgent"}[n/8%3]), "n_hh": change.Int(1), "budget": change.Int(int64(500 + 50*n))}))
	}
	if n%20 == 0 {
		out = append(out, at("lead", map[string]change.Value{"title": change.Text("医疗自付支出较大"), "risk": change.ListOf([]change.Value{change.Text("illness")}), "state": change.Text("lead"), "found": change.Text(today.AddDate(0, 0, -3).Format(time.DateOnly))}))
	}
	if n%10 == 1 {
		out = append(out, at("assignment", map[string]change.Value{"task": change.Text("月度走访"), "worker": change.Text("卓玛"), "state": change.Text("open"), "due": change.Text(today.AddDate(0, 0, n%5).Format(time.DateOnly))}))
	}
	return out
}

func (s *centre) seedClass(village string) []core.Edit {
	class, session := s.NewID(), s.NewID()
	out := []core.Edit{
		{Ref: core.Ref{Kind: "class", ID: class}, Region: village, Set: map[string]change.Value{
			"class_no": change.Text("2026-07"), "class_name": change.Text("唐卡绘画班"), "kind": change.Text("skill"), "trade": change.Text("craft"), "org_uscc": change.Text("52632323MJ1234561L"),
			"org_name": change.Text("泽库县手工艺协会"), "d_from": change.Text("2026-11-01"), "d_to": change.Text("2026-12-20"), "hours_plan": change.Int(80), "min_rate": change.Int(80), "venue": change.Text("村委会会议室")}},
		{Ref: core.Ref{Kind: "session", ID: session}, Region: village, Set: map[string]change.Value{
			"class": change.Text(class.String()), "s_date": change.Text(time.Now().Format(time.DateOnly)), "s_half": change.Text("am"), "s_topic": change.Text("起稿与比例"), "trainer": change.Text("更登"), "s_hours": change.Int(4)}},
	}
	for i := range 16 {
		person := s.NewID()
		name := change.Text(given[i%len(given)] + given[(i+7)%len(given)])
		out = append(out,
			core.Edit{Ref: core.Ref{Kind: "person", ID: person}, Region: village, Set: map[string]change.Value{"name": name}},
			core.Edit{Ref: core.Ref{Kind: "enrollment", ID: core.Derive("enrollment", class.String(), person.String())}, Region: village, Set: map[string]change.Value{
				"class": change.Text(class.String()), "person": change.Text(person.String()), "t_name": name}})
	}
	return out
}
