package core

import "muqu/core/change"

// verdict is a supervisor's decision on an entry that was kept outside the
// folded state. Its id is derived from the entry's key.
var verdict = Kind{
	Name:  "verdict",
	Title: []string{"entry"},
	Fields: []Field{
		{Name: "entry", Rule: change.Review},
		{Name: "decision", Type: Choice, Rule: change.Review, Column: true},
		{Name: "remark"},
	},
}
