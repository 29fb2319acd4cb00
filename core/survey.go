package core

import (
	"fmt"
	"slices"
	"strings"

	"muqu/core/change"
	xlsform "muqu/core/form"
)

// SurveyOutcome is an interview with a form that an office gave out.
type SurveyOutcome struct {
	Visit   Ref         // what the answers are saved as
	Form    FormVersion // with which they were given
	Home    Record      // household that was asked; no Kind = none
	Region  string      // where it was asked, if no household and no answer says so; 12 digits
	Day     string      // 2006-01-02 on the worker's clock, if no answer says so
	Answers Answers     // by the names that [xlsform.Form.Field] gives
	// Entities are what the form makes of the answers.
	Entities []xlsform.SavedEntity
	NewID    func() change.RecordID
	Get      func(Ref) (Record, bool, error)
}

// FinishSurvey returns what follows from an interview: the visit with its
// answers, and the records that the form's entities make or change. A list of
// entities is a kind of record: household, person and so on; entities of lists
// that are no kind stay answers.
func FinishSurvey(o SurveyOutcome) ([]Edit, error) {
	set, err := VisitFields(o.Answers)
	if err != nil {
		return nil, err
	}
	set["form_id"], set["form_version"] = change.Text(o.Form.FormID), change.Text(o.Form.Version)
	if _, told := set["visit_date"]; !told {
		set["visit_date"] = change.Text(o.Day)
	}
	region := o.Region
	if o.Home.Kind != "" {
		set["household"] = change.Text(o.Home.ID.String())
		region = o.Home.Region
	}
	visit := Edit{Ref: o.Visit, Region: RegionOfAnswers(o.Answers, region), Set: set}
	records, err := o.Records(&visit)
	return append([]Edit{visit}, records...), err
}

// Records returns what the entities make and change, new records where the visit
// lies, and has the visit say what they were: [VisitEntities].
func (o *SurveyOutcome) Records(visit *Edit) (edits []Edit, err error) {
	entities := slices.Clone(o.Entities)
	for i := range entities {
		x := &entities[i]
		if _, err := entityID(x); err != nil && x.Create {
			x.ID = o.NewID().String()
		}
		e, ok, err := o.entity(x, visit.Region)
		if err != nil {
			return nil, err
		}
		if ok {
			edits = append(edits, e)
		}
	}
	return edits, keepEntities(visit.Set, entities)
}

// entityID is the id of the record that an entity names.
func entityID(x *xlsform.SavedEntity) (change.RecordID, error) {
	return change.ParseRecordID(strings.TrimPrefix(x.ID, "uuid:"))
}

// RegionOfAnswers is the village or the place that answers name, else the one
// given.
func RegionOfAnswers(answers Answers, otherwise string) string {
	for _, name := range []string{"village_code", "region_code"} {
		if prefix, err := RegionPrefix(answers.Text(name)); err == nil {
			return PadRegion(prefix)
		}
	}
	return otherwise
}

// entity returns the edit that an entity asks for; none where it would change
// nothing, or a record that is not here.
func (o *SurveyOutcome) entity(x *xlsform.SavedEntity, region string) (e Edit, ok bool, err error) {
	if e.Ref, ok = EntityRef(x); !ok {
		return e, false, nil
	}
	from, found, err := o.Get(e.Ref)
	if err != nil {
		return e, false, fmt.Errorf("entity of %s: %w", x.List, err)
	}
	switch {
	case found && x.Update:
		e.From = from
	case !found && x.Create:
		e.Region, from = region, Record{}
	default:
		return e, false, nil
	}
	k := KindOf(x.List)
	e.Set = o.properties(k, x, &from)
	if k.Parent != "" && !found && o.Home.Kind == k.Field(k.Parent).To && e.Set[k.Parent].IsNull() {
		e.Set[k.Parent] = change.Text(o.Home.ID.String())
	}
	return e, len(e.Set) > 0, nil
}

// properties gives what an entity changes of a record.
func (o *SurveyOutcome) properties(k *Kind, x *xlsform.SavedEntity, from *Record) map[string]change.Value {
	set := make(map[string]change.Value)
	for name, text := range x.Properties {
		if v := k.Field(name).typed(text); v.Norm() != from.Field(name) {
			set[name] = v
		}
	}
	if title := k.Title[0]; x.Label != "" && from.Kind == "" && set[title].IsNull() {
		set[title] = k.Field(title).typed(x.Label)
	}
	return set
}

// typed gives an answer in the type of a field: null where it is blank, the
// text itself where it can't be of the type, which is then refused in plain
// words.
func (f Field) typed(text string) change.Value {
	text = strings.TrimSpace(text)
	if text == "" {
		return change.Null
	}
	if v, err := f.read(text); err == nil {
		return v
	}
	return change.Text(text)
}
