package screen

import (
	"context"
	"encoding/json"
	"fmt"

	"muqu/core/store"
)

// lastDraft is the kind under which this tablet keeps what the last finished
// interview on a form left for the next one. It is not shown and not sent.
const lastDraft = "last"

func lastID(form string) string { return lastDraft + "/" + form }

// last reads what the last finished interview on a form left; nil if nothing.
func (s *Shell) last(ctx context.Context, form string) (map[string]string, error) {
	kept, err := s.Drafts.Drafts(ctx, lastDraft, form)
	if err != nil || len(kept) == 0 {
		return nil, err
	}
	var left map[string]string
	if err := json.Unmarshal(kept[0].Bytes, &left); err != nil {
		return nil, fmt.Errorf("read what the last interview left: %w", err)
	}
	return left, nil
}

// leave keeps what a finished interview leaves for the next one.
func (s *Shell) leave(ctx context.Context, form string, left map[string]string) error {
	if len(left) == 0 {
		return s.Drafts.RemoveDraft(ctx, lastID(form))
	}
	b, err := json.Marshal(left)
	if err != nil {
		return err
	}
	return s.Drafts.PutDraft(ctx, store.Draft{ID: lastID(form), Kind: lastDraft, About: form, Bytes: b})
}
