package client_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"io/fs"
	"math/rand"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/core/store/sqlite"
	"muqu/sync/attach"
	"muqu/sync/client"
	"muqu/sync/ingest"
)

// office is a server with files behind real HTTP.
type office struct {
	t     *testing.T
	dir   string
	now   time.Time
	db    *sqlite.DB
	s     *ingest.Server
	files *attach.Server
	http  *httptest.Server
	slow  func(*http.Request) // called before a request is answered; nil: nothing
}

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{t: t, dir: t.TempDir(), now: time.Date(2026, 6, 1, 8, 0, 0, 0, time.UTC)}
	o.start()
	o.http = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if o.slow != nil {
			o.slow(r)
		}
		mux := http.NewServeMux()
		o.s.Routes(mux)
		if o.files != nil {
			o.files.Routes(mux)
		}
		mux.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		o.http.Close()
		o.stop()
	})
	return o
}

func (o *office) start() {
	o.t.Helper()
	var err error
	if o.db, err = sqlite.Open(context.Background(), filepath.Join(o.dir, "muqu.db")); err != nil {
		o.t.Fatal(err)
	}
	if o.s, err = ingest.New(context.Background(), o.db, ingest.Config{Now: func() time.Time { return o.now }}); err != nil {
		o.t.Fatal(err)
	}
	if o.files, err = attach.NewServer(o.dir, o.s, attach.ServerConfig{MaxBytes: 4 << 20}); err != nil {
		o.t.Fatal(err)
	}
}

func (o *office) stop() {
	o.s.Close()
	if err := o.db.Close(); err != nil {
		o.t.Error(err)
	}
}

func (o *office) tablet(dir, name string, scope ...string) *client.Tablet {
	o.t.Helper()
	tab := o.open(dir)
	code, err := o.s.NewCode(o.t.Context(), store.Code{Name: name, Role: core.FieldWorker, Scope: scope})
	if err != nil {
		o.t.Fatal(err)
	}
	if err := tab.Enroll(o.t.Context(), client.Invitation{URL: o.http.URL, Code: code}); err != nil {
		o.t.Fatal(err)
	}
	return tab
}

func (o *office) open(dir string) *client.Tablet {
	o.t.Helper()
	tab, err := client.Open(o.t.Context(), dir, client.Config{Now: func() time.Time { return o.now }, FilePause: time.Millisecond})
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Cleanup(func() { _ = tab.Close() })
	return tab
}

func noise(seed int64, n int) []byte {
	b := make([]byte, n)
	rand.New(rand.NewSource(seed)).Read(b)
	return b
}

