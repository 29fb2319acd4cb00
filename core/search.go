package core

import (
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Terms gives the words under which a record is found, each once: every name
// from each of its characters on, its pinyin and initials likewise, Tibetan
// names by syllable, numbers whole and from their last four digits, and the
// name of the village. A search finds the records that have, for each word
// typed, a term beginning with it.
func Terms(r *Record, regions *Regions) []string {
	var t terms
	for _, f := range KindOf(r.Kind).Fields {
		if f.Search == NotSearched {
			continue
		}
		switch v := r.Text(f.Name); {
		case v == "":
		case f.Search == ByName:
			t.name(v)
		case f.Search == ByDigits:
			t.digits(v)
		}
	}
	if len(t) > 0 {
		t = append(t, regions.terms(r.Region)...)
	}
	return t.list()
}

// terms gives the words by which what lies in a region is found: the names of
// its village and its township. They are the same for all of it, and a first
// sync asks for those of one village ten thousand times.
func (t *Regions) terms(code string) []string {
	if t == nil {
		return nil
	}
	if known, ok := t.found.Load(code); ok {
		return known.([]string)
	}
	var out terms
	for _, p := range t.Path(code) {
		if p.Level == "village" || p.Level == "township" {
			out.name(p.Short())
		}
	}
	t.found.Store(code, []string(out))
	return out
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

// terms gathers words, some of them more than once.
type terms []string

const (
	maxTerm = 24 // characters of a term; nobody types more to find a name
	maxName = 60 // characters of one word of a name that are looked at
)

func (t *terms) add(s string) {
	if s != "" {
		*t = append(*t, cut(s, maxTerm))
	}
}

// cut gives the first n characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for at := range s {
		if n--; n < 0 {
			return s[:at]
		}
	}
	return s
}

func (t *terms) name(s string) {
	for _, word := range strings.FieldsFunc(fold(s), separates) {
		word = cut(word, maxName)
		if first, _ := utf8.DecodeRuneInString(word); !unicode.Is(unicode.Han, first) {
			t.add(word)
			continue
		}
		for at, sound := range spokenFrom(word) {
			t.add(word[at:])
			t.add(sound.full)
			t.add(sound.initials)
		}
	}
}

// spoken is a name in pinyin, whole and by its initials.
type spoken struct{ full, initials string }

// spokenFrom gives the place of each character of a name, and the pinyin from
// there on.
func spokenFrom(name string) iter.Seq2[int, spoken] {
	return func(yield func(int, spoken) bool) {
		var full, initials strings.Builder
		for _, c := range name {
			s := syllable(c)
			_, n := utf8.DecodeRuneInString(s)
			full.WriteString(s)
			initials.WriteString(s[:n])
		}
		rest := spoken{full.String(), initials.String()}
		for at, c := range name {
			if !yield(at, rest) {
				return
			}
			s := syllable(c)
			_, n := utf8.DecodeRuneInString(s)
			rest.full, rest.initials = rest.full[len(s):], rest.initials[n:]
		}
	}
}

func (t *terms) digits(s string) {
	s = fold(dropSpaces(s))
	t.add(s)
	if n := utf8.RuneCountInString(s); n > 4 && isDigits(s[:1]) {
		t.add(s[len(cut(s, n-4)):])
	}
}

func (t terms) list() []string {
	slices.Sort(t)
	return slices.Compact(t)
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
	var t terms
	t.name(name)
	for _, term := range t {
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
	for _, sound := range spokenFrom(fold(name)) {
		if strings.HasPrefix(sound.full, typed) || strings.HasPrefix(sound.initials, typed) {
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
