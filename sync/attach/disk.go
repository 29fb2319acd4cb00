package attach

import (
	"io"
	"os"
)

// disk is what a store does to a disk. Tests put one in its place whose power
// goes, or that is full.
type disk interface {
	Create(dir, pattern string) (sheet, error)
	Mkdir(dir string) error
	Rename(from, to string) error
	Remove(path string) error
	SyncFolder(dir string) error
}

// sheet is a new file.
type sheet interface {
	io.WriteCloser
	Name() string
	Sync() error
}

// machine is the disk of this machine.
type machine struct{}

func (machine) Create(dir, pattern string) (sheet, error) { return os.CreateTemp(dir, pattern) }

func (machine) Mkdir(dir string) error { return os.Mkdir(dir, 0o700) }

func (machine) Rename(from, to string) error { return os.Rename(from, to) }

func (machine) Remove(path string) error { return os.Remove(path) }

func (machine) SyncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	_ = d.Sync() // file systems that can't have made the entry durable already
	return nil
}
