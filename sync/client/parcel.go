package client

import (
	"context"
	"errors"
	"fmt"
	"io"

	"muqu/core"
	"muqu/core/store"
	"muqu/sync/attach"
	"muqu/sync/wire"
)

// What follows moves files where there is no line to a server, as in a bundle:
// the same steps as in a sync, one by one.

// FilesToSend lists the whole files that the centre hasn't, small ones first;
// those that are at a hub come last.
func (t *Tablet) FilesToSend(ctx context.Context) (out []store.File, err error) {
	err = t.store.View(ctx, func(tx store.Tx) error {
		for _, set := range []store.FileSet{store.FilesUnsent, store.FilesAtHub} {
			list, err := tx.ListFiles(set, nil, 1<<30)
			if err != nil {
				return err
			}
			out = append(out, list...)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list files to send: %w", err)
	}
	return out, nil
}

// OpenFile opens a whole file that is on this tablet. One that was damaged is
// noted to be fetched again.
func (t *Tablet) OpenFile(ctx context.Context, name core.FileName) (*attach.File, error) {
	f, err := t.files.Load().files.Open(name)
	if errors.Is(err, attach.ErrDamaged) || errors.Is(err, attach.ErrAbsent) {
		return nil, t.lose(ctx, name, store.Whole, err)
	}
	return f, err
}

// FilesWanted lists the files of which a wanted part is not here.
func (t *Tablet) FilesWanted(ctx context.Context) (out []store.File, err error) {
	err = t.store.View(ctx, func(tx store.Tx) error {
		out, err = tx.ListFiles(store.FilesWanted, nil, 1<<30)
		return err
	})
	return out, err
}

// TakeFile takes in a file of the centre, or a thumbnail of one. A file that no
// record on this tablet names is not taken, and that is no error.
func (t *Tablet) TakeFile(ctx context.Context, name core.FileName, part store.FilePart, r io.Reader) error {
	f, found, err := t.File(ctx, name)
	if err != nil || !found || f.Held&part != 0 {
		return err
	}
	a := t.files.Load()
	into := a.files
	if part == store.Thumb {
		into = a.thumbs
	}
	size, err := into.Put(name, r)
	if err != nil {
		return fmt.Errorf("take in file %s: %w", name, err)
	}
	return t.alter(ctx, name, func(f *store.File) {
		f.Held |= part
		f.Trouble = ""
		if part == store.Whole {
			f.Size = size
		}
	})
}

// TakeFilesAnswer takes in what the centre said of files that it was asked
// about, as [attach.Server.Answer] gives it.
func (t *Tablet) TakeFilesAnswer(ctx context.Context, ans *wire.FilesAnswer) error {
	m := &mover{t: t}
	if err := m.read(ctx); err != nil {
		return err
	}
	return m.receipts(ctx, ans)
}
