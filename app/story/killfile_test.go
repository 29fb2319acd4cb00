package story

import (
	"bytes"
	"encoding/json"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestPullThePlugWhileAFileGoes kills the tablet, and then the server, while a
// large file goes up: it goes on from where it was, and arrives whole.
func TestPullThePlugWhileAFileGoes(t *testing.T) {
	dir := t.TempDir()
	k := &killer{t: t, r: rand.New(rand.NewSource(1)), server: filepath.Join(dir, "server"), tablet: filepath.Join(dir, "tablet"), acked: map[string]bool{}}
	k.serve()
	defer func() { kill(k.running) }()
	k.enroll()
	data := make([]byte, 40<<20)
	k.r.Read(data)
	path := filepath.Join(dir, "words.m4a")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	put := exec.Command(filepath.Join(programs, "fieldctl"), "put", "household", "--data", k.tablet)
	put.Stdin = strings.NewReader(`{"region":"632323100201","fields":{"head_name":"户"}}` + "\n")
	out, err := put.Output()
	if err != nil {
		t.Fatal(err)
	}
	var id, file struct{ ID, File string }
	if err := json.Unmarshal(out, &id); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(k.run("attach", "household", id.ID, "photos", path)), &file); err != nil {
		t.Fatal(err)
	}
	arrived := int64(0)
	for n := 0; n < 100 && arrived < 2<<20; n++ {
		cmd := exec.Command(filepath.Join(programs, "fieldctl"), "sync", "--data", k.tablet)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(50+10*n) * time.Millisecond)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		arrived = partial(k.server)
	}
	if arrived < 2<<20 || arrived >= int64(len(data)) {
		t.Fatalf("%d bytes of %d arrived before the plug was pulled", arrived, len(data))
	}
	_ = k.running.Process.Kill()
	_ = k.running.Wait()
	k.serve()
	var r struct {
		Attachments int
		BytesOut    int64 `json:"bytes_out"`
	}
	if err := json.Unmarshal([]byte(k.run("sync")), &r); err != nil {
		t.Fatal(err)
	}
	if r.Attachments != 1 || r.BytesOut > int64(len(data))-arrived+1<<20 {
		t.Errorf("%d bytes had arrived; the next sync sent %d of %d and counts %d files", arrived, r.BytesOut, len(data), r.Attachments)
	}
	got, err := os.ReadFile(filepath.Join(k.server, "files", file.File[:2], file.File))
	if err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes arrived whole, %v", len(got), err)
	}
	// A first chunk whose address the tablet never learned may wait to be
	// given up.
	if left := partial(k.server); left > 1<<20 {
		t.Errorf("%d bytes of the upload were left behind", left)
	}
}

// partial gives the bytes of the largest unfinished upload.
func partial(server string) (most int64) {
	list, err := filepath.Glob(filepath.Join(server, "uploads", "*"))
	if err != nil {
		return 0
	}
	for _, path := range list {
		if st, err := os.Stat(path); err == nil && !strings.Contains(filepath.Base(path), ".") {
			most = max(most, st.Size())
		}
	}
	return most
}
