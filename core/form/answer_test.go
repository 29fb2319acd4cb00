package form

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"muqu/core/table"
)

// typed lists what clerks type per question type: what is stored, or the key of the refusal.
var typed = []struct{ kind, text, stored, refused string }{
	{"integer", "12", "12", ""}, {"integer", " 012 ", "12", ""}, {"integer", "１２", "12", ""}, {"integer", "12,500", "12500", ""},
	{"integer", "-3", "-3", ""}, {"integer", "1.5", "", "answer.whole"}, {"integer", "twelve", "", "answer.integer"},
	{"integer", "99999999999999999999", "", "answer.integer"}, {"integer", "1e3", "", "answer.integer"}, {"integer", "", "", ""},
	{"decimal", "2.50", "2.5", ""}, {"decimal", "２．５", "2.5", ""}, {"decimal", "1,234.5", "1234.5", ""}, {"decimal", "Inf", "", "answer.decimal"},
	{"decimal", "0x10", "", "answer.decimal"}, {"decimal", "1e999", "", "answer.decimal"},
	{"date", "2026-5-1", "2026-05-01", ""}, {"date", "2026/05/01", "2026-05-01", ""}, {"date", "20260501", "2026-05-01", ""},
	{"date", "2026年5月1日", "2026-05-01", ""}, {"date", "2026-02-30", "", "answer.noday"}, {"date", "May", "", "answer.date"},
	{"time", "9:05", "09:05:00", ""}, {"time", "14点30分", "14:30:00", ""}, {"time", "25:00", "", "answer.time"}, {"time", "09:05:07.000+08:00", "09:05:07", ""},
	{"dateTime", "2026-05-01 14:30", "2026-05-01T14:30:00.000+08:00", ""}, {"dateTime", "2026-05-01", "", "answer.datetime"},
	{"geopoint", "35.1 99.2 3200 5", "35.1 99.2 3200 5", ""}, {"geopoint", "99 200", "", "answer.place"}, {"geopoint", "here", "", "answer.place"},
	{"geotrace", "1 1;2 2", "1 1;2 2", ""}, {"geotrace", "1 1", "", "answer.trace"}, {"geoshape", "1 1;2 2;3 1;1 1", "1 1;2 2;3 1;1 1", ""},
	{"geoshape", "1 1;2 2;3 1", "", "answer.shape"},
	{"select_one l", "a", "a", ""}, {"select_one l", "z", "", "answer.choice"},
	{"select_multiple l", "b  a", "b a", ""}, {"select_multiple l", "a a", "", "answer.twice"}, {"select_multiple l", "a z", "", "answer.choice"},
	{"rank l", "b a", "b a", ""}, {"rank l", "b", "", "answer.rank"},
	{"range", "3", "3", ""}, {"range", "3.5", "", "answer.range"}, {"range", "11", "", "answer.range"},
	{"text", "line\nline\x00", "line\nline", ""}, {"text", " kept ", " kept ", ""}, {"text", strings.Repeat("x", maxAnswer+1), "", "answer.long"},
	{"text", "\xff", "", "answer.long"}, {"note", "x", "", "answer.readonly"}, {"calculate", "x", "", "answer.readonly"}, {"start", "x", "", "answer.readonly"},
	{"acknowledge", "OK", "OK", ""}, {"barcode", "A1", "A1", ""}, {"image", "p.jpg", "p.jpg", ""}, {"hidden", "x", "x", ""},
}

func TestWhatClerksType(t *testing.T) {
	for _, c := range typed {
		row := c.kind + " | q | Q | | "
		if c.kind == "calculate" {
			row += "1"
		}
		v := New(read(t, survey(row)+lists), Config{Now: noon})
		before := v.Value("q")
		err := v.Set("q", c.text)
		var m Message
		if c.refused == "" && err != nil || c.refused != "" && (!errors.As(err, &m) || m.Key != c.refused) {
			t.Errorf("%s %q: error %v, want %s", c.kind, shorten(c.text), err, c.refused)
			continue
		}
		want := c.stored
		if c.refused != "" {
			want = before
		}
		if got := v.Value("q"); got != want {
			t.Errorf("%s %q: stored %q want %q", c.kind, shorten(c.text), got, want)
		}
	}
}

