package assets

import (
	"fmt"
	"strings"
)

// fill replaces the placeholders of text, {name} or {name|one|many}, by the
// values in args. A placeholder without a value stays as it is, so that a
// mistake is seen and no sentence is lost.
func fill(text string, args []any) string {
	if len(args) == 0 || !strings.Contains(text, "{") {
		return text
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		inside, after, closed := strings.Cut(rest, "}")
		if !closed {
			b.WriteString("{" + rest)
			return b.String()
		}
		b.WriteString(placeholder(inside, args))
		text = after
	}
}

// placeholder returns what stands for the inside of one pair of braces.
func placeholder(inside string, args []any) string {
	name, forms, counted := strings.Cut(inside, "|")
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] != name {
			continue
		}
		value := fmt.Sprint(args[i+1])
		if !counted {
			return value
		}
		one, many, _ := strings.Cut(forms, "|")
		if value == "1" {
			return one
		}
		return many
	}
	return "{" + inside + "}"
}
