package widget

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// monospaced measures every character as one wide.
func monospaced(s string) float32 { return float32(utf8.RuneCountInString(s)) }

// wrapped are the lines of a text by monospaced.
func wrapped(text string, width float32) (out []string) {
	for _, l := range Wrap(text, width, func(from, to int) float32 { return monospaced(text[from:to]) }) {
		out = append(out, text[l.From:l.To])
	}
	return out
}

func TestWrap(t *testing.T) {
	for _, test := range []struct {
		name  string
		text  string
		width float32
		want  []string
	}{
		{"fits", "牧区", 10, []string{"牧区"}},
		{"empty", "", 10, []string{""}},
		{"chinese anywhere", "青海省黄南州", 4, []string{"青海省黄", "南州"}},
		{"no stop at the start", "走访完成。", 4, []string{"走访完", "成。"}},
		{"no bracket at the end", "类别甲（现状）", 4, []string{"类别甲", "（现状）"}},
		{"no ascii bracket either", "类别甲(现状)", 4, []string{"类别甲", "(现状)"}},
		{"words stay whole", "one household", 9, []string{"one", "household"}},
		{"long word is chopped", "household", 4, []string{"hous", "ehol", "d"}},
		{"tibetan by syllables", "བོད་ཡིག་གི", 5, []string{"བོད་", "ཡིག་", "གི"}},
		{"shad stays", "ཡོད།།མེད།", 6, []string{"ཡོད།།", "མེད།"}},
		{"newlines", "一\n二", 9, []string{"一", "二"}},
		{"mixed", "牦牛yak存栏", 5, []string{"牦牛yak", "存栏"}},
	} {
		if got := wrapped(test.text, test.width); !slices.Equal(got, test.want) {
			t.Errorf("%s: Wrap(%q, %v) = %q, want %q", test.name, test.text, test.width, got, test.want)
		}
	}
}

// Nothing but blanks at the ends of lines is ever lost, however narrow.
func TestWrapKeepsAllText(t *testing.T) {
	const text = "请选择12位行政村代码 (village code), བསྒྲུབས་པ་ཡིན། “无”不能与其他同选……done 😀"
	squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
	for width := float32(1); width < 40; width++ {
		lines := wrapped(text, width)
		if got, want := squeeze(strings.Join(lines, "")), squeeze(text); got != want {
			t.Errorf("width %v: %q, want %q", width, got, want)
		}
		for _, line := range lines {
			if !utf8.ValidString(line) {
				t.Errorf("width %v: broken character in %q", width, line)
			}
		}
	}
}
