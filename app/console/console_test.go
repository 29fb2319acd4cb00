package console_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"muqu/app/console"
	"muqu/assets"
	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/core/table"
	"muqu/sync/attach"
	"muqu/sync/bundle"
	"muqu/sync/ingest"
	"muqu/sync/simtest"
)

const (
	idNumber    = "632323198001010013"
	otherNumber = "11010519491231002X"
	password    = "correct horse"
)

// centre gives the console a real server.
type centre struct {
	*ingest.Server
	files *attach.Server
}

func (c centre) Desk(p core.Person) console.Desk { return desk{c.As(p), c.files} }

// desk is put together as in app/server.
type desk struct {
	*ingest.Desk
	files *attach.Server
}

func (d desk) HasFile(name core.FileName) bool { return d.files.Has(name) }

func (d desk) ServeFile(w http.ResponseWriter, r *http.Request, ref core.Ref, name core.FileName, thumb bool) error {
	if err := d.LookAt(r.Context(), ref, name); err != nil {
		return err
	}
	return d.files.Serve(w, r, name, ref, thumb)
}

func (d desk) ReadFile(ctx context.Context, ref core.Ref, name core.FileName) ([]byte, error) {
	if err := d.LookAt(ctx, ref, name); err != nil {
		return nil, err
	}
	return d.files.Store().Read(name)
}

func (d desk) PutFile(_ context.Context, name core.FileName, r io.Reader) error {
	if !d.Person().Role.MayManage() {
		return core.Refuse(core.Forbidden, "", "refuse.role")
	}
	return d.files.Take(name, r)
}

func (c centre) TakeBundles(ctx context.Context, p core.Person, names []string, open func(string) (io.ReadSeekCloser, error)) (n int, err error) {
	for _, set := range bundle.Sets(names) {
		k := c.Stick()
		err = errors.Join(err, bundle.LoadParts(ctx, set, open, k))
		n += k.Taken
	}
	return n, err
}

func (c centre) MakeBundle(ctx context.Context, p core.Person, id change.DeviceID, whole bool, w io.Writer) error {
	if err := c.As(p).May(ctx, id); err != nil {
		return err
	}
	return bundle.Write(ctx, w, c.StickFor(id, whole))
}

func (c centre) Invite(ctx context.Context, p core.Person, k store.Code) (console.Invitation, error) {
	code, err := c.As(p).NewCode(ctx, k)
	return console.Invitation{Code: code, Link: "https://host/enroll#" + code}, err
}

// office is a console with somebody signed in.
type office struct {
	t      *testing.T
	w      *simtest.World
	files  *attach.Server
	url    string
	client *http.Client
	lang   string
}

func newOffice(t *testing.T, role core.Role) *office {
	t.Helper()
	o := &office{t: t, w: simtest.NewWorld(t, 1), lang: "zh-CN"}
	o.open()
	if err := o.w.Server.AddUser(t.Context(), store.User{Name: "央金", Role: role, Scope: core.Scope{"632323"}}, password); err != nil {
		t.Fatal(err)
	}
	o.signIn()
	return o
}

func (o *office) signIn() {
	o.t.Helper()
	o.fresh()
	res, _ := o.post("/signin", url.Values{"name": {"央金"}, "password": {password}})
	if res.StatusCode != http.StatusSeeOther {
		o.t.Fatalf("sign-in: %d", res.StatusCode)
	}
}

// open starts the console on the world's present server.
func (o *office) open() {
	t := o.t
	t.Helper()
	regions, err := core.ReadRegions(bytes.NewReader(assets.Regions()))
	if err != nil {
		t.Fatal(err)
	}
	if o.files, err = attach.NewServer(t.TempDir(), o.w.Server, attach.ServerConfig{}); err != nil {
		t.Fatal(err)
	}
	h, err := console.New(console.Config{Centre: centre{o.w.Server, o.files}, Regions: func() *core.Regions { return regions }, Catalogs: map[assets.Language]*assets.Catalog{
		assets.Chinese: assets.NewCatalog(assets.Chinese, assets.Core, assets.Console, assets.Server), assets.English: assets.NewCatalog(assets.English, assets.Core, assets.Console, assets.Server)}})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	o.url = srv.URL
}

