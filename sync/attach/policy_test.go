package attach_test

import (
	"testing"

	"muqu/sync/attach"
)

func TestPolicies(t *testing.T) {
	for _, tc := range []struct {
		p            attach.Policy
		moves, asked bool // in any sync; when a person says so
	}{
		{attach.Policy{}, true, true},
		{attach.Policy{Network: attach.Always}, true, true},
		{attach.Policy{Network: attach.Asked}, false, true},
		{attach.Policy{Network: attach.Never}, false, false},
		{attach.Policy{Network: "of a newer program"}, false, false},
	} {
		if got := tc.p.Moves(false); got != tc.moves {
			t.Errorf("%+v moves %v", tc.p, got)
		}
		if got := tc.p.Moves(true); got != tc.asked {
			t.Errorf("%+v moves %v when asked", tc.p, got)
		}
	}
	for _, tc := range []struct {
		most, size  int64
		lets, asked bool
	}{
		{0, 1 << 40, true, true},
		{1000, 999, true, true},
		{1000, 1000, true, true},
		{1000, 1001, false, true},
	} {
		p := attach.Policy{MaxBytes: tc.most}
		if p.Lets(tc.size, false) != tc.lets || p.Lets(tc.size, true) != tc.asked {
			t.Errorf("%d of at most %d bytes: %v, asked for %v", tc.size, tc.most, p.Lets(tc.size, false), p.Lets(tc.size, true))
		}
	}
	for _, tc := range []struct {
		p  attach.Policy
		ok bool
	}{
		{attach.Policy{}, true},
		{attach.Policy{Network: attach.Asked, MaxBytes: 1, LongSide: 800, KeepOriginals: true, KeepDays: 7}, true},
		{attach.Policy{Network: "sometimes"}, false},
		{attach.Policy{MaxBytes: -1}, false},
		{attach.Policy{LongSide: 100}, false},
		{attach.Policy{LongSide: 100_000}, false},
		{attach.Policy{KeepDays: -1}, false},
		{attach.Policy{KeepDays: 10_000}, false},
	} {
		if err := tc.p.Check(); (err == nil) != tc.ok {
			t.Errorf("%+v: %v", tc.p, err)
		}
	}
	d := attach.Policy{}.Defaulted()
	if d.Network != attach.Always || d.LongSide != 1600 || d.KeepDays != 90 || d.MaxBytes != 0 || d.KeepOriginals {
		t.Errorf("default %+v", d)
	}
}
