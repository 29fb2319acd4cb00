package bundle

import (
	"crypto/ed25519"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"muqu/core"
	"muqu/core/change"
)

func keysOf(n ...byte) (out []ed25519.PublicKey) {
	for _, k := range n {
		out = append(out, public(k))
	}
	return out
}

func TestSplit(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "up.muqu")
	m := &maker{sent: []change.Millis{1, 2, 3, 4, 5, 6, 7, 8}, readers: keysOf(2)}
	paths, err := Split(t.Context(), path, 300, m)
	if err != nil || len(paths) < 2 || paths[0] != filepath.Join(dir, partName("up.muqu", 1, len(paths))) {
		t.Fatalf("%v, %v", paths, err)
	}
	for _, p := range paths {
		st, err := os.Stat(p)
		if err != nil || st.Size() == 0 || st.Size() > 300 {
			t.Errorf("%s: %v, %v", filepath.Base(p), st, err)
		}
	}
	for _, any := range paths {
		k := &taker{key: 2, from: public(1)}
		if err := Import(t.Context(), any, k); err != nil || !slices.Equal(k.got, m.sent) {
			t.Errorf("from %s: %v, %v", filepath.Base(any), k.got, err)
		}
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".bundle-*")); err != nil || len(left) > 0 {
		t.Errorf("left over: %v, %v", left, err)
	}

	// Parts of two bundles don't make one.
	other, err := Split(t.Context(), filepath.Join(t.TempDir(), "up.muqu"), 300, m)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(other[1])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(paths[1], b, 0o600); err != nil {
		t.Fatal(err)
	}
	k := &taker{key: 2, from: public(1)}
	if err := Import(t.Context(), paths[0], k); !errors.Is(err, ErrCut) || len(k.got) > 0 {
		t.Errorf("parts of two bundles: %v, %v", k.got, err)
	}

	if err := os.Remove(paths[1]); err != nil {
		t.Fatal(err)
	}
	var r *core.Refusal
	if err := Import(t.Context(), paths[0], k); !errors.As(err, &r) || r.Key != "refuse.bundle.part" || r.Args[1] != 2 {
		t.Errorf("a part is missing: %v", err)
	}
}

func TestSplitKeepsToItsLimits(t *testing.T) {
	dir := t.TempDir()
	m := &maker{sent: []change.Millis{1}, readers: keysOf(2)}
	if paths, err := Split(t.Context(), filepath.Join(dir, "small.muqu"), 1<<20, m); err != nil || len(paths) != 1 || filepath.Base(paths[0]) != "small.muqu" {
		t.Errorf("a bundle that fits: %v, %v", paths, err)
	}
	m.sent = make([]change.Millis, 1000)
	if paths, err := Split(t.Context(), filepath.Join(dir, "tiny.muqu"), 2, m); !errors.Is(err, ErrParts) {
		t.Errorf("%d parts, %v", len(paths), err)
	}
	if all, err := os.ReadDir(dir); err != nil || len(all) != 1 {
		t.Errorf("left over: %v, %v", all, err)
	}
}

func TestParts(t *testing.T) {
	for name, want := range map[string][]string{
		"up.muqu":          nil,
		"up-1-of-1.muqu":   nil,
		"up-3-of-2.muqu":   nil,
		"up-0-of-2.muqu":   nil,
		"a.b-2-of-2.muqu":  {"a.b-1-of-2.muqu", "a.b-2-of-2.muqu"},
		"数据-1-of-2":        {"数据-1-of-2", "数据-2-of-2"},
		"up-2-of-2 (1).mu": nil,
	} {
		if got := Parts(name); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	if got := Sets([]string{"b-2-of-2.muqu", "a.muqu", "b-1-of-2.muqu"}); len(got) != 2 || len(got[0]) != 2 || got[1][0] != "a.muqu" {
		t.Errorf("sets %v", got)
	}
}
