package form

import (
	"regexp"
	"sort"
	"strings"

	"golang.org/x/text/language"
)

// note remembers the languages of a sheet's columns.
func (r *reader) note(s *sheet) {
	for _, words := range s.columns {
		column, lang := translatable(words)
		if column == "" {
			continue
		}
		r.noteColumn(s.name+"!"+column, lang)
		if lang != "" {
			r.noteLang(lang)
		}
	}
}

// translatable names the column and the language that the words of a header mean; both are empty for columns that
// can't be translated.
func translatable(words []string) (column, lang string) {
	at := 1
	switch {
	case len(words) == 0:
		return "", ""
	case words[0] == "label" || words[0] == "hint" || words[0] == "guidance_hint":
		column = words[0]
	case words[0] == "media" && len(words) > 1:
		column, at = words[1], 2
	case words[0] == "bind" && len(words) > 1 && (words[1] == "jr:constraintMsg" || words[1] == "jr:requiredMsg" || words[1] == "jr:noAppErrorString"):
		column, at = columnHead("bind::"+words[1]), 2
	default:
		return "", ""
	}
	if len(words) > at {
		lang = words[at]
	}
	return column, lang
}

func (r *reader) noteLang(lang string) {
	for _, l := range r.langs {
		if l == lang {
			return
		}
	}
	r.langs = append(r.langs, lang)
}

func (r *reader) noteColumn(column, lang string) {
	if r.columns == nil {
		r.columns = map[string]map[string]bool{}
	}
	if r.columns[column] == nil {
		r.columns[column] = map[string]bool{}
	}
	if lang == "" {
		lang = r.form.Lang
	}
	r.columns[column][lang] = true
}

// languageCode finds the code that makes a language known to programs: English (en).
var languageCode = regexp.MustCompile(`\(([a-zA-Z]{2,8})([-_][a-zA-Z0-9]+)*\)`)

// hasCode reports whether a language names its code, one of those that are registered.
func hasCode(lang string) bool {
	m := languageCode.FindStringSubmatch(lang)
	if m == nil {
		return false
	}
	_, err := language.ParseBase(m[1])
	return err == nil
}

// checkTranslations reports columns that a language lacks, and languages without a code.
func (r *reader) checkTranslations() {
	all := map[string]bool{}
	for _, langs := range r.columns {
		for l := range langs {
			all[l] = true
		}
	}
	if len(r.langs) == 0 {
		return
	}
	for _, lang := range sortedKeys(all) {
		var missing []string
		for column, langs := range r.columns {
			if !langs[lang] {
				missing = append(missing, strings.Replace(column, "!", ": ", 1))
			}
		}
		sort.Strings(missing)
		if len(missing) > 0 {
			r.warn("", 0, "", "form.translation.missing", "lang", lang, "columns", strings.Join(missing, ", "))
		}
	}
	for _, lang := range r.langs {
		if !hasCode(lang) {
			r.warn("", 0, "", "form.language.code", "lang", lang)
		}
	}
}