// fresh forgets who is signed in.
func (o *office) fresh() {
	jar, err := cookiejar.New(nil)
	if err != nil {
		o.t.Fatal(err)
	}
	o.client = &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

func (o *office) do(method, path string, form url.Values, header ...string) (*http.Response, string) {
	o.t.Helper()
	req, err := http.NewRequestWithContext(o.t.Context(), method, o.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		o.t.Fatal(err)
	}
	req.Header.Set("Accept-Language", o.lang)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := o.client.Do(req)
	if err != nil {
		o.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	if csp := res.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'self'") || !strings.Contains(csp, "script-src 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") {
		o.t.Errorf("%s %s: policy %q", method, path, csp)
	}
	return res, string(b)
}

func (o *office) post(path string, form url.Values) (*http.Response, string) {
	return o.do(http.MethodPost, path, form)
}

// page reads a page that must be there and well written.
func (o *office) page(path string) string {
	o.t.Helper()
	res, body := o.do(http.MethodGet, path, nil)
	if res.StatusCode != http.StatusOK {
		o.t.Errorf("%s: %d\n%s", path, res.StatusCode, body)
	}
	o.wellWritten(path, body)
	return body
}

var (
	aKey    = regexp.MustCompile(`\b(console|kind|field|role|refuse|verdict|look|choice|list)\.[a-z_]+(\.[a-z_]+)*`)
	aScript = regexp.MustCompile(`(?i)<script|<[^>]* on[a-z]+\s*=|javascript:`)
	aTag    = regexp.MustCompile(`<(/?)([a-z0-9]+)[^>]*>`)
)

// wellWritten checks that all words are translated and every element that is
// opened is closed.
func (o *office) wellWritten(path, body string) {
	o.t.Helper()
	if script := aScript.FindString(body); script != "" {
		o.t.Errorf("%s in %s: a page works without scripts and has none: %q", path, o.lang, script)
	}
	if key := aKey.FindString(body); key != "" {
		o.t.Errorf("%s in %s: %s is not translated", path, o.lang, key)
	}
	if !strings.Contains(body, `<html lang="`+o.lang+`">`) || strings.Contains(body, "<no value>") || strings.Contains(body, "%!") || strings.Contains(body, "ZgotmplZ") {
		o.t.Errorf("%s in %s: wrong language or a broken template", path, o.lang)
	}
	var open []string
	for _, m := range aTag.FindAllStringSubmatch(body, -1) {
		name := m[2]
		switch {
		case name == "meta" || name == "link" || name == "input" || name == "br" || name == "img":
		case m[1] == "":
			open = append(open, name)
		case len(open) == 0 || open[len(open)-1] != name:
			o.t.Errorf("%s: </%s> closes %v", path, name, open)
			return
		default:
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		o.t.Errorf("%s: never closed: %v", path, open)
	}
}

func (o *office) desk() *ingest.Desk {
	return o.w.Server.As(core.Person{Name: "央金", Role: core.Admin, Scope: core.Scope{"63"}})
}

// put writes a record as an administrator.
func (o *office) put(kind string, fields map[string]any) core.Ref {
	o.t.Helper()
	e := core.Edit{Ref: core.Ref{Kind: kind, ID: o.w.Server.NewID()}, Region: simtest.Village, Set: make(map[string]change.Value)}
	for k, x := range fields {
		v, err := change.Of(x)
		if err != nil {
			o.t.Fatal(err)
		}
		e.Set[k] = v
	}
	if _, err := o.desk().Commit(o.t.Context(), []core.Edit{e}); err != nil {
		o.t.Fatal(err)
	}
	return e.Ref
}

func (o *office) see(ref core.Ref) core.Record {
	o.t.Helper()
	r, found, err := o.w.Server.Get(o.t.Context(), ref)
	if err != nil || !found {
		o.t.Fatalf("%v: %v, %v", ref, found, err)
	}
	return r
}

func pathOf(ref core.Ref) string { return "/record/" + ref.Kind + "/" + ref.ID.String() }

// fill makes a bit of everything: records with identity numbers, a conflict
// over one, a tablet with an entry kept aside.
func (o *office) fill() []core.Ref {
	o.t.Helper()
	hh := o.put("household", map[string]any{"head_name": "扎西", "head_id": idNumber, "phone": "13800000001", "yak": 3, "hh_type": "poor", "net_pc": 1234.5, "tags": []any{"a", "b"}, "gps_lat": 34.5, "gps_lon": 101.5, "novelty": idNumber})
	person := o.put("person", map[string]any{"name": "卓玛", "id_no": otherNumber, "household": hh.ID.String()})
	visit := o.put("visit", map[string]any{"household": hh.ID.String(), "form_id": "household_visit", "head_id": idNumber, "visit_date": "2026-05-01",
		"members": []any{map[string]any{"m_name": "卓玛", "m_id": otherNumber}}, "h_paper": otherNumber})
	demand := o.put("demand", map[string]any{"title": "<script>alert(1)</script>", "household": hh.ID.String(), "state": "submitted", "budget": 5000})
	refs := []core.Ref{hh, person, visit, demand}
	for _, k := range []string{"assignment", "lead", "class", "session", "attendance", "problem"} {
		refs = append(refs, o.put(k, map[string]any{"remark": "x"}))
	}
	stale := o.see(hh)
	for _, other := range []string{otherNumber, "632323197001010017"} {
		e := core.Edit{Ref: hh, From: stale, Set: map[string]change.Value{"yak": change.Int(int64(len(other)))}}
		if core.CheckIDCard(other) == nil {
			e.Set["head_id"] = change.Text(other)
		}
		e.Set["yak"] = change.Int(int64(other[9]))
		if _, err := o.desk().Commit(o.t.Context(), []core.Edit{e}); err != nil {
			o.t.Fatal(err)
		}
	}
	if len(o.see(hh).Conflicts) == 0 {
		o.t.Fatal("no conflict was made")
	}
	tab := o.w.Tablet("才让")
	tab.Put(core.Ref{}, map[string]any{"head_name": "才让", "head_id": idNumber})
	if err := o.w.Server.Revoke(o.t.Context(), tab.Identity().Device, false); err != nil {
		o.t.Fatal(err)
	}
	if _, err := tab.Tablet.Sync(o.t.Context(), nil); err != nil {
		o.t.Fatal(err)
	}
	o.w.Tablet("多杰")
	return refs
}

func TestPagesEmptyAndFull(t *testing.T) {
	o := newOffice(t, core.County)
	paths := []string{"/", "/?region=632323", "/?region=" + simtest.Village, "/conflicts", "/quarantine", "/tablets", "/looks", "/lines", "/signin", "/enroll"}
	for _, k := range core.Kinds() {
		paths = append(paths, "/list/"+k.Name, "/list/"+k.Name+"?q=zhaxi&region=632323&open=1&sort=-region&page=2")
	}
	for _, lang := range []string{"zh-CN", "en"} {
		o.lang = lang
		for _, p := range paths {
			o.page(p)
		}
	}
	for _, ref := range o.fill() {
		paths = append(paths, pathOf(ref), pathOf(ref)+"?saved=1")
	}
	for _, lang := range []string{"zh-CN", "en"} {
		o.lang = lang
		for _, p := range paths {
			body := o.page(p)
			for _, n := range []string{idNumber, otherNumber} {
				if i := strings.Index(body, n); i >= 0 {
					t.Errorf("%s shows an identity number: …%s…", p, body[max(0, i-80):i])
				}
			}
			if strings.Contains(body, "<script>") {
				t.Errorf("%s runs what somebody typed", p)
			}
		}
	}
	for _, p := range []string{"/quarantine", "/tablets", "/list/household", "/conflicts"} {
		if body := o.page(p); strings.Contains(body, `class="empty"`) {
			t.Errorf("%s shows nothing though there is something", p)
		}
	}
	for path, want := range map[string]int{"/list/none": 404, "/record/household/x": 404, pathOf(core.Ref{Kind: "household", ID: change.RecordID{1}}): 404, "/list/household?region=x": 400, "/nowhere": 404} {
		if res, _ := o.do(http.MethodGet, path, nil); res.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, res.StatusCode, want)
		}
	}
}

