package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/core/store/sqlite"
	"muqu/core/store/storetest"
)

func open(t *testing.T, path string) *sqlite.DB {
	t.Helper()
	db, err := sqlite.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func TestContract(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store {
		db := open(t, filepath.Join(t.TempDir(), "muqu.db"))
		t.Cleanup(func() {
			// The context of the test is over by now.
			if err := errors.Join(db.Check(context.Background()), db.Close()); err != nil {
				t.Error(err)
			}
		})
		return db
	})
}

// fill writes a bit of everything.
func fill(t *testing.T, db *sqlite.DB) {
	t.Helper()
	err := db.Update(t.Context(), func(tx store.Tx) error {
		row := store.Row{Ref: core.Ref{Kind: "household", ID: change.RecordID{1}}, State: []byte("s"), Index: store.Index{Regions: []string{"632323100201"}, Sort: "zhaxi", Terms: []string{"zhaxi"}}}
		o := store.Own{Key: change.Key{Log: change.Log{Incarnation: 5}, Seq: 1}, Bytes: []byte("e"), Kind: "household"}
		return errors.Join(tx.PutRecord(&row), tx.AppendOwn(&o), tx.SetMeta("m", []byte("x")), tx.SetHead(store.Head{Epoch: 2, Position: 7}))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func wantFilled(t *testing.T, db *sqlite.DB) {
	t.Helper()
	err := db.View(t.Context(), func(tx store.Tx) error {
		n, err := tx.Count(core.Query{Kind: "household", Search: "zha"})
		head, errHead := tx.Head()
		own, errOwn := tx.OwnHead(change.Log{Incarnation: 5})
		m, errMeta := tx.Meta("m")
		if n != 1 || head.Position != 7 || own != 1 || string(m) != "x" {
			t.Errorf("records %d, head %+v, own %d, meta %q", n, head, own, m)
		}
		return errors.Join(err, errHead, errOwn, errMeta)
	})
	if err := errors.Join(err, db.Check(t.Context())); err != nil {
		t.Error(err)
	}
}

func TestReopenKeepsEverything(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a folder #1 with%20signs", "muqu.db")
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	db := open(t, path)
	fill(t, db)
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := db.BackupTo(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	if err := db.BackupTo(t.Context(), copied); err == nil || !strings.Contains(err.Error(), "exists already") {
		t.Errorf("a backup over another file: %v", err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{path, copied} {
		db := open(t, p)
		wantFilled(t, db)
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestNewerDatabaseIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "muqu.db")
	if err := open(t, path).Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = raw.Exec("PRAGMA user_version=999")
	if err := errors.Join(err, raw.Close()); err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.Open(t.Context(), path)
	if err == nil {
		_ = db.Close()
		t.Fatal("a database of a newer program is opened")
	}
	for _, word := range []string{"newer program", "999", "update this program"} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q does not say %q", err, word)
		}
	}
}

func TestNotADatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "muqu.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("this is a letter, not a database\n", 99)), 0o600); err != nil {
		t.Fatal(err)
	}
	if db, err := sqlite.Open(t.Context(), path); err == nil {
		_ = db.Close()
		t.Error("a text file is opened")
	}
}

func TestLockIsForOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	first, err := sqlite.Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	if second, err := sqlite.Lock(path); err == nil {
		_ = second.Close()
		t.Error("a folder is locked twice")
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := sqlite.Lock(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}

// The driver is tested by its makers with one version of libc, and breaks in
// odd ways with another.
func TestDriverAndLibcFit(t *testing.T) {
	dir, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "modernc.org/sqlite").Output()
	if err != nil {
		t.Fatal(err)
	}
	wanted := libc(t, filepath.Join(strings.TrimSpace(string(dir)), "go.mod"))
	if ours := libc(t, filepath.Join("..", "..", "..", "go.mod")); ours != wanted {
		t.Errorf("go.mod has modernc.org/libc %s, modernc.org/sqlite was made with %s", ours, wanted)
	}
}

func libc(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`modernc\.org/libc (v\S+)`).FindSubmatch(b)
	if m == nil {
		t.Fatalf("%s does not name libc", path)
	}
	return string(m[1])
}
