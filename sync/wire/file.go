package wire

import (
	"crypto/ed25519"
	"fmt"

	"muqu/core/change"
)

// The routes of photos and other files. The bytes themselves travel outside of
// messages: up by the tus 1.0 protocol below PathUploads, down by GET below
// PathFiles.
const (
	PathFiles   = "/v1/files"
	PathUploads = "/v1/uploads/"
)

// Metadata of an upload, as tus names it.
const MetaFileName = "filename" // hash and sort, as in 9f86….jpg

// FilesRequest asks what the server has of some files. Names are a SHA-256 in
// hex, a dot and the file's sort.
type FilesRequest struct {
	Version uint8    `cbor:"1,keyasint"`
	Ask     []string `cbor:"2,keyasint,omitempty"` // files of the tablet, for which it wants receipts
	Look    []string `cbor:"3,keyasint,omitempty"` // files that it wants to fetch
}

// FilesAnswer says so.
type FilesAnswer struct {
	Receipts [][]byte `cbor:"1,keyasint,omitempty"` // see [FileReceipt]
	Held     []string `cbor:"2,keyasint,omitempty"` // a hub has these, and the centre's receipt is still to come
	Missing  []string `cbor:"3,keyasint,omitempty"` // of those asked about: please upload
	Here     []string `cbor:"4,keyasint,omitempty"` // of those looked for: they can be fetched
	Wanted   []string `cbor:"5,keyasint,omitempty"` // of the tablet's area, lost here: please upload if you have them
	Limit    int64    `cbor:"6,keyasint"`           // bytes of the largest file that is taken
}

// FileReceipt is the centre's word that it has a file, whole and checked.
type FileReceipt struct {
	_        struct{} `cbor:",toarray"`
	Name     string   // the SHA-256 of the bytes in hex, a dot and the file's sort
	Size     int64    // bytes
	Epoch    change.Epoch
	Received change.Millis // when the centre said so
}

const fileReceiptContext = "muqu file receipt v1\n"

// Sign writes the receipt as a statement of the server.
func (r *FileReceipt) Sign(key ed25519.PrivateKey) ([]byte, error) {
	return state(fileReceiptContext, r, key)
}

// OpenFileReceipt checks and reads a receipt.
func OpenFileReceipt(b []byte, server ed25519.PublicKey) (*FileReceipt, error) {
	r := new(FileReceipt)
	if err := believe(fileReceiptContext, b, server, r); err != nil {
		return nil, fmt.Errorf("file receipt: %w", err)
	}
	return r, nil
}
