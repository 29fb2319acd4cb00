package ingest

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/wire"
)

// collection is what somebody brings for others: segments with their stamps,
// verified, and what has to be answered for each tablet.
type collection struct {
	x        *exchange
	parts    []*part
	returned []*wire.Returned
}

// part is one segment that was brought.
type part struct {
	in     *incoming
	stamps [][]byte      // of hubs on the way
	sent   change.Millis // by the clock of who sent it here
}

func (c *collection) add(in *incoming, stamps [][]byte, sent change.Millis) {
	c.parts = append(c.parts, &part{in: in, stamps: stamps, sent: sent})
}

// answer finds what is answered for a tablet.
func (c *collection) answer(device change.DeviceID) *wire.Returned {
	for _, r := range c.returned {
		if string(r.Device) == string(device[:]) {
			return r
		}
	}
	r := &wire.Returned{Device: device[:]}
	c.returned = append(c.returned, r)
	return r
}

// admissions makes the tablets known that the hub enrolled.
func (c *collection) admissions(tx store.Tx) error {
	x := c.x
	if len(x.req.Admissions) == 0 {
		return nil
	}
	if x.device.Role != core.HubRole {
		return core.Refuse(core.Forbidden, "", "refuse.role")
	}
	u, err := x.s.upheld(tx)
	if err != nil {
		return err
	}
	x.ans.Admitted = 0
	for i := range x.req.Admissions {
		_, err := x.s.accept(tx, &u, &x.req.Admissions[i])
		var r *core.Refusal
		switch {
		case errors.As(err, &r):
			x.s.cfg.Log.Error("a hub brought a certificate that does not hold", "device", x.device.ID.String(), "err", err)
		case err != nil:
			return err
		}
		x.ans.Admitted++
	}
	return nil
}

// carried verifies segments that a hub brings. One that is damaged or forged
// is named, and stops nothing else.
func (c *collection) carried(tx store.Tx) error {
	x := c.x
	if len(x.req.Carried) == 0 {
		return nil
	}
	for i := range x.req.Carried {
		if x.device.Role != core.HubRole && string(x.req.Carried[i].Device) != string(x.device.ID[:]) {
			return core.Refuse(core.Forbidden, "", "refuse.role")
		}
		if err := c.open(tx, &x.req.Carried[i]); err != nil {
			return err
		}
	}
	return nil
}

func (c *collection) open(tx store.Tx, k *wire.Carried) error {
	if len(k.Device) != len(change.DeviceID{}) {
		return nil
	}
	d, known, err := tx.Device(change.DeviceID(k.Device))
	if err != nil {
		return err
	}
	r := c.answer(change.DeviceID(k.Device))
	if !known || len(d.Key) == 0 {
		r.Unknown = true
		return nil
	}
	in, err := read(k.Segment, &d, c.x.lastLeg()+c.x.s.along(tx, k))
	if err != nil {
		c.x.s.cfg.Log.Warn("carried segment refused", "device", d.ID.String(), "err", err)
		r.Refused = append(r.Refused, hashOf(k.Segment))
		return nil
	}
	in.unsure = c.x.late
	c.add(in, k.Stamps, c.x.req.Sent)
	return nil
}

// lastLeg gives what the clock of who sent the request is off. How long a
// bundle was under way nobody knows: what the clock was off at the last sync is
// the better guess.
func (x *exchange) lastLeg() change.Millis {
	if x.late && x.device.LastSync != 0 {
		return -x.device.Offset
	}
	return x.now - x.req.Sent
}

// along adds up what the clocks on the way were off against each other: each
// hub says when it got the segment by its own clock, and when it was sent by the
// clock of who gave it. A stamp that does not hold counts for nothing.
func (s *Server) along(tx store.Tx, k *wire.Carried) (offset change.Millis) {
	for _, b := range k.Stamps {
		st, err := wire.OpenStamp(b, k.Segment, func(id change.DeviceID) (ed25519.PublicKey, error) {
			d, _, err := tx.Device(id)
			return d.Key, err
		})
		if err != nil {
			s.cfg.Log.Warn("a stamp does not hold", "err", err)
			continue
		}
		offset += st.Received - st.Sent
	}
	return offset
}

// shown gives what a hub shows of the segments: whatever the centre will not
// keep aside.
func (c *collection) shown(tx store.Tx) ([]store.Tentative, error) {
	s := c.x.s
	b := &batch{s: s, tx: tx, now: s.now(), rows: make(map[core.Ref]*folded)}
	var out []store.Tentative
	for _, p := range c.parts {
		for i := range p.in.parsed {
			q := &p.in.parsed[i]
			if q.err != nil {
				continue
			}
			reason, err := b.judge(&p.in.device, &change.Sequenced{Entry: q.entry})
			if err != nil {
				return nil, err
			}
			if reason != "" {
				continue
			}
			out = append(out, store.Tentative{
				Key: q.entry.Key, Hash: q.hash, Kind: q.entry.Kind, Record: q.entry.Record,
				Effective: max(1, min(q.entry.At+p.in.offset, b.now)), Bytes: p.in.Entries[i],
			})
		}
	}
	return out, nil
}

// carry sequences what a hub brought, and answers for each tablet what it
// would have been told itself.
func (x *exchange) carry(ctx context.Context) error {
	c := &collection{x: x}
	if err := x.s.store.Update(ctx, c.admissions); err != nil {
		return err
	}
	if err := x.s.store.View(ctx, c.carried); err != nil {
		return err
	}
	if len(c.parts) > 0 {
		if err := x.s.submit(ctx, c.sequence); err != nil {
			return err
		}
	}
	for _, r := range c.returned {
		x.ans.Returned = append(x.ans.Returned, *r)
	}
	if x.device.Role == core.HubRole {
		return x.s.store.View(ctx, x.rights)
	}
	return nil
}

func (c *collection) sequence(b *batch) error {
	for _, r := range c.returned {
		refused, unknown := r.Refused, r.Unknown
		*r = wire.Returned{Device: r.Device, Refused: refused, Unknown: unknown}
	}
	for _, p := range c.parts {
		a, err := b.segment(p.in)
		if err != nil {
			return err
		}
		r := c.answer(p.in.Log.Device)
		r.Epoch, r.Tag = b.head.Epoch, c.x.s.me.Load().tag()
		r.Segments = append(r.Segments, hashOf(p.in.bytes))
		if err := report(r, a, c.x.s.key); err != nil {
			return err
		}
	}
	return nil
}

// report adds what became of a segment. Of one log only the last head counts.
func report(r *wire.Returned, a *accepted, key ed25519.PrivateKey) error {
	for _, receipt := range a.receipts {
		b, err := receipt.Sign(key)
		if err != nil {
			return err
		}
		r.Receipts = append(r.Receipts, b)
		r.Position = max(r.Position, receipt.Position+change.Position(receipt.Count-1))
	}
	r.Verdicts = append(r.Verdicts, a.verdicts...)
	if a.fork != nil {
		r.Forks = append(r.Forks, *a.fork)
	}
	head := headOf(&a.head)
	if n := len(r.Heads); n > 0 && r.Heads[n-1].Incarnation == head.Incarnation {
		r.Heads = r.Heads[:n-1]
	}
	r.Heads = append(r.Heads, head)
	return nil
}

// hashOf names a segment by the bytes in which it travels.
func hashOf(segment []byte) []byte {
	sum := sha256.Sum256(segment)
	return sum[:]
}
