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
	var pages []offered
	for i, b := range x.req.Offers {
		p, err := wire.OpenPage(b, x.s.Key())
		if err != nil {
			x.s.cfg.Log.Warn("offered page refused", "device", x.device.ID.String(), "err", err)
			continue
		}
		o := offered{Page: p}
		if i < len(x.req.Meant) {
			o.meant = x.req.Meant[i]
		}
		pages = append(pages, o)
	}
	return x.s.submit(ctx, func(b *batch) error {
		for i := range pages {
			if err := b.regain(x.device.ID, pages[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// offered is a page that a tablet brought back.
type offered struct {
	*wire.Page
	meant []byte // see [wire.SyncRequest]
}

// own names the next own entry of the page; false where the tablet does not say
// which one it means: a copy of it may bring another under the same number.
func (o *offered) own(log change.Log, seq uint64) (name, bool) {
	if len(o.meant) < wire.MeantBytes {
		return name{}, false
	}
	n := name{Key: change.Key{Log: log, Seq: seq}, hash: [wire.MeantBytes]byte(o.meant)}
	o.meant = o.meant[wire.MeantBytes:]
	return n, n.hash != [wire.MeantBytes]byte{}
}

// name tells an entry from others under its key.
type name struct {
	change.Key
	hash [wire.MeantBytes]byte
}

func (b *batch) regain(device change.DeviceID, p offered) error {
	shared := b.s.me.Load().Epochs.Shared(p.Epoch)
	for i := range p.Items {
		it := &p.Items[i]
		var own name
		var meant bool
		if it.What == wire.ItemOwn {
			own, meant = p.own(change.Log{Device: device, Incarnation: it.Log}, it.Seq)
		}
		if it.Position <= shared || p.Epoch >= b.head.Epoch {
			continue
		}
		if meant {
			b.s.recall(own, hint{change.Place{Epoch: p.Epoch, Position: it.Position}, it.Effective, it.Unsure})
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
func (s *Server) recall(k name, h hint) {
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
	if h, ok := s.hints[name{l.Key, [wire.MeantBytes]byte(l.Hash[:])}]; ok {
		l.Old, l.Effective, l.Unsure = h.old, h.effective, h.unsure
	}
}
