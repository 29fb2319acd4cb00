package core

import (
	"errors"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"muqu/core/change"
)

// MaxText bounds a text answer in characters.
const MaxText = 10000

// Check says whether a value can be right for the field, and gives it in the
// form in which it is kept. Null always can: it clears the field. Fields of
// newer programs take what they are given.
func (f Field) Check(v change.Value) (change.Value, error) {
	if v.IsNull() {
		return change.Null, nil
	}
	out, err := f.check(v)
	var r *Refusal
	if errors.As(err, &r) && r.Field == "" {
		named := *r
		named.Field = f.Name
		return change.Null, &named
	}
	return out, err
}

func (f Field) check(v change.Value) (change.Value, error) {
	switch f.Type {
	case Integer, Decimal, Money:
		return f.checkNumber(v)
	case YesNo:
		return checkYesNo(v)
	case Choices, References, Files:
		return f.checkList(v)
	case Table:
		return v, checkTable(v)
	case Any:
		return v, nil
	}
	s, ok := v.Any().(string)
	if !ok {
		return v, Refuse(Invalid, "", textKey(f.Type))
	}
	return f.checkText(s)
}

func textKey(t Type) string {
	switch t {
	case Date:
		return "refuse.date"
	case Choice:
		return "refuse.choice"
	case Reference:
		return "refuse.ref"
	case Phone:
		return "refuse.phone"
	case IDCard:
		return "refuse.idcard"
	}
	return "refuse.text"
}

func (f Field) checkText(s string) (change.Value, error) {
	switch f.Type {
	case Date:
		return change.Text(s), refuseUnless(isDate(s), "refuse.date")
	case Time:
		_, err := time.Parse("15:04", firstN(s, 5))
		return change.Text(s), refuseUnless(err == nil, "refuse.time")
	case Moment:
		_, err := time.Parse(time.RFC3339, s)
		return change.Text(s), refuseUnless(err == nil, "refuse.moment")
	case Choice:
		return change.Text(s), refuseUnless(isCode(s), "refuse.choice")
	case Reference:
		_, err := change.ParseRecordID(s)
		return change.Text(s), refuseUnless(err == nil, "refuse.ref")
	case Phone:
		s = dropSpaces(s)
		return change.Text(s), CheckPhone(s)
	case IDCard:
		s = strings.ToUpper(dropSpaces(s))
		return change.Text(s), CheckIDCard(s)
	case USCC:
		s = strings.ToUpper(dropSpaces(s))
		return change.Text(s), CheckUSCC(s)
	case Region:
		if _, err := RegionPrefix(s); err != nil {
			return change.Null, Refuse(Invalid, f.Name, "refuse.region", "code", s)
		}
		return change.Text(PadRegion(strings.TrimSpace(s))), nil
	case File:
		return change.Text(s), refuseUnless(isCode(s), "refuse.file")
	}
	if utf8.RuneCountInString(s) > MaxText {
		return change.Null, Refuse(TooLarge, "", "refuse.long", "max", MaxText)
	}
	return change.Text(s), nil
}

func (f Field) checkNumber(v change.Value) (change.Value, error) {
	n, ok := v.Float()
	if !ok {
		return v, refuseUnless(false, map[bool]string{true: "refuse.integer", false: "refuse.number"}[f.Type == Integer])
	}
	if f.Type == Integer && n != math.Trunc(n) {
		return v, Refuse(Invalid, "", "refuse.integer")
	}
	if (f.Min != 0 || f.Max != 0) && (n < f.Min || n > f.Max) {
		return v, Refuse(Invalid, "", "refuse.range", "min", f.Min, "max", f.Max)
	}
	return v, nil
}

// checkYesNo takes true and false as well as the forms' choices yes and no,
// and keeps what it was given.
func checkYesNo(v change.Value) (change.Value, error) {
	switch v.Any() {
	case true, false, "yes", "no":
		return v, nil
	}
	return v, Refuse(Invalid, "", "refuse.yesno")
}

func (f Field) checkList(v change.Value) (change.Value, error) {
	key := map[Type]string{Choices: "refuse.choices", References: "refuse.ref", Files: "refuse.file"}[f.Type]
	elements := v.Elements()
	if s, ok := v.Any().(string); ok && f.Type == Choices && strings.Contains(s, " ") {
		elements = nil
		for _, c := range strings.Fields(s) {
			elements = append(elements, change.Text(c))
		}
	}
	for _, e := range elements {
		s, ok := e.Any().(string)
		if !ok || s == "" || len(s) > 200 {
			return v, Refuse(Invalid, "", key)
		}
		if _, err := change.ParseRecordID(s); f.Type == References && err != nil {
			return v, Refuse(Invalid, "", key)
		}
	}
	return change.ListOf(elements), nil
}

func checkTable(v change.Value) error {
	rows, ok := v.Any().([]any)
	if !ok {
		return Refuse(Invalid, "", "refuse.table")
	}
	for _, r := range rows {
		if _, ok := r.(map[string]any); !ok {
			return Refuse(Invalid, "", "refuse.table")
		}
	}
	return nil
}

func refuseUnless(ok bool, key string) error {
	if ok {
		return nil
	}
	return Refuse(Invalid, "", key)
}

func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

// isCode accepts the names that XLSForm allows for choices and files.
func isCode(s string) bool {
	return s != "" && len(s) <= 200 && utf8.ValidString(s) && !strings.ContainsAny(s, " \t\r\n")
}

func dropSpaces(s string) string { return spaces.Replace(s) }

var spaces = strings.NewReplacer(" ", "", "-", "", " ", "")

func firstN(s string, n int) string { return s[:min(n, len(s))] }

func replaceAll(s, old, new string) string { return strings.ReplaceAll(s, old, new) }
