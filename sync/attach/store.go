package attach

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"

	"muqu/core"
)

// ErrAbsent reports a file that is not in the store.
var ErrAbsent = errors.New("this file is not here")

// ErrDamaged reports a file whose bytes no longer have its hash. It was moved
// aside.
var ErrDamaged = errors.New("this file was damaged and is set aside")

// ErrHash reports bytes that are not those of the name they came under.
var ErrHash = errors.New("the bytes do not have the hash of their name")

// Store is a folder of files under their names, in sub-folders of the first
// two digits. It may be used from several goroutines and processes at once.
type Store struct {
	dir   string
	key   *age.X25519Identity // nil: files are kept as they are
	disk  disk
	loose bool // thumbnails: the bytes are not those that the name speaks of
}

// NewKey makes a key by which a store is encrypted, as text to be kept secret.
func NewKey() (string, error) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return "", fmt.Errorf("make key of files: %w", err)
	}
	return id.String(), nil
}

// Open opens the store in a folder, making it where there is none. With a key
// of [NewKey] everything that is put is encrypted; "" keeps files as they are.
func Open(dir, key string) (*Store, error) {
	s := &Store{dir: dir, disk: machine{}}
	if key != "" {
		id, err := age.ParseX25519Identity(key)
		if err != nil {
			return nil, fmt.Errorf("open files: %w", err)
		}
		s.key = id
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open files: %w", err)
	}
	return s, nil
}

// OpenThumbs opens a store of thumbnails: small JPEGs under the names of the
// pictures that they were made of.
func OpenThumbs(dir, key string) (*Store, error) {
	s, err := Open(dir, key)
	if err == nil {
		s.loose = true
	}
	return s, err
}

func (s *Store) path(name core.FileName) string {
	return filepath.Join(s.dir, string(name[:2]), string(name))
}

// Has reports whether a file is here, without reading it.
func (s *Store) Has(name core.FileName) bool {
	st, err := os.Stat(s.path(name))
	return err == nil && st.Mode().IsRegular()
}

// Put keeps what r gives under a name, and refuses bytes that have another
// hash. When it returns nil the file survives a power cut.
func (s *Store) Put(name core.FileName, r io.Reader) (size int64, err error) {
	in, err := s.begin()
	if err != nil {
		return 0, err
	}
	defer in.drop()
	if size, err = io.Copy(in, r); err != nil {
		return size, fmt.Errorf("keep file: %w", err)
	}
	if !s.loose && in.sum() != name.Hash() {
		return size, ErrHash
	}
	return size, in.finish(name)
}

// Keep keeps what r gives under the name that its bytes have. sort is the end
// of the name, such as "jpg".
func (s *Store) Keep(r io.Reader, sort string) (core.FileName, int64, error) {
	in, err := s.begin()
	if err != nil {
		return "", 0, err
	}
	defer in.drop()
	size, err := io.Copy(in, r)
	if err != nil {
		return "", 0, fmt.Errorf("keep file: %w", err)
	}
	name := core.NewFileName(in.sum(), sort)
	return name, size, in.finish(name)
}

// incoming is a file that is being written.
type incoming struct {
	s    *Store
	file sheet
	out  io.WriteCloser
	hash hash.Hash
}

func (s *Store) begin() (*incoming, error) {
	f, err := s.disk.Create(s.dir, "new-*")
	if err != nil {
		return nil, fmt.Errorf("keep file: %w", err)
	}
	in := &incoming{s: s, file: f, out: f, hash: sha256.New()}
	if s.key == nil {
		return in, nil
	}
	if in.out, err = age.Encrypt(f, s.key.Recipient()); err != nil {
		in.drop()
		return nil, fmt.Errorf("keep file: %w", err)
	}
	return in, nil
}

// Write implements io.Writer.
func (in *incoming) Write(b []byte) (int, error) {
	in.hash.Write(b)
	return in.out.Write(b)
}

func (in *incoming) sum() (sum [sha256.Size]byte) {
	in.hash.Sum(sum[:0])
	return sum
}

func (in *incoming) drop() {
	_ = in.file.Close()                  // closed already when all went well
	_ = in.s.disk.Remove(in.file.Name()) // gone already when all went well
}

// finish puts the file in place: first its bytes, then its name, then the
// folder are safe.
func (in *incoming) finish(name core.FileName) error {
	to := in.s.path(name)
	var err error
	if in.s.key != nil {
		err = in.out.Close()
	}
	if err = errors.Join(err, in.file.Sync(), in.file.Close()); err == nil {
		if err = in.s.disk.Mkdir(filepath.Dir(to)); errors.Is(err, fs.ErrExist) {
			err = nil
		}
	}
	if err == nil {
		err = in.s.disk.Rename(in.file.Name(), to)
	}
	if err == nil {
		err = in.s.disk.SyncFolder(filepath.Dir(to))
	}
	if err == nil {
		// Also where the folder was there: whoever made it may have been
		// stopped before it was safe.
		err = in.s.disk.SyncFolder(in.s.dir)
	}
	if err != nil {
		return fmt.Errorf("keep file %s: %w", name, err)
	}
	return in.s.healed(name)
}

