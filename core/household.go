package core

import "muqu/core/change"

// household is one family, with up to three places where it lives in turn. It
// is never keyed by name: names repeat and are spelled in several ways.
var household = Kind{
	Name:        "household",
	Title:       []string{"head_name", "head_name_bo"},
	Constraints: []Constraint{monitoring},
	Double:      &Double{Name: "head_name", Spelling: "head_name_bo", Number: "head_id", Phone: "phone", Book: "hh_no", Group: "group_name"},
	Fields: []Field{
		{Name: "head_name", Rule: change.Review, Sensitive: Name, Search: ByName, Column: true},
		{Name: "head_name_bo", Rule: change.Review, Sensitive: Name, Search: ByName, Column: true},
		{Name: "head_id", Type: IDCard, Rule: change.Review, Sensitive: Number, Search: ByDigits, Index: true},
		{Name: "phone", Type: Phone, Sensitive: Contact, Search: ByDigits, Column: true, Index: true},
		{Name: "group_name", Search: ByName, Column: true},
		{Name: "hh_no", Rule: change.Review, Search: ByDigits, Index: true},
		{Name: "hh_type", Type: Choice, List: "hh_type", Rule: change.Review, Column: true, Index: true},
		{Name: "monitor_type", Type: Choice, List: "monitor_type", Rule: change.Review, Column: true, Index: true},
		{Name: "safety_net", Type: Choices, List: "safety_net"},
		{Name: "relocated", Type: YesNo, Rule: change.Review},
		{Name: "resettle_site", Index: true},
		{Name: "winter_place"},
		{Name: "summer_place"},
		{Name: "langs", Type: Choices, List: "lang"},
		{Name: "hh_size", Type: Integer, Rule: change.Review, Max: 50, Column: true},
		{Name: "yak", Type: Integer, Rule: change.Review, Max: 3000},
		{Name: "sheep", Type: Integer, Rule: change.Review, Max: 10000},
		{Name: "goat", Type: Integer, Rule: change.Review, Max: 10000},
		{Name: "horse", Type: Integer, Rule: change.Review, Max: 500},
		{Name: "grass_mu", Type: Decimal, Rule: change.Review, Max: 200000},
		{Name: "net_pc", Type: Money, Rule: change.Review, Min: -5e6, Max: 5e6},
		{Name: "next_visit", Type: Date},
		{Name: "tags", Type: Choices},
		{Name: "photos", Type: Files},
		{Name: "gps_lat", Type: Decimal, Group: "gps", Min: -90, Max: 90, Sensitive: Contact},
		{Name: "gps_lon", Type: Decimal, Group: "gps", Min: -180, Max: 180, Sensitive: Contact},
		{Name: "gps_accuracy", Type: Decimal, Group: "gps", Max: 1e6},
		{Name: "gps_time", Type: Moment, Group: "gps"},
		{Name: "remark"},
		{Name: MergedInto, Type: Reference, To: "household", Rule: change.Review, Index: true},
		{Name: NotSameAs, Type: References, To: "household"},
	},
}
