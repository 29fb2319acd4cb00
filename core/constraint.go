package core

import "muqu/core/change"

// Constraint binds two fields of a record, each with a register of its own.
// Nobody is held to it while writing: a form may be half filled, and old books
// are wrong. But where two people kept to it and only the merge of what they
// wrote breaks it, a conflict opens under the constraint's name until somebody
// settles both fields together.
type Constraint struct {
	Name   string // as registers are named; no field or group has it
	Fields [2]string
	Holds  func(a, b change.Value) bool // of two values that are not null
}

// Broken reports whether two values can't be right together. A missing one
// breaks nothing.
func (c *Constraint) Broken(a, b change.Value) bool {
	return !a.IsNull() && !b.IsNull() && !c.Holds(a, b)
}

// monitoring: an unstable household is one that was lifted out of poverty, a
// marginal one never was (domain page, section 2.2).
var monitoring = Constraint{
	Name: "monitoring", Fields: [2]string{"hh_type", "monitor_type"},
	Holds: func(hh, monitor change.Value) bool {
		switch monitor.Str() {
		case "unstable":
			return hh.Str() == "lifted"
		case "marginal":
			return hh.Str() == "general"
		}
		return true
	},
}

// numberAndBirth and numberAndSex: digits 7 to 14 of an identity number are the
// date of birth, and the 17th is odd for men (GB 11643-1999).
var (
	numberAndBirth = Constraint{
		Name: "id_birth", Fields: [2]string{"id_no", "birth"},
		Holds: func(number, birth change.Value) bool {
			s := number.Str()
			return len(s) < 18 || s[6:10]+"-"+s[10:12]+"-"+s[12:14] == birth.Str()
		},
	}
	numberAndSex = Constraint{
		Name: "id_sex", Fields: [2]string{"id_no", "sex"},
		Holds: func(number, sex change.Value) bool {
			s := number.Str()
			return len(s) < 18 || sex.Str() == map[bool]string{true: "1", false: "2"}[s[16]%2 == 1]
		},
	}
)

// inOrder: something ends on the day or at the hour on which it began, or
// after it.
func inOrder(name, from, to string) Constraint {
	return Constraint{
		Name: name, Fields: [2]string{from, to},
		Holds: func(a, b change.Value) bool { return a.Str() <= b.Str() },
	}
}