func TestARefusedAnswerShowsUntilMended(t *testing.T) {
	v := New(read(t, survey("integer | n | N")), Config{Now: noon, Lang: "zh"})
	_ = v.Set("n", "5")
	_ = v.Set("n", "many")
	q := v.Step().Questions[0]
	if q.Value != "5" || q.Typed != "many" || q.Error == nil || q.Error.Text != "“many”不是整数，请只输入数字。" {
		t.Errorf("question %+v", q)
	}
	if len(v.Errors()) != 1 {
		t.Error("the refusal is not listed")
	}
	_ = v.Set("n", "6")
	if q := v.Step().Questions[0]; q.Error != nil || q.Typed != "" {
		t.Errorf("question %+v", q)
	}
}

func TestCascadeForgetsNothingButComplains(t *testing.T) {
	v := New(read(t, `
| survey | | | | |
| | type | name | label | choice_filter |
| | select_one county | c | C | |
| | select_one village | v | V | county = ${c} |
| choices | | | | |
| | list_name | name | label | county |
| | county | x | X | |
| | county | y | Y | |
| | village | x1 | X1 | x |
| | village | y1 | Y1 | y |
`), Config{Now: noon})
	if err := v.Set("v", "x1"); err == nil {
		t.Error("a village of no county was taken")
	}
	fillIn(t, v, "c=x", "v=x1")
	if got := v.Step().Questions[1].Choices; len(got) != 1 || got[0].Label != "X1" || !got[0].Selected {
		t.Errorf("choices %+v", got)
	}
	fillIn(t, v, "c=y")
	if errs := v.Errors(); len(errs) != 1 || errs[0].Key != "answer.offlist" {
		t.Errorf("errors %v", errs)
	}
}

func TestRepeatCountFollowsAnAnswer(t *testing.T) {
	v := New(read(t, survey("integer | n | N", "begin repeat | r | R | | | | | | | | ${n}", "text | a | A", "end repeat", "calculate | c | | | count(${r})")), Config{Now: noon})
	fillIn(t, v, "n=3", "/data/r[3]/a=kept", "n=1")
	if got := v.Answers()["c"]; got != int64(1) {
		t.Errorf("count %v", got)
	}
	if _, err := v.AddRepeat("/data/r"); err == nil {
		t.Error("an instance was added beyond the count")
	}
	fillIn(t, v, "n=3")
	if got := v.Value("/data/r[3]/a"); got != "kept" {
		t.Errorf("answer lost: %q", got)
	}
	fillIn(t, v, "n=100000")
	if got := v.Answers()["c"]; got != int64(maxInstances) {
		t.Errorf("count %v", got)
	}
}

func TestTriggersSetValues(t *testing.T) {
	v := New(read(t, survey("text | a | A", "text | b | B | | concat(${a}, '!') | | | | ${a}", "text | when | W | | now() | | | | ${a}")), Config{Now: noon})
	fillIn(t, v, "a=x")
	if v.Value("b") != "x!" || v.Value("when") != "2026-11-23T12:00:00.000+08:00" {
		t.Errorf("b %q, when %q", v.Value("b"), v.Value("when"))
	}
	fillIn(t, v, "b=mine", "a=x")
	if v.Value("b") != "mine" {
		t.Error("an unchanged trigger set a value")
	}
}

