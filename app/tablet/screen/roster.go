package screen

import (
	"muqu/core"
	"muqu/core/form"
)

func insideRepeat(item *form.Item) bool {
	for ; item != nil; item = item.Parent {
		if item.IsRepeat() {
			return true
		}
	}
	return false
}

// rosterOf returns the view of a repeat that is asked now, nil while it is not.
func rosterOf(v *form.Interview, repeat *form.Item) *form.RepeatView {
	for _, step := range v.Steps() {
		if step.IsList && step.Path == repeat.Path() {
			return step.Repeat
		}
	}
	return nil
}

// fillMember enters one known member into the i-th place of the roster: one
// that the form has made, or a new one.
func fillMember(v *form.Interview, roster *form.RepeatView, members *form.Item, person *core.Record, i int) {
	place := ""
	if i < len(roster.Instances) {
		place = roster.Instances[i].Path
	} else if added, err := v.AddRepeat(roster.Path); err == nil {
		place = added
	} else {
		return // the form has no room for more
	}
	for _, question := range members.Children {
		if answer := core.KnownOfMember(person, question.Name); answer != "" {
			_ = v.Fill(place+"/"+question.Name, answer) // what the form does not take is asked
		}
	}
}
