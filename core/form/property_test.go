package form

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// deed is one thing that a person does in an interview.
type deed struct {
	do   string
	path string
	text string
}

// drawDeed draws something that can be done now.
func drawDeed(t *rapid.T, v *Interview) deed {
	var paths []string
	for _, s := range v.Steps() {
		for _, q := range s.Questions {
			if !q.ReadOnly && q.Type != "note" {
				paths = append(paths, q.Path)
			}
		}
	}
	kind := rapid.SampledFrom([]string{"set", "set", "set", "set", "add", "remove", "move", "next", "lang"}).Draw(t, "kind")
	switch kind {
	case "set":
		p := rapid.SampledFrom(paths).Draw(t, "path")
		return deed{"set", p, drawAnswer(t, v, p)}
	case "add":
		return deed{"add", "/data/g_main/members", ""}
	case "remove", "move":
		return deed{kind, fmt.Sprintf("/data/g_main/members[%d]", rapid.IntRange(1, 3).Draw(t, "n")), ""}
	case "lang":
		return deed{"lang", rapid.SampledFrom([]string{"zh", "en"}).Draw(t, "lang"), ""}
	}
	return deed{kind, "", ""}
}

func drawAnswer(t *rapid.T, v *Interview, path string) string {
	for _, s := range v.Steps() {
		for _, q := range s.Questions {
			if q.Path == path && len(q.Choices) > 0 {
				return rapid.SampledFrom(q.Choices).Draw(t, "choice").Name
			}
		}
	}
	return rapid.SampledFrom([]string{"", "1", "12", "-3", "2.5", "x", "1980-01-01", "2020-06-30", "632323198001010013", "13900000000", "a b", "9999999"}).Draw(t, "text")
}

func (d deed) to(v *Interview) {
	switch d.do {
	case "set":
		_ = v.Set(d.path, d.text)
	case "add":
		_, _ = v.AddRepeat(d.path)
	case "remove":
		_ = v.RemoveRepeat(d.path)
	case "move":
		_ = v.MoveRepeat(d.path, 1)
	case "lang":
		v.SetLang(d.path)
	case "next":
		v.Next()
	}
}

// TestDraftEqualsNeverHavingStopped does the same things in two interviews; one is stored and restored after each.
func TestDraftEqualsNeverHavingStopped(t *testing.T) {
	f := shipped(t, "household_visit")
	rapid.Check(t, func(t *rapid.T) {
		through, broken := New(f, fieldConfig()), New(f, fieldConfig())
		for range rapid.IntRange(1, 25).Draw(t, "deeds") {
			d := drawDeed(t, through)
			d.to(through)
			d.to(broken)
			again, err := Restore(f, broken.Draft(), fieldConfig())
			if err != nil {
				t.Fatal(err)
			}
			broken = again
			if a, b := through.Answers(), broken.Answers(); !reflect.DeepEqual(a, b) {
				t.Fatalf("after %v answers differ:\n%v\n%v", d, a, b)
			}
		}
		if a, b := through.Steps(), broken.Steps(); !reflect.DeepEqual(a, b) {
			t.Fatalf("steps differ")
		}
		if a, b := string(through.Draft()), string(broken.Draft()); a != b {
			t.Fatalf("drafts differ:\n%s\n%s", a, b)
		}
	})
}

// TestAnyOrderGivesTheSameAnswers gives the same answers in two orders, and computes everything anew besides.
func TestAnyOrderGivesTheSameAnswers(t *testing.T) {
	f := read(t, `
| survey | | | | | |
| | type | name | label | calculation | relevant |
| | integer | a | A | | |
| | integer | b | B | | ${a} > 1 |
| | begin repeat | r | R | | |
| | integer | n | N | | |
| | calculate | d | | ${n} * coalesce(${a}, 1) | |
| | calculate | at | | position(..) | |
| | begin group | g | G | | ${d} > 4 |
| | integer | m | M | | |
| | end group | | | | |
| | end repeat | | | | |
| | calculate | s | | sum(${d}) + coalesce(${b}, 0) | |
| | calculate | c | | count(${m}) * 100 + count(${r}) | |
| | calculate | last | | concat(${s}, '/', ${c}) | |
`)
	rapid.Check(t, func(t *rapid.T) {
		answers := []string{}
		n := rapid.IntRange(1, 4).Draw(t, "instances")
		for i := range n {
			answers = append(answers, fmt.Sprintf("/data/r[%d]/n=%d", i+1, rapid.IntRange(0, 5).Draw(t, "n")))
			answers = append(answers, fmt.Sprintf("/data/r[%d]/g/m=%d", i+1, i))
		}
		answers = append(answers, fmt.Sprintf("a=%d", rapid.IntRange(0, 4).Draw(t, "a")), "b=7")
		order := rapid.Permutation(answers).Draw(t, "order")
		one, two := startWith(f, n, answers), startWith(f, n, order)
		if a, b := one.Answers(), two.Answers(); !reflect.DeepEqual(a, b) {
			t.Fatalf("orders differ:\n%v\n%v", a, b)
		}
		whole := startWith(f, n, order)
		whole.settle()
		if a, b := two.Answers(), whole.Answers(); !reflect.DeepEqual(a, b) {
			t.Fatalf("step by step and all at once differ:\n%v\n%v", a, b)
		}
	})
}

