package core

import "muqu/core/change"

// person is a member of a household, a trainee, or both.
var person = Kind{
	Name:        "person",
	Title:       []string{"name", "name_bo"},
	Parent:      "household",
	Constraints: []Constraint{numberAndBirth, numberAndSex},
	Double:      &Double{Name: "name", Spelling: "name_bo", Number: "id_no", Phone: "phone", Birth: "birth", Sex: "sex", Home: "household"},
	Fields: []Field{
		{Name: "name", Rule: change.Review, Sensitive: Name, Search: ByName, Column: true},
		{Name: "name_bo", Rule: change.Review, Sensitive: Name, Search: ByName, Column: true},
		{Name: "household", Type: Reference, To: "household", Rule: change.Review, Index: true},
		{Name: "id_type", Type: Choice, List: "id_type", Rule: change.Review},
		{Name: "id_no", Type: IDCard, Rule: change.Review, Sensitive: Number, Search: ByDigits, Index: true},
		{Name: "relation", Type: Choice, List: "relation", Column: true},
		{Name: "sex", Type: Choice, List: "sex", Rule: change.Review, Column: true},
		{Name: "birth", Type: Date, Rule: change.Review, Column: true},
		{Name: "ethnic", Type: Choice, List: "ethnic"},
		{Name: "edu", Type: Choice, List: "edu"},
		{Name: "school", Type: Choice, List: "school"},
		{Name: "health", Type: Choices, List: "health", Sensitive: Health},
		{Name: "dis_type", Type: Choice, List: "dis_type", Sensitive: Health},
		{Name: "dis_level", Type: Choice, List: "dis_level", Sensitive: Health},
		{Name: "labour", Type: Choice, List: "labour"},
		{Name: "work_place", Type: Choice, List: "work_place"},
		{Name: "medical", Type: Choice, List: "medical"},
		{Name: "phone", Type: Phone, Sensitive: Contact, Search: ByDigits, Column: true, Index: true},
		{Name: "langs", Type: Choices, List: "lang"},
		{Name: "remark"},
		{Name: MergedInto, Type: Reference, To: "person", Rule: change.Review, Index: true},
		{Name: NotSameAs, Type: References, To: "person"},
	},
}
