package ingest_test

import (
	"strings"
	"testing"
	"time"

	"muqu/core"
	"muqu/core/store"
)

func TestSignIn(t *testing.T) {
	c := newCentre(t)
	ctx := t.Context()
	u := store.User{Name: "央金", Role: core.County, Scope: core.Scope{"632323"}}
	if err := c.s.AddUser(ctx, u, "correct horse"); err != nil {
		t.Fatal(err)
	}
	err := c.db.View(ctx, func(tx store.Tx) error {
		kept, _, err := tx.User("央金")
		if !strings.HasPrefix(kept.Password, "$argon2id$v=19$m=65536,t=3,p=2$") || strings.Contains(kept.Password, "horse") {
			t.Errorf("kept as %q", kept.Password)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	token, err := c.s.SignIn(ctx, "央金", "correct horse")
	if err != nil {
		t.Fatal(err)
	}
	wantPerson := func(want bool) {
		t.Helper()
		p, ok, err := c.s.PersonOf(ctx, token)
		if err != nil || ok != want || want && (p.Name != "央金" || p.Role != core.County || !p.Scope.Contains(near)) {
			t.Errorf("person %+v, %v, %v", p, ok, err)
		}
	}
	wantPerson(true)
	for _, other := range []string{"", "x", "AAAA", token + "A"} {
		if _, ok, err := c.s.PersonOf(ctx, other); ok || err != nil {
			t.Errorf("token %q: %v, %v", other, ok, err)
		}
	}
	c.time = c.time.Add(29 * time.Minute) // keeps it awake
	wantPerson(true)
	c.time = c.time.Add(29 * time.Minute)
	wantPerson(true)
	c.time = c.time.Add(31 * time.Minute)
	wantPerson(false)

	if token, err = c.s.SignIn(ctx, "央金", "correct horse"); err != nil {
		t.Fatal(err)
	}
	for range 9 * 4 {
		c.time = c.time.Add(15 * time.Minute)
		_, _, _ = c.s.PersonOf(ctx, token)
	}
	wantPerson(false) // a session does not outlive a day's work

	if token, err = c.s.SignIn(ctx, "央金", "correct horse"); err != nil {
		t.Fatal(err)
	}
	if err := c.s.SignOut(ctx, "央金"); err != nil {
		t.Fatal(err)
	}
	wantPerson(false)
	if token, err = c.s.SignIn(ctx, "央金", "correct horse"); err != nil {
		t.Fatal(err)
	}
	if err := c.s.DisableUser(ctx, "央金"); err != nil {
		t.Fatal(err)
	}
	wantPerson(false)
	_, err = c.s.SignIn(ctx, "央金", "correct horse")
	wantRefusal(t, err, "refuse.signin")
	wantRefusal(t, c.s.DisableUser(ctx, "nobody"), "refuse.user")
	users, err := c.s.Users(ctx)
	if err != nil || len(users) != 1 || users[0].Password != "" || !users[0].Disabled {
		t.Errorf("users %+v, %v", users, err)
	}
}

func TestWrongPasswordsLock(t *testing.T) {
	c := newCentre(t)
	ctx := t.Context()
	if err := c.s.AddUser(ctx, store.User{Name: "央金", Role: core.Viewer, Scope: core.Scope{"63"}}, "correct horse"); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		_, err := c.s.SignIn(ctx, "央金", "wrong horse")
		wantRefusal(t, err, "refuse.signin")
	}
	_, err := c.s.SignIn(ctx, "央金", "correct horse")
	wantRefusal(t, err, "refuse.locked")
	_, err = c.s.SignIn(ctx, "nobody", "correct horse")
	wantRefusal(t, err, "refuse.signin")
	c.time = c.time.Add(16 * time.Minute)
	if _, err := c.s.SignIn(ctx, "央金", "correct horse"); err != nil {
		t.Errorf("a quarter of an hour later: %v", err)
	}
}

func TestAddUserRefuses(t *testing.T) {
	c := newCentre(t)
	good := store.User{Name: "央金", Role: core.County, Scope: core.Scope{"63"}}
	for key, f := range map[string]func(*store.User, *string){
		"refuse.username":    func(u *store.User, _ *string) { u.Name = "a/b" },
		"refuse.rolename":    func(u *store.User, _ *string) { u.Role = core.HubRole },
		"refuse.region.none": func(u *store.User, _ *string) { u.Scope = nil },
		"refuse.password":    func(_ *store.User, p *string) { *p = "央金央金央金央" },
		"refuse.uscc":        func(u *store.User, _ *string) { u.Org = "51630000MJ12345616" },
	} {
		u, p := good, "long enough"
		f(&u, &p)
		wantRefusal(t, c.s.AddUser(t.Context(), u, p), key)
	}
}
