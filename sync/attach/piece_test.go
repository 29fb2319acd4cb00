package attach_test

import (
	"bytes"
	"context"
	"io"
	"testing"

	"muqu/core"
	"muqu/sync/attach"
	"muqu/sync/wire"
)

// arrivals is what came out of a parcel.
type arrivals map[core.FileName][]byte

func (a arrivals) take(_ context.Context, name core.FileName, _ bool, r io.Reader) error {
	b, err := io.ReadAll(r)
	a[name] = b
	return err
}

func cut(t *testing.T, name core.FileName, data []byte) (out []*wire.FilePiece) {
	t.Helper()
	if err := attach.Pieces(name, false, bytes.NewReader(data), int64(len(data)), func(p *wire.FilePiece) error {
		q := *p
		q.Bytes = bytes.Clone(p.Bytes)
		out = append(out, &q)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestPiecesBecomeTheFileAgain(t *testing.T) {
	got := arrivals{}
	p := attach.Parcel{Take: got.take}
	for _, size := range []int{0, 1, 1 << 20, 1<<20 + 1, 3<<20 - 1} {
		data := noise(int64(size), size)
		name := nameOf(data, "m4a")
		pieces := cut(t, name, data)
		if want := max(1, (size+1<<20-1)>>20); len(pieces) != want {
			t.Errorf("%d bytes in %d pieces, want %d", size, len(pieces), want)
		}
		for _, piece := range pieces {
			if err := p.Add(t.Context(), piece); err != nil {
				t.Fatal(err)
			}
		}
		if b, ok := got[name]; !ok || !bytes.Equal(b, data) {
			t.Errorf("%d bytes became %d, %v", size, len(b), ok)
		}
	}
	if err := attach.Pieces("x", false, bytes.NewReader(nil), 5, func(*wire.FilePiece) error { return nil }); err == nil {
		t.Error("a file that ends early was cut")
	}
}

// What does not fit together is no file, and holds up nothing that follows.
func TestPiecesThatDoNotFitAreDropped(t *testing.T) {
	got := arrivals{}
	p := attach.Parcel{Take: got.take}
	one, two := noise(1, 3<<20), noise(2, 2<<20)
	a, b := cut(t, nameOf(one, "m4a"), one), cut(t, nameOf(two, "m4a"), two)
	huge, foreign, beyond := *a[0], *a[0], *a[2]
	huge.Size, foreign.Name = 1<<40, "../../etc/passwd"
	beyond.Size = 1 << 20
	for _, piece := range []*wire.FilePiece{
		a[1], a[0], a[2], // the middle came too early
		a[0], b[1], a[1], b[0], b[1], // one in the middle of the other
		&huge, &foreign, &beyond,
	} {
		if err := p.Add(t.Context(), piece); err != nil {
			t.Fatal(err)
		}
	}
	if len(got) != 1 || !bytes.Equal(got[nameOf(two, "m4a")], two) {
		t.Errorf("%d files came", len(got))
	}
}
