package form

import (
	"strings"
	"testing"
)

// outputs lists texts and how they are parted: expressions in angle brackets. Source: ODK documentation, form logic,
// "variables"; the double braces and their escapes as pyxform 4.5 has them.
var outputs = []struct{ text, want string }{
	{"plain", "plain"},
	{"{{", "{{"},
	{"a } b {c} $5", "a } b {c} $5"},
	{"closing }} alone", "closing }} alone"},
	{`C:\folder\{x\}`, `C:\folder\{x\}`},
	{"Hello ${name}!", "Hello <${name}>!"},
	{"{{ 1 + 1 }}", "< 1 + 1 >"},
	{"{{1}}{{2}}", "<1><2>"},
	{"none: {{}}", "none: <>"},
	{"{{${a}}}", "<${a}>"},
	{"${a}: {{ ${b} * 2 }}%", "<${a}>: < ${b} * 2 >%"},
	{`\{{ ${a} \}}`, "{{ <${a}> }}"},
	{`{{ concat('\}}', '{x}') }}`, "< concat('}}', '{x}') >"},
	{`\\{{`, `\{{`},
	{"instance('l')/root/item[name = ${a}]/label fits", "<instance('l')/root/item[name = ${a}]/label> fits"},
	{"{{1}} instance('l')/root", "<1> instance('l')/root"},
}

func TestTextParts(t *testing.T) {
	for _, c := range outputs {
		parts, bad := textParts(c.text)
		var b strings.Builder
		for _, p := range parts {
			if p.expr {
				b.WriteString("<" + p.text + ">")
			} else {
				b.WriteString(p.text)
			}
		}
		if b.String() != c.want || bad != "" {
			t.Errorf("%s: got %s %s, want %s", c.text, b.String(), bad, c.want)
		}
	}
}

func TestBrokenBracesAreErrors(t *testing.T) {
	for label, key := range map[string]string{
		"total {{ ${a}": "form.output.open", `\{{ a \}} {{ b`: "form.output.open", "{{ {{ ${a} }} }}": "form.output.nested",
	} {
		_, report := ReadFile("f.md", []byte("| survey |\n| | type | name | label |\n| | text | a | "+label+" |\n"))
		if len(report.Errors) != 1 || report.Errors[0].Key != key || report.Errors[0].Row != 2 {
			t.Errorf("%s: got %v, want %s", label, report.Errors, key)
		}
	}
}

// What the interview shows is what the XForm says.
func TestExpressionsInLabels(t *testing.T) {
	f, report := ReadFile("f.md", []byte(`
| survey |
| | type | name | label | constraint | constraint_message |
| | integer | n | How many? | . < 5 | {{ . }} is more than 4 |
| | select_one c | s | Twice is {{ ${n} * 2 }}, \{{ that \}} | | |
| choices |
| | list_name | name | label |
| | c | x | {{ ${n} + 1 }} |
`))
	if !report.OK() {
		t.Fatal(report.Errors)
	}
	v := New(f, Config{Now: clock})
	if err := v.Set("/data/n", "4"); err != nil {
		t.Fatal(err)
	}
	for _, s := range v.Steps() {
		for _, q := range s.Questions {
			if q.Name == "s" && (q.Label != "Twice is 8, {{ that }}" || q.Choices[0].Label != "5") {
				t.Errorf("got %q and %q", q.Label, q.Choices[0].Label)
			}
		}
	}
	out := string(f.XForm())
	for _, want := range []string{`<output value="  /data/n  * 2 "/>`, `jr:constraintMsg="jr:itext('/data/n:jr:constraintMsg')"`, `<output value=" . "/>`} {
		if !strings.Contains(out, want) {
			t.Errorf("the XForm lacks %s", want)
		}
	}
}
