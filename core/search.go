package core

import (
	"sort"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Terms gives the words under which a record is found, each once: every name
// from each of its characters on, its pinyin and initials likewise, Tibetan
// names by syllable, numbers whole and from their last four digits, and the
// name of the village. A search finds the records that have, for each word
// typed, a term beginning with it.
func Terms(r *Record, regions *Regions) []string {
	t := make(termSet)
	for _, f := range KindOf(r.Kind).Fields {
		switch v := r.Text(f.Name); {
		case v == "":
		case f.Search == ByName:
			t.name(v)
		case f.Search == ByDigits:
			t.digits(v)
		}
	}
	if len(t) > 0 {
		for _, p := range regions.Path(r.Region) {
			if p.Level == "village" || p.Level == "township" {
				t.name(p.Short())
			}
		}
	}
	return t.list()
}

// Words splits what somebody typed into the words that Terms are matched with.
func Words(typed string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(fold(typed), separates) {
		if len(out) < 8 {
			out = append(out, w)
		}
	}
	return out
}

type termSet map[string]bool

// maxTerm bounds a term in characters; nobody types more to find a name.
const maxTerm = 24

func (t termSet) add(s string) {
	r := []rune(s)
	if len(r) > 0 {
		t[string(r[:min(len(r), maxTerm)])] = true
	}
}

func (t termSet) name(s string) {
	for _, word := range strings.FieldsFunc(fold(s), separates) {
		r := []rune(word)
		if len(r) > 60 {
			r = r[:60]
		}
		if !unicode.Is(unicode.Han, r[0]) {
			t.add(word)
			continue
		}
		for i := range r {
			t.add(string(r[i:]))
		}
		t.pinyin(r)
	}
}

func (t termSet) pinyin(r []rune) {
	full, initials := "", ""
	for i := len(r) - 1; i >= 0; i-- {
		s := syllable(r[i])
		full = s + full
		initials = string([]rune(s)[:1]) + initials
		t.add(full)
		t.add(initials)
	}
}

func (t termSet) digits(s string) {
	s = fold(dropSpaces(s))
	t.add(s)
	if len(s) > 4 && isDigits(s[:1]) {
		t.add(s[len(s)-4:])
	}
}

func (t termSet) list() []string {
	out := make([]string, 0, len(t))
	for s := range t {
		out = append(out, s)
	}
	sort.Strings(out)
	return out
}

// fold makes spellings comparable: compatibility forms, lower case.
func fold(s string) string { return strings.ToLower(norm.NFKC.String(s)) }

// separates tells where a name divides: at anything that is not a letter, a
// digit or a sign that belongs to the letter before it. The Tibetan tsheg and
// shad are such dividers.
func separates(c rune) bool {
	return !unicode.IsLetter(c) && !unicode.IsDigit(c) && !unicode.IsMark(c)
}

// matchesName reports whether a place name is meant by text: part of the name,
// of its pinyin or of its initials.
func matchesName(name, text string) bool {
	if text == "" {
		return true
	}
	t := make(termSet)
	t.name(name)
	for term := range t {
		if strings.HasPrefix(term, text) {
			return true
		}
	}
	return false
}

// Sounds reports whether the pinyin of a name, or its initials, have typed in
// them from one of its characters on.
func Sounds(name, typed string) bool {
	for i := range len(typed) {
		if c := typed[i]; c < 'a' || c > 'z' {
			return false // nobody types pinyin with anything else in it
		}
	}
	r := []rune(fold(name))
	full, initials := "", ""
	for i := len(r) - 1; i >= 0; i-- {
		s := syllable(r[i])
		full, initials = s+full, string([]rune(s)[:1])+initials
		if strings.HasPrefix(full, typed) || strings.HasPrefix(initials, typed) {
			return true
		}
	}
	return false
}

// SortKey gives the text by which a title is put in order: Chinese by its
// pinyin, everything else as it is written.
func SortKey(title string) string {
	r := []rune(fold(title))
	return strings.TrimSpace(pinyinOf(r[:min(len(r), maxTerm)], " "))
}
