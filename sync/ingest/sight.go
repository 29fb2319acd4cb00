package ingest

import (
	"cmp"
	"slices"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/merge"
)

// Sights says of every value in a record's history whether those who wrote the
// field after it had seen it. What was kept aside replaces nothing.
func (d *Desk) Sights(history []store.Logged) core.Sights {
	folded := slices.DeleteFunc(slices.Clone(history), func(l store.Logged) bool { return l.Folds == 0 })
	slices.SortStableFunc(folded, func(a, b store.Logged) int { return cmp.Compare(a.Folds, b.Folds) })
	entries := make([]change.Sequenced, len(folded))
	for i := range folded {
		entries[i] = folded[i].Sequenced
		entries[i].Position = folded[i].Folds
	}
	out := make(core.Sights)
	for i, registers := range merge.Sights(entries, d.s.me.Load().Epochs) {
		at := folded[i].Position
		out[at] = make(map[string][]core.Sight)
		for name, list := range registers {
			for _, s := range list {
				by := &folded[s.By]
				out[at][name] = append(out[at][name], core.Sight{Position: by.Position, Author: by.Author, Saw: s.Saw})
			}
		}
	}
	return out
}
