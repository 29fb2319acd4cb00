package store

import (
	"muqu/core"
	"muqu/core/change"
)

// Own is one entry of this device's own log.
type Own struct {
	change.Key
	Hash     change.Hash
	Bytes    []byte // canonical, as [change.Entry.Encode] gives them
	Kind     string
	Record   change.RecordID
	At       change.Millis
	More     bool            // the same command goes on with the next entry
	Position change.Position // zero until the server's receipt came; maybe [Somewhere]
	Verdict  change.Verdict
	Reason   string // message key of a quarantine
	Damaged  bool   // Bytes are not what was saved; not kept, whoever reads finds out
}

// Somewhere is the position of an own entry that the server has put into its
// order, where the receipt that said at which place was lost.
const Somewhere change.Position = 1

// Page is a stretch of the server's order as it was received.
type Page struct {
	Epoch   change.Epoch
	Through change.Position
	At      change.Millis
	Bytes   []byte
}

// Draft is a form or screen that somebody has begun to fill and not saved.
type Draft struct {
	ID    string
	Kind  string
	About string // id of the record it is about, or ""
	At    change.Millis
	Bytes []byte
}

// Tablet keeps the log of this device and the state of its synchronization.
type Tablet interface {
	AppendOwn(o *Own) error
	OwnAfter(log change.Log, seq uint64, limit int) ([]Own, error)
	OwnPending(ref core.Ref) ([]Own, error)
	OwnJudged(v change.Verdict) ([]Own, error)
	// SettleOwnRun notes that a run of entries was applied at consecutive
	// positions, or all of it at [Somewhere]; what has its place already keeps
	// it. It gives the records concerned.
	SettleOwnRun(log change.Log, first, last uint64, position change.Position) ([]core.Ref, error)
	// OwnRefs gives the records that a run of unsettled entries concerns.
	OwnRefs(log change.Log, first, last uint64) ([]core.Ref, error)
	// SettleOwn notes what became of one entry.
	SettleOwn(log change.Log, seq uint64, position change.Position, v change.Verdict, reason string) error
	// Unsettle forgets positions above one that a restored server lost, and
	// those of entries that stand [Somewhere]: it may be there.
	Unsettle(above change.Position) error
	OwnHead(log change.Log) (uint64, error)
	// PruneOwn lets go of the entries of a log through a number that have a
	// position and were applied; what somebody keeps aside stays.
	PruneOwn(log change.Log, through uint64) error
	PutPage(p *Page) error
	PagesAbove(p change.Position) ([]Page, error)
	// PageEnds gives where the pages of an epoch end above a position, in order.
	PageEnds(e change.Epoch, above change.Position) ([]change.Position, error)
	PrunePages(before change.Millis) error
	// BeginWalk forgets what a snapshot that was given up brought.
	BeginWalk() error
	Walk(refs []core.Ref) error
	EndWalk() (left []core.Ref, err error)
	PutDraft(d *Draft) error
	Drafts(kind, about string) ([]Draft, error)
	RemoveDraft(id string) error
}
