package screen

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"slices"
	"testing"

	"fyne.io/fyne/v2/canvas"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/attach"
	"muqu/sync/client"
)

// taken is a photo as a camera takes it; n tells them apart.
func taken(t *testing.T, n uint8) []byte {
	t.Helper()
	m := image.NewRGBA(image.Rect(0, 0, 2000, 1000))
	for i := range m.Pix {
		m.Pix[i] = uint8(i/4000) + n
	}
	m.Set(0, 0, color.White)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// drawings are the sizes of the pictures that are drawn on the screen.
func (w *world) drawings() []image.Point {
	w.Helper()
	w.loop.settle()
	var out []image.Point
	for _, o := range w.shown() {
		i, ok := o.(*canvas.Image)
		if !ok || i.Resource == nil {
			continue
		}
		size, _, err := image.DecodeConfig(bytes.NewReader(i.Resource.Content()))
		if err == nil {
			out = append(out, image.Pt(size.Width, size.Height))
		}
	}
	return out
}

func TestAHouseholdHasItsPhotos(t *testing.T) {
	w := open(t, &Home{})
	home := w.home("测试户主甲")
	w.shell.Go(&Household{Ref: home.Ref})
	w.see("添加照片")
	for n := range 2 {
		if err := w.shell.attachPhoto(t.Context(), home.Ref, taken(t, uint8(n))); err != nil {
			t.Fatal(err)
		}
	}
	w.shell.Reopen()
	w.see("照片和附件 2个", "仅在本机")
	w.want("drawn", w.drawings(), []image.Point{{320, 160}, {320, 160}})
	w.fits()
	w.tap("仅在本机")
	w.want("drawn large", w.drawings(), []image.Point{{1600, 800}})
	w.see("照片", "仅在本机")
	w.notSee("取原文件")
	w.fits()
	w.shell.Back()
	w.shell.Go(&Sync{})
	w.see("2个照片和附件仅在本机")
	w.tap("立即同步")
	w.loop.settle()
	w.see("照片和附件：送出2个，收到0个")
	w.notSee("2个照片和附件仅在本机")
	w.shell.Go(&Household{Ref: home.Ref})
	w.see("在这台平板上，中心也有")
}

func TestAPhotoOfSomebodyElseIsFetchedByATap(t *testing.T) {
	w := open(t, &Home{})
	other := w.centre.tablet(t, "另一人")
	name, err := other.KeepPhoto(t.Context(), taken(t, 1), 0)
	if err != nil {
		t.Fatal(err)
	}
	ref := core.Ref{Kind: "household", ID: other.NewID()}
	sync := func(tab *client.Tablet) {
		t.Helper()
		if r, err := tab.Sync(t.Context(), nil); err != nil || r.Files.Err != nil {
			t.Fatal(err, r.Files.Err)
		}
	}
	if _, err := other.Commit(t.Context(), []core.Edit{{Ref: ref, Region: village, Set: map[string]change.Value{"head_name": change.Text("户"), "photos": change.ListOf([]change.Value{change.Text(string(name))})}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := other.SyncWith(t.Context(), client.Options{Files: client.FilesLater}); err != nil {
		t.Fatal(err)
	}
	sync(w.tablet)
	w.shell.Go(&Household{Ref: ref})
	w.see("不在这台平板上") // the record was quicker than its photo
	w.want("drawn", len(w.drawings()), 0)
	w.tap("不在这台平板上")
	w.tap("取原文件")
	w.want("toast", w.toast(), "文件还没有传到服务器，等有它的平板上传")
	sync(other)
	w.tap("取原文件")
	w.loop.settle()
	w.want("drawn large", w.drawings(), []image.Point{{1600, 800}})
	w.see("在这台平板上，中心也有")
	sync(w.tablet)
	w.shell.Back()
	w.want("drawn small", w.drawings(), []image.Point{{320, 160}})
}

// A photo of a document is seen by whoever opens it, not by the way.
func TestADocumentIsNotShownByTheWay(t *testing.T) {
	w := open(t, &Home{})
	home := w.home("测试户主甲")
	name, err := w.tablet.KeepPhoto(t.Context(), taken(t, 1), 0)
	if err != nil {
		t.Fatal(err)
	}
	r := w.put("visit", map[string]any{"household": home.ID.String(), "form_id": "household_visit", "photo_doc": string(name)})
	w.shell.Go(&Record{Ref: r.Ref})
	w.see("证件照片或签名", "1个文件")
	w.notSee(string(name))
	w.want("drawn", len(w.drawings()), 0)
	w.tap("证件照片或签名")
	w.want("drawn", len(w.drawings()), 1)
}

// What claims to be a picture of gigabytes is not drawn.
func TestABombIsNotDrawn(t *testing.T) {
	w := open(t, &Home{})
	bomb := []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\xc3\x50\x00\x00\xc3\x50\x08\x06\x00\x00\x00")
	name, err := w.tablet.KeepFile(t.Context(), bytes.NewReader(bomb), "png")
	if err != nil {
		t.Fatal(err)
	}
	home := w.put("household", map[string]any{"head_name": "户", "photos": []any{string(name)}})
	w.shell.Go(&Household{Ref: home.Ref})
	w.see("照片和附件 1个")
	w.want("drawn", len(w.drawings()), 0)
}

func TestTheSettingsDecideAboutPhotos(t *testing.T) {
	w := open(t, &Settings{})
	w.see("照片和附件何时传送", "每次同步都传", "我点了才传", "不用网络传")
	for _, step := range []struct {
		tap  string
		want attach.Policy
	}{
		{"我点了才传", attach.Policy{Network: attach.Asked, LongSide: 1600, KeepDays: 90}},
		{"2 MB", attach.Policy{Network: attach.Asked, MaxBytes: 2 << 20, LongSide: 1600, KeepDays: 90}},
		{"2400 更清楚", attach.Policy{Network: attach.Asked, MaxBytes: 2 << 20, LongSide: 2400, KeepDays: 90}},
		{"也保留", attach.Policy{Network: attach.Asked, MaxBytes: 2 << 20, LongSide: 2400, KeepDays: 90, KeepOriginals: true}},
	} {
		w.tap(step.tap)
		w.want("toast", w.toast(), "设置已保存")
		p, err := w.tablet.Policy(t.Context())
		if err != nil || p != step.want {
			t.Errorf("after %s: %+v, %v, want %+v", step.tap, p, err, step.want)
		}
	}
	w.fits()
	// Now a sync leaves photos, until the worker says so.
	home := w.home("测试户主甲")
	if err := w.shell.attachPhoto(t.Context(), home.Ref, taken(t, 1)); err != nil {
		t.Fatal(err)
	}
	safe := func() store.Safety {
		r := w.get(home.Ref)
		f, _, err := w.tablet.File(t.Context(), core.FilesOf(&r)[0])
		if err != nil {
			t.Fatal(err)
		}
		return f.Safe
	}
	w.shell.Start(&Sync{})
	w.tap("立即同步")
	w.loop.settle()
	w.want("safe", safe(), store.HereOnly)
	w.tap("立即传照片")
	w.loop.settle()
	w.want("safe", safe(), store.AtCentre)
	w.shell.Start(&Settings{})
	w.tap("不用网络传")
	w.want("toast", w.toast(), "设置已保存")
	if err := w.shell.attachPhoto(t.Context(), home.Ref, taken(t, 2)); err != nil {
		t.Fatal(err)
	}
	w.shell.Start(&Sync{})
	w.see("设置里选了不用网络传照片")
	w.notSee("立即传照片")
}

// Files are shown by how many there are, never by their hashes.
func TestFilesInListsAreCounted(t *testing.T) {
	w := open(t, &Home{})
	name, err := w.tablet.KeepPhoto(context.Background(), taken(t, 1), 0)
	if err != nil {
		t.Fatal(err)
	}
	v := change.ListOf([]change.Value{change.Text(string(name)), change.Text(string(name[:63]) + "0.jpg")})
	w.want("files", w.shell.Value("household", "photos", v), "2个文件")
	w.want("file", w.shell.Value("visit", "photo_house", change.Text(string(name))), "1个文件")
	if got := core.FilesIn(v); !slices.Contains(got, name) {
		t.Errorf("files %v", got)
	}
}
