package sqlite

import "os"

// The room in bytes that is kept for opening a database. What its connections
// share is a file of 32 KB, which is made anew after each clean end; with the rest
// a small sync gets through.
const (
	spareSize  = 1 << 20
	leastSpare = 32 << 10
)

// spare is a file beside a database that keeps room on the disk. Without it a
// disk that others have filled up would let nobody read what is there: SQLite
// does not open a database in WAL mode without room.
type spare string

func spareOf(path string) spare { return spare(path + "-spare") }

// keep takes the room, or as much of it as there is. Where there is none, the
// database that was opened or closed goes without.
func (s spare) keep() {
	if st, err := os.Stat(string(s)); err == nil && st.Size() == spareSize {
		return
	}
	for size := spareSize; size >= leastSpare; size /= 2 {
		if os.WriteFile(string(s), make([]byte, size), 0o600) == nil {
			return
		}
		_ = os.Remove(string(s))
	}
}

// give makes the room free and reports whether there was any.
func (s spare) give() bool { return os.Remove(string(s)) == nil }
