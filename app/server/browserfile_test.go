package main

import (
	"bytes"
	"crypto/sha256"
	"image"
	"image/color"
	"image/jpeg"
	"testing"

	"github.com/chromedp/chromedp"

	"muqu/core"
	"muqu/core/change"
)

// picture gives the centre a JPEG of a size.
func (b *browser) picture(w, h int) core.FileName {
	b.t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetRGBA(x, y, color.RGBA{uint8(x * 255 / w), uint8(y * 255 / h), 120, 255})
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, m, nil); err != nil {
		b.t.Fatal(err)
	}
	name := core.NewFileName(sha256.Sum256(out.Bytes()), "jpg")
	if err := b.s.files.Take(name, bytes.NewReader(out.Bytes())); err != nil {
		b.t.Fatal(err)
	}
	return name
}

// TestPhotosInABrowser sees that thumbnails are really drawn and open the whole
// picture, under the console's own content security policy.
func TestPhotosInABrowser(t *testing.T) {
	newBrowser(t, func(b *browser) {
		desk := b.s.As(administrator())
		homes, err := desk.List(b.ctx, core.Query{Kind: "household", Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		a, c := b.picture(1600, 1200), b.picture(900, 1600)
		missing := core.NewFileName(sha256.Sum256([]byte("on its way")), "jpg")
		var photos []change.Value
		for _, n := range []core.FileName{a, c, missing} {
			photos = append(photos, change.Text(string(n)))
		}
		if _, err := desk.Commit(b.ctx, []core.Edit{{Ref: homes[0].Ref, From: homes[0], Set: map[string]change.Value{"photos": change.ListOf(photos)}}}); err != nil {
			t.Fatal(err)
		}
		b.inChinese()
		b.signIn("county", samplePassword)
		b.see("泽曲镇")
		b.do(chromedp.Navigate(b.url + recordPath(homes[0].Ref)))
		b.see("还有 1 个文件在平板上")
		b.see("尚未送达")
		var drawn []int
		b.do(chromedp.Poll(`[...document.querySelectorAll(".file img")].every(i => i.complete) && document.querySelectorAll(".file img").length > 0`, nil),
			chromedp.Evaluate(`[...document.querySelectorAll(".file img")].map(i => Math.max(i.naturalWidth, i.naturalHeight))`, &drawn))
		if len(drawn) != 2 || drawn[0] != 320 || drawn[1] != 320 {
			t.Errorf("thumbnails drawn of %v pixels, want two of 320", drawn)
		}
		var to string
		b.do(chromedp.AttributeValue(`.file a[href*="`+string(a)+`"]`, "href", &to, nil, chromedp.ByQuery))
		b.do(chromedp.Navigate(b.url + to))
		var wide int
		b.do(chromedp.Evaluate(`document.images[0].naturalWidth`, &wide))
		if wide != 1600 {
			t.Errorf("the whole picture is %d pixels wide", wide)
		}
	})
}
