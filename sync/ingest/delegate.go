package ingest

import (
	"context"
	"fmt"
	"slices"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/wire"
)

const (
	hubTablets = 100                    // tablets that a hub may enroll where its code doesn't say
	hubTerm    = 180 * 24 * 3600 * 1000 // ms that a delegation holds; it is renewed at each session
)

// upheld is what this server says of the centre: of itself, unless it is a hub.
func (s *Server) upheld(tx store.Tx) (wire.Upheld, error) {
	if s.cfg.Hub != nil {
		return s.cfg.Hub.Upheld(tx)
	}
	h, err := tx.Head()
	me := s.me.Load()
	return wire.Upheld{
		Device: me.Device, Private: s.key, Centre: s.Key(), Epoch: h.Epoch, Tag: me.tag(), Epochs: me.Epochs, Cursor: h.Position, Complete: true,
	}, err
}

// delegation is what the centre allowed this hub, nil on the centre itself.
func delegation(u *wire.Upheld) (*wire.Delegation, error) {
	chain, err := wire.OpenChain(u.Own, u.Centre)
	if err != nil {
		return nil, err
	}
	return chain.Last(), nil
}

// mayInvite refuses a code for what a hub may not enroll.
func (s *Server) mayInvite(ctx context.Context, c *store.Code) error {
	return s.store.View(ctx, func(tx store.Tx) error {
		u, err := s.upheld(tx)
		if err != nil {
			return err
		}
		refused, err := s.roomFor(tx, &u, c)
		if err == nil {
			err = refused
		}
		return err
	})
}

// roomFor says why a hub may not enroll one more tablet by a code. The centre
// always may.
func (s *Server) roomFor(tx store.Tx, u *wire.Upheld, c *store.Code) (refused, err error) {
	d, err := delegation(u)
	if err != nil || d == nil {
		return nil, err
	}
	all, err := tx.Devices()
	if err != nil {
		return nil, err
	}
	n := 0
	for i := range all {
		if all[i].Via == u.Device && all[i].ID != c.Device {
			n++
		}
	}
	switch {
	case !d.CoversScope(c.Scope):
		return core.Refuse(core.Forbidden, "region", "refuse.region.other", "code", c.Scope[0]), nil
	case !slices.Contains(d.Roles, string(c.Role)):
		return core.Refuse(core.Forbidden, "role", "refuse.role"), nil
	case d.Until < s.now():
		return core.Refuse(core.Expired, "", "refuse.delegation.term"), nil
	case n >= d.Count:
		return core.Refuse(core.TooLarge, "", "refuse.delegation.count", "max", d.Count), nil
	}
	return nil, nil
}

// admit makes the answer to a tablet that a code admitted.
func (s *Server) admit(u *wire.Upheld, d *store.Device) (*wire.EnrollAnswer, error) {
	c := wire.Certificate{Device: d.ID[:], Key: d.Key, Name: d.Name, Role: string(d.Role), Scope: d.Scope, Issued: s.now(), Until: d.Until}
	cert, err := c.Sign(s.key)
	if err != nil {
		return nil, err
	}
	ans := &wire.EnrollAnswer{Certificate: cert, Server: u.Centre, Epoch: u.Epoch, Received: s.now(), Chain: u.Own, Servers: u.Above}
	if s.cfg.Hub != nil {
		d.Via, d.Told = u.Device, false
		if d.Admission, err = change.Marshal(wire.Admission{Certificate: cert, Chain: u.Own}); err != nil {
			return nil, fmt.Errorf("admit: %w", err)
		}
	}
	if d.Role == core.HubRole {
		ans.Own, err = s.delegate(u, d)
	}
	return ans, err
}

// delegate writes what a hub may do, as a link behind this server's own
// delegations.
func (s *Server) delegate(u *wire.Upheld, d *store.Device) ([][]byte, error) {
	out := wire.Delegation{
		Hub: d.ID[:], Key: d.Key, Scope: d.Scope, Count: d.Tablets, Issued: s.now(), Until: s.now() + hubTerm,
		Roles: []string{string(core.FieldWorker), string(core.Trainer), string(core.Supervisor), string(core.HubRole)},
	}
	if out.Count == 0 {
		out.Count = hubTablets
	}
	mine, err := delegation(u)
	if err != nil {
		return nil, err
	}
	if mine != nil {
		out.Roles, out.Count, out.Until = mine.Roles, min(out.Count, mine.Count), min(out.Until, mine.Until)
	}
	b, err := out.Sign(s.key)
	return append(slices.Clone(u.Own), b), err
}

// accept makes a device known by its certificate. One that a hub enrolled
// beyond what it may is known, too: what it writes is kept aside.
func (s *Server) accept(tx store.Tx, u *wire.Upheld, a *wire.Admission) (store.Device, error) {
	c, chain, err := a.Open(u.Centre)
	if err != nil {
		s.cfg.Log.Warn("a certificate does not hold", "err", err)
		return store.Device{}, core.Refuse(core.Forbidden, "", "refuse.unknown")
	}
	d, known, err := tx.Device(change.DeviceID(c.Device))
	if err != nil {
		return d, err
	}
	if known && len(d.Key) > 0 {
		if string(d.Key) != string(c.Key) {
			return d, core.Refuse(core.Forbidden, "", "refuse.signature")
		}
		return d, nil
	}
	d.ID, d.Name, d.Role, d.Key, d.Enrolled = change.DeviceID(c.Device), c.Name, core.Role(c.Role), c.Key, c.Issued
	if len(d.Past) == 0 { // else the centre's later word was here before the certificate
		d.Scope, d.Until = c.Scope, c.Until
	}
	if d.Via = chain.Hub(); len(chain) > 0 {
		if d.Outside, err = s.outside(tx, c, chain); err != nil {
			return d, err
		}
	}
	if s.cfg.Hub != nil {
		if d.Admission, err = change.Marshal(a); err != nil {
			return d, fmt.Errorf("admit: %w", err)
		}
	}
	if d.Outside {
		s.cfg.Log.Error("a hub enrolled a tablet that it may not", "device", d.ID.String(), "hub", d.Via.String())
	}
	return d, tx.PutDevice(&d)
}

// outside reports whether a hub went beyond its delegation: in regions, role,
// number or term, or after it was reported lost.
func (s *Server) outside(tx store.Tx, c *wire.Certificate, chain wire.Chain) (bool, error) {
	last := chain.Last()
	if !last.CoversScope(c.Scope) || !slices.Contains(last.Roles, c.Role) || last.Until < s.now() {
		return true, nil
	}
	for _, link := range chain {
		hub, known, err := tx.Device(change.DeviceID(link.Hub))
		if err != nil {
			return false, err
		}
		if known && hub.Revoked != 0 {
			return true, nil
		}
	}
	all, err := tx.Devices()
	if err != nil {
		return false, err
	}
	n := 0
	for i := range all {
		if all[i].Via == chain.Hub() && !all[i].Outside {
			n++
		}
	}
	return n >= last.Count, nil
}
