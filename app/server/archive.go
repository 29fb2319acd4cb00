package main

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"muqu/core"
	"muqu/sync/attach"
)

// A backup in one file is a tar archive: the database first, then every file
// below filesBeside. Scheduled backups are copies of the database with one
// folder of files beside them, so that a photo is copied once. Restoring adds
// files to those that are there: under one name there is one content.
const filesBeside = "files"

// writeArchive writes a new archive and gives the number of files in it.
func writeArchive(ctx context.Context, path, db string, files *attach.Store) (n int, err error) {
	out, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, err
	}
	w := tar.NewWriter(out)
	err = addDatabase(w, db)
	for name, e := range files.List() {
		if err = errors.Join(err, e, ctx.Err()); err != nil {
			break
		}
		added := false
		if added, err = addFile(w, files, name); added {
			n++
		}
	}
	return n, errors.Join(err, w.Close(), out.Sync(), out.Close())
}

func addDatabase(w *tar.Writer, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	if err := w.WriteHeader(&tar.Header{Name: databaseName, Mode: 0o600, Size: st.Size()}); err != nil {
		return err
	}
	_, err = io.Copy(w, f)
	return err
}

// addFile adds a file after checking it. One that is damaged or just went is
// left out: the server asks tablets for it.
func addFile(w *tar.Writer, files *attach.Store, name core.FileName) (bool, error) {
	f, err := files.Open(name)
	if errors.Is(err, attach.ErrDamaged) || errors.Is(err, attach.ErrAbsent) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer f.Close()
	if err := w.WriteHeader(&tar.Header{Name: filesBeside + "/" + string(name), Mode: 0o600, Size: f.Size}); err != nil {
		return false, err
	}
	_, err = io.Copy(w, f.Reader(0))
	return true, err
}

// mirror adds the files that are not in a folder yet to it.
func (s *centre) mirror(ctx context.Context, dir string) error {
	to, err := attach.Open(dir, "")
	if err != nil {
		return err
	}
	return copyFiles(ctx, to, s.files.Store())
}

func copyFiles(ctx context.Context, to, from *attach.Store) error {
	for name, err := range from.List() {
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		if to.Has(name) {
			continue
		}
		f, err := from.Open(name)
		if errors.Is(err, attach.ErrDamaged) || errors.Is(err, attach.ErrAbsent) {
			continue
		}
		if err == nil {
			_, err = to.Put(name, f.Reader(0))
			err = errors.Join(err, f.Close())
		}
		if err != nil {
			return fmt.Errorf("copy file %s: %w", name, err)
		}
	}
	return nil
}

// unpack puts the database of a backup at db and its files into the server's
// folder.
func unpack(ctx context.Context, dir, db, from string) error {
	files, err := attach.Open(filepath.Join(dir, filesBeside), "")
	if err != nil {
		return err
	}
	plain, err := isDatabase(from)
	if err != nil {
		return err
	}
	if !plain {
		return unpackArchive(ctx, db, files, from)
	}
	if err := copyFile(db, from); err != nil {
		return err
	}
	beside := filepath.Join(filepath.Dir(from), filesBeside)
	if _, err := os.Stat(beside); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	kept, err := attach.Open(beside, "")
	if err != nil {
		return err
	}
	return copyFiles(ctx, files, kept)
}

func isDatabase(path string) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	magic := []byte("SQLite format 3\x00")
	head := make([]byte, len(magic))
	n, err := io.ReadFull(f, head)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return true, nil // too short for an archive; the database says what it lacks
	}
	return bytes.Equal(head[:n], magic), err
}

func unpackArchive(ctx context.Context, db string, files *attach.Store, from string) error {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	r, found := tar.NewReader(f), false
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) && found {
			return nil
		}
		if err != nil {
			return fmt.Errorf("this is not a backup of a Muqu server, or it is damaged: %w", err)
		}
		if h.Name == databaseName && !found {
			found, err = true, writeNew(db, r)
		} else if name, ok := core.ParseFileName(strings.TrimPrefix(h.Name, filesBeside+"/")); ok {
			_, err = files.Put(name, r)
		}
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
	}
}

func writeNew(path string, r io.Reader) error {
	out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, r)
	return errors.Join(err, out.Sync(), out.Close())
}

func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
