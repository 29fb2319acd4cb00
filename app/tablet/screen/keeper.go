package screen

import (
	"context"

	"muqu/core/store"
)

// keeper saves one draft again and again while it is being written: one save
// at a time, in order, and of several that wait only the latest. It is used on
// the UI thread.
type keeper struct {
	shell  *Shell
	busy   bool         // a save is under way
	next   *store.Draft // to be saved after it
	after  func()       // to be called when nothing is left to save
	closed bool         // the draft is no longer wanted
}

// keep saves a draft.
func (k *keeper) keep(d store.Draft) {
	if k.closed {
		return
	}
	k.next = &d
	k.work()
}

// finish calls f when everything has been saved; later saves are dropped.
func (k *keeper) finish(f func()) {
	k.closed, k.after = true, f
	k.work()
}

// reopen lets drafts be saved again: what was to follow them failed.
func (k *keeper) reopen() { k.closed = false }

func (k *keeper) work() {
	if k.busy {
		return
	}
	if k.next == nil {
		if after := k.after; after != nil {
			k.after = nil
			after()
		}
		return
	}
	draft := *k.next
	k.next, k.busy = nil, true
	k.shell.Run(func() func() {
		err := k.shell.Drafts.PutDraft(context.WithoutCancel(k.shell.ctx), draft)
		return func() {
			k.busy = false
			if err != nil {
				k.shell.Fail(err)
			}
			k.work()
		}
	})
}
