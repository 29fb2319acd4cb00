package client

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/attach"
	"muqu/sync/wire"
)

// FilesResult is what a sync did with files, after the records were settled.
type FilesResult struct {
	Sent    int   // files of this tablet that a server or hub acknowledged for the first time
	Fetched int   // thumbnails and whole files that arrived
	Left    int   // files that are still to be sent
	Err     error // why it stopped early; nil: it did not. The records are settled all the same
}

// mover moves files in one sync, when the records are settled.
type mover struct {
	t      *Tablet
	remote *attach.Remote
	policy attach.Policy
	server ed25519.PublicKey
	epoch  change.Epoch
	now    change.Millis // the server's time
	asked  bool          // a person wanted just this
	tell   func(files, all int, bytes, allBytes int64)

	limit int64 // the largest file that the server takes; 0: not known yet
	send  []store.File
	sent  []core.FileName // uploaded, and the receipt is still to come
	fetch []store.File
	out   FilesResult

	done, all   int   // bytes and files of the progress
	moved, size int64 // of what is sent
}

// askAgain is how often a tablet that has files asks whether the server lost
// any, in milliseconds of the server's time.
const askAgain = 24 * 3600 * 1000

// remote makes the server's files of a link.
func (t *Tablet) remote(l *link) *attach.Remote {
	return &attach.Remote{Client: l.client, Base: l.base, Pause: t.cfg.FilePause, Token: func(ctx context.Context, renew bool) (string, error) {
		if renew {
			if err := t.signIn(ctx, l); err != nil {
				return "", err
			}
		}
		t.mu.Lock()
		defer t.mu.Unlock()
		srv := t.st.at(l.base)
		if srv == nil {
			return "", errServers
		}
		return srv.Token, nil
	}}
}

func (t *Tablet) mover(ctx context.Context, l *link, asked bool) (*mover, error) {
	m := &mover{t: t, remote: t.remote(l), asked: asked, tell: func(int, int, int64, int64) {}}
	return m, m.read(ctx)
}

// read reads what the tablet knows of itself and of the centre.
func (m *mover) read(ctx context.Context) error {
	return m.t.store.View(ctx, func(tx store.Tx) error {
		s, err := loadState(tx)
		if err != nil {
			return err
		}
		m.policy, m.server, m.epoch, m.now = s.Policy.Defaulted(), s.Server, s.Epoch, s.Anchor.Server
		return nil
	})
}

// files moves files after a sync of the records. Nothing that goes wrong here
// makes the sync fail. What left the tablet with its record is dropped in any
// case.
func (r *run) files(ctx context.Context, when Files) FilesResult {
	m, err := r.t.mover(ctx, r.link, when == FilesAsked || r.wipe)
	if err != nil {
		return FilesResult{Err: err}
	}
	m.tell = func(files, all int, bytes, allBytes int64) {
		r.sum.Files, r.sum.ToFiles, r.sum.FileBytes, r.sum.ToFileBytes = files, all, bytes, allBytes
		r.sum.Bytes = r.link.in.Load() + r.link.out.Load()
		r.progress(r.sum)
	}
	if r.wipe || when != FilesLater && m.policy.Moves(m.asked) {
		m.out.Err = m.move(ctx)
	}
	m.out.Err = errors.Join(m.out.Err, m.tidy(context.WithoutCancel(ctx)))
	if m.out.Err != nil && ctx.Err() == nil {
		r.t.cfg.Log.Warn("files wait for the next sync", "err", m.out.Err)
	}
	return m.out
}

