package ingest

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"io"
	"slices"
	"strings"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/wire"
)

const (
	nonceLife   = 2 * 60 * 1000                      // ms
	maxNonces   = 20000                              // open challenges
	sessionLife = 12 * 3600 * 1000                   // ms
	codeAlpha   = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" // Crockford's base 32
)

type nonce struct {
	device  change.DeviceID
	expires change.Millis
}

// NewCode makes a one-time enrollment code of 60 random bits.
func (s *Server) NewCode(ctx context.Context, c store.Code) (string, error) {
	if !c.Role.Device() {
		return "", core.Refuse(core.Invalid, "role", "refuse.code.role")
	}
	if len(c.Scope) == 0 {
		return "", core.Refuse(core.Missing, "region", "refuse.region.none")
	}
	if err := s.mayInvite(ctx, &c); err != nil {
		return "", err
	}
	raw := make([]byte, 12)
	if _, err := io.ReadFull(s.cfg.Random, raw); err != nil {
		return "", err
	}
	var text strings.Builder
	for i, b := range raw {
		if i > 0 && i%4 == 0 {
			text.WriteByte('-')
		}
		text.WriteByte(codeAlpha[b&31])
	}
	c.Hash = hashCode(text.String())
	if c.Name == "" {
		c.Name = string(c.Role) + "-" + strings.ToLower(text.String()[:4])
	}
	return text.String(), s.store.Update(ctx, func(tx store.Tx) error { return tx.PutCode(&c) })
}

// hashCode accepts a code as people write it: small letters, without dashes,
// with O for 0 and I or L for 1.
func hashCode(code string) []byte {
	code = strings.NewReplacer("-", "", " ", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(code))
	sum := sha256.Sum256([]byte("muqu code\n" + code))
	return sum[:]
}

// Enroll admits a tablet by a code. The first key that comes with a code
// spends it; the same key may repeat it, because an answer can be lost.
func (s *Server) Enroll(ctx context.Context, req *wire.EnrollRequest) (*wire.EnrollAnswer, error) {
	if err := req.Verify(); err != nil {
		return nil, core.Refuse(core.Invalid, "", "refuse.signature")
	}
	var ans *wire.EnrollAnswer
	var refused error
	err := s.store.Update(ctx, func(tx store.Tx) error {
		ans, refused = nil, nil
		c, found, err := tx.Code(hashCode(req.Code))
		if err != nil {
			return err
		}
		if refused = s.spend(&c, found, req); refused != nil {
			return nil
		}
		u, err := s.upheld(tx)
		if err != nil {
			return err
		}
		if refused, err = s.roomFor(tx, &u, &c); err != nil || refused != nil {
			return err
		}
		d, known, err := tx.Device(c.Device)
		if err != nil {
			return err
		}
		// Ids of tablets are no secret: a code must not give another's away.
		if c.Device == s.Device() || known && subtle.ConstantTimeCompare(d.Key, req.Key) != 1 {
			refused = core.Refuse(core.Forbidden, "", "refuse.signature")
			return nil
		}
		if err := tx.PutCode(&c); err != nil {
			return err
		}
		if !known || d.Revoked != 0 {
			d = store.Device{ID: c.Device, Name: c.Name, Role: c.Role, Scope: c.Scope, Key: req.Key, Enrolled: s.now(), Program: req.Program}
		}
		d.Name, d.Role, d.Scope, d.Key, d.Tablets, d.Until = c.Name, c.Role, c.Scope, req.Key, c.Tablets, c.Until
		if ans, err = s.admit(&u, &d); err != nil {
			return err
		}
		return tx.PutDevice(&d)
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return nil, err
	}
	return ans, nil
}

// spend marks the code as used by the key of the request.
func (s *Server) spend(c *store.Code, found bool, req *wire.EnrollRequest) error {
	switch {
	case !found:
		return core.Refuse(core.NotFound, "", "refuse.code.unknown")
	case len(c.Key) > 0 && subtle.ConstantTimeCompare(c.Key, req.Key) != 1:
		return core.Refuse(core.Taken, "", "refuse.code.used")
	case len(c.Key) == 0 && c.Expires != 0 && c.Expires < s.now():
		return core.Refuse(core.Expired, "", "refuse.code.expired")
	}
	c.Device, c.Key = change.DeviceID(req.Device), req.Key
	return nil
}

// Challenge gives a nonce to sign.
func (s *Server) Challenge(ctx context.Context, req *wire.ChallengeRequest) (*wire.ChallengeAnswer, error) {
	if len(req.Device) != len(change.DeviceID{}) {
		return nil, core.Refuse(core.Invalid, "", "refuse.signature")
	}
	n := make([]byte, 32)
	if _, err := io.ReadFull(s.cfg.Random, n); err != nil {
		return nil, err
	}
	var u wire.Upheld
	if err := s.store.View(ctx, func(tx store.Tx) (err error) {
		u, err = s.upheld(tx)
		return err
	}); err != nil {
		return nil, err
	}
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.nonces) >= maxNonces {
		for k, v := range s.nonces {
			if v.expires < now {
				delete(s.nonces, k)
			}
		}
		if len(s.nonces) >= maxNonces {
			return nil, core.Refuse(core.TooLarge, "", "refuse.busy")
		}
	}
	s.nonces[string(n)] = nonce{change.DeviceID(req.Device), now + nonceLife}
	return &wire.ChallengeAnswer{Nonce: n, Chain: u.Own}, nil
}

func (s *Server) redeem(n []byte, device change.DeviceID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.nonces[string(n)]
	delete(s.nonces, string(n))
	return ok && v.device == device && v.expires >= s.now()
}

