package form

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"testing"

	"muqu/core/table"
)

func TestExternalChoices(t *testing.T) {
	f := read(t, survey("text | c | C", "select_one_external place | p | P | | | | | | | county = ${c}")+
		"| external_choices |\n| | list_name | name | label | county |\n| | place | x1 | X1 | x |\n| | place | y1 | Y1 | y |")
	v := New(f, Config{Now: noon})
	fillIn(t, v, "c=y", "p=y1")
	if err := v.Set("p", "x1"); err == nil {
		t.Error("a place of another county was taken")
	}
	if got := v.Step().Questions[1].Choices; len(got) != 1 || got[0].Label != "Y1" {
		t.Errorf("choices %+v", got)
	}
}

func TestShuffledChoicesStayShuffledTheSame(t *testing.T) {
	md := survey("integer | s | S", "select_one l | q | Q | | | randomize=true seed=${s}", "select_one l | r | R | | | randomize=true") + "\n| choices |\n| | list_name | name | label |\n"
	for i := range 20 {
		md += fmt.Sprintf("| | l | n%d | N%d |\n", i, i)
	}
	f := read(t, md)
	order := func(v *Interview, q int) string {
		var names []string
		for _, c := range v.Step().Questions[q].Choices {
			names = append(names, c.Name)
		}
		return strings.Join(names, " ")
	}
	v, w := New(f, Config{Now: noon, Seed: 1}), New(f, Config{Now: noon, Seed: 2})
	fillIn(t, v, "s=42")
	fillIn(t, w, "s=42")
	if order(v, 1) != order(w, 1) || order(v, 1) != order(v, 1) {
		t.Error("one seed gave two orders")
	}
	if order(v, 2) == order(w, 2) || order(v, 2) != order(v, 2) {
		t.Error("the order without a seed belongs to the interview")
	}
	fillIn(t, w, "s=43")
	if order(v, 1) == order(w, 1) {
		t.Error("two seeds gave one order")
	}
}

// What an interview left is known to the next one: in calculations, and in defaults, which are worked out at its very
// beginning. A draft goes on with what it began with.
func TestLastSavedAnswers(t *testing.T) {
	f := read(t, survey("text | village | V", "text | town | T | | | | | ${last-saved#town}", "text | secret | S",
		"text | again | A | | concat(${last-saved#village}, '!') | | | | ${village}"))
	v := New(f, Config{Now: noon})
	fillIn(t, v, "village=Old", "town=Zequ", "secret=x")
	left := v.Left()
	if want := map[string]string{"village": "Old", "town": "Zequ"}; !maps.Equal(left, want) {
		t.Fatalf("left %v, want %v", left, want)
	}
	next := New(f, Config{Now: noon, Last: left})
	fillIn(t, next, "village=New")
	if again, town := next.Value("again"), next.Value("town"); again != "Old!" || town != "Zequ" {
		t.Errorf("got %q, %q", again, town)
	}
	resumed, err := Restore(f, next.Draft(), Config{Now: noon, Last: map[string]string{"village": "Later"}})
	if err != nil {
		t.Fatal(err)
	}
	fillIn(t, resumed, "village=Newer")
	if again := resumed.Value("again"); again != "Old!" {
		t.Errorf("the draft goes on with %q", again)
	}
}

func TestFormTellsAboutItself(t *testing.T) {
	f := shipped(t, "household_visit")
	if got := f.Sensitive(); got["head_id"] != "id" || got["m_name"] != "name" || got["phone"] != "phone" || got["yak"] != "" {
		t.Errorf("sensitive %v", got)
	}
	if got := f.Questions(); got < 99 || got > 200 {
		t.Errorf("%d questions", got)
	}
	if !reflect.DeepEqual(f.Langs, []string{"中文 (zh)", "English (en)"}) || f.Lang != "中文 (zh)" || f.ID != "hh_visit" || f.Version != "2026112801" {
		t.Errorf("langs %v, %s, %s %s", f.Langs, f.Lang, f.ID, f.Version)
	}
	for want, lang := range map[string]string{"zh-CN": "中文 (zh)", "en": "English (en)", "": "中文 (zh)", "fr": "中文 (zh)", "English (en)": "English (en)"} {
		if got := f.Language(want); got != lang {
			t.Errorf("language %q is %q", want, got)
		}
	}
	v := New(f, fieldConfig())
	v.SetLang("zh")
	if v.Lang() != "中文 (zh)" || v.Step().Title() != "一、走访情况" || v.StepCount() == 0 || v.Form() != f {
		t.Errorf("lang %s, title %s", v.Lang(), v.Step().Title())
	}
}

