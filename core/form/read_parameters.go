package form

import (
	"regexp"
	"strings"
)

// parameterWords are the words and equal signs of a parameters cell.
var parameterWords = regexp.MustCompile(`[^\s=,;]+|=`)

// parameters reads key=value pairs parted by blanks, commas or semicolons. Values are lower case, except names of
// columns, lists and references.
func (s *surveyReader) parameters(row *row) map[string]string {
	text := row.get("parameters")
	words := parameterWords.FindAllString(text, -1)
	if len(words) == 0 {
		return nil
	}
	out := map[string]string{}
	for i := 0; i < len(words); i += 3 {
		if i+2 >= len(words) || words[i] == "=" || words[i+1] != "=" || words[i+2] == "=" {
			s.bad("survey", row.num, row.head("parameters"), "form.parameters.bad", "text", shorten(text))
			return out
		}
		key, value := strings.ToLower(words[i]), words[i+2]
		if key != "label" && key != "value" && key != "reference-geometry" && !hasReference(value) {
			value = strings.ToLower(value)
		}
		out[key] = value
	}
	return out
}