// File is an open file whose bytes were checked.
type File struct {
	io.ReaderAt
	Name core.FileName
	Size int64 // bytes
	file *os.File
}

// Close closes it.
func (f *File) Close() error { return f.file.Close() }

// Reader reads the file from an offset on.
func (f *File) Reader(offset int64) io.ReadSeeker {
	return io.NewSectionReader(f.ReaderAt, offset, f.Size-offset)
}

// Open opens a file after reading it once to see that it is what its name
// says. One that isn't is moved aside and reported as [ErrDamaged].
func (s *Store) Open(name core.FileName) (*File, error) {
	f, err := os.Open(s.path(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrAbsent
	}
	if err != nil {
		return nil, fmt.Errorf("open file: %w", err)
	}
	out, err := s.check(name, f)
	if err == nil {
		return out, nil
	}
	_ = f.Close()
	var broken *fs.PathError
	if errors.As(err, &broken) {
		return nil, fmt.Errorf("read file %s: %w", name, err) // the disk's fault: it may read it next time
	}
	if aside := s.aside(name); aside != nil {
		return nil, errors.Join(ErrDamaged, aside)
	}
	return nil, ErrDamaged
}

func (s *Store) check(name core.FileName, f *os.File) (*File, error) {
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	out := &File{ReaderAt: f, Name: name, Size: st.Size(), file: f}
	if s.key != nil {
		if out.ReaderAt, out.Size, err = age.DecryptReaderAt(f, st.Size(), s.key); err != nil {
			return nil, err
		}
	}
	h := sha256.New()
	if _, err := io.Copy(h, out.Reader(0)); err != nil {
		return nil, err
	}
	if hash := name.Hash(); !s.loose && !bytes.Equal(h.Sum(nil), hash[:]) {
		return nil, ErrHash
	}
	return out, nil
}

// Read gives the bytes of a file.
func (s *Store) Read(name core.FileName) ([]byte, error) {
	f, err := s.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b := make([]byte, f.Size)
	if _, err := io.ReadFull(f.Reader(0), b); err != nil {
		return nil, fmt.Errorf("read file %s: %w", name, err)
	}
	return b, nil
}

const damagedFolder = "damaged"

// aside moves a damaged file out of the way, for whoever wants to look at it.
func (s *Store) aside(name core.FileName) error {
	dir := filepath.Join(s.dir, damagedFolder)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("set aside: %w", err)
	}
	if err := os.Rename(s.path(name), filepath.Join(dir, string(name))); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("set aside: %w", err)
	}
	return nil
}

// healed drops the damaged copy of a file that is whole again.
func (s *Store) healed(name core.FileName) error {
	err := os.Remove(filepath.Join(s.dir, damagedFolder, string(name)))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("drop damaged copy: %w", err)
	}
	return nil
}

// Damaged lists the files that were set aside and have not come again.
func (s *Store) Damaged() ([]core.FileName, error) {
	list, err := os.ReadDir(filepath.Join(s.dir, damagedFolder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var out []core.FileName
	for _, e := range list {
		if n, ok := core.ParseFileName(e.Name()); ok {
			out = append(out, n)
		}
	}
	return out, err
}

// List gives the names of all files, in their order. Files that come or go
// meanwhile may be among them or not.
func (s *Store) List() iter.Seq2[core.FileName, error] {
	return func(yield func(core.FileName, error) bool) {
		folders, err := os.ReadDir(s.dir)
		if err != nil {
			yield("", fmt.Errorf("list files: %w", err))
			return
		}
		for _, d := range folders {
			if d.IsDir() && len(d.Name()) == 2 && !s.listFolder(d.Name(), yield) {
				return
			}
		}
	}
}

func (s *Store) listFolder(folder string, yield func(core.FileName, error) bool) bool {
	files, err := os.ReadDir(filepath.Join(s.dir, folder))
	if err != nil {
		return yield("", fmt.Errorf("list files: %w", err))
	}
	for _, f := range files {
		if n, ok := core.ParseFileName(f.Name()); ok && !yield(n, nil) {
			return false
		}
	}
	return true
}

// Remove drops a file. One that is not here is no error.
func (s *Store) Remove(name core.FileName) error {
	if err := os.Remove(s.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove file: %w", err)
	}
	return nil
}

// halfWritten is for how long a file may be in the writing.
const halfWritten = 24 * time.Hour

// Tidy drops what a power cut left half-written, by the clock of the disk.
func (s *Store) Tidy(now time.Time) error {
	list, err := os.ReadDir(s.dir)
	if err != nil {
		return fmt.Errorf("tidy files: %w", err)
	}
	for _, e := range list {
		st, e2 := e.Info()
		if e2 == nil && strings.HasPrefix(e.Name(), "new-") && now.Sub(st.ModTime()) > halfWritten {
			err = errors.Join(err, os.Remove(filepath.Join(s.dir, e.Name())))
		}
	}
	return err
}
