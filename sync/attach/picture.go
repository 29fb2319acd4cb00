package attach

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	_ "image/png" // pictures come as PNG as well

	"github.com/bep/imagemeta"
	"golang.org/x/image/draw"
)

// Limits of pictures. They are looked at before anything is decoded: a file of
// a few KiB may claim to be a picture of gigabytes.
const (
	MaxPixels   = 50_000_000 // width × height that is decoded
	thumbPixels = 320        // longer side of a thumbnail
	thumbBytes  = 64 << 10   // of a thumbnail as it travels
	quality     = 80         // of JPEGs, of 100
	thumbGrade  = 70
)

// ErrPicture reports bytes that are no picture that can be drawn, or claim to
// be one that is too large.
var ErrPicture = errors.New("this is no JPEG or PNG picture that can be drawn here")

// decode reads a picture and turns it as the camera was held.
func decode(data []byte) (image.Image, string, error) {
	size, sort, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, "", fmt.Errorf("%w: %w", ErrPicture, err)
	}
	if !drawable(size) {
		return nil, "", fmt.Errorf("%w: it says that it has %d×%d pixels", ErrPicture, size.Width, size.Height)
	}
	m, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, "", fmt.Errorf("%w: %w", ErrPicture, err)
	}
	return m, sort, nil
}

// CanDraw reports whether bytes are a picture of a size that may be decoded.
// It is asked before anything that came from elsewhere is drawn.
func CanDraw(data []byte) bool {
	size, _, err := image.DecodeConfig(bytes.NewReader(data))
	return err == nil && drawable(size)
}

func drawable(size image.Config) bool {
	return size.Width > 0 && size.Height > 0 && size.Width <= MaxPixels/size.Height
}

// Shrink makes a photo whose longer side has at most so many pixels, upright,
// and without what the camera wrote beside the picture, such as the place. A
// picture that is small and bare already stays byte for byte as it is.
func Shrink(data []byte, longSide int) (out []byte, sort string, err error) {
	size, sort, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, "", fmt.Errorf("%w: %w", ErrPicture, err)
	}
	if max(size.Width, size.Height) <= longSide && bare(data) {
		if _, _, err := decode(data); err != nil {
			return nil, "", err
		}
		return data, sortOf(sort), nil
	}
	m, _, err := decode(data)
	if err != nil {
		return nil, "", err
	}
	out, err = encode(upright(scaled(m, longSide), orientation(data, sort)), quality)
	return out, "jpg", err
}

// Thumbnail makes a small JPEG of a picture.
func Thumbnail(data []byte) ([]byte, error) {
	m, sort, err := decode(data)
	if err != nil {
		return nil, err
	}
	return encode(upright(scaled(m, thumbPixels), orientation(data, sort)), thumbGrade)
}

func sortOf(format string) string {
	if format == "jpeg" {
		return "jpg"
	}
	return format
}

func encode(m image.Image, grade int) ([]byte, error) {
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, &jpeg.Options{Quality: grade}); err != nil {
		return nil, fmt.Errorf("write picture: %w", err)
	}
	return out.Bytes(), nil
}

// scaled makes a picture smaller, on white where it is transparent.
func scaled(m image.Image, longSide int) *image.RGBA {
	w, h := m.Bounds().Dx(), m.Bounds().Dy()
	if longer := max(w, h); longer > longSide {
		w, h = max(1, w*longSide/longer), max(1, h*longSide/longer)
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src)
	if w == m.Bounds().Dx() && h == m.Bounds().Dy() {
		draw.Draw(out, out.Bounds(), m, m.Bounds().Min, draw.Over)
		return out
	}
	draw.CatmullRom.Scale(out, out.Bounds(), m, m.Bounds(), draw.Over, nil)
	return out
}

// upright turns a picture by its EXIF orientation, 1 to 8.
func upright(m *image.RGBA, orientation int) *image.RGBA {
	if orientation < 2 || orientation > 8 {
		return m
	}
	w, h := m.Bounds().Dx(), m.Bounds().Dy()
	size := image.Rect(0, 0, w, h)
	if orientation >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewRGBA(size)
	for y := range h {
		for x := range w {
			to := turned(x, y, w, h, orientation)
			copy(out.Pix[out.PixOffset(to.X, to.Y):][:4], m.Pix[m.PixOffset(x, y):][:4])
		}
	}
	return out
}

// turned says where a pixel of the stored picture belongs.
func turned(x, y, w, h, orientation int) image.Point {
	switch orientation {
	case 2:
		return image.Pt(w-1-x, y)
	case 3:
		return image.Pt(w-1-x, h-1-y)
	case 4:
		return image.Pt(x, h-1-y)
	case 5:
		return image.Pt(y, x)
	case 6:
		return image.Pt(h-1-y, x)
	case 7:
		return image.Pt(h-1-y, w-1-x)
	case 8:
		return image.Pt(y, w-1-x)
	}
	return image.Pt(x, y)
}

// orientation reads how the camera was held: 1 where nothing is said, or
// nothing that can be read.
func orientation(data []byte, sort string) int {
	format := imagemeta.JPEG
	if sort == "png" {
		format = imagemeta.PNG
	}
	out := 1
	err := imagemeta.Decode(imagemeta.Options{
		R: bytes.NewReader(data), ImageFormat: format, Sources: imagemeta.EXIF, LimitNumTags: 200,
		ShouldHandleTag: func(tag imagemeta.TagInfo) bool { return tag.Tag == "Orientation" && tag.Namespace == "IFD0" },
		HandleTag: func(tag imagemeta.TagInfo) error {
			if n, ok := tag.Value.(uint16); ok && n >= 1 && n <= 8 {
				out = int(n)
			}
			return imagemeta.ErrStopWalking
		},
	})
	if err != nil {
		return 1
	}
	return out
}

// bare reports whether a file has nothing beside the picture: of a JPEG no
// metadata segments, of a PNG no chunks but those that draw it.
func bare(data []byte) bool {
	if bytes.HasPrefix(data, []byte("\x89PNG\r\n\x1a\n")) {
		return barePNG(data[8:])
	}
	return bareJPEG(data)
}

func barePNG(b []byte) bool {
	for len(b) >= 12 {
		n := uint64(b[0])<<24 | uint64(b[1])<<16 | uint64(b[2])<<8 | uint64(b[3])
		switch string(b[4:8]) {
		case "IHDR", "PLTE", "IDAT", "tRNS", "gAMA", "sRGB", "cHRM", "pHYs", "sBIT", "bKGD":
		case "IEND":
			return len(b) == 12
		default:
			return false
		}
		if n+12 > uint64(len(b)) {
			return false
		}
		b = b[n+12:]
	}
	return false
}

func bareJPEG(b []byte) bool {
	const start, app0, app15, comment, scan = 0xd8, 0xe0, 0xef, 0xfe, 0xda
	if len(b) < 4 || b[0] != 0xff || b[1] != start {
		return false
	}
	for b = b[2:]; len(b) >= 4 && b[0] == 0xff; {
		marker, n := b[1], int(b[2])<<8|int(b[3])
		switch {
		case marker == scan:
			return bytes.Index(b, []byte{0xff, 0xd9}) == len(b)-2 // nothing behind the end
		case marker > app0 && marker <= app15, marker == comment:
			return false
		}
		if n+2 > len(b) {
			return false
		}
		b = b[n+2:]
	}
	return false
}
