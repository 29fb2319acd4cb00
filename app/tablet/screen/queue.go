package screen

// queue does one piece of work after another away from the UI thread, in the
// order given. It is used on the UI thread.
type queue struct {
	shell   *Shell
	waiting []func() work
	busy    bool
}

// work is done away from the UI thread; what it returns is called on it.
type work func() (show func())

// add puts a piece of work at the end of the queue. begin is called on the UI
// thread when its turn has come, after what came before was shown.
func (q *queue) add(begin func() work) {
	q.waiting = append(q.waiting, begin)
	q.next()
}

func (q *queue) next() {
	if q.busy || len(q.waiting) == 0 {
		return
	}
	do := q.waiting[0]()
	q.waiting, q.busy = q.waiting[1:], true
	q.shell.Run(func() func() {
		show := do()
		return func() {
			q.busy = false
			show()
			q.next()
		}
	})
}
