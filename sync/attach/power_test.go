package attach

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"muqu/core"
)

// shaky is the machine's disk, of which the power goes at some effect, or on
// which there is no room from then on. What no sync made safe can be undone.
type shaky struct {
	machine
	left    int // effects until then; below 0: never
	full    bool
	err     error
	undo    []undo
	sheets  []*paper
	skipped func(what string) bool // a control: syncs that do nothing
}

// undo takes back what was done to names in a folder.
type undo struct {
	dir string
	do  func() error
}

// paper is a new file, with how much of it is safe.
type paper struct {
	*os.File
	d    *shaky
	path string // where it is now
	safe int64
	size int64
}

var errPower = errors.New("the power is gone")

// effect counts one; its error is why it isn't done.
func (d *shaky) effect() error {
	if d.left == 0 && d.err == nil {
		if d.err = errPower; d.full {
			d.err = syscall.ENOSPC
		}
	}
	d.left--
	return d.err
}

func (d *shaky) Create(dir, pattern string) (sheet, error) {
	if err := d.effect(); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(dir, pattern)
	if err != nil {
		return nil, err
	}
	p := &paper{File: f, d: d, path: f.Name()}
	d.sheets = append(d.sheets, p)
	d.undo = append(d.undo, undo{dir, func() error { return os.Remove(f.Name()) }})
	return p, nil
}

func (p *paper) Write(b []byte) (int, error) {
	if err := p.d.effect(); err != nil {
		return 0, err
	}
	n, err := p.File.Write(b)
	p.size += int64(n)
	return n, err
}

func (p *paper) Sync() error {
	if err := p.d.effect(); err != nil && !p.d.full {
		return err
	}
	if p.d.skipped == nil || !p.d.skipped("file") {
		p.safe = p.size
	}
	return nil
}

func (d *shaky) Mkdir(dir string) error {
	if err := d.effect(); err != nil {
		return err
	}
	if err := d.machine.Mkdir(dir); err != nil {
		return err
	}
	d.undo = append(d.undo, undo{filepath.Dir(dir), func() error { return os.RemoveAll(dir) }})
	return nil
}

func (d *shaky) Rename(from, to string) error {
	if err := d.effect(); err != nil && !d.full {
		return err
	}
	if err := d.machine.Rename(from, to); err != nil {
		return err
	}
	for _, p := range d.sheets {
		if p.path == from {
			p.path = to
		}
	}
	d.undo = append(d.undo, undo{filepath.Dir(to), func() error { return os.Rename(to, from) }})
	return nil
}

func (d *shaky) Remove(path string) error {
	if d.err != nil && !d.full {
		return d.err
	}
	return d.machine.Remove(path)
}

func (d *shaky) SyncFolder(dir string) error {
	if err := d.effect(); err != nil && !d.full {
		return err
	}
	if d.skipped == nil || !d.skipped("folder") {
		d.undo = slices.DeleteFunc(d.undo, func(u undo) bool { return u.dir == dir })
	}
	return nil
}

// powerUp leaves, by chance, what a power cut leaves.
func (d *shaky) powerUp(t *testing.T, r *rand.Rand) {
	t.Helper()
	for _, p := range d.sheets {
		if _, err := os.Stat(p.path); err != nil || p.safe == p.size {
			continue
		}
		if err := os.Truncate(p.path, p.safe+r.Int63n(p.size-p.safe)); err != nil {
			t.Fatal(err)
		}
	}
	for _, u := range slices.Backward(d.undo) {
		if r.Intn(2) == 0 {
			if err := u.do(); err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
		}
	}
}

// shake keeps files until something happens, and gives the promise that was
// broken, if any.
func shake(t *testing.T, seed int64, full bool, skipped func(string) bool) string {
	r := rand.New(rand.NewSource(seed))
	dir, key := t.TempDir(), ""
	if seed%2 == 0 {
		var err error
		if key, err = NewKey(); err != nil {
			t.Fatal(err)
		}
	}
	kept := make(map[core.FileName]bool) // true: it was confirmed
	for range 3 {
		s, err := Open(dir, key)
		if err != nil {
			t.Fatal(err)
		}
		d := &shaky{left: r.Intn(60), full: full, skipped: skipped}
		s.disk = d
		for err == nil {
			data := bytes.Repeat([]byte{byte(r.Int())}, 1+r.Intn(80_000))
			var name core.FileName
			if name, _, err = s.Keep(bytes.NewReader(data), "jpg"); err == nil {
				kept[name] = true
			}
		}
		if !errors.Is(err, d.err) {
			return fmt.Sprintf("%v, not %v", err, d.err)
		}
		if !full {
			d.powerUp(t, r)
		}
		if broken := found(s, dir, kept, full); broken != "" {
			return broken
		}
	}
	return ""
}

// found looks at a store with a disk that works.
func found(s *Store, dir string, kept map[core.FileName]bool, full bool) string {
	s.disk = machine{}
	for name := range kept {
		if _, err := s.Read(name); err != nil {
			return fmt.Sprintf("%s was confirmed: %v", name, err)
		}
	}
	for name, err := range s.List() {
		if err != nil {
			return err.Error()
		}
		// What was not confirmed may be there, if it is whole or is known not
		// to be.
		if _, err := s.Read(name); err != nil && (full || !errors.Is(err, ErrDamaged)) {
			return fmt.Sprintf("%s: %v", name, err)
		}
	}
	halves := func() (n int) {
		list, _ := os.ReadDir(dir)
		for _, e := range list {
			if strings.HasPrefix(e.Name(), "new-") {
				n++
			}
		}
		return n
	}
	if n := halves(); full && n > 0 {
		return fmt.Sprintf("%d half files take up the room", n)
	}
	if err := s.Tidy(time.Now().Add(2 * halfWritten)); err != nil || halves() > 0 {
		return fmt.Sprintf("half files are not tidied away: %v", err)
	}
	if _, _, err := s.Keep(strings.NewReader("goes on"), "txt"); err != nil {
		return fmt.Sprintf("no file can be kept any more: %v", err)
	}
	return ""
}

// TestFilesSurvivePowerCuts cuts the power between any two effects of keeping
// files: what was confirmed is there and whole.
func TestFilesSurvivePowerCuts(t *testing.T) {
	for seed := range int64(60) {
		if broken := shake(t, seed, false, nil); broken != "" {
			t.Errorf("seed %d: %s", seed, broken)
		}
	}
}

// TestFilesOnAFullDisk wants the system's word for it, nothing half done, and
// that work goes on.
func TestFilesOnAFullDisk(t *testing.T) {
	for seed := range int64(40) {
		if broken := shake(t, seed, true, nil); broken != "" {
			t.Errorf("seed %d: %s", seed, broken)
		}
	}
}

// TestSkippedSyncsAreCaught leaves out the syncs that files rest on.
func TestSkippedSyncsAreCaught(t *testing.T) {
	for _, what := range []string{"file", "folder"} {
		broken := 0
		for seed := range int64(20) {
			if shake(t, seed, false, func(s string) bool { return s == what }) != "" {
				broken++
			}
		}
		if broken < 5 {
			t.Errorf("without syncs of a %s %d of 20 lives broke", what, broken)
		}
	}
}
