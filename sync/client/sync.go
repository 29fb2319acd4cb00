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
	r.wipe, r.elsewhere = ans.Wipe, ans.Elsewhere || in.twin
	r.sum.Pushed += in.acked
	r.sum.Pulled += in.items
	r.sum.ToPush = max(r.sum.ToPush, in.acked+req.Unsent)
	r.sum.ToPull = max(r.sum.ToPull, ans.Total)
	return ans.More && !in.twin || req.PushOnly || in.again, nil
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

// errServers reports a server that was taken off the list during a sync.
var errServers = errors.New("the list of servers changed meanwhile: try again")

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
