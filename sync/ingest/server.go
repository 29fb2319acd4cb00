package ingest

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/merge"
)

// Config is what a server may be told; the zero value works.
type Config struct {
	Now     func() time.Time // nil: the machine's clock
	Random  io.Reader        // nil: the machine's
	Regions *core.Regions    // the shipped region table
	Log     *slog.Logger     // nil: nothing is logged
	Hub     *HubSide         // what makes the server a hub; nil: it is the centre
}

// Server is the centre: a [core.Book] for the console, and the sequencer.
type Server struct {
	cfg     Config
	store   store.Store
	shelf   *store.Shelf
	me      atomic.Pointer[identity]
	key     ed25519.PrivateKey
	regions atomic.Pointer[core.Regions]

	mu      sync.Mutex // guards nonces and hints
	nonces  map[string]nonce
	hints   map[name]hint
	queue   chan *job
	opening chan struct{} // has one for each request that is being verified
	stop    chan struct{}
	stopped chan struct{}
}

// identity is the server's name and key, kept in the database so that a backup
// contains it.
type identity struct {
	Device change.DeviceID
	Log    change.Incarnation
	Seed   []byte
	Epochs change.Epochs
	// Restored asks for a new epoch at the next start.
	Restored bool
	Beyond   change.Epoch // with Restored: a later epoch that is known of
}

const metaIdentity = "server"

// New starts a server on a store. Close stops its sequencer; the store is the
// caller's.
func New(ctx context.Context, st store.Store, cfg Config) (*Server, error) {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Random == nil {
		cfg.Random = rand.Reader
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{cfg: cfg, store: st, nonces: make(map[string]nonce), hints: make(map[name]hint), queue: make(chan *job, 256), opening: make(chan struct{}, runtime.GOMAXPROCS(0)), stop: make(chan struct{}), stopped: make(chan struct{})}
	s.shelf = &store.Shelf{Store: st, Regions: cfg.Regions, Decode: merge.Shown, Seen: s.seen}
	s.regions.Store(cfg.Regions)
	if err := st.Update(ctx, s.load); err != nil {
		return nil, err
	}
	if err := s.loadRegions(ctx); err != nil {
		return nil, err
	}
	go s.sequence()
	return s, nil
}

// load reads who the server is, or makes it up. A database that was restored
// from a backup begins a new epoch and a new log of its own.
func (s *Server) load(tx store.Tx) error {
	if s.cfg.Hub != nil {
		u, err := s.cfg.Hub.Upheld(tx)
		if err != nil {
			return err
		}
		s.key = u.Private
		s.me.Store(&identity{Device: u.Device, Epochs: u.Epochs})
		return tx.IndexPositions()
	}
	b, err := tx.Meta(metaIdentity)
	if err != nil {
		return err
	}
	var me identity
	if len(b) > 0 {
		if err := json.Unmarshal(b, &me); err != nil {
			return fmt.Errorf("read server identity: %w", err)
		}
	} else if me, err = s.fresh(); err != nil {
		return err
	}
	s.key = ed25519.NewKeyFromSeed(me.Seed)
	if !me.Restored {
		s.me.Store(&me)
		return saveIdentity(tx, &me)
	}
	h, err := tx.Head()
	if err != nil {
		return err
	}
	return s.beginEpoch(tx, &me, &h, max(h.Epoch, me.Beyond)+1, h.Position)
}

func (s *Server) fresh() (identity, error) {
	me := identity{Seed: make([]byte, ed25519.SeedSize), Log: s.incarnation()}
	if _, err := io.ReadFull(s.cfg.Random, me.Seed); err != nil {
		return me, fmt.Errorf("make server key: %w", err)
	}
	me.Device = change.DeviceID(s.NewID())
	return me, nil
}

func saveIdentity(tx store.Tx, me *identity) error {
	b, err := json.Marshal(me)
	if err != nil {
		return fmt.Errorf("write server identity: %w", err)
	}
	return tx.SetMeta(metaIdentity, b)
}

// beginEpoch cuts the order: whatever was sequenced elsewhere after the fork is
// not known here, and comes back from the tablets.
func (s *Server) beginEpoch(tx store.Tx, old *identity, h *store.Head, epoch change.Epoch, fork change.Position) error {
	me := *old
	me.Epochs = append(slices.Clone(old.Epochs), change.Fork{Epoch: epoch, Fork: fork})
	me.Restored, me.Log = false, s.incarnation()
	h.Epoch = epoch
	s.cfg.Log.Warn("a new epoch begins", "epoch", epoch, "position", fork)
	if err := saveIdentity(tx, &me); err != nil {
		return err
	}
	s.me.Store(&me)
	return tx.SetHead(*h)
}

// tag tells apart two epochs under one number: after a second restore from the
// same backup, say. A server that was never restored has none.
func (me *identity) tag() uint32 {
	if len(me.Epochs) == 0 {
		return 0
	}
	return uint32(me.Log>>8) | 1
}

// overtake begins an epoch beyond one that a tablet speaks of and that this
// server knows nothing about: it was restored from a backup on a new disk, or
// without saying so.
func (s *Server) overtake(ctx context.Context, stranger change.Epoch) error {
	return s.submit(ctx, func(b *batch) error {
		me := s.me.Load()
		if stranger < b.head.Epoch {
			return nil // another tablet was quicker
		}
		fork := b.head.Position
		if n := len(me.Epochs); n > 0 {
			fork = min(fork, me.Epochs[n-1].Fork)
		}
		s.cfg.Log.Error("a tablet knows more than this server: it was restored from a backup", "epoch", stranger)
		return s.beginEpoch(b.tx, me, &b.head, stranger+1, fork)
	})
}

// MarkRestored makes the next start of a server on this database begin a new
// epoch, beyond one that is known of otherwise. It is called on a database that
// was just restored from a backup.
func MarkRestored(ctx context.Context, st store.Store, beyond change.Epoch) error {
	return st.Update(ctx, func(tx store.Tx) error {
		b, err := tx.Meta(metaIdentity)
		if err != nil {
			return err
		}
		var me identity
		if err := json.Unmarshal(b, &me); err != nil {
			return errors.New("this is not the database of a Muqu server")
		}
		me.Restored, me.Beyond = true, beyond
		return saveIdentity(tx, &me)
	})
}

// IsServer reports whether a database belongs to a central server.
func IsServer(ctx context.Context, st store.Store) (is bool, err error) {
	err = st.View(ctx, func(tx store.Tx) error {
		b, err := tx.Meta(metaIdentity)
		is = len(b) > 0
		return err
	})
	return is, err
}

// Position gives the last position of the order.
func (s *Server) Position(ctx context.Context) (p change.Position, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		h, err := tx.Head()
		p = h.Position
		return err
	})
	return p, err
}

