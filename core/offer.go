package core

import "muqu/core/change"

// offer is what an organization or an office has to give (供给). Once it is
// published, the tablets have it whose people work where it is served, wherever
// the organization itself is at home.
var offer = Kind{
	Name:  "offer",
	Title: []string{"title"},
	Fields: []Field{
		{Name: "title", Search: ByName, Column: true},
		{Name: "cat", Type: Choice, List: "d_cat", Rule: change.Review, Column: true, Index: true},
		{Name: "state", Type: Choice, List: "offer_state", Rule: change.Review, Group: "state", Column: true, Index: true},
		{Name: "state_reason", Group: "state"},
		{Name: "provider", Search: ByName, Column: true},
		{Name: "served", Type: Region, Rule: change.Review, Column: true},
		{Name: "detail"},
		{Name: "free", Type: YesNo, Rule: change.Review},
		{Name: "price", Type: Money, Rule: change.Review, Max: 5e7, Column: true},
		{Name: "unit"},
		{Name: "capacity", Type: Integer, Rule: change.Review, Max: 100000},
		{Name: "langs", Type: Choices, List: "lang"},
		{Name: "from", Type: Date, Rule: change.Review},
		{Name: "to", Type: Date, Rule: change.Review},
		{Name: "contact", Sensitive: Name},
		{Name: "contact_tel", Type: Phone, Sensitive: Contact},
		{Name: "photos", Type: Files},
		{Name: "remark"},
	},
	Flow: &Flow{Field: "state", Start: "draft", Moves: []Move{
		{From: "draft", To: "published", Roles: countyAndUp},
		{From: "published", To: "withdrawn", Roles: countyAndUp},
		{From: "withdrawn", To: "published", Roles: countyAndUp},
		{From: "*", To: "closed", Roles: countyAndUp},
	}},
	Open: func(r *Record) (string, bool) { return r.Text("served"), r.Text("state") == "published" },
}