func TestUnmaskIsNoted(t *testing.T) {
	o := newOffice(t, core.County)
	refs := o.fill()
	for _, ref := range refs[:3] {
		res, body := o.post(pathOf(ref)+"/unmask", nil)
		if res.StatusCode != http.StatusOK || !strings.Contains(body, idNumber) && !strings.Contains(body, otherNumber) {
			t.Errorf("%s: %d, and no number shows", ref.Kind, res.StatusCode)
		}
		o.wellWritten("unmask", body)
	}
	looks, err := o.w.Server.Looks(t.Context(), 9)
	if err != nil || len(looks) != 3 || looks[0].What != "unmask" || !strings.Contains(looks[0].On, refs[2].ID.String()) {
		t.Errorf("looks %+v, %v", looks, err)
	}
	viewer := newOffice(t, core.Viewer)
	ref := viewer.put("household", map[string]any{"head_id": idNumber})
	res, body := viewer.post(pathOf(ref)+"/unmask", nil)
	if res.StatusCode != http.StatusForbidden || strings.Contains(body, idNumber) {
		t.Errorf("a viewer unmasks: %d", res.StatusCode)
	}
	if body := viewer.page(pathOf(ref)); strings.Contains(body, `name="head_name"`) {
		t.Error("a viewer is given a form")
	}
}

