package bundle

import (
	"context"
	"crypto/ed25519"
	"errors"
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
func Export(ctx context.Context, path string, m Maker) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".bundle-*")
	if err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	if err := Write(ctx, f, m); err != nil {
		return errors.Join(err, f.Close())
	}
	// A stick is pulled out as soon as the screen says that it may be.
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	_ = d.Sync() // file systems that can't have made the name durable already
	return d.Close()
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
// meant for somebody else is taken.
func Import(ctx context.Context, path string, t Taker) error {
	f, err := os.Open(path)
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
