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

const familyForm = `
| survey   |              |        |       |                 |             |
|          | type         | name   | label | save_to         | relevant             |
|          | integer      | away   | Who is away? |          |                      |
|          | select_one_from_file household.csv | hh | H |    |                      |
|          | text         | phone  | Phone | household#phone |                      |
|          | begin group  | family | F     |                 |                      |
|          | begin repeat | person | P     |                 | position(.) != ${away} |
|          | text         | pname  | Name  | person#name_bo  |                      |
|          | integer      | age    | Age   | person#age      |                      |
|          | end repeat   |        |       |                 |                      |
|          | end group    |        |       |                 |                      |
| entities |              |        |       |                 |
|          | list_name    | label  | entity_id | create_if   |
|          | household    |        | ${hh} |                 |
|          | person       | ${pname} |     | ${age} > 5      |
`

// What is written of answers that are kept elsewhere names the same records as the interview, in the rows that it made
// them of; a submission that names none still says what becomes of its answers.
func TestEntitiesAreWrittenAndRead(t *testing.T) {
	f := read(t, familyForm)
	v := New(f, Config{Now: noon})
	fillIn(t, v, "hh=0f8fad5b-d9cb-469f-a165-70867728950e", "phone=13900000000", "/data/family/person[1]/pname=Gone", "/data/family/person[1]/age=99")
	for _, one := range []string{"Small 3", "Test 6"} {
		row, err := v.AddRepeat("/data/family/person")
		name, age, _ := strings.Cut(one, " ")
		if err != nil {
			t.Fatal(err)
		}
		fillIn(t, v, row+"/pname="+name, row+"/age="+age)
	}
	fillIn(t, v, "away=1")
	made := v.Entities()
	if len(made) != 2 || made[0].At != "/family/person[2]" || made[1].At != "" {
		t.Fatalf("made %+v", made)
	}
	xml := f.WriteSubmission(v.Fields(), "uuid:x", made)
	for _, want := range []string{
		`<person><pname>Test</pname><age>6</age><meta><entity dataset="person" id="` + made[0].ID + `" create="1"><label>Test</label></entity></meta></person></family>`,
		`<meta><entity dataset="household" id="0f8fad5b-d9cb-469f-a165-70867728950e" update="1" baseVersion="1"><label></label></entity><instanceID>uuid:x</instanceID></meta>`,
		`xmlns:entities="http://www.opendatakit.org/xforms/entities"`,
	} {
		if !strings.Contains(string(xml), want) {
			t.Errorf("no %s in\n%s", want, xml)
		}
	}
	if n := strings.Count(string(xml), "<entity "); n != 2 {
		t.Errorf("%d entities in\n%s", n, xml)
	}
	r, err := ReadSubmission(f, xml)
	if err != nil || len(r.Unknown) > 0 || !reflect.DeepEqual(r.Fields, v.Fields()) {
		t.Errorf("%+v, %v", r, err)
	}
	again, err := ReadEntities(f, xml, Config{Now: noon})
	if err != nil || !reflect.DeepEqual(again, made) {
		t.Errorf("read %+v, %v\nmade %+v", again, err, made)
	}
	bare, err := ReadEntities(f, f.WriteSubmission(v.Fields(), "uuid:x", nil), Config{Now: noon})
	if err != nil || len(bare) != 2 || bare[0].At != made[0].At || bare[0].ID != "" || bare[0].Label != "Test" || bare[1].ID != made[1].ID {
		t.Errorf("read %+v, %v", bare, err)
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