func TestDefaultsAndOnce(t *testing.T) {
	v := New(read(t, survey("text | a | A | | | | | today()", "text | b | B | | | | | ${a}", "calculate | id | | | once(uuid())", "begin repeat | r | R", "integer | n | N | | | | | position(..)", "end repeat")), Config{Now: noon})
	if v.Value("a") != "2026-11-23" || v.Value("b") != "2026-11-23" || v.Value("/data/r[1]/n") != "1" {
		t.Errorf("a %q b %q n %q", v.Value("a"), v.Value("b"), v.Value("/data/r[1]/n"))
	}
	second, _ := v.AddRepeat("/data/r")
	if v.Value(second+"/n") != "2" {
		t.Errorf("n of the second instance %q", v.Value(second+"/n"))
	}
	again, _ := Restore(v.Form(), v.Draft(), Config{Now: noon})
	if again.Value("id") != v.Value("id") || len(v.Value("id")) != 36 {
		t.Errorf("id %q became %q", v.Value("id"), again.Value("id"))
	}
}

func TestDataComesFromFiles(t *testing.T) {
	herds := NewDataset(&table.Sheet{Rows: [][]string{{"name", "label", "yaks"}, {"h1", "Herd 1", "30"}, {"h2", "Herd 2", "50"}}})
	cfg := Config{Now: noon, Data: func(name string) *Dataset {
		if name == "herds" {
			return herds
		}
		return nil
	}}
	v := New(read(t, survey("select_one_from_file herds.csv | h | H", "calculate | y | | | pulldata('herds', 'yaks', 'name', ${h})",
		"calculate | sum | | | sum(instance('herds')/root/item/yaks)", "select_one_from_file gone.csv | g | G")), cfg)
	fillIn(t, v, "h=h2", "g=anything")
	a := v.Answers()
	if a["y"] != "50" || a["sum"] != int64(80) || a["g"] != "anything" {
		t.Errorf("answers %v", a)
	}
	if err := v.Set("h", "h3"); err == nil {
		t.Error("a herd that isn't in the file was taken")
	}
	if got := v.Display("h"); got != "Herd 2" {
		t.Errorf("display %q", got)
	}
}

func TestLabelsOfChoices(t *testing.T) {
	v := New(read(t, `
| survey | | | | |
| | type | name | label::English (en) | calculation |
| | text | who | Who | |
| | select_one l | q | Q | |
| | calculate | shown | | jr:choice-name(${q}, '${q}') |
| choices | | | | |
| | list_name | name | label::English (en) | label::中文 (zh) |
| | l | a | ${who} says yes | ${who}同意 |
`), Config{Now: noon, Lang: "zh-CN"})
	fillIn(t, v, "who=Test", "q=a")
	if got := v.Step().Questions[1].Choices[0].Label; got != "Test同意" {
		t.Errorf("label %q", got)
	}
	if got := v.Value("shown"); got != "Test同意" {
		t.Errorf("choice name %q", got)
	}
}

func TestSameNamesInSeveralGroups(t *testing.T) {
	v := New(read(t, survey("begin group | g | G", "text | a | A", "end group", "begin group | h | H", "text | a | A", "end group")), Config{Now: noon})
	fillIn(t, v, "/data/g/a=1", "/data/h/a=2")
	want := map[string]any{"a": "1", "h/a": "2"}
	if got := v.Answers(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v want %v", got, want)
	}
}

func TestFieldListIsOneStep(t *testing.T) {
	v := New(read(t, survey("text | a | A", "begin group | g | G | | | | field-list", "text | b | B", "begin group | h | H", "text | c | C", "end group", "begin repeat | r | R", "text | e | E", "end repeat", "end group", "text | d | D")), Config{Now: noon})
	var got []string
	for _, s := range v.Steps() {
		var names []string
		for _, q := range s.Questions {
			names = append(names, q.Name)
		}
		got = append(got, s.Path+":"+strings.Join(names, ","))
	}
	want := []string{"/data:a", "/data/g:b,c", "/data/g/r:", "/data/g/r[1]:e", "/data#2:d"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v want %v", got, want)
	}
}

