package store

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"testing"

	"muqu/core"
)

func TestNoRoom(t *testing.T) {
	other := errors.New("something else")
	for _, tc := range []struct {
		err  error
		want bool
	}{
		{fmt.Errorf("keep: %w", &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}), true},
		{errors.Join(other, syscall.EDQUOT), true},
		{Full(other), true},
		{syscall.EIO, false},
		{other, false},
		{nil, false},
	} {
		got := NoRoom(tc.err)
		var r *core.Refusal
		if is := errors.As(got, &r) && r.Reason == core.NoRoom; is != tc.want {
			t.Errorf("%v: no room %v, want %v", tc.err, is, tc.want)
		}
		if !errors.Is(got, tc.err) {
			t.Errorf("%v: the cause is lost", tc.err)
		}
		if tc.want && got.Error() != core.Refuse(core.NoRoom, "", "refuse.full").Error() {
			t.Errorf("%v: said as %q", tc.err, got)
		}
	}
}
