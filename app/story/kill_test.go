package story

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// cycles is how often somebody pulls the plug.
const cycles = 220

// TestPullThePlug kills the tablet in the middle of writes and syncs, and the
// server as well, again and again: no line that was acknowledged is missing.
func TestPullThePlug(t *testing.T) {
	k := &killer{t: t, r: rand.New(rand.NewSource(1)), server: filepath.Join(t.TempDir(), "server"), tablet: filepath.Join(t.TempDir(), "tablet"), acked: map[string]bool{}}
	k.serve()
	defer func() { kill(k.running) }()
	k.enroll()
	for i := range cycles {
		switch {
		case i%5 == 4:
			k.killSync()
		case i%37 == 36:
			_ = k.running.Process.Kill()
			_ = k.running.Wait()
			k.serve()
		default:
			k.killPut(i)
		}
	}
	k.run("sync")
	held := k.ids(k.run("list", "household"))
	var lost int
	for id := range k.acked {
		if !held[id] {
			lost++
		}
	}
	if lost > 0 || len(k.acked) < cycles/2 {
		t.Errorf("%d of %d acknowledged lines are missing on the tablet", lost, len(k.acked))
	}
	out, err := exec.Command(filepath.Join(programs, "muqu-server"), "replay", "--data", k.server).CombinedOutput()
	if err != nil {
		t.Errorf("replay: %v %s", err, out)
	}
	other := *k
	other.tablet = filepath.Join(t.TempDir(), "other")
	other.enroll()
	other.run("sync")
	held = other.ids(other.run("list", "household"))
	for id := range k.acked {
		if !held[id] {
			t.Errorf("%s did not reach another tablet", id)
		}
	}
	t.Logf("%d acknowledged lines in %d cycles", len(k.acked), cycles)
}

type killer struct {
	t       *testing.T
	r       *rand.Rand
	server  string
	tablet  string
	port    string
	running *exec.Cmd
	acked   map[string]bool
}

func (k *killer) serve() {
	k.t.Helper()
	listen := "127.0.0.1:0"
	if k.port != "" {
		listen = "127.0.0.1:" + k.port
	}
	cmd := exec.Command(filepath.Join(programs, "muqu-server"), "serve", "--data", k.server, "--listen", listen, "--json")
	out, err := cmd.StdoutPipe()
	if err != nil {
		k.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		k.t.Fatalf("server did not come up again: %v", err)
	}
	var at struct{ URL string }
	if err := json.Unmarshal([]byte(line), &at); err != nil {
		k.t.Fatal(err)
	}
	k.running, k.port = cmd, at.URL[strings.LastIndexByte(at.URL, ':')+1:]
}

func (k *killer) enroll() {
	k.t.Helper()
	out, err := exec.Command(filepath.Join(programs, "muqu-server"), "code", "new", "--data", k.server, "--role", "field", "--region", "632323", "--json").Output()
	if err != nil {
		k.t.Fatal(err)
	}
	var c struct{ Link string }
	if err := json.Unmarshal(out, &c); err != nil {
		k.t.Fatal(err)
	}
	k.run("enroll", "--code", c.Link)
}

func (k *killer) run(args ...string) string {
	k.t.Helper()
	cmd := exec.Command(filepath.Join(programs, "fieldctl"), append(args, "--data", k.tablet)...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		k.t.Fatalf("fieldctl %v: %v %s", args, err, stderr.String())
	}
	return string(out)
}

func (k *killer) ids(lines string) map[string]bool {
	out := map[string]bool{}
	for _, l := range strings.Split(lines, "\n") {
		var r struct{ ID string }
		if json.Unmarshal([]byte(l), &r) == nil && r.ID != "" {
			out[r.ID] = true
		}
	}
	return out
}

// killPut feeds lines until the plug is pulled, some time after the first was
// acknowledged.
func (k *killer) killPut(cycle int) {
	k.t.Helper()
	cmd := exec.Command(filepath.Join(programs, "fieldctl"), "put", "household", "--data", k.tablet)
	in, err := cmd.StdinPipe()
	if err != nil {
		k.t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		k.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	go func() {
		for n := 0; ; n++ {
			if _, err := io.WriteString(in, fmt.Sprintf(`{"region":"632323100201","fields":{"head_name":"第%d户","yak":%d}}`+"\n", cycle, n)); err != nil {
				return
			}
			time.Sleep(200 * time.Microsecond)
		}
	}()
	wait := time.Duration(k.r.Intn(15)) * time.Millisecond
	sc := bufio.NewScanner(out)
	for first := true; sc.Scan(); first = false {
		if first {
			time.AfterFunc(wait, func() { _ = cmd.Process.Kill() })
		}
		for id := range k.ids(sc.Text()) {
			k.acked[id] = true
		}
	}
	_ = cmd.Wait()
}

func (k *killer) killSync() {
	k.t.Helper()
	cmd := exec.Command(filepath.Join(programs, "fieldctl"), "sync", "--data", k.tablet)
	if err := cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	time.Sleep(time.Duration(5+k.r.Intn(60)) * time.Millisecond)
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
}
