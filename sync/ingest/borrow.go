package ingest

import (
	"fmt"
	"slices"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/merge"
	"muqu/sync/wire"
)

// borrow notes which records elsewhere an entry refers to, and which regions
// refer to the record that it is of.
func (b *batch) borrow(f *folded, l *store.Logged) error {
	if !l.Verdict.Folds() {
		return nil
	}
	if err := b.lend(f, l); err != nil {
		return err
	}
	if !b.borrows {
		return nil
	}
	var err error
	l.Also, err = b.tx.Borrowers(core.Ref{Kind: l.Kind, ID: l.Record})
	return err
}

func (b *batch) lend(f *folded, l *store.Logged) error {
	for _, ref := range refsOf(f, l) {
		at, err := b.regionsOf(ref)
		if err != nil {
			return err
		}
		// What a published record refers to is not published with it.
		for _, r := range core.Keeping(l.Regions) {
			if slices.Contains(at, r) {
				continue
			}
			if err := b.tx.Borrow(ref, r); err != nil {
				return err
			}
			b.borrows, l.Lends = true, l.Lends || len(at) > 0
		}
	}
	return nil
}

// refsOf gives what an entry refers to; all that its record refers to, if it
// moved the record.
func refsOf(f *folded, l *store.Logged) (out []core.Ref) {
	k := core.KindOf(l.Kind)
	for i := range l.Fields {
		if l.Fields[i].Name == change.RegionField && len(l.Before) > 0 {
			return f.state.Refs()
		}
		out = append(out, k.RefsIn(l.Fields[i].Name, l.Fields[i].Value)...)
	}
	return out
}

// regionsOf reads where a record lies, once in a batch.
func (b *batch) regionsOf(ref core.Ref) ([]string, error) {
	if f, ok := b.rows[ref]; ok {
		return f.state.Regions(), nil
	}
	if at, ok := b.places[ref]; ok {
		return at, nil
	}
	at, _, err := b.tx.RegionsOf(ref)
	b.places[ref] = at
	return at, err
}

// lender puts records that came into the scope, or that the scope refers to,
// whole into a page, each once.
type lender struct {
	tx      store.Tx
	area    core.Scope
	page    *wire.Page
	size    int // bytes put into the page
	entered map[core.Ref]bool
	borrows bool // some region refers to records elsewhere
}

func newLender(tx store.Tx, scope core.Scope, p *wire.Page) (*lender, error) {
	l := &lender{tx: tx, area: scope, page: p, entered: make(map[core.Ref]bool)}
	var err error
	l.borrows, err = tx.Borrows()
	return l, err
}

// borrowed reports whether the scope refers to a record that lies elsewhere.
func (l *lender) borrowed(ref core.Ref) (bool, error) {
	if !l.borrows {
		return false, nil
	}
	by, err := l.tx.Borrowers(ref)
	return l.area.ContainsAny(by), err
}

// refer gives the records elsewhere to which an entry refers. One that arrives
// later comes by itself.
func (l *lender) refer(e *store.Logged) error {
	if !e.Lends {
		return nil
	}
	entry, err := change.LoadEntry(e.Key, e.Bytes)
	if err != nil {
		return fmt.Errorf("entry %s: %w", e.Key, err)
	}
	k := core.KindOf(entry.Kind)
	for i := range entry.Fields {
		if err := l.lend(k.RefsIn(entry.Fields[i].Name, entry.Fields[i].Value)); err != nil {
			return err
		}
	}
	return nil
}

// enter gives a record with what it refers to.
func (l *lender) enter(ref core.Ref, state []byte) error {
	l.put(ref, state)
	if !l.borrows {
		return nil
	}
	st, err := merge.Decode(state)
	if err != nil {
		return fmt.Errorf("%s %s: %w", ref.Kind, ref.ID, err)
	}
	return l.lend(st.Refs())
}

func (l *lender) put(ref core.Ref, state []byte) {
	l.entered[ref] = true
	l.size += len(state)
	l.page.Items = append(l.page.Items, wire.Item{What: wire.ItemEnter, Bytes: state})
}

// lend gives records whole that lie outside of the scope.
func (l *lender) lend(refs []core.Ref) error {
	for _, ref := range refs {
		at, found, err := l.tx.RegionsOf(ref)
		if err != nil {
			return err
		}
		if !found || l.entered[ref] || l.area.ContainsAny(at) || core.KindOf(ref.Kind).Shared {
			continue
		}
		row, _, err := l.tx.Record(ref)
		if err != nil {
			return err
		}
		if len(row.State) > 0 {
			l.put(ref, row.State)
		}
	}
	return nil
}
