package screen

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"fyne.io/fyne/v2/storage"

	"muqu/sync/bundle"
)

// file is what the dialog gives.
type file struct{ bytes.Buffer }

func (f *file) Close() error { return nil }

func TestStickBothWays(t *testing.T) {
	w := open(t, &Sync{})
	w.shell.syncing.start()
	w.loop.settle()
	home := w.put("household", map[string]any{"head_name": "扎西", "yak": 7})
	w.tap("没有网络？用U盘传递")
	w.see("写到U盘", "从U盘读取")
	for _, button := range []string{"写到U盘", "从U盘读取"} {
		w.tap(button)
		top := w.window.Canvas().Overlays().Top()
		if top == nil {
			t.Fatalf("%s opens no dialog", button)
		}
		w.window.Canvas().Overlays().Remove(top)
	}
	p := w.shell.Top().(*Stick)
	up := &file{}
	p.work(w.shell, func() (string, error) { return p.writeTo(w.shell, up) })
	w.loop.settle()
	w.see("已写入：1 条修改")
	if err := bundle.Load(context.Background(), bytes.NewReader(up.Bytes()), w.centre.Stick()); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	parts, err := bundle.Split(context.Background(), filepath.Join(dir, "down.muqu"), 500, w.centre.StickFor(w.tablet.Identity().Device, true))
	if err != nil || len(parts) < 2 {
		t.Fatal(parts, err)
	}
	read := func(path string) {
		t.Helper()
		chosen, err := storage.Reader(storage.NewFileURI(path))
		if err != nil {
			t.Fatal(err)
		}
		p.work(w.shell, func() (string, error) { return p.readFrom(w.shell, chosen) })
		w.loop.settle()
	}
	read(parts[1])
	w.see("已读取")
	if r := w.get(home.Ref); r.Pending {
		t.Error("the receipt came by stick, and the record is still pending")
	}
	read(parts[0])
	w.see("都已经有了")
	if err := os.Truncate(parts[1], 100); err != nil {
		t.Fatal(err)
	}
	read(parts[0])
	w.see("重新复制一次")
	if err := os.Remove(parts[1]); err != nil {
		t.Fatal(err)
	}
	read(parts[0])
	w.see("缺少第 2 份")
}

func TestHubIsAdded(t *testing.T) {
	w := open(t, &Settings{})
	w.typeIn("增加中转站或服务器", "https://192.168.1.5:8443/#.9f86d081")
	w.tap("增加")
	w.see("https://192.168.1.5:8443")
	if got := w.tablet.Identity().URLs; len(got) != 2 {
		t.Errorf("servers %v", got)
	}
	w.typeIn("增加中转站或服务器", "http://192.168.1.5:8443/")
	w.tap("增加")
	w.want("refused", w.toast() != "", true)
	if got := w.tablet.Identity().URLs; len(got) != 2 {
		t.Errorf("plain http was taken: %v", got)
	}
}

func TestPhotosAreChosen(t *testing.T) {
	w := open(t, &Home{})
	w.shell.pickPhoto(func([]byte) {})
	if w.window.Canvas().Overlays().Top() == nil {
		t.Error("no dialog")
	}
}
