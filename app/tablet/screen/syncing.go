package screen

import (
	"context"
	"errors"

	"muqu/app/tablet/widget"
	"muqu/sync/client"
)

// syncing is the one sync of the app. It goes on whatever screen is shown, and
// is used on the UI thread.
type syncing struct {
	shell    *Shell
	stop     context.CancelFunc // nil while none runs
	progress client.Progress
	result   *client.Result // of the last one that came to its end
	err      error          // why the last one did not
	changed  func()         // tells the screen that shows it; nil = none does
}

// running tells whether a sync is under way.
func (y *syncing) running() bool { return y.stop != nil }

// start begins a sync unless one is under way.
func (y *syncing) start() { y.startWith(client.FilesByPolicy) }

// startWith is start with a say in what becomes of files.
func (y *syncing) startWith(files client.Files) {
	if y.running() {
		return
	}
	s := y.shell
	ctx, stop := context.WithCancel(s.ctx)
	y.stop, y.progress, y.err, y.result = stop, client.Progress{}, nil, nil
	y.tell()
	s.Run(func() func() {
		result, err := s.Tablet.SyncWith(ctx, client.Options{Files: files, Progress: func(p client.Progress) {
			s.Post(func() { y.heard(p) })
		}})
		return func() { y.ended(result, err) }
	})
}

// interrupt stops the sync; what was done stays done.
func (y *syncing) interrupt() {
	if y.stop != nil {
		y.stop()
	}
}

func (y *syncing) heard(p client.Progress) {
	if y.running() {
		y.progress = p
		y.tell()
	}
}

func (y *syncing) ended(result client.Result, err error) {
	s := y.shell
	y.stop()
	y.stop, y.err = nil, err
	s.me = s.Tablet.Identity()
	switch {
	case err == nil:
		y.result = &result
		if y.changed == nil { // the screen of the sync says it itself
			s.Say(widget.Good, s.T("sync.done", "sent", result.Pushed, "received", result.Pulled))
		}
	case errors.Is(err, context.Canceled):
		s.Say(widget.Info, s.T("sync.stopped"))
	default:
		s.Fail(err)
	}
	if y.changed != nil {
		s.Reopen() // figures have changed
		return
	}
	s.refreshStatus()
}

func (y *syncing) tell() {
	if y.changed != nil {
		y.changed()
	}
}
