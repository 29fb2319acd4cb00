package survey_test

import (
	"context"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"muqu/app/survey"
	"muqu/core"
	"muqu/core/change"
	"muqu/core/form"
	"muqu/sync/ingest"
	"muqu/sync/simtest"
)

// drawer keeps files in memory.
type drawer map[core.FileName][]byte

func (d drawer) ReadFile(_ context.Context, _ core.Ref, name core.FileName) ([]byte, error) {
	b, ok := d[name]
	if !ok {
		return nil, core.Refuse(core.NotFound, "", "refuse.form.file")
	}
	return b, nil
}

func (d drawer) PutFile(_ context.Context, name core.FileName, r io.Reader) (err error) {
	d[name], err = io.ReadAll(r)
	return err
}

type office struct {
	*survey.Library
	files drawer
	desk  *ingest.Desk
	whole *ingest.Desk // of an administrator of the province
}

func newOffice(t *testing.T) *office {
	t.Helper()
	w := simtest.NewWorld(t, 1)
	o := &office{files: make(drawer), desk: w.Server.As(core.Person{Name: "央金", Role: core.County, Scope: core.Scope{"632323"}})}
	o.whole = w.Server.As(core.Person{Name: "省局", Role: core.Admin, Scope: core.Scope{"63"}})
	o.Library = &survey.Library{Book: o.desk, Files: o.files, Shelf: new(survey.Shelf)}
	return o
}

var day = time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)

func (o *office) add(t *testing.T, name, md string, media ...string) (survey.Added, error) {
	t.Helper()
	h := survey.Handed{Files: map[string][]byte{name: []byte(md)}, Media: map[string][]byte{}, Region: "632323000000", Day: day}
	for _, m := range media {
		h.Media[m] = []byte("bytes of " + m)
	}
	return o.Add(t.Context(), h)
}

func wantRefusal(t *testing.T, err error, key string) {
	t.Helper()
	if r, ok := err.(*core.Refusal); !ok || r.Key != key {
		t.Errorf("got %v, want %s", err, key)
	}
}

const herds = `
| survey  |                      |        |           | |
|         | type                 | name   | label     | image |
|         | text                 | herder | Whose?    | yak.jpg |
|         | select_multiple langs | langs | Languages | |
|         | begin group          | g      | G         | |
|         | geopoint             | place  | Where?    | |
|         | end group            |        |           | |
|         | begin repeat         | herd   | Herd      | |
|         | integer              | count  | Count     | |
|         | begin repeat         | calf   | Calf      | |
|         | integer              | age    | Age       | |
|         | end repeat           |        |           | |
|         | end repeat           |        |           | |
| choices |                      |        |           | |
|         | list_name            | name   | label     | |
|         | langs                | amdo   | Amdo      | |
|         | langs                | zh     | Chinese   | |
| settings |                     |        |           | |
|         | form_title           | form_id | version  | |
|         | Herds                | herds  | VERSION   | |
`

func TestShippedFormsAreListed(t *testing.T) {
	o := newOffice(t)
	all, err := o.Forms(t.Context())
	if err != nil || len(all) != 4 {
		t.Fatalf("%d forms, %v", len(all), err)
	}
	f, err := o.Find(t.Context(), "household_visit")
	if err != nil || f.ID != "hh_visit" || f.Newest().State != survey.Shipped || len(f.Names()) != 2 {
		t.Fatalf("%+v, %v", f, err)
	}
	if b, err := o.Workbook(t.Context(), f.Newest()); err != nil || form.Keep(map[string][]byte{"a.xlsx": b}, "").Form == nil {
		t.Errorf("its workbook is no form: %v", err)
	}
	if o.Data(t.Context(), f.Newest())("monitoring_line") == nil {
		t.Error("its table is not there")
	}
	wantRefusal(t, o.Retire(t.Context(), f.Newest()), "refuse.form.shipped")
	_, err = o.Find(t.Context(), "nothing")
	wantRefusal(t, err, "refuse.form.absent")
}

