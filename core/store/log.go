package store

import (
	"muqu/core"
	"muqu/core/change"
)

// Logged is one entry that the server sequenced.
type Logged struct {
	change.Sequenced
	Bytes   []byte   // canonical; kept even where they could not be decoded
	Regions []string // of the record after the fold
	Before  []string // of the record before the fold
	Also    []string // regions that borrow the record; not kept
	Lends   bool     // the record's region refers to one that lay elsewhere since this entry
	Folds   change.Position
}

// Server keeps the sequenced log.
type Server interface {
	AppendLogged(l *Logged) error
	// Logged reads entries in order, of one county or of all. Of the entry
	// itself only key, kind, record and bytes are filled in.
	Logged(after change.Position, area string, limit int) ([]Logged, error)
	LoggedAt(p change.Position) (Logged, bool, error)
	LoggedBy(k change.Key) ([]Logged, error)
	LoggedRange(log change.Log, first, last uint64) ([]Logged, error)
	History(ref core.Ref) ([]Logged, error)
	Quarantine(offset, limit int) ([]Logged, error)
	// Aside reads the entries of a device that are kept aside or were rejected.
	Aside(device change.DeviceID) ([]Logged, error)
	Judge(p change.Position, v change.Verdict, folds change.Position) error
	ReceivedAt(p change.Position) (change.Millis, bool, error)
	FoldedAt(p change.Position) ([]Logged, error)
	PositionBefore(at change.Millis) (change.Position, error)
	Head() (Head, error)
	SetHead(h Head) error
	LogHead(log change.Log) (LogHead, bool, error)
	SetLogHead(h *LogHead) error
	SeqThrough(h *LogHead, p change.Position) (uint64, error)
	LogHeads(device change.DeviceID) ([]LogHead, error)
	PutSegment(s *Segment) error
	// SegmentsTo gives the hashes of the segments of a log that end with an
	// entry: one that exists twice has several.
	SegmentsTo(log change.Log, seq uint64) ([][]byte, error)
	// PutHeld keeps a segment that came before what precedes it; the same one
	// twice is kept once.
	PutHeld(h *Held) error
	// Held reads the segments of one log that wait, by their first entry.
	Held(log change.Log) ([]Held, error)
	// HeldLogs lists the logs of which segments wait, of one device or, for
	// the zero id, of all.
	HeldLogs(device change.DeviceID) ([]HeldLog, error)
	RemoveHeld(h *Held) error
	ClearRecords() error
}

// Head is where the server's order stands.
type Head struct {
	Epoch     change.Epoch
	Position  change.Position
	Received  change.Millis // of the last entry
	Effective change.Millis // the greatest so far
}

// LogHead is how far the server holds one log.
type LogHead struct {
	Log       change.Log // Incarnation is the branch's where the log forked
	Wire      change.Log // as the tablet names it
	BranchAt  uint64     // the last entry shared with Wire, where it is a branch
	Seq       uint64
	Hash      change.Hash // of the last entry
	Segment   []byte      // hash of the last segment
	Effective change.Millis
	Position  change.Position // of the last entry
}

// Segment is the signature that covered entries of a log.
type Segment struct {
	Log       change.Log
	First     uint64
	Count     int
	Header    []byte
	Signature []byte
	Hash      []byte
}

// Held is a segment that waits for what precedes it in its log.
type Held struct {
	Log      change.Log
	First    uint64
	Last     uint64
	Hash     []byte
	Offset   change.Millis // server clock minus device clock at transmission
	Unsure   bool          // Offset is a guess
	Received change.Millis
	Bytes    []byte // as it came
}

// HeldLog sums up what waits of one log.
type HeldLog struct {
	Log      change.Log
	First    uint64 // lowest entry that waits
	Last     uint64 // highest one
	Segments int
	Bytes    int
	Since    change.Millis // when the first of them came
}

// Gap is a hole in a log: entries that were written but never came, while
// later ones wait.
type Gap struct {
	Device Device
	Log    change.Log
	First  uint64 // the first entry that is missing
	Last   uint64 // the last one
	Waits  uint64 // entries that wait behind it, at most
	Since  change.Millis
}
