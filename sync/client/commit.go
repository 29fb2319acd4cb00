package client

import (
	"context"
	"errors"
	"fmt"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/merge"
	"muqu/sync/wire"
)

// Commit writes the edits of one command: entries and rows in one transaction.
func (t *Tablet) Commit(ctx context.Context, edits []core.Edit) ([]core.Receipt, error) {
	return t.CommitAnd(ctx, edits, nil)
}

// CommitAnd is Commit with something more in the same transaction, such as
// dropping the draft that the edits come from.
func (t *Tablet) CommitAnd(ctx context.Context, edits []core.Edit, also func(store.Tx) error) ([]core.Receipt, error) {
	if len(edits) == 0 || len(edits) > wire.MaxEntries {
		return nil, core.Refuse(core.TooLarge, "", "refuse.nothing")
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []core.Receipt
	var s *state
	err := t.store.Update(ctx, func(tx store.Tx) (err error) {
		// Read, not remembered: a command line may work on the same folder.
		if s, err = loadState(tx); err != nil {
			return err
		}
		for i := range edits {
			seq, err := t.write(tx, s, &edits[i], i < len(edits)-1)
			if err != nil {
				return err
			}
			out = append(out, core.Receipt{Ref: edits[i].Ref, Seq: seq})
		}
		if err := t.travels(tx, s, len(edits)); err != nil {
			return err
		}
		if also != nil {
			if err := also(tx); err != nil {
				return err
			}
		}
		return s.save(tx)
	})
	if err != nil {
		return nil, err
	}
	t.st = s
	return out, nil
}

// travels refuses the command just written if it is too large for one segment:
// it would never leave the tablet, nor would what comes after it.
func (t *Tablet) travels(tx store.Tx, s *state, n int) error {
	if n*change.MaxEntry <= wire.MaxBody/2 {
		return nil
	}
	own, err := s.own(tx.OwnAfter(s.log(), s.Head-uint64(n), n))
	if err != nil {
		return err
	}
	size := 0
	for i := range own {
		size += len(own[i].Bytes)
	}
	if size <= wire.MaxBody/2 {
		return nil
	}
	p, _, err := seal(s, s.find(s.Log), nil, own, t.now())
	if errors.Is(err, wire.ErrTooLarge) || err == nil && len(p.bytes) > wire.MaxBody*3/4 {
		return core.Refuse(core.TooLarge, "", "refuse.command")
	}
	return err
}

// Build makes one edit from records as they stand now.
type Build func(get func(core.Ref) (core.Record, bool, error)) (core.Edit, error)

// Outcome is what became of one of several edits.
type Outcome struct {
	core.Receipt
	Err error // a refusal: nothing of this edit was written
}

// Batch writes several commands of one edit each in one transaction: many
// lines cost one fsync. An edit that is refused leaves the others alone.
func (t *Tablet) Batch(ctx context.Context, builds []Build) ([]Outcome, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []Outcome
	var s *state
	err := t.store.Update(ctx, func(tx store.Tx) (err error) {
		if s, err = loadState(tx); err != nil {
			return err
		}
		shelf := *t.shelf
		shelf.Seen = func(store.Tx) (store.Sight, error) { return s.seen, nil }
		get := func(ref core.Ref) (core.Record, bool, error) { return shelf.Read(tx, ref) }
		out = make([]Outcome, len(builds))
		for i, build := range builds {
			e, err := build(get)
			if err == nil {
				out[i].Ref = e.Ref
				out[i].Seq, err = t.write(tx, s, &e, false)
			}
			if out[i].Err = err; err != nil && !harmless(err) {
				return err
			}
		}
		return s.save(tx)
	})
	if err != nil {
		return nil, err
	}
	t.st = s
	return out, nil
}

// harmless reports an error that came before anything was written.
func harmless(err error) bool {
	var r *core.Refusal
	return errors.As(err, &r) || errors.Is(err, change.ErrTooLarge)
}

// write makes the entry of one edit and brings it into the row.
func (t *Tablet) write(tx store.Tx, s *state, e *core.Edit, more bool) (uint64, error) {
	fields, err := e.Prepare(core.Defaults{Region: s.Scope.Home(), Role: s.Role})
	if err != nil {
		return 0, err
	}
	entry := change.Entry{
		Key: change.Key{Log: s.log(), Seq: s.Head + 1}, Author: s.Name, At: t.now(), Uncertain: t.uncertain(s),
		More: more, Kind: e.Kind, Record: e.ID, Region: regionOf(e, fields), Fields: fields, Seen: s.saved(e.From.Seen),
	}
	if e.From.Kind == "" {
		entry.Seen = s.seen(nil)
	}
	b, err := entry.Encode()
	if err != nil {
		return 0, err
	}
	own := store.Own{Key: entry.Key, Hash: change.HashOf(entry.Key, b), Bytes: b, Kind: e.Kind, Record: e.ID, At: entry.At, More: more}
	if err := tx.AppendOwn(&own); err != nil {
		return 0, fmt.Errorf("write entry: %w", err)
	}
	s.Head = entry.Seq
	if err := confirmFiles(tx, fields); err != nil {
		return 0, err
	}
	row, _, err := tx.Record(e.Ref)
	if err != nil {
		return 0, err
	}
	return entry.Seq, t.show(tx, s, &row, []change.Sequenced{s.tentative(entry, own.Hash)})
}

func regionOf(e *core.Edit, fields []change.Field) string {
	for _, f := range fields {
		if f.Name == change.RegionField && e.From.Region == "" {
			return f.Value.Str()
		}
	}
	return e.From.Region
}

// show folds tentative entries on top of what a row shows and writes it.
func (t *Tablet) show(tx store.Tx, s *state, row *store.Row, entries []change.Sequenced) error {
	st, err := merge.Decode(row.Shown())
	if err != nil {
		return err
	}
	for i := range entries {
		later(st, &entries[i])
		merge.Apply(st, &entries[i], s.Epochs)
	}
	row.View, row.Pending, row.AtHub = st.Encode(), true, false
	if settled(row, st) && !indexed(entries) {
		return tx.TouchRecord(row, st.Position)
	}
	view := st.View()
	row.Index = store.IndexOf(&view, t.cfg.Regions)
	if err := s.wantFiles(tx, &view, row.Index.Files); err != nil {
		return err
	}
	return tx.PutRecord(row)
}

// later puts an own entry that waits after all that waits before it.
func later(st *merge.State, e *change.Sequenced) {
	if at := st.Latest(); at != 0 {
		e.Effective = max(e.Effective, at+1)
	}
}

// settled reports whether a row that was read had no conflict and has none now
// and names no files, so that its entries among those stay as they are.
func settled(row *store.Row, st *merge.State) bool {
	// Whose merge holds depends on its position, so that the index of merges is
	// written again when that is known.
	return st.Value(core.MergedInto).IsNull() && row.Stored.ID != 0 && row.Stored.Conflicts == 0 && row.Stored.Files == 0 && st.Plain()
}

// indexed reports whether lists, search or files depend on what the entries
// write.
func indexed(entries []change.Sequenced) bool {
	for i := range entries {
		k := core.KindOf(entries[i].Kind)
		for _, f := range entries[i].Fields {
			if k.Indexed(f.Name) || len(core.FilesIn(f.Value)) > 0 {
				return true
			}
		}
	}
	return false
}

// uncertain reports whether the clock contradicts what is known of the time:
// it was never set by a server, or it stands before the last one, or more than
// a year after it.
func (t *Tablet) uncertain(s *state) bool {
	const year = 366 * 24 * 3600 * 1000
	if s.Anchor.Server == 0 {
		return true
	}
	since := t.now() - s.Anchor.Local
	return since < 0 || since > year
}
