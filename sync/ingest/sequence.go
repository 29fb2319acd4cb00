package ingest

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/merge"
	"muqu/sync/wire"
)

// job is one request's work for the sequencer. run is called in the write
// transaction; an error of one job undoes only that job.
type job struct {
	run  func(*batch) error
	done chan error
}

// maxBatch bounds how many requests share a transaction.
const maxBatch = 64

// errStopped reports a server that is shutting down.
var errStopped = errors.New("the server is stopping: try again in a moment")

// sequence is the one writer: it takes jobs as they come and commits many of
// them together, so that a hundred tablets cost one fsync.
func (s *Server) sequence() {
	defer close(s.stopped)
	for {
		select {
		case <-s.stop:
			return
		case j := <-s.queue:
			s.together(s.gather(j))
		}
	}
}

func (s *Server) gather(first *job) []*job {
	jobs := []*job{first}
	for len(jobs) < maxBatch {
		select {
		case j := <-s.queue:
			jobs = append(jobs, j)
		default:
			return jobs
		}
	}
	return jobs
}

// together runs jobs in one transaction. If one fails, each is run again on
// its own, so that no request suffers for another.
func (s *Server) together(jobs []*job) {
	err := s.transact(jobs)
	if err != nil && len(jobs) > 1 {
		for _, j := range jobs {
			j.done <- s.transact([]*job{j})
		}
		return
	}
	for _, j := range jobs {
		j.done <- err
	}
}

func (s *Server) transact(jobs []*job) error {
	before := s.me.Load()
	err := s.store.Update(context.Background(), func(tx store.Tx) error {
		b, err := s.newBatch(tx)
		if err != nil {
			return err
		}
		for _, j := range jobs {
			if err := j.run(b); err != nil {
				return err
			}
		}
		return b.flush()
	})
	if err != nil {
		s.me.Store(before) // an epoch that was not committed never began
	}
	return err
}

// submit hands work to the sequencer and waits until it is committed.
func (s *Server) submit(ctx context.Context, run func(*batch) error) error {
	if s.cfg.Hub != nil {
		return core.Refuse(core.Forbidden, "", "refuse.hub")
	}
	j := &job{run: run, done: make(chan error, 1)}
	select {
	case s.queue <- j:
	case <-s.stop:
		return errStopped
	case <-ctx.Done():
		return ctx.Err()
	}
	select {
	case err := <-j.done:
		return err
	case <-s.stopped:
		return errStopped
	}
}

// batch is the sequencer's work within one transaction.
type batch struct {
	s    *Server
	tx   store.Tx
	head store.Head
	now  change.Millis
	rows map[core.Ref]*folded
	list []*folded
	// places are where records lie that entries refer to
	places  map[core.Ref][]string
	borrows bool // some region refers to records elsewhere
}

type folded struct {
	row    store.Row
	state  *merge.State
	before []string // where the record lay when it was read
}

func (s *Server) newBatch(tx store.Tx) (*batch, error) {
	h, err := tx.Head()
	if err != nil {
		return nil, err
	}
	b := &batch{s: s, tx: tx, head: h, rows: make(map[core.Ref]*folded), places: make(map[core.Ref][]string)}
	if b.borrows, err = tx.Borrows(); err != nil {
		return nil, err
	}
	b.now = max(s.now(), h.Received)
	return b, nil
}

func (b *batch) take(ref core.Ref) (*folded, error) {
	if f, ok := b.rows[ref]; ok {
		return f, nil
	}
	row, _, err := b.tx.Record(ref)
	if err != nil {
		return nil, err
	}
	st, err := merge.Decode(row.State)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", ref.Kind, ref.ID, err)
	}
	f := &folded{row: row, state: st, before: st.Regions()}
	b.rows[ref] = f
	b.list = append(b.list, f)
	return f, nil
}

func (b *batch) flush() error {
	sums := store.Sums{}
	for _, f := range b.list {
		if f.state.Kind == "" {
			continue
		}
		old := f.row.State
		f.row.State = f.state.Encode()
		sums.Change(f.row.Ref, old, f.before, f.row.State, f.state.Regions())
		view := f.state.View()
		f.row.Index = store.IndexOf(&view, b.s.Regions())
		if err := b.tx.PutRecord(&f.row); err != nil {
			return err
		}
	}
	if err := sums.Write(b.tx); err != nil {
		return err
	}
	return b.tx.SetHead(b.head)
}

// add gives an entry its position and folds it, if it may stand.
func (b *batch) add(l *store.Logged) error {
	b.head.Position++
	b.head.Received = b.now
	l.Position, l.Received = b.head.Position, b.now
	if l.Effective == 0 || l.Effective > b.now {
		l.Effective = b.now
	}
	if l.Verdict == change.Pending {
		l.Verdict = change.Applied
	}
	if l.Kind != "" {
		f, err := b.take(core.Ref{Kind: l.Kind, ID: l.Record})
		if err != nil {
			return err
		}
		l.Before = f.state.Regions()
		if l.Verdict.Folds() {
			b.fold(f, l)
		}
		if l.Regions = f.state.Regions(); len(l.Regions) == 0 && l.Region != "" {
			l.Regions = []string{l.Region}
		}
		if err := b.borrow(f, l); err != nil {
			return err
		}
	}
	return b.tx.AppendLogged(l)
}

func (b *batch) fold(f *folded, l *store.Logged) {
	torn := len(f.state.Torn())
	out := merge.Apply(f.state, &l.Sequenced, b.s.me.Load().Epochs)
	l.Folds = l.Position
	if len(out.Opened) > 0 || len(f.state.Torn()) > torn {
		l.Verdict = change.Conflict
	}
}

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
	first := len(in.parsed)
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
		if other && !same {
			b.fork(in, head, i)
			return i, nil
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
		if len(in.Previous) > 0 && bytes.Equal(in.Previous, h.Segment) {
			return h, nil
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

// sequence adds the entries from fresh on.
func (b *batch) sequence(in *incoming, head *store.LogHead, fresh int, out *accepted) error {
	if fresh == len(in.parsed) {
		return nil
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
	return b.tx.PutSegment(&store.Segment{Log: head.Log, First: in.First, Count: len(in.parsed), Header: in.Header, Signature: in.Signature, Hash: in.Hash})
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
	sum := sha256.Sum256(append(r.Hashes, l.Hash[:]...))
	r.Hashes = sum[:]
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
		seen, found, err := b.tx.ReceivedAt(p)
		if err != nil {
			return 0, err
		}
		if found {
			at = max(at, seen)
		}
	}
	return max(1, min(at, b.now)), nil
}
