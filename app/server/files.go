package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"muqu/app/command"
	"muqu/core"
	"muqu/core/store"
	"muqu/sync/attach"
	"muqu/sync/merge"
)

// filesCheck reads every file once and looks for every file that a record
// names.
func filesCheck(f *flag.FlagSet) func(context.Context, *command.Call) error {
	data := dataFlag(f)
	return func(ctx context.Context, c *command.Call) error {
		return within(ctx, *data, nil, func(s *centre) error {
			kept, bytes, damaged, err := s.readFiles(ctx)
			if err != nil {
				return err
			}
			missing, err := s.missingFiles(ctx)
			if err != nil {
				return err
			}
			if err := c.Print(map[string]any{"files": kept, "bytes": bytes, "damaged": damaged, "missing": missing}); err != nil {
				return err
			}
			if damaged > 0 {
				return fmt.Errorf("%d files were damaged and are set aside in the folder files/damaged: within hours tablets that have them are asked for them; look after the disk", damaged)
			}
			return nil
		})
	}
}

func (c *centre) readFiles(ctx context.Context) (kept int, bytes int64, damaged int, err error) {
	for name, err := range c.files.Store().List() {
		if err = errors.Join(err, ctx.Err()); err != nil {
			return kept, bytes, damaged, err
		}
		f, err := c.files.Store().Open(name)
		switch {
		case errors.Is(err, attach.ErrDamaged):
		case errors.Is(err, attach.ErrAbsent):
		case err != nil:
			return kept, bytes, damaged, err
		default:
			kept, bytes = kept+1, bytes+f.Size
			if err := f.Close(); err != nil {
				return kept, bytes, damaged, err
			}
		}
	}
	all, err := c.files.Store().Damaged()
	return kept, bytes, len(all), err
}

// missingFiles counts the files that records name and that have not arrived.
func (c *centre) missingFiles(ctx context.Context) (int, error) {
	missing := make(map[core.FileName]bool)
	for after := int64(0); ; {
		var rows []store.Row
		var last int64
		if err := c.store.View(ctx, func(tx store.Tx) (err error) {
			rows, last, err = tx.Snapshot(core.Scope{""}, after, 500)
			return err
		}); err != nil {
			return 0, err
		}
		for i := range rows {
			r, err := merge.Read(rows[i].State)
			if err != nil {
				return 0, fmt.Errorf("%s %s: %w", rows[i].Kind, rows[i].ID, err)
			}
			for _, n := range core.FilesOf(&r) {
				if !c.files.Has(n) {
					missing[n] = true
				}
			}
		}
		if last == after {
			return len(missing), nil
		}
		after = last
	}
}
