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
	v, err := f.read(text)
	if err != nil {
		return v, err
	}
	return f.Check(v)
}

// Yes reports whether the value of a [YesNo] field says yes: true, or the choice of
// a form.
func Yes(v change.Value) bool { return v.True() || v.Str() == "yes" }

// read gives a text that is not blank in the type of a field, unchecked.
func (f Field) read(text string) (change.Value, error) {
	switch f.Type {
	case Integer, Decimal, Money:
		n, err := strconv.ParseFloat(strings.NewReplacer(",", "", "\uff0c", "").Replace(text), 64)
		if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
			return change.Null, Refuse(Invalid, f.Name, "refuse.number")
		}
		return change.Number(n), nil
	case YesNo:
		if b := strings.ToLower(text); b == "true" || b == "false" {
			return change.Bool(b == "true"), nil // as exports write it
		}
	case Choices, References, Files:
		var list []change.Value
		for _, s := range strings.Fields(text) {
			list = append(list, change.Text(s))
		}
		return change.ListOf(list), nil
	case Table, Any:
		var v change.Value
		if err := v.UnmarshalJSON([]byte(text)); err == nil && (f.Type == Table || strings.ContainsAny(text[:1], "[{")) {
			return v, nil
		}
	}
	return change.Text(text), nil
}
