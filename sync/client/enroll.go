package client

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"net/url"
	"slices"
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
	if code == "" && fp == "" && u.Fragment == "" && u.Path != "" && u.Path != "/" {
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
	l, err := dial(inv.URL, plainPin(inv.Fingerprint))
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
	admission := wire.Admission{Certificate: ans.Certificate, Chain: ans.Chain}
	cert, chain, err := admission.Open(ans.Server)
	if err != nil {
		return err
	}
	if string(cert.Device) != string(me.Device[:]) || string(cert.Key) != string(req.Key) {
		return errors.New("the server answered for another tablet: try again")
	}
	return t.change(ctx, func(tx store.Tx, s *state) error {
		if me.Enrolled && !bytes.Equal(s.Server, ans.Server) {
			// Another centre knows nothing of what was agreed with the old one.
			s.Servers = nil
		}
		srv := server{URL: inv.URL, Pin: plainPin(inv.Fingerprint)}
		s.meet(&srv, chain)
		s.Servers = append([]server{srv}, slices.DeleteFunc(s.Servers, func(o server) bool { return o.URL == inv.URL })...)
		s.learn(ans.Servers)
		s.Server, s.Certificate, s.Chain, s.Own = ans.Server, ans.Certificate, ans.Chain, ans.Own
		s.Name, s.Role, s.Scope = cert.Name, core.Role(cert.Role), cert.Scope
		s.Anchor = anchor{Server: ans.Received, Local: t.now()}
		return nil
	})
}

// plainPin is a fingerprint as it is kept: people write it with colons.
func plainPin(fingerprint string) string {
	return strings.ToLower(strings.ReplaceAll(fingerprint, ":", ""))
}

// AddServer lets a tablet that is enrolled turn to a further server or hub of
// the same centre. Whether it is one shows at the first session, by the
// centre's signature.
func (t *Tablet) AddServer(ctx context.Context, inv Invitation) error {
	if !t.Identity().Enrolled {
		return ErrNotEnrolled
	}
	l, err := dial(inv.URL, plainPin(inv.Fingerprint))
	if err != nil {
		return err
	}
	l.close()
	return t.change(ctx, func(_ store.Tx, s *state) error {
		s.learn([]wire.Address{{URL: inv.URL, Fingerprint: plainPin(inv.Fingerprint), Hub: true}})
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

// signIn gets a session token by signing the server's challenge. A hub shows
// first that the centre has delegated to it.
func (t *Tablet) signIn(ctx context.Context, l *link) error {
	t.mu.Lock()
	s := t.st
	device, key, centre := s.Device, s.key(), ed25519.PublicKey(s.Server)
	t.mu.Unlock()
	var ch wire.ChallengeAnswer
	if err := l.ask(ctx, wire.PathChallenge, "", &wire.ChallengeRequest{Device: device[:]}, &ch); err != nil {
		return err
	}
	chain, err := wire.OpenChain(ch.Chain, centre)
	if err != nil {
		return core.Refuse(core.Forbidden, "", "refuse.fingerprint")
	}
	req := wire.SessionRequest{Device: device[:], Nonce: ch.Nonce, Certificate: s.Certificate, Chain: s.Chain}
	req.Sign(key, chain.Key(centre))
	var ans wire.SessionAnswer
	if err := l.ask(ctx, wire.PathSession, "", &req, &ans); err != nil {
		return err
	}
	return t.change(ctx, func(_ store.Tx, s *state) error {
		srv := s.at(l.base)
		if srv == nil {
			return errServers
		}
		srv.Token = ans.Token
		s.meet(srv, chain)
		if len(ans.Own) > 0 {
			s.Own = ans.Own
		}
		s.learn(ans.Servers)
		return nil
	})
}

// meet notes who answers at an address. Another hub than before knows nothing
// of what was told to the one that it replaces.
func (s *state) meet(srv *server, chain wire.Chain) {
	id := chain.Hub()
	if srv.Hub != id {
		for i := range s.Logs {
			l := &s.Logs[i]
			l.AtHub = slices.DeleteFunc(l.AtHub, func(m hubMark) bool { return m.Hub == srv.Hub })
		}
		srv.Ahead, srv.Mail = 0, 0
	}
	srv.Hub, srv.Key, srv.IsHub = id, chain.Key(nil), len(chain) > 0
}
