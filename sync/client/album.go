package client

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"muqu/core"
	"muqu/core/store"
	"muqu/sync/attach"
)

// album is the tablet's folder of files, encrypted by a key in the tablet's
// state: who has the folder without the database has nothing, and a tablet
// that was emptied can't read even what a deleted file left on its disk.
type album struct {
	files  *attach.Store // whole files, under their hashes
	thumbs *attach.Store
	parts  *attach.Store // of files that are being fetched
}

// Album is the files of a hub: those that its tablets brought, and those that
// it has of the centre.
type Album struct{ Files, Thumbs *attach.Store }

const attachments = "attachments"

// openAlbum opens the stores under the key of the state, making that where
// there is none.
func (t *Tablet) openAlbum(s *state) error {
	var err error
	if s.FileKey == "" {
		if s.FileKey, err = attach.NewKey(); err != nil {
			return err
		}
	}
	a := new(album)
	dir := filepath.Join(t.dir, attachments)
	if a.files, err = attach.Open(dir, s.FileKey); err != nil {
		return err
	}
	if a.thumbs, err = attach.OpenThumbs(filepath.Join(dir, "thumbs"), s.FileKey); err != nil {
		return err
	}
	if a.parts, err = attach.OpenThumbs(filepath.Join(dir, "parts"), s.FileKey); err != nil {
		return err
	}
	if shared := t.cfg.Album; shared != nil {
		a.files, a.thumbs = shared.Files, shared.Thumbs
	}
	t.files.Store(a)
	// The times of files are the machine's, whatever the tablet believes.
	return errors.Join(a.files.Tidy(time.Now()), a.thumbs.Tidy(time.Now()), a.parts.Tidy(time.Now()))
}

// maxKept bounds a file that is attached.
const maxKept = attach.DefaultMaxBytes

// KeepFile keeps a file byte for byte and gives the name by which a record
// refers to it. sort is the end of its name, such as "m4a". It is sent from
// when an edit that names it was committed.
func (t *Tablet) KeepFile(ctx context.Context, r io.Reader, sort string) (core.FileName, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxKept+1))
	if err != nil {
		return "", fmt.Errorf("read file: %w", err)
	}
	return t.keep(ctx, data, sort, "")
}

// KeepPhoto keeps a photo as the policy says: upright, without what the camera
// wrote beside it, its longer side at most so many pixels; 0 leaves that to the
// policy. What is no picture that can be drawn is refused.
func (t *Tablet) KeepPhoto(ctx context.Context, data []byte, longSide int) (core.FileName, error) {
	p, err := t.Policy(ctx)
	if err != nil {
		return "", err
	}
	if longSide <= 0 || longSide > p.LongSide {
		longSide = p.LongSide
	}
	small, sort, err := attach.Shrink(data, longSide)
	if errors.Is(err, attach.ErrPicture) {
		return "", core.Refuse(core.Invalid, "", "refuse.file.picture")
	}
	if err != nil {
		return "", err
	}
	var original core.FileName
	if p.KeepOriginals && !bytes.Equal(small, data) {
		if original, _, err = t.files.Load().files.Keep(bytes.NewReader(data), "jpg"); err != nil {
			return "", err
		}
	}
	return t.keep(ctx, small, sort, original)
}

func (t *Tablet) keep(ctx context.Context, data []byte, sort string, original core.FileName) (core.FileName, error) {
	if len(data) > maxKept {
		return "", core.Refuse(core.TooLarge, "", "refuse.file.large", "max", maxKept>>20)
	}
	a := t.files.Load()
	name, size, err := a.files.Keep(bytes.NewReader(data), sort)
	if err != nil {
		return "", err
	}
	held := store.Whole
	if name.Picture() {
		if thumb, err := attach.Thumbnail(data); err == nil {
			if _, err := a.thumbs.Put(name, bytes.NewReader(thumb)); err != nil {
				return "", err
			}
			held |= store.Thumb
		}
	}
	return name, t.alter(ctx, name, func(f *store.File) {
		f.Own, f.Size, f.Original, f.Trouble = true, size, original, ""
		f.Held |= held
	})
}

// WantFile notes that somebody wants to see a whole file, for the next sync.
func (t *Tablet) WantFile(ctx context.Context, name core.FileName) error { return t.want(ctx, name) }

