package client

import (
	"bytes"
	"errors"

	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/wire"
)

// epoch notices that the server was restored from a backup. What it told us
// after the point of the backup is void: own entries count as unsent again,
// and what came from others is offered to it.
func (in *intake) epoch() error {
	s, a := in.s, in.ans
	if len(a.Epochs) > 0 {
		s.Epochs = a.Epochs
	}
	if s.Epoch == a.Epoch && s.Tag == a.Tag {
		return nil
	}
	if s.Epoch != 0 {
		// The server took nothing from a tablet that spoke of another epoch.
		in.pushed = nil
		fork := s.Epochs.Shared(s.Epoch)
		in.t.cfg.Log.Warn("the server was restored from a backup", "epoch", a.Epoch, "position", fork)
		err := errors.Join(in.tx.Unsettle(fork), in.tx.VoidFiles())
		if err != nil {
			return err
		}
		for i := range s.Logs {
			l := &s.Logs[i]
			l.Included, l.Receipts, l.Segment = 0, nil, nil
			l.Held, l.Days, l.AtHub = wire.Run{}, nil, nil
			if l.Acked, err = in.kept(l, fork); err != nil {
				return err
			}
			l.Again, l.Named = s.head(l), 0
		}
		s.Offer = &offer{Epoch: s.Epoch, After: fork}
		s.Cursor = min(s.Cursor, fork)
		s.Walk, s.Held = nil, nil
		in.again = true
		if in.t.carrier != nil {
			if err := in.t.carrier.Restored(in.tx, fork); err != nil {
				return err
			}
		}
	}
	s.Epoch, s.Tag = a.Epoch, a.Tag
	return nil
}

// kept gives the last entry of a log before the first that a restored centre
// may lack.
func (in *intake) kept(l *ownLog, fork change.Position) (seq uint64, err error) {
	log := change.Log{Device: in.s.Device, Incarnation: l.Log}
	for seq = l.Pruned; ; {
		run, err := in.s.own(in.tx.OwnAfter(log, seq, 500))
		if err != nil || len(run) == 0 {
			return seq, err
		}
		for i := range run {
			if p := run[i].Position; p <= store.Somewhere || p > fork {
				return seq, nil
			}
			seq = run[i].Seq
		}
	}
}

// believed cuts a number that a server names for an own log to what it can
// know: see [ownLog.Again].
func (l *ownLog) believed(seq uint64) uint64 {
	if l.Acked < l.Again {
		return min(seq, l.Acked)
	}
	return seq
}

// heads takes over how far the server holds the own logs, if it is the same
// history and not only the same numbers.
func (in *intake) heads() error {
	if in.late {
		return in.known()
	}
	for _, h := range in.ans.Heads {
		l := in.s.find(h.Incarnation)
		if l == nil {
			continue
		}
		if h.Seq > in.s.head(l) {
			if err := in.outrun(l); err != nil {
				return err
			}
			continue
		}
		same, err := in.sameHistory(l, &h)
		if err != nil {
			return err
		}
		if !same {
			continue
		}
		if l.Acked < l.Again && h.Seq > l.Acked {
			// The fork, if there is one, comes with the entries themselves.
			if sent := in.pushedThrough(l.Log); sent < h.Seq {
				h.Seq, h.Segment = max(sent, l.Acked), nil
				in.again = in.again || l.safe() > l.Acked // it need not wait behind a gap any more
			}
		}
		if h.Seq > l.Acked {
			in.acked += int(h.Seq - l.Acked)
		}
		if h.Seq < l.Acked {
			in.again = true
		}
		l.Acked, l.Segment = h.Seq, h.Segment
	}
	return nil
}

// known notes of which own logs a bundle speaks. It was made without asking how
// this tablet's go on: of a log that a copy of the tablet went on with, it says
// nothing about the entries here.
func (in *intake) known() error {
	in.logs = make(map[change.Incarnation]bool)
	for i := range in.ans.Heads {
		h := &in.ans.Heads[i]
		l := in.s.find(h.Incarnation)
		if l == nil {
			continue
		}
		same, err := in.sameHistory(l, h)
		if err != nil {
			return err
		}
		in.logs[h.Incarnation] = same
	}
	return nil
}

// outrun deals with a server that holds more of a log than this tablet does:
// the tablet was restored from a copy and must not go on under the same
// numbers. The head is that of the history in which the server found what was
// just pushed, be it a branch: so it has that.
func (in *intake) outrun(l *ownLog) error {
	head := in.s.head(l)
	if in.pushedThrough(l.Log) == head && head > l.Acked {
		in.acked += int(head - l.Acked)
		l.Acked = head
	}
	if l.Log != in.s.Log {
		return nil
	}
	in.t.cfg.Log.Warn("the server holds more of this log: beginning a new one", "device", in.s.Device.String())
	in.again = true
	return in.t.beginLog(in.tx, in.s)
}

// pushedThrough gives the last entry of a log that this turn pushed.
func (in *intake) pushedThrough(log change.Incarnation) (last uint64) {
	for _, p := range in.pushed {
		if p.log == log {
			last = p.first + uint64(p.count) - 1
		}
	}
	return last
}

func (in *intake) sameHistory(l *ownLog, h *wire.Head) (bool, error) {
	if h.Seq < l.Pruned {
		return true, nil // it had the receipt of this server, long ago
	}
	if h.Seq == 0 {
		return true, nil
	}
	own, found, err := in.ownAt(l.Log, h.Seq)
	return found && bytes.Equal(own.Hash[:], h.Hash), err
}

// ownAt reads an own entry.
func (in *intake) ownAt(log change.Incarnation, seq uint64) (store.Own, bool, error) {
	own, err := in.s.own(in.tx.OwnAfter(change.Log{Device: in.s.Device, Incarnation: log}, seq-1, 1))
	if err != nil || len(own) == 0 || own[0].Seq != seq {
		return store.Own{}, false, err
	}
	return own[0], true, nil
}

// fork starts a new log where the server holds other entries under the
// numbers of this one.
func (in *intake) fork() error { return in.forked(in.ans.Forked) }

func (in *intake) forked(f *wire.Fork) error {
	if f == nil {
		return nil
	}
	l := in.s.find(f.Incarnation)
	if l == nil || l.Branch == f.Branch {
		return nil
	}
	l.Branch, l.BranchAt, l.Named = f.Branch, f.At, 0
	in.again = true
	if l.Log != in.s.Log {
		return nil
	}
	in.t.cfg.Log.Warn("this log exists twice: beginning a new one", "device", in.s.Device.String())
	return in.t.beginLog(in.tx, in.s)
}
