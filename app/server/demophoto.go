package main

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
)

// samplePhoto draws a photo of 3000×2000 pixels; n tells them apart.
func samplePhoto(n int) ([]byte, error) {
	m := image.NewRGBA(image.Rect(0, 0, 3000, 2000))
	for y := range 2000 {
		for x := range 3000 {
			m.SetRGBA(x, y, color.RGBA{uint8(x >> 4), uint8(y >> 3), uint8(80 * n), 255})
		}
	}
	var out bytes.Buffer
	err := jpeg.Encode(&out, m, nil)
	return out.Bytes(), err
}

// photograph attaches photos while nobody has any network: two by one worker,
// and one of them once more by another, for another household.
func (p *play) photograph(ctx context.Context) error {
	for _, x := range []struct {
		by   *actor
		n    int
		home core.Ref
	}{{p.worker[0], 0, p.homes[3]}, {p.worker[0], 1, p.homes[3]}, {p.worker[1], 0, p.homes[4]}} {
		data, err := samplePhoto(x.n)
		if err != nil {
			return err
		}
		name, err := x.by.KeepPhoto(ctx, data, 0)
		if err != nil {
			return err
		}
		r, _, err := x.by.Get(ctx, x.home)
		if err != nil {
			return err
		}
		photos := append(r.Field("photos").Elements(), change.Text(string(name)))
		if err := x.by.do(ctx, x.home, "", map[string]change.Value{"photos": change.ListOf(photos)}); err != nil {
			return err
		}
	}
	p.say("  %s 拍了2张照片 took 2 photos, %s 附了同一张 attached one of them as well", p.worker[0].name, p.worker[1].name)
	return nil
}

// verifyPhotos looks whether the photos arrived: once each at the centre, small
// on the other tablets, and whole where somebody wants to see them.
func (p *play) verifyPhotos(ctx context.Context) error {
	p.say("\n照片 photos:")
	kept := 0
	for _, err := range p.files.Store().List() {
		if err != nil {
			return err
		}
		kept++
	}
	p.check(kept == 2, "三处附上的两张照片，中心各存一份 two photos attached in three places are kept once each at the centre")
	r, _, err := p.Get(ctx, p.homes[3])
	if err != nil {
		return err
	}
	names := core.FilesOf(&r)
	same := len(names) == 2
	for _, name := range names {
		f, _, err := p.worker[1].File(ctx, name)
		if err != nil {
			return err
		}
		same = same && f.Held&store.Thumb != 0
		if err := p.worker[1].FetchFile(ctx, name); err != nil {
			return err
		}
		there, err := p.worker[1].ReadFile(ctx, name, false)
		if err != nil {
			return err
		}
		here, err := p.files.Store().Read(name)
		if err != nil {
			return err
		}
		same = same && bytes.Equal(there, here)
	}
	p.check(same, "别的平板先有缩略图，要看时取到同样的原文件 other tablets have thumbnails first, and the same file when it is wanted")
	p.summary["photos"] = kept
	return nil
}
