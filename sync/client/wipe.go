package client

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"muqu/core"
	"muqu/core/store"
)

// ErrWiped reports that the office had this tablet emptied.
var ErrWiped = core.Refuse(core.Forbidden, "", "refuse.wiped")

// wipe empties the folder, once everything that was confirmed on this tablet
// is safe at the server, files included; one that can't be sent holds it up no
// longer than this sync. It can be repeated when it was interrupted.
func (t *Tablet) wipe(ctx context.Context) error {
	st, err := t.Status(ctx)
	if err != nil {
		return err
	}
	waits, err := t.filesWait(ctx)
	if err != nil {
		return err
	}
	if st.Unsent > 0 || waits {
		return nil // the next sync brings it, and then the tablet is emptied
	}
	t.cfg.Log.Warn("this tablet is emptied, as the office decided", "device", st.Device.String())
	if err := os.RemoveAll(filepath.Join(t.dir, attachments)); err != nil {
		return fmt.Errorf("wipe: %w", err)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := t.store.Erase(ctx); err != nil {
		return fmt.Errorf("wipe: %w", err)
	}
	if err := os.Remove(filepath.Join(t.dir, "marker")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("wipe: %w", err)
	}
	if err := t.load(ctx); err != nil {
		return err
	}
	return ErrWiped
}

// filesWait reports whether files are still to be sent that can be.
func (t *Tablet) filesWait(ctx context.Context) (waits bool, err error) {
	err = t.store.View(ctx, func(tx store.Tx) error {
		list, err := tx.ListFiles(store.FilesUnsent, nil, 1<<30)
		for i := range list {
			waits = waits || list[i].Trouble == ""
		}
		return err
	})
	return waits, err
}
