// Package sqlite keeps Muqu's records in one SQLite file: the store of every
// tablet and of the default server.
//
// The file is created under synchronous=EXTRA and used under WAL and FULL: a
// database created more loosely can come back empty when the power goes before
// the directory entry of its journal is safe. There is one writer, whose
// transactions begin immediate, and several readers that never wait for it.
package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sort"
	"sync"

	"muqu/core/store"

	_ "modernc.org/sqlite" // the driver registers itself
)

//go:embed migration/*.sql
var migrations embed.FS

// DB is one open database.
type DB struct {
	path   string
	reader *sql.DB
	writer *sql.DB
	conn   *sql.Conn // the writer's only connection

	mu      sync.Mutex           // held by whoever writes
	written map[string]*sql.Stmt // statements of the writer; guarded by mu
	readers *readers
}

var _ store.Store = (*DB)(nil)

// Open opens the database at path, creating or upgrading it where needed. The
// folder must exist. On a full disk it takes the room that was kept for it.
func Open(ctx context.Context, path string) (*DB, error) {
	room := spareOf(path)
	db, err := openFile(ctx, path)
	if store.IsFull(err) && room.give() {
		db, err = openFile(ctx, path)
	}
	if err != nil {
		return nil, err
	}
	room.keep()
	return db, nil
}

func openFile(ctx context.Context, path string) (_ *DB, err error) {
	defer func() { err = told(err) }()
	if err := create(ctx, path); err != nil {
		return nil, err
	}
	w, err := sql.Open("sqlite", dsn(path, "FULL", false))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	w.SetMaxOpenConns(1)
	r, err := sql.Open("sqlite", dsn(path, "FULL", true))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), w.Close())
	}
	r.SetMaxOpenConns(maxReaders)
	conn, err := w.Conn(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), w.Close(), r.Close())
	}
	db := &DB{path: path, reader: r, writer: w, conn: conn, written: make(map[string]*sql.Stmt), readers: newReaders()}
	if err := db.migrate(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// create makes a new file under EXTRA and makes its directory entry durable.
func create(ctx context.Context, path string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	// Personal data is for the owner's eyes only; SQLite gives its log the
	// rights of the file that it finds.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("create %s: %w", path, err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("create %s: %w", path, err)
	}
	db, err := sql.Open("sqlite", dsn(path, "EXTRA", false))
	if err != nil {
		return fmt.Errorf("create %s: %w", path, err)
	}
	_, err = db.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS muqu (version INTEGER)")
	if err := errors.Join(err, db.Close()); err != nil {
		return fmt.Errorf("create %s: %w", path, err)
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer d.Close()
	// Not every file system lets a folder be synced; those that don't have
	// made the entry durable already.
	_ = d.Sync()
	return nil
}

// dsn gives the address of a database with what holds for each connection. The
// log is brought into the file every 16 MB instead of 4: the pages of an index
// are written again and again while many records come in.
func dsn(path, synchronous string, readOnly bool) string {
	q := url.Values{}
	for _, p := range []string{
		"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(" + synchronous + ")",
		"temp_store(memory)", "cache_size(-8000)", "wal_autocheckpoint(4000)", "trusted_schema(0)", "secure_delete(1)",
	} {
		q.Add("_pragma", p)
	}
	if readOnly {
		q.Add("_pragma", "query_only(1)")
	}
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: q.Encode()}
	return u.String()
}

func (db *DB) migrate(ctx context.Context) error {
	names, err := fs.Glob(migrations, "migration/*.sql")
	if err != nil {
		return err
	}
	sort.Strings(names)
	var have int
	if err := db.conn.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return fmt.Errorf("read version of %s: %w", db.path, err)
	}
	if have > len(names) {
		return fmt.Errorf("%s was written by a newer program (version %d, this one knows %d): update this program", db.path, have, len(names))
	}
	for i := have; i < len(names); i++ {
		if err := db.step(ctx, names[i], i+1); err != nil {
			return fmt.Errorf("upgrade %s with %s: %w", db.path, names[i], err)
		}
	}
	return nil
}

func (db *DB) step(ctx context.Context, name string, version int) error {
	text, err := migrations.ReadFile(name)
	if err != nil {
		return err
	}
	if _, err := db.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	_, err = db.conn.ExecContext(ctx, string(text)+fmt.Sprintf(";PRAGMA user_version=%d;COMMIT", version))
	if err != nil {
		_, rollback := db.conn.ExecContext(ctx, "ROLLBACK")
		return errors.Join(err, rollback)
	}
	return nil
}

