package client

import (
	"context"
	"errors"
	"fmt"

	"muqu/core"
	"muqu/core/store"
	"muqu/sync/attach"
)

// receiptsEvery is after how many uploads their receipts are asked for.
const receiptsEvery = 50

// upload sends what the server lacks, small files first.
func (m *mover) upload(ctx context.Context) error {
	for i := range m.send {
		m.size += m.send[i].Size
	}
	m.all = len(m.send) + len(m.fetch)
	for i := range m.send {
		if err := m.uploadOne(ctx, &m.send[i]); err != nil {
			return errors.Join(err, m.confirm(ctx))
		}
		if len(m.sent) >= receiptsEvery {
			if err := m.confirm(ctx); err != nil {
				return err
			}
		}
	}
	return m.confirm(ctx)
}

// uploadOne sends one file. What is wrong with the file alone is noted and
// holds up no other.
func (m *mover) uploadOne(ctx context.Context, f *store.File) error {
	before := m.moved
	m.done++
	defer func() {
		m.moved = before + f.Size
		m.tell(m.done, m.all, m.moved, m.size)
	}()
	if m.limit > 0 && f.Size > m.limit {
		m.out.Left++
		return m.note(ctx, f.Name, core.Refuse(core.TooLarge, "", "refuse.file.large", "max", m.limit>>20))
	}
	if !m.policy.Lets(f.Size, m.asked) {
		m.out.Left++
		return nil
	}
	file, err := m.t.files.Load().files.Open(f.Name)
	if errors.Is(err, attach.ErrDamaged) || errors.Is(err, attach.ErrAbsent) {
		_ = m.t.lose(ctx, f.Name, store.Whole, err) // noted; the others go on
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	err = m.remote.Upload(ctx, file, f.Upload, func(at string, offset int64) error {
		m.tell(m.done, m.all, before+offset, m.size)
		if at == f.Upload {
			return nil
		}
		f.Upload = at
		return m.known(ctx, f.Name, func(f *store.File) { f.Upload = at })
	})
	var refused *core.Refusal
	if errors.As(err, &refused) {
		m.out.Left++
		return m.note(ctx, f.Name, refused)
	}
	if err == nil {
		m.sent = append(m.sent, f.Name)
	}
	return err
}

// note keeps why a file could not be moved.
func (m *mover) note(ctx context.Context, name core.FileName, why *core.Refusal) error {
	m.t.cfg.Log.Warn("a file could not be moved", "file", string(name), "err", why)
	return m.known(ctx, name, func(f *store.File) { f.Trouble = why.Key })
}

// confirm asks for the receipts of what was uploaded.
func (m *mover) confirm(ctx context.Context) error {
	if len(m.sent) == 0 || ctx.Err() != nil {
		return ctx.Err()
	}
	ans, err := m.remote.Ask(ctx, m.sent, nil)
	if err != nil {
		return fmt.Errorf("ask for receipts of files: %w", err)
	}
	if err := m.receipts(ctx, ans); err != nil {
		return err
	}
	m.out.Left += len(ans.Missing)
	m.sent = nil
	return nil
}
