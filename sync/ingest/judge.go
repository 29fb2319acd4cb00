package ingest

import (
	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/merge"
)

// judge says why an entry must be kept aside, as a message key; "" if it may
// stand. It never refuses: a wrong entry is kept and shown to those who can
// decide about it.
func (b *batch) judge(d *store.Device, e *change.Sequenced) (string, error) {
	switch {
	case d.Revoked != 0:
		return "verdict.revoked", nil
	case d.Outside:
		return "verdict.delegation", nil
	case e.Author != d.Name:
		return "verdict.author", nil
	case !d.Role.MayWrite(e.Kind):
		return "verdict.role", nil
	}
	f, err := b.take(core.Ref{Kind: e.Kind, ID: e.Record})
	if err != nil {
		return "", err
	}
	if badState(d.Role, &e.Entry, f.state) {
		return "verdict.state", nil
	}
	return b.area(d.ScopeAt(b.known(&e.Entry)), e, f)
}

// known gives the position up to which the author of an entry had seen this
// server's order.
func (b *batch) known(e *change.Entry) change.Position {
	return min(e.Seen.Position, b.s.me.Load().Epochs.Shared(e.Seen.Epoch))
}

// badState reports a change of state that the role may not make from the state
// that was on the screen. Settling a conflict with one of its values is none.
func badState(role core.Role, e *change.Entry, st *merge.State) bool {
	k := core.KindOf(e.Kind)
	if k.Flow == nil {
		return false
	}
	f := k.Field(k.Flow.Field)
	for i := range e.Fields {
		reg := &e.Fields[i]
		if reg.Name != f.Register() {
			continue
		}
		if held := st.Register(reg.Name); held.Open() && held.Has(reg.Value) {
			return false
		}
		was, to := stateOf(k, reg.Was), stateOf(k, reg.Value)
		if was == "" && isCreation(e) || to == "" {
			return false
		}
		return !k.Flow.May(role, was, to)
	}
	return false
}

func stateOf(k *core.Kind, register change.Value) string {
	fields := make(map[string]change.Value)
	core.SpreadRegister(k, k.Field(k.Flow.Field).Register(), register, fields)
	v, ok := fields[k.Flow.Field]
	if !ok {
		return ""
	}
	return v.Str()
}

func isCreation(e *change.Entry) bool {
	for _, f := range e.Fields {
		if f.Name == change.RegionField && f.Was.IsNull() {
			return true
		}
	}
	return false
}

// area checks that the record lies, or lay as the author saw it, in the
// device's regions.
func (b *batch) area(scope core.Scope, e *change.Sequenced, f *folded) (string, error) {
	regions := f.state.Regions()
	if len(regions) == 0 {
		regions = []string{e.Region}
		if e.Region == "" {
			return "", nil // an edit of a record that has not arrived yet
		}
	}
	if scope.ContainsAny(regions) {
		return "", nil
	}
	// It may have moved away after the author last heard of it.
	history, err := b.tx.History(core.Ref{Kind: e.Kind, ID: e.Record})
	if err != nil {
		return "", err
	}
	known := b.known(&e.Entry)
	for i := len(history) - 1; i >= 0; i-- {
		if h := &history[i]; h.Position <= known && h.Verdict.Folds() {
			if scope.ContainsAny(core.Keeping(h.Regions)) {
				return "", nil
			}
			break
		}
	}
	return "verdict.area", nil
}
