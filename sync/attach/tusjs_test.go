package attach_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"muqu/core"
	"muqu/sync/attach"
	"muqu/sync/wire"
)

// tusJS is tus-js-client at the version of testdata/tusjs, installed into a
// folder of the test.
func tusJS(t *testing.T) (dir string) {
	t.Helper()
	if _, err := exec.LookPath("npm"); err != nil && os.Getenv("CI") == "" {
		t.Skip("npm is not here: make packages installs it")
	}
	dir = t.TempDir()
	for _, name := range []string{"package.json", "package-lock.json", "upload.js"} {
		b, err := os.ReadFile(filepath.Join("testdata", "tusjs", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	return dir
}

// answer is what upload.js prints.
type answer struct {
	URL         string
	ResumedFrom int64
	Status      int
	Error       string
}

func (m *member) tusJS(dir string, data []byte, name core.FileName, chunk, pause int) (a answer) {
	m.t.Helper()
	file := filepath.Join(m.t.TempDir(), "file")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		m.t.Fatal(err)
	}
	cmd := exec.CommandContext(m.t.Context(), "node", "upload.js")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "ENDPOINT="+m.Base+wire.PathUploads, "TOKEN="+m.token, "FILE="+file, "NAME="+string(name),
		"CHUNK="+strconv.Itoa(chunk), "PAUSE="+strconv.Itoa(pause))
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 3) {
		m.t.Fatalf("node: %v\n%s", err, out)
	}
	if err := json.Unmarshal(out, &a); err != nil {
		m.t.Fatalf("node printed %q: %v", out, err)
	}
	return a
}

// The client by the authors of the protocol uploads through the server, stops
// on the way and goes on.
func TestAnotherClientUploads(t *testing.T) {
	dir := tusJS(t)
	h := newHall(t, attach.ServerConfig{MaxBytes: 8 << 20})
	m := h.member("卓玛", "632323")
	data := noise(1, 3<<20)
	n := nameOf(data, "m4a")
	a := m.tusJS(dir, data, n, 256<<10, 1<<20)
	if a.Error != "" || a.ResumedFrom < 1<<20 || a.ResumedFrom >= int64(len(data)) || !strings.HasPrefix(a.URL, m.Base+wire.PathUploads) {
		t.Errorf("got %+v", a)
	}
	wantReceipt(t, h, m, n, int64(len(data)))
	// All in one request, too.
	small := noise(2, 100_000)
	if a := m.tusJS(dir, small, nameOf(small, "jpg"), 8<<20, 0); a.Error != "" {
		t.Errorf("got %+v", a)
	}
	wantReceipt(t, h, m, nameOf(small, "jpg"), int64(len(small)))
	for _, bad := range []struct {
		data []byte
		name core.FileName
		want int
	}{
		{noise(3, 1000), nameOf([]byte("another"), "jpg"), 400},
		{noise(3, 1000), "photo.jpg", 400},
		{noise(3, 8<<20+1), nameOf(noise(3, 8<<20+1), "jpg"), 413},
	} {
		if a := m.tusJS(dir, bad.data, bad.name, 8<<20, 0); a.Status != bad.want {
			t.Errorf("%d bytes as %q: %+v, want %d", len(bad.data), bad.name, a, bad.want)
		}
	}
	m.token = "bm9uc2Vuc2U"
	if a := m.tusJS(dir, small, nameOf(small, "jpg"), 8<<20, 0); a.Status != 401 {
		t.Errorf("without a session: %+v", a)
	}
}