// EpochOf reads the epoch of a server's database.
func EpochOf(ctx context.Context, st store.Store) (e change.Epoch, err error) {
	err = st.View(ctx, func(tx store.Tx) error {
		h, err := tx.Head()
		e = h.Epoch
		return err
	})
	return e, err
}

func (s *Server) incarnation() change.Incarnation {
	var b [8]byte
	if _, err := io.ReadFull(s.cfg.Random, b[:]); err != nil {
		panic(fmt.Sprintf("ingest: no random numbers: %v", err))
	}
	return change.Incarnation(binary.BigEndian.Uint64(b[:])>>1 | 1)
}

// Close stops the sequencer after what it has begun.
func (s *Server) Close() {
	close(s.stop)
	<-s.stopped
}

// Key is the server's public signing key.
func (s *Server) Key() ed25519.PublicKey { return s.key.Public().(ed25519.PublicKey) }

// Device is the server's own device id.
func (s *Server) Device() change.DeviceID { return s.me.Load().Device }

// Regions is the region table, with what an office imported.
func (s *Server) Regions() *core.Regions { return s.regions.Load() }

func (s *Server) now() change.Millis { return change.MillisOf(s.cfg.Now()) }

// NewID makes an id for a new record.
func (s *Server) NewID() change.RecordID {
	var r [10]byte
	if _, err := io.ReadFull(s.cfg.Random, r[:]); err != nil {
		panic(fmt.Sprintf("ingest: no random numbers: %v", err))
	}
	return core.NewRecordID(s.now(), r)
}

// seen is what the centre shows: its order, and nothing ahead of it.
func (s *Server) seen(tx store.Tx) (store.Sight, error) {
	h, err := tx.Head()
	return func([]change.Name) change.Seen { return change.Seen{Epoch: h.Epoch, Position: h.Position} }, err
}

// Get reads one record.
func (s *Server) Get(ctx context.Context, ref core.Ref) (core.Record, bool, error) {
	return s.shelf.Get(ctx, ref)
}

// List reads the records of a query.
func (s *Server) List(ctx context.Context, q core.Query) ([]core.Record, error) {
	return s.shelf.List(ctx, q)
}

// Count counts the records of a query.
func (s *Server) Count(ctx context.Context, q core.Query) (int, error) { return s.shelf.Count(ctx, q) }

// Repeated looks for values that several records have.
func (s *Server) Repeated(ctx context.Context, at core.Stretch) (core.Repeats, error) {
	return s.shelf.Repeated(ctx, at)
}

// loadRegions joins imported regions to the shipped ones.
func (s *Server) loadRegions(ctx context.Context) error {
	list, err := s.shelf.List(ctx, core.Query{Kind: "region"})
	if err != nil {
		return err
	}
	places := make([]core.Place, len(list))
	for i := range list {
		r := &list[i]
		places[i] = core.Place{Code: r.Text("code"), Name: r.Text("name"), Level: r.Text("level"), Parent: r.Text("parent")}
	}
	if len(places) > 0 && s.cfg.Regions != nil {
		t := s.cfg.Regions.With(places)
		s.regions.Store(t)
	}
	return nil
}
