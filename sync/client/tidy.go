package client

import (
	"context"
	"errors"

	"muqu/core/change"
	"muqu/core/store"
)

// tidy drops files whose last record left the tablet, and own ones that the
// centre has had for long.
func (m *mover) tidy(ctx context.Context) error {
	gone, err := m.list(ctx, store.FilesUnnamed)
	if err != nil {
		return err
	}
	a := m.t.files.Load()
	for i := range gone {
		f := &gone[i]
		if err := errors.Join(a.files.Remove(f.Name), a.thumbs.Remove(f.Name), a.parts.Remove(f.Name), m.dropOriginal(f)); err != nil {
			return err
		}
		if err := m.t.store.Update(ctx, func(tx store.Tx) error { return tx.RemoveFile(f.Name) }); err != nil {
			return err
		}
	}
	return m.age(ctx)
}

func (m *mover) dropOriginal(f *store.File) error {
	if f.Original == "" {
		return nil
	}
	return m.t.files.Load().files.Remove(f.Original)
}

// maxAged bounds how many files one sync lets go of by age.
const maxAged = 1000

// age drops own whole files after the time of the policy, counted between
// moments of the server. Thumbnails stay.
func (m *mover) age(ctx context.Context) error {
	const day = 24 * 3600 * 1000
	var old []store.File
	if err := m.t.store.View(ctx, func(tx store.Tx) (err error) {
		old, err = tx.ListFiles(store.FilesSettled, nil, maxAged)
		return err
	}); err != nil {
		return err
	}
	for i := range old {
		f := &old[i]
		if m.now-f.Received < change.Millis(m.policy.KeepDays)*day {
			return nil // the rest is younger
		}
		if err := errors.Join(m.t.files.Load().files.Remove(f.Name), m.dropOriginal(f)); err != nil {
			return err
		}
		if err := m.known(ctx, f.Name, func(f *store.File) { f.Held, f.Original = f.Held&^store.Whole, "" }); err != nil {
			return err
		}
	}
	return nil
}