// alter changes what is known of a file.
func (t *Tablet) alter(ctx context.Context, name core.FileName, change func(*store.File)) error {
	err := t.store.Update(ctx, func(tx store.Tx) error {
		f, found, err := tx.File(name)
		if err != nil {
			return err
		}
		if !found {
			f = store.File{Name: name}
		}
		change(&f)
		return tx.PutFile(&f)
	})
	if err != nil {
		return fmt.Errorf("note file %s: %w", name, err)
	}
	return nil
}

// File says what is known of a file; the second result is false where it was
// never heard of.
func (t *Tablet) File(ctx context.Context, name core.FileName) (f store.File, found bool, err error) {
	err = t.store.View(ctx, func(tx store.Tx) error {
		f, found, err = tx.File(name)
		return err
	})
	return f, found, err
}

// ReadFile gives the bytes of a file that is on this tablet, or of its
// thumbnail. One that was damaged is noted to be fetched again.
func (t *Tablet) ReadFile(ctx context.Context, name core.FileName, thumb bool) ([]byte, error) {
	a := t.files.Load()
	part, from := store.Whole, a.files
	if thumb {
		part, from = store.Thumb, a.thumbs
	}
	b, err := from.Read(name)
	if err == nil {
		return b, nil
	}
	if !errors.Is(err, attach.ErrDamaged) && !errors.Is(err, attach.ErrAbsent) {
		return nil, err
	}
	return nil, t.lose(ctx, name, part, err)
}

// lose notes that a part of a file is not here any more, and gives the refusal
// for whoever asked for it.
func (t *Tablet) lose(ctx context.Context, name core.FileName, part store.FilePart, why error) error {
	refusal := core.Refuse(core.NotFound, "", "refuse.file.elsewhere")
	f, found, err := t.File(ctx, name)
	if err != nil || !found || f.Held&part == 0 {
		return errors.Join(err, refusal)
	}
	t.cfg.Log.Error("a file is damaged: it is set aside and fetched again", "file", string(name), "err", why)
	if f.Safe == store.HereOnly && part == store.Whole {
		refusal = core.Refuse(core.NotFound, "", "refuse.file.damaged")
	}
	err = t.alter(ctx, name, func(f *store.File) {
		f.Held &^= part
		f.Wanted |= part
		f.Trouble = refusal.Key
	})
	return errors.Join(err, refusal)
}

// ReadOriginal gives the photo from which a file was made, if the policy kept
// it.
func (t *Tablet) ReadOriginal(ctx context.Context, name core.FileName) ([]byte, error) {
	f, _, err := t.File(ctx, name)
	if err != nil {
		return nil, err
	}
	if f.Original == "" {
		return nil, core.Refuse(core.NotFound, "", "refuse.file.elsewhere")
	}
	return t.files.Load().files.Read(f.Original)
}

// Policy says what this tablet does with files, with what it leaves open
// filled in.
func (t *Tablet) Policy(ctx context.Context) (p attach.Policy, err error) {
	err = t.store.View(ctx, func(tx store.Tx) error {
		s, err := loadState(tx)
		if s != nil {
			p = s.Policy
		}
		return err
	})
	return p.Defaulted(), err
}

// SetPolicy decides what this tablet does with files.
func (t *Tablet) SetPolicy(ctx context.Context, p attach.Policy) error {
	if err := p.Check(); err != nil {
		return err
	}
	return t.change(ctx, func(_ store.Tx, s *state) error {
		s.Policy = p
		return nil
	})
}

// FilesStatus is where the files are.
type FilesStatus struct {
	Unsent      int            // whole files that no server has
	UnsentBytes int64          // of those
	AtHub       int            // those that a hub has and the centre hasn't
	Wanted      int            // those of which something is still to be fetched
	Network     attach.Network // when they are moved
}

func filesStatus(tx store.Tx) (out FilesStatus, err error) {
	if out.Unsent, out.UnsentBytes, err = tx.CountFiles(store.FilesUnsent); err != nil {
		return out, err
	}
	if out.AtHub, _, err = tx.CountFiles(store.FilesAtHub); err != nil {
		return out, err
	}
	if out.Wanted, _, err = tx.CountFiles(store.FilesWanted); err != nil {
		return out, err
	}
	s, err := loadState(tx)
	if s != nil {
		out.Network = s.Policy.Defaulted().Network
	}
	return out, err
}
