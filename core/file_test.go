package core_test

import (
	"crypto/sha256"
	"slices"
	"strings"
	"testing"

	"muqu/core"
	"muqu/core/change"
)

func fileNamed(content, sort string) core.FileName {
	return core.NewFileName(sha256.Sum256([]byte(content)), sort)
}

func TestFileNames(t *testing.T) {
	n := fileNamed("a", "jpg")
	for _, tc := range []struct {
		text string
		want bool
	}{
		{string(n), true},
		{strings.ToUpper(string(n)), false},
		{string(n) + "peg2", false},
		{string(n)[:64], false},
		{string(n)[:65], false},
		{"../" + string(n)[3:], false},
		{string(n)[:65] + "j/g", false},
		{" " + string(n), false},
		{"", false},
	} {
		got, ok := core.ParseFileName(tc.text)
		if ok != tc.want || ok && string(got) != tc.text {
			t.Errorf("%q: %q, %v, want %v", tc.text, got, ok, tc.want)
		}
	}
	if n.Hash() != sha256.Sum256([]byte("a")) || n.Sort() != "jpg" || !n.Picture() {
		t.Errorf("%s: hash %x, sort %q, picture %v", n, n.Hash(), n.Sort(), n.Picture())
	}
	for ext, want := range map[string]string{".JPEG": "jpg", "png": "png", "": "bin", "x y": "bin", "verylong": "bin", ".m4a": "m4a"} {
		if got := fileNamed("a", ext).Sort(); got != want {
			t.Errorf("%q becomes %q, want %q", ext, got, want)
		}
	}
	if core.FileName("short").Sort() != "" || core.FileName("").Hash() != [32]byte{} {
		t.Error("a name that is none has parts")
	}
}

func TestFilesOfARecord(t *testing.T) {
	a, b, c, d := fileNamed("a", "jpg"), fileNamed("b", "png"), fileNamed("c", "m4a"), fileNamed("d", "jpg")
	rows, err := change.Of([]any{map[string]any{"photo": string(c), "n": 1}, map[string]any{"photo": "none"}})
	if err != nil {
		t.Fatal(err)
	}
	r := core.Record{Ref: core.Ref{Kind: "attendance"}, Fields: map[string]change.Value{
		"photos": change.ListOf([]change.Value{change.Text(string(b)), change.Text(string(a))}),
		"rows":   rows, "remark": change.Text("see " + string(d)), "t_sign": change.Text(string(a)),
	}, Conflicts: map[string][]core.Sibling{"t_sign": {{Value: change.Text(string(d))}, {Value: change.Text(string(a))}}}}
	want := []core.FileName{a, b, c, d}
	slices.Sort(want)
	if got := core.FilesOf(&r); !slices.Equal(got, want) {
		t.Errorf("files %v, want %v", got, want)
	}
	for _, tc := range []struct {
		n                core.FileName
		named, sensitive bool
	}{
		{a, true, false},                      // among the photos as well
		{d, true, true},                       // only against a signature
		{b, true, false},                      // an open field
		{c, true, false},                      // a field that nobody declared
		{fileNamed("e", "jpg"), false, false}, // not of this record
	} {
		if named, sensitive := core.NamesFile(&r, tc.n); named != tc.named || sensitive != tc.sensitive {
			t.Errorf("%s: named %v, sensitive %v", tc.n[:8], named, sensitive)
		}
	}
}
