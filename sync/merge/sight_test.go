package merge

import (
	"fmt"
	"strings"
	"testing"

	"muqu/core/change"
)

// sightsOf writes the sights of the field f as "0: 1- 2+", a line for each entry.
func sightsOf(entries ...change.Sequenced) string {
	var lines []string
	for i, registers := range Sights(entries, nil) {
		line := fmt.Sprint(i, ":")
		for _, s := range registers["f"] {
			line += fmt.Sprint(" ", s.By, map[bool]string{true: "+", false: "-"}[s.Saw])
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func TestSights(t *testing.T) {
	a, b, c := dev(1), dev(2), dev(3)
	first := write(a, 1, 1, 0, "f", change.Review, "x", nil)
	namer := write(b, 1, 2, 1, "f", change.Review, "z", "y")
	namer.Seen.Ahead = ahead(c, 1)
	for _, tc := range []struct {
		name    string
		entries []change.Sequenced
		want    string
	}{
		{"replaced by somebody who saw it", []change.Sequenced{first, write(b, 1, 2, 1, "f", change.Review, "y", "x")}, "0: 1+\n1:"},
		{"written apart", []change.Sequenced{first, write(b, 1, 2, 0, "f", change.Review, "y", nil)}, "0: 1-\n1:"},
		{"apart, then settled by one who saw both", []change.Sequenced{first, write(b, 1, 2, 0, "f", change.Review, "y", nil),
			write(c, 1, 3, 2, "f", change.Review, "x", "y")}, "0: 1- 2+\n1: 2+\n2:"},
		{"settled knowing one only", []change.Sequenced{first, write(b, 1, 2, 0, "f", change.Review, "y", nil),
			write(c, 1, 3, 1, "f", change.Review, "z", "x")}, "0: 1- 2+\n1: 2-\n2:"},
		{"its own author", []change.Sequenced{first, write(a, 2, 2, 0, "f", change.Review, "y", "x")}, "0: 1+\n1:"},
		{"claims to have seen, but the screen showed another", []change.Sequenced{first, write(b, 1, 2, 1, "f", change.Review, "y", "w")}, "0: 1-\n1:"},
		{"another field", []change.Sequenced{first, write(b, 1, 2, 0, "g", change.Review, "y", nil)}, "0:\n1:"},
		{"a set, whatever the screen showed", []change.Sequenced{write(a, 1, 1, 0, "f", change.Set, []any{"x"}, nil),
			write(b, 1, 2, 1, "f", change.Set, []any{"x", "y"}, []any{})}, "0: 1+\n1:"},
		{"seen before it was sequenced", []change.Sequenced{first, namer, write(c, 1, 3, 1, "f", change.Review, "y", "x")}, "0: 1- 2+\n1:\n2: 1+"},
		{"seen before it was sequenced, by somebody who was replaced since", []change.Sequenced{first, namer, write(a, 2, 3, 2, "f", change.Review, "w", "z"),
			write(c, 1, 4, 1, "f", change.Review, "y", "x")}, "0: 1- 2+\n1: 2+\n2:\n3: 1+"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := sightsOf(tc.entries...); got != tc.want {
				t.Errorf("got\n%s\nwant\n%s", got, tc.want)
			}
		})
	}
}
