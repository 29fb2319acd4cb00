package console

import (
	"fmt"
	"strings"

	"github.com/skip2/go-qrcode"
)

// qr is a code as an SVG path: no picture file, and sharp on paper.
type qr struct {
	Size int    // modules along a side, with the quiet zone
	Path string // of the dark ones
}

// qrOf makes the code of a text; the zero qr where the text is too long.
func qrOf(text string) qr {
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return qr{}
	}
	bits := code.Bitmap()
	var b strings.Builder
	for y, row := range bits {
		for x, dark := range row {
			if dark {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x, y)
			}
		}
	}
	return qr{Size: len(bits), Path: b.String()}
}
