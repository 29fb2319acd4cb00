package screen

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2"

	"muqu/app/tablet/widget"
)

// album keeps pictures in a folder of the test.
type album string

func (a album) Keep(data []byte, kind string) (string, error) {
	return "one." + kind, os.WriteFile(a.Path("one."+kind), data, 0o600)
}

func (a album) Path(name string) string { return filepath.Join(string(a), name) }

// jump goes to the step with a question, as by the list of steps.
func (w *world) jump(question string) *Visit {
	w.Helper()
	w.loop.settle()
	visit := w.shell.Top().(*Visit)
	visit.jump(w.shell, visit.run.Form().Item(question).Path())
	return visit
}

func TestSignatureIsKept(t *testing.T) {
	w := open(t, &Home{})
	pictures := album(t.TempDir())
	w.shell.Pictures = pictures
	home := w.home("测试户主甲")
	w.shell.Go(&Visit{Household: home.Ref})
	w.tap("全表")
	w.visit("户基本信息")
	visit := w.jump("sign_head")
	pad := inside[*widget.Signature](t, w.field("受访人签字/按手印"))
	pad.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(40, 40)}, Dragged: fyne.NewDelta(30, 20)})
	pad.DragEnd()
	w.tap("签好了")
	w.see("重新来")
	item := visit.run.Form().Item("sign_head").Path()
	w.want("answer", visit.run.Value(item), "one.png")
	data, err := os.ReadFile(pictures.Path("one.png"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := png.Decode(bytes.NewReader(data)); err != nil {
		t.Error(err)
	}
	w.fits()
	w.tap("重新来")
	w.want("answer", visit.run.Value(item), "")
	w.see("签好了")

	// Whoever signs and goes on has signed.
	pad = inside[*widget.Signature](t, w.field("受访人签字/按手印"))
	pad.Tapped(&fyne.PointEvent{Position: fyne.NewPos(40, 40)})
	w.tap("上一步")
	w.want("answer after going on", visit.run.Value(item), "one.png")
}

func TestPicturesCannotBeKeptWithoutAFolder(t *testing.T) {
	w := open(t, &Home{})
	home := w.home("测试户主甲")
	w.shell.Go(&Visit{Household: home.Ref})
	w.tap("全表")
	w.visit("户基本信息")
	w.jump("sign_head").keepPicture(w.shell, "/x", "png", nil, nil)
	w.want("toast", w.toast(), "这台设备不能保存照片")
}

func TestPhotosShrink(t *testing.T) {
	photo := image.NewRGBA(image.Rect(0, 0, 3000, 1500))
	photo.Set(1, 1, color.White)
	var file bytes.Buffer
	if err := png.Encode(&file, photo); err != nil {
		t.Fatal(err)
	}
	small, err := shrink(file.Bytes(), 1600)
	if err != nil {
		t.Fatal(err)
	}
	size, err := jpeg.DecodeConfig(bytes.NewReader(small))
	if err != nil || size.Width != 1600 || size.Height != 800 {
		t.Errorf("photo is %d×%d, %v, want 1600×800", size.Width, size.Height, err)
	}
	if _, err := shrink([]byte("no picture"), 1600); err == nil {
		t.Error("something that is no picture was taken")
	}
}
