package widget

import (
	"strings"
	"unicode"
)

// Characters that may not begin and that may not end a line of Chinese.
const (
	notFirst = "，。、；：？！）」』】》〉”’%‰℃…·—～,.;:?!)]}"
	notLast  = "（「『【《〈“‘([{"
)

const (
	tsheg = '་' // ends a Tibetan syllable
	shad  = '།' // ends a Tibetan clause
)

// Wrap breaks text into lines of at most width as measured. Tibetan breaks
// after a syllable or a clause, Chinese between any two characters that do not
// belong together, other scripts at blanks. What does not fit a line by itself
// is broken anywhere. A line never begins with a stop or ends with a bracket
// that opens.
func Wrap(text string, width float32, measure func(string) float32) []string {
	var lines []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		lines = append(lines, wrapParagraph(paragraph, width, measure)...)
	}
	return lines
}

func wrapParagraph(text string, width float32, measure func(string) float32) []string {
	var lines []string
	line, used := "", float32(0)
	for _, piece := range pieces(text) {
		long := measure(strings.TrimRight(piece, " "))
		if used+long <= width || line == "" && long <= width {
			line, used = line+piece, used+measure(piece)
			continue
		}
		if line != "" {
			lines = append(lines, strings.TrimRight(line, " "))
		}
		var whole []string
		whole, line = chop(piece, width, measure)
		lines = append(lines, whole...)
		used = measure(line)
	}
	return append(lines, strings.TrimRight(line, " "))
}

// chop breaks a piece that is too long for a line into full lines and a rest.
// Marks stay with the letter that they stand on.
func chop(piece string, width float32, measure func(string) float32) (lines []string, rest string) {
	for _, r := range piece {
		if rest != "" && !unicode.Is(unicode.M, r) && measure(rest+string(r)) > width {
			lines, rest = append(lines, rest), ""
		}
		rest += string(r)
	}
	return lines, rest
}

// pieces cuts text at all places where a line may break.
func pieces(text string) []string {
	var cut []string
	start := 0
	var before rune
	for i, r := range text {
		if i > 0 && mayBreak(before, r) {
			cut = append(cut, text[start:i])
			start = i
		}
		before = r
	}
	if start < len(text) {
		cut = append(cut, text[start:])
	}
	return cut
}

// mayBreak tells whether a line may end with a and the next begin with b.
func mayBreak(a, b rune) bool {
	switch {
	case b == ' ' || unicode.Is(unicode.M, b), strings.ContainsRune(notFirst, b), strings.ContainsRune(notLast, a):
		return false
	case b == shad || b == tsheg:
		return false
	case a == ' ':
		return true
	case a == tsheg || a == shad:
		return true
	}
	return wide(a) || wide(b)
}

// wide tells whether r is as wide as it is high: lines break on either side.
func wide(r rune) bool {
	return r >= 0x2e80 && r <= 0x9fff || r >= 0xf900 && r <= 0xfaff || r >= 0xff00 && r <= 0xff60 || r >= 0x20000
}
