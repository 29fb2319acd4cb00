package core

import (
	"errors"
	"strings"
	"testing"

	"muqu/core/change"
)

const someID = "0197f5a2-7c3e-7d11-9a55-2f6b1c0d4e8f"

func value(t *testing.T, x any) change.Value {
	t.Helper()
	v, err := change.Of(x)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestCheck(t *testing.T) {
	limited := func(ty Type, from, to float64) Field { return Field{Name: "f", Type: ty, Min: from, Max: to} }
	f := func(ty Type) Field { return Field{Name: "f", Type: ty} }
	tests := []struct {
		field Field
		in    any
		want  any    // as kept, where it is taken
		key   string // of the refusal
	}{
		{f(Text), "扎西", "扎西", ""}, {f(Text), 3, nil, "refuse.text"}, {f(Text), strings.Repeat("草", MaxText), strings.Repeat("草", MaxText), ""},
		{f(Text), strings.Repeat("草", MaxText+1), nil, "refuse.long"}, {f(Text), nil, nil, ""},
		{f(Integer), 12, 12, ""}, {f(Integer), 12.0, 12, ""}, {f(Integer), 12.5, nil, "refuse.integer"}, {f(Integer), "12", nil, "refuse.integer"},
		{limited(Integer, 0, 50), 50, 50, ""}, {limited(Integer, 0, 50), 51, nil, "refuse.range"}, {limited(Integer, 0, 50), -1, nil, "refuse.range"},
		{f(Decimal), 0.25, 0.25, ""}, {f(Decimal), "a", nil, "refuse.number"}, {limited(Decimal, -90, 90), -90.1, nil, "refuse.range"},
		{f(Money), 1234.56, 1234.56, ""}, {f(Money), true, nil, "refuse.number"}, {limited(Money, -5, 5), -5, -5, ""},
		{f(YesNo), true, true, ""}, {f(YesNo), "no", "no", ""}, {f(YesNo), "maybe", nil, "refuse.yesno"}, {f(YesNo), 1, nil, "refuse.yesno"}, {f(YesNo), []any{"yes"}, nil, "refuse.yesno"},
		{f(Date), "2028-02-29", "2028-02-29", ""}, {f(Date), "2026-02-29", nil, "refuse.date"}, {f(Date), "2026-3-5", nil, "refuse.date"}, {f(Date), 2026, nil, "refuse.date"},
		{f(Time), "09:30", "09:30", ""}, {f(Time), "09:30:00.000+08:00", "09:30:00.000+08:00", ""}, {f(Time), "24:00", nil, "refuse.time"}, {f(Time), "noon", nil, "refuse.time"},
		{f(Moment), "2026-03-15T09:30:00+08:00", "2026-03-15T09:30:00+08:00", ""}, {f(Moment), "2026-03-15 09:30", nil, "refuse.moment"},
		{f(Choice), "poor", "poor", ""}, {f(Choice), "two words", nil, "refuse.choice"}, {f(Choice), "", nil, "refuse.choice"}, {f(Choice), 1, nil, "refuse.choice"},
		{f(Choices), []any{"b", "a", "b"}, []any{"a", "b"}, ""}, {f(Choices), "b a", []any{"a", "b"}, ""}, {f(Choices), "a", []any{"a"}, ""}, {f(Choices), []any{}, nil, ""},
		{f(Choices), []any{1}, nil, "refuse.choices"}, {f(Choices), []any{""}, nil, "refuse.choices"},
		{f(Reference), someID, someID, ""}, {f(Reference), strings.ReplaceAll(someID, "-", ""), nil, "refuse.ref"}, {f(Reference), 7, nil, "refuse.ref"},
		{f(References), []any{someID}, []any{someID}, ""}, {f(References), []any{someID, "x"}, nil, "refuse.ref"},
		{f(Phone), "138 0000 0001", "13800000001", ""}, {f(Phone), "138-0000-0001", "13800000001", ""}, {f(Phone), "12800000001", nil, "refuse.phone"}, {f(Phone), "1380000000", nil, "refuse.phone"}, {f(Phone), 13800000001, nil, "refuse.phone"},
		{f(IDCard), "11010519491231002x", "11010519491231002X", ""}, {f(IDCard), "632323198001010014", nil, "refuse.idcard.last"}, {f(IDCard), 1, nil, "refuse.idcard"},
		{f(USCC), "51630000mj12345615", "51630000MJ12345615", ""}, {f(USCC), "51630000MJ12345616", nil, "refuse.uscc"},
		{f(Region), "632323", "632323000000", ""}, {f(Region), " 632323100201 ", "632323100201", ""}, {f(Region), "63232", nil, "refuse.region"}, {f(Region), "6323231002011", nil, "refuse.region"}, {f(Region), "63232x", nil, "refuse.region"},
		{f(File), "a.jpg", "a.jpg", ""}, {f(File), "a b.jpg", nil, "refuse.file"},
		{f(Files), []any{"a.jpg"}, []any{"a.jpg"}, ""}, {f(Files), []any{3}, nil, "refuse.file"},
		{f(Table), []any{map[string]any{"n": 1}}, []any{map[string]any{"n": 1}}, ""}, {f(Table), []any{"row"}, nil, "refuse.table"}, {f(Table), "rows", nil, "refuse.table"},
		{f(Any), []any{1, "x"}, []any{1, "x"}, ""},
	}
	for _, c := range tests {
		got, err := c.field.Check(value(t, c.in))
		if c.key == "" {
			if want := value(t, c.want); err != nil || got.Norm() != want {
				t.Errorf("type %d takes %v as %s, %v; want %s", c.field.Type, c.in, got, err, want)
			}
			continue
		}
		var r *Refusal
		if !errors.As(err, &r) || r.Key != c.key || r.Field == "" {
			t.Errorf("type %d, %v: got %v, want %s on the field", c.field.Type, c.in, err, c.key)
		}
	}
}

func TestIdentityNumbers(t *testing.T) {
	for _, good := range []string{"632323198001010013", "11010519491231002X"} {
		if err := CheckIDCard(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
		for i := range 18 {
			for _, d := range "0123456789" {
				if bad := good[:i] + string(d) + good[i+1:]; bad != good && CheckIDCard(bad) == nil {
					t.Errorf("%s passes, one digit off %s", bad, good)
				}
			}
		}
	}
	for _, bad := range []string{"", "63232319800101001", "6323231980010100133", "632323198013010013", "032323198001010013", "63232319800101001x", "六三二三二三"} {
		if CheckIDCard(bad) == nil {
			t.Errorf("%q passes", bad)
		}
	}
}

func TestCreditCodes(t *testing.T) {
	for _, good := range []string{"51630000MJ12345615", "52632323MJ1234561L", "91350100M000100Y43"} {
		if err := CheckUSCC(good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
		for i := range 18 {
			for _, d := range usccAlphabet + "IOSVZ" {
				if bad := good[:i] + string(d) + good[i+1:]; bad != good && CheckUSCC(bad) == nil {
					t.Errorf("%s passes, one sign off %s", bad, good)
				}
			}
		}
	}
	for _, bad := range []string{"", "51630000MJ1234561", "51630000MJ123456155"} {
		if CheckUSCC(bad) == nil {
			t.Errorf("%q passes", bad)
		}
	}
}

func TestMaskNumber(t *testing.T) {
	for in, want := range map[string]string{
		"632323198001010013": "6323**********0013", "13800000001": "1380***0001", "123456789": "*********", "": "", "1234567890": "1234**7890",
	} {
		if got := MaskNumber(in); got != want {
			t.Errorf("MaskNumber(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestParse(t *testing.T) {
	tests := []struct {
		ty   Type
		in   string
		want any
	}{
		{Integer, "1,200", 1200}, {Integer, " 7 ", 7}, {Decimal, "1，200.5", 1200.5}, {Choices, "b  a", []any{"a", "b"}}, {Date, "2026-03-15", "2026-03-15"},
		{Text, "  ", nil}, {Table, `[{"n":1}]`, []any{map[string]any{"n": 1}}}, {Any, `[1]`, []any{1}}, {Any, "12", "12"},
		{YesNo, "yes", "yes"}, {YesNo, "true", true}, {YesNo, "FALSE", false}, {Phone, "138 0000 0001", "13800000001"},
	}
	for _, c := range tests {
		got, err := Parse(Field{Name: "f", Type: c.ty}, c.in)
		if want := value(t, c.want); err != nil || got.Norm() != want {
			t.Errorf("Parse(%d, %q) = %s, %v; want %s", c.ty, c.in, got, err, want)
		}
	}
	for ty, in := range map[Type]string{Integer: "many", Decimal: "1.2.3", Date: "yesterday", Table: "x", Phone: "110", YesNo: "1"} {
		if v, err := Parse(Field{Name: "f", Type: ty}, in); err == nil {
			t.Errorf("Parse(%d, %q) = %s", ty, in, v)
		}
	}
	for _, in := range []string{"NaN", "Inf", "1e999"} {
		if v, err := Parse(Field{Name: "f", Type: Decimal}, in); err == nil {
			t.Errorf("Parse(%q) = %s", in, v)
		}
	}
}
