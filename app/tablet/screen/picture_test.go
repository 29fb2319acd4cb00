package screen

import (
	"bytes"
	"image/png"
	"testing"

	"fyne.io/fyne/v2"

	"muqu/app/tablet/widget"
	"muqu/core"
)

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
	w.loop.settle()
	name, ok := core.ParseFileName(visit.run.Value(item))
	if !ok || name.Sort() != "png" {
		t.Fatalf("the answer is %q", visit.run.Value(item))
	}
	data, err := w.tablet.ReadFile(t.Context(), name, false)
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
	w.loop.settle()
	if _, ok := core.ParseFileName(visit.run.Value(item)); !ok {
		t.Errorf("answer after going on: %q", visit.run.Value(item))
	}
}

func TestPicturesCannotBeKeptWithoutAFolder(t *testing.T) {
	w := open(t, &Home{})
	w.shell.Pictures = nil
	home := w.home("测试户主甲")
	w.shell.Go(&Visit{Household: home.Ref})
	w.tap("全表")
	w.visit("户基本信息")
	w.jump("sign_head").keepPicture(w.shell, "/x", nil, nil)
	w.want("toast", w.toast(), "这台设备不能保存照片")
}
