package widget

import (
	"strings"
	"unicode"
	"unicode/utf8"
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

// Span is one line of a wrapped text: its bytes From up to To.
type Span struct{ From, To int }

// Wrap breaks text into lines of at most width; measure gives the width of the
// bytes from one place up to another. Tibetan breaks after a syllable or a
// clause, Chinese between any two characters that do not belong together, other
// scripts at blanks. What does not fit a line by itself is broken anywhere. A line
// never begins with a stop or ends with a bracket that opens.
func Wrap(text string, width float32, measure func(from, to int) float32) []Span {
	w := &wrapper{text: text, width: width, measure: measure}
	at := 0
	for paragraph := range strings.SplitSeq(text, "\n") {
		w.paragraph(at, at+len(paragraph))
		at += len(paragraph) + 1
	}
	return w.lines
}

type wrapper struct {
	text    string
	width   float32
	measure func(from, to int) float32
	lines   []Span
}

func (w *wrapper) paragraph(from, to int) {
	start, end, used := from, from, float32(0)
	for _, piece := range pieces(w.text[from:to]) {
		a, b := end, end+len(piece)
		long := w.measure(a, a+len(strings.TrimRight(piece, " ")))
		if used+long <= w.width || start == end && long <= w.width {
			end, used = b, used+w.measure(a, b)
			continue
		}
		if start != end {
			w.add(start, end)
		}
		start, end = w.chop(a, b), b
		used = w.measure(start, end)
	}
	w.add(start, end)
}

// add ends a line. Blanks at its end take no room.
func (w *wrapper) add(from, to int) {
	w.lines = append(w.lines, Span{from, from + len(strings.TrimRight(w.text[from:to], " "))})
}

// chop breaks a piece that is too long for a line into full lines and gives where
// the rest begins. Marks stay with the letter that they stand on.
func (w *wrapper) chop(from, to int) int {
	start := from
	for i, r := range w.text[from:to] {
		at := from + i
		if at > start && !unicode.Is(unicode.M, r) && w.measure(start, at+utf8.RuneLen(r)) > w.width {
			w.lines = append(w.lines, Span{start, at})
			start = at
		}
	}
	return start
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
