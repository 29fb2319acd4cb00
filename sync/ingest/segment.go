package ingest

import (
	"bytes"
	"crypto/ed25519"
	"encoding/binary"
	"fmt"
	"slices"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/wire"
)

// incoming is one verified segment with its entries decoded.
type incoming struct {
	*wire.Opened
	device store.Device
	offset change.Millis // server clock minus device clock at transmission
	unsure bool          // offset is a guess
	parsed []parsed
	bytes  []byte // as it came
}

// read verifies and decodes a segment of a device.
func read(b []byte, d *store.Device, offset change.Millis) (*incoming, error) {
	o, err := wire.Open(b, func(id change.DeviceID) (ed25519.PublicKey, error) {
		if id != d.ID {
			return nil, core.Refuse(core.Forbidden, "", "refuse.signature")
		}
		return d.Key, nil
	})
	if err != nil {
		return nil, err
	}
	in := &incoming{Opened: o, device: *d, offset: offset, parsed: make([]parsed, len(o.Entries)), bytes: b}
	for i, raw := range o.Entries {
		p := &in.parsed[i]
		p.hash = change.HashOf(in.Key(i), raw)
		if o.Read[i] != nil {
			p.entry = *o.Read[i]
			continue
		}
		p.entry, p.err = change.DecodeEntry(in.Key(i), raw)
	}
	return in, nil
}

type parsed struct {
	entry change.Entry
	hash  change.Hash
	err   error
}

// accepted says what became of a segment.
type accepted struct {
	head     store.LogHead
	fork     *wire.Fork
	receipts []*wire.Receipt
	verdicts []wire.Verdict
}

// segment sequences what is new in a segment, and what waited for it.
func (b *batch) segment(in *incoming) (*accepted, error) {
	out := &accepted{}
	fits, err := b.enter(in, out)
	if err != nil {
		return nil, err
	}
	if !fits {
		return out, b.hold(in)
	}
	return out, b.fill(in.Log, &in.device, out)
}

// enter sequences what is new in a segment, unless something that precedes it
// is missing.
func (b *batch) enter(in *incoming, out *accepted) (fits bool, err error) {
	head, err := b.branchOf(in)
	if err != nil {
		return false, err
	}
	if in.First > head.Seq+1 {
		out.head = head
		return false, nil
	}
	fresh, err := b.fresh(in, &head)
	if err != nil {
		return false, err
	}
	if head.Log != head.Wire {
		out.fork = &wire.Fork{Incarnation: head.Wire.Incarnation, Branch: head.Log.Incarnation, At: head.BranchAt}
	}
	if err := b.sequence(in, &head, fresh, out); err != nil {
		return false, err
	}
	out.head = head
	return true, nil
}

// fresh gives the index of the first entry that is new, and turns head into a
// new branch where the segment contradicts what is held.
func (b *batch) fresh(in *incoming, head *store.LogHead) (int, error) {
	first, unheld := len(in.parsed), len(in.parsed)
	for i := range in.parsed {
		seq := in.First + uint64(i)
		if seq > head.Seq {
			first = min(first, i)
			if len(b.s.me.Load().Epochs) == 0 {
				return first, nil // nothing beyond the head can be held
			}
		}
		same, other, err := b.holds(head, seq, in.parsed[i].hash)
		if err != nil {
			return 0, err
		}
		switch {
		case same:
		case other, seq <= head.Seq && len(b.s.me.Load().Epochs) > 0:
			// After a restore tablets may have brought back what this history
			// goes on with as a branch, before its own segments came.
			i = min(i, unheld)
			b.fork(in, head, i)
			return i, nil
		default:
			unheld = min(unheld, i)
		}
	}
	return first, nil
}

