package console

import (
	"net/http"
	"net/url"
	"strings"

	"muqu/assets"
	"muqu/core"
	"muqu/core/change"
)

// Frame is what every page has around its own part.
type Frame struct {
	Title  string
	Here   string
	Person core.Person
	Moment string // when the page was made, for the paper it is printed on
	words  *assets.Catalog
	Menu   []Link
}

// Link is one place to go to.
type Link struct {
	Text string
	To   string
	On   bool
}

// T translates a key.
func (f Frame) T(key string, args ...any) string { return f.words.T(key, args...) }

// Lang is the language of the page.
func (f Frame) Lang() string { return string(f.words.Language()) }

// Role names the person's role.
func (f Frame) Role() string { return f.words.T("role." + string(f.Person.Role)) }

// list joins words in the way of the language.
func (v *visit) join(words []string) string {
	if v.words.Language() == assets.English {
		return strings.Join(words, ", ")
	}
	return strings.Join(words, "、")
}

// menuKinds are in the menu, in the order of work.
func menuKinds() []string {
	return []string{"household", "person", "visit", "assignment", "lead", "demand", "offer", "class", "session", "attendance", "problem"}
}

func (v *visit) frame(title string) Frame {
	here := v.r.URL.Path
	f := Frame{Moment: moment(change.MillisOf(v.cfg.Now())), Title: v.words.T(title), Here: v.r.URL.RequestURI(), Person: v.person, words: v.words}
	add := func(text, to string) {
		f.Menu = append(f.Menu, Link{text, to, here == to || to != "/" && strings.HasPrefix(here, to)})
	}
	add(v.words.T("console.home"), "/")
	for _, k := range menuKinds() {
		add(v.words.Kind(k), "/list/"+k)
	}
	add(v.words.T("kinds.form"), "/forms")
	add(v.words.T("console.conflicts"), "/conflicts")
	add(v.words.T("double.title"), "/doubles")
	if v.person.Role.MayReview() {
		add(v.words.T("console.quarantine"), "/quarantine")
		add(v.words.T("console.tablets"), "/tablets")
	}
	if v.person.Role.MayManage() {
		add(v.words.T("kinds.monitoring_line"), "/lines")
		add(v.words.T("console.looks"), "/looks")
	}
	return f
}

const languageCookie = "muqu-language"

// wordsFor chooses the language: what was chosen before, else what the browser
// prefers, else Chinese.
func (c *Console) wordsFor(r *http.Request) *assets.Catalog {
	if k, err := r.Cookie(languageCookie); err == nil {
		if words, ok := c.cfg.Catalogs[assets.Language(k.Value)]; ok {
			return words
		}
	}
	if strings.HasPrefix(strings.ToLower(r.Header.Get("Accept-Language")), "en") {
		if words, ok := c.cfg.Catalogs[assets.English]; ok {
			return words
		}
	}
	return c.cfg.Catalogs[assets.Chinese]
}

func (c *Console) language(w http.ResponseWriter, r *http.Request) {
	chosen := r.FormValue("language")
	if _, ok := c.cfg.Catalogs[assets.Language(chosen)]; ok {
		http.SetCookie(w, &http.Cookie{Name: languageCookie, Value: chosen, Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteLaxMode})
	}
	to := r.FormValue("back")
	// Browsers drop tabs and line breaks, so that "/\t/host" is "//host" to
	// them; url.Parse refuses those.
	if u, err := url.Parse(to); err != nil || u.Host != "" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.HasPrefix(to, "/\\") {
		to = "/"
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}
