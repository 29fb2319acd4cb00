package console

import (
	"bytes"
	"context"
	"crypto/cipher"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"path"
	"strings"
	"time"

	"muqu/app/survey"
	"muqu/assets"
	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
)

//go:embed template
var templates embed.FS

// Centre is what the console needs of the server.
type Centre interface {
	// SignIn begins a session and gives its token.
	SignIn(ctx context.Context, name, password string) (token string, err error)
	// PersonOf finds who is signed in with a token.
	PersonOf(ctx context.Context, token string) (core.Person, bool, error)
	SignOut(ctx context.Context, name string) error
	// Desk gives the records and tablets as the person may see and change them.
	Desk(p core.Person) Desk
	// Invite makes an enrollment code and the link that a tablet is given.
	Invite(ctx context.Context, p core.Person, c store.Code) (Invitation, error)
	Courier
}

// Courier is the way by USB stick.
type Courier interface {
	TakeBundles(ctx context.Context, p core.Person, names []string, open func(string) (io.ReadSeekCloser, error)) (segments int, err error)
	MakeBundle(ctx context.Context, p core.Person, id change.DeviceID, whole bool, w io.Writer) error
}

// Invitation is what somebody types on a new tablet.
type Invitation struct{ Code, Link string }

// Desk is the server in the hands of one person.
type Desk interface {
	core.Finder
	Review
	Care
	Repair
	Album
	survey.Files
}

// Review is the past of records, and decisions about entries kept aside.
type Review interface {
	History(ctx context.Context, ref core.Ref) ([]store.Logged, error)
	// Sights says of every value in a history whether those who wrote the
	// field after it had seen it.
	Sights(history []store.Logged) core.Sights
	Quarantine(ctx context.Context, limit int) ([]store.Logged, error)
	Decide(ctx context.Context, position change.Position, approve bool) error
}

// Care is the tablets, and the looks at personal data.
type Care interface {
	Devices(ctx context.Context) ([]store.Device, error)
	Revoke(ctx context.Context, id change.DeviceID, wipe bool) error
	Grant(ctx context.Context, id change.DeviceID, scope core.Scope, until change.Millis) error
	Unmask(ctx context.Context, ref core.Ref) error
	TakeOut(ctx context.Context, kind string) error
	Looks(ctx context.Context, limit int) ([]store.Look, error)
}

// Repair is what an office can do about logs of which something is missing.
type Repair interface {
	Gaps(ctx context.Context) ([]store.Gap, error)
	CloseGap(ctx context.Context, log change.Log) error
}

// Album is the photos and other files of records.
type Album interface {
	// HasFile reports whether a file has arrived.
	HasFile(name core.FileName) bool
	// ServeFile answers with a file of a record, or its thumbnail, if the
	// person may see it. A look at a personal document is noted first.
	ServeFile(w http.ResponseWriter, r *http.Request, ref core.Ref, name core.FileName, thumb bool) error
}

// Config is what the console is made of; all of it is needed but Now and Log.
type Config struct {
	Centre   Centre
	Regions  func() *core.Regions
	Catalogs map[assets.Language]*assets.Catalog
	Now      func() time.Time // nil: the clock
	Log      *slog.Logger     // nil: nothing is logged
}

// Console serves the pages.
type Console struct {
	cfg   Config
	pages map[string]*template.Template
	// places hides where in an index a list of pairs goes on.
	places cipher.AEAD
	// shelf remembers forms that were read.
	shelf survey.Shelf
}

// New prepares the pages; a faulty template is an error here, not at a click.
func New(cfg Config) (http.Handler, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	c := &Console{cfg: cfg, pages: make(map[string]*template.Template)}
	var err error
	if c.places, err = newSeal(); err != nil {
		return nil, err
	}
	names, err := fs.Glob(templates, "template/*.html")
	if err != nil {
		return nil, err
	}
	for _, n := range names {
		name := strings.TrimSuffix(path.Base(n), ".html")
		if name == "base" {
			continue
		}
		t, err := template.ParseFS(templates, "template/base.html", n)
		if err != nil {
			return nil, fmt.Errorf("console page %s: %w", name, err)
		}
		c.pages[name] = t
	}
	return c.routes(), nil
}

