package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"

	"muqu/core/store"
)

// maxReaders is how many read at the same time.
const maxReaders = 4

// reader is a connection on which one transaction reads at a time, with the
// statements that were prepared on it. database/sql would prepare them anew for
// each transaction, and needs a further connection to do so: when all were taken
// by transactions that wanted to prepare, none could go on.
type reader struct {
	conn   *sql.Conn
	stmts  map[string]*sql.Stmt
	broken bool
}

// readers hands out connections, the one that was used last first: most
// programs read with one at a time.
type readers struct {
	places chan struct{} // has one for each that reads now

	mu     sync.Mutex
	idle   []*reader // guarded by mu
	closed bool      // guarded by mu
}

func newReaders() *readers { return &readers{places: make(chan struct{}, maxReaders)} }

// take waits for a place and gives a connection, nil where one must be opened.
func (s *readers) take(ctx context.Context) (*reader, error) {
	select {
	case s.places <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		<-s.places
		return nil, sql.ErrConnDone
	}
	n := len(s.idle)
	if n == 0 {
		return nil, nil
	}
	r := s.idle[n-1]
	s.idle = s.idle[:n-1]
	return r, nil
}

// give frees the place of a connection; nil: it can't be used any more.
func (s *readers) give(r *reader) {
	s.mu.Lock()
	if r != nil {
		s.idle = append(s.idle, r)
	}
	s.mu.Unlock()
	<-s.places
}

// close waits for all that read.
func (s *readers) close() error {
	for range maxReaders {
		s.places <- struct{}{}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, r := range s.idle {
		errs = append(errs, r.close())
	}
	s.idle, s.closed = nil, true
	for range maxReaders {
		<-s.places
	}
	return errors.Join(errs...)
}

// View runs f in a read transaction that sees one moment.
func (db *DB) View(ctx context.Context, f func(store.Tx) error) (err error) {
	defer func() { err = told(err) }()
	r, err := db.readers.take(ctx)
	if err != nil {
		return fmt.Errorf("begin read: %w", err)
	}
	defer func() { db.readers.give(r) }()
	if r == nil {
		conn, err := db.reader.Conn(ctx)
		if err != nil {
			return fmt.Errorf("begin read: %w", err)
		}
		r = &reader{conn: conn, stmts: make(map[string]*sql.Stmt)}
	}
	if err = r.view(ctx, f); r.broken {
		err = errors.Join(err, r.close())
		r = nil
	}
	return err
}

func (r *reader) view(ctx context.Context, f func(store.Tx) error) error {
	if _, err := r.conn.ExecContext(ctx, "BEGIN"); err != nil {
		r.broken = true
		return fmt.Errorf("begin read: %w", err)
	}
	err := f(&tx{ctx: ctx, prepare: r.prepare})
	// Nothing was written. A connection that can't end its transaction is of no
	// use to the next one.
	if _, rollback := r.conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK"); rollback != nil {
		r.broken = true
		err = errors.Join(err, rollback)
	}
	return err
}

func (r *reader) prepare(text string) (*sql.Stmt, error) {
	if s, ok := r.stmts[text]; ok {
		return s, nil
	}
	s, err := r.conn.PrepareContext(context.Background(), text)
	if err != nil {
		return nil, fmt.Errorf("prepare %q: %w", text, err)
	}
	r.stmts[text] = s
	return s, nil
}

// close gives up a connection. One with an open statement would leave its log
// behind.
func (r *reader) close() error {
	var errs []error
	for _, s := range r.stmts {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, r.conn.Close())...)
}
