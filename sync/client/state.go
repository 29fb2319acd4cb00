package client

import (
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"slices"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/attach"
	"muqu/sync/wire"
)

// state is what a tablet remembers besides its records: one JSON value under
// the name "tablet", written in the same transaction as what it speaks of.
// Members are added, never renamed.
type state struct {
	Device change.DeviceID
	Seed   []byte // of the Ed25519 key
	Log    change.Incarnation
	Head   uint64 // last own entry of Log
	Logs   []ownLog

	Servers     []server // the one that answered last comes first
	Server      []byte   // the centre's signing key
	Certificate []byte
	Chain       [][]byte // delegations of the hub that signed the certificate
	Own         [][]byte // a hub's own delegations
	Name        string
	Role        core.Role
	Scope       core.Scope

	Epoch  change.Epoch
	Tag    uint32 // tells apart two epochs under one number
	Cursor change.Position
	Epochs change.Epochs
	Walk   *walk
	Held   []byte          // fingerprint of the scope whose snapshot is complete
	Floor  change.Position // where that snapshot began: what left before is not known
	Offer  *offer          // pages that a restored server may lack
	Leave  []core.Ref

	Anchor   anchor
	Repaired int // how often the state was found to differ from the centre's and fetched anew

	FileKey    string        // by which files are encrypted
	Policy     attach.Policy // what is done with files
	FilesAsked change.Millis // when the server was last asked about files, by its time
}

// server is a centre or a hub that the tablet may turn to.
type server struct {
	URL   string
	Pin   string // SHA-256 of the certificate's public key, hex; "" for plain http
	IsHub bool
	Hub   change.DeviceID // of a hub, known since the first session
	Key   []byte          // its signing key
	Token string
	// Room is how many bytes the line carries in one go, as far as it broke
	// off lately; 0: nothing is known against a full page.
	Room  int
	Ahead uint64 // how far it told what the centre hasn't
	Mail  uint64 // the last answer of the centre that it handed over
}

// ownLog is one of the tablet's logs that is not done with.
type ownLog struct {
	Log      change.Incarnation
	Head     uint64 // last entry; of the present log see state.Head
	Acked    uint64 // the server's receipt reaches here
	Included uint64 // the committed state reaches here
	// Again is through which entry a restored centre has to be sent the log,
	// whatever number it names: a copy of this tablet may have gone on with its
	// own entries under the same numbers meanwhile. Named is the number that it
	// named until then.
	Again    uint64
	Named    uint64
	Segment  []byte // hash of the last segment that the server has
	Branch   change.Incarnation
	BranchAt uint64
	Continue wire.Continued
	Receipts []receipt // of entries that are not included yet
	Held     wire.Run  // entries that wait at the server for what precedes them
	AtHub    []hubMark // how far hubs hold it
	// Days says, once for each day of the server's, through which entry its
	// receipts reached; what is older than keepOwn was let go of.
	Days []day
	// Pruned is the last entry that was let go of, 0 if none was.
	Pruned uint64
}

// hubMark is how far a hub holds one of the own logs.
type hubMark struct {
	Hub     change.DeviceID
	Seq     uint64
	Segment []byte // hash of the last segment that it was given
}

// day is how far the server's receipts reached at a moment of its own.
type day struct {
	Seq uint64
	At  change.Millis
}

type receipt struct {
	First    uint64
	Count    int
	Position change.Position
}

// walk is a snapshot that is coming in.
type walk struct {
	From   change.DeviceID // the hub that it comes from, zero for the centre
	At     int64           // where it goes on
	Cursor change.Position // where the tail begins afterwards
	Scope  []byte
	Own    []wire.Mark // what every record of it includes
	Done   int
	Total  int
	// Fresh says that there were no records before it, so that none is left over
	// when it is complete.
	Fresh bool
}

// offer is how far pages of a lost epoch were offered again.
type offer struct {
	Epoch change.Epoch
	After change.Position
}

// anchor is the last moment at which both clocks were known.
type anchor struct {
	Server change.Millis
	Local  change.Millis
}

const metaState = "tablet"

func loadState(tx store.Tx) (*state, error) {
	b, err := tx.Meta(metaState)
	if err != nil || len(b) == 0 {
		return nil, err
	}
	s := new(state)
	if err := json.Unmarshal(b, s); err != nil {
		return nil, fmt.Errorf("read tablet state: %w", err)
	}
	return s, nil
}

func (s *state) save(tx store.Tx) error {
	b, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("write tablet state: %w", err)
	}
	return tx.SetMeta(metaState, b)
}

func (s *state) key() ed25519.PrivateKey { return ed25519.NewKeyFromSeed(s.Seed) }

func (s *state) log() change.Log { return change.Log{Device: s.Device, Incarnation: s.Log} }

// find gives the bookkeeping of one own log, nil for one of another life.
func (s *state) find(i change.Incarnation) *ownLog {
	for n := range s.Logs {
		if s.Logs[n].Log == i {
			return &s.Logs[n]
		}
	}
	return nil
}

func (s *state) head(l *ownLog) uint64 {
	if l.Log == s.Log {
		return s.Head
	}
	return l.Head
}

