package core

import "muqu/core/change"

// class is one training course.
var class = Kind{
	Name:        "class",
	Title:       []string{"class_name", "class_no"},
	Constraints: []Constraint{inOrder("dates", "d_from", "d_to")},
	Fields: []Field{
		{Name: "class_no", Rule: change.Review, Search: ByDigits, Column: true, Index: true},
		{Name: "class_name", Search: ByName, Column: true},
		{Name: "kind", Type: Choice, List: "t_kind", Column: true},
		{Name: "trade", Type: Choice, List: "trade", Column: true},
		{Name: "org_uscc", Type: USCC, Rule: change.Review},
		{Name: "org_name", Search: ByName, Column: true},
		{Name: "region_code", Type: Region, Rule: change.Review},
		{Name: "venue"},
		{Name: "d_from", Type: Date, Rule: change.Review, Column: true},
		{Name: "d_to", Type: Date, Rule: change.Review, Column: true},
		{Name: "hours_plan", Type: Decimal, Rule: change.Review, Max: 600},
		{Name: "min_rate", Type: Integer, Rule: change.Review, Max: 100},
		{Name: "n_plan", Type: Integer, Rule: change.Review, Max: 500},
		{Name: "remark"},
	},
}

// session is one half-day of a class.
var session = Kind{
	Name:        "session",
	Title:       []string{"s_date", "s_half", "s_topic"},
	Parent:      "class",
	Constraints: []Constraint{inOrder("hours", "s_start", "s_end")},
	Fields: []Field{
		{Name: "class", Type: Reference, To: "class", Rule: change.Review, Index: true},
		{Name: "s_date", Type: Date, Rule: change.Review, Column: true, Index: true},
		{Name: "s_half", Type: Choice, List: "t_half", Rule: change.Review, Column: true},
		{Name: "s_mode", Type: Choice, List: "t_mode"},
		{Name: "s_topic", Search: ByName, Column: true},
		{Name: "trainer", Column: true},
		{Name: "s_lang", Type: Choice, List: "lang"},
		{Name: "s_start", Type: Time, Rule: change.Review},
		{Name: "s_end", Type: Time, Rule: change.Review},
		{Name: "s_hours", Type: Decimal, Rule: change.Review, Max: 5, Column: true},
		{Name: "gps_lat", Type: Decimal, Group: "gps", Min: -90, Max: 90},
		{Name: "gps_lon", Type: Decimal, Group: "gps", Min: -180, Max: 180},
		{Name: "gps_accuracy", Type: Decimal, Group: "gps", Max: 1e6},
		{Name: "gps_time", Type: Moment, Group: "gps"},
		{Name: "s_photo", Type: File},
		{Name: "sup_sign", Type: File},
		{Name: "remark"},
	},
}

// enrollment is one person's place in a class, with the result.
var enrollment = Kind{
	Name:     "enrollment",
	Title:    []string{"t_name"},
	Parent:   "class",
	Identity: [2]string{"class", "person"},
	Fields: []Field{
		{Name: "class", Type: Reference, To: "class", Rule: change.Review, Index: true},
		{Name: "person", Type: Reference, To: "person", Rule: change.Review, Index: true},
		{Name: "t_name", Rule: change.Review, Sensitive: Name, Search: ByName, Column: true},
		{Name: "t_id", Type: IDCard, Rule: change.Review, Sensitive: Number, Search: ByDigits, Index: true},
		{Name: "walk_in", Type: YesNo},
		{Name: "hours_done", Type: Decimal, Rule: change.Review, Max: 2000},
		{Name: "exam", Type: Choice, List: "r_exam", Rule: change.Review, Column: true},
		{Name: "cert", Rule: change.Review},
		{Name: "job", Type: Choice, List: "r_job", Rule: change.Review, Column: true},
		{Name: "wage", Type: Money, Rule: change.Review, Max: 1e6},
		{Name: "score", Type: Integer, Min: 1, Max: 5},
		{Name: "remark"},
	},
}

// attendance is one person's mark in one session.
var attendance = Kind{
	Name:     "attendance",
	Title:    []string{"t_name"},
	Parent:   "session",
	Identity: [2]string{"session", "person"},
	Fields: []Field{
		{Name: "session", Type: Reference, To: "session", Rule: change.Review, Index: true},
		{Name: "person", Type: Reference, To: "person", Rule: change.Review, Index: true},
		{Name: "t_name", Rule: change.Review, Sensitive: Name, Column: true},
		{Name: "t_id", Type: IDCard, Rule: change.Review, Sensitive: Number},
		{Name: "t_status", Type: Choice, List: "a_status", Rule: change.Review, Column: true},
		{Name: "t_method", Type: Choice, List: "a_method", Column: true},
		{Name: "t_in", Type: Time, Rule: change.Review, Column: true},
		{Name: "t_out", Type: Time, Rule: change.Review, Column: true},
		{Name: "t_hours", Type: Decimal, Rule: change.Review, Max: 24, Column: true},
		{Name: "t_why", Type: Choice, List: "a_why"},
		{Name: "t_sign", Type: File, Sensitive: Document},
		{Name: "remark"},
	},
}
