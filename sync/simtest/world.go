package simtest

import (
	"context"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/core/store/sqlite"
	"muqu/sync/client"
	"muqu/sync/ingest"
)

// Village is where most stories happen; Other lies in another county.
const (
	Village = "632323100201"
	Other   = "632524100201"
)

// World is a server and the time that it lives in.
type World struct {
	t      testing.TB
	ctx    context.Context
	Dir    string
	Time   time.Time // the true time
	random io.Reader
	DB     *sqlite.DB
	Server *ingest.Server
	http   *httptest.Server
	// under puts something between the server and its store; nil: nothing.
	under func(store.Store) store.Store

	mu       sync.Mutex // guards fault
	fault    Fault
	hubFault Fault
	underway sync.WaitGroup // requests in the server's hands
}

// Fault may answer a request in place of the server, or break off what the
// server answered.
type Fault func(w http.ResponseWriter, r *http.Request, next http.Handler)

// Break puts a fault on the line; nil mends it. It waits for requests that
// nobody waits for any more, so that a day goes the same way every time.
func (w *World) Break(f Fault) {
	w.underway.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fault = f
}

// BreakHubs is Break for the lines to the hubs.
func (w *World) BreakHubs(f Fault) {
	w.underway.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hubFault = f
}

// Down is the fault of a line that leads nowhere.
func Down(rw http.ResponseWriter, _ *http.Request, _ http.Handler) {
	panic(http.ErrAbortHandler)
}

// chance is a source of random bytes that several may draw from.
type chance struct {
	mu sync.Mutex // held while drawing
	r  *rand.Rand
}

func (c *chance) Read(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.r.Read(b)
}

// NewWorld starts a server with a seed for all chance.
func NewWorld(t testing.TB, seed int64) *World {
	t.Helper()
	return newWorld(t, seed, nil)
}

func newWorld(t testing.TB, seed int64, under func(store.Store) store.Store) *World {
	t.Helper()
	w := &World{t: t, under: under, ctx: context.Background(), Dir: t.TempDir(), Time: time.Date(2026, 6, 1, 8, 0, 0, 0, time.UTC), random: &chance{r: rand.New(rand.NewSource(seed))}}
	w.start()
	w.http = httptest.NewServer(http.HandlerFunc(w.serve))
	t.Cleanup(func() {
		w.http.Close()
		w.stop()
	})
	return w
}

func (w *World) serve(rw http.ResponseWriter, r *http.Request) { w.answer(rw, r, w.Server, false) }

// answer hands a request to a server or a hub, through the fault that is on
// the line.
func (w *World) answer(rw http.ResponseWriter, r *http.Request, s *ingest.Server, hub bool) {
	w.underway.Add(1)
	defer w.underway.Done()
	mux := http.NewServeMux()
	s.Routes(mux)
	w.mu.Lock()
	fault := w.fault
	if hub {
		fault = w.hubFault
	}
	w.mu.Unlock()
	if fault != nil {
		fault(rw, r, mux)
		return
	}
	mux.ServeHTTP(rw, r)
}

