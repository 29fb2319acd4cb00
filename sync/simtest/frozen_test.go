package simtest

import (
	"bytes"
	"compress/gzip"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/fxamacker/cbor/v2"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/core/store/sqlite"
	"muqu/sync/bundle"
	"muqu/sync/wire"
)

// frozen is what the programs of a release stored and sent. Its files are never
// changed: FREEZE=release-2 go test ./sync/simtest -run Freeze adds those of a
// new release.
const frozen = "testdata/release-1"

// TestFreeze writes the files of a release, on purpose only.
func TestFreeze(t *testing.T) {
	name := os.Getenv("FREEZE")
	if name == "" {
		t.Skip("FREEZE names no release")
	}
	dir := filepath.Join("testdata", name)
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err) // what is frozen stays so
	}
	freeze(t, dir)
}

// freeze plays a small day: a tablet that enrolled and synced, another one
// whose work it has, and then two households, a change and a conflict that were
// not sent.
func freeze(t *testing.T, dir string) {
	w := NewWorld(t, 1001)
	w.Break(recorder(t, dir))
	w.BreakHubs(w.fault)
	a, b := w.Tablet("卓玛"), w.Tablet("才让")
	hh := a.Put(core.Ref{}, map[string]any{"head_name": "扎西", "yak": 40, "solar_panel": "yes"})
	a.Sync()
	b.Sync()
	h := w.Hub("乡政府")
	h.Sync()
	guest := h.Guest("来客")
	h.Knows(b)
	guest.Put(core.Ref{}, map[string]any{"remark": "by the hub", "head_name": "多杰"})
	guest.Sync()
	b.Sync()
	h.Sync()
	guest.Sync()
	w.Break(nil)
	w.BreakHubs(nil)
	b.Put(hh, map[string]any{"yak": 41})
	b.Sync()
	a.Put(hh, map[string]any{"yak": 42})
	a.Put(core.Ref{}, map[string]any{"head_name": "旦增", "sheep": 7})
	a.Put(core.Ref{}, map[string]any{"head_name": "央金"})
	k := a.Stick()
	if err := bundle.Export(w.ctx, filepath.Join(dir, "up.muqu"), k); err != nil {
		t.Fatal(err)
	}
	for name, db := range map[string]*sqlite.DB{"tablet": a.Store(), "centre": w.DB} {
		path := filepath.Join(t.TempDir(), name)
		if err := db.BackupTo(w.ctx, path); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var z bytes.Buffer
		zw := gzip.NewWriter(&z)
		if _, err := zw.Write(data); err != nil || zw.Close() != nil {
			t.Fatal(err)
		}
		keep(t, filepath.Join(dir, name+".db.gz"), z.Bytes())
	}
}

// recorder writes down what is said on a line.
func recorder(t *testing.T, dir string) Fault {
	n := 0
	return func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
		question, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		r.Body = io.NopCloser(bytes.NewReader(question))
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		if answer.Code == http.StatusOK && message("0-"+filepath.Base(r.URL.Path)+"-question") != nil {
			n++
			stem := filepath.Join(dir, fmt.Sprintf("%02d-%s", n, filepath.Base(r.URL.Path)))
			keep(t, stem+"-question", question)
			keep(t, stem+"-answer", answer.Body.Bytes())
		}
		rw.WriteHeader(answer.Code)
		_, _ = rw.Write(answer.Body.Bytes())
	}
}

func keep(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Error(err)
	}
}

// message is what travels on a route.
func message(path string) any {
	questions := map[string]any{"enroll": &wire.EnrollRequest{}, "challenge": &wire.ChallengeRequest{}, "session": &wire.SessionRequest{}, "sync": &wire.SyncRequest{}}
	answers := map[string]any{"enroll": &wire.EnrollAnswer{}, "challenge": &wire.ChallengeAnswer{}, "session": &wire.SessionAnswer{}, "sync": &wire.SyncAnswer{}}
	parts := strings.Split(filepath.Base(path), "-")
	if parts[2] == "question" {
		return questions[parts[1]]
	}
	return answers[parts[1]]
}

