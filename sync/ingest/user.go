package ingest

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"muqu/core"
	"muqu/core/store"
)

// Limits of signing in to the console.
const (
	minPassword = 8
	maxFailed   = 5
	lockFor     = 15 * 60 * 1000  // ms
	idleLife    = 30 * 60 * 1000  // ms
	deskLife    = 8 * 3600 * 1000 // ms
)

// argon2id with 64 MiB and three passes: RFC 9106's second recommendation,
// rounded up.
const (
	argonTime, argonMemory, argonThreads, argonLen = 3, 64 << 10, 2, 32
)

// AddUser makes or changes an account.
func (s *Server) AddUser(ctx context.Context, u store.User, password string) error {
	switch {
	case u.Name == "" || utf8.RuneCountInString(u.Name) > 40 || strings.ContainsAny(u.Name, "\t\r\n/"):
		return core.Refuse(core.Invalid, "name", "refuse.username")
	case !u.Role.Console():
		return core.Refuse(core.Invalid, "role", "refuse.rolename")
	case len(u.Scope) == 0:
		return core.Refuse(core.Missing, "region", "refuse.region.none")
	case utf8.RuneCountInString(password) < minPassword:
		return core.Refuse(core.Invalid, "password", "refuse.password", "min", minPassword)
	}
	if u.Org != "" {
		if err := core.CheckUSCC(u.Org); err != nil {
			return err
		}
	}
	hash, err := hashPassword(password)
	if err != nil {
		return err
	}
	u.Password = hash
	return s.store.Update(ctx, func(tx store.Tx) error {
		// Whoever is signed in with an older password or right begins again.
		if err := tx.RemoveSessions("user:" + u.Name); err != nil {
			return err
		}
		return tx.PutUser(&u)
	})
}

// Users lists the accounts, without their passwords.
func (s *Server) Users(ctx context.Context) (out []store.User, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		out, err = tx.Users()
		return err
	})
	for i := range out {
		out[i].Password = ""
	}
	return out, err
}

// DisableUser takes an account's right to sign in and ends its sessions.
func (s *Server) DisableUser(ctx context.Context, name string) error {
	var refused error
	err := s.store.Update(ctx, func(tx store.Tx) error {
		u, found, err := tx.User(name)
		if err != nil {
			return err
		}
		if !found {
			refused = core.Refuse(core.NotFound, "", "refuse.user")
			return nil
		}
		refused, u.Disabled = nil, true
		if err := tx.RemoveSessions("user:" + name); err != nil {
			return err
		}
		return tx.PutUser(&u)
	})
	if err == nil {
		err = refused
	}
	return err
}

// SignIn checks a password and begins a session. An unknown name costs as much
// time as a wrong password, and both get the same answer.
func (s *Server) SignIn(ctx context.Context, name, password string) (string, error) {
	var u store.User
	var found bool
	err := s.store.View(ctx, func(tx store.Tx) (err error) {
		u, found, err = tx.User(name)
		return err
	})
	if err != nil {
		return "", err
	}
	if found && u.Locked > s.now() {
		return "", core.Refuse(core.Expired, "", "refuse.locked")
	}
	good := checkPassword(u.Password, password) && found && !u.Disabled
	token := make([]byte, 32)
	if _, err := io.ReadFull(s.cfg.Random, token); err != nil {
		return "", err
	}
	err = s.store.Update(ctx, func(tx store.Tx) error {
		if !good {
			return s.failed(tx, name)
		}
		u, _, err := tx.User(name)
		if err != nil {
			return err
		}
		u.Failed, u.Locked = 0, 0
		if err := tx.PutUser(&u); err != nil {
			return err
		}
		return tx.PutSession(&store.Session{Hash: hashToken(token), Who: "user:" + name, Expires: s.now() + deskLife, Used: s.now()})
	})
	if err != nil {
		return "", err
	}
	if !good {
		return "", core.Refuse(core.Forbidden, "", "refuse.signin")
	}
	return base64.RawURLEncoding.EncodeToString(token), nil
}

func (s *Server) failed(tx store.Tx, name string) error {
	u, found, err := tx.User(name)
	if err != nil || !found {
		return err
	}
	if u.Failed++; u.Failed >= maxFailed {
		u.Failed, u.Locked = 0, s.now()+lockFor
	}
	return tx.PutUser(&u)
}

// PersonOf finds who is signed in with a token, and keeps the session awake.
func (s *Server) PersonOf(ctx context.Context, token string) (core.Person, bool, error) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(raw) == 0 {
		return core.Person{}, false, nil
	}
	var p core.Person
	var ok, touch bool
	var sess store.Session
	err = s.store.View(ctx, func(tx store.Tx) error {
		var found bool
		sess, found, err = tx.Session(hashToken(raw))
		now := s.now()
		if err != nil || !found || sess.Expires < now || sess.Used+idleLife < now {
			return err
		}
		name, isUser := strings.CutPrefix(sess.Who, "user:")
		u, found, err := tx.User(name)
		if err != nil || !found || !isUser || u.Disabled {
			return err
		}
		p, ok, touch = core.Person{Name: u.Name, Role: u.Role, Scope: u.Scope}, true, now-sess.Used > 60000
		return nil
	})
	if err == nil && touch {
		sess.Used = s.now()
		err = s.store.Update(ctx, func(tx store.Tx) error { return tx.PutSession(&sess) })
	}
	return p, ok, err
}

// SignOut ends all sessions of a person.
func (s *Server) SignOut(ctx context.Context, name string) error {
	return s.store.Update(ctx, func(tx store.Tx) error { return tx.RemoveSessions("user:" + name) })
}

// Look notes that somebody used a right to see or take out personal data.
func (s *Server) Look(ctx context.Context, who, what, on string) error {
	l := store.Look{At: s.now(), Who: who, What: what, On: on}
	return s.store.Update(ctx, func(tx store.Tx) error { return tx.PutLook(&l) })
}

// Looks lists the latest uses of such rights.
func (s *Server) Looks(ctx context.Context, limit int) (out []store.Look, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		out, err = tx.Looks(limit)
		return err
	})
	return out, err
}

func hashPassword(password string) (string, error) {
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return "", err
	}
	sum := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonThreads, argonLen)
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", argonMemory, argonTime, argonThreads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(sum)), nil
}

func checkPassword(phc, password string) bool {
	var m, t uint32
	var p uint8
	part := strings.Split(phc, "$")
	salt, sum := make([]byte, 16), make([]byte, argonLen)
	if len(part) == 6 {
		if _, err := fmt.Sscanf(part[3], "m=%d,t=%d,p=%d", &m, &t, &p); err == nil {
			salt, _ = base64.RawStdEncoding.DecodeString(part[4])
			sum, _ = base64.RawStdEncoding.DecodeString(part[5])
		}
	}
	if m == 0 || t == 0 || p == 0 || len(sum) == 0 {
		m, t, p, sum = argonMemory, argonTime, argonThreads, make([]byte, argonLen)
	}
	got := argon2.IDKey([]byte(password), salt, t, m, p, uint32(len(sum)))
	return subtle.ConstantTimeCompare(got, sum) == 1
}
