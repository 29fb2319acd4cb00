package form

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// The example in AUTHORING.md is a form, and does what is said beside it.
func TestAuthoringExample(t *testing.T) {
	text, err := os.ReadFile("AUTHORING.md")
	if err != nil {
		t.Fatal(err)
	}
	md := "| survey |\n"
	for line := range strings.Lines(string(text)) {
		cells := strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(cells, "| type |"), strings.HasPrefix(cells, "| text |"), strings.HasPrefix(cells, "| integer |"), strings.HasPrefix(cells, "| note |"):
			md += "| " + cells + "\n"
		}
	}
	md += "| settings |\n| | form_id | version | namespaces |\n| | example | 1 | hs=\"https://example.org/xmlns/hs\" |\n"
	f, report := ReadFile("example.md", []byte(md))
	for _, p := range append(report.Errors, report.Warnings...) {
		t.Errorf("%v", p)
	}
	if f == nil {
		t.FailNow()
	}
	if got := f.Sensitive()["head_id"]; got != "id" || f.Item("village").Check() != "region:village" {
		t.Errorf("class %q", got)
	}
	for _, short := range []bool{false, true} {
		v := New(f, Config{Now: noon, Lang: "en", ShortMode: short})
		fillIn(t, v, "yak=3")
		if got := visible(v); got["sold"] == short || !got["village"] {
			t.Errorf("short %v asks %v", short, got)
		}
		if got := warnings(v); got != nil {
			t.Errorf("warnings %v", got)
		}
		fillIn(t, v, "sold=4")
		if got := warnings(v); !slices.Equal(got, []string{"w_sold"}) {
			t.Errorf("warnings %v", got)
		}
	}
}
