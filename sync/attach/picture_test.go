package attach_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"testing"

	"muqu/sync/attach"
)

// photo draws a picture of which the four corners have colours of their own:
// red and green above, blue and white below.
func photo(t testing.TB, w, h int) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{255, 0, 0, 255}
			switch {
			case x >= w/2 && y >= h/2:
				c = color.RGBA{255, 255, 255, 255}
			case x >= w/2:
				c = color.RGBA{0, 255, 0, 255}
			case y >= h/2:
				c = color.RGBA{0, 0, 255, 255}
			}
			m.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withEXIF puts a segment with an orientation and a place into a JPEG.
func withEXIF(data []byte, orientation uint16) []byte {
	var tiff bytes.Buffer
	w := func(v any) { _ = binary.Write(&tiff, binary.BigEndian, v) }
	tiff.WriteString("MM\x00*")
	w(uint32(8))
	w(uint16(2)) // entries
	for _, v := range []any{uint16(0x0112), uint16(3), uint32(1), orientation, uint16(0)} {
		w(v)
	}
	for _, v := range []any{uint16(0x010e), uint16(2), uint32(20), uint32(38)} { // a description, elsewhere
		w(v)
	}
	w(uint32(0))
	tiff.WriteString("36.0N 101.7E SECRET\x00")
	body := append([]byte("Exif\x00\x00"), tiff.Bytes()...)
	out := []byte{0xff, 0xd8, 0xff, 0xe1, byte((len(body) + 2) >> 8), byte(len(body) + 2)}
	return append(append(out, body...), data[2:]...)
}

// corners names the colours of a picture's corners: above left, above right,
// below left, below right.
func corners(t *testing.T, data []byte) (string, image.Point) {
	t.Helper()
	m, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	b := m.Bounds()
	out := ""
	for _, p := range []image.Point{{b.Dx() / 8, b.Dy() / 8}, {b.Dx() * 7 / 8, b.Dy() / 8}, {b.Dx() / 8, b.Dy() * 7 / 8}, {b.Dx() * 7 / 8, b.Dy() * 7 / 8}} {
		r, g, bl, _ := m.At(p.X, p.Y).RGBA()
		switch {
		case r > 0x8000 && g > 0x8000:
			out += "w"
		case r > 0x8000:
			out += "r"
		case g > 0x8000:
			out += "g"
		case bl > 0x8000:
			out += "b"
		}
	}
	return out, b.Size()
}

func TestPhotosBecomeSmallUprightAndBare(t *testing.T) {
	// What a viewer shows for each orientation, by the EXIF standard.
	for orientation, want := range map[uint16]string{0: "rgbw", 1: "rgbw", 2: "grwb", 3: "wbgr", 4: "bwrg", 5: "rbgw", 6: "brwg", 7: "wgbr", 8: "gwrb", 9: "rgbw"} {
		out, sort, err := attach.Shrink(withEXIF(photo(t, 800, 400), orientation), 400)
		if err != nil || sort != "jpg" {
			t.Fatalf("orientation %d: %s, %v", orientation, sort, err)
		}
		size := image.Pt(400, 200)
		if orientation >= 5 && orientation <= 8 {
			size = image.Pt(200, 400)
		}
		got, is := corners(t, out)
		if got != want || is != size {
			t.Errorf("orientation %d: corners %s of %v, want %s of %v", orientation, got, is, want, size)
		}
		if bytes.Contains(out, []byte("SECRET")) || bytes.Contains(out, []byte("Exif")) {
			t.Errorf("orientation %d: the place is still in it", orientation)
		}
		thumb, err := attach.Thumbnail(withEXIF(photo(t, 800, 400), orientation))
		if err != nil {
			t.Fatal(err)
		}
		if got, is := corners(t, thumb); got != want || max(is.X, is.Y) != 320 || len(thumb) > 64<<10 {
			t.Errorf("orientation %d: thumbnail %s of %v", orientation, got, is)
		}
	}
}

