package attach_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"muqu/core"
	"muqu/core/change"
	"muqu/sync/attach"
	"muqu/sync/wire"
)

func TestAFileGoesUpAndComesDown(t *testing.T) {
	h := newHall(t, attach.ServerConfig{})
	zhuoma, cairang := h.member("卓玛", "632323"), h.member("才让", "632323")
	for _, size := range []int{0, 1, 1000, 192 << 10, 192<<10 + 1, 3 << 20} {
		data := noise(int64(size), size)
		n := zhuoma.keep(data, "m4a")
		if ans, err := zhuoma.Ask(t.Context(), []core.FileName{n}, nil); err != nil || len(ans.Receipts) != 0 || !slices.Equal(ans.Missing, []string{string(n)}) || ans.Limit != 64<<20 {
			t.Fatalf("before: %+v, %v", ans, err)
		}
		if err := zhuoma.send(n); err != nil {
			t.Fatal(err)
		}
		wantReceipt(t, h, zhuoma, n, int64(size))
		ref := h.record(near, n)
		got, err := cairang.Fetch(t.Context(), n, ref, false, nil, 0)
		if err != nil || !got.Whole || !bytes.Equal(got.Bytes, data) {
			t.Errorf("%d bytes: fetched %d, %v", size, len(got.Bytes), err)
		}
		if size > 10 {
			got, err = cairang.Fetch(t.Context(), n, ref, false, bytes.Clone(data[:size/3]), 0)
			if err != nil || !got.Whole || !bytes.Equal(got.Bytes, data) {
				t.Errorf("%d bytes from a third on: fetched %d, %v", size, len(got.Bytes), err)
			}
		}
	}
	if left, err := os.ReadDir(filepath.Join(h.dir, "uploads")); err != nil || len(left) != 0 {
		t.Errorf("left of the uploads: %v, %v", left, err)
	}
}

func wantReceipt(t *testing.T, h *hall, m *member, n core.FileName, size int64) {
	t.Helper()
	ans, err := m.Ask(t.Context(), []core.FileName{n}, []core.FileName{n})
	if err != nil || len(ans.Receipts) != 1 || len(ans.Missing) != 0 || !slices.Equal(ans.Here, []string{string(n)}) {
		t.Fatalf("answer %+v, %v", ans, err)
	}
	r, err := wire.OpenFileReceipt(ans.Receipts[0], h.s.Key())
	if err != nil || r.Name != string(n) || r.Size != size || r.Epoch != 1 || r.Received != change.MillisOf(h.now) {
		t.Errorf("receipt %+v, %v", r, err)
	}
}

// Two tablets attach the same picture: it is kept once, and the second need
// not send it.
func TestTheSameContentIsSentOnce(t *testing.T) {
	h := newHall(t, attach.ServerConfig{})
	zhuoma, cairang := h.member("卓玛", "632323"), h.member("才让", "632323")
	data := photo(t, 600, 400)
	a, b := zhuoma.keep(data, "jpg"), cairang.keep(data, "jpeg")
	if a != b {
		t.Fatalf("one content has the names %s and %s", a, b)
	}
	if err := zhuoma.send(a); err != nil {
		t.Fatal(err)
	}
	wantReceipt(t, h, cairang, b, int64(len(data)))
	// Both at once, too: whoever is second replaces it by the same.
	if err := errors.Join(cairang.send(b), zhuoma.send(a)); err != nil {
		t.Fatal(err)
	}
	if got := all(t, h.files.Store()); !slices.Equal(got, []core.FileName{a}) {
		t.Errorf("the server has %v", got)
	}
}

