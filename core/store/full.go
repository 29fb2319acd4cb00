package store

import (
	"errors"
	"log/slog"
	"runtime"
	"syscall"

	"muqu/core"
)

// full is a disk without room: in words for a person, with the cause for the
// log.
type full struct{ cause error }

func (f *full) Error() string { return noRoom.Error() }

// LogValue gives the log what the person is not told.
func (f *full) LogValue() slog.Value { return slog.StringValue(f.cause.Error()) }

func (f *full) Unwrap() []error { return []error{noRoom, f.cause} }

var noRoom = core.Refuse(core.NoRoom, "", "refuse.full")

// NoRoom makes the refusal of a full disk of an error that a system's full disk
// or used-up quota is behind, and leaves any other error as it is.
func NoRoom(err error) error {
	var code syscall.Errno
	if IsFull(err) || !errors.As(err, &code) {
		return err
	}
	// Windows: ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL.
	windows := runtime.GOOS == "windows" && (code == 39 || code == 112)
	if windows || code == syscall.ENOSPC || code == syscall.EDQUOT {
		return Full(err)
	}
	return err
}

// IsFull reports whether an error is the refusal of a full disk.
func IsFull(err error) bool {
	var r *core.Refusal
	return errors.As(err, &r) && r.Reason == core.NoRoom
}

// Full makes the refusal of a full disk of an error that is known to be one.
func Full(err error) error { return &full{err} }
