package screen

import (
	"fmt"
	"strings"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/form"
)

// memberFields pairs the questions about a member with the fields of a person.
func memberFields() map[string]string {
	return map[string]string{"m_name": "name", "m_rel": "relation", "m_idtype": "id_type", "m_id": "id_no", "m_sex": "sex",
		"m_birth": "birth", "m_ethnic": "ethnic", "m_school": "school", "m_edu": "edu", "m_health": "health",
		"m_distype": "dis_type", "m_dislevel": "dis_level", "m_labour": "labour", "m_work": "work_place", "m_medical": "medical"}
}

func insideRepeat(item *form.Item) bool {
	for ; item != nil; item = item.Parent {
		if item.IsRepeat() {
			return true
		}
	}
	return false
}

// knownAnswer returns what is known of a household as the answer to the
// question of that name. What changes from visit to visit is asked anew.
func knownAnswer(home *core.Record, question string) string {
	switch question {
	case "village_code":
		return home.Region
	case "group_name", "hh_no", "head_name", "head_name_bo", "head_id", "phone", "hh_type", "monitor_type",
		"safety_net", "relocated", "resettle_site", "grass_mu":
		return answerText(home.Field(question))
	}
	return ""
}

// answerText returns a value as a form takes it.
func answerText(v change.Value) string {
	if texts := v.Strs(); len(texts) > 0 {
		return strings.Join(texts, " ")
	}
	if v.IsNull() {
		return ""
	}
	return v.String()
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
		if field, ok := memberFields()[question.Name]; ok {
			if answer := answerText(person.Field(field)); answer != "" {
				_ = v.Fill(place+"/"+question.Name, answer) // what the form does not take is asked
			}
		}
	}
}

// textOf returns an answer as text, empty when there is none.
func textOf(answer any) string {
	if answer == nil {
		return ""
	}
	return fmt.Sprint(answer)
}

// visitOutcome is what the edits that follow from a visit are made of.
type visitOutcome struct {
	about   subject
	answers map[string]any
	today   string
	form    string
	tasks   []core.Record          // open assignments for the household
	newID   func() change.RecordID // makes ids of new records
	title   string                 // of a risk lead
}

// visitEdits returns the visit itself, what it changes of the household and
// its people, the assignments that it fulfills, and a risk lead if the worker
// suggests one.
func visitEdits(o visitOutcome) ([]core.Edit, error) {
	visit, err := answersEdit(o)
	if err != nil {
		return nil, err
	}
	edits := []core.Edit{visit}
	if home := changed(o.about.Home, o.answers, nil); len(home.Set) > 0 {
		edits = append(edits, home)
	}
	people, err := memberEdits(o)
	if err != nil {
		return nil, err
	}
	edits = append(edits, people...)
	for _, task := range o.tasks {
		edits = append(edits, core.Edit{Ref: task.Ref, From: task, Set: map[string]change.Value{"state": change.Text("done")}})
	}
	if lead, ok := leadEdit(o); ok {
		edits = append(edits, lead)
	}
	return edits, nil
}

// answersEdit returns the visit with its answers.
func answersEdit(o visitOutcome) (core.Edit, error) {
	edit := core.Edit{Ref: o.about.Record, Region: o.about.Home.Region, Set: map[string]change.Value{
		"household": change.Text(o.about.Home.ID.String()), "form_id": change.Text(o.form), "visit_date": change.Text(o.today)}}
	for name, answer := range o.answers {
		v, err := valueOf(answer)
		if err != nil {
			return core.Edit{}, fmt.Errorf("answer %s: %w", name, err)
		}
		if name != "household" && name != "today" {
			edit.Set[name] = v
		}
	}
	return edit, nil
}

// valueOf returns an answer as a value.
func valueOf(answer any) (change.Value, error) {
	if rows, ok := answer.([]map[string]any); ok {
		list := make([]any, len(rows))
		for i, row := range rows {
			list[i] = map[string]any(row)
		}
		return change.Of(list)
	}
	return change.Of(answer)
}

// changed returns the edit of a record by the answers that differ from it.
// names says under which question a field was asked; nil = under its own name.
func changed(r core.Record, answers map[string]any, names map[string]string) core.Edit {
	edit := core.Edit{Ref: r.Ref, From: r, Set: make(map[string]change.Value)}
	for question, answer := range answers {
		field := question
		if names != nil {
			field = names[question]
		}
		v, err := valueOf(answer)
		if field == "" || field == "remark" || err != nil || core.KindOf(r.Kind).Field(field).Type == core.Any {
			continue // not a field of the record
		}
		if answerText(v) != answerText(r.Field(field)) {
			edit.Set[field] = v
		}
	}
	return edit
}

// memberEdits returns the people who were told of: known ones by their number
// or name, and new ones.
func memberEdits(o visitOutcome) ([]core.Edit, error) {
	rows, _ := o.answers["members"].([]map[string]any)
	var edits []core.Edit
	taken := make(map[change.RecordID]bool)
	for _, row := range rows {
		person, known := findMember(o.about.Members, row, taken)
		if !known {
			person = core.Record{Ref: core.Ref{Kind: "person", ID: o.newID()}}
		}
		taken[person.ID] = true
		edit := changed(person, row, memberFields())
		if !known {
			edit.From, edit.Region = core.Record{}, o.about.Home.Region
			edit.Set["household"] = change.Text(o.about.Home.ID.String())
		}
		if len(edit.Set) > 0 {
			edits = append(edits, edit)
		}
	}
	return edits, nil
}

// findMember finds a person by number, or else by name where the number is of
// nobody else, among those who were not found before.
func findMember(members []core.Record, row map[string]any, taken map[change.RecordID]bool) (core.Record, bool) {
	number := textOf(row["m_id"])
	for _, m := range members {
		if number != "" && number == m.Text("id_no") && !taken[m.ID] {
			return m, true
		}
	}
	for _, m := range members {
		own := m.Text("id_no")
		if m.Text("name") == textOf(row["m_name"]) && !taken[m.ID] && (number == "" || own == "") {
			return m, true
		}
	}
	return core.Record{}, false
}

// leadEdit returns the risk lead that the worker suggests. The county decides.
func leadEdit(o visitOutcome) (core.Edit, bool) {
	suggest := textOf(o.answers["suggest"])
	if suggest == "" || suggest == "none" {
		return core.Edit{}, false
	}
	set := map[string]change.Value{
		"household": change.Text(o.about.Home.ID.String()), "visit": change.Text(o.about.Record.ID.String()),
		"title": change.Text(o.title), "source": change.Text("visit"), "suggest": change.Text(suggest),
		"found": change.Text(o.today), "detail": text(textOf(o.answers["risk_note"])), "hh_no": text(textOf(o.answers["hh_no"])),
	}
	if risk, err := valueOf(o.answers["risk"]); err == nil {
		set["risk"] = risk
	}
	return core.Edit{Ref: core.Ref{Kind: "lead", ID: o.newID()}, Region: o.about.Home.Region, Set: set}, true
}