// Session begins a session for a tablet that signed its challenge. One that a
// restored server doesn't know any more is readmitted by its certificate.
func (s *Server) Session(ctx context.Context, req *wire.SessionRequest) (*wire.SessionAnswer, error) {
	if len(req.Device) != len(change.DeviceID{}) || !s.redeem(req.Nonce, change.DeviceID(req.Device)) {
		return nil, core.Refuse(core.Expired, "", "refuse.challenge")
	}
	id := change.DeviceID(req.Device)
	token := make([]byte, 32)
	if _, err := io.ReadFull(s.cfg.Random, token); err != nil {
		return nil, err
	}
	var refused error
	ans := &wire.SessionAnswer{Token: base64.RawURLEncoding.EncodeToString(token), Received: s.now()}
	err := s.store.Update(ctx, func(tx store.Tx) error {
		u, err := s.upheld(tx)
		if err != nil {
			return err
		}
		d, known, err := tx.Device(id)
		if err != nil {
			return err
		}
		if !known || len(d.Key) == 0 {
			if d, refused, err = s.readmit(tx, &u, req); err != nil || refused != nil {
				return err
			}
		}
		if err := req.Verify(ed25519.PublicKey(d.Key), s.Key()); err != nil {
			refused = core.Refuse(core.Forbidden, "", "refuse.signature")
			return nil
		}
		if ans.Servers = u.Above; d.Role == core.HubRole && d.Revoked == 0 {
			if ans.Own, err = s.delegate(&u, &d); err != nil {
				return err
			}
		}
		if err := tx.RemoveSessions(id.String()); err != nil {
			return err
		}
		return tx.PutSession(&store.Session{Hash: hashToken(token), Who: id.String(), Expires: s.now() + sessionLife, Used: s.now()})
	})
	if err == nil {
		err = refused
	}
	if err != nil {
		return nil, err
	}
	return ans, nil
}

// readmit takes in a tablet that this server doesn't know by its certificate:
// after a restore, or where it was enrolled elsewhere.
func (s *Server) readmit(tx store.Tx, u *wire.Upheld, req *wire.SessionRequest) (store.Device, error, error) {
	a := wire.Admission{Certificate: req.Certificate, Chain: req.Chain}
	d, err := s.accept(tx, u, &a)
	var r *core.Refusal
	if errors.As(err, &r) || err == nil && d.ID != change.DeviceID(req.Device) {
		return d, core.Refuse(core.Forbidden, "", "refuse.unknown"), nil
	}
	if err == nil {
		s.cfg.Log.Warn("a tablet was readmitted by its certificate", "device", d.ID.String())
	}
	return d, nil, err
}

func hashToken(token []byte) []byte {
	sum := sha256.Sum256(token)
	return sum[:]
}

// deviceOf finds the tablet behind a token.
func (s *Server) deviceOf(ctx context.Context, token string) (store.Device, bool, error) {
	raw, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return store.Device{}, false, nil
	}
	var d store.Device
	var found bool
	err = s.store.View(ctx, func(tx store.Tx) error {
		sess, ok, err := tx.Session(hashToken(raw))
		if err != nil || !ok || sess.Expires < s.now() {
			return err
		}
		id, err := change.ParseDeviceID(sess.Who)
		if err != nil {
			return nil // a person's session, not a tablet's
		}
		d, found, err = tx.Device(id)
		return err
	})
	return d, found, err
}

// Devices lists the enrolled tablets of a scope.
func (s *Server) Devices(ctx context.Context, scope core.Scope) (out []store.Device, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		all, err := tx.Devices()
		for _, d := range all {
			if scope == nil || scope.Covers(d.Scope) {
				out = append(out, d)
			}
		}
		return err
	})
	return out, err
}

// Grant changes what a tablet may see and until when. What it had written
// before it heard of that is judged by what it might then.
func (s *Server) Grant(ctx context.Context, id change.DeviceID, scope core.Scope, until change.Millis) error {
	if s.cfg.Hub != nil {
		return core.Refuse(core.Forbidden, "", "refuse.hub")
	}
	if len(scope) == 0 {
		return core.Refuse(core.Missing, "region", "refuse.region.none")
	}
	return s.store.Update(ctx, func(tx store.Tx) error {
		d, found, err := tx.Device(id)
		if err != nil {
			return err
		}
		if !found || d.Revoked != 0 {
			return core.Refuse(core.NotFound, "", "refuse.device")
		}
		h, err := tx.Head()
		if err != nil {
			return err
		}
		if !slices.Equal(d.Scope, scope) || d.Until != until {
			d.Past = append(d.Past, store.PastScope{Through: h.Position, Scope: d.Scope})
		}
		d.Scope, d.Until = scope, until
		return tx.PutDevice(&d)
	})
}

// Revoke takes a tablet's rights away; wipe also tells it to empty itself at
// its next contact, after its pending work is safe.
func (s *Server) Revoke(ctx context.Context, id change.DeviceID, wipe bool) error {
	var refused error
	err := s.store.Update(ctx, func(tx store.Tx) error {
		d, found, err := tx.Device(id)
		if err != nil {
			return err
		}
		if !found {
			refused = core.Refuse(core.NotFound, "", "refuse.device")
			return nil
		}
		refused = nil
		if d.Revoked == 0 {
			d.Revoked = max(1, s.now())
		}
		d.Wipe = d.Wipe || wipe
		return tx.PutDevice(&d)
	})
	if err == nil {
		err = refused
	}
	return err
}
