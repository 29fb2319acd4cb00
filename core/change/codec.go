package change

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"reflect"
	"sort"
	"unicode/utf8"

	"github.com/fxamacker/cbor/v2"
)

// Limits of an entry. They are checked before an edit is confirmed to its
// author, and again wherever an entry arrives.
const (
	MaxEntry  = 256 << 10 // bytes of one entry
	MaxFields = 2000      // fields of one entry
	MaxName   = 100       // bytes of a field, kind or author name
	MaxAhead  = 256       // entries named ahead of the server
)

// ErrTooLarge reports an edit or a part of it that is over its limit.
var ErrTooLarge = errors.New("too large")

// Hash identifies an entry together with its key: SHA-256 over both.
type Hash [sha256.Size]byte

func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// Short is the beginning of an entry's hash: with its key, enough to tell it from the
// entry of a copied tablet. Zero: not known.
type Short [4]byte

// Short gives the beginning of h.
func (h Hash) Short() Short { return Short(h[:len(Short{})]) }

var mapType = reflect.TypeFor[map[string]any]()

// stored is the shape of an entry's bytes: an array, never reordered. Version 1
// ends with Fields, version 2, of entries that name others ahead, with Ahead. Key
// parts are absent, because they come from the segment that carries the entry.
type stored struct {
	_        struct{} `cbor:",toarray"`
	Author   string
	At       Millis
	Flags    uint8
	Kind     string
	Record   []byte
	Region   string
	Epoch    Epoch
	Position Position
	Own      uint64
	Through  []storedKey
	Fields   []Field
}

type storedAhead struct {
	_ struct{} `cbor:",toarray"`
	stored
	Ahead []byte // one after the other
}

// arrayOf12 begins an entry of version 2.
const arrayOf12 = 0x80 | 12

type storedKey struct {
	_           struct{} `cbor:",toarray"`
	Device      []byte
	Incarnation Incarnation
	Seq         uint64
}

const (
	flagUncertain = 1
	flagMore      = 2
)

// Encode gives the canonical bytes of e without its key. It fails where e is
// over a limit or malformed; an edit is encoded before it is confirmed.
func (e *Entry) Encode() ([]byte, error) {
	if err := e.check(); err != nil {
		return nil, err
	}
	s := stored{
		Author: e.Author, At: e.At, Kind: e.Kind, Record: e.Record[:], Region: e.Region,
		Epoch: e.Seen.Epoch, Position: e.Seen.Position, Own: e.Seen.Own,
		Through: make([]storedKey, len(e.Seen.Through)), Fields: e.Fields,
	}
	if e.Fields == nil {
		s.Fields = []Field{}
	}
	if e.Uncertain {
		s.Flags |= flagUncertain
	}
	if e.More {
		s.Flags |= flagMore
	}
	for i, k := range e.Seen.Through {
		s.Through[i] = storedKey{Device: k.Device[:], Incarnation: k.Incarnation, Seq: k.Seq}
	}
	var b []byte
	var err error
	if len(e.Seen.Ahead) == 0 {
		b, err = enc.Marshal(s)
	} else {
		b, err = enc.Marshal(storedAhead{stored: s, Ahead: JoinNames(e.Seen.Ahead)})
	}
	if err != nil {
		return nil, fmt.Errorf("encode entry: %w", err)
	}
	if len(b) > MaxEntry {
		return nil, fmt.Errorf("an edit of %d bytes: %w", len(b), ErrTooLarge)
	}
	return b, nil
}

// JoinNames writes names one after the other; [SplitNames] reads them.
func JoinNames(names []Name) []byte {
	out := make([]byte, 0, len(names)*nameBytes)
	for i := range names {
		n := &names[i]
		out = append(out, n.Device[:]...)
		out = binary.BigEndian.AppendUint64(out, uint64(n.Incarnation))
		out = binary.BigEndian.AppendUint64(out, n.Seq)
		out = append(out, n.Short[:]...)
	}
	return out
}

const nameBytes = 16 + 8 + 8 + 4

// SplitNames reads what [JoinNames] wrote; none are nil.
func SplitNames(b []byte) ([]Name, error) {
	if len(b)%nameBytes != 0 {
		return nil, errors.New("names of entries are cut off")
	}
	var out []Name
	for ; len(b) > 0; b = b[nameBytes:] {
		log := Log{DeviceID(b[:16]), Incarnation(binary.BigEndian.Uint64(b[16:]))}
		out = append(out, Name{Key{log, binary.BigEndian.Uint64(b[24:])}, Short(b[32:nameBytes])})
	}
	return out, nil
}

// DecodeEntry reads the bytes of the entry named by key. Bytes that Encode
// would not have written are refused.
func DecodeEntry(key Key, b []byte) (Entry, error) {
	e, err := LoadEntry(key, b)
	if err != nil {
		return e, err
	}
	return e, e.canonical(b)
}

