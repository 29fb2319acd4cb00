package wire

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"fmt"

	"muqu/core/change"
)

// Segment is a run of entries of one log. Entries are kept as bytes, so that
// one that can't be decoded does not hold up those beside it.
type Segment struct {
	Log      change.Log
	First    uint64        // number of the first entry
	Previous []byte        // hash of the segment before it in the log, empty for the first
	Sealed   change.Millis // the device's clock when it was signed
	// Continues names the last entry of an earlier incarnation whose history
	// this log goes on with; zero where there is none. Only in a log's first
	// segment.
	Continues Continued
	Entries   [][]byte
}

// Continued names an entry by its number and hash.
type Continued struct {
	_           struct{} `cbor:",toarray"`
	Incarnation change.Incarnation
	Seq         uint64
	Hash        []byte
}

type segmentHead struct {
	_           struct{} `cbor:",toarray"`
	Version     uint8
	Device      []byte
	Incarnation change.Incarnation
	First       uint64
	Previous    []byte
	Sealed      change.Millis
	Continues   Continued
}

type segmentBody struct {
	_       struct{} `cbor:",toarray"`
	Head    segmentHead
	Entries [][]byte
}

// sealed is a segment as it travels: shaped and compressed, with its signature.
type sealed struct {
	_         struct{} `cbor:",toarray"`
	Form      uint8    // of what is compressed: 1 shaped, 2 shapedAhead
	Zipped    []byte
	Signature []byte
}

const (
	shapedForm = 1
	aheadForm  = 2
)

const segmentContext = "muqu segment v1\n"

// Last gives the number of the last entry.
func (s *Segment) Last() uint64 { return s.First + uint64(len(s.Entries)) - 1 }

// Key names the i-th entry.
func (s *Segment) Key(i int) change.Key { return change.Key{Log: s.Log, Seq: s.First + uint64(i)} }

func (s *Segment) head() segmentHead {
	h := segmentHead{
		Version: 1, Device: s.Log.Device[:], Incarnation: s.Log.Incarnation, First: s.First,
		Previous: s.Previous, Sealed: s.Sealed, Continues: s.Continues,
	}
	if h.Previous == nil {
		h.Previous = []byte{}
	}
	if h.Continues.Hash == nil {
		h.Continues.Hash = []byte{}
	}
	return h
}

// Seal encodes and signs a segment. It also gives the hash by which the next
// one refers to it.
func Seal(s *Segment, key ed25519.PrivateKey) (bytes, hash []byte, err error) {
	raw, err := change.Marshal(segmentBody{Head: s.head(), Entries: s.Entries})
	if err != nil {
		return nil, nil, fmt.Errorf("encode segment: %w", err)
	}
	if len(raw) > MaxSegment || len(s.Entries) > MaxEntries {
		return nil, nil, fmt.Errorf("segment of %d bytes: %w", len(raw), ErrTooLarge)
	}
	sum := sha256.Sum256(raw)
	body, form := toShapes(s.head(), s.First, s.Entries), uint8(shapedForm)
	var compact []byte
	if body.names() {
		form = aheadForm
		compact, err = change.Marshal(body)
	} else {
		compact, err = change.Marshal(&body.shaped)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("encode segment: %w", err)
	}
	out, err := change.Marshal(sealed{Form: form, Zipped: compressWell(compact), Signature: ed25519.Sign(key, signed(segmentContext, raw))})
	return out, sum[:], err
}

// Opened is a segment whose signature was checked.
type Opened struct {
	Segment
	Header    []byte          // canonical bytes of its head
	Read      []*change.Entry // the entries; nil for one that can't be read
	Signature []byte
	Hash      []byte
}

// ErrSignature reports bytes that were not signed by the key that should have.
var ErrSignature = errors.New("the signature does not fit")

// Open checks and decodes a segment. The key is asked for by device, before
// anything is believed.
func Open(b []byte, keyOf func(change.DeviceID) (ed25519.PublicKey, error)) (*Opened, error) {
	var env sealed
	if err := change.Unmarshal(b, &env); err != nil {
		return nil, fmt.Errorf("decode segment: %w", err)
	}
	body, read, raw, err := env.open()
	if err != nil {
		return nil, err
	}
	h := body.Head
	if len(h.Device) != len(change.DeviceID{}) || h.First == 0 || len(body.Entries) == 0 || len(body.Entries) > MaxEntries || h.Incarnation == 0 {
		return nil, errors.New("decode segment: malformed")
	}
	key, err := keyOf(change.DeviceID(h.Device))
	if err != nil {
		return nil, err
	}
	if len(key) != ed25519.PublicKeySize || !ed25519.Verify(key, signed(segmentContext, raw), env.Signature) {
		return nil, fmt.Errorf("segment of device %s: %w", change.DeviceID(h.Device), ErrSignature)
	}
	header, err := change.Marshal(h)
	if err != nil {
		return nil, fmt.Errorf("encode segment head: %w", err)
	}
	sum := sha256.Sum256(raw)
	return &Opened{
		Segment: Segment{
			Log: change.Log{Device: change.DeviceID(h.Device), Incarnation: h.Incarnation}, First: h.First,
			Previous: h.Previous, Sealed: h.Sealed, Continues: h.Continues, Entries: body.Entries,
		},
		Read: read, Header: header, Signature: env.Signature, Hash: sum[:],
	}, nil
}

// open unpacks a segment, and gives besides its body the bytes that were signed.
func (s *sealed) open() (*segmentBody, []*change.Entry, []byte, error) {
	if s.Form != shapedForm && s.Form != aheadForm {
		return nil, nil, nil, fmt.Errorf("segment of form %d was written by a newer program: update this one", s.Form)
	}
	b, err := decompress(s.Zipped, MaxSegment)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("segment: %w", err)
	}
	var compact shapedAhead
	if s.Form == aheadForm {
		err = change.Unmarshal(b, &compact)
	} else {
		err = change.Unmarshal(b, &compact.shaped)
	}
	if err != nil {
		return nil, nil, nil, fmt.Errorf("decode segment: %w", err)
	}
	body := &segmentBody{Head: compact.Head}
	if body.Head.Version != 1 {
		return nil, nil, nil, fmt.Errorf("segment of version %d was written by a newer program: update this one", body.Head.Version)
	}
	var read []*change.Entry
	if body.Entries, read, err = compact.entries(body.Head.First); err != nil {
		return nil, nil, nil, err
	}
	raw, err := change.Marshal(body)
	return body, read, raw, err
}

func signed(context string, b []byte) []byte { return append([]byte(context), b...) }
