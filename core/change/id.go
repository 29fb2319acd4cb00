package change

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// DeviceID names a tablet, a hub or a server: a random UUID made at install.
type DeviceID uuid.UUID

// RecordID names a record: a UUIDv7 made where the record was created, or a
// UUIDv5 where two people must arrive at the same record (see core.Derive).
type RecordID uuid.UUID

// Incarnation tells apart the logs of one device: 63 random bits, never zero.
// A device starts a new one at install, at restore and when the server holds
// another entry under one of its keys.
type Incarnation uint64

// Log is one history of one device.
type Log struct {
	Device      DeviceID
	Incarnation Incarnation
}

// Key names one entry: the Seq-th of its log, counted from 1.
type Key struct {
	Log
	Seq uint64
}

// Name names one entry for certain: two of a copied tablet may share a key.
type Name struct {
	Key
	Short Short
}

// Position is an entry's place in the server's order, counted from 1; zero
// means not sequenced yet.
type Position uint64

// Epoch counts the restores of the central server: 1 for a server that was
// never restored, zero for "never heard of a server".
type Epoch uint64

// Millis is a moment as milliseconds since 1970-01-01 UTC.
type Millis int64

// MillisOf converts t.
func MillisOf(t time.Time) Millis { return Millis(t.UnixMilli()) }

// Time converts m to UTC.
func (m Millis) Time() time.Time { return time.UnixMilli(int64(m)).UTC() }

// String writes m as RFC 3339 in UTC.
func (m Millis) String() string { return m.Time().Format(time.RFC3339) }

func (d DeviceID) String() string { return uuid.UUID(d).String() }
func (r RecordID) String() string { return uuid.UUID(r).String() }

// Less orders record ids by their bytes.
func (r RecordID) Less(o RecordID) bool { return string(r[:]) < string(o[:]) }

func (i Incarnation) String() string { return fmt.Sprintf("%016x", uint64(i)) }

func (l Log) String() string { return l.Device.String() + "/" + l.Incarnation.String() }

// Compare orders logs by device, then incarnation.
func (l Log) Compare(o Log) int {
	if c := bytes.Compare(l.Device[:], o.Device[:]); c != 0 {
		return c
	}
	return cmp.Compare(l.Incarnation, o.Incarnation)
}

func (k Key) String() string { return k.Log.String() + "/" + strconv.FormatUint(k.Seq, 10) }

// ParseDeviceID reads the text form of a device id.
func ParseDeviceID(s string) (DeviceID, error) {
	u, err := parseUUID(s)
	return DeviceID(u), err
}

// ParseRecordID reads the text form of a record id.
func ParseRecordID(s string) (RecordID, error) {
	u, err := parseUUID(s)
	return RecordID(u), err
}

// parseUUID accepts the one form that String writes: other spellings of the
// same id would make two names for one thing.
func parseUUID(s string) (uuid.UUID, error) {
	u, err := uuid.Parse(s)
	if err != nil || len(s) != 36 {
		return uuid.Nil, fmt.Errorf("%q is not an id such as 0197f5a2-7c3e-7d11-9a55-2f6b1c0d4e8f", clip(s))
	}
	return u, nil
}

// ParseIncarnation reads the text form of an incarnation.
func ParseIncarnation(s string) (Incarnation, error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != 8 {
		return 0, fmt.Errorf("%q is not an incarnation of 16 hexadecimal digits", clip(s))
	}
	n, err := strconv.ParseUint(s, 16, 64)
	return Incarnation(n), err
}

// ParseKey reads the text form of a key.
func ParseKey(s string) (Key, error) {
	i := strings.LastIndexByte(s, '/')
	if i < 0 {
		return Key{}, fmt.Errorf("%q is not an entry key such as DEVICE/INCARNATION/7", clip(s))
	}
	l, err := ParseLog(s[:i])
	if err != nil {
		return Key{}, err
	}
	n, err := strconv.ParseUint(s[i+1:], 10, 64)
	if err != nil || n == 0 {
		return Key{}, fmt.Errorf("%q is not an entry number counted from 1", clip(s[i+1:]))
	}
	return Key{l, n}, nil
}

// ParseLog reads the text form of a log.
func ParseLog(s string) (Log, error) {
	device, inc, found := strings.Cut(s, "/")
	if !found {
		return Log{}, fmt.Errorf("%q is not a log such as DEVICE/INCARNATION", clip(s))
	}
	d, err := ParseDeviceID(device)
	if err != nil {
		return Log{}, err
	}
	i, err := ParseIncarnation(inc)
	return Log{d, i}, err
}

// clip keeps a quoted input short, so that a message stays one line.
func clip(s string) string {
	r := []rune(s)
	if len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