func TestWalking(t *testing.T) {
	v := New(read(t, survey("begin group | g | G", "text | a | A", "end group", "begin group | h | H | ${a} = 'x'", "text | b | B", "end group", "begin group | i | I", "text | c | C", "end group")), Config{Now: noon})
	at := func() string { return v.Step().Path }
	if moved, _ := v.Next(); !moved || at() != "/data/i" {
		t.Errorf("at %s", at())
	}
	fillIn(t, v, "a=x")
	if !v.Prev() || at() != "/data/h" {
		t.Errorf("at %s", at())
	}
	fillIn(t, v, "a=y")
	if at() != "/data/g" {
		t.Errorf("the step is gone, now at %s", at())
	}
	if v.Prev() || !v.Jump("/data/i/c") || at() != "/data/i" || v.Jump("/data/h") {
		t.Errorf("at %s", at())
	}
	if moved, problems := v.Next(); moved || problems != nil {
		t.Error("moved beyond the end")
	}
}

// An absolute path inside a repeat means the current instance, except in its last step, behind a predicate and in
// indexed-repeat() (JavaRosa TreeReference.contextualize; Enketo rewrites such paths likewise).
func TestAbsolutePathsInsideRepeats(t *testing.T) {
	for _, c := range []struct{ expr, first, second string }{
		{"/data/r/a", "x", "y"},
		{"concat(/data/r/a, /data/top)", "xq", "yq"},
		{"count(/data/r)", "2", "2"},
		{"join('', /data/r/a)", "x", "y"},
		{"/data/r[1]/a", "x", "x"},
		{"join('', /data/r[position() > 0]/a)", "xy", "xy"},
		{"indexed-repeat(/data/r/a, /data/r, 3 - position(..))", "y", "x"},
		{"/data/r[position() = position(current()/..)]/a", "x", "y"},
		{"join('', //a)", "xy", "xy"},
		{"/data/r/in/b", "m", "n"},
	} {
		v := New(read(t, survey("text | top | T", "begin repeat | r | R", "text | a | A", "begin repeat | in | I", "text | b | B", "end repeat",
			"calculate | at | | | "+c.expr, "end repeat")), Config{Now: noon})
		_, _ = v.AddRepeat("/data/r")
		fillIn(t, v, "top=q", "/data/r[1]/a=x", "/data/r[2]/a=y", "/data/r[1]/in[1]/b=m", "/data/r[2]/in[1]/b=n")
		if a, b := v.Value("/data/r[1]/at"), v.Value("/data/r[2]/at"); a != c.first || b != c.second {
			t.Errorf("%s: got %q and %q, want %q and %q", c.expr, a, b, c.first, c.second)
		}
	}
}

func TestMovingInstances(t *testing.T) {
	v := New(read(t, survey("begin repeat | r | R", "text | a | A", "calculate | at | | | position(..)", "end repeat", "calculate | all | | | join(',', ${a})")), Config{Now: noon})
	for range 2 {
		_, _ = v.AddRepeat("/data/r")
	}
	fillIn(t, v, "/data/r[1]/a=x", "/data/r[2]/a=y", "/data/r[3]/a=z")
	if err := v.MoveRepeat("/data/r[3]", 1); err != nil {
		t.Fatal(err)
	}
	if v.Value("all") != "z,x,y" || v.Value("/data/r[3]/at") != "3" {
		t.Errorf("all %q, at %q", v.Value("all"), v.Value("/data/r[3]/at"))
	}
	if err := v.MoveRepeat("/data/r[3]", 9); err == nil {
		t.Error("moved to a place that isn't there")
	}
	for range 3 {
		_ = v.RemoveRepeat("/data/r[1]")
	}
	if v.Value("all") != "" || v.Answers()["r"] != nil {
		t.Errorf("all %q, answers %v", v.Value("all"), v.Answers())
	}
	if s := v.Step(); !s.IsList || !s.Repeat.CanAdd || len(s.Repeat.Instances) != 0 {
		t.Errorf("step %+v", s)
	}
}

