package screen

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"muqu/core"
	"muqu/core/change"
	"muqu/sync/client"
)

// offer gives a version of the program out at the centre.
func (w *world) offer(version, content string) core.FileName {
	w.Helper()
	name, _, err := w.centre.files.Store().Keep(strings.NewReader(content), "apk")
	if err != nil {
		w.Fatal(err)
	}
	set := map[string]change.Value{"version": change.Text(version), "platform": change.Text("android"), "file": change.Text(string(name))}
	desk := w.centre.As(core.Person{Name: "admin", Role: core.Admin, Scope: core.Scope{"63"}})
	if _, err := desk.Commit(w.Context(), []core.Edit{{Ref: core.Ref{Kind: "program", ID: core.ProgramID(version, "android")}, Set: set}}); err != nil {
		w.Fatal(err)
	}
	return name
}

func TestANewerProgramIsOffered(t *testing.T) {
	w := open(t, &Home{})
	w.shell.Platform, w.shell.Version = "android", "1.9"
	w.offer("1.8", "older")
	if _, err := w.tablet.SyncWith(t.Context(), client.Options{}); err != nil {
		t.Fatal(err)
	}
	w.shell.Start(&Settings{})
	w.notSee("有新版本")
	file := w.offer("1.10", "newer")
	if _, err := w.tablet.SyncWith(t.Context(), client.Options{Files: client.FilesLater}); err != nil {
		t.Fatal(err)
	}
	w.shell.Start(&Settings{})
	w.see("有新版本 1.10", "下次同步时会下载")
	w.notSee("保存安装文件")
	if _, err := w.tablet.SyncWith(t.Context(), client.Options{}); err != nil {
		t.Fatal(err)
	}
	w.shell.Start(&Settings{})
	w.see("有新版本 1.10", "保存安装文件")
	w.fits()
	path := filepath.Join(t.TempDir(), "muqu.apk")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.shell.writeOut(t.Context(), file, out); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(path); err != nil || !bytes.Equal(b, []byte("newer")) {
		t.Errorf("saved %q, %v", b, err)
	}
	w.shell.Version = "1.10.0" // the same, spelled otherwise
	w.shell.Start(&Settings{})
	w.notSee("有新版本")
}
