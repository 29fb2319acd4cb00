package core_test

import (
	"testing"

	"muqu/core"
)

func TestNewerVersion(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"1.10", "1.9", true}, {"1.9", "1.10", false}, {"1.2.0", "1.2", false}, {"1.2", "1.2.0", false}, {"2", "1.99.99", true},
		{"muqu 1.3", "1.2", true}, {"1.2.1", "1.2", true}, {"", "1", false}, {"1", "", true}, {"99999999999999999999", "3", true},
	} {
		if got := core.NewerVersion(c.a, c.b); got != c.want {
			t.Errorf("%q after %q: %v", c.a, c.b, got)
		}
	}
}