func TestAVersionIsKeptOnce(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	one := strings.ReplaceAll(herds, "VERSION", "1")
	bad, err := o.add(t, "bad.md", "| survey |\n| | type | name | label |\n| | select_one x | y | Y |")
	if err != nil || bad.Form != nil || bad.Report.OK() || len(o.files) > 0 {
		t.Errorf("%+v, %v, %d files", bad, err, len(o.files))
	}
	a, err := o.add(t, "a.md", one)
	if err != nil || !a.New || a.Version.State != "draft" || !reflect.DeepEqual(a.Missing, []string{"yak.jpg"}) {
		t.Fatalf("%+v, %v", a, err)
	}
	a, err = o.add(t, "b.md", one, "yak.jpg", "cow.jpg")
	if err != nil || a.New || len(a.Missing) > 0 || !reflect.DeepEqual(a.Needless, []string{"cow.jpg"}) {
		t.Errorf("%+v, %v", a, err)
	}
	_, err = o.add(t, "a.md", strings.ReplaceAll(one, "Whose?", "Who?"))
	wantRefusal(t, err, "refuse.form.version")
	if len(o.files) != 3 {
		t.Errorf("%d files are kept", len(o.files))
	}
	for i, text := range []string{"| | text | q | One? |", "| | text | q | Two? |"} {
		a, err := o.add(t, "plain.md", "| survey |\n| | type | name | label |\n"+text)
		if want := []string{"2026112801", "2026112802"}[i]; err != nil || a.Version.Version != want || !a.GaveVersion || a.Version.FormID != "plain" {
			t.Errorf("%+v, %v; want %s", a.Version, err, want)
		}
	}
	f, err := o.Find(ctx, "herds")
	if err != nil || len(f.Versions) != 1 || len(f.Newest().Media) != 2 {
		t.Fatalf("%+v, %v", f, err)
	}
	wantRefusal(t, o.Publish(ctx, f.Newest(), nil, nil, day), "refuse.form.area")
	wantRefusal(t, o.Publish(ctx, f.Newest(), core.Scope{"6325"}, nil, day), "refuse.region.other")
	if err := o.Publish(ctx, f.Newest(), core.Scope{"632323"}, []string{"field"}, day); err != nil {
		t.Fatal(err)
	}
	if _, err := o.add(t, "a.md", strings.ReplaceAll(herds, "VERSION", "2"), "yak.jpg"); err != nil {
		t.Fatal(err)
	}
	if f, err = o.Find(ctx, "herds"); err != nil || len(f.Versions) != 2 || f.Newest().Version != "1" {
		t.Errorf("a draft is no version in use: %+v, %v", f, err)
	}
	if err := o.Retire(ctx, f.Newest()); err != nil {
		t.Fatal(err)
	}
	if f, err = o.Find(ctx, "herds"); err != nil || f.Versions[1].State != "retired" {
		t.Errorf("%+v, %v", f, err)
	}
}

const answered = `<data id="herds" version="1"><herder>扎西</herder><langs>zh amdo</langs><g><place>34.5 101.5 3600 4</place></g>
	<herd><count>3</count><calf><age>1</age></calf><calf><age>2</age></calf></herd><herd><count>5</count></herd><scan>s.jpg</scan><meta><instanceID>THIS</instanceID></meta></data>`

