package table

import "strings"

// dangerous are the first characters that make a spreadsheet program treat text as a formula, full-width forms
// included because Chinese input methods type them and some programs fold them.
const dangerous = "=+-@\t\r\n＝＋－＠"

// guard makes a text cell harmless: an apostrophe in front, as a clerk would type it.
func guard(s string) string {
	if isDangerous(s) {
		return "'" + s
	}
	return s
}

// unguard takes the apostrophe off again, so that writing and reading give the same text.
func unguard(s string) string {
	if strings.HasPrefix(s, "'") && isDangerous(s[1:]) {
		return s[1:]
	}
	return s
}

// isDangerous looks behind leading apostrophes, so that guard and unguard are inverse for every text.
func isDangerous(s string) bool {
	s = strings.TrimLeft(s, "'")
	for _, r := range s {
		return strings.ContainsRune(dangerous, r)
	}
	return false
}
