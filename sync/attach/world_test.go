package attach_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"io"
	"math/rand"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/core/store/sqlite"
	"muqu/sync/attach"
	"muqu/sync/ingest"
	"muqu/sync/wire"
)

const (
	near = "632323100201"
	far  = "632524100201"
)

// hall is a server with its files behind real HTTP.
type hall struct {
	t     testing.TB
	dir   string
	now   time.Time
	db    *sqlite.DB
	s     *ingest.Server
	files *attach.Server
	http  *httptest.Server
}

func newHall(t testing.TB, cfg attach.ServerConfig) *hall {
	t.Helper()
	h := &hall{t: t, dir: t.TempDir(), now: time.Date(2026, 6, 1, 8, 0, 0, 0, time.UTC)}
	var err error
	if h.db, err = sqlite.Open(t.Context(), filepath.Join(h.dir, "muqu.db")); err != nil {
		t.Fatal(err)
	}
	if h.s, err = ingest.New(t.Context(), h.db, ingest.Config{Now: func() time.Time { return h.now }}); err != nil {
		t.Fatal(err)
	}
	h.open(cfg)
	t.Cleanup(func() {
		h.http.Close()
		h.s.Close()
		if err := h.db.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// open starts the part with the files, also again on the same folder.
func (h *hall) open(cfg attach.ServerConfig) {
	h.t.Helper()
	var err error
	if h.files, err = attach.NewServer(h.dir, h.s, cfg); err != nil {
		h.t.Fatal(err)
	}
	mux := http.NewServeMux()
	h.s.Routes(mux)
	h.files.Routes(mux)
	h.http = httptest.NewServer(mux)
}

// member is an enrolled tablet with a session.
type member struct {
	*attach.Remote
	t     testing.TB
	store *attach.Store
	id    change.DeviceID
	token string
}

func (h *hall) member(name string, scope ...string) *member {
	h.t.Helper()
	code, err := h.s.NewCode(h.t.Context(), store.Code{Name: name, Role: core.FieldWorker, Scope: scope})
	if err != nil {
		h.t.Fatal(err)
	}
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	id := change.DeviceID(h.s.NewID())
	req := wire.EnrollRequest{Version: wire.Version, Code: code, Device: id[:], Key: key.Public().(ed25519.PublicKey)}
	req.Sign(key)
	if _, err := h.s.Enroll(h.t.Context(), &req); err != nil {
		h.t.Fatal(err)
	}
	ch, err := h.s.Challenge(h.t.Context(), &wire.ChallengeRequest{Device: id[:]})
	if err != nil {
		h.t.Fatal(err)
	}
	sess := wire.SessionRequest{Device: id[:], Nonce: ch.Nonce}
	sess.Sign(key, h.s.Key())
	ans, err := h.s.Session(h.t.Context(), &sess)
	if err != nil {
		h.t.Fatal(err)
	}
	key2, err := attach.NewKey()
	if err != nil {
		h.t.Fatal(err)
	}
	s, err := attach.Open(h.t.TempDir(), key2)
	if err != nil {
		h.t.Fatal(err)
	}
	m := &member{t: h.t, store: s, id: id, token: ans.Token}
	m.Remote = &attach.Remote{Client: http.DefaultClient, Base: h.http.URL, Pause: time.Millisecond,
		Token: func(context.Context, bool) (string, error) { return m.token, nil }}
	return m
}

// keep puts bytes into the tablet's store.
func (m *member) keep(data []byte, sort string) core.FileName {
	m.t.Helper()
	n, _, err := m.store.Keep(bytes.NewReader(data), sort)
	if err != nil {
		m.t.Fatal(err)
	}
	return n
}

// send uploads a file of the tablet's store.
func (m *member) send(n core.FileName) error {
	m.t.Helper()
	f, err := m.store.Open(n)
	if err != nil {
		m.t.Fatal(err)
	}
	defer f.Close()
	return m.Upload(m.t.Context(), f, "", func(string, int64) error { return nil })
}

// record writes a household of a village that names files.
func (h *hall) record(village string, files ...core.FileName) core.Ref {
	h.t.Helper()
	ref := core.Ref{Kind: "household", ID: h.s.NewID()}
	list := make([]change.Value, len(files))
	for i, n := range files {
		list[i] = change.Text(string(n))
	}
	h.write(core.Edit{Ref: ref, Region: village, Set: map[string]change.Value{"head_name": change.Text("甲"), "photos": change.ListOf(list)}})
	return ref
}

func (h *hall) write(e core.Edit) {
	h.t.Helper()
	if _, err := h.s.As(core.Person{Name: "x", Role: core.Admin, Scope: core.Scope{"63"}}).Commit(h.t.Context(), []core.Edit{e}); err != nil {
		h.t.Fatal(err)
	}
}

func noise(seed int64, n int) []byte {
	b := make([]byte, n)
	if _, err := io.ReadFull(rand.New(rand.NewSource(seed)), b); err != nil {
		panic(err)
	}
	return b
}

func nameOf(data []byte, sort string) core.FileName {
	return core.NewFileName(sha256.Sum256(data), sort)
}

func wantRefusal(t *testing.T, err error, key string) {
	t.Helper()
	var r *core.Refusal
	if !errors.As(err, &r) || r.Key != key {
		t.Errorf("got %v, want %s", err, key)
	}
}
