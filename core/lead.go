package core

import "muqu/core/change"

// lead is a hint that a household may fall back into poverty. Muqu suggests
// and follows up; only the county decides who is monitored.
var lead = Kind{
	Name:   "lead",
	Title:  []string{"title"},
	Parent: "household",
	Fields: []Field{
		{Name: "household", Type: Reference, To: "household", Rule: change.Review, Index: true, Column: true},
		{Name: "visit", Type: Reference, To: "visit", Rule: change.Review, Index: true},
		{Name: "title", Search: ByName, Column: true},
		{Name: "source", Type: Choice, List: "lead_source", Rule: change.Review},
		{Name: "risk", Type: Choices, List: "risk", Column: true},
		{Name: "suggest", Type: Choice, List: "suggest", Rule: change.Review, Column: true},
		{Name: "hh_no", Rule: change.Review, Search: ByDigits},
		{Name: "found", Type: Date, Rule: change.Review, Column: true, Index: true},
		{Name: "notice_from", Type: Date, Rule: change.Review},
		{Name: "state", Type: Choice, List: "lead_state", Rule: change.Review, Group: "state", Column: true, Index: true},
		{Name: "state_reason", Group: "state"},
		{Name: "detail"},
		{Name: "remark"},
	},
	Flow: &Flow{Field: "state", Start: "lead", Moves: []Move{
		{From: "lead", To: "triage", Roles: townAndUp},
		{From: "triage", To: "verified", Roles: fieldAndUp},
		{From: "verified", To: "deliberated", Roles: townAndUp},
		{From: "deliberated", To: "noticed", Roles: townAndUp},
		{From: "noticed", To: "checked", Roles: townAndUp},
		{From: "checked", To: "included", Roles: countyAndUp},
		{From: "included", To: "lifting", Roles: townAndUp},
		{From: "lifting", To: "lifted", Roles: countyAndUp},
		{From: "*", To: "not_included", Roles: countyAndUp},
		{From: "*", To: "green_channel", Roles: countyAndUp},
		{From: "*", To: "lead", Roles: countyAndUp},
	}},
}

// problem is something that stands in the way and needs an owner.
var problem = Kind{
	Name:  "problem",
	Title: []string{"title"},
	Fields: []Field{
		{Name: "title", Search: ByName, Column: true},
		{Name: "detail"},
		{Name: "household", Type: Reference, To: "household", Index: true},
		{Name: "owner", Rule: change.Review, Column: true, Index: true},
		{Name: "due", Type: Date, Rule: change.Review, Column: true, Index: true},
		{Name: "result"},
		{Name: "state", Type: Choice, List: "problem_state", Rule: change.Review, Group: "state", Column: true, Index: true},
		{Name: "state_reason", Group: "state"},
		{Name: "photos", Type: Files},
		{Name: "remark"},
	},
	Flow: &Flow{Field: "state", Start: "open", Moves: []Move{
		{From: "open", To: "routed", Roles: townAndUp},
		{From: "routed", To: "solved", Roles: fieldAndUp},
		{From: "open", To: "solved", Roles: fieldAndUp},
		{From: "*", To: "closed", Roles: townAndUp},
		{From: "*", To: "open", Roles: fieldAndUp},
	}},
}
