package store

import (
	"muqu/core"
	"muqu/core/change"
)

// FilePart says which of a file is meant: its thumbnail, the whole of it, or
// both as a sum.
type FilePart uint8

// The parts of a file.
const (
	Thumb FilePart = 1
	Whole FilePart = 2
)

// Safety says who has a file besides this tablet.
type Safety uint8

// How safe a file is. The zero value is on this tablet only.
const (
	HereOnly Safety = iota
	AtHub
	AtCentre
)

// File is what a tablet knows of one photo or other file.
type File struct {
	Name      core.FileName
	Size      int64 // bytes; 0: not known
	Held      FilePart
	Wanted    FilePart
	Own       bool // made on this tablet
	Confirmed bool // an entry of this tablet names it
	Safe      Safety
	Receipt   []byte        // the centre's, signed; nil: none
	Received  change.Millis // when the centre said that it has it
	Upload    string        // address of an unfinished upload; "": none
	Original  core.FileName // what it was made from, which stays here; "": nothing
	Trouble   string        // message key: why it can't be sent or fetched; "": it can
}

// FileSet is a choice of files.
type FileSet uint8

// The sets, each in its own order.
const (
	// FilesUnsent are whole files that no server has, small ones first. Own
	// ones count from when an entry names them.
	FilesUnsent FileSet = iota + 1
	// FilesAtHub are those that a hub has and the centre hasn't.
	FilesAtHub
	// FilesWanted are those of which a wanted part is not here, by name.
	FilesWanted
	// FilesUnnamed are those that no record names any more and whose bytes
	// are safe or came from elsewhere, by name.
	FilesUnnamed
	// FilesSettled are own whole files that the centre has, longest first.
	FilesSettled
)

// Files keeps what a tablet knows of photos and other files. Their bytes are
// elsewhere.
type Files interface {
	// PutFile writes what is known of a file over what was known.
	PutFile(f *File) error
	File(name core.FileName) (File, bool, error)
	// ListFiles reads up to limit files of a set, from after the last one of
	// the list before on; nil: from the beginning.
	ListFiles(set FileSet, after *File, limit int) ([]File, error)
	// CountFiles counts a set, with the bytes as far as they are known.
	CountFiles(set FileSet) (n int, bytes int64, err error)
	// NamedBy gives the records that name a file.
	NamedBy(name core.FileName) ([]core.Ref, error)
	// VoidFiles forgets that any server has any file.
	VoidFiles() error
	RemoveFile(name core.FileName) error
}
