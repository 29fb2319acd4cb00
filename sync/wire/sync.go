package wire

import (
	"crypto/ed25519"
	"encoding/binary"
	"fmt"

	"muqu/core/change"
)

// SyncRequest is one turn of a tablet: what it has for the server, and where
// it stands. Turns follow each other until neither side has more.
type SyncRequest struct {
	Version     uint8              `cbor:"1,keyasint"`
	Sent        change.Millis      `cbor:"2,keyasint"` // device clock at transmission
	Epoch       change.Epoch       `cbor:"3,keyasint"`
	Cursor      change.Position    `cbor:"4,keyasint"`           // applied so far
	Incarnation change.Incarnation `cbor:"5,keyasint"`           // the log that it writes
	Walk        int64              `cbor:"6,keyasint,omitempty"` // where a snapshot goes on
	Scope       []byte             `cbor:"7,keyasint,omitempty"` // fingerprint of the scope it holds
	Segments    [][]byte           `cbor:"8,keyasint,omitempty"`
	Offers      [][]byte           `cbor:"9,keyasint,omitempty"` // received pages of an earlier epoch
	Unsent      int                `cbor:"10,keyasint,omitempty"`
	Program     string             `cbor:"11,keyasint,omitempty"`
	PushOnly    bool               `cbor:"12,keyasint,omitempty"` // more to push: leave the page for later
	Have        []Head             `cbor:"13,keyasint,omitempty"` // how far it believes the server to hold its logs
	Own         uint64             `cbor:"14,keyasint,omitempty"` // the last entry of the log that it writes
	Offered     bool               `cbor:"15,keyasint,omitempty"` // these are the last offers
	Tag         uint32             `cbor:"16,keyasint,omitempty"` // tells apart two epochs under one number
	Pruned      uint64             `cbor:"17,keyasint,omitempty"` // last entry of the log that it writes whose bytes it let go of
	Ahead       uint64             `cbor:"18,keyasint,omitempty"` // to a hub: how far it was told what the centre hasn't
	Mail        uint64             `cbor:"19,keyasint,omitempty"` // to a hub: the last answer of the centre that it handed over
	Others      []LogMark          `cbor:"20,keyasint,omitempty"` // logs of which it shows what a hub told it, from that entry on
	Admissions  []Admission        `cbor:"21,keyasint,omitempty"` // of a hub: tablets that it enrolled
	Carried     []Carried          `cbor:"22,keyasint,omitempty"` // of a hub: segments of its tablets
	Aside       uint32             `cbor:"26,keyasint,omitempty"` // see [AsideMark], of the own entries that it takes to be kept aside
	Room        int                `cbor:"25,keyasint,omitempty"` // bytes of a page that the line is likely to carry in one go; 0: PageBytes
	Sum         []byte             `cbor:"24,keyasint,omitempty"` // first 8 bytes of the sum of the states that it holds
	Rights      []byte             `cbor:"27,keyasint,omitempty"` // of a hub: see [RightsMark], of the list that it knows
	Meant       [][]byte           `cbor:"28,keyasint,omitempty"` // of each page of Offers: [MeantBytes] of the hash of each own entry that it names
}

// MeantBytes is how much of a hash tells which entry a tablet means: a copy of
// it may have written another one under the same number.
const MeantBytes = 8

// SyncAnswer is the server's turn.
type SyncAnswer struct {
	Epoch     change.Epoch    `cbor:"1,keyasint"`
	Received  change.Millis   `cbor:"2,keyasint"`
	Receipts  [][]byte        `cbor:"3,keyasint,omitempty"` // see [Receipt]
	Verdicts  []Verdict       `cbor:"4,keyasint,omitempty"` // of own entries, where not simply applied
	Heads     []Head          `cbor:"5,keyasint,omitempty"` // how far the server holds the logs pushed to
	Forked    *Fork           `cbor:"6,keyasint,omitempty"` // the log pushed to exists twice: begin a new one
	Page      []byte          `cbor:"7,keyasint,omitempty"` // see [Page]
	Cursor    change.Position `cbor:"8,keyasint,omitempty"` // after the page
	Walk      int64           `cbor:"9,keyasint,omitempty"` // snapshot goes on from here; 0: complete
	More      bool            `cbor:"10,keyasint,omitempty"`
	Reset     bool            `cbor:"11,keyasint,omitempty"` // drop what is held and take the snapshot that begins
	Epochs    change.Epochs   `cbor:"12,keyasint,omitempty"`
	Grant     *Grant          `cbor:"13,keyasint,omitempty"` // where it changed
	Wipe      bool            `cbor:"14,keyasint,omitempty"`
	Total     int             `cbor:"15,keyasint,omitempty"` // records of a snapshot, for progress
	Scope     []byte          `cbor:"16,keyasint,omitempty"` // fingerprint of the scope, with Reset
	Tag       uint32          `cbor:"17,keyasint,omitempty"` // of the epoch
	Held      []Run           `cbor:"18,keyasint,omitempty"` // entries that wait for what precedes them
	Ahead     uint64          `cbor:"19,keyasint,omitempty"` // of a hub: how far Tentative reaches
	Tentative []byte          `cbor:"20,keyasint,omitempty"` // of a hub: a page of what the centre hasn't
	Mail      uint64          `cbor:"21,keyasint,omitempty"` // of a hub: the last of Returned
	Returned  []Returned      `cbor:"22,keyasint,omitempty"` // what the centre said of carried segments
	Rights    []Rights        `cbor:"27,keyasint,omitempty"` // to a hub: of all devices whose rights changed, where it knows another list
	Elsewhere bool            `cbor:"28,keyasint,omitempty"` // of a hub: what is committed has to be asked for at the centre
	Judged    bool            `cbor:"25,keyasint,omitempty"` // Verdicts names all that are kept aside or were rejected
	Admitted  int             `cbor:"24,keyasint,omitempty"` // to a hub: how many of its admissions were taken
}

