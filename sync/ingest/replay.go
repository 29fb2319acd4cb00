package ingest

import (
	"context"
	"fmt"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/merge"
)

// Replayed is what a replay found.
type Replayed struct {
	Entries   int
	Records   int
	Different []string // kind and id of records whose state is not what their log gives
}

// Replay folds the whole log again and compares the result with the records,
// byte for byte.
func (s *Server) Replay(ctx context.Context) (Replayed, error) {
	var out Replayed
	states := make(map[core.Ref]*merge.State)
	err := s.store.View(ctx, func(tx store.Tx) error {
		var after change.Position
		for {
			list, err := tx.Logged(after, "", tailChunk)
			if err != nil {
				return err
			}
			for i := range list {
				after = list[i].Position
				out.Entries++
				if err := s.refold(tx, states, &list[i]); err != nil {
					return err
				}
			}
			if len(list) < tailChunk {
				break
			}
		}
		out.Records = len(states)
		for ref, st := range states {
			row, _, err := tx.Record(ref)
			if err != nil {
				return err
			}
			if !st.Gives(row.State) {
				out.Different = append(out.Different, ref.Kind+" "+ref.ID.String())
			}
		}
		return nil
	})
	return out, err
}

// refold folds what stands at the position of one entry: itself, or the
// entries that it approved.
func (s *Server) refold(tx store.Tx, states map[core.Ref]*merge.State, l *store.Logged) error {
	fold := func(l *store.Logged) {
		ref := core.Ref{Kind: l.Kind, ID: l.Record}
		if states[ref] == nil {
			states[ref] = new(merge.State)
		}
		merge.Apply(states[ref], &l.Sequenced, s.me.Load().Epochs)
	}
	if l.Folds == l.Position {
		e, err := change.DecodeEntry(l.Key, l.Bytes)
		if err != nil {
			return fmt.Errorf("position %d: %w", l.Position, err)
		}
		l.Entry = e
		fold(l)
	}
	if l.Kind != "verdict" {
		return nil
	}
	approved, err := tx.FoldedAt(l.Position)
	for i := range approved {
		approved[i].Position = l.Position
		fold(&approved[i])
	}
	return err
}

// PositionAt gives the last position that was received before a moment.
func (s *Server) PositionAt(ctx context.Context, at change.Millis) (p change.Position, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		p, err = tx.PositionBefore(at)
		return err
	})
	return p, err
}

// Digest sums up the state of a scope, as a tablet of that scope should hold it.
func (s *Server) Digest(ctx context.Context, scope core.Scope) (sum [32]byte, records int, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		sum, records, err = store.Digest(tx, scope)
		return err
	})
	return sum, records, err
}

// Kinds counts the records of each kind.
func (s *Server) Kinds(ctx context.Context) (out map[string]int, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		out, err = tx.CountKinds()
		return err
	})
	return out, err
}