func TestTextsOfDocuments(t *testing.T) {
	doc := `<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><model><itext>
<translation lang="fr"><text id="a"><value>un</value></text></translation>
<translation lang="en" default="true()"><text id="a"><value form="image">x.png</value><value>one</value></text></translation>
</itext><instance id="l"><root><item><name>k</name><label>K</label></item></root></instance></model></h:html>`
	for expr, want := range map[string]string{
		"jr:itext('a')": "one", "jr:itext('b')": "", "pulldata('l', 'label', 'name', 'k')": "K", "pulldata('m', 'label', 'name', 'k')": "",
		"count(/h:html/model)": "1", "instance('l')/root/item/label": "K", "count(instance('none'))": "0", "property('deviceid')": "",
	} {
		if got, err := Evaluate(Query{Expr: expr, XML: doc, Now: clock()}); err != nil || got.Text != want {
			t.Errorf("%s: %q, %v; want %q", expr, got.Text, err, want)
		}
	}
	if _, err := Evaluate(Query{Expr: "1", XML: doc, Node: "/gone", Now: clock()}); err == nil {
		t.Error("a context that isn't there was found")
	}
}

func TestDeviceProperties(t *testing.T) {
	v := New(read(t, survey("deviceid | d |", "email | e |", "calculate | u | | | property('username')")), Config{Now: noon, Device: map[string]string{"deviceid": "T1", "username": "w", "email": "w@example.org"}})
	if a := v.Answers(); a["d"] != "T1" || a["e"] != "w@example.org" || a["u"] != "w" {
		t.Errorf("answers %v", a)
	}
}

// entityScopes are declarations of records and where they come to stand, or the complaint.
var entityScopes = []struct{ name, md, want string }{
	{"from the form", survey("text | a | A | | | | | | | | | p") + "| entities |\n| | list_name | label |\n| | e | ${a} |", `nodeset="/data/meta/entity/@id"`},
	{"from a repeat", survey("begin repeat | r | R", "text | a | A | | | | | | | | | p", "end repeat") + "| entities |\n| | list_name | label |\n| | e | ${a} |", `nodeset="/data/r/meta/entity/@id"`},
	{"version of a simple form", survey("text | a | A") + "| entities |\n| | list_name | label |\n| | e | x |", `entities:entities-version="2024.1.0"`},
	{"version of several", survey("begin repeat | r | R", "text | a | A | | | | | | | | | p", "end repeat") + "| entities |\n| | list_name | label |\n| | e | x |", `entities:entities-version="2025.1.0"`},
	{"new ones in a repeat", survey("begin repeat | r | R", "text | a | A | | | | | | | | | p", "end repeat") + "| entities |\n| | list_name | label |\n| | e | x |", `<setvalue ref="/data/r/meta/entity/@id" event="odk-new-repeat" type="string" readonly="true()" value="uuid()"/>`},
	{"update", survey("csv-external | e", "text | a | A") + "| entities |\n| | list_name | entity_id |\n| | e | ${a} |", `nodeset="/data/meta/entity/@baseVersion" readonly="true()" type="string" calculate="instance('e')/root/item[name= /data/a ]/__version"`},
	{"two repeats", survey("begin repeat | r | R", "text | a | A | | | | | | | | | p", "end repeat", "begin repeat | s | S", "text | b | B | | | | | | | | | q", "end repeat") + "| entities |\n| | list_name | label |\n| | e | x |", "form.entity.scope"},
	{"label from another repeat", survey("begin repeat | r | R", "text | a | A | | | | | | | | | p", "end repeat", "begin repeat | s | S", "text | b | B", "end repeat") + "| entities |\n| | list_name | label |\n| | e | ${b} |", "form.entity.scope"},
	{"two in one place", survey("text | a | A | | | | | | | | | e#p", "text | b | B | | | | | | | | | f#q") + "| entities |\n| | list_name | label |\n| | e | x |\n| | f | y |", "form.entity.place"},
	{"which list", survey("text | a | A | | | | | | | | | p") + "| entities |\n| | list_name | label |\n| | e | x |\n| | f | y |", "form.saveto.which"},
	{"no such list", survey("text | a | A | | | | | | | | | g#p") + "| entities |\n| | list_name | label |\n| | e | x |", "form.saveto.list"},
	{"two signs", survey("text | a | A | | | | | | | | | e#p#q") + "| entities |\n| | list_name | label |\n| | e | x |", "form.saveto.signs"},
	{"twice the property", survey("text | a | A | | | | | | | | | p", "text | b | B | | | | | | | | | p") + "| entities |\n| | list_name | label |\n| | e | x |", "form.saveto.twice"},
	{"a group", survey("begin group | g | G | | | | | | | | | p", "text | a | A", "end group") + "| entities |\n| | list_name | label |\n| | e | x |", "form.saveto.section"},
	{"audit without a priority", survey("text | a | A", "audit | | | | | location-priority=x location-min-interval=1 location-max-age=2"), "form.audit.priority"},
	{"audit too old", survey("text | a | A", "audit | | | | | location-priority=balanced location-min-interval=9 location-max-age=2"), "form.audit.age"},
	{"audit in words", survey("text | a | A", "audit | | | | | location-priority=balanced location-min-interval=soon location-max-age=2"), "form.parameter.whole"},
	{"audit", survey("text | a | A", "audit | | | | | location-priority=balanced location-min-interval=1 location-max-age=2"), `odk:location-priority="balanced"`},
	{"a camera app", survey("image | a | A | | | app=org.example.camera max-pixels=1"), `intent="org.example.camera"`},
	{"no camera app", survey("image | a | A | | | app=camera max-pixels=1"), "form.image.app"},
	{"places from a repeat", survey("begin repeat | r | R", "geopoint | geometry | A", "end repeat", "geopoint | b | B | | | reference-geometry=${r}"), `nodeset="/data/r[./geometry != '']"`},
}

