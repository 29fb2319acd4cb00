package core

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"muqu/core/change"
	xlsform "muqu/core/form"
)

// Answers are what a form was answered with, by the names of its questions,
// as an interview gives them: text, numbers, several choices as []string, a
// repeated group as []map[string]any. What was not answered is left out.
type Answers map[string]any

// Text returns an answer as text, empty when there is none.
func (a Answers) Text(question string) string {
	answer := a[question]
	if answer == nil {
		return ""
	}
	return fmt.Sprint(answer)
}

// AnswerText returns a value as a form takes it: several choices separated by
// spaces, nothing for null.
func AnswerText(v change.Value) string {
	if texts := v.Strs(); len(texts) > 0 {
		return strings.Join(texts, " ")
	}
	if v.IsNull() {
		return ""
	}
	return v.String()
}

// answerValue returns an answer as a value.
func answerValue(answer any) (change.Value, error) { return change.Of(plain(answer)) }

// plain turns the rows of repeated groups, which may hold others, into what
// values are made of.
func plain(answer any) any {
	switch a := answer.(type) {
	case []map[string]any:
		rows := make([]any, len(a))
		for i, row := range a {
			rows[i] = plain(row)
		}
		return rows
	case map[string]any:
		row := make(map[string]any, len(a))
		for name, one := range a {
			row[name] = plain(one)
		}
		return row
	}
	return answer
}

// textOrNull returns a text as a value, null when it is empty.
func textOrNull(s string) change.Value {
	if s == "" {
		return change.Null
	}
	return change.Text(s)
}

// textsOrNull returns texts as a value, null when there are none.
func textsOrNull(texts []string) change.Value {
	if len(texts) == 0 {
		return change.Null
	}
	elements := make([]change.Value, len(texts))
	for i, t := range texts {
		elements[i] = change.Text(t)
	}
	return change.ListOf(elements)
}

// VisitFields returns the answers to any form, by the names that [xlsform.Form.Field]
// gives, as the fields of a visit. They keep their names. Only what a visit uses
// for itself, or declares as something that the answer is not, stands behind a
// slash: a question "region" in the field "/region". Rows that are too many for
// one value go on in further fields: "herd", "herd/2", "herd/3". What is too much
// for one visit is refused. [VisitAnswers] is the way back.
func VisitFields(answers Answers) (map[string]change.Value, error) {
	set := make(map[string]change.Value, len(answers))
	for name, answer := range answers {
		if err := keepAnswer(set, name, answer, visitField); err != nil {
			return nil, err
		}
	}
	return set, mayHold(set)
}

// keepAnswer puts an answer into the fields of a visit, in as many parts as it
// takes. field says which field a part stands in.
func keepAnswer(set map[string]change.Value, name string, answer any, field func(name string, v change.Value) string) error {
	parts, err := answerParts(answer)
	if errors.Is(err, change.ErrTooLarge) {
		return Refuse(TooLarge, "", "refuse.answers")
	}
	if err != nil {
		return fmt.Errorf("answer %s: %w", name, err)
	}
	for i, v := range parts {
		set[field(partName(name, i), v)] = v
	}
	return nil
}

// mayHold refuses what is too much for one visit.
func mayHold(set map[string]change.Value) error {
	size := 0
	for field, v := range set {
		size += len(field) + len(v)
	}
	if size > mostAnswers {
		return Refuse(TooLarge, "", "refuse.answers")
	}
	return nil
}

// mostAnswers leaves room in an entry for what it says besides the answers.
const mostAnswers = change.MaxEntry * 15 / 16

// partName is the field of the nth part of an answer, from 0 on. No question can
// be called by a number.
func partName(name string, n int) string {
	if n == 0 {
		return name
	}
	return name + "/" + strconv.Itoa(n+1)
}

// answerParts returns an answer as a value, or rows as as many values as it takes.
func answerParts(answer any) ([]change.Value, error) {
	v, err := answerValue(answer)
	rows, _ := answer.([]map[string]any)
	if !errors.Is(err, change.ErrTooLarge) || len(rows) < 2 {
		return []change.Value{v}, err
	}
	first, err := answerParts(rows[:len(rows)/2])
	if err != nil {
		return nil, err
	}
	rest, err := answerParts(rows[len(rows)/2:])
	return append(first, rest...), err
}

func visitField(name string, v change.Value) string {
	short := fieldName(name)
	if ownOfVisit(short) {
		return "/" + short
	}
	if _, err := KindOf(visit.Name).Field(short).Check(v); err != nil {
		return "/" + short
	}
	return short
}

// AnswerFields names the fields of a visit of which the first that is there holds
// the answer to the question of a name.
func AnswerFields(name string) []string {
	short := fieldName(name)
	if ownOfVisit(short) {
		return []string{"/" + short}
	}
	return []string{"/" + short, short}
}

// ownOfVisit says which fields of a visit are never answers.
func ownOfVisit(name string) bool {
	switch name {
	case "household", "assignment", "form_id", "form_version", change.RegionField, change.DeletedField, MergedInto:
		return true
	}
	return strings.HasPrefix(name, "~") || TellsEntities(visit.Name, name)
}

// fieldName makes a name fit into a field: questions deep in groups have long ones.
func fieldName(name string) string {
	if len(name) < change.MaxName {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	return strings.ToValidUTF8(name[:change.MaxName-12], "") + "~" + hex.EncodeToString(sum[:5])
}

// VisitAnswers returns the answers of a visit by the names that the form gives
// them, as they are kept: text, numbers, lists and rows.
func VisitAnswers(f *xlsform.Form, r *Record) Answers {
	out := make(Answers)
	for _, item := range f.Kept(nil) {
		name := f.Field(item)
		v := visitAnswer(r, name)
		if v.IsNull() {
			continue
		}
		out[name] = joinParts(v, func(n int) change.Value { return visitAnswer(r, partName(name, n)) })
	}
	return out
}

// joinParts is the way back of [answerParts], from the first part on.
func joinParts(first change.Value, part func(n int) change.Value) any {
	answer := first.Any()
	rows, many := answer.([]any)
	for n := 1; many; n++ {
		more, ok := part(n).Any().([]any)
		if !ok {
			break
		}
		rows = append(rows, more...)
		answer = rows
	}
	return answer
}

// visitAnswer reads the field in which an answer is kept.
func visitAnswer(r *Record, name string) change.Value {
	for _, field := range AnswerFields(name) {
		if v, found := r.Fields[field]; found {
			return v
		}
	}
	return change.Null
}