// fork turns head into a branch that begins with the i-th entry.
func (b *batch) fork(in *incoming, head *store.LogHead, i int) {
	seq := in.First + uint64(i)
	b.s.cfg.Log.Warn("a log exists twice", "device", in.Log.Device.String(), "seq", seq)
	*head = store.LogHead{
		Log: change.Log{Device: in.Log.Device, Incarnation: branchName(in.parsed[i].hash)}, Wire: in.Log,
		BranchAt: seq - 1, Seq: seq - 1, Effective: head.Effective,
	}
}

// branchName names a branch after the first entry that is different in it.
func branchName(h change.Hash) change.Incarnation {
	return change.Incarnation(binary.BigEndian.Uint64(h[:8])>>1 | 1)
}

// holds reports whether the history of head has the entry under that number,
// and whether it has another under it.
func (b *batch) holds(head *store.LogHead, seq uint64, hash change.Hash) (same, other bool, err error) {
	held, err := b.tx.LoggedBy(change.Key{Log: head.Wire, Seq: seq})
	if err != nil {
		return false, false, err
	}
	for i := range held {
		if held[i].FoldLog() != head.Log && seq > head.BranchAt {
			continue
		}
		if held[i].Hash == hash {
			same = true
		} else {
			other = true
		}
	}
	return same, other, nil
}

// branchOf finds the history that a segment belongs to: the only one in nearly
// all cases, else the one that holds its first entry or the segment before it.
func (b *batch) branchOf(in *incoming) (store.LogHead, error) {
	heads, err := b.tx.LogHeads(in.Log.Device)
	if err != nil {
		return store.LogHead{}, err
	}
	main := store.LogHead{Log: in.Log, Wire: in.Log}
	for _, h := range heads {
		if h.Log == in.Log {
			main = h
		}
	}
	for _, h := range heads {
		if h.Wire != in.Log || h.Log == in.Log {
			continue
		}
		if follows, err := b.continues(in, &h); err != nil || follows {
			return h, err
		}
		if in.Last() <= h.BranchAt || in.First > h.Seq {
			continue
		}
		i := max(h.BranchAt+1, in.First) - in.First
		if same, _, err := b.holds(&h, in.First+i, in.parsed[i].hash); err != nil || same {
			return h, err
		}
	}
	return main, nil
}

// continues reports whether a segment names one of a branch as the one before
// it. The same entries may have come in several: a tablet and its copy, or a hub
// and a tablet, seal them each for itself.
func (b *batch) continues(in *incoming, h *store.LogHead) (bool, error) {
	if len(in.Previous) == 0 {
		return false, nil
	}
	if bytes.Equal(in.Previous, h.Segment) {
		return true, nil
	}
	ends, err := b.tx.SegmentsTo(h.Log, in.First-1)
	return slices.ContainsFunc(ends, func(hash []byte) bool { return bytes.Equal(hash, in.Previous) }), err
}

// recognize keeps what a segment of a branch is called that brought nothing
// new: the one that follows names it.
func (b *batch) recognize(in *incoming, head *store.LogHead) error {
	if head.Log == head.Wire {
		return nil
	}
	ends, err := b.tx.SegmentsTo(head.Log, in.Last())
	if err != nil || slices.ContainsFunc(ends, func(hash []byte) bool { return bytes.Equal(hash, in.Hash) }) {
		return err
	}
	return b.keepSegment(in, head)
}

func (b *batch) keepSegment(in *incoming, head *store.LogHead) error {
	return b.tx.PutSegment(&store.Segment{Log: head.Log, First: in.First, Count: len(in.parsed), Header: in.Header, Signature: in.Signature, Hash: in.Hash})
}

