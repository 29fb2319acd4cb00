package wire

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"fmt"

	"muqu/core/change"
)

// Carried is a segment that a hub or a bundle brings for the tablet that
// sealed it. It travels unchanged.
type Carried struct {
	Device  []byte   `cbor:"1,keyasint"`
	Segment []byte   `cbor:"2,keyasint"`
	Stamps  [][]byte `cbor:"3,keyasint,omitempty"` // see [Stamp], one for each hub on the way
}

// Stamp is a hub's word on when a segment was sent to it and when it came,
// each by the clock of who says so, so that the clocks' differences add up
// along the way.
type Stamp struct {
	_        struct{} `cbor:",toarray"`
	Hub      []byte   // device id of who stamped
	Segment  []byte   // SHA-256 of the segment as it travels
	Sent     change.Millis
	Received change.Millis
}

const stampContext = "muqu stamp v1\n"

// Sign writes the stamp as a statement.
func (s *Stamp) Sign(key ed25519.PrivateKey) ([]byte, error) { return state(stampContext, s, key) }

// OpenStamp reads a stamp on a segment. The key is asked for by the hub's id.
func OpenStamp(b, segment []byte, keyOf func(change.DeviceID) (ed25519.PublicKey, error)) (*Stamp, error) {
	var st Statement
	if err := change.Unmarshal(b, &st); err != nil {
		return nil, fmt.Errorf("decode stamp: %w", err)
	}
	s := new(Stamp)
	if err := change.Unmarshal(st.Body, s); err != nil || len(s.Hub) != len(change.DeviceID{}) {
		return nil, fmt.Errorf("decode stamp: malformed")
	}
	key, err := keyOf(change.DeviceID(s.Hub))
	if err != nil {
		return nil, err
	}
	if err := believe(stampContext, b, key, s); err != nil {
		return nil, fmt.Errorf("stamp: %w", err)
	}
	if sum := sha256.Sum256(segment); !bytes.Equal(sum[:], s.Segment) {
		return nil, fmt.Errorf("stamp: of another segment")
	}
	return s, nil
}

// Returned is what the centre says of the segments of one tablet that somebody
// carried: what it would have told the tablet itself.
type Returned struct {
	Device   []byte          `cbor:"1,keyasint"`
	Epoch    change.Epoch    `cbor:"2,keyasint"`
	Tag      uint32          `cbor:"3,keyasint,omitempty"`
	Receipts [][]byte        `cbor:"4,keyasint,omitempty"`
	Verdicts []Verdict       `cbor:"5,keyasint,omitempty"`
	Heads    []Head          `cbor:"6,keyasint,omitempty"`
	Forks    []Fork          `cbor:"7,keyasint,omitempty"`
	Segments [][]byte        `cbor:"8,keyasint,omitempty"`  // SHA-256 of each that was taken, or is held behind a gap
	Refused  [][]byte        `cbor:"9,keyasint,omitempty"`  // of each that is damaged or forged
	Unknown  bool            `cbor:"10,keyasint,omitempty"` // the tablet's certificate is missing
	Position change.Position `cbor:"11,keyasint,omitempty"` // the last that one of the receipts names
}

// LogMark is a place in a log of any device.
type LogMark struct {
	_           struct{} `cbor:",toarray"`
	Device      []byte
	Incarnation change.Incarnation
	Seq         uint64
}

// Log names the log of the mark, the zero one where it is malformed.
func (m *LogMark) Log() change.Log {
	if len(m.Device) != len(change.DeviceID{}) {
		return change.Log{}
	}
	return change.Log{Device: change.DeviceID(m.Device), Incarnation: m.Incarnation}
}

// Rights are those of a device whose certificate does not say them any more.
type Rights struct {
	_      struct{} `cbor:",toarray"`
	Device []byte
	Lost   bool // all were taken
	Wipe   bool
	Scope  []string
	Until  change.Millis // zero: without end
}

// RightsMark tells one list of rights from another.
func RightsMark(list []Rights) ([]byte, error) {
	if len(list) == 0 {
		return nil, nil
	}
	b, err := change.Marshal(list)
	if err != nil {
		return nil, fmt.Errorf("mark rights: %w", err)
	}
	sum := sha256.Sum256(b)
	return sum[:8], nil
}
