package form

import "regexp"

// defaultWords are the words that a default is cut into, the first that fits winning. The names say whether a word
// makes the default an expression.
var defaultWords = []struct {
	word    *regexp.Regexp
	dynamic bool
	math    bool
}{
	{word: regexp.MustCompile(`^-?\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d+)?([+-]\d{2}:\d{2}|Z)?)?`)},
	{word: regexp.MustCompile(`^\d{2}:\d{2}:\d{2}([+-]\d{2}:\d{2}|Z)?`)},
	{word: regexp.MustCompile(`^(-?\d+\.\d*|-?\.\d+|-?\d+)`)},
	{word: regexp.MustCompile(`^([*+\-]| mod | div )`), dynamic: true, math: true},
	{word: regexp.MustCompile(`^(<=|>=|!=|[=<>]| and | or )`)},
	{word: regexp.MustCompile(`^\|`), dynamic: true},
	{word: regexp.MustCompile(`^[()\[{}]`)},
	{word: regexp.MustCompile(`^("[^"]*"|'[^']*')`)},
	{word: regexp.MustCompile(`^[\s,./\]]`)},
	{word: regexp.MustCompile(`^\$\{(last-saved#)?[\p{L}_][\p{L}\p{M}\p{N}_\-.]*\}`), dynamic: true},
	{word: regexp.MustCompile(`^[\p{L}_][\p{L}\p{M}\p{N}_\-.]*(:[\p{L}_][\p{L}\p{M}\p{N}_\-.]*)?\(`), dynamic: true},
	{word: regexp.MustCompile(`^[\p{L}_][\p{L}\p{M}\p{N}_\-.]*://`)},
	{word: regexp.MustCompile(`^[\p{L}_][\p{L}\p{M}\p{N}_\-.]*(:[\p{L}_][\p{L}\p{M}\p{N}_\-.]*)?`)},
	{word: regexp.MustCompile(`(?s)^.`)},
}

// isDynamic says whether a default is an expression rather than a text, by the rules of the reference converter: a
// call, a reference or arithmetic makes it one; a hyphen in a date or a place doesn't.
func isDynamic(def string, it *Item) bool {
	for def != "" {
		for _, w := range defaultWords {
			found := w.word.FindString(def)
			if found == "" {
				continue
			}
			if w.math && found == "-" && hyphened(it.info.name) {
				return false
			}
			if w.dynamic {
				return true
			}
			def = def[len(found):]
			break
		}
	}
	return false
}

// hyphened are the types whose answers may hold a hyphen.
func hyphened(kind string) bool {
	switch kind {
	case "date", "dateTime", "geopoint", "geotrace", "geoshape":
		return true
	}
	return false
}
