package attach_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"muqu/core"
	"muqu/sync/attach"
)

// stores are a plain one and one with a key, each with its folder.
func stores(t *testing.T, f func(t *testing.T, s *attach.Store, dir, key string)) {
	key, err := attach.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]string{"plain": "", "encrypted": key} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s, err := attach.Open(dir, key)
			if err != nil {
				t.Fatal(err)
			}
			f(t, s, dir, key)
		})
	}
}

func TestFilesAreKeptOnce(t *testing.T) {
	stores(t, func(t *testing.T, s *attach.Store, dir, key string) {
		data := noise(1, 200_000)
		n, size, err := s.Keep(bytes.NewReader(data), "JPG")
		if err != nil || size != int64(len(data)) || n != nameOf(data, "jpg") {
			t.Fatalf("kept %s of %d bytes, %v", n, size, err)
		}
		if _, err := s.Put(n, bytes.NewReader(data)); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Read(n); err != nil || !bytes.Equal(got, data) {
			t.Errorf("read %d bytes, %v", len(got), err)
		}
		f, err := s.Open(n)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		part, err := io.ReadAll(f.Reader(150_000))
		if err != nil || f.Size != size || !bytes.Equal(part, data[150_000:]) {
			t.Errorf("from an offset: %d bytes of %d, %v", len(part), f.Size, err)
		}
		if got := all(t, s); !slices.Equal(got, []core.FileName{n}) || !s.Has(n) {
			t.Errorf("files %v", got)
		}
		on, err := os.ReadFile(filepath.Join(dir, string(n[:2]), string(n)))
		if err != nil || bytes.Contains(on, data[1000:1100]) != (key == "") {
			t.Errorf("on disk as it is: %v, %v", bytes.Contains(on, data[1000:1100]), err)
		}
		// Another life of the program reads it, and no other key does.
		again, err := attach.Open(dir, key)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := again.Read(n); err != nil || !bytes.Equal(got, data) {
			t.Errorf("after opening again: %v", err)
		}
		if err := s.Remove(n); err != nil || s.Has(n) {
			t.Errorf("removed: %v", err)
		}
		if err := s.Remove(n); err != nil {
			t.Errorf("removed again: %v", err)
		}
		if _, err := s.Read(n); !errors.Is(err, attach.ErrAbsent) {
			t.Errorf("a file that is not here: %v", err)
		}
	})
}

func all(t *testing.T, s *attach.Store) (out []core.FileName) {
	t.Helper()
	for n, err := range s.List() {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, n)
	}
	return out
}

func TestNothingIsKeptUnderAWrongName(t *testing.T) {
	stores(t, func(t *testing.T, s *attach.Store, dir, _ string) {
		n := nameOf([]byte("one"), "jpg")
		if _, err := s.Put(n, strings.NewReader("two")); !errors.Is(err, attach.ErrHash) {
			t.Errorf("other bytes: %v", err)
		}
		broken := io.MultiReader(strings.NewReader("on"), iotest.ErrReader(io.ErrUnexpectedEOF))
		if _, err := s.Put(n, broken); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("half the bytes: %v", err)
		}
		if s.Has(n) || len(all(t, s)) != 0 {
			t.Error("something was kept")
		}
		if left, err := filepath.Glob(filepath.Join(dir, "new-*")); err != nil || len(left) != 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	})
}

func TestDamageIsNoticedSetAsideAndHealed(t *testing.T) {
	for _, harm := range []struct {
		name string
		do   func([]byte) []byte
	}{
		{"a flipped bit", func(b []byte) []byte { b[len(b)/2] ^= 1; return b }},
		{"a cut", func(b []byte) []byte { return b[:len(b)-7] }},
		{"nothing left", func([]byte) []byte { return nil }},
		{"something behind", func(b []byte) []byte { return append(b, 0) }},
	} {
		t.Run(harm.name, func(t *testing.T) {
			stores(t, func(t *testing.T, s *attach.Store, dir, _ string) {
				data := noise(2, 100_000)
				n, _, err := s.Keep(bytes.NewReader(data), "jpg")
				if err != nil {
					t.Fatal(err)
				}
				path := filepath.Join(dir, string(n[:2]), string(n))
				b, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, harm.do(b), 0o600); err != nil {
					t.Fatal(err)
				}
				if _, err := s.Read(n); !errors.Is(err, attach.ErrDamaged) {
					t.Fatalf("read: %v", err)
				}
				if got, err := s.Damaged(); err != nil || !slices.Equal(got, []core.FileName{n}) || s.Has(n) {
					t.Errorf("damaged %v, %v; has it %v", got, err, s.Has(n))
				}
				if _, err := s.Put(n, bytes.NewReader(data)); err != nil {
					t.Fatal(err)
				}
				if got, err := s.Damaged(); err != nil || len(got) != 0 {
					t.Errorf("after healing: damaged %v, %v", got, err)
				}
				if got, err := s.Read(n); err != nil || !bytes.Equal(got, data) {
					t.Errorf("after healing: %v", err)
				}
			})
		})
	}
}

func TestHalfWrittenFilesAreCleared(t *testing.T) {
	dir := t.TempDir()
	s, err := attach.Open(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	n, _, err := s.Keep(strings.NewReader("x"), "jpg")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "new-123"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Tidy(time.Now()); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 2 {
		t.Errorf("what somebody may just be writing is gone: %v, %v", left, err)
	}
	if err := s.Tidy(time.Now().Add(25 * time.Hour)); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 || !s.Has(n) {
		t.Errorf("left %v, %v", left, err)
	}
}

func TestAKeyOfAnotherTabletReadsNothing(t *testing.T) {
	dir := t.TempDir()
	var last *attach.Store
	for range 2 {
		key, err := attach.NewKey()
		if err != nil {
			t.Fatal(err)
		}
		s, err := attach.Open(dir, key)
		if err != nil {
			t.Fatal(err)
		}
		if last != nil {
			n, _, err := last.Keep(strings.NewReader("secret"), "jpg")
			if err != nil {
				t.Fatal(err)
			}
			if b, err := s.Read(n); err == nil {
				t.Errorf("read %q", b)
			}
		}
		last = s
	}
	if _, err := attach.Open(dir, "no key"); err == nil {
		t.Error("a text that is no key was taken for one")
	}
}
