package sqlite

import (
	"errors"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"muqu/core/store"
)

// told makes the refusal of a full disk of SQLite's word for it, or of the
// system's. Beside a full file there is the shared memory of a database that is
// opened, which takes room too.
func told(err error) error {
	var e *sqlite.Error
	if errors.As(err, &e) && (e.Code()&0xff == lib.SQLITE_FULL || e.Code() == lib.SQLITE_IOERR_SHMSIZE) {
		return store.Full(err)
	}
	return store.NoRoom(err)
}
