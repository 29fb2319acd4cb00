package bundle

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"filippo.io/age"
	"pgregory.net/rapid"

	"muqu/core/change"
	"muqu/sync/wire"
)

func key(n byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{n}, ed25519.SeedSize))
}

func public(n byte) ed25519.PublicKey { return key(n).Public().(ed25519.PublicKey) }

// maker makes bundles of requests with given numbers.
type maker struct {
	sent    []change.Millis
	readers []ed25519.PublicKey
	fail    error
}

func (m *maker) Begin(context.Context) (*wire.BundleHeader, ed25519.PrivateKey, []ed25519.PublicKey, error) {
	from := change.DeviceID{7}
	return &wire.BundleHeader{From: from[:], Made: 5}, key(1), m.readers, nil
}

func (m *maker) Pack(_ context.Context, add func(*wire.BundleMessage) error) error {
	for _, s := range m.sent {
		if err := add(&wire.BundleMessage{Request: &wire.SyncRequest{Sent: s}}); err != nil {
			return err
		}
	}
	return m.fail
}

// taker notes what it is given.
type taker struct {
	key  byte
	from ed25519.PublicKey
	got  []change.Millis
}

func (k *taker) Key() ed25519.PrivateKey { return key(k.key) }

func (k *taker) KeyOf(context.Context, *wire.BundleHeader) (ed25519.PublicKey, error) {
	return k.from, nil
}

func (k *taker) Take(_ context.Context, h *wire.BundleHeader, m *wire.BundleMessage) error {
	if h.Made != 5 {
		return errors.New("another header")
	}
	k.got = append(k.got, m.Request.Sent)
	return nil
}

func TestBundlesComeAsTheyWent(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		m := &maker{readers: []ed25519.PublicKey{public(2), public(3)}}
		for _, n := range rapid.SliceOfN(rapid.Int64(), 0, 30).Draw(t, "messages") {
			m.sent = append(m.sent, change.Millis(n))
		}
		path := filepath.Join(dir, "b.muqu")
		if err := Export(context.Background(), path, m); err != nil {
			t.Fatal(err)
		}
		for _, reader := range []byte{2, 3} {
			k := &taker{key: reader, from: public(1)}
			if err := Import(context.Background(), path, k); err != nil {
				t.Fatal(err)
			}
			if len(k.got) != len(m.sent) {
				t.Fatalf("got %v, want %v", k.got, m.sent)
			}
			for i := range k.got {
				if k.got[i] != m.sent[i] {
					t.Fatalf("got %v, want %v", k.got, m.sent)
				}
			}
		}
	})
}

func TestWhoMayRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "b.muqu")
	m := &maker{readers: []ed25519.PublicKey{public(2)}, sent: []change.Millis{1}}
	if err := Export(t.Context(), path, m); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name string
		k    taker
		want error
	}{
		{"another reader", taker{key: 9, from: public(1)}, ErrOther},
		{"signed by somebody else", taker{key: 2, from: public(4)}, ErrForged},
		{"a key that is none", taker{key: 2, from: nil}, ErrForged},
	} {
		if err := Import(t.Context(), path, &tc.k); !errors.Is(err, tc.want) || len(tc.k.got) > 0 {
			t.Errorf("%s: %v, took %v", tc.name, err, tc.k.got)
		}
	}
}

// A bundle whose making failed leaves no file behind that looks like one.
func TestHalfABundleIsNone(t *testing.T) {
	dir := t.TempDir()
	m := &maker{readers: []ed25519.PublicKey{public(2)}, sent: []change.Millis{1}, fail: errors.New("the stick is full")}
	if err := Export(t.Context(), filepath.Join(dir, "b.muqu"), m); err == nil {
		t.Fatal("no error")
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// FuzzPlain reads what stands inside the encryption, which a fuzzer could not
// get past.
func FuzzPlain(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0, 0, 0, 0})
	f.Add([]byte{0, 0, 0, 2, 0, 0xa0, 0, 0, 0, 0})
	f.Add([]byte{255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, plain []byte) {
		var file bytes.Buffer
		to, err := recipient(public(2))
		if err != nil {
			t.Fatal(err)
		}
		w, err := age.Encrypt(&file, to)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(append([]byte(magic), plain...)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		k := &taker{key: 2, from: public(1)}
		err = Read(bytes.NewReader(file.Bytes()), k.Key(), func(h *wire.BundleHeader) (ed25519.PublicKey, error) { return k.from, nil },
			func(*wire.BundleHeader, *wire.BundleMessage) error {
				t.Fatal("an unsigned message was believed")
				return nil
			})
		if err == nil {
			t.Fatal("an unsigned bundle was believed")
		}
	})
}