// blank is a database as every program makes it at first. Copying it is a
// seventh of a life quicker than making it.
var blank = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "muqu-blank-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "muqu.db")
	db, err := sqlite.Open(context.Background(), path)
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// begin puts a blank database into a folder that has none.
func (w *World) begin(dir string) {
	w.t.Helper()
	path := filepath.Join(dir, "muqu.db")
	if _, err := os.Stat(path); err == nil {
		return
	}
	b, err := blank()
	if err == nil {
		err = os.MkdirAll(dir, 0o700)
	}
	if err == nil {
		err = os.WriteFile(path, b, 0o600)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *World) start() {
	w.t.Helper()
	w.begin(w.Dir)
	var err error
	if w.DB, err = sqlite.Open(w.ctx, filepath.Join(w.Dir, "muqu.db")); err != nil {
		w.t.Fatal(err)
	}
	var st store.Store = w.DB
	if w.under != nil {
		st = w.under(st)
	}
	w.Server, err = ingest.New(w.ctx, st, ingest.Config{Now: func() time.Time { return w.Time }, Random: w.random})
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *World) stop() {
	w.Server.Close()
	if err := w.DB.Close(); err != nil {
		w.t.Error(err)
	}
}

// Pass lets true time go by.
func (w *World) Pass(d time.Duration) { w.Time = w.Time.Add(d) }

// Backup copies the server's database.
func (w *World) Backup() string {
	w.t.Helper()
	path := filepath.Join(w.t.TempDir(), fmt.Sprintf("backup-%d", w.Time.UnixNano()))
	if err := w.DB.BackupTo(w.ctx, path); err != nil {
		w.t.Fatal(err)
	}
	return path
}

// Restore puts a backup in the server's place.
func (w *World) Restore(path string) {
	w.t.Helper()
	known, err := ingest.EpochOf(w.ctx, w.DB)
	if err != nil {
		w.t.Fatal(err)
	}
	w.RestoreLost(path, known)
}

// RestoreLost is Restore on a new disk: of what was there, only the epoch may
// be known; zero if that isn't either.
func (w *World) RestoreLost(path string, known change.Epoch) {
	w.t.Helper()
	w.stop()
	for _, s := range []string{"", "-wal", "-shm"} {
		if err := os.RemoveAll(filepath.Join(w.Dir, "muqu.db"+s)); err != nil {
			w.t.Fatal(err)
		}
	}
	copyFile(w.t, path, filepath.Join(w.Dir, "muqu.db"))
	db, err := sqlite.Open(w.ctx, filepath.Join(w.Dir, "muqu.db"))
	if err != nil {
		w.t.Fatal(err)
	}
	if err := ingest.MarkRestored(w.ctx, db, known); err != nil {
		w.t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		w.t.Fatal(err)
	}
	w.start()
}

// Tablet is one tablet with its own clock.
type Tablet struct {
	*client.Tablet
	w     *World
	Dir   string
	Clock time.Duration // what its clock is off
	Name  string
}

// Tablet enrolls a new field worker's tablet.
func (w *World) Tablet(name string, scope ...string) *Tablet {
	w.t.Helper()
	if len(scope) == 0 {
		scope = []string{"632323"}
	}
	t := &Tablet{w: w, Dir: filepath.Join(w.t.TempDir(), "tablet"), Name: name}
	t.Open()
	w.t.Cleanup(func() { _ = t.Close() })
	t.admit(w.Server, w.http.URL, core.FieldWorker, scope)
	return t
}

// admit enrolls the tablet at a server or a hub.
func (t *Tablet) admit(s *ingest.Server, url string, role core.Role, scope []string) {
	t.w.t.Helper()
	code, err := s.NewCode(t.w.ctx, store.Code{Name: t.Name, Role: role, Scope: scope})
	if err != nil {
		t.w.t.Fatal(err)
	}
	if err := t.Enroll(t.w.ctx, client.Invitation{URL: url, Code: code}); err != nil {
		t.w.t.Fatal(err)
	}
}

// Open opens the tablet's folder.
func (t *Tablet) Open() {
	t.w.t.Helper()
	t.w.begin(t.Dir)
	tab, err := client.Open(t.w.ctx, t.Dir, client.Config{Now: func() time.Time { return t.w.Time.Add(t.Clock) }, Random: t.w.random})
	if err != nil {
		t.w.t.Fatal(err)
	}
	t.Tablet = tab
}

// Clone copies the tablet's folder, as a backup program or a thief would.
func (t *Tablet) Clone() *Tablet {
	t.w.t.Helper()
	if err := t.Close(); err != nil {
		t.w.t.Fatal(err)
	}
	c := &Tablet{w: t.w, Dir: filepath.Join(t.w.t.TempDir(), "clone"), Clock: t.Clock, Name: t.Name}
	if err := os.CopyFS(c.Dir, os.DirFS(t.Dir)); err != nil {
		t.w.t.Fatal(err)
	}
	t.Open()
	c.Open()
	t.w.t.Cleanup(func() { _ = c.Close() })
	return c
}

// Put writes fields of a household and gives its id.
func (t *Tablet) Put(ref core.Ref, fields map[string]any) core.Ref {
	t.w.t.Helper()
	e := core.Edit{Ref: ref, Set: make(map[string]change.Value)}
	if ref.Kind == "" {
		e.Ref = core.Ref{Kind: "household", ID: t.NewID()}
		e.Region = Village
	} else {
		e.From = t.See(ref)
	}
	for k, v := range fields {
		x, err := change.Of(v)
		if err != nil {
			t.w.t.Fatal(err)
		}
		if k == "region" {
			e.Region = x.Str()
			continue
		}
		e.Set[k] = x
	}
	t.Do(e)
	return e.Ref
}

// Do commits one edit.
func (t *Tablet) Do(e core.Edit) {
	t.w.t.Helper()
	if _, err := t.Commit(t.w.ctx, []core.Edit{e}); err != nil {
		t.w.t.Fatalf("%s: %v", t.Name, err)
	}
}

// See reads a record that must be there.
func (t *Tablet) See(ref core.Ref) core.Record {
	t.w.t.Helper()
	r, found, err := t.Get(t.w.ctx, ref)
	if err != nil || !found {
		t.w.t.Fatalf("%s: get %v: found %v, %v", t.Name, ref, found, err)
	}
	return r
}

// Sync reconciles and must succeed.
func (t *Tablet) Sync() client.Result {
	t.w.t.Helper()
	r, err := t.Tablet.Sync(t.w.ctx, nil)
	if err != nil {
		t.w.t.Fatalf("%s: sync: %v", t.Name, err)
	}
	return r
}

func copyFile(t testing.TB, from, to string) {
	t.Helper()
	b, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
