package form

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// quickly fails when something takes longer than a clerk would wait.
func quickly(t *testing.T, what string, limit time.Duration, do func()) {
	t.Helper()
	start := time.Now()
	do()
	if took := time.Since(start); took > limit {
		t.Errorf("%s took %v", what, took)
	}
}

func TestLoopsInLoopsAreBounded(t *testing.T) {
	var b strings.Builder
	b.WriteString(survey("begin loop over l | a | A", "begin loop over l | b | B", "begin loop over l | c | C", "text | d | D", "end loop", "end loop", "end loop"))
	b.WriteString("| choices |\n| | list_name | name | label |\n")
	for i := range 100 {
		fmt.Fprintf(&b, "| | l | n%d | N |\n", i)
	}
	quickly(t, "reading", 20*time.Second, func() {
		if f, _ := ReadFile("x.md", []byte(b.String())); f != nil {
			t.Error("a hundred million questions were made")
		}
	})
}

func TestRepeatsInRepeatsAreBounded(t *testing.T) {
	quickly(t, "opening", 30*time.Second, func() {
		v := New(read(t, survey("begin repeat | a | A | | | | | | | | 2000", "begin repeat | b | B | | | | | | | | 2000", "text | c | C", "end repeat", "end repeat")), Config{Now: noon})
		if v.nodes > maxNodes+10_000 {
			t.Errorf("%d nodes", v.nodes)
		}
	})
}

func TestHeavyFormulasAreBounded(t *testing.T) {
	rows := []string{"begin repeat | r | R | | | | | | | | 300", "integer | n | N | | | | | 1", "end repeat"}
	for i := range 60 {
		rows = append(rows, fmt.Sprintf("calculate | c%d | | | count(//n[count(//n[count(//n) > %d]) > 0])", i, i))
	}
	quickly(t, "opening", 60*time.Second, func() { New(read(t, survey(rows...)), Config{Now: noon}) })
}

func TestCirclesEnd(t *testing.T) {
	var rows []string
	for i := range 200 {
		sum := []string{}
		for j := range 20 {
			sum = append(sum, fmt.Sprintf("${c%d}", (i+j*7+1)%200))
		}
		rows = append(rows, fmt.Sprintf("calculate | c%d | | | %s + 1", i, strings.Join(sum, " + ")))
	}
	quickly(t, "a web of circles", 20*time.Second, func() {
		f, report := ReadFile("x.md", []byte(survey(rows...)))
		if f == nil || len(report.Warnings) == 0 || len(report.Warnings) > maxCycles {
			t.Fatalf("form %v, %d warnings", f != nil, len(report.Warnings))
		}
		New(f, Config{Now: noon}).Validate()
	})
}

func TestDeepGroupsAreRefused(t *testing.T) {
	var rows []string
	for i := range 200 {
		rows = append(rows, fmt.Sprintf("begin group | g%d | G", i))
	}
	if f, report := ReadFile("x.md", []byte(survey(rows...))); f != nil || report.Errors[0].Key != "form.block.deep" {
		t.Errorf("got %v", report.Errors)
	}
}
