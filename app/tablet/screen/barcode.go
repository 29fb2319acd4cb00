package screen

import (
	"bytes"
	"image"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
	"github.com/makiuchi-d/gozxing/qrcode"

	"muqu/app/tablet/widget"
	"muqu/core"
	"muqu/core/form"
	"muqu/sync/attach"
)

// barcodeControl is a line for a code, which can be typed or read off a photo.
func (p *interview) barcodeControl(s *Shell, q *form.Question, shown *questionField) fyne.CanvasObject {
	at := q.Path
	read := fynewidget.NewButtonWithIcon(s.T("interview.barcode"), fynetheme.MediaPhotoIcon(), func() {
		s.pickPhoto(func(data []byte) {
			s.Run(func() func() {
				code, err := readBarcode(data)
				return func() {
					if err != nil {
						s.Fail(err)
						return
					}
					p.redo(s, at, code)
				}
			})
		})
	})
	return widget.NewColumn(p.lineControl(s, q, shown), read)
}

// codePixels is the longer side to which a photo is made smaller before a code
// is looked for.
const codePixels = 1600

// readBarcode finds a QR code or a bar code in a photo.
func readBarcode(data []byte) (string, error) {
	small, _, err := attach.Shrink(data, codePixels)
	if err != nil {
		return "", core.Refuse(core.Invalid, "", "refuse.file.picture")
	}
	picture, _, err := image.Decode(bytes.NewReader(small))
	if err != nil {
		return "", core.Refuse(core.Invalid, "", "refuse.file.picture")
	}
	hints := map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}
	for _, reader := range []gozxing.Reader{
		qrcode.NewQRCodeReader(), oned.NewCode128Reader(), oned.NewEAN13Reader(), oned.NewEAN8Reader(), oned.NewUPCAReader(),
		oned.NewCode39Reader(), oned.NewITFReader(),
	} {
		bitmap, err := gozxing.NewBinaryBitmapFromImage(picture)
		if err != nil {
			return "", core.Refuse(core.Invalid, "", "refuse.file.picture")
		}
		if found, err := reader.Decode(bitmap, hints); err == nil {
			return found.GetText(), nil
		}
	}
	return "", core.Refuse(core.NotFound, "", "refuse.barcode")
}
