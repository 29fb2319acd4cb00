package form

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

// largeForm writes a form of n rows, as large as the verbal autopsy: choices, conditions and sums.
func largeForm(n int) []byte {
	var b strings.Builder
	b.WriteString("| survey |\n| | type | name | label::en | label::zh | relevant | constraint | calculation | required |\n| | select_one yn | q0 | Q | 问 | | | | yes |\n")
	for i := 1; i < n; i++ {
		switch i % 4 {
		case 0:
			fmt.Fprintf(&b, "| | calculate | q%d | | | | | if(${q%d} = 'yes', 1, 0) + string-length(${q%d}) | |\n", i, i-1, i-2)
		case 1:
			fmt.Fprintf(&b, "| | integer | q%d | How many %d? | 几个%d? | | . >= 0 and . < 100 | | |\n", i, i, i)
		default:
			fmt.Fprintf(&b, "| | select_one yn | q%d | Question ${q0} %d | 问题%d | ${q%d} != 'no' | | | yes |\n", i, i, i, i/2)
		}
	}
	b.WriteString("| choices |\n| | list_name | name | label::en | label::zh |\n| | yn | yes | Yes | 是 |\n| | yn | no | No | 否 |\n| | yn | dk | Don't know | 不知道 |\n")
	return []byte(b.String())
}

// dependentForm has one question that n calculations need.
func dependentForm(n int) []byte {
	var b strings.Builder
	b.WriteString("| survey |\n| | type | name | label | calculation |\n| | integer | a | A | |\n")
	for i := range n {
		fmt.Fprintf(&b, "| | calculate | c%d | | if(${a} > %d, ${a} * 2, concat(${a}, 'x')) |\n", i, i)
	}
	return []byte(b.String())
}

// villageForm chooses from n villages by county.
func villageForm(n int) []byte {
	var b strings.Builder
	b.WriteString("| survey |\n| | type | name | label | choice_filter |\n| | text | county | C | |\n| | select_one village | v | V | county = ${county} |\n")
	b.WriteString("| choices |\n| | list_name | name | label | county |\n")
	for i := range n {
		fmt.Fprintf(&b, "| | village | v%d | Village %d | c%d |\n", i, i, i%200)
	}
	return []byte(b.String())
}

func benchForm(b *testing.B, data []byte) *Form {
	f, report := ReadFile("bench.md", data)
	if f == nil {
		b.Fatal(report.Errors)
	}
	return f
}

func BenchmarkReadAndCompile600Rows(b *testing.B) {
	data := largeForm(600)
	for b.Loop() {
		benchForm(b, data)
	}
}

func BenchmarkOpenInterview600Rows(b *testing.B) {
	f := benchForm(b, largeForm(600))
	for b.Loop() {
		New(f, Config{Now: noon}).Step()
	}
}

func BenchmarkAnswer500Dependents(b *testing.B) {
	v := New(benchForm(b, dependentForm(500)), Config{Now: noon})
	i := 0
	for b.Loop() {
		i++
		if err := v.Set("a", fmt.Sprint(i%600)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFilter100000Choices(b *testing.B) {
	v := New(benchForm(b, villageForm(100_000)), Config{Now: noon})
	if err := v.Set("county", "c7"); err != nil {
		b.Fatal(err)
	}
	n := v.find("v")
	for b.Loop() {
		if got := len(v.choicesAt(n)); got != 500 {
			b.Fatalf("%d choices", got)
		}
	}
}

func BenchmarkDraft(b *testing.B) {
	v := visitOf(b, fieldConfig())
	for b.Loop() {
		v.Draft()
	}
}

// TestSpeed fails when something became an order of magnitude slower than promised; machines differ, so the bounds
// here are loose and make bench has the figures.
func TestSpeed(t *testing.T) {
	if testing.Short() {
		t.Skip("timing")
	}
	start := time.Now()
	f, _ := ReadFile("large.md", largeForm(600))
	took := time.Since(start)
	if f == nil || took > 3*time.Second {
		t.Errorf("reading took %v", took)
	}
}

// TestMemoryOf100000Choices keeps a list as long as a province's villages within what a tablet can spare.
func TestMemoryOf100000Choices(t *testing.T) {
	data := villageForm(100_000)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	f, _ := ReadFile("v.md", data)
	v := New(f, Config{Now: noon})
	runtime.GC()
	runtime.ReadMemStats(&after)
	if got := int64(after.HeapAlloc-before.HeapAlloc) >> 20; got > 60 {
		t.Errorf("%d MB", got)
	} else {
		t.Logf("%d MB", got)
	}
	runtime.KeepAlive(v)
	runtime.KeepAlive(data)
}