// photo is a JPEG that does not compress well.
func photo(t *testing.T, seed int64, w, h int) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	r := rand.New(rand.NewSource(seed))
	for y := range h {
		for x := range w {
			m.SetRGBA(x, y, color.RGBA{uint8(r.Intn(256)), uint8(x), uint8(y), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// attachTo writes the names of files into the photos of a new household.
func attachTo(t *testing.T, tab *client.Tablet, names ...core.FileName) core.Ref {
	t.Helper()
	ref := core.Ref{Kind: "household", ID: tab.NewID()}
	list := make([]change.Value, len(names))
	for i, n := range names {
		list[i] = change.Text(string(n))
	}
	_, err := tab.Commit(t.Context(), []core.Edit{{Ref: ref, Region: village, Set: map[string]change.Value{"head_name": change.Text("甲"), "photos": change.ListOf(list)}}})
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

func keepPhoto(t *testing.T, tab *client.Tablet, data []byte) core.FileName {
	t.Helper()
	n, err := tab.KeepPhoto(t.Context(), data, 0)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func keepFile(t *testing.T, tab *client.Tablet, data []byte) core.FileName {
	t.Helper()
	n, err := tab.KeepFile(t.Context(), bytes.NewReader(data), "m4a")
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func syncWith(t *testing.T, tab *client.Tablet, o client.Options) client.Result {
	t.Helper()
	r, err := tab.SyncWith(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// syncOf syncs, and no file may make trouble.
func syncOf(t *testing.T, tab *client.Tablet) client.Result {
	t.Helper()
	r := syncWith(t, tab, client.Options{})
	if r.Files.Err != nil {
		t.Fatal(r.Files.Err)
	}
	return r
}

func fileOf(t *testing.T, tab *client.Tablet, n core.FileName) store.File {
	t.Helper()
	f, _, err := tab.File(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func wantKey(t *testing.T, err error, key string) {
	t.Helper()
	var r *core.Refusal
	if !errors.As(err, &r) || r.Key != key {
		t.Errorf("got %v, want %s", err, key)
	}
}

func TestPhotosFollowTheirRecords(t *testing.T) {
	o := newOffice(t)
	zhuoma, cairang := o.tablet(t.TempDir(), "卓玛", "632323"), o.tablet(t.TempDir(), "才让", "632323")
	taken := photo(t, 1, 2000, 1500)
	n := keepPhoto(t, zhuoma, taken)
	if r := syncOf(t, zhuoma); r.Attachments != 0 || o.files.Has(n) {
		t.Errorf("the photo of a draft was sent: %+v", r)
	}
	attachTo(t, zhuoma, n)
	if st, err := zhuoma.Status(t.Context()); err != nil || st.Files.Unsent != 1 || st.Files.UnsentBytes == 0 || st.Files.UnsentBytes >= int64(len(taken)) {
		t.Errorf("status %+v, %v", st.Files, err)
	}
	r := syncOf(t, zhuoma)
	f := fileOf(t, zhuoma, n)
	if r.Attachments != 1 || r.Pushed != 1 || f.Safe != store.AtCentre || f.Received != change.MillisOf(o.now) || len(f.Receipt) == 0 || !o.files.Has(n) {
		t.Errorf("result %+v, file %+v", r, f)
	}
	small, err := zhuoma.ReadFile(t.Context(), n, false)
	if err != nil {
		t.Fatal(err)
	}
	if size, err := jpeg.DecodeConfig(bytes.NewReader(small)); err != nil || size.Width != 1600 || size.Height != 1200 {
		t.Errorf("sent %d×%d, %v", size.Width, size.Height, err)
	}
	// The other tablet has the thumbnail with the record, the whole by a tap.
	if r := syncOf(t, cairang); r.Attachments != 1 || r.Pulled != 1 {
		t.Errorf("the other tablet: %+v", r)
	}
	if thumb, err := cairang.ReadFile(t.Context(), n, true); err != nil || len(thumb) >= len(small) {
		t.Errorf("thumbnail of %d bytes, %v", len(thumb), err)
	}
	_, err = cairang.ReadFile(t.Context(), n, false)
	wantKey(t, err, "refuse.file.elsewhere")
	if err := cairang.FetchFile(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	if b, err := cairang.ReadFile(t.Context(), n, false); err != nil || !bytes.Equal(b, small) {
		t.Errorf("the whole file: %d bytes, %v", len(b), err)
	}
	// Once is enough, for both.
	for _, tab := range []*client.Tablet{zhuoma, cairang} {
		if r := syncOf(t, tab); r.Attachments != 0 || r.BytesOut+r.BytesIn > 600 {
			t.Errorf("a sync with nothing to do: %+v", r)
		}
	}
}

// What the disk of a tablet holds says nothing about a picture.
func TestFilesOnTheTabletAreEncrypted(t *testing.T) {
	dir := t.TempDir()
	tab := open(t, dir)
	data := noise(1, 100_000)
	n := keepFile(t, tab, data)
	p := keepPhoto(t, tab, photo(t, 1, 100, 100))
	found := 0
	err := filepath.WalkDir(filepath.Join(dir, "attachments"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if !bytes.HasPrefix(b, []byte("age-encryption.org/v1\n")) || bytes.Contains(b, data[5000:5100]) || bytes.Contains(b, []byte("JFIF")) {
			t.Errorf("%s can be read", path)
		}
		found++
		return err
	})
	if err != nil || found != 3 {
		t.Errorf("%d files for a recording, a photo and its thumbnail, %v", found, err)
	}
	if b, err := tab.ReadFile(t.Context(), n, false); err != nil || !bytes.Equal(b, data) {
		t.Error(err)
	}
	if _, err := tab.ReadFile(t.Context(), p, true); err != nil {
		t.Error(err)
	}
}

func TestOriginalsAreKeptByPolicy(t *testing.T) {
	for _, keep := range []bool{false, true} {
		tab := open(t, t.TempDir())
		if err := tab.SetPolicy(t.Context(), attach.Policy{KeepOriginals: keep, LongSide: 640}); err != nil {
			t.Fatal(err)
		}
		taken := photo(t, 1, 800, 600)
		n := keepPhoto(t, tab, taken)
		b, err := tab.ReadOriginal(t.Context(), n)
		if keep && (err != nil || !bytes.Equal(b, taken)) || !keep && err == nil {
			t.Errorf("policy %v: original of %d bytes, %v", keep, len(b), err)
		}
		small, err := tab.ReadFile(t.Context(), n, false)
		if size, _, e := image.DecodeConfig(bytes.NewReader(small)); err != nil || e != nil || size.Width != 640 {
			t.Errorf("photo of %d pixels, %v, %v", size.Width, err, e)
		}
		// A form may ask for less than the policy lets, never for more.
		for asked, want := range map[int]int{320: 320, 5000: 640} {
			n, err := tab.KeepPhoto(t.Context(), taken, asked)
			if err != nil {
				t.Fatal(err)
			}
			b, err := tab.ReadFile(t.Context(), n, false)
			if size, _, e := image.DecodeConfig(bytes.NewReader(b)); err != nil || e != nil || size.Width != want {
				t.Errorf("asked for %d: %d pixels", asked, size.Width)
			}
		}
	}
	tab := open(t, t.TempDir())
	_, err := tab.KeepPhoto(t.Context(), []byte("no picture"), 0)
	wantKey(t, err, "refuse.file.picture")
	_, err = tab.KeepFile(t.Context(), bytes.NewReader(make([]byte, attach.DefaultMaxBytes+1)), "m4a")
	wantKey(t, err, "refuse.file.large")
	if err := tab.SetPolicy(t.Context(), attach.Policy{Network: "x"}); err == nil {
		t.Error("a policy that can't be meant was taken")
	}
}

// Every choice of the settings, against what a person does and the file's size.
func TestThePolicyDecidesWhatIsSent(t *testing.T) {
	o := newOffice(t)
	n := int64(0)
	for _, network := range []attach.Network{"", attach.Always, attach.Asked, attach.Never} {
		for _, most := range []int64{0, 999, 1000} {
			for _, files := range []client.Files{client.FilesByPolicy, client.FilesAsked, client.FilesLater} {
				n++
				tab := o.tablet(t.TempDir(), "卓玛", "632323")
				if err := tab.SetPolicy(t.Context(), attach.Policy{Network: network, MaxBytes: most}); err != nil {
					t.Fatal(err)
				}
				name := keepFile(t, tab, noise(n, 1000))
				attachTo(t, tab, name)
				r := syncWith(t, tab, client.Options{Files: files})
				want := files != client.FilesLater && network != attach.Never && (files == client.FilesAsked || network != attach.Asked && most != 999)
				if got := o.files.Has(name); got != want || (r.Attachments == 1) != want || r.Pushed != 1 || r.Files.Err != nil {
					t.Errorf("network %q, at most %d, files %d: sent %v, %+v", network, most, files, got, r)
				}
			}
		}
	}
}

func TestTroubleWithFilesIsNoneWithRecords(t *testing.T) {
	o := newOffice(t)
	tab := o.tablet(t.TempDir(), "卓玛", "632323")
	large := keepFile(t, tab, noise(1, 4<<20+1)) // more than this server takes
	good := keepFile(t, tab, noise(2, 1000))
	attachTo(t, tab, large, good)
	r := syncOf(t, tab)
	if r.Pushed != 1 || r.Attachments != 1 || r.Files.Left != 1 || !o.files.Has(good) {
		t.Errorf("one file too large: %+v", r)
	}
	if f := fileOf(t, tab, large); f.Trouble != "refuse.file.large" || f.Safe != store.HereOnly || f.Held&store.Whole == 0 {
		t.Errorf("the file too large: %+v", f)
	}
	files := o.files
	o.files = nil // a server that knows nothing of files
	attachTo(t, tab, keepFile(t, tab, noise(3, 1000)))
	if r := syncWith(t, tab, client.Options{}); r.Pushed != 1 || r.Attachments != 0 || r.Files.Err == nil {
		t.Errorf("a server without files: %+v", r)
	}
	o.files = files
	ctx, stop := context.WithCancel(t.Context())
	o.slow = func(r *http.Request) {
		if r.URL.Path == "/v1/uploads/" {
			stop() // the worker has enough
		}
	}
	attachTo(t, tab, keepFile(t, tab, noise(4, 1000)))
	if r, err := tab.SyncWith(ctx, client.Options{}); err != nil || r.Pushed != 1 || r.Files.Err == nil {
		t.Errorf("stopped among the files: %+v, %v", r, err)
	}
	o.slow = nil
	if r := syncOf(t, tab); r.Attachments != 2 {
		t.Errorf("afterwards: %+v", r)
	}
}

// The tablet is killed in the middle of an upload: the next life goes on from
// there.
func TestAKilledTabletGoesOnWithItsUpload(t *testing.T) {
	o := newOffice(t)
	dir := t.TempDir()
	tab := o.tablet(dir, "卓玛", "632323")
	data := noise(1, 3<<20)
	n := keepFile(t, tab, data)
	attachTo(t, tab, n)
	ctx, kill := context.WithCancel(t.Context())
	var before client.Result
	before, err := tab.SyncWith(ctx, client.Options{Progress: func(p client.Progress) {
		if p.FileBytes > 1<<20 {
			kill()
		}
	}})
	if err != nil || before.Attachments != 0 || fileOf(t, tab, n).Upload == "" {
		t.Fatalf("killed: %+v, %v", before, err)
	}
	if err := tab.Close(); err != nil {
		t.Fatal(err)
	}
	tab = o.open(dir)
	after := syncOf(t, tab)
	if after.Attachments != 1 || !o.files.Has(n) {
		t.Errorf("the next life: %+v", after)
	}
	if sent := before.BytesOut + after.BytesOut; sent > int64(len(data))*110/100 {
		t.Errorf("sent %d bytes for %d", sent, len(data))
	}
	if f := fileOf(t, tab, n); f.Upload != "" || f.Safe != store.AtCentre {
		t.Errorf("afterwards %+v", f)
	}
}

// A server that was restored from a backup has lost files: tablets bring them
// back, their own and those that they fetched.
func TestARestoredServerGetsTheFilesAgain(t *testing.T) {
	o := newOffice(t)
	zhuoma, cairang := o.tablet(t.TempDir(), "卓玛", "632323"), o.tablet(t.TempDir(), "才让", "632323")
	own, fetched := keepFile(t, zhuoma, noise(1, 1000)), keepFile(t, zhuoma, noise(2, 1000))
	attachTo(t, zhuoma, own)
	attachTo(t, zhuoma, fetched)
	syncOf(t, zhuoma)
	syncOf(t, cairang)
	if err := cairang.FetchFile(t.Context(), fetched); err != nil {
		t.Fatal(err)
	}
	o.stop()
	if err := os.RemoveAll(filepath.Join(o.dir, "files")); err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.Open(t.Context(), filepath.Join(o.dir, "muqu.db"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(ingest.MarkRestored(t.Context(), db, 1), db.Close()); err != nil {
		t.Fatal(err)
	}
	o.start()
	if r := syncOf(t, cairang); r.Attachments != 1 || !o.files.Has(fetched) || o.files.Has(own) {
		t.Errorf("who fetched one: %+v", r)
	}
	if r := syncOf(t, zhuoma); r.Attachments != 2 || !o.files.Has(own) {
		t.Errorf("who made both: %+v", r)
	}
	for _, n := range []core.FileName{own, fetched} {
		if f := fileOf(t, zhuoma, n); f.Safe != store.AtCentre || len(f.Receipt) == 0 {
			t.Errorf("%+v", f)
		}
	}
}

// spoil flips a bit of a file on a tablet's disk.
func spoil(t *testing.T, dir string, n core.FileName) {
	t.Helper()
	path := filepath.Join(dir, "attachments", string(n[:2]), string(n))
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)-1] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestADamagedFileOnTheTabletIsFetchedAgain(t *testing.T) {
	o := newOffice(t)
	dir := t.TempDir()
	tab := o.tablet(dir, "卓玛", "632323")
	sent, unsent := keepFile(t, tab, noise(1, 1000)), keepFile(t, tab, noise(2, 1000))
	attachTo(t, tab, sent)
	syncOf(t, tab)
	attachTo(t, tab, unsent)
	spoil(t, dir, sent)
	spoil(t, dir, unsent)
	_, err := tab.ReadFile(t.Context(), sent, false)
	wantKey(t, err, "refuse.file.elsewhere")
	if r := syncOf(t, tab); r.Attachments != 1 || r.Files.Fetched != 1 {
		t.Errorf("the next sync: %+v", r)
	}
	if b, err := tab.ReadFile(t.Context(), sent, false); err != nil || !bytes.Equal(b, noise(1, 1000)) {
		t.Errorf("fetched again: %v", err)
	}
	// What nobody else has is lost, and said to be.
	if f := fileOf(t, tab, unsent); f.Trouble != "refuse.file.damaged" || f.Held != 0 {
		t.Errorf("the damaged file: %+v", f)
	}
	_, err = tab.ReadFile(t.Context(), unsent, false)
	wantKey(t, err, "refuse.file.elsewhere")
	// Somebody else has the same bytes, and the tablet gets them from there.
	other := o.tablet(t.TempDir(), "才让", "632323")
	attachTo(t, other, keepFile(t, other, noise(2, 1000)))
	syncOf(t, other)
	syncOf(t, tab)
	if b, err := tab.ReadFile(t.Context(), unsent, false); err != nil || !bytes.Equal(b, noise(2, 1000)) {
		t.Errorf("got from another tablet's copy: %v", err)
	}
}

// The server's disk spoils a file: once a day tablets are told, and send it
// again.
func TestAServersDamageIsMendedByTheTablet(t *testing.T) {
	o := newOffice(t)
	tab := o.tablet(t.TempDir(), "卓玛", "632323")
	n := keepFile(t, tab, noise(1, 1000))
	ref := attachTo(t, tab, n)
	syncOf(t, tab)
	path := filepath.Join(o.dir, "files", string(n[:2]), string(n))
	if err := os.WriteFile(path, []byte("spoiled"), 0o600); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	err := o.files.Serve(w, httptest.NewRequest("GET", "/", nil), n, ref, false)
	wantKey(t, err, "refuse.file.absent")
	if r := syncOf(t, tab); r.Attachments != 0 {
		t.Errorf("asked too early: %+v", r)
	}
	o.now = o.now.Add(25 * time.Hour)
	if r := syncOf(t, tab); r.Attachments != 1 {
		t.Errorf("%+v", r)
	}
	if b, err := o.files.Store().Read(n); err != nil || !bytes.Equal(b, noise(1, 1000)) {
		t.Errorf("a day later: %v", err)
	}
}

func TestFilesLeaveWithTheirRecordAndAge(t *testing.T) {
	o := newOffice(t)
	dirs := []string{t.TempDir(), t.TempDir()}
	zhuoma, cairang := o.tablet(dirs[0], "卓玛", "63"), o.tablet(dirs[1], "才让", "632323")
	n := keepPhoto(t, zhuoma, photo(t, 1, 600, 400))
	ref := attachTo(t, zhuoma, n)
	syncOf(t, zhuoma)
	syncOf(t, cairang)
	if fileOf(t, cairang, n).Held != store.Thumb {
		t.Fatalf("%+v", fileOf(t, cairang, n))
	}
	r, _, err := zhuoma.Get(t.Context(), ref)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := zhuoma.Commit(t.Context(), []core.Edit{{Ref: ref, From: r, Region: "632524100201"}}); err != nil {
		t.Fatal(err)
	}
	syncOf(t, zhuoma)
	syncWith(t, cairang, client.Options{Files: client.FilesLater}) // what is not to be here goes whether files are moved or not
	if _, found, err := cairang.File(t.Context(), n); found || err != nil {
		t.Errorf("the file of a record that left: %v, %v", found, err)
	}
	if left, err := filepath.Glob(filepath.Join(dirs[1], "attachments", "*", "*", "*")); err != nil || len(left) != 0 {
		t.Errorf("left on the disk: %v, %v", left, err)
	}
	// Ninety days after the receipt the thumbnail is enough.
	for _, days := range []int{89, 2, 0} {
		o.now = o.now.Add(time.Duration(days) * 24 * time.Hour)
		syncOf(t, zhuoma)
		held := fileOf(t, zhuoma, n).Held
		if days == 89 && held != store.Thumb|store.Whole || days == 0 && held != store.Thumb {
			t.Errorf("after %d more days: %d", days, held)
		}
	}
	if err := zhuoma.FetchFile(t.Context(), n); err != nil {
		t.Errorf("fetched back: %v", err)
	}
}

// A lost tablet is emptied when its photos are safe, whatever its settings.
func TestALostTabletBringsItsFilesFirst(t *testing.T) {
	o := newOffice(t)
	dir := t.TempDir()
	tab := o.tablet(dir, "卓玛", "632323")
	if err := tab.SetPolicy(t.Context(), attach.Policy{Network: attach.Never}); err != nil {
		t.Fatal(err)
	}
	n := keepFile(t, tab, noise(1, 1000))
	attachTo(t, tab, n)
	syncOf(t, tab)
	if err := o.s.Revoke(t.Context(), tab.Identity().Device, true); err != nil {
		t.Fatal(err)
	}
	files := o.files
	o.files = nil
	if _, err := tab.Sync(t.Context(), nil); err != nil {
		t.Errorf("while files can't be sent: %v", err)
	}
	o.files = files
	if _, err := tab.Sync(t.Context(), nil); !errors.Is(err, client.ErrWiped) {
		t.Errorf("when they can: %v", err)
	}
	if !o.files.Has(n) {
		t.Error("the tablet was emptied before its file was safe")
	}
	if left, err := filepath.Glob(filepath.Join(dir, "attachments", "??", "*")); err != nil || len(left) != 0 {
		t.Errorf("left on the disk: %v, %v", left, err)
	}
	if _, err := tab.KeepFile(t.Context(), bytes.NewReader([]byte("x")), "m4a"); err != nil {
		t.Errorf("an emptied tablet begins anew: %v", err)
	}
}

// Without any line, by hand, as a bundle does it.
func TestFilesGoByHand(t *testing.T) {
	o := newOffice(t)
	zhuoma, cairang := o.tablet(t.TempDir(), "卓玛", "632323"), o.tablet(t.TempDir(), "才让", "632323")
	n := keepPhoto(t, zhuoma, photo(t, 1, 600, 400))
	attachTo(t, zhuoma, n)
	later := client.Options{Files: client.FilesLater}
	syncWith(t, zhuoma, later)
	list, err := zhuoma.FilesToSend(t.Context())
	if err != nil || len(list) != 1 || list[0].Name != n {
		t.Fatalf("to send %v, %v", list, err)
	}
	f, err := zhuoma.OpenFile(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := o.files.Take(n, f.Reader(0)); err != nil {
		t.Fatal(err)
	}
	ans, err := o.files.Answer(t.Context(), []string{string(n)})
	if err != nil {
		t.Fatal(err)
	}
	if err := zhuoma.TakeFilesAnswer(t.Context(), ans); err != nil || fileOf(t, zhuoma, n).Safe != store.AtCentre {
		t.Errorf("after the receipt: %+v, %v", fileOf(t, zhuoma, n), err)
	}
	if list, err := zhuoma.FilesToSend(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("still to send %v, %v", list, err)
	}
	// A receipt that somebody else signed counts for nothing.
	forged := newOffice(t)
	if err := forged.files.Take(n, f.Reader(0)); err != nil {
		t.Fatal(err)
	}
	if ans, err = forged.files.Answer(t.Context(), []string{string(n)}); err != nil {
		t.Fatal(err)
	}
	if err := zhuoma.TakeFilesAnswer(t.Context(), ans); err == nil {
		t.Error("a receipt of another server was believed")
	}
	// The other way.
	thumb, err := o.files.Thumb(n)
	if err != nil {
		t.Fatal(err)
	}
	if err := cairang.TakeFile(t.Context(), n, store.Thumb, bytes.NewReader(thumb)); err != nil {
		t.Fatal(err)
	}
	if _, found, _ := cairang.File(t.Context(), n); found {
		t.Error("a file that no record names was taken")
	}
	syncWith(t, cairang, later)
	if wanted, err := cairang.FilesWanted(t.Context()); err != nil || len(wanted) != 1 {
		t.Errorf("wanted %v, %v", wanted, err)
	}
	for range 2 {
		if err := cairang.TakeFile(t.Context(), n, store.Thumb, bytes.NewReader(thumb)); err != nil {
			t.Fatal(err)
		}
	}
	if err := cairang.TakeFile(t.Context(), n, store.Whole, bytes.NewReader([]byte("other bytes"))); !errors.Is(err, attach.ErrHash) {
		t.Errorf("other bytes: %v", err)
	}
	if err := cairang.TakeFile(t.Context(), n, store.Whole, f.Reader(0)); err != nil {
		t.Fatal(err)
	}
	if b, err := cairang.ReadFile(t.Context(), n, true); err != nil || !bytes.Equal(b, thumb) || fileOf(t, cairang, n).Held != store.Thumb|store.Whole {
		t.Errorf("taken: %+v, %v", fileOf(t, cairang, n), err)
	}
}
