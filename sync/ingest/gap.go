package ingest

import (
	"context"
	"fmt"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
)

// maxHeld bounds what waits of one log, in bytes: weeks of work of one tablet.
const maxHeld = 64 << 20

// hold keeps a segment until what precedes it has come.
func (b *batch) hold(in *incoming) error {
	waiting, err := b.tx.HeldLogs(in.Log.Device)
	if err != nil {
		return err
	}
	for _, h := range waiting {
		if h.Log == in.Log && h.Bytes > maxHeld {
			return core.Refuse(core.TooLarge, "", "refuse.held")
		}
	}
	b.s.cfg.Log.Warn("a segment waits for what precedes it", "device", in.Log.Device.String(), "seq", in.First)
	return b.tx.PutHeld(&store.Held{
		Log: in.Log, First: in.First, Last: in.Last(), Hash: in.Hash, Offset: in.offset, Unsure: in.unsure, Received: b.now, Bytes: in.bytes,
	})
}

// fill sequences what waited in a log, as far as nothing is missing any more.
func (b *batch) fill(log change.Log, d *store.Device, out *accepted) error {
	waiting, err := b.tx.Held(log)
	if err != nil {
		return err
	}
	for i := range waiting {
		in, err := read(waiting[i].Bytes, d, waiting[i].Offset)
		if err != nil {
			return fmt.Errorf("held segment of %s: %w", log, err)
		}
		in.unsure = waiting[i].Unsure
		fits, err := b.enter(in, out)
		if err != nil || !fits {
			return err
		}
		if err := b.tx.RemoveHeld(&waiting[i]); err != nil {
			return err
		}
	}
	return nil
}

// Gaps lists the holes in the logs of a scope's tablets.
func (s *Server) Gaps(ctx context.Context, scope core.Scope) (out []store.Gap, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		waiting, err := tx.HeldLogs(change.DeviceID{})
		if err != nil {
			return err
		}
		for _, h := range waiting {
			d, _, err := tx.Device(h.Log.Device)
			if err != nil {
				return err
			}
			if scope != nil && !scope.Covers(d.Scope) {
				continue
			}
			head, _, err := tx.LogHead(h.Log)
			if err != nil {
				return err
			}
			out = append(out, store.Gap{Device: d, Log: h.Log, First: head.Seq + 1, Last: h.First - 1, Waits: h.Last - h.First + 1, Since: h.Since})
		}
		return nil
	})
	return out, err
}

// Gaps lists the holes in the logs of tablets that work within the person's
// regions.
func (d *Desk) Gaps(ctx context.Context) ([]store.Gap, error) {
	return d.s.Gaps(ctx, append(core.Scope{}, d.person.Scope...)) // never nil, which would be all
}

// CloseGap gives up on the entries that are missing in a log and sequences what
// waits behind them. That is for logs whose tablet is broken, or has let go of
// old entries that a restored server no longer has. The decision is an entry.
func (d *Desk) CloseGap(ctx context.Context, log change.Log) error {
	if !d.person.Role.MayManage() {
		return core.Refuse(core.Forbidden, "", "refuse.role")
	}
	var refused error
	err := d.s.submit(ctx, func(b *batch) error {
		t, found, err := b.tx.Device(log.Device)
		if err != nil {
			return err
		}
		waiting, err := b.tx.Held(log)
		if err != nil {
			return err
		}
		if refused = nil; !found || len(waiting) == 0 || !d.person.Scope.Covers(t.Scope) {
			refused = core.Refuse(core.NotFound, "", "refuse.gap")
			return nil
		}
		return d.closeGap(b, &t, &waiting[0])
	})
	if err != nil {
		return err
	}
	return refused
}

func (d *Desk) closeGap(b *batch, t *store.Device, next *store.Held) error {
	head, found, err := b.tx.LogHead(next.Log)
	if err != nil {
		return err
	}
	if !found {
		head = store.LogHead{Log: next.Log, Wire: next.Log}
	}
	missing := change.Key{Log: next.Log, Seq: head.Seq + 1}
	v := d.verdict(b, missing, t.Scope[0], "skip", fmt.Sprintf("%s-%d", missing, next.First-1))
	if err := b.own(v); err != nil {
		return err
	}
	head.Seq, head.Hash, head.Segment = next.First-1, change.Hash{}, nil
	if err := b.tx.SetLogHead(&head); err != nil {
		return err
	}
	return b.fill(next.Log, t, &accepted{})
}

// verdict makes the entry of a decision about an entry of a tablet.
func (d *Desk) verdict(b *batch, on change.Key, region, decision, about string) *store.Logged {
	region = core.PadRegion(region)
	v := new(store.Logged)
	v.Author, v.Kind, v.Record, v.Region = d.person.Name, "verdict", VerdictID(on), region
	v.Seen = change.Seen{Epoch: b.head.Epoch, Position: b.head.Position}
	for _, f := range [][2]string{{"decision", decision}, {"entry", about}, {change.RegionField, region}} {
		v.Fields = append(v.Fields, change.Field{Name: f[0], Rule: change.Review, Value: change.Text(f[1]), Was: change.Null})
	}
	return v
}