// Run is a run of entries of one of the receiver's logs.
type Run struct {
	_           struct{} `cbor:",toarray"`
	Incarnation change.Incarnation
	First       uint64
	Last        uint64
}

// Head says how far the server holds a log.
type Head struct {
	_           struct{} `cbor:",toarray"`
	Incarnation change.Incarnation
	Seq         uint64
	Hash        []byte // of that entry: a number alone could mean another history
	Segment     []byte // hash of the last segment
}

// Fork tells a tablet that the server holds other entries under the numbers of
// its log. What it pushed was sequenced as a branch; the next edits belong in
// a new log.
type Fork struct {
	_           struct{} `cbor:",toarray"`
	Incarnation change.Incarnation
	Branch      change.Incarnation // under which fold knows the tablet's version
	At          uint64             // the last entry that both have
}

// Verdict says what the server thought of one own entry.
type Verdict struct {
	_           struct{} `cbor:",toarray"`
	Incarnation change.Incarnation
	Seq         uint64
	Position    change.Position
	Verdict     change.Verdict
	Reason      string
}

// AsideMark sums up which entries are kept aside, so that a tablet and the
// server notice where they differ.
func AsideMark(hashes []change.Hash) (mark uint32) {
	for _, h := range hashes {
		mark ^= binary.BigEndian.Uint32(h[:])
	}
	return mark
}

// Grant is what a tablet may do.
type Grant struct {
	_     struct{} `cbor:",toarray"`
	Name  string
	Role  string
	Scope []string
}

// Page is a stretch of the server's order as far as it concerns a tablet.
type Page struct {
	_       struct{} `cbor:",toarray"`
	Version uint8
	Epoch   change.Epoch
	Through change.Position // nothing up to here is missing
	Items   []Item
	// Own says, for each log of the receiver, the last of its entries that the
	// state after this page includes; Now the same for the records that came
	// whole, which may be ahead of the page.
	Own []Mark
	Now []Mark
	// Others says the same as Own of the logs that the receiver asked for.
	Others []LogMark
}

// Mark is a place in one of the receiver's logs.
type Mark struct {
	_           struct{} `cbor:",toarray"`
	Incarnation change.Incarnation
	Seq         uint64
}

// Item is one thing to do with a record.
type Item struct {
	_         struct{} `cbor:",toarray"`
	What      uint8
	Device    []byte // Entry: whose
	Log       change.Incarnation
	Seq       uint64
	Bytes     []byte // Entry: as signed by its device; Enter: the folded state
	Position  change.Position
	Effective change.Millis
	Branch    change.Incarnation
	BranchAt  uint64
	Old       change.Place
	Kind      string // Leave: which record
	Record    []byte
	Unsure    bool // Entry: its time is a guess
}

// What an item may be.
const (
	ItemEntry = 1
	ItemEnter = 2 // a record that came into the scope, whole
	ItemLeave = 3 // a record that left it
	ItemOwn   = 4 // an entry of the receiver's own log, whose bytes it has
	ItemAhead = 5 // an entry that a hub has and the centre hasn't; without a position
)

const pageContext = "muqu page v1\n"

// Sign writes the page as a statement of the server.
func (p *Page) Sign(key ed25519.PrivateKey) ([]byte, error) { return state(pageContext, p, key) }

// OpenPage checks and reads a page.
func OpenPage(b []byte, server ed25519.PublicKey) (*Page, error) {
	p := new(Page)
	if err := believe(pageContext, b, server, p); err != nil {
		return nil, fmt.Errorf("page: %w", err)
	}
	if p.Version != 1 {
		return nil, fmt.Errorf("page of version %d was written by a newer program: update this one", p.Version)
	}
	return p, nil
}

// Sequenced gives the entry of an item of a page whose signature was checked.
func (i *Item) Sequenced() (change.Sequenced, error) {
	if len(i.Device) != len(change.DeviceID{}) {
		return change.Sequenced{}, fmt.Errorf("page: malformed item")
	}
	key := change.Key{Log: change.Log{Device: change.DeviceID(i.Device), Incarnation: i.Log}, Seq: i.Seq}
	e, err := change.LoadEntry(key, i.Bytes)
	if err != nil {
		return change.Sequenced{}, err
	}
	return change.Sequenced{
		Entry: e, Hash: change.HashOf(key, i.Bytes), Position: i.Position, Effective: i.Effective,
		Verdict: change.Applied, Branch: i.Branch, BranchAt: i.BranchAt, Old: i.Old, Unsure: i.Unsure,
	}, nil
}
