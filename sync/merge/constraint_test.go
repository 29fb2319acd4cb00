package merge

import (
	"testing"

	"muqu/core/change"
)

func TestWhatAMergeBreaks(t *testing.T) {
	a, b := dev(1), dev(2)
	both := []change.Sequenced{
		write(a, 1, 1, 0, "hh_type", change.Review, "lifted", nil),
		write(a, 2, 2, 1, "monitor_type", change.Review, "none", nil),
	}
	general := write(a, 3, 3, 2, "hh_type", change.Review, "general", "lifted")
	for _, tc := range []struct {
		name string
		then change.Sequenced
		want int // sides of the conflict
	}{
		{"apart", write(b, 1, 4, 2, "monitor_type", change.Review, "unstable", "none"), 2},
		{"knowing the other", write(b, 1, 4, 3, "monitor_type", change.Review, "unstable", "none"), 0},
		{"by the same hand", write(a, 4, 4, 2, "monitor_type", change.Review, "unstable", "none"), 0},
		{"one side broke it alone", write(b, 1, 4, 2, "monitor_type", change.Review, "marginal", "none"), 0},
		{"nothing broken", write(b, 1, 4, 2, "monitor_type", change.Review, "sudden", "none"), 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := fold(append(append([]change.Sequenced(nil), both...), general, tc.then)...)
			sides := s.View().Conflicts["monitoring"]
			if len(sides) != tc.want {
				t.Fatalf("%d sides, want %d: %v", len(sides), tc.want, sides)
			}
			if s.Plain() != (tc.want == 0) {
				t.Errorf("plain is %v", s.Plain())
			}
			if tc.want == 0 {
				return
			}
			if got := sides[0].Value.String(); got != `{"hh_type":"general","monitor_type":"none"}` {
				t.Errorf("one side has %s", got)
			}
			if got := sides[1].Value.String(); got != `{"hh_type":"lifted","monitor_type":"unstable"}` {
				t.Errorf("the other has %s", got)
			}
		})
	}
}

func TestIncludes(t *testing.T) {
	a, b := dev(1), dev(2)
	s := fold(write(a, 4, 1, 0, "yak", change.Review, 1, nil), write(b, 2, 2, 1, "yak", change.Review, 2, 1))
	tentative := write(b, 3, 0, 2, "yak", change.Review, 3, 2)
	Apply(s, &tentative, nil)
	for _, tc := range []struct {
		key  change.Key
		want bool
	}{
		{change.Key{Log: a, Seq: 4}, true}, {change.Key{Log: a, Seq: 5}, false},
		{change.Key{Log: b, Seq: 1}, true}, {change.Key{Log: b, Seq: 3}, false}, {change.Key{Log: dev(3), Seq: 1}, false},
	} {
		if got := s.Includes(tc.key); got != tc.want {
			t.Errorf("includes %v: %v, want %v", tc.key, got, tc.want)
		}
	}
}