func TestWhereRecordsStand(t *testing.T) {
	for _, c := range entityScopes {
		f, report := ReadFile("x.md", []byte(c.md))
		if strings.HasPrefix(c.want, "form.") {
			found := false
			for _, p := range report.Errors {
				found = found || p.Key == c.want
			}
			if !found {
				t.Errorf("%s: want %s, got %v", c.name, c.want, report.Errors)
			}
			continue
		}
		if f == nil {
			t.Errorf("%s: %v", c.name, report.Errors)
		} else if x := string(f.XForm()); !strings.Contains(x, c.want) {
			t.Errorf("%s: no %s in\n%s", c.name, c.want, x)
		}
	}
}

func TestFilesThatAreNoForms(t *testing.T) {
	_, report := ReadFile("x.xlsx", []byte("PK\x03\x04"))
	if len(report.Errors) != 1 || report.Errors[0].Key != "table.xlsx" || report.Errors[0].Error() == "" {
		t.Errorf("got %v", report.Errors)
	}
	_, report = Read(&table.Workbook{}, "x")
	if len(report.Errors) == 0 || report.Errors[0].Key != "form.sheet.survey" {
		t.Errorf("got %v", report.Errors)
	}
}

func TestMessagesSpeakChinese(t *testing.T) {
	v := New(read(t, survey("integer | n | N")), Config{Now: noon})
	err := v.Set("n", "x")
	var m Message
	if !errors.As(err, &m) || m.In("zh-CN") != "“x”不是整数，请只输入数字。" || m.In("en") != m.Text {
		t.Errorf("got %v", err)
	}
	if got := (Message{Key: "unknown", Text: "As it is."}).In("zh"); got != "As it is." {
		t.Errorf("got %q", got)
	}
}

func TestChineseSentencesHaveChinesePunctuation(t *testing.T) {
	mixed := regexp.MustCompile(`\p{Han}[,;:!?(]|[,;:)]\p{Han}`)
	for key, text := range sentences {
		if mixed.MatchString(text[1]) {
			t.Errorf("%s: %s", key, text[1])
		}
	}
}

// TestOneFormServesManyInterviews runs interviews side by side; go test -race watches.
func TestOneFormServesManyInterviews(t *testing.T) {
	f := shipped(t, "demand")
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			v := New(f, Config{Now: noon, Seed: int64(i)})
			_ = v.Set("scope", "hh")
			_ = v.Set("n_hh", fmt.Sprint(i))
			v.Steps()
			v.Validate()
			v.Submission()
			f.XForm()
			if got := v.Answers()["n_hh"]; got != int64(i) {
				t.Errorf("interview %d answers %v", i, got)
			}
		})
	}
	all.Wait()
}
