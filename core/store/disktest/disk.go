package disktest

import (
	"bytes"
	"fmt"
	"io/fs"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// sector is what a disk writes whole or not at all.
const sector = 512

// Disk is a folder whose power can go and that can be full.
type Disk struct {
	root string

	mu      sync.Mutex // guards the rest
	names   map[string]*entry
	effects int  // so far
	cut     int  // the power goes at this effect; 0: it stays
	full    int  // no file grows from this effect on; 0: there is room
	refused int  // writes that found no room
	off     bool // the power is gone
	lies    bool // a sync says it is done and does nothing
}

// entry is a name in a folder.
type entry struct {
	now, safe *content // what it names, and what it would name after a power cut; nil: nothing
}

// content is the bytes of a file, whatever it is called.
type content struct {
	safe    []byte
	pending []effect // since the last sync, in order
}

// effect is a write, or a truncation where data is nil.
type effect struct {
	at   int64
	data []byte
}

func (c *content) apply(e effect) {
	end := e.at + int64(len(e.data))
	if n := int64(len(c.safe)); n < end || e.data == nil && n < e.at {
		c.safe = append(c.safe, make([]byte, end-n)...)
	}
	if e.data == nil {
		c.safe = c.safe[:e.at]
		return
	}
	copy(c.safe[e.at:], e.data)
}

func (c *content) sync() {
	for _, e := range c.pending {
		c.apply(e)
	}
	c.pending = nil
}

// New watches a folder until the test is over.
func New(t testing.TB, root string) *Disk {
	t.Helper()
	if err := install(); err != nil {
		t.Fatal(err)
	}
	root, err := filepath.EvalSymlinks(root)
	if err != nil {
		t.Fatal(err)
	}
	d := &Disk{root: root + string(filepath.Separator), names: make(map[string]*entry)}
	mount(d)
	t.Cleanup(func() { unmount(d) })
	return d
}

// Effects counts what was done to the disk so far.
func (d *Disk) Effects() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.effects
}

// Cut lets the power go at the n-th effect from now on, counted from 1.
func (d *Disk) Cut(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.cut = d.effects + n
}

// Off reports whether the power is gone.
func (d *Disk) Off() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.off
}

// Fill leaves no room for a file to grow from the n-th effect from now on,
// counted from 1.
func (d *Disk) Fill(n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.full = d.effects + n
}

// Free makes room again and says how many writes had found none.
func (d *Disk) Free() (refused int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	refused, d.full, d.refused = d.refused, 0, 0
	return refused
}

// Full reports whether a write has found no room since the disk filled up.
func (d *Disk) Full() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.refused > 0
}

// Lie makes a disk whose syncs do nothing: a control that must be noticed.
func (d *Disk) Lie() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lies = true
}

// effect counts one and reports whether the power is gone. The one at which it
// goes may still have reached the disk in part: first is true for it.
func (d *Disk) effect() (gone, first bool) {
	if d.off {
		return true, false
	}
	d.effects++
	d.off = d.effects == d.cut
	return d.off, d.off
}

// crowded reports whether a file can't grow any more.
func (d *Disk) crowded() bool { return d.full > 0 && d.effects >= d.full }

// open gives the content of a file that was opened, and notes its name.
func (d *Disk) open(path string) *content {
	e := d.names[path]
	if e == nil {
		e = &entry{}
		if b, err := os.ReadFile(path); err == nil {
			e.now = &content{safe: b}
			e.safe = e.now
		}
		d.names[path] = e
	}
	if e.now == nil {
		e.now = &content{}
	}
	return e.now
}

func (d *Disk) remove(path string) {
	if e := d.names[path]; e != nil {
		e.now = nil
	}
}

// syncFolder makes names in a folder safe, as they are now.
func (d *Disk) syncFolder(dir string) {
	for path, e := range d.names {
		if filepath.Dir(path) == dir && !d.lies {
			e.safe = e.now
		}
	}
}

// PowerUp puts on the real disk what a power cut may have left, by chance. All
// files must have been closed.
func (d *Disk) PowerUp(r *rand.Rand) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.off, d.cut = false, 0
	paths := make([]string, 0, len(d.names))
	for path := range d.names {
		paths = append(paths, path)
	}
	slices.Sort(paths) // the same chances every time
	for _, path := range paths {
		if err := d.names[path].found(path, r); err != nil {
			return fmt.Errorf("power up: %w", err)
		}
	}
	clear(d.names)
	return d.forget()
}

// found writes what is found of a name.
func (e *entry) found(path string, r *rand.Rand) error {
	c := e.safe
	if e.now != e.safe && r.Intn(2) == 0 {
		c = e.now
	}
	if c == nil {
		err := os.Remove(path)
		if os.IsNotExist(err) {
			return nil
		}
		return err
	}
	return os.WriteFile(path, c.found(r), 0o600)
}

// found gives the bytes that are found of a file.
func (c *content) found(r *rand.Rand) []byte {
	out := content{safe: bytes.Clone(c.safe)}
	for _, e := range c.pending {
		switch kept := r.Intn(3); {
		case kept == 0:
		case kept == 1, e.data == nil:
			out.apply(e)
		default:
			for _, piece := range sectors(e) {
				if r.Intn(2) == 0 {
					out.apply(piece)
				}
			}
		}
	}
	return out.safe
}

// sectors takes a write apart.
func sectors(e effect) (out []effect) {
	for at := int64(0); at < int64(len(e.data)); {
		end := min(int64(len(e.data)), at+sector-(e.at+at)%sector)
		out = append(out, effect{e.at + at, e.data[at:end]})
		at = end
	}
	return out
}

// forget removes the shared memory of all databases.
func (d *Disk) forget() error {
	return filepath.WalkDir(d.root, func(path string, _ fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, "-shm") {
			err = os.Remove(path)
		}
		return err
	})
}
