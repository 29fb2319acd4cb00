package simtest

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/wire"
)

// The negative controls: what other systems rest on, or get wrong, put in the
// place of what Muqu does. Each must be caught in a few lives, or the lives prove
// nothing.
func TestControlsAreCaught(t *testing.T) {
	for _, tc := range []struct {
		name string
		c    control
	}{
		{"positions that a reader can skip", control{under: func(s store.Store) store.Store { return &skipping{Store: s, hide: make(map[change.Position]int)} }}},
		{"duplicates known by number alone", control{under: underBySeq}},
		{"clocks that are five minutes off are refused", control{fault: refuseDrift}},
		{"what the author saw is taken at the moment of saving", control{everything: true}},
		{"what was not sent is purged", control{forget: true}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for seed := int64(1); seed <= 25; seed++ {
				if caught(t, seed, tc.c) {
					return
				}
			}
			t.Error("25 lives noticed nothing")
		})
	}
}

// caught plays a life with a control and reports whether a promise broke. The
// life itself may not fail the test: that is the point.
func caught(t *testing.T, seed int64, c control) (yes bool) {
	l := begin(t, seed, 0, c)
	l.lenient = true
	l.play(count(60))
	if c.forget {
		l.forget()
	}
	if c.fault != nil {
		l.tablets[0].Clock = -20 * 365 * 24 * time.Hour
		l.Break(func(w http.ResponseWriter, r *http.Request, next http.Handler) { c.fault(w, r, withNow{next, l.World}) })
	}
	l.quiet()
	return len(l.broken) > 0
}

// forget empties a tablet that has something to say, as a purge would that does
// not wait for the upload.
func (l *life) forget() {
	tab := l.tablets[0]
	tab.Put(core.Ref{}, map[string]any{"remark": "unsent"})
	l.confirm(tab)
	if err := tab.Store().Erase(l.ctx); err != nil {
		l.t.Fatal(err)
	}
	l.tablets = l.tablets[1:]
}

// skipping is a store whose readers miss an entry at first, though they see
// later ones: a database sequence hands out numbers before it commits.
type skipping struct {
	store.Store
	hide map[change.Position]int // how often it was hidden
}

func (s *skipping) View(ctx context.Context, f func(store.Tx) error) error {
	return s.Store.View(ctx, func(tx store.Tx) error { return f(&skippingTx{tx, s}) })
}

type skippingTx struct {
	store.Tx
	s *skipping
}

func (t *skippingTx) Logged(after change.Position, area string, limit int) ([]store.Logged, error) {
	list, err := t.Tx.Logged(after, area, limit)
	var out []store.Logged
	for i := range list {
		late := i < len(list)-1 && list[i].Position%5 == 0 && t.s.hide[list[i].Position] == 0
		if t.s.hide[list[i].Position]++; !late {
			out = append(out, list[i])
		}
	}
	return out, err
}

// bySeq is a store that knows no hashes: what has a number that is held
// already counts as the same.
type bySeq struct{ store.Store }

func underBySeq(s store.Store) store.Store { return &bySeq{s} }

func (s *bySeq) Update(ctx context.Context, f func(store.Tx) error) error {
	return s.Store.Update(ctx, func(tx store.Tx) error { return f(&bySeqTx{tx}) })
}

type bySeqTx struct{ store.Tx }

func (t *bySeqTx) LoggedBy(change.Key) ([]store.Logged, error) { return nil, nil }

// withNow lets a fault know the true time.
type withNow struct {
	http.Handler
	w *World
}

// refuseDrift answers nobody whose clock is more than five minutes off.
func refuseDrift(w http.ResponseWriter, r *http.Request, next http.Handler) {
	on := next.(withNow)
	if r.URL.Path == wire.PathSync {
		b, err := io.ReadAll(r.Body)
		var q wire.SyncRequest
		if err == nil && wire.Unpack(b, &q) == nil {
			if off := q.Sent.Time().Sub(on.w.Time); off.Abs() > 5*time.Minute {
				panic(http.ErrAbortHandler)
			}
		}
		r.Body = io.NopCloser(bytes.NewReader(b))
	}
	on.ServeHTTP(w, r)
}
