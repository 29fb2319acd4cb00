package screen

// queue does one piece of work after another away from the UI thread, in the
// order given. It is used on the UI thread.
type queue struct {
	shell   *Shell
	waiting []func() func()
	busy    bool
}

// add puts work at the end of the queue; what it returns is called on the UI
// thread before the next begins.
func (q *queue) add(work func() func()) {
	q.waiting = append(q.waiting, work)
	q.next()
}

func (q *queue) next() {
	if q.busy || len(q.waiting) == 0 {
		return
	}
	work := q.waiting[0]
	q.waiting, q.busy = q.waiting[1:], true
	q.shell.Run(func() func() {
		show := work()
		return func() {
			q.busy = false
			show()
			q.next()
		}
	})
}
