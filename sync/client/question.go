package client

import (
	"context"

	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/wire"
)

// question builds the request of one turn.
func (r *run) question(ctx context.Context) (*wire.SyncRequest, string, []pushedSegment, error) {
	t := r.t
	var req *wire.SyncRequest
	var pushed []pushedSegment
	var token string
	err := t.store.View(ctx, func(tx store.Tx) error {
		s, err := loadState(tx)
		if err != nil {
			return err
		}
		srv := s.at(r.link.base)
		if srv == nil {
			return errServers
		}
		token = srv.Token
		req = &wire.SyncRequest{
			Version: wire.Version, Sent: t.now(), Epoch: s.Epoch, Cursor: s.Cursor, Incarnation: s.Log,
			Scope: s.Held, Program: t.cfg.Program, Own: s.Head, Tag: s.Tag, Ahead: srv.Ahead, Mail: srv.Mail, Room: srv.Room,
		}
		if l := s.find(s.Log); l != nil {
			req.Pruned = l.Pruned
		}
		if s.Walk != nil && s.Walk.From == srv.Hub {
			req.Walk, req.Cursor, req.Scope = s.Walk.At, s.Walk.Cursor, s.Walk.Scope
		}
		if s.Held != nil && s.Walk == nil && !srv.IsHub {
			sum, _, err := tx.SumOf(s.Scope)
			if err != nil {
				return err
			}
			req.Sum = sum[:8]
		}
		aside, err := s.own(tx.OwnJudged(change.Quarantined))
		if err != nil {
			return err
		}
		hashes := make([]change.Hash, len(aside))
		for i := range aside {
			hashes[i] = aside[i].Hash
		}
		req.Aside = wire.AsideMark(hashes)
		if err := have(tx, s, req); err != nil {
			return err
		}
		// What a restored server lost is offered first: it says where the own
		// entries stood before.
		if s.Offer != nil && s.Epoch != s.Offer.Epoch {
			req.Offered, err = offers(tx, s, req)
			req.PushOnly = true
			return err
		}
		if pushed, req.PushOnly, err = t.segments(tx, s, srv); err != nil {
			return err
		}
		for _, p := range pushed {
			req.Segments = append(req.Segments, p.bytes)
		}
		return t.foreign(tx, req)
	})
	return req, token, pushed, err
}

// foreign adds what concerns other devices' logs: what is shown of them that
// the centre hasn't, and what a hub carries.
func (t *Tablet) foreign(tx store.Tx, req *wire.SyncRequest) error {
	logs, err := tx.AheadLogs()
	if err != nil {
		return err
	}
	for i := range logs[:min(len(logs), maxOthers)] {
		l := &logs[i]
		req.Others = append(req.Others, wire.LogMark{Device: l.Log.Device[:], Incarnation: l.Log.Incarnation, Seq: l.First})
	}
	if t.carrier == nil {
		return nil
	}
	more, err := t.carrier.Load(tx, req)
	req.PushOnly = req.PushOnly || more
	return err
}

// maxOthers bounds how many logs are asked for at once.
const maxOthers = 1000

// have says how far this tablet believes the server to hold its logs. The
// hash lets the server tell two histories under the same numbers apart.
func have(tx store.Tx, s *state, req *wire.SyncRequest) error {
	for i := range s.Logs {
		l := &s.Logs[i]
		here, atHub := s.unsent(l)
		req.Unsent += here + atHub
		if l.Log != s.Log && l.Included >= l.Head {
			continue
		}
		h := wire.Head{Incarnation: l.Log, Seq: l.Acked}
		if l.Acked > 0 {
			own, err := s.own(tx.OwnAfter(change.Log{Device: s.Device, Incarnation: l.Log}, l.Acked-1, 1))
			if err != nil {
				return err
			}
			if len(own) == 1 && own[0].Seq == l.Acked {
				h.Hash = own[0].Hash[:8]
			}
		}
		req.Have = append(req.Have, h)
	}
	return nil
}

// offers adds pages that a restored server may lack.
func offers(tx store.Tx, s *state, req *wire.SyncRequest) (complete bool, err error) {
	pages, err := tx.PagesAbove(s.Offer.After)
	if err != nil {
		return false, err
	}
	size := 0
	for _, p := range pages {
		if p.Epoch != s.Offer.Epoch {
			continue
		}
		if size += len(p.Bytes); size > wire.MaxBody/2 && len(req.Offers) > 0 {
			return false, nil
		}
		own, err := meant(tx, s, p.Bytes)
		if err != nil {
			return false, err
		}
		req.Offers, req.Meant = append(req.Offers, p.Bytes), append(req.Meant, own)
	}
	return true, nil
}