func (m *mover) move(ctx context.Context) error {
	for _, step := range []func(context.Context) error{m.offer, m.upload, m.download} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// list reads a whole set of files.
func (m *mover) list(ctx context.Context, set store.FileSet) (out []store.File, err error) {
	err = m.t.store.View(ctx, func(tx store.Tx) error {
		out, err = tx.ListFiles(set, nil, 1<<30)
		return err
	})
	return out, err
}

// offer asks the server what it has of what is to be sent and fetched. A tablet
// without either asks once a day whether the server lost anything.
func (m *mover) offer(ctx context.Context) error {
	unsent, err := m.list(ctx, store.FilesUnsent)
	if err != nil {
		return err
	}
	atHub, err := m.list(ctx, store.FilesAtHub)
	if err != nil {
		return err
	}
	wanted, err := m.list(ctx, store.FilesWanted)
	if err != nil {
		return err
	}
	mine := append(unsent, atHub...)
	if len(mine)+len(wanted) == 0 && !m.due(ctx) {
		return nil
	}
	for first := true; first || len(mine)+len(wanted) > 0; first = false {
		ask, look := mine[:min(len(mine), wire.MaxFiles)], wanted[:min(len(wanted), wire.MaxFiles)]
		if err := m.ask(ctx, ask, look); err != nil {
			return err
		}
		mine, wanted = mine[len(ask):], wanted[len(look):]
	}
	return m.t.change(ctx, func(_ store.Tx, s *state) error {
		s.FilesAsked = m.now
		return nil
	})
}

// due reports whether it is time to ask though nothing waits.
func (m *mover) due(ctx context.Context) (due bool) {
	err := m.t.store.View(ctx, func(tx store.Tx) error {
		s, err := loadState(tx)
		if err != nil || m.now-s.FilesAsked < askAgain {
			return err
		}
		n, _, err := tx.CountFiles(store.FilesSettled)
		due = n > 0
		return err
	})
	return due && err == nil
}

func namesOf(files []store.File) []core.FileName {
	out := make([]core.FileName, len(files))
	for i := range files {
		out[i] = files[i].Name
	}
	return out
}

// ask takes in one answer of the server.
func (m *mover) ask(ctx context.Context, ask, look []store.File) error {
	ans, err := m.remote.Ask(ctx, namesOf(ask), namesOf(look))
	if err != nil {
		return fmt.Errorf("ask about files: %w", err)
	}
	m.limit = ans.Limit
	if err := m.receipts(ctx, ans); err != nil {
		return err
	}
	for _, text := range ans.Missing {
		if f := find(ask, text); f != nil {
			m.send = append(m.send, *f)
		}
	}
	for _, text := range ans.Here {
		if f := find(look, text); f != nil {
			m.fetch = append(m.fetch, *f)
		}
	}
	return m.lost(ctx, ans.Wanted)
}

func find(files []store.File, text string) *store.File {
	for i := range files {
		if string(files[i].Name) == text {
			return &files[i]
		}
	}
	return nil
}

// receipts notes the server's signed word on what it has, and what a hub has.
func (m *mover) receipts(ctx context.Context, ans *wire.FilesAnswer) error {
	for _, b := range ans.Receipts {
		r, err := wire.OpenFileReceipt(b, m.server)
		if err != nil {
			return err
		}
		name, ok := core.ParseFileName(r.Name)
		if !ok || r.Epoch != m.epoch {
			continue
		}
		if err := m.known(ctx, name, func(f *store.File) {
			if f.Size == 0 || f.Size == r.Size {
				m.acknowledged(f)
				f.Safe, f.Receipt, f.Received, f.Upload, f.Trouble = store.AtCentre, b, r.Received, "", ""
			}
		}); err != nil {
			return err
		}
	}
	for _, text := range ans.Held {
		if err := m.known(ctx, core.FileName(text), func(f *store.File) {
			m.acknowledged(f)
			f.Safe, f.Upload, f.Trouble = max(f.Safe, store.AtHub), "", ""
		}); err != nil {
			return err
		}
	}
	return nil
}

func (m *mover) acknowledged(f *store.File) {
	if f.Safe == store.HereOnly {
		m.out.Sent++
	}
}

// known changes what is known of a file, if anything is.
func (m *mover) known(ctx context.Context, name core.FileName, change func(*store.File)) error {
	return m.t.store.Update(ctx, func(tx store.Tx) error {
		f, found, err := tx.File(name)
		if err != nil || !found {
			return err
		}
		change(&f)
		return tx.PutFile(&f)
	})
}

// lost offers again what the server had and lost.
func (m *mover) lost(ctx context.Context, names []string) error {
	for _, text := range names {
		var again *store.File
		if err := m.known(ctx, core.FileName(text), func(f *store.File) {
			if f.Held&store.Whole != 0 && f.Safe == store.AtCentre {
				f.Safe, f.Receipt, f.Received = store.HereOnly, nil, 0
				again = f
			}
		}); err != nil {
			return err
		}
		if again != nil {
			m.send = append(m.send, *again)
		}
	}
	return nil
}
