package core

import (
	"fmt"
	"maps"
	"strings"

	"muqu/core/change"
)

// VisitOutcome is a visit that was made: what it was about, as it stood when
// the interview began, and what was answered.
type VisitOutcome struct {
	Visit   Ref                    // what the visit is saved as
	Home    Record                 // household that was visited
	Members []Record               // its people
	Tasks   []Record               // open assignments for the household
	Form    string                 // name of the form's sheets
	Day     string                 // of the visit, 2006-01-02 on the worker's clock
	Answers Answers                // of the whole interview
	Title   string                 // of a risk lead, in the worker's language
	NewID   func() change.RecordID // makes ids of new records
}

// FinishVisit returns what follows from a visit: the visit itself as an
// observation, what it changes of the household and its people, the
// assignments that it fulfills, and a risk lead if the worker suggests one.
// Only what differs from what was known is changed, so that nobody's edit is
// overwritten by an answer that says the same as before.
func FinishVisit(o VisitOutcome) ([]Edit, error) {
	seen, err := o.observation()
	if err != nil {
		return nil, err
	}
	edits := []Edit{seen}
	if home := editOfAnswers(o.Home, o.Answers, nil); len(home.Set) > 0 {
		edits = append(edits, home)
	}
	edits = append(edits, o.people()...)
	for _, task := range o.Tasks {
		edits = append(edits, Edit{Ref: task.Ref, From: task, Set: map[string]change.Value{"state": change.Text("done")}})
	}
	if suggested, ok := o.lead(); ok {
		edits = append(edits, suggested)
	}
	return edits, nil
}

// RaiseDemand returns what a household or a village asks for, submitted to
// the township. home is who asks; no Kind = not one household.
func RaiseDemand(ref Ref, home Record, answers Answers) (Edit, error) {
	edit := Edit{Ref: ref, Region: answers.Text("region_code"), Set: map[string]change.Value{"state": change.Text("submitted")}}
	kind := KindOf("demand")
	for name, answer := range answers {
		v, err := answerValue(answer)
		if err != nil {
			return Edit{}, fmt.Errorf("answer %s: %w", name, err)
		}
		if f := kind.Field(name); f.Type != Any && f.Type != References {
			edit.Set[name] = v
		}
	}
	edit.Set["households"] = textsOrNull(strings.Fields(answers.Text("households")))
	if home.Kind != "" {
		edit.Set["household"] = change.Text(home.ID.String())
	}
	if from := answers.Text("visit_uuid"); from != "" {
		edit.Set["visit"] = change.Text(from)
	}
	return edit, nil
}

// KnownOfHousehold returns what is known of a household as the answer to the
// question of that name, empty when nothing is. What changes from visit to
// visit is asked anew.
func KnownOfHousehold(home *Record, question string) string {
	switch question {
	case "village_code":
		return home.Region
	case "group_name", "hh_no", "head_name", "head_name_bo", "head_id", "phone", "hh_type", "monitor_type",
		"safety_net", "relocated", "resettle_site", "grass_mu":
		return AnswerText(home.Field(question))
	}
	return ""
}

// KnownOfMember returns what is known of a member as the answer to the
// question of that name in the repeated group "members", empty when nothing
// is.
func KnownOfMember(member *Record, question string) string {
	if field, ok := memberFields()[question]; ok {
		return AnswerText(member.Field(field))
	}
	return ""
}

// memberFields pairs the questions about a member with the fields of a person.
func memberFields() map[string]string {
	return map[string]string{"m_name": "name", "m_rel": "relation", "m_idtype": "id_type", "m_id": "id_no", "m_sex": "sex",
		"m_birth": "birth", "m_ethnic": "ethnic", "m_school": "school", "m_edu": "edu", "m_health": "health",
		"m_distype": "dis_type", "m_dislevel": "dis_level", "m_labour": "labour", "m_work": "work_place", "m_medical": "medical"}
}

