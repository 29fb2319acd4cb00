package client

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/core/store/sqlite"
	"muqu/sync/merge"
	"muqu/sync/wire"
)

// Config is what a tablet may be told; the zero value works.
type Config struct {
	Now     func() time.Time // the tablet's own clock; nil: the machine's
	Random  io.Reader        // nil: the machine's
	Regions *core.Regions    // names for search; nil: none
	Log     *slog.Logger     // nil: nothing is logged
	Program string           // version of the program, told to the server
	// FilePause is what is waited before an interrupted upload of a file goes
	// on; 0: a second.
	FilePause time.Duration
	// Album is where files are kept instead of in the tablet's own encrypted
	// folder; nil: there. A hub shares it with its other half.
	Album *Album
}

// Carrier is the half of a hub that faces its tablets, as the half that faces
// the centre needs it.
type Carrier interface {
	// Load adds what waits to be carried to a request.
	Load(tx store.Tx, req *wire.SyncRequest) (more bool, err error)
	// Done takes in what the answer says of it.
	Done(tx store.Tx, req *wire.SyncRequest, ans *wire.SyncAnswer) error
	// Pack gives all that waits, in requests for a bundle.
	Pack(tx store.Tx, add func(*wire.SyncRequest) error) (segments int, err error)
	// Restored notes that the centre lost what it had above a position.
	Restored(tx store.Tx, above change.Position) error
}

// Tablet is one tablet's folder.
type Tablet struct {
	dir   string
	cfg   Config
	store *sqlite.DB
	shelf *store.Shelf
	// carrier is what a hub carries for its tablets; nil on a tablet.
	carrier Carrier

	mu      sync.Mutex // guards st and follows every change of the log
	st      *state
	syncing sync.Mutex // held during a sync: one at a time
	files   atomic.Pointer[album]
}

var _ core.Book = (*Tablet)(nil)

// Open opens the tablet in a folder, making both where they don't exist.
func Open(ctx context.Context, dir string, cfg Config) (*Tablet, error) {
	cfg = cfg.defaulted()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("tablet folder: %w", err)
	}
	db, err := sqlite.Open(ctx, filepath.Join(dir, "muqu.db"))
	if err != nil {
		return nil, err
	}
	t := &Tablet{dir: dir, cfg: cfg, store: db}
	t.shelf = &store.Shelf{Store: db, Regions: cfg.Regions, Decode: merge.Shown, Seen: seenIn}
	if err := t.load(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return t, nil
}