func TestExportIsMaskedAndNoted(t *testing.T) {
	o := newOffice(t, core.County)
	o.fill()
	for _, kind := range []string{"household", "person", "visit"} {
		res, body := o.do(http.MethodGet, "/list/"+kind+"/export", nil)
		if res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d", kind, res.StatusCode)
		}
		book, err := table.Read(kind+".xlsx", []byte(body), table.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(book)
		if text := string(b); err != nil || !strings.Contains(text, "****") || strings.Contains(text, idNumber) || strings.Contains(text, otherNumber) {
			t.Errorf("%s: %v, %v", kind, err, text)
		}
	}
	looks, err := o.w.Server.Looks(t.Context(), 9)
	if err != nil || len(looks) != 3 || looks[0].What != "export" {
		t.Errorf("looks %+v, %v", looks, err)
	}
}

func TestStrangersAreSentToSignIn(t *testing.T) {
	o := newOffice(t, core.County)
	ref := o.put("household", map[string]any{"yak": 3})
	o.fresh()
	for _, p := range []string{"/", "/list/household", "/list/household/export", pathOf(ref), "/conflicts", "/quarantine", "/tablets", "/looks"} {
		if res, body := o.do(http.MethodGet, p, nil); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/signin" || len(body) > 100 {
			t.Errorf("%s: %d to %q", p, res.StatusCode, res.Header.Get("Location"))
		}
	}
	for _, p := range []string{pathOf(ref), pathOf(ref) + "/unmask", "/conflicts", "/quarantine", "/tablets/revoke", "/tablets/invite", "/signout"} {
		if res, _ := o.post(p, url.Values{"yak": {"9"}, "was.yak": {"3"}}); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/signin" {
			t.Errorf("POST %s: %d", p, res.StatusCode)
		}
	}
	if got := o.see(ref).Text("yak"); got != "3" {
		t.Errorf("a stranger changed it to %s", got)
	}
	res, body := o.post("/signin", url.Values{"name": {"央金"}, "password": {"wrong horse"}})
	if res.StatusCode != http.StatusForbidden || len(res.Cookies()) > 0 {
		t.Errorf("a wrong password: %d", res.StatusCode)
	}
	o.wellWritten("/signin", body)
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	o := newOffice(t, core.County)
	ref := o.put("household", map[string]any{"yak": 3})
	for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}} {
		if res, _ := o.do(http.MethodPost, pathOf(ref), url.Values{"yak": {"9"}, "was.yak": {"3"}}, header...); res.StatusCode != http.StatusForbidden {
			t.Errorf("%v: %d", header, res.StatusCode)
		}
	}
	if got := o.see(ref).Text("yak"); got != "3" {
		t.Errorf("changed to %s", got)
	}
}

func TestLanguageLeadsNowhereElse(t *testing.T) {
	o := newOffice(t, core.County)
	for back, want := range map[string]string{
		"/list/household?q=a": "/list/household?q=a", "": "/", "https://evil.example": "/", "//evil.example": "/", `/\evil.example`: "/", "evil": "/",
		"/\t/evil.example": "/", "/\n/evil.example": "/",
	} {
		res, _ := o.post("/language", url.Values{"language": {"en"}, "back": {back}})
		if got := res.Header.Get("Location"); res.StatusCode != http.StatusSeeOther || got != want {
			t.Errorf("%q leads to %q, want %q", back, got, want)
		}
	}
	o.lang = "en" // the cookie holds, whatever the browser prefers
	if _, body := o.do(http.MethodGet, "/", nil, "Accept-Language", "zh-CN"); !strings.Contains(body, `lang="en"`) {
		t.Error("the chosen language is forgotten")
	}
}