// routes lists every page.
func (c *Console) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /style.css", c.style)
	mux.HandleFunc("GET /signin", c.signInPage)
	mux.HandleFunc("POST /signin", c.signIn)
	mux.HandleFunc("POST /language", c.language)
	mux.HandleFunc("GET /enroll", c.enrollPage)
	mux.Handle("POST /signout", c.page((*visit).signOut))
	mux.Handle("GET /{$}", c.page((*visit).home))
	mux.Handle("GET /list/{kind}", c.page((*visit).list))
	mux.Handle("GET /list/{kind}/export", c.page((*visit).export))
	mux.Handle("GET /new/{kind}", c.page((*visit).create))
	mux.Handle("POST /new/{kind}", c.page((*visit).begin))
	mux.Handle("GET /record/{kind}/{id}", c.page((*visit).record))
	mux.Handle("POST /record/{kind}/{id}", c.page((*visit).edit))
	mux.Handle("POST /record/{kind}/{id}/unmask", c.page((*visit).unmask))
	mux.Handle("GET /files/{name}", c.page((*visit).file))
	mux.Handle("GET /conflicts", c.page((*visit).conflicts))
	mux.Handle("POST /conflicts", c.page((*visit).settle))
	mux.Handle("GET /doubles", c.page((*visit).doubles))
	mux.Handle("GET /double/{kind}/{stays}/{gives}", c.page((*visit).double))
	mux.Handle("POST /double/{kind}/{stays}/{gives}", c.page((*visit).decideDouble))
	mux.Handle("POST /record/{kind}/{id}/unmerge", c.page((*visit).unmerge))
	mux.Handle("GET /quarantine", c.page((*visit).quarantine))
	mux.Handle("POST /quarantine", c.page((*visit).decide))
	mux.Handle("GET /tablets", c.page((*visit).tablets))
	mux.Handle("POST /tablets/revoke", c.page((*visit).revoke))
	mux.Handle("POST /tablets/invite", c.page((*visit).invite))
	mux.Handle("GET /tablets/bundle", c.page((*visit).makeBundle))
	mux.Handle("POST /tablets/bundle", c.page((*visit).takeBundle))
	mux.Handle("GET /tablets/grant", c.page((*visit).grantPage))
	mux.Handle("POST /tablets/grant", c.page((*visit).grant))
	mux.Handle("POST /tablets/gap", c.page((*visit).closeGap))
	mux.Handle("GET /lines", c.page((*visit).lines))
	mux.Handle("POST /lines", c.page((*visit).setLine))
	mux.Handle("GET /looks", c.page((*visit).looks))
	mux.Handle("GET /forms", c.page((*visit).forms))
	mux.Handle("POST /forms", c.page((*visit).addForm))
	mux.Handle("GET /forms/{form}", c.page((*visit).form))
	mux.Handle("POST /forms/{form}/publish", c.page((*visit).publishForm))
	mux.Handle("POST /forms/{form}/retire", c.page((*visit).retireForm))
	mux.Handle("GET /forms/{form}/workbook", c.page((*visit).workbook))
	mux.Handle("GET /forms/{form}/xform", c.page((*visit).xform))
	mux.Handle("GET /forms/{form}/preview", c.page((*visit).beginPreview))
	mux.Handle("POST /forms/{form}/preview", c.page((*visit).goOnPreview))
	mux.Handle("GET /forms/{form}/answers", c.page((*visit).answers))
	mux.Handle("GET /forms/{form}/summary", c.page((*visit).summary))
	mux.Handle("GET /forms/{form}/export", c.page((*visit).exportAnswers))
	return guard(mux)
}

// guard sets what every answer carries, and refuses forms from other sites.
func guard(next http.Handler) http.Handler {
	h := http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'; script-src 'none'; object-src 'none'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "same-origin")
		w.Header().Set("Cache-Control", "no-store")
		r.Body = http.MaxBytesReader(w, r.Body, bodyLimit(r))
		h.ServeHTTP(w, r)
	})
}

// maxBundle is how much may come by USB stick at once, photos included.
const maxBundle = 1 << 30 // bytes

func bodyLimit(r *http.Request) int64 {
	switch {
	case r.URL.Path == "/tablets/bundle":
		return maxBundle
	case r.URL.Path == "/forms":
		return maxForm
	case strings.HasPrefix(r.URL.Path, "/forms/") && strings.HasSuffix(r.URL.Path, "/preview"):
		return maxPreview
	}
	return 1 << 20
}

// visit is one request by somebody who is signed in.
type visit struct {
	*Console
	w      http.ResponseWriter
	r      *http.Request
	ctx    context.Context
	person core.Person
	desk   Desk
	words  *assets.Catalog
	titles map[core.Ref]string // of records that others refer to, as far as they were read

	formList  []survey.Form            // all forms; nil: not read yet
	questions map[string]survey.Column // that the record on the page answers, by its fields
}

// page makes a handler of a page's function: whoever is not signed in is sent
// to sign in, an error becomes a page that says what to do.
func (c *Console) page(f func(*visit) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := &visit{Console: c, w: w, r: r, ctx: r.Context(), words: c.wordsFor(r)}
		var ok bool
		var err error
		if v.person, ok, err = c.cfg.Centre.PersonOf(v.ctx, tokenOf(r)); err == nil && !ok {
			http.Redirect(w, r, "/signin", http.StatusSeeOther)
			return
		}
		if err == nil {
			v.desk = c.cfg.Centre.Desk(v.person)
			err = f(v)
		}
		if err != nil {
			v.fail(err)
		}
	})
}

type failPage struct {
	Frame
	Problem string
}

func (v *visit) fail(err error) {
	status, text := http.StatusInternalServerError, v.words.T("refuse.internal")
	var r *core.Refusal
	if errors.As(err, &r) {
		status, text = r.Reason.Status(), v.sentence(r)
	} else {
		v.cfg.Log.Error("page failed", "err", err)
	}
	v.render(status, "fail", &failPage{v.frame("console.problem"), text})
}

// sentence writes a refusal in the person's language.
func (v *visit) sentence(r *core.Refusal) string {
	text := v.words.T(r.Key, r.Args...)
	if r.Field != "" {
		text = v.words.T("sentence.of", "field", v.words.FieldOfAny(core.KindNames(), r.Field), "text", text)
	}
	return text
}

func (v *visit) render(status int, name string, data any) {
	renderPage(v.Console, v.w, status, name, data)
}

// renderPage writes a page whole or not at all.
func renderPage(c *Console, w http.ResponseWriter, status int, name string, data any) {
	var b bytes.Buffer
	if err := c.pages[name].ExecuteTemplate(&b, "base", data); err != nil {
		c.cfg.Log.Error("page not written", "page", name, "err", err)
		http.Error(w, "", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	// Whoever is gone reloads.
	_, _ = w.Write(b.Bytes())
}

func (c *Console) style(w http.ResponseWriter, _ *http.Request) {
	b, err := templates.ReadFile("template/style.css")
	if err != nil {
		http.Error(w, "", http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	w.Header().Set("Cache-Control", "max-age=3600")
	_, _ = w.Write(b)
}

// back answers a form: with the page that follows.
func (v *visit) back(to string) error {
	http.Redirect(v.w, v.r, to, http.StatusSeeOther)
	return nil
}