// sequence adds the entries from fresh on.
func (b *batch) sequence(in *incoming, head *store.LogHead, fresh int, out *accepted) error {
	if fresh == len(in.parsed) {
		return b.recognize(in, head)
	}
	if err := b.takeAll(in.parsed[fresh:]); err != nil {
		return err
	}
	for i := fresh; i < len(in.parsed); i++ {
		l, err := b.place(in, head, i)
		if err != nil {
			return err
		}
		if l.Verdict == change.Quarantined {
			out.verdicts = append(out.verdicts, wire.Verdict{Incarnation: in.Log.Incarnation, Seq: l.Seq, Position: l.Position, Verdict: l.Verdict, Reason: l.Reason})
		}
		head.Seq, head.Hash, head.Effective, head.Position = l.Seq, l.Hash, l.Effective, max(head.Position, l.Position)
		out.receive(b, l)
	}
	head.Segment = in.Hash
	if err := b.tx.SetLogHead(head); err != nil {
		return err
	}
	return b.keepSegment(in, head)
}

// place sequences one entry, unless a tablet that had received it brought it
// back already after a restore.
func (b *batch) place(in *incoming, head *store.LogHead, i int) (*store.Logged, error) {
	l, err := b.logged(in, head, i)
	if err != nil {
		return nil, err
	}
	if len(b.s.me.Load().Epochs) > 0 {
		held, err := b.tx.LoggedBy(l.Key)
		if err != nil {
			return nil, err
		}
		for j := range held {
			if held[j].Hash == l.Hash {
				return &held[j], nil
			}
		}
		b.s.remember(l)
	}
	if err := b.add(l); err != nil {
		return nil, fmt.Errorf("sequence %s: %w", l.Key, err)
	}
	return l, nil
}

// receive adds an entry to the receipts: one for each run of positions.
func (a *accepted) receive(b *batch, l *store.Logged) {
	n := len(a.receipts)
	if n == 0 || a.receipts[n-1].Position+change.Position(a.receipts[n-1].Count) != l.Position {
		a.receipts = append(a.receipts, &wire.Receipt{Epoch: b.head.Epoch, Device: l.Device[:], Incarnation: l.Incarnation, First: l.Seq, Position: l.Position, Received: b.now})
		n++
	}
	r := a.receipts[n-1]
	r.Hashes = wire.ReceiptHash(r.Hashes, l.Hash)
	r.Count++
}

// logged makes the log row of one entry: judged, with its effective time.
func (b *batch) logged(in *incoming, head *store.LogHead, i int) (*store.Logged, error) {
	p := &in.parsed[i]
	l := &store.Logged{Bytes: in.Entries[i]}
	l.Hash, l.Unsure = p.hash, in.unsure
	if head.Log != head.Wire {
		l.Branch, l.BranchAt = head.Log.Incarnation, head.BranchAt
	}
	if p.err != nil {
		l.Key = in.Key(i)
		l.Verdict, l.Reason = change.Quarantined, "verdict.undecodable"
		return l, nil
	}
	l.Entry = p.entry
	reason, err := b.judge(&in.device, &l.Sequenced)
	if err != nil {
		return nil, err
	}
	if reason != "" {
		l.Verdict, l.Reason = change.Quarantined, reason
	}
	if l.Effective, err = b.effective(&l.Entry, in.offset, head.Effective); err != nil {
		return nil, err
	}
	if d := &in.device; reason == "" && d.Until != 0 && l.Effective > d.Until {
		l.Verdict, l.Reason = change.Quarantined, "verdict.term"
	}
	return l, nil
}

// effective estimates when an edit was made: the device's time, corrected by
// what its clock was off when it was sent; not before what its author had
// seen, not before the author's previous edit, not after now.
func (b *batch) effective(e *change.Entry, offset, previous change.Millis) (change.Millis, error) {
	at := max(e.At+offset, previous)
	if p := min(b.known(e), b.head.Position); p > 0 {
		seen, err := b.receivedAt(p)
		if err != nil {
			return 0, err
		}
		at = max(at, seen)
	}
	return max(1, min(at, b.now)), nil
}

// receivedAt gives when the entry at a position was received. Entries that were
// written one after another have mostly seen the same.
func (b *batch) receivedAt(p change.Position) (change.Millis, error) {
	if p == b.asked {
		return b.received, nil
	}
	at, _, err := b.tx.ReceivedAt(p)
	b.asked, b.received = p, at
	return at, err
}
