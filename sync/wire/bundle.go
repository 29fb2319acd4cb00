package wire

import "muqu/core/change"

// BundleHeader says what a bundle is.
type BundleHeader struct {
	Version uint8           `cbor:"1,keyasint"`
	From    []byte          `cbor:"2,keyasint"`           // device id of who made it
	To      []byte          `cbor:"3,keyasint,omitempty"` // device id of whom it is for; empty: the centre
	Made    change.Millis   `cbor:"4,keyasint"`           // clock of who made it
	Epoch   change.Epoch    `cbor:"5,keyasint,omitempty"` // of the answers
	Tag     uint32          `cbor:"6,keyasint,omitempty"`
	After   change.Position `cbor:"7,keyasint,omitempty"` // the answers go on from here; 0: they begin with a snapshot
	Through change.Position `cbor:"8,keyasint,omitempty"` // and reach here
	Scope   []byte          `cbor:"9,keyasint,omitempty"` // fingerprint of the scope that the answers are for
	// Admission lets the centre know a device that it has not heard of.
	Admission *Admission `cbor:"10,keyasint,omitempty"`
}

// BundleMessage is one piece of a bundle; one of its members is set.
type BundleMessage struct {
	Request *SyncRequest `cbor:"1,keyasint,omitempty"` // for the centre
	Answer  *SyncAnswer  `cbor:"2,keyasint,omitempty"` // for a tablet or a hub
	File    *FilePiece   `cbor:"3,keyasint,omitempty"` // for either, after the records that name it
	Files   *FilesAnswer `cbor:"4,keyasint,omitempty"` // for a tablet: receipts of files that it sent by bundle
}

// FilePiece is a part of a photo or other file, or of a thumbnail. The pieces
// of a file follow each other in order.
type FilePiece struct {
	Name   string `cbor:"1,keyasint"` // hash and sort, as in 9f86….jpg
	Thumb  bool   `cbor:"2,keyasint,omitempty"`
	Size   int64  `cbor:"3,keyasint"` // bytes of the whole
	Offset int64  `cbor:"4,keyasint,omitempty"`
	Bytes  []byte `cbor:"5,keyasint"`
}
