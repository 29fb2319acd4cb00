package form

import (
	"strings"
	"testing"
	"time"
)

func TestPatternsBeyondGo(t *testing.T) {
	for _, c := range []struct {
		pattern, text string
		want          bool
	}{
		{`^(?=.*\d)(?=.*[a-z]).{4,8}$`, "abc1", true}, {`^(?=.*\d)(?=.*[a-z]).{4,8}$`, "abcd", false},
		{`^(?!.*none).*$`, "a b", true}, {`^(?!.*none).*$`, "a none", false},
		{`^(a|b)\1$`, "aa", true}, {`^(a|b)\1$`, "ab", false},
		{`(?<=\$)\d+`, "cost $5", true}, {`(?<!\$)\b\d+`, "$5", false},
		{`^a++b$`, "aaab", true}, {`^(?=[草原]+$)\p{Han}{2}$`, "草原", true}, {`(?i)^(?=A)abc$`, "ABC", true},
		{`^(?=a{2,3}?b)a+b$`, "aab", true}, {`^\w+(?!\.)\b$`, "x_1", true},
	} {
		m, err := compilePattern(c.pattern)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		if got := m.MatchString(c.text); got != c.want {
			t.Errorf("%s on %q: %v", c.pattern, c.text, got)
		}
	}
	for _, bad := range []string{`(?=`, `(?=a`, `[`, `(?=*)`, `\`, `(?=a)(`, `(?<name`} {
		if _, err := compilePattern(bad); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}

func TestPatternsStop(t *testing.T) {
	start := time.Now()
	m, err := compilePattern(`^(?=x)?(a+)+$`)
	if err != nil {
		m, err = compilePattern(`^(?!x)(a+)+$`)
	}
	if err != nil {
		t.Fatal(err)
	}
	m.MatchString(strings.Repeat("a", 5000) + "!")
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}

func FuzzPattern(f *testing.F) {
	f.Add(`^(?=.*\d)a{1,2}\1[^x]|\p{Han}$`, "a1")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(text) > 200 || len(pattern) > 200 {
			return
		}
		if b, err := newBacktracker(pattern); err == nil {
			b.MatchString(text)
		}
	})
}
