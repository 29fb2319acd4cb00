package store

import (
	"muqu/core"
	"muqu/core/change"
)

// Carrier keeps what a hub carries between its tablets and the centre.
type Carrier interface {
	// PutCarried keeps a segment and reports whether it is new.
	PutCarried(c *Carried) (bool, error)
	// Unsent reads segments that the centre hasn't, oldest first.
	Unsent(after uint64, limit int) ([]Carried, error)
	CountUnsent() (int, error)
	// CarriedBy finds who brought a segment.
	CarriedBy(hash []byte) (came change.DeviceID, found bool, err error)
	// Sent notes that the centre has a segment, and the highest position it
	// was given there, 0 if that is not known.
	Sent(hash []byte, position change.Position) error
	// Unsend counts as unsent again what stood above a position that a
	// restored server lost, or where it is not known.
	Unsend(above change.Position) error
	// PruneCarried forgets what was sent and came before a moment.
	PruneCarried(before change.Millis) error
	PutMail(m *Mail) error
	MailFor(whose change.DeviceID, after uint64, limit int) ([]Mail, error)
	// DropMail forgets what was handed over, and all that is older than a
	// moment.
	DropMail(whose change.DeviceID, through uint64, before change.Millis) error
	// ChangedAfter reads records by the position of their committed state. It
	// wants IndexPositions, which a tablet can do without.
	ChangedAfter(p change.Position, limit int) ([]Row, error)
	IndexPositions() error
	// PutGone notes that a record left this device's scope, DropGone that it
	// is back.
	PutGone(ref core.Ref, p change.Position) error
	DropGone(ref core.Ref) error
	GoneAfter(p change.Position, limit int) ([]Gone, error)
}

// Gone is a record that left a hub's scope, as of a position.
type Gone struct {
	core.Ref
	Position change.Position
}

// Carried is a segment on its way through a hub.
type Carried struct {
	ID       uint64
	Device   change.DeviceID // who sealed it
	Came     change.DeviceID // who brought it
	Hash     []byte          // SHA-256 of Bytes
	Received change.Millis
	Stamps   [][]byte
	Bytes    []byte
}

// Mail is an answer of the centre on its way through a hub.
type Mail struct {
	ID    uint64
	Whose change.DeviceID
	At    change.Millis
	Bytes []byte
}