func TestDraftsOfOtherForms(t *testing.T) {
	v1 := read(t, survey("text | a | A", "text | b | B")+"| settings |\n| | form_id | version |\n| | f | 1 |")
	v2 := read(t, survey("text | a | A", "text | c | C")+"| settings |\n| | form_id | version |\n| | f | 2 |")
	v := New(v1, Config{Now: noon})
	fillIn(t, v, "a=kept", "b=gone")
	draft := v.Draft()
	var m Message
	if _, err := Restore(v2, draft, Config{Now: noon}); !errors.As(err, &m) || m.Key != "draft.version" {
		t.Errorf("got %v", err)
	}
	up, err := Upgrade(v2, draft, Config{Now: noon})
	if err != nil || up.Value("a") != "kept" {
		t.Errorf("upgrade: %v", err)
	}
	if _, err := Restore(shipped(t, "demand"), draft, Config{}); !errors.As(err, &m) || m.Key != "draft.form" {
		t.Errorf("got %v", err)
	}
	if _, err := Restore(v1, []byte("{"), Config{}); !errors.As(err, &m) || m.Key != "draft.broken" {
		t.Errorf("got %v", err)
	}
	if id, version, err := DraftInfo(draft); id != "f" || version != "1" || err != nil {
		t.Errorf("info %s %s %v", id, version, err)
	}
}

func TestMessagesAreComplete(t *testing.T) {
	for _, s := range MessageKeys() {
		if s.En == "" || s.Zh == "" {
			t.Errorf("%s: a language is missing", s.Key)
		}
		for _, place := range []string{"{text}", "{name}", "{max}", "{row}", "{list}", "{why}"} {
			en, zh := strings.ReplaceAll(s.En, "{{name}}", ""), strings.ReplaceAll(s.Zh, "{{name}}", "")
			if strings.Contains(en, place) != strings.Contains(zh, place) {
				t.Errorf("%s: %s stands in one language only", s.Key, place)
			}
		}
	}
}

func TestApplyGivesTheSameAnswers(t *testing.T) {
	v := visitOf(t, fieldConfig())
	second, _ := v.AddRepeat("/data/g_main/members")
	fillIn(t, v, second+"/m_name=Second Person", second+"/m_health=chronic disabled")
	data, err := json.Marshal(v.Answers())
	if err != nil {
		t.Fatal(err)
	}
	var answers map[string]any
	if err := json.Unmarshal(data, &answers); err != nil {
		t.Fatal(err)
	}
	again := New(v.Form(), fieldConfig())
	if refused := again.Apply(answers); refused != nil {
		t.Errorf("refused %v", refused)
	}
	a, b := again.Answers(), v.Answers()
	if !reflect.DeepEqual(a, b) {
		t.Errorf("answers differ:\n%v\n%v", a, b)
	}
	if refused := again.Apply(map[string]any{"yak": "many", "goat": 3.0}); len(refused) != 1 || refused[0].Path != "/data/g_main/g_prod/yak" {
		t.Errorf("refused %v", refused)
	}
	if again.Answers()["goat"] != int64(3) {
		t.Error("a good answer was not taken beside a bad one")
	}
}

func TestChoicesOutOfARepeat(t *testing.T) {
	v := New(read(t, survey("begin repeat | r | R", "text | who | W", "integer | age | A", "end repeat", "select_one ${who} | eldest | E | | | | | | | ${age} > 60")), Config{Now: noon})
	second, _ := v.AddRepeat("/data/r")
	fillIn(t, v, "/data/r[1]/who=Old", "/data/r[1]/age=70", second+"/who=Young", second+"/age=7")
	var names []string
	for _, s := range v.Steps() {
		for _, q := range s.Questions {
			for _, c := range q.Choices {
				names = append(names, c.Label)
			}
		}
	}
	if !reflect.DeepEqual(names, []string{"Old"}) {
		t.Errorf("choices %v", names)
	}
}
