package core

import "muqu/core/change"

// visit is an observation: one interview with a form, as it was answered. The
// answers stand under the names of the form's questions and are never
// overwritten; a correction names what it amends.
var visit = Kind{
	Name:   "visit",
	Title:  []string{"form_id", "visit_date"},
	Rest:   change.Observation,
	Parent: "household",
	Fields: []Field{
		{Name: "household", Type: Reference, To: "household", Rule: change.Review, Index: true},
		{Name: "assignment", Type: Reference, To: "assignment", Rule: change.Review, Index: true},
		{Name: "form_id", Type: FormName, Rule: change.Observation, Fixed: true, Column: true, Index: true},
		{Name: "form_version", Rule: change.Observation, Fixed: true},
		{Name: "start", Type: Moment, Rule: change.Observation},
		{Name: "end", Type: Moment, Rule: change.Observation},
		{Name: "visit_date", Type: Date, Rule: change.Observation, Column: true, Index: true},
		{Name: "visit_type", Type: Choice, List: "visit_type", Rule: change.Observation, Column: true},
		{Name: "outcome", Type: Choice, List: "outcome", Rule: change.Observation, Column: true},
		{Name: "head_name", Rule: change.Observation, Sensitive: Name, Search: ByName, Column: true},
		{Name: "head_id", Type: IDCard, Rule: change.Observation, Sensitive: Number},
		{Name: "phone", Type: Phone, Rule: change.Observation, Sensitive: Contact},
		{Name: "members", Type: Table, Rule: change.Observation, Sensitive: Document},
		{Name: "photos", Type: Files},
		{Name: "photo_house", Type: File, Rule: change.Observation},
		{Name: "photo_doc", Type: File, Rule: change.Observation, Sensitive: Document},
		{Name: "sign_head", Type: File, Rule: change.Observation, Sensitive: Document},
		{Name: entitiesField, Type: Table, Rule: change.Observation, Sensitive: Name},
		{Name: "remark"},
	},
}

// assignment says who visits whom by when.
var assignment = Kind{
	Name:   "assignment",
	Title:  []string{"task", "due"},
	Parent: "household",
	Fields: []Field{
		{Name: "household", Type: Reference, To: "household", Rule: change.Review, Index: true, Column: true},
		{Name: "worker", Rule: change.Review, Index: true, Column: true},
		{Name: "task", Search: ByName, Column: true},
		{Name: "form_id", Type: FormName, Rule: change.Review},
		{Name: "due", Type: Date, Rule: change.Review, Column: true, Index: true},
		{Name: "state", Type: Choice, List: "assignment_state", Rule: change.Review, Group: "state", Column: true, Index: true},
		{Name: "state_reason", Group: "state"},
		{Name: "remark"},
	},
	Flow: &Flow{Field: "state", Start: "open", Moves: []Move{
		{From: "open", To: "done", Roles: fieldAndUp},
		{From: "open", To: "cancelled", Roles: supervisorAndUp},
		{From: "done", To: "open", Roles: supervisorAndUp},
		{From: "cancelled", To: "open", Roles: supervisorAndUp},
	}},
}
