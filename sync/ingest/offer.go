package ingest

import (
	"context"

	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/wire"
)

// offers takes back what a restored server lost and a tablet still has: pages
// that this server signed before the restore. Entries that are known by now
// are left alone; the others keep their old place, effective time and verdict.
func (x *exchange) offers(ctx context.Context) error {
	if len(x.req.Offers) == 0 {
		return nil
	}
	var pages []*wire.Page
	for _, b := range x.req.Offers {
		p, err := wire.OpenPage(b, x.s.Key())
		if err != nil {
			x.s.cfg.Log.Warn("offered page refused", "device", x.device.ID.String(), "err", err)
			continue
		}
		pages = append(pages, p)
	}
	return x.s.submit(ctx, func(b *batch) error {
		for _, p := range pages {
			if err := b.regain(x.device.ID, p); err != nil {
				return err
			}
		}
		return nil
	})
}

func (b *batch) regain(device change.DeviceID, p *wire.Page) error {
	shared := b.s.me.Load().Epochs.Shared(p.Epoch)
	for i := range p.Items {
		it := &p.Items[i]
		if it.Position <= shared || p.Epoch >= b.head.Epoch {
			continue
		}
		if it.What == wire.ItemOwn {
			key := change.Key{Log: change.Log{Device: device, Incarnation: it.Log}, Seq: it.Seq}
			b.s.recall(key, hint{change.Place{Epoch: p.Epoch, Position: it.Position}, it.Effective, it.Unsure})
		}
		if it.What != wire.ItemEntry {
			continue
		}
		e, err := it.Sequenced()
		if err != nil {
			return err
		}
		if err := b.regainOne(p.Epoch, it, &e); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) regainOne(epoch change.Epoch, it *wire.Item, e *change.Sequenced) error {
	held, err := b.tx.LoggedBy(e.Key)
	if err != nil {
		return err
	}
	for i := range held {
		if held[i].Hash == e.Hash {
			return nil
		}
		if held[i].FoldLog() == e.FoldLog() {
			// Another tablet with the same name has brought its own history
			// under these numbers meanwhile.
			e.Branch, e.BranchAt = branchName(e.Hash), e.Seq-1
		}
	}
	l := &store.Logged{Sequenced: *e, Bytes: it.Bytes}
	l.Verdict = change.Pending
	l.Old = change.Place{Epoch: epoch, Position: it.Position}
	if it.Old.Epoch != 0 {
		l.Old = it.Old
	}
	return b.add(l)
}

// hint is where an entry stood in an epoch that was lost, as its own tablet
// can prove.
type hint struct {
	old       change.Place
	effective change.Millis
	unsure    bool
}

const maxHints = 200000

// recall keeps a hint until the tablet pushes the entry again, which is what
// it does next.
func (s *Server) recall(k change.Key, h hint) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.hints) < maxHints {
		s.hints[k] = h
	}
}

// remember gives an entry its old place and effective time back.
func (s *Server) remember(l *store.Logged) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h, ok := s.hints[l.Key]; ok {
		l.Old, l.Effective, l.Unsure = h.old, h.effective, h.unsure
	}
}
