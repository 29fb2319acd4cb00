package core

import (
	"math"
	"strconv"
	"strings"

	"muqu/core/change"
)

// Parse reads a value as somebody types it into a form field or a table cell.
// Nothing typed gives null.
func Parse(f Field, text string) (change.Value, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return change.Null, nil
	}
	switch f.Type {
	case Integer, Decimal, Money:
		n, err := strconv.ParseFloat(strings.NewReplacer(",", "", "\uff0c", "").Replace(text), 64)
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			return change.Null, Refuse(Invalid, f.Name, "refuse.number")
		}
		return f.Check(change.Number(n))
	case YesNo:
		if b := strings.ToLower(text); b == "true" || b == "false" {
			return change.Bool(b == "true"), nil // as exports write it
		}
	case Choices, References, Files:
		var list []change.Value
		for _, s := range strings.Fields(text) {
			list = append(list, change.Text(s))
		}
		return f.Check(change.ListOf(list))
	case Table, Any:
		var v change.Value
		if err := v.UnmarshalJSON([]byte(text)); err == nil && (f.Type == Table || strings.ContainsAny(text[:1], "[{")) {
			return f.Check(v)
		}
	}
	return f.Check(change.Text(text))
}
