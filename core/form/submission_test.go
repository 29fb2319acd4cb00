package form

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

// read reads a form written as Markdown tables and fails if it has errors.
func read(t testing.TB, md string) *Form {
	t.Helper()
	f, report := ReadFile("test.md", []byte(md))
	for _, p := range report.Errors {
		t.Errorf("%v", p)
	}
	if f == nil {
		t.FailNow()
	}
	return f
}

func TestSubmissionLeavesOutTheIrrelevant(t *testing.T) {
	f := read(t, `
| survey |         |      |       |              |
|        | type    | name | label | relevant     |
|        | text    | a    | A     |              |
|        | text    | b    | B     | ${a} = 'yes' |
|        | begin repeat | r | R   |              |
|        | integer | n    | N     |              |
|        | end repeat | |         |              |
| settings |       |      |       |              |
|        | form_id | version |    |              |
|        | f1      | 3    |       |              |
`)
	v := New(f, Config{Now: noon, NewID: func() string { return "id-1" }})
	fillIn(t, v, "a=yes", "b=x<y", "/data/r[1]/n=5")
	got := string(v.Submission())
	want := `<?xml version="1.0" encoding="UTF-8"?>
<data id="f1" version="3" xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms"><a>yes</a><b>x&lt;y</b><r><n>5</n></r><meta><instanceID>uuid:id-1</instanceID></meta></data>`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	fillIn(t, v, "a=no")
	if strings.Contains(string(v.Submission()), "<b>") {
		t.Error("an irrelevant answer was submitted")
	}
}

func TestSubmissionComesBack(t *testing.T) {
	v := visitOf(t, fieldConfig())
	again, unknown, err := LoadSubmission(v.Form(), v.Submission(), fieldConfig())
	if err != nil || unknown != nil {
		t.Fatalf("unknown %v, %v", unknown, err)
	}
	if !reflect.DeepEqual(again.Answers(), v.Answers()) {
		t.Errorf("answers differ:\n%v\n%v", again.Answers(), v.Answers())
	}
	if string(again.Submission()) != string(v.Submission()) {
		t.Error("submissions differ")
	}
}

func TestForeignSubmission(t *testing.T) {
	f := shipped(t, "training_result")
	_, unknown, err := LoadSubmission(f, []byte(`<x:data xmlns:x="u" id="training_result"><class_no>C</class_no><color>red</color></x:data>`), fieldConfig())
	if err != nil || !reflect.DeepEqual(unknown, []string{"/data/color"}) {
		t.Errorf("unknown %v, %v", unknown, err)
	}
	_, _, err = LoadSubmission(f, []byte(`<data id="other"/>`), fieldConfig())
	var m Message
	if !errors.As(err, &m) || m.Key != "draft.form" {
		t.Errorf("a submission of another form: %v", err)
	}
	if _, _, err = LoadSubmission(f, []byte(`<data id="training_result">`), fieldConfig()); err == nil {
		t.Error("a torn submission was read")
	}
}

const entityForm = `
| survey   |         |       |       |          |
|          | type    | name  | label | save_to  |
|          | select_one_from_file household.csv | hh | H | |
|          | text    | phone | Phone | phone    |
|          | begin repeat | person | P | |
|          | text    | pname | Name  | person#name_zh |
|          | integer | age   | Age   | person#age |
|          | end repeat | | | |
| entities |         |       |       |          |
|          | list_name | label | entity_id | create_if |
|          | household | | ${hh} | |
|          | person  | ${pname} | | ${age} > 5 |
`

func TestEntities(t *testing.T) {
	src := strings.Replace(entityForm, "| phone    |", "| household#phone |", 1)
	v := New(read(t, src), Config{Now: noon})
	fillIn(t, v, "hh=h-1", "phone=13900000000", "/data/person[1]/pname=Test", "/data/person[1]/age=6")
	second, _ := v.AddRepeat("/data/person")
	fillIn(t, v, second+"/pname=Small", second+"/age=3")
	got := v.Entities()
	if len(got) != 2 {
		t.Fatalf("entities %+v", got)
	}
	byList := map[string]SavedEntity{got[0].List: got[0], got[1].List: got[1]}
	hh, person := byList["household"], byList["person"]
	if !hh.Update || hh.Create || hh.ID != "h-1" || hh.Properties["phone"] != "13900000000" {
		t.Errorf("household %+v", hh)
	}
	if !person.Create || person.Label != "Test" || len(person.ID) != 36 || person.Properties["age"] != "6" || person.Properties["name_zh"] != "Test" {
		t.Errorf("person %+v", person)
	}
	if x := string(v.Form().XForm()); !strings.Contains(x, `nodeset="/data/person/meta/entity/@create" readonly="true()" type="string" calculate=" ../../../age  &gt; 5"`) {
		t.Errorf("the entity's condition is missing in\n%s", x)
	}
	if x := string(v.Submission()); !strings.Contains(x, `<entity dataset="person" id="`) || !strings.Contains(x, "<label>Test</label>") {
		t.Errorf("the entity is missing in\n%s", x)
	}
}

func FuzzLoadSubmission(f *testing.F) {
	form, _ := ReadFile("test.md", []byte(entityForm))
	if form == nil {
		form, _ = ReadFile("test.md", []byte(strings.Replace(entityForm, "| phone    |", "| household#phone |", 1)))
	}
	f.Add([]byte(`<data id="test"><hh>h</hh><person><pname>x</pname></person><meta><instanceID>u</instanceID></meta></data>`))
	f.Add([]byte(`<data id="test"><person/><person><age>x</age></person></data>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		v, _, err := LoadSubmission(form, data, Config{Now: noon})
		if (v == nil) == (err == nil) {
			t.Fatalf("interview %v, error %v", v, err)
		}
		if v != nil {
			v.Validate()
			v.Submission()
		}
	})
}
