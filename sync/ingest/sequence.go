package ingest

import (
	"context"
	"errors"
	"fmt"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/merge"
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

// alter changes something besides the order. The centre does so together with
// what it sequences, so that tablets share an fsync.
func (s *Server) alter(ctx context.Context, f func(store.Tx) error) error {
	if s.cfg.Hub != nil {
		return s.store.Update(ctx, f)
	}
	return s.submit(ctx, func(b *batch) error { return f(b.tx) })
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
	// received is when the entry at position asked was received
	asked    change.Position
	received change.Millis
}

type folded struct {
	row    store.Row
	state  *merge.State
	before []string // where the record lay when it was read
	bytes  []byte   // of the state, to be written
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
	return b.keep(&row)
}

func (b *batch) keep(row *store.Row) (*folded, error) {
	st, err := merge.Decode(row.State)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", row.Kind, row.ID, err)
	}
	f := &folded{row: *row, state: st, before: st.Regions()}
	b.rows[row.Ref] = f
	b.list = append(b.list, f)
	return f, nil
}

// takeAll reads the records of entries, all at once.
func (b *batch) takeAll(list []parsed) error {
	var refs []core.Ref
	asked := make(map[core.Ref]bool, len(list))
	for i := range list {
		ref := core.Ref{Kind: list[i].entry.Kind, ID: list[i].entry.Record}
		if b.rows[ref] == nil && !asked[ref] && list[i].err == nil {
			asked[ref] = true
			refs = append(refs, ref)
		}
	}
	rows, err := b.tx.Records(refs)
	if err != nil {
		return err
	}
	for i := range rows {
		if _, err := b.keep(&rows[i]); err != nil {
			return err
		}
	}
	return nil
}

// flush writes what was folded.
func (b *batch) flush() error {
	regions, sums := b.s.Regions(), store.Sums{}
	if err := store.InStretches(b.list, stretch, func(f *folded) { f.prepare(regions) },
		func(list []*folded) error { return b.put(list, sums) }); err != nil {
		return err
	}
	if err := sums.Write(b.tx); err != nil {
		return err
	}
	return b.tx.SetHead(b.head)
}

// stretch is how many records are written at a time.
const stretch = 256

func (f *folded) prepare(regions *core.Regions) {
	if f.state.Kind == "" {
		return
	}
	f.bytes = f.state.Encode()
	view := f.state.View()
	f.row.Index = store.IndexOf(&view, regions)
}

func (b *batch) put(list []*folded, sums store.Sums) error {
	rows := make([]*store.Row, 0, len(list))
	for _, f := range list {
		if f.state.Kind == "" {
			continue
		}
		old := f.row.State
		f.row.State = f.bytes
		sums.Change(f.row.Ref, old, f.before, f.row.State, f.state.Regions())
		rows = append(rows, &f.row)
	}
	return b.tx.PutRecords(rows)
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
		l.Before = f.state.Areas()
		if l.Verdict.Folds() {
			b.fold(f, l)
		}
		if l.Regions = f.state.Areas(); len(l.Regions) == 0 && l.Region != "" {
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
