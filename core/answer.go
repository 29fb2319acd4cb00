package core

import (
	"fmt"
	"strings"

	"muqu/core/change"
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
func answerValue(answer any) (change.Value, error) {
	if rows, ok := answer.([]map[string]any); ok {
		elements := make([]any, len(rows))
		for i, row := range rows {
			elements[i] = row
		}
		return change.Of(elements)
	}
	return change.Of(answer)
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