func (c Config) defaulted() Config {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Random == nil {
		c.Random = rand.Reader
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

func seenIn(tx store.Tx) (store.Sight, error) {
	s, err := loadState(tx)
	if s == nil {
		s = new(state)
	}
	return s.seen, err
}

// load reads the state, or makes a new tablet. A database that is older than
// the marker beside it was restored from a copy: its log must not go on under
// the same numbers.
func (t *Tablet) load(ctx context.Context) error {
	return t.store.Update(ctx, func(tx store.Tx) error {
		s, err := loadState(tx)
		if err != nil {
			return err
		}
		if s == nil {
			if s, err = t.fresh(); err != nil {
				return err
			}
		}
		t.st = s
		fresh := s.FileKey == ""
		if err := t.openAlbum(s); err != nil {
			return err
		}
		if fresh {
			if err := s.save(tx); err != nil {
				return err
			}
		}
		m := t.readMarker()
		if m.Log == 0 || m.Log == s.Log && m.Seq <= s.Head || s.find(m.Log) != nil && m.Log != s.Log {
			return nil
		}
		t.cfg.Log.Warn("database is older than its marker: beginning a new log", "device", s.Device.String())
		return t.beginLog(tx, s)
	})
}

func (t *Tablet) fresh() (*state, error) {
	s := &state{Seed: make([]byte, 32)}
	if _, err := io.ReadFull(t.cfg.Random, s.Seed); err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	s.Device = change.DeviceID(t.NewID())
	s.begin(t.incarnation(), change.Hash{})
	return s, nil
}

func (t *Tablet) incarnation() change.Incarnation {
	var b [8]byte
	if _, err := io.ReadFull(t.cfg.Random, b[:]); err != nil {
		panic(fmt.Sprintf("client: no random numbers: %v", err))
	}
	return change.Incarnation(binary.BigEndian.Uint64(b[:])>>1 | 1)
}

// beginLog starts a new incarnation that continues the present log.
func (t *Tablet) beginLog(tx store.Tx, s *state) error {
	var last change.Hash
	if s.Head > 0 {
		own, err := s.own(tx.OwnAfter(s.log(), s.Head-1, 1))
		if err != nil {
			return err
		}
		if len(own) == 1 {
			last = own[0].Hash
		}
	}
	s.begin(t.incarnation(), last)
	return s.save(tx)
}

// marker is a small file beside the database. It tells a restored database
// from one that was never copied.
type marker struct {
	Log change.Incarnation
	Seq uint64 // at least this much had been told to somebody
}

func (t *Tablet) readMarker() marker {
	var m marker
	b, err := os.ReadFile(filepath.Join(t.dir, "marker"))
	if err != nil || json.Unmarshal(b, &m) != nil {
		return marker{}
	}
	return m
}

func (t *Tablet) writeMarker(m marker) {
	b, err := json.Marshal(m)
	if err != nil {
		return
	}
	tmp := filepath.Join(t.dir, "marker.new")
	// The marker is a second line of defense: without it a fork is still
	// noticed at the next sync.
	if err := os.WriteFile(tmp, b, 0o600); err == nil {
		_ = os.Rename(tmp, filepath.Join(t.dir, "marker"))
	}
}

// Carry makes this the half of a hub that faces the centre. It is called before
// the first sync.
func (t *Tablet) Carry(c Carrier) { t.carrier = c }

// Store is the database, which the other half of a hub shares.
func (t *Tablet) Store() *sqlite.DB { return t.store }

// Close closes the files.
func (t *Tablet) Close() error { return t.store.Close() }

// NewID makes an id for a new record.
func (t *Tablet) NewID() change.RecordID {
	var r [10]byte
	if _, err := io.ReadFull(t.cfg.Random, r[:]); err != nil {
		panic(fmt.Sprintf("client: no random numbers: %v", err))
	}
	return core.NewRecordID(t.now(), r)
}

func (t *Tablet) now() change.Millis { return change.MillisOf(t.cfg.Now()) }

// Get reads one record.
func (t *Tablet) Get(ctx context.Context, ref core.Ref) (core.Record, bool, error) {
	return t.shelf.Get(ctx, ref)
}

// List reads the records of a query.
func (t *Tablet) List(ctx context.Context, q core.Query) ([]core.Record, error) {
	return t.shelf.List(ctx, q)
}

// Count counts the records of a query.
func (t *Tablet) Count(ctx context.Context, q core.Query) (int, error) { return t.shelf.Count(ctx, q) }

// Repeated looks for values that several records have.
func (t *Tablet) Repeated(ctx context.Context, at core.Stretch) (core.Repeats, error) {
	return t.shelf.Repeated(ctx, at)
}

// Identity is who this tablet is.
type Identity struct {
	Device      change.DeviceID
	Incarnation change.Incarnation
	Enrolled    bool
	Name        string
	Role        core.Role
	Scope       core.Scope
	URLs        []string // of the servers and hubs that it knows, the last that answered first
}

// Identity says who this tablet is.
func (t *Tablet) Identity() Identity {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.st
	me := Identity{Device: s.Device, Incarnation: s.Log, Enrolled: len(s.Certificate) > 0, Name: s.Name, Role: s.Role, Scope: s.Scope}
	for i := range s.Servers {
		me.URLs = append(me.URLs, s.Servers[i].URL)
	}
	return me
}

// Status is what a worker wants to know at a glance.
type Status struct {
	Identity
	Unsent        int // entries that no server has
	AtHub         int // entries that a hub has and the centre hasn't
	Position      change.Position
	Epoch         change.Epoch
	OpenConflicts int
	Records       map[string]int
	Quarantined   []Quarantined
	Rejected      []Quarantined // that a supervisor decided against, the last ones
	LastSync      change.Millis // server time of the last sync; zero: never
	Files         FilesStatus
	Repaired      int // how often the records were found damaged and fetched anew
}

// Quarantined is an own entry that the server keeps aside, or kept aside.
type Quarantined struct {
	core.Ref
	Seq    uint64
	At     change.Millis
	Reason string // message key
}

// Status reads the state of the tablet.
func (t *Tablet) Status(ctx context.Context) (Status, error) {
	out := Status{Identity: t.Identity()}
	err := t.store.View(ctx, func(tx store.Tx) error {
		s, err := loadState(tx)
		if err != nil || s == nil {
			return err
		}
		out.Position, out.Epoch, out.LastSync, out.Repaired = s.Cursor, s.Epoch, s.Anchor.Server, s.Repaired
		for i := range s.Logs {
			here, atHub := s.unsent(&s.Logs[i])
			out.Unsent, out.AtHub = out.Unsent+here, out.AtHub+atHub
		}
		if out.Records, err = tx.CountKinds(); err != nil {
			return err
		}
		if out.OpenConflicts, err = tx.CountConflicts(); err != nil {
			return err
		}
		if out.Files, err = filesStatus(tx); err != nil {
			return err
		}
		if out.Quarantined, err = judged(tx, change.Quarantined); err != nil {
			return err
		}
		out.Rejected, err = judged(tx, change.Rejected)
		out.Rejected = out.Rejected[max(0, len(out.Rejected)-maxRejected):]
		return err
	})
	return out, err
}

// maxRejected is how many rejected entries are shown.
const maxRejected = 20

func judged(tx store.Tx, v change.Verdict) ([]Quarantined, error) {
	own, err := tx.OwnJudged(v)
	var out []Quarantined
	for _, o := range own {
		out = append(out, Quarantined{Ref: core.Ref{Kind: o.Kind, ID: o.Record}, Seq: o.Seq, At: o.At, Reason: o.Reason})
	}
	return out, err
}

// PutDraft keeps what somebody has typed so far.
func (t *Tablet) PutDraft(ctx context.Context, d store.Draft) error {
	d.At = t.now()
	return t.store.Update(ctx, func(tx store.Tx) error { return tx.PutDraft(&d) })
}

// Drafts lists what was begun and not saved; "" leaves kind or subject open.
func (t *Tablet) Drafts(ctx context.Context, kind, about string) (out []store.Draft, err error) {
	err = t.store.View(ctx, func(tx store.Tx) error {
		out, err = tx.Drafts(kind, about)
		return err
	})
	return out, err
}

// RemoveDraft drops a draft.
func (t *Tablet) RemoveDraft(ctx context.Context, id string) error {
	return t.store.Update(ctx, func(tx store.Tx) error { return tx.RemoveDraft(id) })
}

// Digest sums up what this tablet holds of the centre's state.
func (t *Tablet) Digest(ctx context.Context) (sum [32]byte, records int, err error) {
	err = t.store.View(ctx, func(tx store.Tx) error {
		sum, records, err = store.Digest(tx, core.Scope{""})
		return err
	})
	return sum, records, err
}

// Confirmed lists the hashes of all entries in the logs of this folder, oldest
// log first: what this tablet ever confirmed to somebody.
func (t *Tablet) Confirmed(ctx context.Context) (out []change.Hash, err error) {
	err = t.store.View(ctx, func(tx store.Tx) error {
		s, err := loadState(tx)
		if err != nil {
			return err
		}
		for i := range s.Logs {
			own, err := tx.OwnAfter(change.Log{Device: s.Device, Incarnation: s.Logs[i].Log}, 0, 1<<30)
			if err != nil {
				return err
			}
			for _, o := range own {
				out = append(out, o.Hash)
			}
		}
		return nil
	})
	return out, err
}
