package screen

import (
	"bytes"
	"image"
	"testing"

	"fyne.io/fyne/v2"

	"muqu/core"
)

// A photo can be drawn on: where the fence is broken. What was drawn is part of
// the photo that is sent, whether or not the worker says that it is done.
func TestPhotoIsDrawnOn(t *testing.T) {
	w := open(t, &Home{})
	w.give("fence.md", "| survey | | | | |\n| | type | name | label | appearance |\n| | image | photo | 照片 | annotate |\n"+
		"| settings | | |\n| | form_title | form_id | version |\n| | 围栏 | fence | 1 |\n", nil)
	plain, err := w.tablet.KeepPhoto(t.Context(), taken(t, 1), 0)
	if err != nil {
		t.Fatal(err)
	}
	w.shell.Start(&Surveys{})
	w.tap("围栏")
	w.loop.settle()
	p := w.shell.Top().(*Survey)
	path := p.run.Form().Item("photo").Path()
	p.redo(w.shell, path, string(plain))
	w.loop.settle()
	w.tap("在照片上画")
	w.loop.settle()
	pad := p.pads[path]
	if pad == nil {
		t.Fatal("there is no pad")
	}
	pad.Resize(fyne.NewSize(300, 360))
	for _, at := range []fyne.Position{{X: 120, Y: 150}, {X: 140, Y: 180}, {X: 180, Y: 200}} {
		pad.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: at}, Dragged: fyne.NewDelta(1, 1)})
	}
	pad.DragEnd()
	w.tap("完成")
	w.loop.settle()
	visits := w.list("visit")
	if len(visits) != 1 {
		t.Fatalf("%d visits", len(visits))
	}
	name, ok := core.ParseFileName(visits[0].Text("photo"))
	if !ok || name == plain {
		t.Fatalf("the photo is %s", name)
	}
	count := func(name core.FileName) (red int, size image.Point) {
		t.Helper()
		data, err := w.tablet.ReadFile(t.Context(), name, false)
		if err != nil {
			t.Fatal(err)
		}
		photo, _, err := image.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		b := photo.Bounds()
		for y := b.Min.Y; y < b.Max.Y; y++ {
			for x := b.Min.X; x < b.Max.X; x++ {
				if r, g, b, _ := photo.At(x, y).RGBA(); r > 0x9000 && g < 0x5000 && b < 0x5000 {
					red++
				}
			}
		}
		return red, b.Size()
	}
	before, size := count(plain)
	after, drawn := count(name)
	if after < before+100 || drawn != size {
		t.Errorf("red: %d before, %d after; %v and %v", before, after, size, drawn)
	}
}
