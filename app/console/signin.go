package console

import (
	"errors"
	"net/http"

	"muqu/core"
)

type signInPage struct {
	Frame
	Name    string
	Problem string
}

// cookieName is bound to the host where the connection is safe; a browser
// would not take that name over the plain http of a loopback address.
func cookieName(r *http.Request) string {
	if r.TLS != nil {
		return "__Host-muqu"
	}
	return "muqu"
}

func tokenOf(r *http.Request) string {
	k, err := r.Cookie(cookieName(r))
	if err != nil {
		return ""
	}
	return k.Value
}

func (c *Console) open(r *http.Request, title string) Frame {
	words := c.wordsFor(r)
	return Frame{Title: words.T(title), Here: r.URL.RequestURI(), words: words}
}

func (c *Console) signInPage(w http.ResponseWriter, r *http.Request) {
	renderPage(c, w, http.StatusOK, "signin", &signInPage{Frame: c.open(r, "console.signin")})
}

func (c *Console) signIn(w http.ResponseWriter, r *http.Request) {
	name := r.FormValue("name")
	token, err := c.cfg.Centre.SignIn(r.Context(), name, r.FormValue("password"))
	if err != nil {
		p := &signInPage{Frame: c.open(r, "console.signin"), Name: name}
		var refused *core.Refusal
		if p.Problem = p.T("refuse.internal"); errors.As(err, &refused) {
			p.Problem = p.T(refused.Key, refused.Args...)
		} else {
			c.cfg.Log.Error("sign-in failed", "err", err)
		}
		renderPage(c, w, http.StatusForbidden, "signin", p)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: cookieName(r), Value: token, Path: "/", HttpOnly: true, Secure: r.TLS != nil, SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (v *visit) signOut() error {
	if err := v.cfg.Centre.SignOut(v.ctx, v.person.Name); err != nil {
		return err
	}
	http.SetCookie(v.w, &http.Cookie{Name: cookieName(v.r), Path: "/", MaxAge: -1, HttpOnly: true, Secure: v.r.TLS != nil, SameSite: http.SameSiteLaxMode})
	return v.back("/signin")
}

// enrollPage tells whoever opens an enrollment link in a browser what it is
// for. The code stands behind the # and never reaches the server.
func (c *Console) enrollPage(w http.ResponseWriter, r *http.Request) {
	renderPage(c, w, http.StatusOK, "enroll", &signInPage{Frame: c.open(r, "console.enroll")})
}
