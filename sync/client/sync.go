package client

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/wire"
)

// Progress is how far a sync has come, for a person who waits.
type Progress struct {
	Pushed  int // entries that the server has taken
	ToPush  int // entries that it had to take when the sync began
	Pulled  int // changes received
	ToPull  int // records of a first sync; 0: not known
	Bytes   int64
	Partial bool // the sync goes on

	Files       int   // files that were dealt with, after the records
	ToFiles     int   // of how many; 0: not there yet
	FileBytes   int64 // of those that are sent
	ToFileBytes int64
}

// Result is what a sync did.
type Result struct {
	Pushed      int
	Pulled      int
	Conflicts   int // open on this tablet now
	Quarantined int // own entries that the server keeps aside now
	BytesOut    int64
	BytesIn     int64
	Attachments int // files sent, and thumbnails and files that arrived
	Files       FilesResult
	Position    change.Position
	Epoch       change.Epoch
}

// add adds what an earlier part of the same sync did.
func (r *Result) add(o *Result) {
	r.Pushed, r.Pulled, r.Attachments = r.Pushed+o.Pushed, r.Pulled+o.Pulled, r.Attachments+o.Attachments
	r.BytesOut, r.BytesIn = r.BytesOut+o.BytesOut, r.BytesIn+o.BytesIn
	r.Files.Sent, r.Files.Fetched = r.Files.Sent+o.Files.Sent, r.Files.Fetched+o.Files.Fetched
}

// ErrNotEnrolled reports a tablet that belongs to no server yet.
var ErrNotEnrolled = core.Refuse(core.Missing, "", "refuse.enroll")

// Files says what a sync does with photos and other files, after the records.
type Files uint8

// The choices. The zero value leaves it to the policy.
const (
	FilesByPolicy Files = iota
	FilesAsked          // a person asked for it, at whatever the network costs
	FilesLater          // leave them
)

// Options are what a sync may be told; the zero value works.
type Options struct {
	Progress func(Progress)
	Files    Files
}

// Sync reconciles with the first of the tablet's servers that answers: first
// the records, then files as the policy lets. It may be interrupted through
// ctx at any moment and repeated at any time.
func (t *Tablet) Sync(ctx context.Context, progress func(Progress)) (Result, error) {
	return t.SyncWith(ctx, Options{Progress: progress})
}

// SyncWith is Sync with a say in what becomes of files.
func (t *Tablet) SyncWith(ctx context.Context, o Options) (Result, error) {
	t.syncing.Lock()
	defer t.syncing.Unlock()
	me := t.Identity()
	if !me.Enrolled {
		return Result{}, ErrNotEnrolled
	}
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	var first error
	var half *Result // of a hub that could not tell everything
	for _, base := range me.URLs {
		r, elsewhere, err := t.syncWith(ctx, base, o)
		if err == nil {
			if half != nil {
				r.add(half)
			}
			if !elsewhere {
				return r, nil
			}
			half = &r
			continue
		}
		// Whichever answers will do, but a person must hear what is wrong with
		// the one that came before the others.
		if first == nil || errors.Is(first, ErrOffline) && !errors.Is(err, ErrOffline) {
			first = err
		}
		if ctx.Err() != nil || errors.Is(err, ErrWiped) {
			return Result{}, err
		}
	}
	if half != nil {
		return *half, nil
	}
	return Result{}, first
}

// syncWith reconciles with one server; elsewhere says that it is a hub which
// leaves it to the centre what is committed.
func (t *Tablet) syncWith(ctx context.Context, base string, o Options) (_ Result, elsewhere bool, _ error) {
	l, err := t.dial(base)
	if err != nil {
		return Result{}, false, err
	}
	defer l.close()
	r := &run{t: t, link: l, progress: o.Progress}
	if err := r.all(ctx); err != nil {
		return Result{}, false, err
	}
	if !r.elsewhere {
		if err := t.prefer(ctx, base); err != nil {
			return Result{}, false, err
		}
	}
	r.carried = r.files(ctx, o.Files)
	if r.wipe {
		if err := t.wipe(ctx); err != nil {
			return Result{}, false, err
		}
	}
	result, err := r.result(ctx)
	return result, r.elsewhere, err
}

// dial prepares a link to one of the tablet's servers.
func (t *Tablet) dial(base string) (*link, error) {
	t.mu.Lock()
	pin := ""
	if srv := t.st.at(base); srv != nil {
		pin = srv.Pin
	}
	t.mu.Unlock()
	return dial(base, pin)
}

