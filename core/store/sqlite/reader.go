package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"muqu/core/store"
)

// maxReaders is how many read at the same time.
const maxReaders = 4

// reader is a connection on which one transaction reads at a time, with the
// statements that were prepared on it. database/sql would prepare them anew for
// each transaction, and needs a further connection to do so: when all were taken
// by transactions that wanted to prepare, none could go on.
type reader struct {
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
}

// readers has a place for each reader; nil where it was not opened yet.
func newReaders() chan *reader {
	c := make(chan *reader, maxReaders)
	for range maxReaders {
		c <- nil
	}
	return c
}

// View runs f in a read transaction that sees one moment.
func (db *DB) View(ctx context.Context, f func(store.Tx) error) (err error) {
	defer func() { err = told(err) }()
	var r *reader
	var open bool
	select {
	case r, open = <-db.readers:
	case <-ctx.Done():
		return fmt.Errorf("begin read: %w", ctx.Err())
	}
	if !open {
		return fmt.Errorf("begin read: %w", sql.ErrConnDone)
	}
	defer func() { db.readers <- r }()
	if r == nil {
		conn, err := db.reader.Conn(ctx)
		if err != nil {
			return fmt.Errorf("begin read: %w", err)
		}
		r = &reader{conn: conn, stmts: make(map[string]*sql.Stmt)}
	}
	if _, err := r.conn.ExecContext(ctx, "BEGIN"); err != nil {
		return errors.Join(fmt.Errorf("begin read: %w", err), r.close(&r))
	}
	defer func() {
		// Nothing was written. A connection that can't end its transaction is of
		// no use to the next one.
		if _, rollback := r.conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK"); rollback != nil {
			err = errors.Join(err, r.close(&r))
		}
	}()
	return f(&tx{ctx: ctx, prepare: r.prepare})
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

// close gives up a connection and clears what led to it. One with an open
// statement would leave its log behind.
func (r *reader) close(at **reader) error {
	*at = nil
	if r == nil {
		return nil
	}
	var errs []error
	for _, s := range r.stmts {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, r.conn.Close())...)
}
