package form

import (
	"strings"
	"testing"
)

// converted lists what was found by reading some two thousand forms, made by chance, beside pyxform 3 (as the npm
// package cht-conf brings it), and from the texts of pyxform's own tests: what must stand in the XForm, or with a
// minus in front must not.
var converted = []struct{ name, md, want string }{
	{"a group has no value to set", survey("text | a | A", "begin group | g | G | | | | | | ${a}", "text | b | B", "end group"), `-<setvalue`},
	{"metadata may set off a calculation", survey("deviceid | d | D", "text | b | B | | 1 | | | | ${d}"), `<bind nodeset="/data/b" type="string"/>`},
	{"default of a start-geopoint", survey("start-geopoint | a | | | | | | 1 + 1"), `<odk:setgeopoint ref="/data/a" event="odk-instance-first-load"/>`},
	{"no texts of files", "| survey |\n| | type | name | label::en (en) |\n| | csv-external | f | F |\n| | text | a | A |", `-/data/f:label`},
	{"no rules of files", "| survey |\n| | type | name | label | relevant |\n| | csv-external | f | F | 1 |\n| | text | a | A | |", `-nodeset="/data/f"`},
	{"no guidance of groups", "| survey |\n| | type | name | label | guidance_hint |\n| | begin group | g | G | Slow |\n| | text | a | A | |\n| | end group | | | |", `-/data/g:hint`},
	{"hints of groups in languages", "| survey |\n| | type | name | label | hint::en (en) |\n| | begin group | g | G | Slow |\n| | text | a | A | |\n| | end group | | | |", `<text id="/data/g:hint">`},
	{"new record", survey("text | a | A") + "| entities |\n| | list_name | label |\n| | e | ${a} |", `event="odk-instance-first-load" type="string" readonly="true()" value="uuid()"/>`},
	{"the column media alone", "| survey |\n| | type | name | media |\n| | text | a | x.png |", `-x.png`},
	{"names of lists keep their capitals", survey("geopoint | a | A | | | reference-geometry=Lists") + "| choices |\n| | list_name | name | label |\n| | Lists | a | A |", `nodeset="instance('Lists')/root/item"`},
	{"the last of doubled parameters", survey("range | a | A | | | end=5 end=6"), `end="6"`},
	{"old name of a type", survey("gps | a | A | | | max-pixels=3"), `type="geopoint"`},
}

func TestConvertedLikePyxform(t *testing.T) {
	for _, c := range converted {
		f, report := ReadFile("data.md", []byte(c.md))
		if f == nil {
			t.Errorf("%s: %v", c.name, report.Errors)
			continue
		}
		want, absent := strings.CutPrefix(c.want, "-")
		if x := string(f.XForm()); strings.Contains(x, want) == absent {
			t.Errorf("%s: %s in\n%s", c.name, c.want, x)
		}
	}
}

// refused lists further mistakes, as mistakes does.
var refused = []struct {
	source, md, key string
	row             int
}{
	{"ENTITY_003", survey("begin group | g | G", "text | a | A", "end group | | | | | | | | | | | p") + "| entities |\n| | list_name | label |\n| | e | x |", "form.saveto.section", 4},
	{"NAMES_004", survey("begin loop over l | o | O", "begin repeat | r | R", "text | a | A", "end repeat", "end loop") + lists, "form.repeat.loop", 3},
	{"survey", survey("csv-external | f", "text | a | ${f}"), "form.reference.missing", 3},
	{"question", survey("integer | a | | | 1", "text | b | B | | 2 | | | | ${a}"), "form.trigger.hidden", 3},
	{"SURVEY_011", "| survey |\n| | type | name | label | required |\n| | begin repeat | r | R | yes |\n| | text | a | A | |\n| | end repeat | | | |", "form.block.required", 2},
}

func TestFurtherMistakes(t *testing.T) {
	for _, m := range refused {
		_, report := ReadFile("data.md", []byte(m.md))
		found := false
		for _, p := range report.Errors {
			found = found || p.Key == m.key && p.Row == m.row
		}
		if !found {
			t.Errorf("[%s] want %s in row %d, got %v", m.source, m.key, m.row, report.Errors)
		}
	}
}

// Forms of other systems are read; what only these can compute is named.
func TestForeignFunctionsAreWarnings(t *testing.T) {
	for _, call := range []string{"count-if(${a}, ${a} > 1)", "rank-index(1, ${a})", "z-score('x', ${a})", "cht:extension-lib('x')"} {
		f, report := ReadFile("data.md", []byte(survey("integer | a | A", "calculate | b | | | "+call)))
		if f == nil || len(report.Warnings) != 1 || report.Warnings[0].Key != "form.function.foreign" || report.Warnings[0].Row != 3 {
			t.Errorf("%s: %v %v", call, report.Errors, report.Warnings)
		}
	}
}

// What or_other adds is Chinese to who reads Chinese; an XForm has pyxform's words.
func TestOtherSpeaksTheFormsLanguage(t *testing.T) {
	f := readForm(t, `
| survey |
| | type | name | label::中文 (zh) | label::English (en) |
| | select_one need or_other | a | 需要什么 | What is needed |
| choices |
| | list_name | name | label::中文 (zh) | label::English (en) |
| | need | hay | 干草 | Hay |
| settings |
| | default_language |
| | 中文 (zh) |
`)
	v := New(f, Config{})
	if err := v.Set("/data/a", "other"); err != nil {
		t.Fatal(err)
	}
	says := func() string {
		q := v.Step().Questions
		return q[0].Choices[1].Label + ", " + q[1].Label
	}
	if got := says(); got != "其他, 请填写其他的内容" {
		t.Errorf("in Chinese: %s", got)
	}
	v.SetLang("English (en)")
	if got := says(); got != "Other, Specify other." {
		t.Errorf("in English: %s", got)
	}
	if x := string(f.XForm()); strings.Contains(x, "其他") || strings.Count(x, "<value>Other</value>") != 2 || strings.Count(x, "<label>Specify other.</label>") != 1 {
		t.Error("an XForm has other words than pyxform's")
	}
}