// Two people fill the same form: the second opens a conflict, and overwrites
// nothing.
func TestStaleFormOpensAConflict(t *testing.T) {
	o := newOffice(t, core.County)
	ref := o.put("household", map[string]any{"yak": 3, "sheep": 5})
	seen := o.see(ref).Seen
	form := func(yak string) url.Values {
		return url.Values{"seen.epoch": {fmt.Sprint(seen.Epoch)}, "seen.position": {fmt.Sprint(seen.Position)}, "was.yak": {"3"}, "yak": {yak}, "was.sheep": {"5"}, "sheep": {"5"}}
	}
	for _, yak := range []string{"10", "20"} {
		if res, body := o.post(pathOf(ref), form(yak)); res.StatusCode != http.StatusSeeOther {
			t.Fatalf("%d %s", res.StatusCode, body)
		}
	}
	r := o.see(ref)
	if len(r.Conflicts["yak"]) != 2 || len(r.Conflicts) != 1 || r.Text("sheep") != "5" {
		t.Fatalf("conflicts %+v, fields %v", r.Conflicts, r.Fields)
	}
	body := o.page("/conflicts")
	if !strings.Contains(body, "<b>10</b>") || !strings.Contains(body, "<b>20</b>") {
		t.Error("the page does not show both values")
	}
	settle := url.Values{"id": {"household:" + ref.ID.String() + ":yak"}, "take": {"1"}, "seen.epoch": {fmt.Sprint(r.Seen.Epoch)}, "seen.position": {fmt.Sprint(r.Seen.Position)}}
	if res, _ := o.post("/conflicts", settle); res.StatusCode != http.StatusSeeOther {
		t.Errorf("settle: %d", res.StatusCode)
	}
	if r = o.see(ref); len(r.Conflicts) != 0 || r.Text("yak") != "10" {
		t.Errorf("after: %+v, yak %s", r.Conflicts, r.Text("yak"))
	}
	// The history says of every value whether those who wrote next had seen it.
	history := o.page(pathOf(ref))
	for text, want := range map[string]int{"填写时没有看到这个值": 1, "看到这个值后改的": 3} {
		if got := strings.Count(history, text); got != want {
			t.Errorf("%q stands %d times in the history, want %d", text, got, want)
		}
	}
	if res, _ := o.post("/conflicts", settle); res.StatusCode != http.StatusNotFound {
		t.Errorf("settled twice: %d", res.StatusCode)
	}
	bad := url.Values{"was.yak": {"10"}, "yak": {"many"}}
	res, body := o.post(pathOf(ref), bad)
	if res.StatusCode != http.StatusBadRequest || !strings.Contains(body, `role="alert"`) {
		t.Errorf("a wrong number: %d", res.StatusCode)
	}
	o.wellWritten("edit", body)
}

func TestGapIsShownAndClosed(t *testing.T) {
	o := newOffice(t, core.County)
	if strings.Contains(o.page("/tablets"), "/tablets/gap") {
		t.Error("a gap where there is none")
	}
	a := o.w.Tablet("卓玛")
	hh := a.Put(core.Ref{}, map[string]any{"yak": 1})
	a.Sync()
	old := o.w.Backup()
	a.Put(hh, map[string]any{"yak": 2})
	a.Put(hh, map[string]any{"yak": 3})
	for range 3 {
		a.Sync()
		o.w.Pass(46 * 24 * time.Hour)
	}
	a.Sync() // lets go of what the centre has had for so long
	o.w.Restore(old)
	o.open()
	o.signIn() // months have passed
	a.Put(hh, map[string]any{"yak": 4})
	a.Sync()
	body := o.page("/tablets")
	log := regexp.MustCompile(`name="log" value="([^"]+)"`).FindStringSubmatch(body)
	if len(log) != 2 || !strings.Contains(body, "2–2") {
		t.Fatalf("the page does not show the gap: %v", log)
	}
	if res, _ := o.post("/tablets/gap", url.Values{"log": {log[1]}}); res.StatusCode != http.StatusSeeOther {
		t.Errorf("close: %d", res.StatusCode)
	}
	if res, _ := o.post("/tablets/gap", url.Values{"log": {log[1]}}); res.StatusCode != http.StatusNotFound {
		t.Errorf("closed twice: %d", res.StatusCode)
	}
	if got := o.see(hh).Text("yak"); got != "4" {
		t.Errorf("yak %s after the gap was closed, want 4", got)
	}
}