// TestFrozenMessages reads what a tablet and a server of the release said, and
// loses nothing of it.
func TestFrozenMessages(t *testing.T) {
	list, err := filepath.Glob(frozen + "/*-*-*")
	if err != nil || len(list) < 16 {
		t.Fatalf("%d frozen messages, %v", len(list), err)
	}
	segments, pages, carried := 0, 0, 0
	for _, path := range list {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		m := message(path)
		if err := wire.Unpack(b, m); err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		again, err := change.Marshal(m)
		if err != nil || !bytes.Equal(again, inside(t, b)) {
			t.Errorf("%s: read and written again it differs, %v", path, err)
		}
		switch m := m.(type) {
		case *wire.SyncRequest:
			segments += len(m.Segments)
			carried += len(m.Carried)
		case *wire.SyncAnswer:
			if len(m.Page) > 0 {
				pages++
			}
		}
	}
	if segments == 0 || pages == 0 || carried == 0 {
		t.Errorf("the messages hold %d segments, %d pages and %d carried segments", segments, pages, carried)
	}
}

// inside gives the bytes of a message without its packing.
func inside(t *testing.T, b []byte) []byte {
	t.Helper()
	var members map[int]cbor.RawMessage
	if err := wire.Unpack(b, &members); err != nil {
		t.Fatal(err)
	}
	out, err := change.Marshal(members)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// thaw puts the frozen centre and tablet into a world of today.
func thaw(t *testing.T) (*World, *Tablet) {
	t.Helper()
	w := &World{t: t, ctx: t.Context(), Dir: t.TempDir(), Time: time.Date(2026, 6, 2, 8, 0, 0, 0, time.UTC), random: &chance{r: rand.New(rand.NewSource(1002))}}
	unzip(t, "centre", filepath.Join(w.Dir, "muqu.db"))
	w.start()
	w.http = httptest.NewServer(http.HandlerFunc(w.serve))
	t.Cleanup(func() { w.http.Close(); w.stop() })
	tab := &Tablet{w: w, Dir: t.TempDir(), Name: "卓玛"}
	path := filepath.Join(tab.Dir, "muqu.db")
	unzip(t, "tablet", path)
	moved(t, path, w.http.URL)
	tab.Open()
	t.Cleanup(func() { _ = tab.Close() })
	return w, tab
}

func unzip(t *testing.T, name, to string) {
	t.Helper()
	f, err := os.Open(filepath.Join(frozen, name+".db.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	keep(t, to, b)
}

// moved tells a tablet where its server is today.
func moved(t *testing.T, path, url string) {
	t.Helper()
	db, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(t.Context(), func(tx store.Tx) error {
		b, err := tx.Meta("tablet")
		if err != nil {
			return err
		}
		at := bytes.Index(b, []byte("http://127.0.0.1:"))
		if at < 0 {
			return errors.New("the tablet knows no server")
		}
		end := at + bytes.IndexByte(b[at:], '"')
		return tx.SetMeta("tablet", bytes.ReplaceAll(b, b[at:end], []byte(url)))
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestFrozenTabletGoesOn opens the files of a tablet and of a centre of the
// release with today's programs: what was not sent goes up, by stick and over
// the line, once.
func TestFrozenTabletGoesOn(t *testing.T) {
	w, tab := thaw(t)
	st, err := tab.Status(w.ctx)
	if err != nil || st.Unsent != 3 || st.Name != "卓玛" {
		t.Fatalf("the frozen tablet of %q has %d unsent, %v", st.Name, st.Unsent, err)
	}
	before, err := w.Server.Position(w.ctx)
	if err != nil {
		t.Fatal(err)
	}
	s := stick{t, frozen}
	s.mustInto(w.Server, "up.muqu")
	tab.Sync()
	once(t, w, int(before)+3)
	wantEqual(t, w, tab)
	hh, err := tab.List(w.ctx, core.Query{Kind: "household"})
	if err != nil || len(hh) != 4 {
		t.Fatalf("%d households, %v", len(hh), err)
	}
	for i := range hh {
		if hh[i].Text("head_name") == "扎西" && (len(hh[i].Conflicts["yak"]) == 0 || hh[i].Text("solar_panel") != "yes") {
			t.Errorf("the record that two changed is %v %v", hh[i].Fields, hh[i].Conflicts)
		}
	}
	tab.Put(hh[0].Ref, map[string]any{"remark": "goes on"})
	tab.Sync()
	wantEqual(t, w, tab)
}

// TestNewerProgram lets both sides speak as a newer program would, with members
// and items that today's doesn't know, over a hub as well: whatever it can't
// read it passes by, and kinds and fields come through unharmed.
func TestNewerProgram(t *testing.T) {
	w := NewWorld(t, 1003)
	h := w.Hub("乡政府")
	h.Sync()
	a, b := h.Guest("卓玛"), w.Tablet("才让")
	pages := 0
	w.Break(newer(t, func(page []byte) []byte { pages++; return w.stranger(page) }))
	w.BreakHubs(newer(t, nil))
	hive := core.Ref{Kind: "beehive", ID: a.NewID()}
	a.Do(core.Edit{Ref: hive, Region: Village, Set: map[string]change.Value{"frames": change.Int(8)}})
	hh := a.Put(core.Ref{}, map[string]any{"head_name": "扎西", "solar_panel": "yes"})
	a.Sync()
	h.Sync()
	b.Sync()
	a.Sync()
	wantField(t, b, hive, "frames", 8)
	wantField(t, b, hh, "solar_panel", "yes")
	// The update has come: the tablet that could not read them edits them.
	b.Put(hive, map[string]any{"frames": 9})
	b.Sync()
	h.Sync()
	a.Sync()
	wantField(t, a, hive, "frames", 9)
	w.Break(nil)
	w.BreakHubs(nil)
	a.Sync()
	wantEqual(t, w, a, b)
	if pages == 0 {
		t.Error("no page had anything new")
	}
}

// newer puts a newer program on both ends of a line: every question and answer
// has a member more, and every page of the centre an item of an unknown sort.
func newer(t *testing.T, stranger func(page []byte) []byte) Fault {
	return func(rw http.ResponseWriter, r *http.Request, next http.Handler) {
		if r.Method != http.MethodPost || !strings.HasPrefix(r.URL.Path, "/v1/") || r.URL.Path == wire.PathFiles {
			next.ServeHTTP(rw, r)
			return
		}
		question, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		more := longer(t, question, nil)
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(more)), int64(len(more))
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		rw.WriteHeader(answer.Code)
		_, _ = rw.Write(longer(t, answer.Body.Bytes(), stranger))
	}
}

// longer adds to a message what nobody knows yet.
func longer(t *testing.T, b []byte, stranger func([]byte) []byte) []byte {
	var members map[int]cbor.RawMessage
	if err := wire.Unpack(b, &members); err != nil {
		t.Error(err)
		return b
	}
	members[99] = raw(t, map[string]string{"said": "by a newer program"})
	var page []byte
	if stranger != nil && change.Unmarshal(members[7], &page) == nil && len(page) > 100 {
		members[7] = raw(t, stranger(page))
	}
	out, err := wire.Pack(members)
	if err != nil {
		t.Error(err)
	}
	return out
}

func raw(t *testing.T, x any) cbor.RawMessage {
	b, err := change.Marshal(x)
	if err != nil {
		t.Error(err)
	}
	return b
}

// stranger adds an item of an unknown sort to a page of the centre.
func (w *World) stranger(page []byte) []byte {
	key := w.key()
	p, err := wire.OpenPage(page, w.Server.Key())
	if err != nil {
		return page
	}
	p.Items = append([]wire.Item{{What: 99, Kind: "beehive", Bytes: []byte("?")}}, p.Items...)
	b, err := p.Sign(key)
	if err != nil {
		w.t.Error(err)
	}
	return b
}

// key is the centre's private key.
func (w *World) key() ed25519.PrivateKey {
	var me struct{ Seed []byte }
	err := w.DB.View(w.ctx, func(tx store.Tx) error {
		b, err := tx.Meta("server")
		return errors.Join(err, json.Unmarshal(b, &me))
	})
	if err != nil {
		w.t.Error(err)
	}
	return ed25519.NewKeyFromSeed(me.Seed)
}