func TestSmallBarePicturesStayAsTheyAre(t *testing.T) {
	small := photo(t, 400, 300)
	if out, sort, err := attach.Shrink(small, 400); err != nil || sort != "jpg" || !bytes.Equal(out, small) {
		t.Errorf("a small JPEG was changed: %s, %v", sort, err)
	}
	for name, b := range map[string][]byte{"metadata": withEXIF(small, 1), "something behind": append(bytes.Clone(small), small...)} {
		if out, _, err := attach.Shrink(b, 400); err != nil || bytes.Contains(out, []byte("SECRET")) || len(out) >= len(b) {
			t.Errorf("a small JPEG with %s stays: %v", name, err)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 300, 200))); err != nil {
		t.Fatal(err)
	}
	if out, sort, err := attach.Shrink(b.Bytes(), 400); err != nil || sort != "png" || !bytes.Equal(out, b.Bytes()) {
		t.Errorf("a small PNG was changed: %s, %v", sort, err)
	}
	noted := withChunk(b.Bytes(), "tEXt", []byte("Place\x00SECRET"))
	if out, sort, err := attach.Shrink(noted, 400); err != nil || sort != "jpg" || bytes.Contains(out, []byte("SECRET")) {
		t.Errorf("a PNG with a note: %s, %v", sort, err)
	}
	if out, sort, err := attach.Shrink(b.Bytes(), 100); err != nil || sort != "jpg" {
		t.Errorf("a large PNG: %s, %v", sort, err)
	} else if size, err := jpeg.DecodeConfig(bytes.NewReader(out)); err != nil || size.Width != 100 || size.Height != 66 {
		t.Errorf("a large PNG became %d×%d, %v", size.Width, size.Height, err)
	}
}

// withChunk puts a chunk in front of the last one of a PNG.
func withChunk(b []byte, kind string, data []byte) []byte {
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	chunk = append(append(chunk, kind...), data...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	end := b[len(b)-12:]
	return append(append(bytes.Clone(b[:len(b)-12]), chunk...), end...)
}

// bomb is a PNG of a few bytes that says it has width × height pixels.
func bomb(w, h uint32) []byte {
	head := binary.BigEndian.AppendUint32(nil, w)
	head = binary.BigEndian.AppendUint32(head, h)
	head = append(head, 8, 6, 0, 0, 0)
	out := []byte("\x89PNG\r\n\x1a\n")
	for _, c := range []struct {
		kind string
		data []byte
	}{{"IHDR", head}, {"IDAT", []byte{0x78, 0x9c, 1, 0, 0, 0xff, 0xff}}, {"IEND", nil}} {
		chunk := append([]byte(c.kind), c.data...)
		out = binary.BigEndian.AppendUint32(out, uint32(len(c.data)))
		out = append(out, chunk...)
		out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(chunk))
	}
	return out
}

func TestBombsAreNotDecoded(t *testing.T) {
	for _, size := range [][2]uint32{{50_000, 50_000}, {1 << 30, 1}, {2_147_483_647, 1}, {7_072, 7_072}} {
		b := bomb(size[0], size[1])
		if len(b) > 100 {
			t.Fatalf("the bomb is no bomb: %d bytes", len(b))
		}
		before := testing.AllocsPerRun(1, func() {
			if _, _, err := attach.Shrink(b, 1600); !errors.Is(err, attach.ErrPicture) {
				t.Errorf("%v: %v", size, err)
			}
			if _, err := attach.Thumbnail(b); !errors.Is(err, attach.ErrPicture) || attach.CanDraw(b) {
				t.Errorf("%v: %v", size, err)
			}
		})
		if before > 1000 {
			t.Errorf("%v cost %.0f allocations", size, before)
		}
	}
	for _, b := range [][]byte{nil, []byte("no picture"), photo(t, 800, 400)[:2000]} {
		if _, _, err := attach.Shrink(b, 100); !errors.Is(err, attach.ErrPicture) {
			t.Errorf("%d bytes that are no picture: %v", len(b), err)
		}
	}
}

func FuzzShrink(f *testing.F) {
	f.Add(withEXIF(photo(f, 40, 30), 6))
	f.Add(bomb(50_000, 50_000))
	f.Fuzz(func(t *testing.T, b []byte) {
		out, _, err := attach.Shrink(b, 32)
		if err != nil {
			return
		}
		if bytes.Contains(out, []byte("Exif\x00")) {
			t.Error("metadata is left")
		}
	})
}
