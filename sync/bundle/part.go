package bundle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"

	"muqu/core"
)

// maxParts bounds into how many files a bundle is split.
const maxParts = 999

// ErrParts refuses to split a bundle into more files than anybody would carry.
var ErrParts = core.Refuse(core.Invalid, "", "refuse.bundle.parts", "max", maxParts)

// Split is Export into as many files as it takes if none may be larger than
// limit bytes: up.muqu becomes up-1-of-3.muqu and so on; a bundle that fits
// stays up.muqu. It gives the paths. A limit of 0 never splits.
func Split(ctx context.Context, path string, limit int64, m Maker) (paths []string, err error) {
	s := &splitter{dir: filepath.Dir(path), limit: limit}
	defer func() { err = errors.Join(err, s.clear()) }()
	if err := Write(ctx, s, m); err != nil {
		return nil, err
	}
	// A stick is pulled out as soon as the screen says that it may be.
	if err := s.end(); err != nil {
		return nil, fmt.Errorf("write bundle: %w", err)
	}
	for i, f := range s.files {
		to := path
		if len(s.files) > 1 {
			to = partName(path, i+1, len(s.files))
		}
		if err := os.Rename(f.Name(), to); err != nil {
			return nil, fmt.Errorf("write bundle: %w", err)
		}
		paths = append(paths, to)
	}
	s.files = nil
	d, err := os.Open(s.dir)
	if err != nil {
		return nil, fmt.Errorf("write bundle: %w", err)
	}
	_ = d.Sync() // file systems that can't have made the names durable already
	return paths, d.Close()
}

// splitter writes to one file after the other.
type splitter struct {
	dir   string
	limit int64
	files []*os.File // temporary; the last one is open
	size  int64      // of the last
}

// Write implements [io.Writer].
func (s *splitter) Write(b []byte) (n int, err error) {
	for len(b) > 0 {
		if len(s.files) == 0 || s.limit > 0 && s.size >= s.limit {
			if err := s.next(); err != nil {
				return n, err
			}
		}
		part := b
		if s.limit > 0 {
			part = b[:min(int64(len(b)), s.limit-s.size)]
		}
		k, err := s.files[len(s.files)-1].Write(part)
		n, s.size, b = n+k, s.size+int64(k), b[k:]
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

func (s *splitter) next() error {
	if len(s.files) == maxParts {
		return ErrParts
	}
	if err := s.end(); err != nil {
		return err
	}
	f, err := os.CreateTemp(s.dir, ".bundle-*")
	if err == nil {
		s.files, s.size = append(s.files, f), 0
	}
	return err
}

// end makes the last file durable.
func (s *splitter) end() error {
	if len(s.files) == 0 {
		return nil
	}
	f := s.files[len(s.files)-1]
	return errors.Join(f.Sync(), f.Close())
}

// clear removes what did not become a bundle.
func (s *splitter) clear() error {
	var all error
	for _, f := range s.files {
		_ = f.Close() // all but the last are closed
		if err := os.Remove(f.Name()); !errors.Is(err, os.ErrNotExist) {
			all = errors.Join(all, err)
		}
	}
	return all
}

var partPattern = regexp.MustCompile(`^(.+)-([0-9]{1,3})-of-([0-9]{1,3})(\.[^.]*)?$`)

func partName(path string, i, of int) string {
	ext := filepath.Ext(path)
	return fmt.Sprintf("%s-%d-of-%d%s", path[:len(path)-len(ext)], i, of, ext)
}

// Parts gives the names of all parts of a split bundle in their order, from the
// name of any one; nil where the name is not that of a part.
func Parts(name string) []string {
	m := partPattern.FindStringSubmatch(name)
	if m == nil {
		return nil
	}
	i, _ := strconv.Atoi(m[2])
	of, _ := strconv.Atoi(m[3])
	if of < 2 || i < 1 || i > of {
		return nil
	}
	names := make([]string, of)
	for i := range names {
		names[i] = partName(m[1]+m[4], i+1, of)
	}
	return names
}

// Sets puts files that were chosen together into bundles: the parts of each one,
// or its only file.
func Sets(names []string) (sets [][]string) {
	seen := make(map[string]bool)
	for _, name := range names {
		if seen[name] {
			continue
		}
		set := Parts(name)
		if set == nil {
			set = []string{name}
		}
		for _, n := range set {
			seen[n] = true
		}
		sets = append(sets, set)
	}
	return sets
}

// LoadParts is Load of a bundle that was split. open gives a part by its name;
// [os.ErrNotExist] becomes a sentence that names what is missing.
func LoadParts(ctx context.Context, names []string, open func(name string) (io.ReadSeekCloser, error), t Taker) (err error) {
	j := new(joined)
	defer func() {
		for _, p := range j.parts {
			err = errors.Join(err, p.Close())
		}
	}()
	for i, name := range names {
		p, err := open(name)
		if errors.Is(err, os.ErrNotExist) {
			return core.Refuse(core.Missing, "", "refuse.bundle.part", "n", i+1, "of", len(names))
		}
		if err != nil {
			return fmt.Errorf("read bundle: %w", err)
		}
		j.parts = append(j.parts, p)
	}
	return Load(ctx, j, t)
}

// joined reads files one after the other.
type joined struct {
	parts []io.ReadSeekCloser
	at    int
}

// Read implements [io.Reader].
func (j *joined) Read(b []byte) (int, error) {
	for j.at < len(j.parts) {
		n, err := j.parts[j.at].Read(b)
		if errors.Is(err, io.EOF) {
			j.at, err = j.at+1, nil
		}
		if n > 0 || err != nil {
			return n, err
		}
	}
	return 0, io.EOF
}

var errSeek = errors.New("bundle: parts are read from the beginning")

// Seek implements [io.Seeker] for the beginning only.
func (j *joined) Seek(offset int64, whence int) (int64, error) {
	if offset != 0 || whence != io.SeekStart {
		return 0, errSeek
	}
	for _, p := range j.parts {
		if _, err := p.Seek(0, io.SeekStart); err != nil {
			return 0, err
		}
	}
	j.at = 0
	return 0, nil
}
