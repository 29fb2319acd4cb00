package ingest_test

import (
	"bytes"
	"crypto/ed25519"
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
	"muqu/sync/ingest"
	"muqu/sync/wire"
)

const (
	near = "632323100201"
	far  = "632524100201"
)

// centre is a server on a real database behind real HTTP.
type centre struct {
	t      *testing.T
	time   time.Time
	db     *sqlite.DB
	s      *ingest.Server
	url    string
	random io.Reader
}

func newCentre(t *testing.T) *centre {
	t.Helper()
	c := &centre{t: t, time: time.Date(2026, 6, 1, 8, 0, 0, 0, time.UTC), random: rand.New(rand.NewSource(1))}
	var err error
	if c.db, err = sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "muqu.db")); err != nil {
		t.Fatal(err)
	}
	if c.s, err = ingest.New(t.Context(), c.db, ingest.Config{Now: func() time.Time { return c.time }, Random: c.random}); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	c.s.Routes(mux)
	srv := httptest.NewServer(mux)
	c.url = srv.URL
	t.Cleanup(func() {
		srv.Close()
		c.s.Close()
		if err := c.db.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func (c *centre) now() change.Millis { return change.MillisOf(c.time) }

// post sends bytes and gives the status with what was refused.
func (c *centre) post(path, token string, body []byte, into any) (int, wire.Failure) {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.url+path, bytes.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	var f wire.Failure
	if res.StatusCode == http.StatusOK {
		err = wire.Unpack(b, into)
	} else {
		err = wire.Unpack(b, &f)
	}
	if err != nil {
		c.t.Fatalf("%s answered %d with what is no message: %v", path, res.StatusCode, err)
	}
	return res.StatusCode, f
}

func (c *centre) ask(path, token string, question, answer any) (int, wire.Failure) {
	c.t.Helper()
	b, err := wire.Pack(question)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.post(path, token, b, answer)
}

func (c *centre) code(k store.Code) string {
	c.t.Helper()
	text, err := c.s.NewCode(c.t.Context(), k)
	if err != nil {
		c.t.Fatal(err)
	}
	return text
}

// tablet is a tablet made by hand, so that it can misbehave.
type tablet struct {
	c     *centre
	log   change.Log
	key   ed25519.PrivateKey
	cert  []byte
	token string
	name  string
	last  []byte // hash of the last segment
	seq   uint64
}

func (c *centre) stranger(name string) *tablet {
	c.t.Helper()
	_, key, err := ed25519.GenerateKey(c.random)
	if err != nil {
		c.t.Fatal(err)
	}
	return &tablet{c: c, key: key, name: name, log: change.Log{Device: change.DeviceID(c.s.NewID()), Incarnation: 7}}
}

// enroll asks for admission with a code.
func (t *tablet) enroll(code string) (int, wire.Failure) {
	t.c.t.Helper()
	req := wire.EnrollRequest{Version: wire.Version, Code: code, Device: t.log.Device[:], Key: t.key.Public().(ed25519.PublicKey)}
	req.Sign(t.key)
	var ans wire.EnrollAnswer
	status, f := t.c.ask(wire.PathEnroll, "", &req, &ans)
	if status == http.StatusOK {
		t.cert = ans.Certificate
	}
	return status, f
}

func (t *tablet) nonce() []byte {
	t.c.t.Helper()
	var ch wire.ChallengeAnswer
	if status, f := t.c.ask(wire.PathChallenge, "", &wire.ChallengeRequest{Device: t.log.Device[:]}, &ch); status != http.StatusOK {
		t.c.t.Fatalf("challenge: %d %v", status, f)
	}
	return ch.Nonce
}

// session answers a challenge with a key.
func (t *tablet) session(nonce []byte, key ed25519.PrivateKey) (int, wire.Failure) {
	t.c.t.Helper()
	req := wire.SessionRequest{Device: t.log.Device[:], Nonce: nonce, Certificate: t.cert}
	req.Sign(key, t.c.s.Key())
	var ans wire.SessionAnswer
	status, f := t.c.ask(wire.PathSession, "", &req, &ans)
	if status == http.StatusOK {
		t.token = ans.Token
	}
	return status, f
}

// member is an enrolled tablet with a session.
func (c *centre) member(name string, role core.Role, scope ...string) *tablet {
	c.t.Helper()
	t := c.stranger(name)
	if status, f := t.enroll(c.code(store.Code{Name: name, Role: role, Scope: scope})); status != http.StatusOK {
		c.t.Fatalf("enroll: %d %v", status, f)
	}
	if status, f := t.session(t.nonce(), t.key); status != http.StatusOK {
		c.t.Fatalf("session: %d %v", status, f)
	}
	return t
}

// entry makes an entry of the tablet for a new record.
func (t *tablet) entry(kind, region string, fields ...change.Field) *change.Entry {
	e := &change.Entry{Author: t.name, At: t.c.now(), Kind: kind, Record: t.c.s.NewID(), Region: region, Fields: fields}
	e.Fields = append(e.Fields, change.Field{Name: change.RegionField, Rule: change.Review, Value: change.Text(region), Was: change.Null})
	change.SortFields(e.Fields)
	return e
}

func field(name string, v change.Value) change.Field {
	return change.Field{Name: name, Rule: change.Review, Value: v, Was: change.Null}
}

func (t *tablet) encode(list ...*change.Entry) [][]byte {
	t.c.t.Helper()
	var out [][]byte
	for i, e := range list {
		e.Key = change.Key{Log: t.log, Seq: t.seq + uint64(i) + 1}
		b, err := e.Encode()
		if err != nil {
			t.c.t.Fatal(err)
		}
		out = append(out, b)
	}
	return out
}

// seal makes the tablet's next segment.
func (t *tablet) seal(entries [][]byte) []byte {
	t.c.t.Helper()
	b, hash, err := wire.Seal(&wire.Segment{Log: t.log, First: t.seq + 1, Previous: t.last, Sealed: t.c.now(), Entries: entries}, t.key)
	if err != nil {
		t.c.t.Fatal(err)
	}
	t.last = hash
	t.seq += uint64(len(entries))
	return b
}

func (t *tablet) sync(segments ...[]byte) (wire.SyncAnswer, int, wire.Failure) {
	t.c.t.Helper()
	var ans wire.SyncAnswer
	status, f := t.c.ask(wire.PathSync, t.token, &wire.SyncRequest{Version: wire.Version, Sent: t.c.now(), Incarnation: t.log.Incarnation, Segments: segments}, &ans)
	return ans, status, f
}

// push sends entries and must be answered.
func (t *tablet) push(list ...*change.Entry) wire.SyncAnswer {
	t.c.t.Helper()
	ans, status, f := t.sync(t.seal(t.encode(list...)))
	if status != http.StatusOK {
		t.c.t.Fatalf("sync: %d %v", status, f)
	}
	return ans
}

func wantFailure(t *testing.T, status int, f wire.Failure, wantStatus int, key string) {
	t.Helper()
	if status != wantStatus || f.Key != key || f.Text == "" {
		t.Errorf("got %d %+v, want %d %s", status, f, wantStatus, key)
	}
}

func wantRefusal(t *testing.T, err error, key string) {
	t.Helper()
	var r *core.Refusal
	if !errors.As(err, &r) || r.Key != key {
		t.Errorf("got %v, want %s", err, key)
	}
}

func (c *centre) see(e *change.Entry) (core.Record, bool) {
	c.t.Helper()
	r, found, err := c.s.Get(c.t.Context(), core.Ref{Kind: e.Kind, ID: e.Record})
	if err != nil {
		c.t.Fatal(err)
	}
	return r, found
}

// verdict gives the verdict on the entry that the tablet pushed last, the zero one
// if it may stand. This tablet never says what it takes to be kept aside, and so
// hears of all of it each time.
func (t *tablet) verdict(ans wire.SyncAnswer) (v wire.Verdict) {
	for _, w := range ans.Verdicts {
		if w.Seq == t.seq {
			v = w
		}
	}
	return v
}