// prefer puts the server that answered before the others. Nothing is written
// where it stands there already.
func (t *Tablet) prefer(ctx context.Context, base string) error {
	if urls := t.Identity().URLs; len(urls) > 0 && urls[0] == base {
		return nil
	}
	return t.change(ctx, func(_ store.Tx, s *state) error {
		i := slices.IndexFunc(s.Servers, func(o server) bool { return o.URL == base })
		if i > 0 {
			answered := s.Servers[i]
			s.Servers = slices.Insert(slices.Delete(s.Servers, i, i+1), 0, answered)
		}
		return nil
	})
}

// run is one sync in progress.
type run struct {
	t        *Tablet
	link     *link
	progress func(Progress)
	sum      Progress
	signed   bool // a session was begun in this run
	wipe     bool // the server wants this tablet emptied
	carried  FilesResult
	// elsewhere says that the hub could not tell what is committed.
	elsewhere bool
	coming    *coming // what was asked for already; nil: nothing
}

// maxTurns stops a sync with a server that never comes to an end.
const maxTurns = 100000

func (r *run) all(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer r.leave()
	defer stop()
	for range maxTurns {
		more, err := r.turn(ctx)
		if errors.Is(err, errSession) && !r.signed {
			r.signed = true
			if err = r.t.signIn(ctx, r.link); err == nil {
				continue
			}
		}
		if errors.Is(err, errSession) {
			err = core.Refuse(core.Forbidden, "", "refuse.session")
		}
		if err != nil {
			return err
		}
		r.sum.Partial, r.sum.Bytes = more, r.link.in.Load()+r.link.out.Load()
		r.progress(r.sum)
		if !more {
			return nil
		}
	}
	return errors.New("the server always has more to say: report this")
}

// turn asks once and takes in the answer.
func (r *run) turn(ctx context.Context) (more bool, err error) {
	c, err := r.answer(ctx)
	if err != nil {
		return false, err
	}
	req, ans := c.req, &c.ans
	r.expect(ctx, c)
	in := &intake{t: r.t, base: r.link.base, req: req, ans: ans, pushed: c.pushed, early: c.early}
	if err := in.apply(ctx); err != nil {
		return false, err
	}
	r.wipe, r.elsewhere = ans.Wipe, ans.Elsewhere
	r.sum.Pushed += in.acked
	r.sum.Pulled += in.items
	r.sum.ToPush = max(r.sum.ToPush, in.acked+req.Unsent)
	r.sum.ToPull = max(r.sum.ToPull, ans.Total)
	return ans.More || req.PushOnly || in.again, nil
}

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
		aside, err := tx.OwnJudged(change.Quarantined)
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

// narrow notes that the line broke off after so many bytes of a turn, so that
// the next turn is small enough to get through: a page is taken in whole or not
// at all, and one that never gets through would be fetched for ever.
func (t *Tablet) narrow(ctx context.Context, base string, bytes int) error {
	if bytes < wire.LeastBytes/2 {
		return nil // there was no line at all
	}
	return t.change(ctx, func(_ store.Tx, s *state) error {
		if srv := s.at(base); srv != nil {
			srv.Room = max(wire.LeastBytes, min(srv.room(), bytes)/2)
		}
		return nil
	})
}

// room gives how many bytes a turn may have.
func (srv *server) room() int {
	if srv.Room == 0 {
		return wire.PageBytes
	}
	return srv.Room
}

// widen doubles the room after a turn that got through.
func (srv *server) widen() {
	if srv.Room *= 2; srv.Room >= wire.PageBytes {
		srv.Room = 0
	}
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

// errServers reports a server that was taken off the list during a sync.
var errServers = errors.New("the list of servers changed meanwhile: try again")

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
			own, err := tx.OwnAfter(change.Log{Device: s.Device, Incarnation: l.Log}, l.Acked-1, 1)
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

func (r *run) result(ctx context.Context) (Result, error) {
	st, err := r.t.Status(context.WithoutCancel(ctx)) // the records are settled, though files may have been stopped
	if err != nil {
		return Result{}, fmt.Errorf("after sync: %w", err)
	}
	return Result{
		Pushed: r.sum.Pushed, Pulled: r.sum.Pulled, Conflicts: st.OpenConflicts, Quarantined: len(st.Quarantined),
		BytesOut: r.link.out.Load(), BytesIn: r.link.in.Load(), Position: st.Position, Epoch: st.Epoch,
		Attachments: r.carried.Sent + r.carried.Fetched, Files: r.carried,
	}, nil
}
