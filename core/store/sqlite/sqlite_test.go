package sqlite_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
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

// earlier makes a database of the release that had so many migrations.
func earlier(t *testing.T, path string, steps int, rows string) {
	t.Helper()
	raw, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("migration/*.sql")
	if err != nil || len(files) < steps {
		t.Fatal(files, err)
	}
	for _, name := range files[:steps] {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := raw.Exec(string(text)); err != nil {
			t.Fatal(name, err)
		}
	}
	_, err = raw.Exec(rows + fmt.Sprintf("; PRAGMA user_version=%d", steps))
	if err := errors.Join(err, raw.Close()); err != nil {
		t.Fatal(err)
	}
}

// What an earlier release was to find a record by is found still, and forgotten
// when the record changes or leaves.
func TestLookupsOfAnEarlierRelease(t *testing.T) {
	path := filepath.Join(t.TempDir(), "muqu.db")
	earlier(t, path, 8, `
INSERT INTO record (id, kind, uuid, region, sort, deleted, pending, conflicts, position, terms, lookups, state) VALUES
  (1, 'household', x'01000000000000000000000000000000', '632323100201', 'a', 0, 0, 0, 1, 0, 7, x'73'),
  (2, 'household', x'02000000000000000000000000000000', '632323100201', 'b', 0, 0, 0, 2, 0, 7, x'73'),
  (3, 'household', x'03000000000000000000000000000000', '632323100201', 'c', 0, 0, 0, 3, 0, 0, x'73');
INSERT INTO lookup (field, value, record) VALUES
  ('household.phone', '1 "a" <&>', 1), ('household.hh_type', 'general', 1), ('household.phone', '2', 2), ('household.hh_type', 'general', 2)`)
	db := open(t, path)
	defer db.Close()
	found := func(field, value string) int {
		t.Helper()
		n := 0
		if err := db.View(t.Context(), func(tx store.Tx) (err error) {
			n, err = tx.Count(core.Query{Kind: "household", Where: map[string]string{field: value}})
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if found("phone", `1 "a" <&>`) != 1 || found("phone", "2") != 1 || found("hh_type", "general") != 2 {
		t.Fatal("what was found before is not found any more")
	}
	raw, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	if _, err := raw.Exec("UPDATE record SET keys='{' WHERE id=2"); err != nil { // what can't be read is cleared up all the same
		t.Fatal(err)
	}
	at := func(n byte) core.Ref { return core.Ref{Kind: "household", ID: change.RecordID{n}} }
	if err := db.Update(t.Context(), func(tx store.Tx) error {
		row := store.Row{Ref: at(1), State: []byte("s"), Index: store.Index{Regions: []string{"632323100201"}, Lookups: map[string]string{"phone": "3", "hh_type": "general"}}}
		again := store.Row{Ref: at(3), State: []byte("s"), Index: store.Index{Regions: []string{"632323100201"}, Lookups: map[string]string{"phone": "3"}}}
		return errors.Join(tx.PutRecord(&row), tx.PutRecord(&again), tx.RemoveRecord(at(2)))
	}); err != nil {
		t.Fatal(err)
	}
	if found("phone", `1 "a" <&>`) != 0 || found("phone", "2") != 0 || found("phone", "3") != 2 || found("hh_type", "general") != 1 {
		t.Error("a record is found by what it was, or not by what it is")
	}
	var left int
	if err := db.Update(t.Context(), func(tx store.Tx) error {
		return errors.Join(tx.RemoveRecord(at(1)), tx.RemoveRecord(at(3)))
	}); err != nil {
		t.Fatal(err)
	}
	if err := raw.QueryRow("SELECT count(*) FROM lookup").Scan(&left); err != nil || left != 0 {
		t.Errorf("%d lookups are left of no record, %v", left, err)
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