func startWith(f *Form, instances int, answers []string) *Interview {
	v := New(f, Config{Now: noon})
	for range instances - 1 {
		_, _ = v.AddRepeat("/data/r")
	}
	for _, a := range answers {
		path, text, _ := strings.Cut(a, "=")
		_ = v.Set(path, text)
	}
	return v
}

// TestReaderNeverPanics reads tables of plausible words in every order.
func TestReaderNeverPanics(t *testing.T) {
	words := []string{"", "type", "name", "label", "label::fr", "relevant", "calculation", "text", "integer", "begin group", "end group", "begin repeat",
		"end repeat", "select_one l", "select_multiple l or_other", "note", "calculate", "a", "b", "${a}", "${b} + 1", "a b", "yes", "range", "start=1 end=0",
		"repeat_count", "choice_filter", "trigger", "x = ${a}", "default", "now()", "audit", "image", "begin loop over l", "end loop", "save_to", "parameters", "table-list", "appearance"}
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		for _, sheet := range []string{"survey", "choices", "settings", "entities"} {
			b.WriteString("| " + sheet + " |\n")
			rows := rapid.SliceOfN(rapid.SliceOfN(rapid.SampledFrom(words), 1, 7), 0, 8).Draw(t, sheet)
			if sheet == "survey" {
				b.WriteString("| | type | name | label | relevant | calculation | repeat_count | appearance | parameters | save_to |\n")
			}
			for _, row := range rows {
				b.WriteString("| | " + strings.Join(row, " | ") + " |\n")
			}
		}
		f, report := ReadFile("x.md", []byte(b.String()))
		if (f == nil) == report.OK() {
			t.Fatalf("form %v, report %v", f, report)
		}
		if f != nil {
			if _, err := parseXML(f.XForm()); err != nil {
				t.Fatalf("%v in\n%s", err, f.XForm())
			}
			v := New(f, Config{Now: noon})
			v.Validate()
			if _, err := Restore(f, v.Draft(), Config{Now: noon}); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(entityForm))
	f.Add([]byte("| survey |\n| | type | name |\n| | begin repeat | r |\n| | end group | |"))
	f.Fuzz(func(t *testing.T, data []byte) {
		form, report := ReadFile("x.md", data)
		if (form == nil) == report.OK() {
			t.Fatalf("form %v, report %v", form, report)
		}
		if form != nil {
			if _, err := parseXML(form.XForm()); err != nil {
				t.Fatalf("%v in\n%s", err, form.XForm())
			}
			New(form, Config{Now: noon}).Validate()
		}
	})
}

// TestNestedRepeatsStayTrue adds, fills, moves and removes instances in repeats in repeats; computing what changed
// must give what computing everything gives.
func TestNestedRepeatsStayTrue(t *testing.T) {
	f := read(t, `
| survey | | | | | |
| | type | name | label | calculation | relevant |
| | integer | k | K | | |
| | begin repeat | r | R | | ${k} != 3 |
| | integer | n | N | | |
| | begin repeat | s | S | | ${n} != 2 |
| | integer | m | M | | |
| | calculate | d | | ${m} * ${n} + coalesce(${k}, 0) | |
| | calculate | at | | concat(position(../..), '.', position(..)) | |
| | calculate | share | | concat(${m}, ' of ', ${t}) | ${t} > 0 |
| | end repeat | | | | |
| | calculate | t | | sum(${m}) | |
| | calculate | c | | count(${s}) | |
| | end repeat | | | | |
| | calculate | all | | sum(${t}) + count(${d}) * 1000 | |
| | calculate | where | | join(' ', ${at}) | |
| | calculate | second | | indexed-repeat(${m}, ${r}, 2, ${s}, 1) | |
`)
	rapid.Check(t, func(t *rapid.T) {
		v := New(f, Config{Now: noon})
		for range rapid.IntRange(1, 30).Draw(t, "deeds") {
			r := rapid.IntRange(1, 3).Draw(t, "r")
			s := rapid.IntRange(1, 3).Draw(t, "s")
			value := fmt.Sprint(rapid.IntRange(0, 4).Draw(t, "value"))
			switch rapid.SampledFrom([]string{"k", "n", "m", "m", "addr", "adds", "adds", "remover", "removes", "mover", "moves"}).Draw(t, "what") {
			case "k":
				_ = v.Set("k", value)
			case "n":
				_ = v.Set(fmt.Sprintf("/data/r[%d]/n", r), value)
			case "m":
				_ = v.Set(fmt.Sprintf("/data/r[%d]/s[%d]/m", r, s), value)
			case "addr":
				_, _ = v.AddRepeat("/data/r")
			case "adds":
				_, _ = v.AddRepeat(fmt.Sprintf("/data/r[%d]/s", r))
			case "remover":
				_ = v.RemoveRepeat(fmt.Sprintf("/data/r[%d]", r))
			case "removes":
				_ = v.RemoveRepeat(fmt.Sprintf("/data/r[%d]/s[%d]", r, s))
			case "mover":
				_ = v.MoveRepeat(fmt.Sprintf("/data/r[%d]", r), 1)
			case "moves":
				_ = v.MoveRepeat(fmt.Sprintf("/data/r[%d]/s[%d]", r, s), 1)
			}
			some := string(v.Draft())
			v.settle()
			if whole := string(v.Draft()); whole != some {
				t.Fatalf("what changed:\n%s\neverything:\n%s", some, whole)
			}
		}
	})
}
