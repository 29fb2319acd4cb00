package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
)

type lock struct {
	db   *sql.DB
	conn *sql.Conn
}

// Lock takes a folder for one process until it is closed or dies. It uses
// SQLite's own file locks, which work alike on every system that Muqu runs on.
func Lock(path string) (io.Closer, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(0)")
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	ctx := context.Background()
	conn, err := db.Conn(ctx)
	if err == nil {
		_, err = conn.ExecContext(ctx, "BEGIN EXCLUSIVE")
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock: %w", err), db.Close())
	}
	return &lock{db, conn}, nil
}

func (l *lock) Close() error { return errors.Join(l.conn.Close(), l.db.Close()) }
