package bundle

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"

	"filippo.io/age"
	"filippo.io/age/agessh"
	"golang.org/x/crypto/ssh"

	"muqu/core"
	"muqu/core/change"
	"muqu/sync/wire"
)

const (
	magic    = "muqu bundle v1\n"
	signedAs = "muqu bundle v1\n"
	maxFrame = wire.MaxMessage // bytes
)

// The refusals of files that can't be used.
var (
	ErrNotOurs = core.Refuse(core.Invalid, "", "refuse.bundle.foreign")
	ErrOther   = core.Refuse(core.Forbidden, "", "refuse.bundle.other")
	ErrCut     = core.Refuse(core.Invalid, "", "refuse.bundle.cut")
	ErrForged  = core.Refuse(core.Forbidden, "", "refuse.bundle.forged")
	ErrNewer   = core.Refuse(core.Invalid, "", "refuse.bundle.newer")
)

// Writer writes one bundle.
type Writer struct {
	age io.WriteCloser
	sum hash.Hash
	key ed25519.PrivateKey
}

// NewWriter begins a bundle for the holders of some keys, signed with the key
// of who makes it.
func NewWriter(w io.Writer, h *wire.BundleHeader, key ed25519.PrivateKey, readers ...ed25519.PublicKey) (*Writer, error) {
	var to []age.Recipient
	for _, k := range readers {
		r, err := recipient(k)
		if err != nil {
			return nil, fmt.Errorf("bundle: key of a reader: %w", err)
		}
		to = append(to, r)
	}
	a, err := age.Encrypt(w, to...)
	if err != nil {
		return nil, fmt.Errorf("write bundle: %w", err)
	}
	b := &Writer{age: a, sum: sha256.New(), key: key}
	if _, err := io.WriteString(a, magic); err != nil {
		return nil, fmt.Errorf("write bundle: %w", err)
	}
	h.Version = 1
	return b, b.frame(h)
}

func recipient(k ed25519.PublicKey) (age.Recipient, error) {
	pub, err := ssh.NewPublicKey(k)
	if err != nil {
		return nil, err
	}
	return agessh.NewEd25519Recipient(pub)
}

// Add writes a message.
func (w *Writer) Add(m *wire.BundleMessage) error { return w.frame(m) }

func (w *Writer) frame(m any) error {
	b, err := wire.Pack(m)
	if err != nil {
		return err
	}
	return w.write(b)
}

func (w *Writer) write(b []byte) error {
	var n [4]byte
	binary.BigEndian.PutUint32(n[:], uint32(len(b)))
	w.sum.Write(n[:])
	w.sum.Write(b)
	if _, err := w.age.Write(append(n[:], b...)); err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	return nil
}

// Close signs what was written. Without it the bundle counts as cut off.
func (w *Writer) Close() error {
	sig := ed25519.Sign(w.key, w.sum.Sum([]byte(signedAs)))
	if _, err := w.age.Write(append([]byte{0, 0, 0, 0}, sig...)); err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	if err := w.age.Close(); err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	return nil
}

// Read reads a bundle twice: first to the end, so that nothing of a file that
// is cut off or forged is believed, then message by message. keyOf gives the
// key of who made it.
func Read(r io.ReadSeeker, key ed25519.PrivateKey, keyOf func(*wire.BundleHeader) (ed25519.PublicKey, error), each func(*wire.BundleHeader, *wire.BundleMessage) error) error {
	var head *wire.BundleHeader
	err := pass(r, key, func(h *wire.BundleHeader) error { head = h; return nil }, nil, func(sum, sig []byte) error {
		pub, err := keyOf(head)
		if err != nil {
			return err
		}
		if len(pub) != ed25519.PublicKeySize || !ed25519.Verify(pub, append([]byte(signedAs), sum...), sig) {
			return ErrForged
		}
		return nil
	})
	if err != nil {
		return err
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read bundle: %w", err)
	}
	return pass(r, key, func(*wire.BundleHeader) error { return nil }, func(m *wire.BundleMessage) error { return each(head, m) }, func(_, _ []byte) error { return nil })
}

// pass goes through a bundle once.
func pass(r io.Reader, key ed25519.PrivateKey, header func(*wire.BundleHeader) error, each func(*wire.BundleMessage) error, end func(sum, sig []byte) error) error {
	in, err := decrypt(r, key)
	if err != nil {
		return err
	}
	sum := sha256.New()
	for first := true; ; first = false {
		b, err := frame(in)
		if err != nil {
			return err
		}
		if len(b) == 0 {
			sig := make([]byte, ed25519.SignatureSize)
			if _, err := io.ReadFull(in, sig); err != nil {
				return cut(err)
			}
			if first {
				return ErrNotOurs
			}
			return end(sum.Sum(nil), sig)
		}
		var n [4]byte
		binary.BigEndian.PutUint32(n[:], uint32(len(b)))
		sum.Write(n[:])
		sum.Write(b)
		if first {
			err = open(b, header)
		} else if each != nil {
			err = one(b, each)
		}
		if err != nil {
			return err
		}
	}
}

func open(b []byte, header func(*wire.BundleHeader) error) error {
	h := new(wire.BundleHeader)
	if err := wire.Unpack(b, h); err != nil {
		return ErrNotOurs
	}
	if h.Version != 1 {
		return ErrNewer
	}
	if len(h.From) != len(change.DeviceID{}) || len(h.To) != 0 && len(h.To) != len(change.DeviceID{}) {
		return ErrNotOurs
	}
	return header(h)
}

func one(b []byte, each func(*wire.BundleMessage) error) error {
	m := new(wire.BundleMessage)
	if err := wire.Unpack(b, m); err != nil {
		return fmt.Errorf("read bundle: %w", err)
	}
	return each(m)
}

func decrypt(r io.Reader, key ed25519.PrivateKey) (io.Reader, error) {
	id, err := agessh.NewEd25519Identity(key)
	if err != nil {
		return nil, fmt.Errorf("read bundle: %w", err)
	}
	a, err := age.Decrypt(r, id)
	var none *age.NoIdentityMatchError
	switch {
	case errors.As(err, &none):
		return nil, ErrOther
	case err != nil:
		return nil, ErrNotOurs
	}
	in := bufio.NewReader(a)
	got := make([]byte, len(magic))
	if _, err := io.ReadFull(in, got); err != nil {
		return nil, cut(err)
	}
	if !bytes.Equal(got, []byte(magic)) {
		return nil, ErrNotOurs
	}
	return in, nil
}

func frame(r io.Reader) ([]byte, error) {
	var n [4]byte
	if _, err := io.ReadFull(r, n[:]); err != nil {
		return nil, cut(err)
	}
	size := binary.BigEndian.Uint32(n[:])
	if size > maxFrame {
		return nil, ErrNotOurs
	}
	b := make([]byte, size)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, cut(err)
	}
	return b, nil
}

// cut says of a file that ends early, or whose bytes were changed, that it has
// to be copied again. age authenticates every piece.
func cut(error) error { return ErrCut }