// Close waits for the writer and the readers and closes the file, and keeps room
// for the next time.
func (db *DB) Close() error {
	db.mu.Lock()
	defer db.mu.Unlock()
	errs := []error{db.readers.close()}
	// A connection with an open statement would leave its log behind.
	for _, s := range db.written {
		errs = append(errs, s.Close())
	}
	clear(db.written)
	errs = append(errs, db.reader.Close(), db.conn.Close(), db.writer.Close())
	spareOf(db.path).keep() // the log gave its room back
	return errors.Join(errs...)
}

// Update runs f in the one write transaction.
func (db *DB) Update(ctx context.Context, f func(store.Tx) error) (err error) {
	defer func() { err = told(err) }()
	if err := ctx.Err(); err != nil {
		return err
	}
	db.mu.Lock()
	defer db.mu.Unlock()
	// A started transaction is carried through whatever becomes of ctx: it is
	// short, and half a command is worth nothing.
	bg := context.WithoutCancel(ctx)
	if _, err := db.conn.ExecContext(bg, "BEGIN IMMEDIATE"); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	t := &tx{ctx: bg, prepare: db.writeStatement}
	if err = f(t); err == nil {
		err = errors.Join(t.settleLogged(), t.settleTerms())
	}
	if err == nil {
		if _, err = db.conn.ExecContext(bg, "COMMIT"); err == nil {
			return nil
		}
		err = fmt.Errorf("commit: %w", err)
	}
	if _, rollback := db.conn.ExecContext(bg, "ROLLBACK"); rollback != nil {
		// SQLite rolls back by itself on a full disk or an I/O error.
		return err
	}
	return err
}

func (db *DB) writeStatement(text string) (*sql.Stmt, error) {
	if s, ok := db.written[text]; ok {
		return s, nil
	}
	s, err := db.conn.PrepareContext(context.Background(), text)
	if err != nil {
		return nil, fmt.Errorf("prepare %q: %w", text, err)
	}
	db.written[text] = s
	return s, nil
}

// Erase empties the database so that nothing of it can be read from the file
// any more. What is written afterwards begins from nothing.
func (db *DB) Erase(ctx context.Context) (err error) {
	defer func() { err = told(err) }()
	db.mu.Lock()
	defer db.mu.Unlock()
	var tables []string
	rows, err := db.conn.QueryContext(ctx, "SELECT name FROM sqlite_schema WHERE type='table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'term%'")
	if err != nil {
		return fmt.Errorf("erase: %w", err)
	}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return errors.Join(err, rows.Close())
		}
		tables = append(tables, name)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return fmt.Errorf("erase: %w", err)
	}
	text := "BEGIN IMMEDIATE; " + sqlClearTerms + ";"
	for _, name := range tables {
		text += "DELETE FROM \"" + name + "\";"
	}
	// Deleted pages are overwritten (secure_delete); the log still has copies
	// until it is cut off.
	if _, err := db.conn.ExecContext(ctx, text+"COMMIT"); err != nil {
		return fmt.Errorf("erase: %w", err)
	}
	for _, s := range []string{"VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"} {
		if _, err := db.conn.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("erase: %w", err)
		}
	}
	return nil
}

// BackupTo writes a copy of the database as of now into a new file.
func (db *DB) BackupTo(ctx context.Context, path string) (err error) {
	defer func() { err = told(err) }()
	if _, err := os.Stat(path); err == nil {
		return fmt.Errorf("%s exists already: choose another name", path)
	}
	// A connection of its own, so that nobody waits for a large copy.
	c, err := sql.Open("sqlite", dsn(db.path, "FULL", false))
	if err != nil {
		return fmt.Errorf("copy database: %w", err)
	}
	if _, err := c.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return errors.Join(fmt.Errorf("copy database to %s: %w", path, err), c.Close())
	}
	return c.Close()
}

// Check runs SQLite's own check of the file, on a connection of its own: one
// that has searched before may hold an older outline of the search index and
// then reports damage that is not in the file.
func (db *DB) Check(ctx context.Context) (err error) {
	c, err := sql.Open("sqlite", dsn(db.path, "FULL", true))
	if err != nil {
		return fmt.Errorf("check %s: %w", db.path, err)
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	var answer string
	if err := c.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&answer); err != nil {
		return fmt.Errorf("check %s: %w", db.path, err)
	}
	if answer != "ok" {
		return fmt.Errorf("check %s: %s", db.path, answer)
	}
	return nil
}
