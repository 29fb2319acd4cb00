package client

import (
	"bytes"
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

// receiptsEvery is after how many uploads their receipts are asked for.
const receiptsEvery = 50

// upload sends what the server lacks, small files first.
func (m *mover) upload(ctx context.Context) error {
	for i := range m.send {
		m.size += m.send[i].Size
	}
	m.all = len(m.send) + len(m.fetch)
	for i := range m.send {
		if err := m.uploadOne(ctx, &m.send[i]); err != nil {
			return errors.Join(err, m.confirm(ctx))
		}
		if len(m.sent) >= receiptsEvery {
			if err := m.confirm(ctx); err != nil {
				return err
			}
		}
	}
	return m.confirm(ctx)
}

// uploadOne sends one file. What is wrong with the file alone is noted and
// holds up no other.
func (m *mover) uploadOne(ctx context.Context, f *store.File) error {
	before := m.moved
	m.done++
	defer func() {
		m.moved = before + f.Size
		m.tell(m.done, m.all, m.moved, m.size)
	}()
	if m.limit > 0 && f.Size > m.limit {
		m.out.Left++
		return m.note(ctx, f.Name, core.Refuse(core.TooLarge, "", "refuse.file.large", "max", m.limit>>20))
	}
	if !m.policy.Lets(f.Size, m.asked) {
		m.out.Left++
		return nil
	}
	file, err := m.t.files.Load().files.Open(f.Name)
	if errors.Is(err, attach.ErrDamaged) || errors.Is(err, attach.ErrAbsent) {
		_ = m.t.lose(ctx, f.Name, store.Whole, err) // noted; the others go on
		return nil
	}
	if err != nil {
		return err
	}
	defer file.Close()
	err = m.remote.Upload(ctx, file, f.Upload, func(at string, offset int64) error {
		m.tell(m.done, m.all, before+offset, m.size)
		if at == f.Upload {
			return nil
		}
		f.Upload = at
		return m.known(ctx, f.Name, func(f *store.File) { f.Upload = at })
	})
	var refused *core.Refusal
	if errors.As(err, &refused) {
		m.out.Left++
		return m.note(ctx, f.Name, refused)
	}
	if err == nil {
		m.sent = append(m.sent, f.Name)
	}
	return err
}

// note keeps why a file could not be moved.
func (m *mover) note(ctx context.Context, name core.FileName, why *core.Refusal) error {
	m.t.cfg.Log.Warn("a file could not be moved", "file", string(name), "err", why)
	return m.known(ctx, name, func(f *store.File) { f.Trouble = why.Key })
}

// confirm asks for the receipts of what was uploaded.
func (m *mover) confirm(ctx context.Context) error {
	if len(m.sent) == 0 || ctx.Err() != nil {
		return ctx.Err()
	}
	ans, err := m.remote.Ask(ctx, m.sent, nil)
	if err != nil {
		return fmt.Errorf("ask for receipts of files: %w", err)
	}
	if err := m.receipts(ctx, ans); err != nil {
		return err
	}
	m.out.Left += len(ans.Missing)
	m.sent = nil
	return nil
}

// download fetches thumbnails first, then whole files that somebody wanted.
func (m *mover) download(ctx context.Context) error {
	for _, part := range []store.FilePart{store.Thumb, store.Whole} {
		for i := range m.fetch {
			f := &m.fetch[i]
			if f.Wanted&part == 0 || f.Held&part != 0 {
				continue
			}
			if err := m.downloadOne(ctx, f, part); err != nil {
				return err
			}
			m.done++
			m.tell(min(m.done, m.all), m.all, m.moved, m.size)
		}
	}
	return nil
}

// downloadOne fetches a part of a file by the first record that opens it.
func (m *mover) downloadOne(ctx context.Context, f *store.File, part store.FilePart) error {
	var by []core.Ref
	if err := m.t.store.View(ctx, func(tx store.Tx) (err error) {
		by, err = tx.NamedBy(f.Name)
		return err
	}); err != nil {
		return err
	}
	var refused *core.Refusal
	for _, ref := range by {
		err := m.get(ctx, f, ref, part)
		if errors.As(err, &refused) && refused.Key == "refuse.file.scope" {
			continue
		}
		if errors.As(err, &refused) {
			break
		}
		if errors.Is(err, attach.ErrAbsent) {
			return nil // it arrives later
		}
		return err
	}
	if refused == nil {
		return nil
	}
	if err := m.known(ctx, f.Name, func(f *store.File) { f.Wanted &^= part }); err != nil {
		return err
	}
	return m.note(ctx, f.Name, refused)
}

func (m *mover) get(ctx context.Context, f *store.File, by core.Ref, part store.FilePart) error {
	a := m.t.files.Load()
	into := a.files
	var got []byte
	if part == store.Thumb {
		into = a.thumbs
	} else if b, err := a.parts.Read(f.Name); err == nil {
		got = b
	}
	res, err := m.remote.Fetch(ctx, f.Name, by, part == store.Thumb, got, 0)
	if err != nil {
		if part == store.Whole && len(res.Bytes) > len(got) {
			_, kept := a.parts.Put(f.Name, bytes.NewReader(res.Bytes))
			err = errors.Join(err, kept)
		}
		return err
	}
	size, err := into.Put(f.Name, bytes.NewReader(res.Bytes))
	err = errors.Join(err, a.parts.Remove(f.Name))
	if errors.Is(err, attach.ErrHash) {
		return core.Refuse(core.Invalid, "", "refuse.file.hash")
	}
	if err != nil {
		return err
	}
	m.out.Fetched++
	return m.known(ctx, f.Name, func(f *store.File) {
		f.Held |= part
		f.Trouble = ""
		if part == store.Whole {
			f.Size, f.Safe, f.Received = size, store.AtCentre, m.now
		}
	})
}

// tidy drops files whose last record left the tablet, and own ones that the
// centre has had for long.
func (m *mover) tidy(ctx context.Context) error {
	gone, err := m.list(ctx, store.FilesUnnamed)
	if err != nil {
		return err
	}
	a := m.t.files.Load()
	for i := range gone {
		f := &gone[i]
		if err := errors.Join(a.files.Remove(f.Name), a.thumbs.Remove(f.Name), a.parts.Remove(f.Name), m.dropOriginal(f)); err != nil {
			return err
		}
		if err := m.t.store.Update(ctx, func(tx store.Tx) error { return tx.RemoveFile(f.Name) }); err != nil {
			return err
		}
	}
	return m.age(ctx)
}

func (m *mover) dropOriginal(f *store.File) error {
	if f.Original == "" {
		return nil
	}
	return m.t.files.Load().files.Remove(f.Original)
}

// maxAged bounds how many files one sync lets go of by age.
const maxAged = 1000

// age drops own whole files after the time of the policy, counted between
// moments of the server. Thumbnails stay.
func (m *mover) age(ctx context.Context) error {
	const day = 24 * 3600 * 1000
	var old []store.File
	if err := m.t.store.View(ctx, func(tx store.Tx) (err error) {
		old, err = tx.ListFiles(store.FilesSettled, nil, maxAged)
		return err
	}); err != nil {
		return err
	}
	for i := range old {
		f := &old[i]
		if m.now-f.Received < change.Millis(m.policy.KeepDays)*day {
			return nil // the rest is younger
		}
		if err := errors.Join(m.t.files.Load().files.Remove(f.Name), m.dropOriginal(f)); err != nil {
			return err
		}
		if err := m.known(ctx, f.Name, func(f *store.File) { f.Held, f.Original = f.Held&^store.Whole, "" }); err != nil {
			return err
		}
	}
	return nil
}

// FetchFile fetches a whole file now, because somebody wants to see it. Where
// that can't be done now the next sync does it.
func (t *Tablet) FetchFile(ctx context.Context, name core.FileName) error {
	f, _, err := t.File(ctx, name)
	if err != nil || f.Held&store.Whole != 0 {
		return err
	}
	if err := t.want(ctx, name); err != nil {
		return err
	}
	t.syncing.Lock()
	defer t.syncing.Unlock()
	last := error(ErrNotEnrolled)
	for _, base := range t.Identity().URLs {
		l, err := t.dial(base)
		if err != nil {
			return err
		}
		last = t.fetchFrom(ctx, l, name)
		l.close()
		if last == nil {
			return nil
		}
	}
	return last
}

// want notes that somebody wants to see a whole file.
func (t *Tablet) want(ctx context.Context, name core.FileName) error {
	var by []core.Ref
	err := t.store.View(ctx, func(tx store.Tx) (err error) {
		by, err = tx.NamedBy(name)
		return err
	})
	if err == nil && len(by) == 0 {
		err = core.Refuse(core.Forbidden, "", "refuse.file.scope")
	}
	if err != nil {
		return err
	}
	return t.alter(ctx, name, func(f *store.File) { f.Wanted |= store.Whole })
}

func (t *Tablet) fetchFrom(ctx context.Context, l *link, name core.FileName) error {
	m, err := t.mover(ctx, l, true)
	if err != nil {
		return err
	}
	if !m.policy.Moves(true) {
		return core.Refuse(core.Forbidden, "", "refuse.file.never")
	}
	f, _, err := t.File(ctx, name)
	if err != nil {
		return err
	}
	m.fetch = []store.File{f}
	if err := m.download(ctx); err != nil {
		var refused *core.Refusal
		if errors.As(err, &refused) || ctx.Err() != nil {
			return err
		}
		return fmt.Errorf("%w (%w)", ErrOffline, err)
	}
	if f, _, err = t.File(ctx, name); err != nil || f.Held&store.Whole != 0 {
		return err
	}
	if f.Trouble != "" {
		return core.Refuse(core.NotFound, "", f.Trouble)
	}
	return core.Refuse(core.NotFound, "", "refuse.file.absent")
}