func TestStickThroughTheConsole(t *testing.T) {
	o := newOffice(t, core.County)
	a := o.w.Tablet("卓玛")
	a.Sync()
	id := a.Identity().Device.String()
	hh := a.Put(core.Ref{}, map[string]any{"head_name": "扎西", "yak": 7})
	path := filepath.Join(t.TempDir(), "up.muqu")
	if err := bundle.Export(t.Context(), path, a.Stick()); err != nil {
		t.Fatal(err)
	}
	type upload struct {
		name  string
		bytes []byte
	}
	sendAll := func(files ...upload) (*http.Response, string) {
		var body bytes.Buffer
		m := multipart.NewWriter(&body)
		for _, u := range files {
			f, err := m.CreateFormFile("file", u.name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Write(u.bytes); err != nil {
				t.Fatal(err)
			}
		}
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, o.url+"/tablets/bundle", &body)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", m.FormDataContentType())
		res, err := o.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res, string(text)
	}
	send := func(name string, b []byte) (*http.Response, string) { return sendAll(upload{name, b}) }
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	first, second := upload{"up-1-of-2.muqu", good[:200]}, upload{"up-2-of-2.muqu", good[200:]}
	if res, body := sendAll(second); res.StatusCode != http.StatusBadRequest || !strings.Contains(body, "缺少第 1 份（共 2 份）") {
		t.Errorf("a part alone: %d %s", res.StatusCode, body)
	}
	if res, body := sendAll(second, first); res.StatusCode != http.StatusOK || !strings.Contains(body, "已导入 1 段") {
		t.Errorf("the parts of a bundle: %d %s", res.StatusCode, body)
	}
	if res, body := send("x.muqu", good[:100]); res.StatusCode != http.StatusBadRequest {
		t.Errorf("a damaged bundle: %d %s", res.StatusCode, body)
	}
	if res, body := send("up.muqu", good); res.StatusCode != http.StatusOK || !strings.Contains(body, "已导入 1 段") {
		t.Errorf("a bundle: %d %s", res.StatusCode, body)
	}
	if got := o.see(hh).Text("yak"); got != "7" {
		t.Errorf("yak %s", got)
	}
	for _, query := range []string{"?id=" + id, "?whole=1&id=" + id} {
		res, body := o.do(http.MethodGet, "/tablets/bundle"+query, nil)
		down := filepath.Join(t.TempDir(), "down.muqu")
		if err := os.WriteFile(down, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := bundle.Import(t.Context(), down, a.Stick()); err != nil || res.StatusCode != http.StatusOK {
			t.Errorf("%s: %d %v", query, res.StatusCode, err)
		}
	}
	if st, err := a.Status(t.Context()); err != nil || st.Unsent != 0 {
		t.Errorf("%d unsent after the receipt came by stick, %v", st.Unsent, err)
	}
	far := o.w.Tablet("央金", "632524").Identity().Device.String()
	if res, _ := o.do(http.MethodGet, "/tablets/bundle?id="+far, nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("a bundle for another county's tablet: %d", res.StatusCode)
	}
}

func TestGrantsAreChanged(t *testing.T) {
	o := newOffice(t, core.County)
	a := o.w.Tablet("卓玛")
	id := a.Identity().Device.String()
	if body := o.page("/tablets/grant?id=" + id); !strings.Contains(body, `value="632323"`) {
		t.Error("the page does not show the present regions")
	}
	form := url.Values{"id": {id}, "region": {"632323100"}, "until": {"2026-12-31"}}
	if res, _ := o.post("/tablets/grant", form); res.StatusCode != http.StatusSeeOther {
		t.Errorf("grant: %d", res.StatusCode)
	}
	if body := o.page("/tablets"); !strings.Contains(body, "2026-12-31") {
		t.Error("the page does not show the end of the grant")
	}
	form.Set("region", "632524")
	if res, _ := o.post("/tablets/grant", form); res.StatusCode != http.StatusForbidden {
		t.Errorf("another county: %d", res.StatusCode)
	}
	form.Set("region", "632323")
	form.Set("until", "soon")
	if res, _ := o.post("/tablets/grant", form); res.StatusCode != http.StatusBadRequest {
		t.Errorf("a day that is none: %d", res.StatusCode)
	}
	if res, _ := o.do(http.MethodGet, "/tablets/grant?id=x", nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("no tablet: %d", res.StatusCode)
	}
}