// receive takes in a submission.
func (o *office) receive(t *testing.T, id, day string) survey.Arrived {
	t.Helper()
	a, e, err := o.Receive(t.Context(), survey.Submission{XML: []byte(strings.Replace(answered, "THIS", id, 1)), Region: "632323100201", Today: day,
		Beside: func(string) (core.FileName, bool, error) { return "", false, nil }})
	if err != nil {
		t.Fatal(err)
	}
	if e != nil {
		if _, err := o.desk.Commit(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

func TestAnswersThereAndBack(t *testing.T) {
	o := newOffice(t)
	ctx := t.Context()
	if _, err := o.add(t, "a.md", strings.ReplaceAll(herds, "VERSION", "1")); err != nil {
		t.Fatal(err)
	}
	id := "uuid:0f8fad5b-d9cb-469f-a165-70867728950e"
	for i, want := range []bool{true, false} {
		if a := o.receive(t, id, "2026-11-01"); a.New != want || a.ID.String() != id[5:] && i == 0 {
			t.Errorf("%+v", a)
		}
	}
	o.receive(t, "kobo-1", "2026-11-03")
	f, err := o.Find(ctx, "herds")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		x    survey.Filter
		want int
	}{
		{survey.Filter{}, 2}, {survey.Filter{From: "2026-11-02"}, 1}, {survey.Filter{To: "2026-11-02"}, 1}, {survey.Filter{From: "2026-11-01", To: "2026-11-03"}, 2},
		{survey.Filter{Regions: core.Scope{"632323200"}}, 0},
	} {
		n, err := o.Count(ctx, &f, c.x)
		list, err2 := o.Visits(ctx, &f, c.x, 0, 10)
		if err != nil || err2 != nil || n != c.want || len(list) != c.want {
			t.Errorf("%+v: %d, %d, %v, %v; want %d", c.x, n, len(list), err, err2, c.want)
		}
	}
	visits, err := o.Visits(ctx, &f, survey.Filter{}, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	answers, err := o.Answers(ctx, &f, visits)
	if err != nil {
		t.Fatal(err)
	}
	if got := answers[0].InstanceID(); got != "kobo-1" {
		t.Errorf("the latest is %s", got)
	}
	for i := range answers {
		r, err := form.ReadSubmission(answers[i].Form, answers[i].XML())
		if err != nil || r.InstanceID != answers[i].InstanceID() || r.Version != "1" || len(r.Unknown) > 0 {
			t.Errorf("%+v, %v", r, err)
		}
	}
	checkSheets(t, o, &f, answers)
}

func checkSheets(t *testing.T, o *office, f *survey.Form, answers []survey.Answered) {
	t.Helper()
	forms, err := o.FormsOf(t.Context(), f, answers)
	if err != nil {
		t.Fatal(err)
	}
	answers = answers[1:]
	answers[0].By, answers[0].Submitted = "央金", change.MillisOf(day)
	sheets := survey.Sheets("herds", forms, answers, survey.SheetOptions{Split: true, Mask: func(q *form.Item, s string) string {
		return strings.Replace(s, "扎西", "扎*", 1)
	}})
	key := "uuid:0f8fad5b-d9cb-469f-a165-70867728950e"
	want := []core.Sheet{
		{Name: "herds", Header: []string{"SubmissionDate", "herder", "langs", "langs/amdo", "langs/zh", "g-place-Latitude", "g-place-Longitude", "g-place-Altitude", "g-place-Accuracy", "KEY", "SubmitterID", "SubmitterName", "AttachmentsPresent", "DeviceID", "FormVersion"},
			Rows: [][]any{{"2026-11-28T09:00:00Z", "扎*", "zh amdo", 1, 1, "34.5", "101.5", "3600", "4", key, "央金", "央金", 0, "", "1"}}},
		{Name: "herds-herd", Header: []string{"count", "PARENT_KEY", "KEY"}, Rows: [][]any{{int64(3), key, key + "/herd[1]"}, {int64(5), key, key + "/herd[2]"}}},
		{Name: "herds-herd-calf", Header: []string{"age", "PARENT_KEY", "KEY"}, Rows: [][]any{{int64(1), key + "/herd[1]", key + "/herd[1]/calf[1]"}, {int64(2), key + "/herd[1]", key + "/herd[1]/calf[2]"}}},
	}
	if !reflect.DeepEqual(sheets, want) {
		t.Errorf("got  %+v\nwant %+v", sheets, want)
	}
}

// Somebody of another county sees the form, but no answer.
func TestAnswersStayInTheirRegion(t *testing.T) {
	w := simtest.NewWorld(t, 1)
	o := &office{files: make(drawer), desk: w.Server.As(core.Person{Name: "央金", Role: core.County, Scope: core.Scope{"632323"}})}
	o.Library = &survey.Library{Book: o.desk, Files: o.files}
	if _, err := o.add(t, "a.md", strings.ReplaceAll(herds, "VERSION", "1")); err != nil {
		t.Fatal(err)
	}
	o.receive(t, "uuid:0f8fad5b-d9cb-469f-a165-70867728950e", "2026-11-01")
	other := &survey.Library{Book: w.Server.As(core.Person{Name: "外县", Role: core.County, Scope: core.Scope{"632524"}}), Files: o.files}
	f, err := other.Find(t.Context(), "herds")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := other.Count(t.Context(), &f, survey.Filter{}); n != 0 || err != nil {
		t.Errorf("%d answers, %v", n, err)
	}
	if n, err := other.Count(t.Context(), &f, survey.Filter{Regions: core.Scope{"632323"}}); n != 0 || err != nil {
		t.Errorf("%d answers, %v", n, err)
	}
	if err := other.Retire(t.Context(), f.Newest()); err == nil {
		t.Error("another county retired the form")
	}
}

func TestVersionsAreOrderedAsNumbers(t *testing.T) {
	o := newOffice(t)
	for _, v := range []string{"9", "10", "2"} {
		if _, err := o.add(t, "a.md", strings.ReplaceAll(herds, "VERSION", v)); err != nil {
			t.Fatal(err)
		}
	}
	f, err := o.Find(t.Context(), "herds")
	if err != nil || f.Versions[0].Version != "10" || f.Versions[2].Version != "2" {
		t.Errorf("%+v, %v", f, err)
	}
	if err := o.Assign(t.Context(), f.Versions[0], core.Scope{"632323"}, nil); err != nil {
		t.Fatal(err)
	}
	if f, err = o.Find(t.Context(), "herds"); err != nil || f.Versions[0].State != "draft" || len(f.Versions[0].Areas) != 1 {
		t.Errorf("%+v, %v", f, err)
	}
}
