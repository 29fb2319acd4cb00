package store

import (
	"muqu/core"
	"muqu/core/change"
)

// Ahead keeps entries that a hub has and the centre hasn't.
type Ahead interface {
	// PutAhead keeps an entry and reports whether it is new.
	PutAhead(a *Tentative) (bool, error)
	// AheadOf reads those of one record, in the hub's order.
	AheadOf(ref core.Ref) ([]Tentative, error)
	// AheadAfter reads them in the hub's order.
	AheadAfter(id uint64, limit int) ([]Tentative, error)
	// AheadLogs names the first and the last of each log.
	AheadLogs() ([]AheadLog, error)
	// DropAhead forgets those of a log through a number and gives the records
	// concerned.
	DropAhead(k change.Key) ([]core.Ref, error)
	// PutMark notes how far the centre has sequenced a log; Mark reads it.
	PutMark(k change.Key) error
	Mark(log change.Log) (seq uint64, err error)
}

// Tentative is an entry that a hub has and the centre hasn't.
type Tentative struct {
	ID        uint64 // in the order of the hub; set when it is read
	Key       change.Key
	Hash      change.Hash
	Kind      string
	Record    change.RecordID
	Effective change.Millis // the hub's estimate of when the edit was made
	Bytes     []byte
}

// AheadLog is a log of which a hub has more than the centre.
type AheadLog struct {
	Log         change.Log
	First, Last uint64
}
