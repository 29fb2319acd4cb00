package survey_test

import (
	"os"
	"strings"
	"testing"

	"muqu/app/survey"
	"muqu/core"
	"muqu/core/change"
)

// What AUTHORING.md tells authors of checks and of what is known already is so.
func TestAuthorsAreToldTheTruth(t *testing.T) {
	b, err := os.ReadFile("../../core/form/AUTHORING.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for name := range survey.Checks(nil, nil) {
		if !strings.Contains(text, "| `"+name+"` |") {
			t.Errorf("authors are not told of the check %s", name)
		}
	}
	home := core.Record{Ref: core.Ref{Kind: "household"}, Region: "632323100201", Fields: map[string]change.Value{}}
	for _, f := range core.KindOf("household").Fields {
		home.Fields[f.Name] = change.Text("x")
	}
	told, _, _ := strings.Cut(text[strings.Index(text, "`village_code ")+1:], "`")
	for _, name := range strings.Fields(told) {
		if core.KnownOfHousehold(&home, name) == "" {
			t.Errorf("nothing is known of %s", name)
		}
		delete(home.Fields, name)
	}
	for name := range home.Fields {
		if core.KnownOfHousehold(&home, name) != "" {
			t.Errorf("authors are not told that %s is known", name)
		}
	}
	f, err := newOffice(t).Find(t.Context(), "household_visit")
	if err != nil {
		t.Fatal(err)
	}
	v, err := newOffice(t).Open(t.Context(), f.Newest())
	if err != nil {
		t.Fatal(err)
	}
	for _, class := range v.Sensitive() {
		if !strings.Contains(text, "`"+class+"`") {
			t.Errorf("authors are not told of the class %s", class)
		}
	}
}