func TestWhatIsNotAsItSaysIsRefused(t *testing.T) {
	h := newHall(t, attach.ServerConfig{MaxBytes: 500_000})
	m := h.member("卓玛", "632323")
	good := m.keep(noise(1, 400_000), "jpg")
	f, err := m.store.Open(good)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	f.Name = nameOf([]byte("another"), "jpg")
	wantRefusal(t, m.Upload(t.Context(), f, "", ignore), "refuse.file.hash")
	if h.files.Has(f.Name) || h.files.Has(good) {
		t.Error("a file with another hash was kept")
	}
	f.Name = "../../../etc/passwd"
	wantRefusal(t, m.Upload(t.Context(), f, "", ignore), "refuse.file")
	large := m.keep(noise(2, 500_001), "jpg")
	wantRefusal(t, m.send(large), "refuse.file.large")
	if h.files.Has(large) {
		t.Error("a file over the limit was kept")
	}
	if left, err := os.ReadDir(filepath.Join(h.dir, "uploads")); err != nil || len(left) != 0 {
		t.Errorf("left of the uploads: %v, %v", left, err)
	}
	for _, names := range [][]core.FileName{{"x"}, make([]core.FileName, wire.MaxFiles+1)} {
		if _, err := m.Ask(t.Context(), names, nil); err == nil {
			t.Errorf("a question about %d files was answered", len(names))
		}
	}
}

func ignore(string, int64) error { return nil }

