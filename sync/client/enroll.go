package client

import (
	"context"
	"crypto/ed25519"
	"errors"
	"net/url"
	"strings"

	"muqu/core"
	"muqu/core/store"
	"muqu/sync/wire"
)

// Invitation is what a person types or pastes to enroll a tablet.
type Invitation struct {
	URL         string
	Code        string
	Fingerprint string // "" for plain http on this machine
}

// ParseInvitation reads an enrollment link such as
// https://host:8443/enroll#ABCD-EFGH-JKMN.9f86…, or a bare code.
func ParseInvitation(text string) (Invitation, error) {
	text = strings.TrimSpace(text)
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return Invitation{Code: text}, nil
	}
	code, fp, _ := strings.Cut(u.Fragment, ".")
	if code == "" {
		return Invitation{}, core.Refuse(core.Missing, "", "refuse.code.absent")
	}
	return Invitation{URL: u.Scheme + "://" + u.Host, Code: code, Fingerprint: fp}, nil
}

// Enroll makes this tablet known to a server by a one-time code. Enrolling
// again with the same code on the same tablet is harmless.
func (t *Tablet) Enroll(ctx context.Context, inv Invitation) error {
	if strings.TrimSpace(inv.Code) == "" {
		return core.Refuse(core.Missing, "", "refuse.code.absent")
	}
	l, err := dial(inv.URL, strings.ToLower(strings.ReplaceAll(inv.Fingerprint, ":", "")))
	if err != nil {
		return err
	}
	defer l.close()
	t.syncing.Lock()
	defer t.syncing.Unlock()
	me := t.Identity()
	key := t.secret()
	req := wire.EnrollRequest{
		Version: wire.Version, Code: strings.TrimSpace(inv.Code), Device: me.Device[:],
		Key: key.Public().(ed25519.PublicKey), Program: t.cfg.Program, Sent: t.now(),
	}
	req.Sign(key)
	var ans wire.EnrollAnswer
	if err := l.ask(ctx, wire.PathEnroll, "", &req, &ans); err != nil {
		return err
	}
	cert, err := wire.OpenCertificate(ans.Certificate, ans.Server)
	if err != nil {
		return err
	}
	if string(cert.Device) != string(me.Device[:]) || string(cert.Key) != string(req.Key) {
		return errors.New("the server answered for another tablet: try again")
	}
	return t.change(ctx, func(tx store.Tx, s *state) error {
		s.URLs, s.Pin = []string{inv.URL}, strings.ToLower(strings.ReplaceAll(inv.Fingerprint, ":", ""))
		s.Server, s.Certificate, s.Token = ans.Server, ans.Certificate, ""
		s.Name, s.Role, s.Scope = cert.Name, core.Role(cert.Role), cert.Scope
		s.Anchor = anchor{Server: ans.Received, Local: t.now()}
		return nil
	})
}

func (t *Tablet) secret() ed25519.PrivateKey {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.st.key()
}

// change alters the state in one transaction.
func (t *Tablet) change(ctx context.Context, f func(store.Tx, *state) error) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	var s *state
	err := t.store.Update(ctx, func(tx store.Tx) (err error) {
		if s, err = loadState(tx); err != nil {
			return err
		}
		if err := f(tx, s); err != nil {
			return err
		}
		return s.save(tx)
	})
	if err == nil {
		t.st = s
	}
	return err
}

// signIn gets a session token by signing the server's challenge.
func (t *Tablet) signIn(ctx context.Context, l *link) (string, error) {
	t.mu.Lock()
	s := t.st
	device, key, server, cert := s.Device, s.key(), ed25519.PublicKey(s.Server), s.Certificate
	t.mu.Unlock()
	var ch wire.ChallengeAnswer
	if err := l.ask(ctx, wire.PathChallenge, "", &wire.ChallengeRequest{Device: device[:]}, &ch); err != nil {
		return "", err
	}
	req := wire.SessionRequest{Device: device[:], Nonce: ch.Nonce, Certificate: cert}
	req.Sign(key, server)
	var ans wire.SessionAnswer
	if err := l.ask(ctx, wire.PathSession, "", &req, &ans); err != nil {
		return "", err
	}
	return ans.Token, t.change(ctx, func(_ store.Tx, s *state) error {
		s.Token = ans.Token
		return nil
	})
}
