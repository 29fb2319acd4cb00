package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"muqu/app/command"
	"muqu/core/change"
	"muqu/core/store/sqlite"
	"muqu/sync/ingest"
)

func backup(f *flag.FlagSet) func(context.Context, *command.Call) error {
	data := dataFlag(f)
	return func(ctx context.Context, c *command.Call) error {
		return within(ctx, *data, nil, func(s *centre) error {
			n, err := s.backupTo(ctx, c.Words[0])
			if err != nil {
				return err
			}
			fmt.Fprintf(c.Err, "backup with %d files written to %s: it holds personal data and the server's keys, keep it locked away\n", n, c.Words[0])
			return nil
		})
	}
}

// backupTo writes the database as of now and all files into one archive, and
// gives the number of files.
func (s *centre) backupTo(ctx context.Context, path string) (files int, err error) {
	if err := mustBeNew(path); err != nil {
		return 0, err
	}
	db, tmp := path+".db.part", path+".part"
	defer func() { _ = errors.Join(os.Remove(db), os.Remove(tmp)) }() // gone already where all went well
	if err := s.copyDatabase(ctx, db); err != nil {
		return 0, err
	}
	// The files after the database: nothing that it speaks of may be missing.
	if files, err = writeArchive(ctx, tmp, db, s.files.Store()); err != nil {
		return 0, fmt.Errorf("write backup: %w", err)
	}
	return files, os.Rename(tmp, path)
}

func mustBeNew(path string) error {
	if _, err := os.Stat(path); err == nil {
		return fmt.Errorf("%s exists already: choose another name", path)
	}
	return nil
}

// copyDatabase copies the database as of now and checks the copy.
func (s *centre) copyDatabase(ctx context.Context, path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := s.store.BackupTo(ctx, path); err != nil {
		return err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return err
	}
	if err := verifyCopy(ctx, path); err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return nil
}

func verifyCopy(ctx context.Context, path string) (err error) {
	db, err := sqlite.Open(ctx, path)
	if err != nil {
		return fmt.Errorf("this is not a backup of a Muqu server, or it is damaged: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return db.Check(ctx)
}

// backupInto writes a copy of the database named by the time, drops all but the
// last of those, and adds new files to the one folder of files beside them.
func (s *centre) backupInto(ctx context.Context, dir string, keep int) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	name := filepath.Join(dir, "muqu-"+time.Now().UTC().Format("20060102-150405")+".backup")
	if err := mustBeNew(name); err != nil {
		return err
	}
	if err := s.copyDatabase(ctx, name+".part"); err != nil {
		return err
	}
	if err := os.Rename(name+".part", name); err != nil {
		return err
	}
	if err := s.mirror(ctx, filepath.Join(dir, filesBeside)); err != nil {
		return err
	}
	all, err := filepath.Glob(filepath.Join(dir, "muqu-*.backup"))
	if err != nil {
		return err
	}
	slices.Sort(all)
	for _, old := range all[:max(0, len(all)-keep)] {
		if err := os.Remove(old); err != nil {
			return err
		}
	}
	return nil
}

func restore(f *flag.FlagSet) func(context.Context, *command.Call) error {
	data := dataFlag(f)
	return func(ctx context.Context, c *command.Call) error {
		if *data == "" {
			return &command.UsageError{Text: "say where the server's folder is: --data DIR"}
		}
		if err := restoreFrom(ctx, *data, c.Words[0]); err != nil {
			return err
		}
		fmt.Fprintln(c.Err, "restored: start the server; tablets will bring back what the backup lacks")
		return nil
	}
}

// restoreFrom puts a copy of the backup in place. What was there is kept
// beside it.
func restoreFrom(ctx context.Context, dir, from string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	lock, err := sqlite.Lock(filepath.Join(dir, "serve.lock"))
	if err != nil {
		return errors.New("a server is serving this folder: stop it first")
	}
	defer lock.Close()
	tmp := filepath.Join(dir, "restoring.db")
	for _, old := range []string{tmp, tmp + "-wal", tmp + "-shm"} {
		if err := os.Remove(old); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	if err := unpack(ctx, dir, tmp, from); err != nil {
		return errors.Join(fmt.Errorf("read backup: %w", err), removeIfThere(tmp))
	}
	live := filepath.Join(dir, databaseName)
	if err := markCopy(ctx, tmp, knownEpoch(ctx, live)); err != nil {
		return errors.Join(err, os.Remove(tmp))
	}
	aside := filepath.Join(dir, "before-restore-"+time.Now().UTC().Format("20060102-150405"))
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Rename(live+suffix, aside+suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return os.Rename(tmp, live)
}

// knownEpoch reads how far the database that is replaced had come, if it can
// still be read.
func knownEpoch(ctx context.Context, path string) change.Epoch {
	if _, err := os.Stat(path); err != nil {
		return 0
	}
	db, err := sqlite.Open(ctx, path)
	if err != nil {
		return 0
	}
	defer db.Close()
	e, err := ingest.EpochOf(ctx, db)
	if err != nil {
		return 0
	}
	return e
}

func markCopy(ctx context.Context, path string, beyond change.Epoch) (err error) {
	db, err := sqlite.Open(ctx, path)
	if err != nil {
		return fmt.Errorf("this is not a backup of a Muqu server, or it is damaged: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := db.Check(ctx); err != nil {
		return err
	}
	return ingest.MarkRestored(ctx, db, beyond)
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	return writeNew(to, in)
}

func replay(f *flag.FlagSet) func(context.Context, *command.Call) error {
	data := dataFlag(f)
	return func(ctx context.Context, c *command.Call) error {
		return within(ctx, *data, nil, func(s *centre) error {
			r, err := s.Replay(ctx)
			if err != nil {
				return err
			}
			if err := c.Print(map[string]any{"entries": r.Entries, "records": r.Records, "different": len(r.Different)}); err != nil {
				return err
			}
			if len(r.Different) > 0 {
				return fmt.Errorf("%d records differ from their log, such as %s: keep this folder and report it", len(r.Different), strings.Join(r.Different[:min(3, len(r.Different))], ", "))
			}
			return nil
		})
	}
}
