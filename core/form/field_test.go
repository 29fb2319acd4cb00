package form

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"muqu/core/table"
)

const twins = `
| survey |              |        |        |
|        | type         | name   | label  |
|        | start        | start  |        |
|        | begin group  | father | Father |
|        | integer      | age    | Age    |
|        | text         | trade  | Trade  |
|        | end group    |        |        |
|        | begin group  | mother | Mother |
|        | integer      | age    | Age    |
|        | end group    |        |        |
|        | begin repeat | child  | Child  |
|        | integer      | age    | Age    |
|        | select_multiple langs | langs | Languages |
|        | end repeat   |        |        |
|        | note         | n      | Thanks |
| choices |           |       |        |
|         | list_name | name  | label  |
|         | langs     | amdo  | Amdo   |
|         | langs     | zh    | Chinese |
| settings |        |         |         |
|          | form_id | version |       |
|          | twins  | 2026112801 |      |
`

// A name that two groups have is told apart by its path, whichever of the two
// is answered, and a repeat is a table of its own.
func TestFieldsDependOnTheFormOnly(t *testing.T) {
	f := read(t, twins)
	v := New(f, Config{Now: noon})
	fillIn(t, v, "/data/mother/age=31", "trade=herder", "/data/child[1]/age=4", "/data/child[1]/langs=zh amdo")
	got := v.Fields()
	delete(got, "start")
	want := map[string]any{"mother/age": int64(31), "trade": "herder", "child": []map[string]any{{"age": int64(4), "langs": []string{"zh", "amdo"}}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	var names []string
	for _, it := range f.Kept(nil) {
		names = append(names, f.Field(it))
	}
	if want := []string{"start", "father/age", "trade", "mother/age", "child"}; !slices.Equal(names, want) {
		t.Errorf("kept %v, want %v", names, want)
	}
	if kept := f.Kept(f.Item("child")); len(kept) != 2 || kept[0].Table() != f.Item("child") {
		t.Errorf("a child has %v", kept)
	}
}

// What is written for other tools is read again as it was.
func TestReceivedAsWritten(t *testing.T) {
	f := read(t, twins)
	v := New(f, Config{Now: noon})
	fillIn(t, v, "/data/mother/age=31", "trade=a<b", "/data/child[1]/age=4", "/data/child[1]/langs=zh amdo")
	xml := f.WriteSubmission(v.Fields(), "uuid:one", v.Entities())
	r, err := ReadSubmission(f, xml)
	if err != nil {
		t.Fatal(err)
	}
	if r.InstanceID != "uuid:one" || r.FormID != "twins" || r.Version != "2026112801" || r.Unknown != nil || !reflect.DeepEqual(r.Fields, v.Fields()) {
		t.Errorf("%+v\nwant %v", r, v.Fields())
	}
	whole := New(shipped(t, "household_visit"), fieldConfig())
	fillIn(t, whole, "outcome=done", "consent=yes")
	again, err := ReadSubmission(whole.Form(), whole.Submission())
	if err != nil || again.Unknown != nil || fmt.Sprint(again.Fields) != fmt.Sprint(whole.Fields()) {
		t.Errorf("got %v, %v, want %v", again, err, whole.Fields())
	}
	if id, version, err := SubmissionForm(xml); err != nil || id != "twins" || version != "2026112801" {
		t.Errorf("%q %q %v", id, version, err)
	}
}

func TestReceivedFromElsewhere(t *testing.T) {
	f := read(t, twins)
	r, err := ReadSubmission(f, []byte(`<?xml version="1.0"?><x id="twins" version="old" xmlns:jr="http://openrosa.org/javarosa" submissionDate="2026-11-01T10:00:00Z">
		<father><age> 40 </age><hat>blue</hat></father><child jr:template=""><age>9</age></child><child/>
		<gone>1</gone><meta><instanceID>uuid:two</instanceID><instanceName>T</instanceName></meta></x>`))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"father/age": int64(40), "father/hat": "blue", "child": []map[string]any{{}}, "gone": "1"}
	if !reflect.DeepEqual(r.Fields, want) || r.InstanceID != "uuid:two" || !slices.Equal(r.Unknown, []string{"father/hat", "gone"}) || r.Submitted == "" {
		t.Errorf("%+v", r)
	}
	for _, bad := range []string{"", "<x", `<x id="other"/>`} {
		if _, err := ReadSubmission(f, []byte(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func FuzzReadSubmission(f *testing.F) {
	form, _ := ReadFile("test.md", []byte(twins))
	f.Add([]byte(`<data id="twins"><father><age>1</age></father><child><age/></child></data>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := ReadSubmission(form, data)
		if err != nil {
			return
		}
		again, err := ReadSubmission(form, form.WriteSubmission(r.Fields, r.InstanceID, nil))
		if err != nil || again.InstanceID != r.InstanceID && len(r.Unknown) == 0 && strings.TrimSpace(r.InstanceID) == r.InstanceID {
			t.Errorf("%+v came back as %+v, %v", r, again, err)
		}
	})
}

// Whatever the file is, what is kept is a workbook that says its own id and
// version, and twice the same for the same file.
func TestKeepMakesAWorkbook(t *testing.T) {
	md := []byte(`
| survey |         |       |       |
|        | type    | name  | label |
|        | integer | yaks  | How many? |
|        | image   | photo | Photo |
`)
	w := Keep(map[string][]byte{"Yak count.md": md}, "2026112801")
	if w.Form == nil || !w.GaveID || !w.GaveVersion || w.Form.ID != "Yak_count" || w.Form.Version != "2026112801" {
		t.Fatalf("%+v", w)
	}
	again := Keep(map[string][]byte{"other name.xlsx": w.Bytes}, "2027010101")
	if again.Form == nil || again.Form.ID != "Yak_count" || again.Form.Version != "2026112801" || again.GaveID || again.GaveVersion || !bytes.Equal(again.Bytes, w.Bytes) {
		t.Errorf("the workbook that is kept is no such workbook: %+v", again)
	}
	if twice := Keep(map[string][]byte{"Yak count.md": md}, "2026112801"); !bytes.Equal(twice.Bytes, w.Bytes) {
		t.Error("one file makes two workbooks")
	}
	set := map[string][]byte{
		"yak_survey.csv":   []byte("type,name,label\nselect_one s,a,A\n"),
		"yak_choices.csv":  []byte("list_name,name,label\ns,x,X\n"),
		"yak_settings.csv": []byte("form_title,version\nYaks,\n"),
	}
	w = Keep(set, "7")
	if w.Form == nil || w.Form.ID != "yak" || w.Form.Version != "7" || w.Form.Title != "Yaks" || len(w.Form.Lists["s"].Choices) != 1 {
		t.Errorf("%+v", w)
	}
	bad := Keep(map[string][]byte{"bad.md": []byte("| survey |\n| | type | name |\n| | select_one none | a b |")}, "1")
	if bad.Form != nil || bad.Report.OK() || bad.Bytes != nil {
		t.Errorf("%+v", bad)
	}
}

func TestKeepRefusesHugeFiles(t *testing.T) {
	var b bytes.Buffer
	rows := make([][]any, 300_000)
	for i := range rows {
		rows[i] = []any{"x"}
	}
	if err := table.WriteXLSX(&b, table.Out{Name: "survey", Rows: rows}); err != nil {
		t.Fatal(err)
	}
	w := Keep(map[string][]byte{"a.xlsx": b.Bytes()}, "1")
	if w.Form != nil || len(w.Report.Errors) != 1 || w.Report.Errors[0].Key != "table.rows" {
		t.Errorf("%+v", w.Report)
	}
}

func TestAttachmentsOfAForm(t *testing.T) {
	f := read(t, `
| survey |         |       |       |       |       |
|        | type    | name  | label | image | calculation |
|        | select_one_from_file villages.csv | v | V | map.png | |
|        | calculate | c |  |  | pulldata('herds', 'yak', 'name', 'x') |
|        | select_one s | a | A |  |  |
| choices |           |       |        |       |
|         | list_name | name  | label  | audio |
|         | s         | x     | X      | x.mp3 |
`)
	if got, want := f.Attachments(), []string{"herds.csv", "map.png", "villages.csv", "x.mp3"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