// observation returns the visit with its answers.
func (o *VisitOutcome) observation() (Edit, error) {
	edit := Edit{Ref: o.Visit, Region: o.Home.Region, Set: map[string]change.Value{
		"household": change.Text(o.Home.ID.String()), "form_id": change.Text(o.Form), "visit_date": change.Text(o.Day)}}
	for name, answer := range o.Answers {
		v, err := answerValue(answer)
		if err != nil {
			return Edit{}, fmt.Errorf("answer %s: %w", name, err)
		}
		if name != "household" && name != "today" {
			edit.Set[name] = v
		}
	}
	return edit, nil
}

// editOfAnswers returns the edit of a record by the answers that differ from
// it. names says under which question a field was asked; nil = under its own
// name.
func editOfAnswers(r Record, answers Answers, names map[string]string) Edit {
	edit := Edit{Ref: r.Ref, From: r, Set: make(map[string]change.Value)}
	for question, answer := range answers {
		field := question
		if names != nil {
			field = names[question]
		}
		v, err := answerValue(answer)
		if field == "" || field == "remark" || err != nil || KindOf(r.Kind).Field(field).Type == Any {
			continue // not a field of the record
		}
		if AnswerText(v) != AnswerText(r.Field(field)) {
			edit.Set[field] = v
		}
	}
	return edit
}

// people returns the people who were told of: known ones by their number or
// name, and new ones.
func (o *VisitOutcome) people() []Edit {
	rows, _ := o.Answers["members"].([]map[string]any)
	var edits []Edit
	taken := make(map[change.RecordID]bool)
	for _, row := range rows {
		row = withoutCertificate(row)
		member, known := findMember(o.Members, row, taken)
		if !known {
			member = Record{Ref: Ref{Kind: "person", ID: o.NewID()}}
		}
		taken[member.ID] = true
		edit := editOfAnswers(member, row, memberFields())
		if !known {
			edit.From, edit.Region = Record{}, o.Home.Region
			edit.Set["household"] = change.Text(o.Home.ID.String())
		}
		if len(edit.Set) > 0 {
			edits = append(edits, edit)
		}
	}
	return edits
}

// withoutCertificate puts the identity number in the place of a disability
// certificate's, which begins with it: a person has the one, and the visit
// keeps the other.
func withoutCertificate(row Answers) Answers {
	const identity = 18 // characters
	number := row.Text("m_id")
	if row.Text("m_idtype") != "dis" || len(number) <= identity {
		return row
	}
	out := maps.Clone(row)
	out["m_idtype"], out["m_id"] = "id", number[:identity]
	return out
}

// findMember finds a person by number, or else by name where the number is of
// nobody else, among those who were not found before.
func findMember(members []Record, row Answers, taken map[change.RecordID]bool) (Record, bool) {
	number := row.Text("m_id")
	for _, m := range members {
		if number != "" && number == m.Text("id_no") && !taken[m.ID] {
			return m, true
		}
	}
	for _, m := range members {
		own := m.Text("id_no")
		if m.Text("name") == row.Text("m_name") && !taken[m.ID] && (number == "" || own == "") {
			return m, true
		}
	}
	return Record{}, false
}

// lead returns the risk lead that the worker suggests. The county decides.
func (o *VisitOutcome) lead() (Edit, bool) {
	suggest := o.Answers.Text("suggest")
	if suggest == "" || suggest == "none" {
		return Edit{}, false
	}
	set := map[string]change.Value{
		"household": change.Text(o.Home.ID.String()), "visit": change.Text(o.Visit.ID.String()),
		"title": change.Text(o.Title), "source": change.Text("visit"), "suggest": change.Text(suggest),
		"found": change.Text(o.Day), "detail": textOrNull(o.Answers.Text("risk_note")), "hh_no": textOrNull(o.Answers.Text("hh_no")),
	}
	if risk, err := answerValue(o.Answers["risk"]); err == nil {
		set["risk"] = risk
	}
	return Edit{Ref: Ref{Kind: "lead", ID: o.NewID()}, Region: o.Home.Region, Set: set}, true
}
