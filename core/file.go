package core

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"muqu/core/change"
)

// FileName names an attachment: the SHA-256 of its bytes in small hex digits, a
// dot and its sort, as in "9f86…08.jpg". A text of exactly this shape in any
// field of any record names a file, so that answers of forms that this program
// doesn't know carry their photos as well.
type FileName string

const (
	hashDigits = 2 * sha256.Size
	maxSort    = 5 // letters and digits of a file's sort
)

// NewFileName names a file by the hash of its bytes and its sort, which may
// come as the end of a file's name: ".JPEG" becomes "jpg", nonsense "bin".
func NewFileName(sum [sha256.Size]byte, sort string) FileName {
	sort = strings.ToLower(strings.TrimPrefix(sort, "."))
	switch {
	case sort == "jpeg" || sort == "jpe":
		sort = "jpg"
	case !isSort(sort):
		sort = "bin"
	}
	return FileName(hex.EncodeToString(sum[:]) + "." + sort)
}

// ParseFileName reads a name, and reports whether it is one.
func ParseFileName(s string) (FileName, bool) {
	if len(s) < hashDigits+2 || s[hashDigits] != '.' || !isSort(s[hashDigits+1:]) {
		return "", false
	}
	for i := range hashDigits {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return "", false
		}
	}
	return FileName(s), true
}

func isSort(s string) bool {
	if s == "" || len(s) > maxSort {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}

// Hash gives the SHA-256 of the file's bytes.
func (n FileName) Hash() (sum [sha256.Size]byte) {
	if len(n) > hashDigits {
		_, _ = hex.Decode(sum[:], []byte(n[:hashDigits])) // the shape was checked
	}
	return sum
}

// Sort gives what stands behind the dot, such as "jpg".
func (n FileName) Sort() string { return string(n[min(len(n), hashDigits+1):]) }

// mediaTypes are the sorts that a browser or the app may show as what they
// say they are.
var mediaTypes = map[string]string{
	"jpg": "image/jpeg", "png": "image/png", "m4a": "audio/mp4", "mp3": "audio/mpeg", "ogg": "audio/ogg", "wav": "audio/wav", "pdf": "application/pdf",
}

// MediaType gives the file's media type; "application/octet-stream" where
// nothing is known of it.
func (n FileName) MediaType() string {
	if t, ok := mediaTypes[n.Sort()]; ok {
		return t
	}
	return "application/octet-stream"
}

// Picture reports whether Muqu can draw the file, and so has a thumbnail of it.
func (n FileName) Picture() bool { return strings.HasPrefix(n.MediaType(), "image/") }

// FilesIn gives the files that a value names, at any depth.
func FilesIn(v change.Value) []FileName {
	if len(v) <= hashDigits+1 { // most values, and at no cost
		return nil
	}
	return filesIn(v.Any(), nil)
}

func filesIn(x any, out []FileName) []FileName {
	switch x := x.(type) {
	case string:
		if n, ok := ParseFileName(x); ok {
			out = append(out, n)
		}
	case []any:
		for _, e := range x {
			out = filesIn(e, out)
		}
	case map[string]any:
		for _, e := range x {
			out = filesIn(e, out)
		}
	}
	return out
}

// FilesOf gives the files that a record names, in what it shows and in every
// value that stands against it, each once and sorted.
func FilesOf(r *Record) []FileName {
	var out []FileName
	for _, v := range r.Fields {
		out = append(out, FilesIn(v)...)
	}
	for _, siblings := range r.Conflicts {
		for i := range siblings {
			out = append(out, FilesIn(siblings[i].Value)...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// NamesFile reports whether a record names a file, and whether only in fields
// that hold personal documents: then a look at it counts as one at those.
func NamesFile(r *Record, n FileName) (named, sensitive bool) {
	k := KindOf(r.Kind)
	sensitive = true
	in := func(field string, v change.Value) {
		if slices.Contains(FilesIn(v), n) {
			named, sensitive = true, sensitive && k.Field(field).Sensitive != Open
		}
	}
	for field, v := range r.Fields {
		in(field, v)
	}
	for register, siblings := range r.Conflicts {
		for i := range siblings {
			in(register, siblings[i].Value)
		}
	}
	return named, named && sensitive
}
