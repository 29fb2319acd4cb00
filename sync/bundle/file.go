package bundle

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"muqu/sync/wire"
)

// Maker is who makes a bundle.
type Maker interface {
	// Begin says what the bundle is, who signs it and who may read it.
	Begin(ctx context.Context) (h *wire.BundleHeader, key ed25519.PrivateKey, readers []ed25519.PublicKey, err error)
	// Pack gives its messages in turn.
	Pack(ctx context.Context, add func(*wire.BundleMessage) error) error
}

// Taker is who reads one.
type Taker interface {
	// Key is the key by which the taker reads what is meant for it.
	Key() ed25519.PrivateKey
	// KeyOf gives the key of who made the bundle, or says why it is not taken.
	KeyOf(ctx context.Context, h *wire.BundleHeader) (ed25519.PublicKey, error)
	// Take takes in one message. The same again is harmless.
	Take(ctx context.Context, h *wire.BundleHeader, m *wire.BundleMessage) error
}

// Export writes a bundle to a file, whole or not at all.
func Export(ctx context.Context, path string, m Maker) error {
	_, err := Split(ctx, path, 0, m)
	return err
}

// Write writes a bundle to out. One that ends with an error counts as cut off.
func Write(ctx context.Context, out io.Writer, m Maker) error {
	h, key, readers, err := m.Begin(ctx)
	if err != nil {
		return err
	}
	w, err := NewWriter(out, h, key, readers...)
	if err != nil {
		return err
	}
	if err := m.Pack(ctx, w.Add); err != nil {
		return err
	}
	return w.Close()
}

// Import reads a bundle from a file. Nothing of one that is cut off, forged or
// meant for somebody else is taken. Of one that was split, any part will do: the
// others lie beside it.
func Import(ctx context.Context, path string, t Taker) error {
	names := Sets([]string{filepath.Base(path)})[0]
	open := func(name string) (io.ReadSeekCloser, error) { return os.Open(filepath.Join(filepath.Dir(path), name)) }
	if len(names) > 1 {
		return LoadParts(ctx, names, open, t)
	}
	f, err := open(names[0])
	if err != nil {
		return fmt.Errorf("read bundle: %w", err)
	}
	defer f.Close()
	return Load(ctx, f, t)
}

// Load is Import of a file that is open.
func Load(ctx context.Context, f io.ReadSeeker, t Taker) error {
	return Read(f, t.Key(), func(h *wire.BundleHeader) (ed25519.PublicKey, error) { return t.KeyOf(ctx, h) },
		func(h *wire.BundleHeader, m *wire.BundleMessage) error { return t.Take(ctx, h, m) })
}