// unsent counts the entries of a log that neither a hub nor the centre has, and
// those that only hubs have.
func (s *state) unsent(l *ownLog) (here, atHub int) {
	head := s.head(l)
	centre := min(head, max(l.safe(), l.Pruned))
	hub := min(head, max(centre, l.atHub()))
	return int(head - hub), int(hub - centre)
}

// seen says what a screen shows that is filled now with a record with these
// entries in it.
func (s *state) seen(told []change.Name) change.Seen {
	return change.Seen{Epoch: s.Epoch, Position: s.Cursor, Own: s.Head, Ahead: told}
}

// saved is what was seen when the screen was filled, as the next entry says it: what
// is of the log that it stands in is covered by the number. That may be another log
// than when the screen was filled.
func (s *state) saved(seen change.Seen) change.Seen {
	told := seen.Ahead
	seen.Own, seen.Ahead = min(seen.Own, s.Head), nil
	for _, x := range told {
		if x.Log != s.log() {
			seen.Ahead = append(seen.Ahead, x)
		}
	}
	seen.Ahead = seen.Ahead[max(0, len(seen.Ahead)-change.MaxAhead):]
	return seen
}

// tentative is an own entry as it is folded before it has a position: what stands
// on a branch is another history than what the log had before under its numbers.
func (s *state) tentative(e change.Entry, hash change.Hash) change.Sequenced {
	out := change.Sequenced{Entry: e, Hash: hash, Effective: e.At}
	if l := s.find(e.Incarnation); l != nil && l.Branch != 0 && e.Seq > l.BranchAt {
		out.Branch, out.BranchAt = l.Branch, l.BranchAt
	}
	return out
}

// begin starts a new log that goes on where the present one stands.
func (s *state) begin(fresh change.Incarnation, last change.Hash) {
	if old := s.find(s.Log); old != nil {
		old.Head = s.Head
	}
	l := ownLog{Log: fresh}
	if s.Head > 0 {
		l.Continue = wire.Continued{Incarnation: s.Log, Seq: s.Head, Hash: last[:]}
	}
	s.Log, s.Head = fresh, 0
	s.Logs = append(s.Logs, l)
}

// safe gives the last entry that need not be sent: the server has sequenced it,
// or holds it aside because something before it is missing.
func (l *ownLog) safe() uint64 {
	if l.Held.Last > l.Acked && l.Held.First <= max(l.Acked, l.Pruned)+1 {
		return l.Held.Last
	}
	return l.Acked
}

// atHub gives the last entry that a hub holds.
func (l *ownLog) atHub() (seq uint64) {
	for _, m := range l.AtHub {
		seq = max(seq, m.Seq)
	}
	return seq
}

// hubHas says how far one hub holds the log.
func (l *ownLog) hubHas(hub change.DeviceID) hubMark {
	for _, m := range l.AtHub {
		if m.Hub == hub {
			return m
		}
	}
	return hubMark{Hub: hub}
}

// reached notes how far a hub holds the log.
func (l *ownLog) reached(m hubMark) {
	i := slices.IndexFunc(l.AtHub, func(o hubMark) bool { return o.Hub == m.Hub })
	if i < 0 {
		l.AtHub = append(l.AtHub, m)
	} else if m.Seq > l.AtHub[i].Seq {
		l.AtHub[i] = m
	}
}

// sentTo says from where on a server lacks the log: the last entry that it
// has, and the hash of the last segment. The zero id is the centre.
func (l *ownLog) sentTo(hub change.DeviceID) (seq uint64, segment []byte) {
	seq, segment = l.safe(), l.Segment
	if m := l.hubHas(hub); hub != (change.DeviceID{}) && m.Seq > seq {
		return m.Seq, m.Segment
	}
	return seq, segment
}

// at finds what is known of a server by its address.
func (s *state) at(url string) *server {
	for i := range s.Servers {
		if s.Servers[i].URL == url {
			return &s.Servers[i]
		}
	}
	return nil
}

// learn adds addresses that a server told. Those that are known keep what is
// known of them, but a new fingerprint counts: keys are told by servers whose
// own key was checked.
func (s *state) learn(list []wire.Address) {
	for _, a := range list {
		switch known := s.at(a.URL); {
		case a.URL == "":
		case known == nil:
			s.Servers = append(s.Servers, server{URL: a.URL, Pin: a.Fingerprint, IsHub: a.Hub})
		case known.Pin != a.Fingerprint:
			*known = server{URL: a.URL, Pin: a.Fingerprint, IsHub: a.Hub}
		}
	}
}

// position gives the server's position of an own entry, as far as a receipt
// told it.
func (l *ownLog) position(seq uint64) change.Position {
	for _, r := range l.Receipts {
		if seq >= r.First && seq < r.First+uint64(r.Count) {
			return r.Position + change.Position(seq-r.First)
		}
	}
	return 0
}

// run gives the end of the run of entries from first on, not beyond last, that
// stand at consecutive positions, and the position of the first;
// [store.Somewhere] for entries whose receipt was lost.
func (l *ownLog) run(first, last uint64) (uint64, change.Position) {
	next := last
	for _, r := range l.Receipts {
		end := r.First + uint64(r.Count) - 1
		if first >= r.First && first <= end {
			return min(last, end), r.Position + change.Position(first-r.First)
		}
		if r.First > first {
			next = min(next, r.First-1)
		}
	}
	return next, store.Somewhere
}
