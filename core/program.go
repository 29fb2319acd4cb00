package core

import "muqu/core/change"

// program is a version of Muqu's own program for tablets. Its file travels as
// an attachment, so that a hub hands its tablets the update that it was given.
var program = Kind{
	Name:   "program",
	Title:  []string{"version", "platform"},
	Shared: true,
	Fields: []Field{
		{Name: "version", Rule: change.Review, Column: true, Search: ByDigits},
		{Name: "platform", Type: Choice, List: "platform", Rule: change.Review, Column: true, Index: true},
		{Name: "state", Type: Choice, List: "program_state", Rule: change.Review, Group: "state", Column: true, Index: true},
		{Name: "state_reason", Group: "state"},
		{Name: "file", Type: File, Rule: change.Review},
		{Name: "remark"},
	},
	Flow: &Flow{Field: "state", Start: "offered", Moves: []Move{
		{From: "offered", To: "withdrawn", Roles: countyAndUp},
		{From: "withdrawn", To: "offered", Roles: countyAndUp},
	}},
	Fetch: func(r *Record, _ Person) bool { return r.Text("state") != "withdrawn" },
}