// LoadEntry is DecodeEntry for bytes that were checked before: those of this
// device's own files, and those that the server vouches for.
func LoadEntry(key Key, b []byte) (Entry, error) {
	if len(b) > MaxEntry {
		return Entry{}, fmt.Errorf("an edit of %d bytes: %w", len(b), ErrTooLarge)
	}
	var s storedAhead
	var err error
	if len(b) > 0 && b[0] == arrayOf12 {
		err = dec.Unmarshal(b, &s)
	} else {
		err = dec.Unmarshal(b, &s.stored)
	}
	if err != nil {
		return Entry{}, fmt.Errorf("decode entry: %w", err)
	}
	if len(s.Record) != len(RecordID{}) || s.Flags > flagUncertain|flagMore || len(s.Through) > MaxAhead || len(s.Ahead) > MaxAhead*nameBytes {
		return Entry{}, errors.New("decode entry: malformed")
	}
	e := Entry{
		Key: key, Author: s.Author, At: s.At, Kind: s.Kind, Region: s.Region, Fields: s.Fields,
		Uncertain: s.Flags&flagUncertain != 0, More: s.Flags&flagMore != 0,
		Seen: Seen{Epoch: s.Epoch, Position: s.Position, Own: s.Own},
	}
	copy(e.Record[:], s.Record)
	for _, k := range s.Through {
		if len(k.Device) != len(DeviceID{}) {
			return Entry{}, errors.New("decode entry: malformed key")
		}
		e.Seen.Through = append(e.Seen.Through, Key{Log{DeviceID(k.Device), k.Incarnation}, k.Seq})
	}
	if e.Seen.Ahead, err = SplitNames(s.Ahead); err != nil {
		return Entry{}, fmt.Errorf("decode entry: %w", err)
	}
	return e, nil
}

// canonical refuses an entry whose bytes are not the ones that Encode writes:
// otherwise one edit could travel under two hashes.
func (e *Entry) canonical(b []byte) error {
	for _, f := range e.Fields {
		if err := f.Value.Check(); err != nil {
			return fmt.Errorf("decode field: %w", err)
		}
		if err := f.Was.Check(); err != nil {
			return fmt.Errorf("decode field: %w", err)
		}
	}
	again, err := e.Encode()
	if err != nil {
		return err
	}
	if string(again) != string(b) {
		return errors.New("decode entry: not in canonical form")
	}
	return nil
}

func (e *Entry) check() error {
	if e.Kind == "" || len(e.Kind) > MaxName || len(e.Author) > MaxName || len(e.Region) > 12 {
		return errors.New("an edit needs a kind, and its names must be short")
	}
	if len(e.Fields) > MaxFields || len(e.Seen.Ahead) > MaxAhead || len(e.Seen.Through) > MaxAhead {
		return fmt.Errorf("an edit of %d fields: %w", len(e.Fields), ErrTooLarge)
	}
	if !utf8.ValidString(e.Author) || !utf8.ValidString(e.Kind) || !utf8.ValidString(e.Region) {
		return errors.New("an edit holds text that is not UTF-8")
	}
	for i, f := range e.Fields {
		if f.Name == "" || len(f.Name) > MaxName || !utf8.ValidString(f.Name) || f.Rule == 0 {
			return errors.New("a field needs a short name and a merge rule")
		}
		if i > 0 && e.Fields[i-1].Name >= f.Name {
			return errors.New("fields must be sorted, each named once")
		}
	}
	return nil
}

// HashOf gives the hash of the entry with this key and these bytes.
func HashOf(key Key, b []byte) Hash {
	h := sha256.New()
	h.Write([]byte("muqu entry v1\n"))
	h.Write(key.Device[:])
	var n [16]byte
	binary.BigEndian.PutUint64(n[:8], uint64(key.Incarnation))
	binary.BigEndian.PutUint64(n[8:], key.Seq)
	h.Write(n[:])
	h.Write(b)
	return Hash(h.Sum(nil))
}

// SortFields puts fields into the order that an entry needs.
func SortFields(f []Field) {
	sort.Slice(f, func(i, j int) bool { return f[i].Name < f[j].Name })
}

// Marshal encodes x canonically: for the packages that store or send what
// contains values.
func Marshal(x any) ([]byte, error) { return enc.Marshal(x) }

// Unmarshal decodes b with the limits of this package: no duplicate keys, no
// indefinite lengths, no tags, bounded depth and size.
func Unmarshal(b []byte, x any) error { return dec.Unmarshal(b, x) }

func mustEnc(o cbor.EncOptions) cbor.EncMode {
	o.TextMarshaler = cbor.TextMarshalerNone
	m, err := o.EncMode()
	if err != nil {
		panic(err)
	}
	return m
}

func mustDec(o cbor.DecOptions) cbor.DecMode {
	m, err := o.DecMode()
	if err != nil {
		panic(err)
	}
	return m
}
