package screen

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"

	"muqu/app/tablet/theme"
	"muqu/app/tablet/widget"
	"muqu/assets"
	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/core/store/sqlite"
	"muqu/sync/attach"
	"muqu/sync/client"
	"muqu/sync/ingest"
)

// world is a tablet with the app on it, enrolled with a server on the same
// machine: a real folder, a real server, a window of Fyne's test driver, a
// clock that stands still.
type world struct {
	*testing.T
	centre *centre
	tablet *client.Tablet
	link   *link
	shell  *Shell
	window fyne.Window
	loop   *loop
}

// loop does work on another goroutine, as the app does, and hands what is to
// be shown back to the goroutine of the test, which plays the UI thread.
type loop struct {
	news    chan news
	waiting int // pieces of work under way
}

// news is what a goroutine has to show.
type news struct {
	show func()
	last bool // the work is done
}

func (l *loop) run(work func() func()) {
	l.waiting++
	go func() { l.news <- news{work(), true} }()
}

// post is called from work that goes on.
func (l *loop) post(show func()) { l.news <- news{show, false} }

// settle waits for all work and shows what came of it.
func (l *loop) settle() {
	for l.waiting > 0 {
		n := <-l.news
		if n.last {
			l.waiting--
		}
		if n.show != nil {
			n.show()
		}
	}
}

// link is a tablet of which a test can play the server's part.
type link struct {
	*client.Tablet
	enroll func(invitation client.Invitation) error // nil = as it is
	sync   func(ctx context.Context, progress func(client.Progress)) (client.Result, error)
}

func (l *link) Enroll(ctx context.Context, invitation client.Invitation) error {
	if l.enroll != nil {
		return l.enroll(invitation)
	}
	return l.Tablet.Enroll(ctx, invitation)
}

func (l *link) SyncWith(ctx context.Context, o client.Options) (client.Result, error) {
	if l.sync != nil {
		return l.sync(ctx, o.Progress)
	}
	return l.Tablet.SyncWith(ctx, o)
}

// centre is the server.
type centre struct {
	*ingest.Server
	files *attach.Server
	url   string
}

func newCentre(t *testing.T) *centre {
	t.Helper()
	ctx := context.Background()
	db, err := sqlite.Open(ctx, filepath.Join(t.TempDir(), "muqu.db"))
	if err != nil {
		t.Fatal(err)
	}
	server, err := ingest.New(ctx, db, ingest.Config{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	files, err := attach.NewServer(t.TempDir(), server, attach.ServerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	server.Routes(mux)
	files.Routes(mux)
	web := httptest.NewServer(mux)
	t.Cleanup(func() {
		web.Close()
		server.Close()
		db.Close()
	})
	return &centre{server, files, web.URL}
}

// tablet opens a new tablet; name is who carries it, "" = it is not enrolled.
func (c *centre) tablet(t *testing.T, name string) *client.Tablet {
	t.Helper()
	table, err := regions()
	if err != nil {
		t.Fatal(err)
	}
	tablet, err := client.Open(context.Background(), t.TempDir(), client.Config{Regions: table, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tablet.Close() })
	if name != "" {
		if err := tablet.Enroll(context.Background(), client.Invitation{URL: c.url, Code: c.code(t, name)}); err != nil {
			t.Fatal(err)
		}
	}
	return tablet
}

// code returns an invitation for a field worker of the county.
func (c *centre) code(t *testing.T, name string) string {
	t.Helper()
	code, err := c.NewCode(context.Background(), store.Code{Name: name, Role: core.FieldWorker, Scope: core.Scope{"632323"}})
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// regions are read once: nothing changes them.
var regions = sync.OnceValues(func() (*core.Regions, error) { return core.ReadRegions(bytes.NewReader(assets.Regions())) })

// village is a village of the worker's county.
const village = "632323100201"

func now() time.Time { return time.Date(2026, 11, 22, 9, 30, 0, 0, time.FixedZone("", 8*3600)) }

// open starts the app on a new tablet and shows first.
func open(t *testing.T, first Screen) *world {
	t.Helper()
	return openFor(t, "测试员", first)
}

// openFor starts the app on the tablet of somebody, "" = of nobody yet.
func openFor(t *testing.T, name string, first Screen) *world {
	t.Helper()
	w := &world{T: t, centre: newCentre(t)}
	w.tablet = w.centre.tablet(t, name)
	w.link = &link{Tablet: w.tablet}
	w.start(first)
	return w
}

// inline does all work at once from here on, so that a test can look on while
// it runs.
func (w *world) inline() {
	w.loop.settle()
	w.shell.Run, w.shell.Post = widget.Inline, func(show func()) { show() }
}

// start opens the app again on the same tablet, as after a kill.
func (w *world) start(first Screen) {
	w.Helper()
	table, err := regions()
	if err != nil {
		w.Fatal(err)
	}
	test.NewTempApp(w.T).Settings().SetTheme(theme.New())
	if w.loop != nil {
		w.loop.settle()
	}
	w.loop = &loop{news: make(chan news)}
	w.window = test.NewTempWindow(w.T, canvas.NewRectangle(nil))
	w.window.Resize(fyne.NewSize(1280, 800))
	w.shell = New(context.Background(), Config{Window: w.window, Book: w.tablet, Drafts: w.tablet, Tablet: w.link, Courier: w.tablet, Servers: w.tablet, Pictures: w.tablet,
		Regions: table, Now: now, Run: w.loop.run, Post: w.loop.post, Patience: 1}, first)
	w.window.Resize(fyne.NewSize(1280, 800))
	w.loop.settle()
}

// toast returns what the toast says.
func (w *world) toast() string {
	w.loop.settle()
	return w.shell.toast.Text()
}

// put writes a record and returns it.
func (w *world) put(kind string, fields map[string]any) core.Record {
	w.Helper()
	return w.write(core.Record{Ref: core.Ref{Kind: kind, ID: w.tablet.NewID()}}, fields)
}

// write sets fields of a record and returns it as it is then.
func (w *world) write(r core.Record, fields map[string]any) core.Record {
	w.Helper()
	edit := core.Edit{Ref: r.Ref, From: r, Region: village, Set: make(map[string]change.Value)}
	if len(r.Fields) == 0 {
		edit.From = core.Record{}
	}
	for name, field := range fields {
		v, err := change.Of(field)
		if err != nil {
			w.Fatal(err)
		}
		edit.Set[name] = v
	}
	if _, err := w.tablet.Commit(context.Background(), []core.Edit{edit}); err != nil {
		w.Fatal(err)
	}
	return w.get(r.Ref)
}

// get reads a record that has to be there.
func (w *world) get(ref core.Ref) core.Record {
	w.Helper()
	w.loop.settle()
	r, found, err := w.tablet.Get(context.Background(), ref)
	if err != nil || !found {
		w.Fatalf("get %v: found %v, %v", ref, found, err)
	}
	return r
}

// list reads all records of a kind.
func (w *world) list(kind string) []core.Record {
	w.Helper()
	w.loop.settle()
	records, err := w.tablet.List(context.Background(), core.Query{Kind: kind})
	if err != nil {
		w.Fatal(err)
	}
	return records
}

// home writes a household.
func (w *world) home(name string) core.Record {
	w.Helper()
	return w.put("household", map[string]any{"head_name": name, "phone": "13897090001", "group_name": "二社", "hh_type": "general"})
}
