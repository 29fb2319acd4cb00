package story

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// programs is the folder of the built programs.
var programs string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "muqu-programs-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	programs = dir
	for name, pkg := range map[string]string{"muqu-server": "../server", "fieldctl": "../fieldctl"} {
		cmd := exec.Command("go", "build", "-o", filepath.Join(dir, name), pkg)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build %s: %v\n%s", name, err, out)
			os.Exit(1)
		}
	}
	code := m.Run()
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

func TestStories(t *testing.T) { testscript.Run(t, params("testdata")) }

// params say how the stories of a folder are told.
func params(dir string) testscript.Params {
	return testscript.Params{
		Dir: dir,
		Setup: func(e *testscript.Env) error {
			e.Setenv("PATH", programs+string(os.PathListSeparator)+os.Getenv("PATH"))
			e.Values["servers"] = map[string]*exec.Cmd{}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"server": startServer, "hub": startHub, "await": await, "halt": stopServer, "tablet": tablet, "let": let, "expect": expect, "photo": photo,
		},
	}
}

// startServer DIR: a server on a free port of this machine, ready when the
// command returns. It keeps its port when it is started again.
func startServer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: server DIR")
	}
	serve(ts, args[0])
}

// startHub SERVER DIR [REGION]: a hub that enrolls at a server or at another
// hub, ready when the command returns.
func startHub(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: hub SERVER DIR [REGION]")
	}
	region := "632323"
	if len(args) > 2 {
		region = args[2]
	}
	ts.Check(ts.Exec("muqu-server", "code", "new", "--data", args[0], "--role", "hub", "--region", region, "--name", args[1], "--json"))
	var c struct{ Code, URL, Fingerprint string }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &c))
	serve(ts, args[1], "--upstream", c.URL, "--code", c.Code, "--fingerprint", c.Fingerprint)
}

func serve(ts *testscript.TestScript, dir string, more ...string) {
	port := ts.Getenv("PORT_" + dir)
	if port == "" {
		port = "0"
	}
	cmd := exec.Command(filepath.Join(programs, "muqu-server"), append([]string{"serve", "--data", ts.MkAbs(dir), "--listen", "127.0.0.1:" + port, "--json"}, more...)...)
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	var log strings.Builder
	cmd.Stderr = &log
	ts.Check(cmd.Start())
	ts.Defer(func() { kill(cmd) })
	ts.Value("servers").(map[string]*exec.Cmd)[dir] = cmd
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		ts.Fatalf("server did not start: %v %s", err, log.String())
	}
	var at struct{ URL, Fingerprint string }
	ts.Check(json.Unmarshal([]byte(line), &at))
	ts.Setenv("URL", at.URL)
	ts.Setenv("FINGERPRINT", at.Fingerprint)
	ts.Setenv("PORT_"+dir, at.URL[strings.LastIndexByte(at.URL, ':')+1:])
}

// await MEMBER VALUE COMMAND...: repeats a command until a member of what it
// prints is as wanted, for half a minute at most.
func await(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: await MEMBER VALUE COMMAND...")
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		ts.Check(ts.Exec(args[2], args[3:]...))
		v, _ := member(ts, args[0])
		if v == args[1] {
			return
		}
		if time.Now().After(end) {
			ts.Fatalf("%s is still %q, not %q", args[0], v, args[1])
		}
	}
}

// photo FILE WIDTH HEIGHT: a JPEG of that size, as if taken by a camera.
func photo(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: photo FILE WIDTH HEIGHT")
	}
	var w, h int
	if _, err := fmt.Sscan(args[1]+" "+args[2], &w, &h); err != nil {
		ts.Fatalf("%v", err)
	}
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range m.Pix {
		m.Pix[i] = byte(i * i >> 7)
	}
	var b bytes.Buffer
	ts.Check(jpeg.Encode(&b, m, nil))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o600))
}

func kill(cmd *exec.Cmd) {
	_ = cmd.Process.Signal(os.Interrupt) // it may be gone
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		_ = cmd.Process.Kill()
	}
}

// stopServer DIR: stops it as an operator does.
func stopServer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: halt DIR")
	}
	kill(ts.Value("servers").(map[string]*exec.Cmd)[args[0]])
}

// tablet SERVER DIR NAME [REGION]: enrolls a field worker's tablet.
func tablet(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: tablet SERVER DIR NAME [REGION]")
	}
	region := "632323"
	if len(args) > 3 {
		region = args[3]
	}
	ts.Check(ts.Exec("muqu-server", "code", "new", "--data", args[0], "--role", "field", "--region", region, "--name", args[2], "--json"))
	var c struct{ Code, URL, Fingerprint string }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &c))
	ts.Check(ts.Exec("fieldctl", "--data", args[1], "enroll", "--server", c.URL, "--code", c.Code, "--fingerprint", c.Fingerprint))
}

// let NAME MEMBER: remembers a member of the JSON object that the last command
// printed.
func let(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: let NAME MEMBER")
	}
	v, ok := member(ts, args[1])
	if !ok {
		ts.Fatalf("there is no %s in %s", args[1], ts.ReadFile("stdout"))
	}
	ts.Setenv(args[0], v)
}

// expect MEMBER VALUE: a member of the JSON object that the last command
// printed, by a path such as fields.yak or values.0.author.
func expect(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: expect MEMBER VALUE")
	}
	if v, _ := member(ts, args[0]); (v == args[1]) == neg {
		ts.Fatalf("%s is %q, not %q, in %s", args[0], v, args[1], ts.ReadFile("stdout"))
	}
}

func member(ts *testscript.TestScript, path string) (string, bool) {
	var x any
	d := json.NewDecoder(strings.NewReader(ts.ReadFile("stdout")))
	d.UseNumber()
	ts.Check(d.Decode(&x))
	for _, p := range strings.Split(path, ".") {
		switch t := x.(type) {
		case map[string]any:
			v, ok := t[p]
			if !ok {
				return "", false
			}
			x = v
		case []any:
			var n int
			if _, err := fmt.Sscan(p, &n); err != nil || n >= len(t) {
				return "", false
			}
			x = t[n]
		default:
			return "", false
		}
	}
	if s, ok := x.(string); ok {
		return s, true
	}
	b, err := json.Marshal(x)
	ts.Check(err)
	return string(b), true
}
