package change

// Seen says of which state the author's screen or draft was filled. It is
// taken when the screen is filled, never when the edit is saved.
type Seen struct {
	Epoch    Epoch    // of Position; zero: had never heard of a server
	Position Position // the highest server position applied
	Own      uint64   // the highest number of the same log that was shown
	// Ahead names the entries of the record that were shown and that Position
	// and Own don't cover: those of a hub that the centre had not sequenced, and
	// those of an earlier incarnation of the same device.
	Ahead []Name
	// Through is how the first release named them: for each key its log up to and
	// including that entry. It did not say which entries of the record were
	// shown, nor of which history, so that nobody takes them for seen.
	Through []Key
}

// Field is one field of an entry: what was written, by which merge rule, and
// what stood on the screen before.
type Field struct {
	_     struct{} `cbor:",toarray"`
	Name  string
	Rule  Rule
	Value Value
	Was   Value
}

// The names of the two fields that every record has besides those of its kind.
const (
	RegionField  = "region"  // text: 12-digit code; merges by Review
	DeletedField = "deleted" // true or false; merges by Review
)

// Entry is one edit of one record.
type Entry struct {
	Key
	Author    string   // the name under which the device or account was enrolled
	At        Millis   // the device's clock when the edit was saved: a hint only
	Uncertain bool     // the device had no anchor for its clock
	More      bool     // the same command goes on with the next entry
	Kind      string   // of the record; unknown kinds are carried
	Record    RecordID //
	Region    string   // 12-digit code of the record as the author knew it
	Fields    []Field  // sorted by name, each name once
	Seen      Seen
}

// Verdict is what the server thought of an entry that it sequenced.
type Verdict uint8

// The verdicts. Numbers are for ever.
const (
	Pending     Verdict = 0 // not judged yet: not sequenced
	Applied     Verdict = 1
	Conflict    Verdict = 2 // applied, and it opened or joined a conflict
	Quarantined Verdict = 3 // kept outside the folded state until approved
	Rejected    Verdict = 4 // a supervisor decided against a quarantined entry
)

func (v Verdict) String() string {
	return [...]string{"pending", "applied", "conflict", "quarantined", "rejected"}[min(v, Rejected)]
}

// Folds reports whether an entry with this verdict belongs to folded state.
func (v Verdict) Folds() bool { return v == Applied || v == Conflict }

// Place is where an entry stood in an earlier epoch of the server.
type Place struct {
	_        struct{} `cbor:",toarray"`
	Epoch    Epoch
	Position Position
}

// Sequenced is an entry with its place in the server's order.
type Sequenced struct {
	Entry
	Hash      Hash
	Position  Position // where it folds; for an approved entry the approval's
	Effective Millis   // the server's estimate of when the edit was made
	Received  Millis   // server clock; never runs backward along positions
	Verdict   Verdict
	Reason    string // message key of a quarantine
	// Branch is set on entries of a log that forked: the same numbers exist
	// twice, and this one belongs to the later of the two histories. Fold
	// treats it as a log of its own that continues the first up to BranchAt.
	Branch   Incarnation
	BranchAt uint64
	Old      Place // set on an entry re-offered after a restore
	// Unsure says that how far the device's clock was off is not known, since
	// the entry came by a carrier whose journey nobody measured.
	Unsure bool
}

// FoldLog gives the log under which fold knows the entry.
func (s *Sequenced) FoldLog() Log {
	if s.Branch != 0 {
		return Log{s.Device, s.Branch}
	}
	return s.Log
}
