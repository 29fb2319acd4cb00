package survey_test

import (
	"testing"

	"muqu/app/survey"
	"muqu/core"
)

// Answers to a shipped form of an older program come in and keep its number; an
// office's form must be here in the version that was answered.
func TestAnswersToAnOlderShippedForm(t *testing.T) {
	o := newOffice(t)
	receive := func(form, version string) error {
		_, e, err := o.Receive(t.Context(), survey.Submission{Region: "632323100201", Today: "2026-11-28",
			XML:    []byte(`<data id="` + form + `" version="` + version + `"><g_meta><outcome>done</outcome></g_meta><meta><instanceID>uuid:` + version + `</instanceID></meta></data>`),
			Beside: func(string) (core.FileName, bool, error) { return "", false, nil }})
		if err != nil {
			return err
		}
		if set := e[0].Set; set["form_version"].String() != version || set["outcome"].String() != "done" {
			t.Errorf("%v", set)
		}
		_, err = o.desk.Commit(t.Context(), e)
		return err
	}
	for _, version := range []string{"2026112201", "2026112801"} {
		if err := receive("hh_visit", version); err != nil {
			t.Errorf("%s: %v", version, err)
		}
	}
	if _, err := o.add(t, "herds.md", herds); err != nil {
		t.Fatal(err)
	}
	wantRefusal(t, receive("herds", "0"), "refuse.form.absent")
	f, err := o.Find(t.Context(), "hh_visit")
	if err != nil {
		t.Fatal(err)
	}
	visits, err := o.Visits(t.Context(), &f, survey.Filter{}, 0, 0)
	if err != nil || len(visits) != 2 {
		t.Fatalf("%d visits, %v", len(visits), err)
	}
	answers, err := o.Answers(t.Context(), &f, visits)
	if err != nil || answers[0].Form == nil || answers[1].Form == nil {
		t.Errorf("%v", err)
	}
}
