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
	}
	old := change.Place{Epoch: epoch, Position: it.Position}
	if it.Old.Epoch != 0 {
		old = it.Old
	}
	own, err := b.rejoin(change.Place{Epoch: epoch, Position: it.Position}, e)
	if err != nil {
		return err
	}
	for i := range held {
		if held[i].FoldLog() == e.FoldLog() {
			// Another tablet with the same name has brought its own history
			// under these numbers meanwhile.
			e.Branch, e.BranchAt = branchName(e.Hash), min(own, e.Seq-1)
		}
	}
	l := &store.Logged{Sequenced: *e, Bytes: it.Bytes}
	l.Verdict, l.Old = change.Pending, old
	return b.add(l)
}

// rejoin finds the history that an entry belongs to which stood in its log's own
// one in the lost epoch: under the numbers before it, the log may have another
// history now. It gives how far that is known to be the same.
func (b *batch) rejoin(old change.Place, e *change.Sequenced) (same uint64, err error) {
	if e.Branch != 0 || e.Seq == 1 {
		return e.Seq - 1, nil
	}
	before, err := b.tx.LoggedBy(change.Key{Log: e.Log, Seq: e.Seq - 1})
	if err != nil {
		return 0, err
	}
	// Of two that came back the log's own one stood first.
	var previous *store.Logged
	for i := range before {
		p := &before[i]
		if p.Old.Epoch == old.Epoch && p.Old.Position < old.Position && (previous == nil || p.Old.Position < previous.Old.Position) {
			previous = p
		}
	}
	if previous != nil {
		e.Branch, e.BranchAt = previous.Branch, previous.BranchAt
		return e.Seq - 1, nil
	}
	same, err = b.unchanged(old.Epoch, e)
	if err == nil && same < e.Seq-1 {
		e.Branch, e.BranchAt = branchName(e.Hash), same
	}
	return same, err
}

// unchanged gives the last number before an entry through which the log's own
// history holds nothing that it may not have held in the lost epoch.
func (b *batch) unchanged(epoch change.Epoch, e *change.Sequenced) (uint64, error) {
	head, found, err := b.tx.LogHead(e.Log)
	if err != nil || !found {
		return e.Seq - 1, err
	}
	through, err := b.tx.SeqThrough(&head, b.s.me.Load().Epochs.Shared(epoch))
	if err != nil || through >= e.Seq-1 {
		return e.Seq - 1, err
	}
	since, err := b.tx.LoggedRange(e.Log, through+1, e.Seq-1)
	if err != nil {
		return 0, err
	}
	for i := range since {
		if since[i].Branch == 0 && since[i].Old.Epoch != epoch {
			return since[i].Seq - 1, nil
		}
	}
	return e.Seq - 1, nil
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
