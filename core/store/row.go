package store

import (
	"errors"

	"muqu/core"
	"muqu/core/change"
)

// Row is one record as stored.
type Row struct {
	core.Ref
	State []byte // folded from sequenced entries
	View  []byte // with this device's unsequenced entries on top; nil: as State
	// Pending says that View holds entries which the centre hasn't.
	Pending bool
	AtHub   bool // with Pending: a hub has all of those
	Index   Index
	// Stays is the record that stands for this one since a merge; zero: it
	// stands itself. Set when a row is listed or asked for with StaysFor.
	Stays change.RecordID
	// Stored is what the engine remembers of a row that was read in the same
	// transaction, so that writing it needs no second look. Zero: not read.
	Stored Stored
}

// Stored names a row and what its indexes hold.
type Stored struct {
	Read      bool
	ID        int64 // zero: there is no such row yet
	Terms     int64
	Keys      string
	Conflicts int
	Deleted   bool
	Files     int
}

// Shown gives the bytes of what is displayed.
func (r *Row) Shown() []byte {
	if len(r.View) > 0 {
		return r.View
	}
	return r.State
}

// Index is what lists, filters and search need of a record.
type Index struct {
	Regions   []string // the first is shown; two or more while in conflict
	Sort      string   // orders lists by title
	Deleted   bool
	Position  change.Position
	Terms     []string          // what the record is found by
	Lookups   map[string]string // indexed fields
	Conflicts []string          // registers in conflict
	Link      *core.Link        // the merge by which it gives way, nil: none
	Files     []core.FileName   // the files that it names, sorted
}

// ErrThere reports that a record is there which was taken for new.
var ErrThere = errors.New("the record is there already")

// Records keeps the folded records.
type Records interface {
	Record(ref core.Ref) (Row, bool, error)
	// Records is Record of many, in their order: one that isn't there comes as
	// Record would give it.
	Records(refs []core.Ref) ([]Row, error)
	PutRecord(row *Row) error
	// PutRecords is PutRecord of many different ones that were read in this
	// transaction, and quicker. Where one that is said not to be there is there
	// all the same, it fails with ErrThere, and so must the transaction.
	PutRecords(rows []*Row) error
	// TouchRecord writes a row that was read in this transaction and whose
	// indexes stay as they are.
	TouchRecord(row *Row, position change.Position) error
	RemoveRecord(ref core.Ref) error
	// RegionsOf reads where a record lies, without the record.
	RegionsOf(ref core.Ref) (regions []string, found bool, err error)
	List(q core.Query) ([]Row, error)
	Count(q core.Query) (int, error)
	CountKinds() (map[string]int, error)
	// AnyRecord reports whether there is any record that the centre has.
	AnyRecord() (bool, error)
	CountConflicts() (int, error)
	// StaysFor finds the record that stands for one that gave way, Family those
	// that gave way to one. Opposed reports whether the merge of a record runs
	// against an earlier one and so does not hold.
	StaysFor(ref core.Ref) (stays change.RecordID, found bool, err error)
	Family(ref core.Ref) ([]change.RecordID, error)
	Opposed(ref core.Ref) (bool, error)
	// Repeated looks for values that several records have.
	Repeated(at core.Stretch) (core.Repeats, error)
	// AddSum changes the sum of a region; SumOf adds up those of a scope.
	AddSum(region string, d Delta) error
	SumOf(scope core.Scope) (sum Sum, records int, err error)
	// Borrow notes that a record of a region refers to one that lies elsewhere.
	Borrow(ref core.Ref, region string) error
	Borrowers(ref core.Ref) (regions []string, err error)
	// Borrows reports whether there are any at all.
	Borrows() (bool, error)
	// Snapshot walks all records of a scope and those that it borrows, in a
	// stable order, from after the cursor on, and gives the cursor of the last
	// one.
	Snapshot(scope core.Scope, after int64, limit int) (rows []Row, last int64, err error)
}