// raw asks with the token of a tablet, or of nobody.
func raw(t *testing.T, method, to, token string, head map[string]string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, to, nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for k, v := range head {
		req.Header.Set(k, v)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

func TestNobodyGetsInWithoutASession(t *testing.T) {
	h := newHall(t, attach.ServerConfig{})
	h.member("卓玛", "632323")
	n := string(nameOf([]byte("x"), "jpg"))
	for _, tc := range [][2]string{
		{"POST", wire.PathFiles}, {"GET", wire.PathFiles + "/" + n}, {"POST", wire.PathUploads}, {"HEAD", wire.PathUploads + "x"}, {"PATCH", wire.PathUploads + "x"},
		{"DELETE", wire.PathUploads + "x"}, {"OPTIONS", wire.PathUploads},
	} {
		for _, token := range []string{"", "bm9uc2Vuc2U"} {
			if status, _ := raw(t, tc[0], h.http.URL+tc[1], token, nil); status != http.StatusUnauthorized {
				t.Errorf("%s %s without a session: %d", tc[0], tc[1], status)
			}
		}
	}
}

func TestOnlyItsTabletGoesOnWithAnUpload(t *testing.T) {
	h := newHall(t, attach.ServerConfig{})
	zhuoma, cairang := h.member("卓玛", "632323"), h.member("才让", "632323")
	at := zhuoma.half(noise(1, 1<<20))
	tus := map[string]string{"Tus-Resumable": "1.0.0"}
	if status, _ := raw(t, "HEAD", at, zhuoma.token, tus); status != http.StatusOK {
		t.Errorf("the own upload: %d", status)
	}
	id := at[strings.LastIndexByte(at, '/')+1:]
	for _, path := range []string{id, url.PathEscape(cairang.id.String()) + "-/../" + id, strings.Repeat("0", 65), id + ".info"} {
		for _, method := range []string{"HEAD", "DELETE"} {
			if status, _ := raw(t, method, h.http.URL+wire.PathUploads+path, cairang.token, tus); status != http.StatusForbidden && status != http.StatusMovedPermanently {
				t.Errorf("%s of another's upload as %q: %d", method, path, status)
			}
		}
	}
	if status, _ := raw(t, "HEAD", at, zhuoma.token, tus); status != http.StatusOK {
		t.Errorf("the own upload afterwards: %d", status)
	}
	if status, body := raw(t, "GET", at, zhuoma.token, tus); status == http.StatusOK {
		t.Errorf("an upload can be read back: %d bytes", len(body))
	}
}

var errKilled = errors.New("killed")

// half sends about half of a file, as a tablet does that dies then, and says
// where the upload stands.
func (m *member) half(data []byte) (at string) {
	m.t.Helper()
	n := m.keep(data, "m4a")
	f, err := m.store.Open(n)
	if err != nil {
		m.t.Fatal(err)
	}
	defer f.Close()
	ctx, kill := context.WithCancel(m.t.Context())
	defer kill()
	err = m.Upload(ctx, f, "", func(to string, offset int64) error {
		if at = to; offset >= f.Size/2 {
			kill()
			return errKilled
		}
		return nil
	})
	if !errors.Is(err, errKilled) {
		m.t.Fatalf("half an upload: %v", err)
	}
	return at
}

func TestAnUploadGoesOnInAnotherLife(t *testing.T) {
	h := newHall(t, attach.ServerConfig{})
	m := h.member("卓玛", "632323")
	data := noise(3, 2<<20)
	at := m.half(data)
	h.http.Close()
	h.open(attach.ServerConfig{}) // the server has another life, too, and another port
	m.Base = h.http.URL
	at = h.http.URL + at[strings.Index(at, wire.PathUploads):]
	f, err := m.store.Open(nameOf(data, "m4a"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	first := int64(-1)
	if err := m.Upload(t.Context(), f, at, func(to string, offset int64) error {
		if first < 0 {
			first = offset
		}
		if to != at {
			t.Errorf("goes on at %s, not at %s", to, at)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if first < f.Size/2 {
		t.Errorf("goes on from %d of %d", first, f.Size)
	}
	wantReceipt(t, h, m, f.Name, f.Size)
}

// An upload that the server gave up, or one of another server, is begun again.
func TestAnUploadThatIsGoneBeginsAgain(t *testing.T) {
	h := newHall(t, attach.ServerConfig{})
	m := h.member("卓玛", "632323")
	data := noise(3, 1<<20)
	for _, at := range []string{m.half(data), "https://elsewhere.example/v1/uploads/x", h.http.URL + wire.PathUploads + "nonsense"} {
		if err := os.RemoveAll(filepath.Join(h.dir, "files")); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(h.dir, "files"), 0o700); err != nil {
			t.Fatal(err)
		}
		list, err := filepath.Glob(filepath.Join(h.dir, "uploads", "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range list {
			if err := os.Remove(f); err != nil {
				t.Fatal(err)
			}
		}
		f, err := m.store.Open(nameOf(data, "m4a"))
		if err != nil {
			t.Fatal(err)
		}
		if err := m.Upload(t.Context(), f, at, ignore); err != nil {
			t.Errorf("%s: %v", at, err)
		}
		_ = f.Close()
		wantReceipt(t, h, m, f.Name, f.Size)
	}
}

func TestStaleUploadsAreGivenUp(t *testing.T) {
	now := time.Now()
	h := newHall(t, attach.ServerConfig{Now: func() time.Time { return now }})
	m := h.member("卓玛", "632323")
	at := m.half(noise(1, 1<<20))
	status := func() int {
		s, _ := raw(t, "HEAD", at, m.token, map[string]string{"Tus-Resumable": "1.0.0"})
		return s
	}
	now = now.Add(6 * 24 * time.Hour)
	if err := h.files.Sweep(); err != nil || status() != http.StatusOK {
		t.Errorf("after 6 days: %v, %d", err, status())
	}
	now = now.Add(2 * 24 * time.Hour)
	if err := h.files.Sweep(); err != nil || status() != http.StatusNotFound {
		t.Errorf("after 8 days: %v, %d", err, status())
	}
	if left, err := os.ReadDir(filepath.Join(h.dir, "uploads")); err != nil || slices.ContainsFunc(left, func(e os.DirEntry) bool { return !strings.HasSuffix(e.Name(), ".lock") }) {
		t.Errorf("left: %v, %v", left, err)
	}
}

func TestFilesAreForThoseWhoSeeTheirRecord(t *testing.T) {
	h := newHall(t, attach.ServerConfig{})
	zhuoma, stranger := h.member("卓玛", "632323"), h.member("外县", "632524")
	data := photo(t, 900, 600)
	n, other := zhuoma.keep(data, "jpg"), zhuoma.keep(noise(9, 100), "m4a")
	if err := errors.Join(zhuoma.send(n), zhuoma.send(other)); err != nil {
		t.Fatal(err)
	}
	ref, elsewhere := h.record(near, n), h.record(far, other)
	for _, thumb := range []bool{false, true} {
		if got, err := zhuoma.Fetch(t.Context(), n, ref, thumb, nil, 0); err != nil || thumb == bytes.Equal(got.Bytes, data) {
			t.Errorf("thumbnail %v of the own area: %v", thumb, err)
		}
		_, err := stranger.Fetch(t.Context(), n, ref, thumb, nil, 0)
		wantRefusal(t, err, "refuse.file.scope")
		// A record of the own area that doesn't name the file opens no door.
		_, err = stranger.Fetch(t.Context(), n, elsewhere, thumb, nil, 0)
		wantRefusal(t, err, "refuse.file.scope")
		_, err = zhuoma.Fetch(t.Context(), n, core.Ref{Kind: "person", ID: ref.ID}, thumb, nil, 0)
		wantRefusal(t, err, "refuse.file.scope")
	}
	// The record moves to the other county, and the right moves with it.
	r, _, err := h.s.Get(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	h.write(core.Edit{Ref: ref, From: r, Region: far})
	_, err = zhuoma.Fetch(t.Context(), n, ref, true, nil, 0)
	wantRefusal(t, err, "refuse.file.scope")
	if _, err := stranger.Fetch(t.Context(), n, ref, true, nil, 0); err != nil {
		t.Errorf("after the move: %v", err)
	}
	// The photo is taken off the record: nobody gets it by that record any more.
	if r, _, err = h.s.Get(t.Context(), ref); err != nil {
		t.Fatal(err)
	}
	h.write(core.Edit{Ref: ref, From: r, Set: map[string]change.Value{"photos": change.Null}})
	_, err = stranger.Fetch(t.Context(), n, ref, true, nil, 0)
	wantRefusal(t, err, "refuse.file.scope")
	// What everybody gets, everybody gets with its files.
	plan := core.Ref{Kind: "region", ID: h.s.NewID()}
	h.write(core.Edit{Ref: plan, Region: near, Set: map[string]change.Value{"code": change.Text(near), "name": change.Text("村"), "map": change.Text(string(n))}})
	if _, err := stranger.Fetch(t.Context(), n, plan, true, nil, 0); err != nil {
		t.Errorf("a file of what is shared: %v", err)
	}
	// A revoked tablet still brings what it has, and gets nothing.
	if err := h.s.Revoke(t.Context(), stranger.id, false); err != nil {
		t.Fatal(err)
	}
	for ref, name := range map[core.Ref]core.FileName{elsewhere: other, plan: n} {
		_, err = stranger.Fetch(t.Context(), name, ref, false, nil, 0)
		wantRefusal(t, err, "refuse.file.scope")
	}
	if err := stranger.send(stranger.keep([]byte("last work"), "m4a")); err != nil {
		t.Errorf("a revoked tablet's work: %v", err)
	}
}

// A file that is damaged on the server's disk is set aside, reported, and
// asked for again from whoever sees its record.
func TestADamagedFileIsAskedForAgain(t *testing.T) {
	h := newHall(t, attach.ServerConfig{})
	zhuoma, stranger := h.member("卓玛", "632323"), h.member("外县", "632524")
	data := photo(t, 900, 600)
	n := zhuoma.keep(data, "jpg")
	if err := zhuoma.send(n); err != nil {
		t.Fatal(err)
	}
	ref := h.record(near, n)
	path := filepath.Join(h.dir, "files", string(n[:2]), string(n))
	if err := os.WriteFile(path, append(bytes.Clone(data[:len(data)-1]), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := zhuoma.Fetch(t.Context(), n, ref, false, nil, 0); !errors.Is(err, attach.ErrAbsent) {
		t.Fatalf("a damaged file: %v", err)
	}
	ask := func(m *member, names ...core.FileName) *wire.FilesAnswer {
		t.Helper()
		ans, err := m.Ask(t.Context(), names, nil)
		if err != nil {
			t.Fatal(err)
		}
		return ans
	}
	if ans := ask(zhuoma); !slices.Equal(ans.Wanted, []string{string(n)}) {
		t.Errorf("wanted of the tablet: %+v", ans)
	}
	if ans := ask(stranger); len(ans.Wanted) != 0 {
		t.Errorf("another county is told: %+v", ans)
	}
	if got, err := h.files.Store().Damaged(); err != nil || !slices.Equal(got, []core.FileName{n}) {
		t.Errorf("damaged %v, %v", got, err)
	}
	// Another life of the server knows it from the folder.
	h.http.Close()
	h.open(attach.ServerConfig{})
	zhuoma.Base, stranger.Base = h.http.URL, h.http.URL
	if ans := ask(zhuoma); len(ans.Wanted) != 0 {
		t.Errorf("wanted before it was recalled: %+v", ans)
	}
	if err := h.files.Recall(t.Context()); err != nil {
		t.Fatal(err)
	}
	if ans := ask(zhuoma); !slices.Equal(ans.Wanted, []string{string(n)}) {
		t.Errorf("wanted in another life: %+v", ans)
	}
	if err := zhuoma.send(n); err != nil {
		t.Fatal(err)
	}
	if ans := ask(zhuoma, n); len(ans.Wanted) != 0 || len(ans.Receipts) != 1 {
		t.Errorf("after it came again: %+v", ans)
	}
	if got, err := zhuoma.Fetch(t.Context(), n, ref, false, nil, 0); err != nil || !bytes.Equal(got.Bytes, data) {
		t.Errorf("after it came again: %v", err)
	}
	// A spoiled thumbnail is made anew.
	if err := os.WriteFile(filepath.Join(h.dir, "thumbs", string(n[:2]), string(n)), []byte("spoiled"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := zhuoma.Fetch(t.Context(), n, ref, true, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, size := corners(t, got.Bytes); size.X != 320 {
		t.Errorf("thumbnail of %v", size)
	}
}

func TestABombIsKeptButNotDrawn(t *testing.T) {
	h := newHall(t, attach.ServerConfig{})
	m := h.member("卓玛", "632323")
	n := m.keep(bomb(50_000, 50_000), "png")
	if err := m.send(n); err != nil {
		t.Fatal(err)
	}
	ref := h.record(near, n)
	_, err := m.Fetch(t.Context(), n, ref, true, nil, 0)
	wantRefusal(t, err, "refuse.file.picture")
	if got, err := m.Fetch(t.Context(), n, ref, false, nil, 0); err != nil || !got.Whole {
		t.Errorf("the bytes themselves: %v", err)
	}
}

func TestAFetchKeepsToItsBound(t *testing.T) {
	h := newHall(t, attach.ServerConfig{})
	m := h.member("卓玛", "632323")
	n := m.keep(noise(1, 1000), "m4a")
	if err := m.send(n); err != nil {
		t.Fatal(err)
	}
	ref := h.record(near, n)
	_, err := m.Fetch(t.Context(), n, ref, false, nil, 999)
	wantRefusal(t, err, "refuse.file.policy")
	if got, err := m.Fetch(t.Context(), n, ref, false, nil, 1000); err != nil || !got.Whole {
		t.Error(err)
	}
}

// badLine is a way to the server that breaks: it counts what the tablet sends,
// and each time another tenth has gone through it throws away what it holds and
// hangs up.
type badLine struct {
	ln    net.Listener
	to    string
	every int64
	limit int
	sent  atomic.Int64
	cuts  atomic.Int64
}

func newBadLine(t testing.TB, to string, every int64, limit int) *badLine {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &badLine{ln: ln, to: strings.TrimPrefix(to, "http://"), every: every, limit: limit}
	t.Cleanup(func() { _ = ln.Close() })
	go func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			go l.carry(c)
		}
	}()
	return l
}

func (l *badLine) carry(c net.Conn) {
	defer c.Close()
	s, err := net.Dial("tcp", l.to)
	if err != nil {
		return
	}
	defer s.Close()
	go func() {
		_, _ = io.Copy(c, s)
		_ = c.Close()
	}()
	b := make([]byte, 16<<10)
	for {
		n, err := c.Read(b)
		if l.cut(n) || err != nil {
			return
		}
		if _, err := s.Write(b[:n]); err != nil {
			return
		}
	}
}

func (l *badLine) cut(n int) bool {
	cuts := l.cuts.Load()
	return l.sent.Add(int64(n)) > (cuts+1)*l.every && cuts < int64(l.limit) && l.cuts.CompareAndSwap(cuts, cuts+1)
}

// holding is a worse way: a gateway that passes a request on only when it has
// all of it, and loses the whole request when it breaks.
func holding(t testing.TB, to string, every int64, limit int) (base string, l *badLine) {
	t.Helper()
	l = &badLine{every: every, limit: limit}
	target, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	pass := httputil.NewSingleHostReverseProxy(target)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		var head bytes.Buffer
		_ = r.Header.Write(&head)
		if l.cut(len(b)+head.Len()+len(r.URL.Path)+20) || err != nil {
			panic(http.ErrAbortHandler)
		}
		r.Body = io.NopCloser(bytes.NewReader(b))
		pass.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	return srv.URL, l
}

const large = 50_000_000 // bytes of the file in the promise

// cutTenTimes uploads 50 MB over a line that breaks ten times, and gives what
// was sent in all.
func cutTenTimes(t testing.TB, h *hall, m *member, data []byte, l *badLine) int64 {
	t.Helper()
	n := m.keep(data, "m4a")
	if err := m.send(n); err != nil {
		t.Fatal(err)
	}
	if l.cuts.Load() != 10 {
		t.Fatalf("the line broke %d times", l.cuts.Load())
	}
	got, err := h.files.Store().Read(n)
	if err != nil || !bytes.Equal(got, data) {
		t.Fatalf("arrived %d bytes, %v", len(got), err)
	}
	return l.sent.Load()
}

func TestTenInterruptionsCostLittle(t *testing.T) {
	data := noise(4, large)
	for _, way := range []string{"cut", "held back"} {
		t.Run(way, func(t *testing.T) {
			h := newHall(t, attach.ServerConfig{})
			m := h.member("卓玛", "632323")
			var l *badLine
			if way == "cut" {
				l = newBadLine(t, h.http.URL, large/11, 10)
				m.Base = "http://" + l.ln.Addr().String()
			} else {
				m.Base, l = holding(t, h.http.URL, large/11, 10)
			}
			m.Client = &http.Client{Transport: &http.Transport{}}
			sent := cutTenTimes(t, h, m, data, l)
			t.Logf("%d bytes for %d: %.4f", sent, large, float64(sent)/large)
			if sent > large*105/100 {
				t.Errorf("sent %d bytes for %d", sent, large)
			}
		})
	}
}

// A session that is over is renewed in the middle of an upload.
func TestTheSessionIsRenewedOnTheWay(t *testing.T) {
	h := newHall(t, attach.ServerConfig{})
	m := h.member("卓玛", "632323")
	var mu sync.Mutex
	asked := 0
	m.Token = func(_ context.Context, renew bool) (string, error) {
		mu.Lock()
		defer mu.Unlock()
		if renew {
			asked++
			return m.token, nil
		}
		return "bm9uc2Vuc2U", nil
	}
	n := m.keep(noise(1, 300_000), "m4a")
	if err := m.send(n); err != nil || asked < 2 {
		t.Errorf("%v, asked for a new session %d times", err, asked)
	}
	m.Token = func(context.Context, bool) (string, error) { return "bm9uc2Vuc2U", nil }
	_, err := m.Ask(t.Context(), nil, nil)
	if err == nil {
		t.Error("nonsense was taken for a session")
	}
}
