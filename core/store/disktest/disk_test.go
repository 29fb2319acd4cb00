package disktest

import (
	"database/sql"
	"errors"
	"fmt"
	"math/rand"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"
)

// mode is a way to use SQLite.
type mode struct {
	journal, synchronous string
	lies                 bool
}

// life writes transactions until the power goes, and gives the promise that was
// broken, if any.
func (m mode) life(t *testing.T, seed int64) string {
	r := rand.New(rand.NewSource(seed))
	dir := t.TempDir()
	d := New(t, dir)
	path := filepath.Join(dir, "a.db")
	db, err := m.open(path, "EXTRA")
	if err == nil {
		_, err = db.Exec(`CREATE TABLE op (id INTEGER PRIMARY KEY, tx INT, body BLOB); CREATE TABLE head (tx INT, n INT); INSERT INTO head VALUES (0,0)`)
	}
	if err = errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	if db, err = m.open(path, m.synchronous); err != nil {
		t.Fatal(err)
	}
	if m.lies {
		d.Lie()
	}
	d.Cut(1 + r.Intn(300))
	confirmed := 0
	for tx := 1; tx <= 60 && write(db, r, tx) == nil; tx++ {
		confirmed = tx
	}
	_ = db.Close() // without power it can't
	if err := d.PowerUp(r); err != nil {
		t.Fatal(err)
	}
	if db, err = m.open(path, m.synchronous); err != nil {
		return fmt.Sprintf("opens no more: %v", err)
	}
	defer db.Close()
	return judge(db, confirmed)
}

func (m mode) open(path, synchronous string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", "file:"+path+"?_pragma=synchronous("+synchronous+")&_pragma=journal_mode("+m.journal+")&_pragma=wal_autocheckpoint(40)")
	if err == nil {
		db.SetMaxOpenConns(1)
		err = db.Ping()
	}
	return db, err
}

func write(db *sql.DB, r *rand.Rand, tx int) error {
	t, err := db.Begin()
	if err != nil {
		return err
	}
	defer func() { _ = t.Rollback() }()
	n := 1 + r.Intn(6)
	for range n {
		if _, err := t.Exec(`INSERT INTO op (tx, body) VALUES (?, randomblob(?))`, tx, 50+r.Intn(3000)); err != nil {
			return err
		}
	}
	if _, err := t.Exec(`UPDATE head SET tx=?, n=n+?`, tx, n); err != nil {
		return err
	}
	return t.Commit()
}

func judge(db *sql.DB, confirmed int) string {
	var whole string
	if err := db.QueryRow(`PRAGMA integrity_check`).Scan(&whole); err != nil || whole != "ok" {
		return fmt.Sprintf("damaged: %s %v", strings.SplitN(whole, "\n", 2)[0], err)
	}
	var tx, n, rows, last int
	if err := db.QueryRow(`SELECT tx, n, (SELECT count(*) FROM op), (SELECT coalesce(max(tx),0) FROM op) FROM head`).Scan(&tx, &n, &rows, &last); err != nil {
		return err.Error()
	}
	if tx < confirmed {
		return fmt.Sprintf("transaction %d was confirmed, %d is the last", confirmed, tx)
	}
	if rows != n || last != tx {
		return fmt.Sprintf("half a transaction: %d rows of %d, %d of %d", rows, n, last, tx)
	}
	if err := write(db, rand.New(rand.NewSource(1)), tx+1); err != nil {
		return fmt.Sprintf("can't be written: %v", err)
	}
	return ""
}

// TestPowerCuts lets the power go under SQLite as Muqu uses it, which must lose
// nothing, and as it must not be used, which must lose something, or this disk
// would prove nothing.
func TestPowerCuts(t *testing.T) {
	for _, tc := range []struct {
		mode
		seeds, least, most int // how many lives may break a promise
	}{
		{mode{"WAL", "FULL", false}, 60, 0, 0},
		{mode{"DELETE", "EXTRA", false}, 30, 0, 0},
		{mode{"WAL", "NORMAL", false}, 20, 5, 20},
		{mode{"WAL", "FULL", true}, 20, 15, 20},
	} {
		t.Run(fmt.Sprint(tc.mode), func(t *testing.T) {
			broken, example := 0, ""
			for seed := range int64(tc.seeds) {
				if s := tc.life(t, seed); s != "" {
					broken++
					example = fmt.Sprintf("seed %d: %s", seed, s)
				}
			}
			if broken < tc.least || broken > tc.most {
				t.Errorf("%d of %d lives broke a promise, want %d to %d: %s", broken, tc.seeds, tc.least, tc.most, example)
			}
			t.Logf("%d of %d: %s", broken, tc.seeds, example)
		})
	}
}

// TestFullDisk wants an error, whatever was confirmed, and that work goes on
// when there is room again.
func TestFullDisk(t *testing.T) {
	for seed := range int64(20) {
		r := rand.New(rand.NewSource(seed))
		dir := t.TempDir()
		d := New(t, dir)
		m := mode{"WAL", "FULL", false}
		db, err := m.open(filepath.Join(dir, "a.db"), "FULL")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(`CREATE TABLE op (id INTEGER PRIMARY KEY, tx INT, body BLOB); CREATE TABLE head (tx INT, n INT); INSERT INTO head VALUES (0,0)`); err != nil {
			t.Fatal(err)
		}
		d.Fill(1 + r.Intn(200))
		confirmed := 0
		for tx := 1; tx <= 200; tx++ {
			if err = write(db, r, tx); err != nil {
				break
			}
			confirmed = tx
		}
		if err == nil || d.Free() == 0 {
			t.Errorf("seed %d: the disk was never full, %v", seed, err)
		}
		if s := judge(db, confirmed); s != "" {
			t.Errorf("seed %d: %s", seed, s)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}
