package store

import (
	"context"

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
	Lookups   int64
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

// Own is one entry of this device's own log.
type Own struct {
	change.Key
	Hash     change.Hash
	Bytes    []byte // canonical, as [change.Entry.Encode] gives them
	Kind     string
	Record   change.RecordID
	At       change.Millis
	More     bool            // the same command goes on with the next entry
	Position change.Position // zero until the server's receipt came
	Verdict  change.Verdict
	Reason   string // message key of a quarantine
}

// Logged is one entry that the server sequenced.
type Logged struct {
	change.Sequenced
	Bytes   []byte   // canonical; kept even where they could not be decoded
	Regions []string // of the record after the fold
	Before  []string // of the record before the fold
	Also    []string // regions that borrow the record; not kept
	Lends   bool     // the record's region refers to one that lay elsewhere since this entry
	Folds   change.Position
}

// FilePart says which of a file is meant: its thumbnail, the whole of it, or
// both as a sum.
type FilePart uint8

// The parts of a file.
const (
	Thumb FilePart = 1
	Whole FilePart = 2
)

// Safety says who has a file besides this tablet.
type Safety uint8

// How safe a file is. The zero value is on this tablet only.
const (
	HereOnly Safety = iota
	AtHub
	AtCentre
)

// File is what a tablet knows of one photo or other file.
type File struct {
	Name      core.FileName
	Size      int64 // bytes; 0: not known
	Held      FilePart
	Wanted    FilePart
	Own       bool // made on this tablet
	Confirmed bool // an entry of this tablet names it
	Safe      Safety
	Receipt   []byte        // the centre's, signed; nil: none
	Received  change.Millis // when the centre said that it has it
	Upload    string        // address of an unfinished upload; "": none
	Original  core.FileName // what it was made from, which stays here; "": nothing
	Trouble   string        // message key: why it can't be sent or fetched; "": it can
}

// FileSet is a choice of files.
type FileSet uint8

// The sets, each in its own order.
const (
	// FilesUnsent are whole files that no server has, small ones first. Own
	// ones count from when an entry names them.
	FilesUnsent FileSet = iota + 1
	// FilesAtHub are those that a hub has and the centre hasn't.
	FilesAtHub
	// FilesWanted are those of which a wanted part is not here, by name.
	FilesWanted
	// FilesUnnamed are those that no record names any more and whose bytes
	// are safe or came from elsewhere, by name.
	FilesUnnamed
	// FilesSettled are own whole files that the centre has, longest first.
	FilesSettled
)

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

// Store is one database. It is closed when its owner stops.
type Store interface {
	View(ctx context.Context, f func(Tx) error) error
	Update(ctx context.Context, f func(Tx) error) error
	Close() error
}

// Tx is a transaction.
type Tx interface {
	Records
	Files
	Tablet
	Ahead
	Server
	Carrier
	Accounts
	Meta
}

// Records keeps the folded records.
type Records interface {
	Record(ref core.Ref) (Row, bool, error)
	// Records is Record of many, in their order: one that isn't there comes as
	// Record would give it.
	Records(refs []core.Ref) ([]Row, error)
	PutRecord(row *Row) error
	// PutRecords is PutRecord of many different ones that were read in this
	// transaction, and quicker.
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

// Files keeps what a tablet knows of photos and other files. Their bytes are
// elsewhere.
type Files interface {
	// PutFile writes what is known of a file over what was known.
	PutFile(f *File) error
	File(name core.FileName) (File, bool, error)
	// ListFiles reads up to limit files of a set, from after the last one of
	// the list before on; nil: from the beginning.
	ListFiles(set FileSet, after *File, limit int) ([]File, error)
	// CountFiles counts a set, with the bytes as far as they are known.
	CountFiles(set FileSet) (n int, bytes int64, err error)
	// NamedBy gives the records that name a file.
	NamedBy(name core.FileName) ([]core.Ref, error)
	// VoidFiles forgets that any server has any file.
	VoidFiles() error
	RemoveFile(name core.FileName) error
}

// Tablet keeps the log of this device and the state of its synchronization.
type Tablet interface {
	AppendOwn(o *Own) error
	OwnAfter(log change.Log, seq uint64, limit int) ([]Own, error)
	OwnPending(ref core.Ref) ([]Own, error)
	OwnJudged(v change.Verdict) ([]Own, error)
	// SettleOwnRun notes that a run of entries was applied at consecutive
	// positions, or somewhere (1) where the receipt was lost; what has its
	// place already keeps it. It gives the records concerned.
	SettleOwnRun(log change.Log, first, last uint64, position change.Position) ([]core.Ref, error)
	// OwnRefs gives the records that a run of unsettled entries concerns.
	OwnRefs(log change.Log, first, last uint64) ([]core.Ref, error)
	// SettleOwn notes what became of one entry.
	SettleOwn(log change.Log, seq uint64, position change.Position, v change.Verdict, reason string) error
	// Unsettle forgets positions above one that a restored server lost.
	Unsettle(above change.Position) error
	OwnHead(log change.Log) (uint64, error)
	// PruneOwn lets go of the entries of a log through a number that have a
	// position and were applied; what somebody keeps aside stays.
	PruneOwn(log change.Log, through uint64) error
	PutPage(p *Page) error
	PagesAbove(p change.Position) ([]Page, error)
	PrunePages(before change.Millis) error
	// BeginWalk forgets what a snapshot that was given up brought.
	BeginWalk() error
	Walk(refs []core.Ref) error
	EndWalk() (left []core.Ref, err error)
	PutDraft(d *Draft) error
	Drafts(kind, about string) ([]Draft, error)
	RemoveDraft(id string) error
}

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

// Carrier keeps what a hub carries between its tablets and the centre.
type Carrier interface {
	// PutCarried keeps a segment and reports whether it is new.
	PutCarried(c *Carried) (bool, error)
	// Unsent reads segments that the centre hasn't, oldest first.
	Unsent(after uint64, limit int) ([]Carried, error)
	CountUnsent() (int, error)
	// CarriedBy finds who brought a segment.
	CarriedBy(hash []byte) (came change.DeviceID, found bool, err error)
	// Sent notes that the centre has a segment, and the highest position it
	// was given there, 0 if that is not known.
	Sent(hash []byte, position change.Position) error
	// Unsend counts as unsent again what stood above a position that a
	// restored server lost, or where it is not known.
	Unsend(above change.Position) error
	// PruneCarried forgets what was sent and came before a moment.
	PruneCarried(before change.Millis) error
	PutMail(m *Mail) error
	MailFor(whose change.DeviceID, after uint64, limit int) ([]Mail, error)
	// DropMail forgets what was handed over, and all that is older than a
	// moment.
	DropMail(whose change.DeviceID, through uint64, before change.Millis) error
	// ChangedAfter reads records by the position of their committed state. It
	// wants IndexPositions, which a tablet can do without.
	ChangedAfter(p change.Position, limit int) ([]Row, error)
	IndexPositions() error
	// PutGone notes that a record left this device's scope, DropGone that it
	// is back.
	PutGone(ref core.Ref, p change.Position) error
	DropGone(ref core.Ref) error
	GoneAfter(p change.Position, limit int) ([]Gone, error)
}

// Gone is a record that left a hub's scope, as of a position.
type Gone struct {
	core.Ref
	Position change.Position
}

// Carried is a segment on its way through a hub.
type Carried struct {
	ID       uint64
	Device   change.DeviceID // who sealed it
	Came     change.DeviceID // who brought it
	Hash     []byte          // SHA-256 of Bytes
	Received change.Millis
	Stamps   [][]byte
	Bytes    []byte
}

// Mail is an answer of the centre on its way through a hub.
type Mail struct {
	ID    uint64
	Whose change.DeviceID
	At    change.Millis
	Bytes []byte
}

// Server keeps the sequenced log.
type Server interface {
	AppendLogged(l *Logged) error
	// Logged reads entries in order, of one county or of all. Of the entry
	// itself only key, kind, record and bytes are filled in.
	Logged(after change.Position, area string, limit int) ([]Logged, error)
	LoggedAt(p change.Position) (Logged, bool, error)
	LoggedBy(k change.Key) ([]Logged, error)
	LoggedRange(log change.Log, first, last uint64) ([]Logged, error)
	History(ref core.Ref) ([]Logged, error)
	Quarantine(offset, limit int) ([]Logged, error)
	// Aside reads the entries of a device that are kept aside or were rejected.
	Aside(device change.DeviceID) ([]Logged, error)
	Judge(p change.Position, v change.Verdict, folds change.Position) error
	ReceivedAt(p change.Position) (change.Millis, bool, error)
	FoldedAt(p change.Position) ([]Logged, error)
	PositionBefore(at change.Millis) (change.Position, error)
	Head() (Head, error)
	SetHead(h Head) error
	LogHead(log change.Log) (LogHead, bool, error)
	SetLogHead(h *LogHead) error
	SeqThrough(h *LogHead, p change.Position) (uint64, error)
	LogHeads(device change.DeviceID) ([]LogHead, error)
	PutSegment(s *Segment) error
	// SegmentsTo gives the hashes of the segments of a log that end with an
	// entry: one that exists twice has several.
	SegmentsTo(log change.Log, seq uint64) ([][]byte, error)
	// PutHeld keeps a segment that came before what precedes it; the same one
	// twice is kept once.
	PutHeld(h *Held) error
	// Held reads the segments of one log that wait, by their first entry.
	Held(log change.Log) ([]Held, error)
	// HeldLogs lists the logs of which segments wait, of one device or, for
	// the zero id, of all.
	HeldLogs(device change.DeviceID) ([]HeldLog, error)
	RemoveHeld(h *Held) error
	ClearRecords() error
}

// Head is where the server's order stands.
type Head struct {
	Epoch     change.Epoch
	Position  change.Position
	Received  change.Millis // of the last entry
	Effective change.Millis // the greatest so far
}

// LogHead is how far the server holds one log.
type LogHead struct {
	Log       change.Log // Incarnation is the branch's where the log forked
	Wire      change.Log // as the tablet names it
	BranchAt  uint64     // the last entry shared with Wire, where it is a branch
	Seq       uint64
	Hash      change.Hash // of the last entry
	Segment   []byte      // hash of the last segment
	Effective change.Millis
	Position  change.Position // of the last entry
}

// Segment is the signature that covered entries of a log.
type Segment struct {
	Log       change.Log
	First     uint64
	Count     int
	Header    []byte
	Signature []byte
	Hash      []byte
}

// Held is a segment that waits for what precedes it in its log.
type Held struct {
	Log      change.Log
	First    uint64
	Last     uint64
	Hash     []byte
	Offset   change.Millis // server clock minus device clock at transmission
	Unsure   bool          // Offset is a guess
	Received change.Millis
	Bytes    []byte // as it came
}

// HeldLog sums up what waits of one log.
type HeldLog struct {
	Log      change.Log
	First    uint64 // lowest entry that waits
	Last     uint64 // highest one
	Segments int
	Bytes    int
	Since    change.Millis // when the first of them came
}

// Gap is a hole in a log: entries that were written but never came, while
// later ones wait.
type Gap struct {
	Device Device
	Log    change.Log
	First  uint64 // the first entry that is missing
	Last   uint64 // the last one
	Waits  uint64 // entries that wait behind it, at most
	Since  change.Millis
}

// Accounts keeps tablets, people and codes.
type Accounts interface {
	PutDevice(d *Device) error
	Device(id change.DeviceID) (Device, bool, error)
	Devices() ([]Device, error)
	PutUser(u *User) error
	User(name string) (User, bool, error)
	Users() ([]User, error)
	PutCode(c *Code) error
	Code(hash []byte) (Code, bool, error)
	PutSession(s *Session) error
	Session(hash []byte) (Session, bool, error)
	RemoveSessions(who string) error
	PutLook(l *Look) error
	Looks(limit int) ([]Look, error)
}

// Device is an enrolled tablet or hub.
type Device struct {
	ID        change.DeviceID
	Name      string // of the person who carries it
	Role      core.Role
	Scope     core.Scope
	Key       []byte // Ed25519 public key
	Enrolled  change.Millis
	LastSync  change.Millis
	Program   string          // version that it last came with
	Unsent    int             // entries it said it had not sent yet
	Cursor    change.Position // what it had applied
	Revoked   change.Millis   // zero: not revoked
	Wipe      bool
	Offset    change.Millis   // its clock minus the server's at the last sync
	Via       change.DeviceID // the hub that enrolled it, zero if that was here
	Outside   bool            // the hub may not have enrolled it: all it writes is kept aside
	Tablets   int             // of a hub: how many tablets it may enroll
	Admission []byte          // on a hub: what the centre has to be told of the tablet
	Told      bool            // on a hub: the centre was told
	// Until is the end of the grant by the server's clock, zero for none. Past
	// are the scopes that it had before, oldest first.
	Until change.Millis
	Past  []PastScope
	// Repaired counts how often its records were found to differ from the
	// centre's and sent anew, the last time at RepairedAt.
	Repaired   int
	RepairedAt change.Millis
}

// PastScope is a scope that a device had up to a position.
type PastScope struct {
	Through change.Position
	Scope   core.Scope
}

// Area is what a device is given at a moment: nothing, once its rights were
// taken or its term is over.
func (d *Device) Area(now change.Millis) core.Scope {
	if d.Revoked != 0 || d.Until != 0 && now > d.Until {
		return nil
	}
	return d.Scope
}

// ScopeAt is the scope that a device had when it knew the order up to a
// position.
func (d *Device) ScopeAt(p change.Position) core.Scope {
	for _, past := range d.Past {
		if p <= past.Through {
			return past.Scope
		}
	}
	return d.Scope
}

// User is a person who signs in to the console.
type User struct {
	Name     string
	Role     core.Role
	Scope    core.Scope
	Org      string // USCC, "" if none
	Password string // argon2id, in PHC form
	Disabled bool
	Failed   int           // sign-ins that failed in a row
	Locked   change.Millis // no sign-in before
}

// Code is a one-time enrollment code, kept as a hash.
type Code struct {
	Hash    []byte
	Name    string
	Role    core.Role
	Scope   core.Scope
	Expires change.Millis
	By      string
	Device  change.DeviceID // who used it, zero if nobody yet
	Key     []byte          // the key that used it
	Tablets int             // for a hub: how many tablets it may enroll
	Until   change.Millis   // end of the grant, zero for none
}

// Session is a signed-in person or tablet, kept as a hash of its token.
type Session struct {
	Hash    []byte
	Who     string // user name or device id
	Expires change.Millis
	Used    change.Millis
}

// Look is one use of a right to see or take out personal data.
type Look struct {
	At   change.Millis
	Who  string
	What string // what was done, such as "unmask" or "export"
	On   string // record id or kind
}

// Meta keeps single values under names.
type Meta interface {
	Meta(name string) ([]byte, error)
	SetMeta(name string, value []byte) error
}
