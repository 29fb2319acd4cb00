package client

import (
	"context"
	"crypto/ed25519"
	"errors"
	"slices"

	"muqu/core"
	"muqu/core/store"
	"muqu/sync/merge"
	"muqu/sync/wire"
)

// coming is one question and its answer. The next page of a snapshot is asked
// for while the one before is written, because it is known what will be asked:
// so neither the line nor the disk waits for the other.
type coming struct {
	req     *wire.SyncRequest
	token   string
	pushed  []pushedSegment
	ans     wire.SyncAnswer
	bytes   int // that crossed the line
	err     error
	done    chan struct{}     // closed when the answer is there
	signer  ed25519.PublicKey // of its page; nil: it is not opened here
	early   *opened
	regions *core.Regions // by which the records of the page are found
}

// opened is a page that was checked and decoded before its turn came.
type opened struct {
	signer ed25519.PublicKey
	page   *wire.Page
	wholes []*whole // of the items that are whole records, nil for the others
}

// whole is a record as a server sent it, and what this program makes of it.
type whole struct {
	state *merge.State
	view  core.Record // what is shown; zero: not worked out yet
	index store.Index // by what it is found; as view
}

// show works out view and index.
func (o *whole) show(regions *core.Regions) {
	o.view = o.state.View()
	o.index = store.IndexOf(&o.view, regions)
}

// open decodes the page. What is wrong with it is said when it is taken in.
func (c *coming) open() {
	page, err := wire.OpenPage(c.ans.Page, c.signer)
	if err != nil {
		return
	}
	o := &opened{signer: c.signer, page: page, wholes: make([]*whole, len(page.Items))}
	for i := range page.Items {
		if page.Items[i].What != wire.ItemEnter {
			continue
		}
		st, err := merge.Decode(page.Items[i].Bytes)
		if err != nil {
			return
		}
		o.wholes[i] = &whole{state: st}
		o.wholes[i].show(c.regions)
	}
	c.early = o
}

// ask sends the question and waits for the answer.
func (c *coming) ask(ctx context.Context, l *link) {
	defer close(c.done)
	began := l.in.Load() + l.out.Load()
	c.err = l.ask(ctx, wire.PathSync, c.token, c.req, &c.ans)
	c.bytes = int(l.in.Load() + l.out.Load() - began)
	if c.err == nil && c.signer != nil && len(c.ans.Page) > 0 {
		c.open()
	}
}

// answer gives the answer to what is to be asked now: the one that is coming,
// if the tablet stands where it was expected to, or a new one.
func (r *run) answer(ctx context.Context) (*coming, error) {
	c := r.coming
	r.coming = nil
	if c != nil {
		<-c.done
		fits, err := r.fits(ctx, c)
		if err != nil {
			return nil, err
		}
		if !fits {
			c = nil
		}
	}
	if c == nil {
		c = &coming{done: make(chan struct{})}
		var err error
		if c.req, c.token, c.pushed, err = r.question(ctx); err != nil {
			return nil, err
		}
		if c.token == "" {
			return nil, errSession
		}
		c.ask(ctx, r.link)
	}
	if c.err != nil && (errors.Is(c.err, ErrOffline) || ctx.Err() != nil) {
		return nil, errors.Join(c.err, r.t.narrow(context.WithoutCancel(ctx), r.link.base, c.bytes))
	}
	return c, c.err
}

// fits reports whether the snapshot goes on where an answer that was asked for
// before begins.
func (r *run) fits(ctx context.Context, c *coming) (fits bool, err error) {
	err = r.t.store.View(ctx, func(tx store.Tx) error {
		s, err := loadState(tx)
		if err != nil {
			return err
		}
		srv := s.at(r.link.base)
		fits = srv != nil && srv.Token == c.token && s.Walk != nil && s.Walk.From == srv.Hub && s.Epoch == c.req.Epoch && s.Tag == c.req.Tag &&
			s.Walk.At == c.req.Walk && s.Walk.Cursor == c.req.Cursor && slices.Equal(s.Walk.Scope, c.req.Scope)
		return nil
	})
	return fits, err
}

// expect asks for the page of a snapshot that follows an answer. Of a hub the
// same can't be known: it goes on at once with what it tells besides.
func (r *run) expect(ctx context.Context, c *coming) {
	a := &c.ans
	signer := r.centreKey()
	if a.Walk == 0 || !a.More || a.Wipe || c.req.PushOnly || len(c.pushed) > 0 || signer == nil || a.Epoch != c.req.Epoch && !a.Reset {
		return
	}
	req := *c.req
	req.Walk, req.Sum = a.Walk, nil
	if a.Reset {
		req.Cursor, req.Scope, req.Epoch, req.Tag = a.Cursor, a.Scope, a.Epoch, a.Tag
	}
	next := &coming{req: &req, token: c.token, done: make(chan struct{}), signer: signer, regions: r.t.cfg.Regions}
	r.coming = next
	go next.ask(ctx, r.link)
}

// centreKey gives the key by which the server that is asked signs; nil for a
// hub.
func (r *run) centreKey() ed25519.PublicKey {
	r.t.mu.Lock()
	defer r.t.mu.Unlock()
	if srv := r.t.st.at(r.link.base); srv == nil || srv.IsHub {
		return nil
	}
	return ed25519.PublicKey(r.t.st.Server)
}

// leave waits for an answer that nobody needs any more.
func (r *run) leave() {
	if r.coming != nil {
		<-r.coming.done
		r.coming = nil
	}
}
