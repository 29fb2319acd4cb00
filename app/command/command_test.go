package command_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"muqu/app/command"
	"muqu/core"
)

// ran is what a command was called with.
type ran struct {
	Name  string
	Words []string
	Data  string
	Wipe  bool
	JSON  bool
}

// program has a command of one word, one of two, and some that fail.
func program(got *ran) *command.Program {
	note := func(name string, result error) func(*flag.FlagSet) func(context.Context, *command.Call) error {
		return func(f *flag.FlagSet) func(context.Context, *command.Call) error {
			data, wipe := f.String("data", "", "folder"), f.Bool("wipe", false, "empty it")
			return func(_ context.Context, c *command.Call) error {
				*got = ran{name, c.Words, *data, *wipe, c.JSON}
				return result
			}
		}
	}
	return &command.Program{Name: "muqu-test", About: "a program for tests", Commands: []command.Command{
		{Name: "device list", About: "list tablets", Setup: note("device list", nil)},
		{Name: "device", Args: "ID", Min: 1, About: "show one", Setup: note("device", nil)},
		{Name: "file show", About: "show a file", Setup: note("file show", nil)},
		{Name: "search", Args: "TEXT", Min: 1, Max: 3, About: "find", Setup: note("search", nil)},
		{Name: "refused", About: "is refused", Setup: note("refused", core.Refuse(core.Forbidden, "", "refuse.role"))},
		{Name: "broken", About: "breaks", Setup: note("broken", fmt.Errorf("sync: %w", io.ErrUnexpectedEOF))},
		{Name: "wrong", About: "needs more", Setup: note("wrong", fmt.Errorf("data: %w", &command.UsageError{Text: "say where: --data DIR"}))},
		{Name: "secret", Hidden: true, Setup: note("secret", nil)},
	}}
}

// call runs a line of words.
func call(t *testing.T, line string) (got ran, code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = program(&got).Run(t.Context(), strings.Fields(line), command.Call{In: strings.NewReader(""), Out: &out, Err: &err, Getenv: func(string) string { return "" }})
	return got, code, out.String(), err.String()
}

func TestFlagsStandAnywhere(t *testing.T) {
	for line, want := range map[string]ran{
		"search --data d a b":          {Name: "search", Words: []string{"a", "b"}, Data: "d"},
		"--data d search a":            {Name: "search", Words: []string{"a"}, Data: "d"},
		"search a --data=d --wipe":     {Name: "search", Words: []string{"a"}, Data: "d", Wipe: true},
		"search --wipe a -data d":      {Name: "search", Words: []string{"a"}, Data: "d", Wipe: true},
		"--json search a":              {Name: "search", Words: []string{"a"}, JSON: true},
		"search --wipe=false a":        {Name: "search", Words: []string{"a"}},
		"search a - b":                 {Name: "search", Words: []string{"a", "-", "b"}},
		"search --data d -- --data -h": {Name: "search", Words: []string{"--data", "-h"}, Data: "d"},
		"search --data -20y a":         {Name: "search", Words: []string{"a"}, Data: "-20y"},
		"device list":                  {Name: "device list", Words: []string{}},
		"device --data d list":         {Name: "device list", Words: []string{}, Data: "d"},
		"device 7f3a":                  {Name: "device", Words: []string{"7f3a"}},
		"secret":                       {Name: "secret", Words: []string{}},
	} {
		got, code, _, stderr := call(t, line)
		if code != 0 || got.Name != want.Name || !slices.Equal(got.Words, want.Words) || got.Data != want.Data || got.Wipe != want.Wipe || got.JSON != want.JSON {
			t.Errorf("%q: exit %d, got %+v, want %+v; %s", line, code, got, want, stderr)
		}
	}
}

func TestExitCodes(t *testing.T) {
	for line, want := range map[string]struct {
		code int
		says string
	}{
		"":                      {2, "no such command"},
		"nothing":               {2, `no such command: "nothing"`},
		"search":                {2, "usage: muqu-test search TEXT"},
		"search a b c d":        {2, "usage: muqu-test search TEXT"},
		"device":                {2, "usage: muqu-test device ID"},
		"search a --nope x":     {2, "nope"},
		"search a --data":       {2, "data"},
		"search a --wipe=maybe": {2, "wipe"},
		"wrong":                 {2, "say where: --data DIR"},
		"refused":               {1, "your role may not do this: ask your supervisor"},
		"broken":                {1, "unexpected EOF"},
	} {
		_, code, stdout, stderr := call(t, line)
		if code != want.code || !strings.Contains(stderr, want.says) || !strings.Contains(stderr, "muqu-test: ") || stdout != "" {
			t.Errorf("%q: exit %d, out %q, err %q; want %d saying %q", line, code, stdout, stderr, want.code, want.says)
		}
	}
}

func TestHelp(t *testing.T) {
	for _, h := range []string{"-h", "--help", "-help"} {
		got, code, stdout, stderr := call(t, h)
		if code != 0 || stdout != "" || got.Name != "" || !strings.Contains(stderr, "device ID") || !strings.Contains(stderr, "list tablets") || strings.Contains(stderr, "secret") {
			t.Errorf("%s: exit %d, out %q, err %q", h, code, stdout, stderr)
		}
		for _, line := range []string{"search " + h, h + " search", "search a b c d " + h} {
			got, code, stdout, stderr = call(t, line)
			if code != 0 || stdout != "" || got.Name != "" || !strings.Contains(stderr, "usage: muqu-test search TEXT") || !strings.Contains(stderr, "-data") || !strings.Contains(stderr, "-json") {
				t.Errorf("%s: exit %d, out %q, err %q", line, code, stdout, stderr)
			}
		}
	}
	if _, code, _, stderr := call(t, "file -h"); code != 0 || !strings.Contains(stderr, "show a file") || strings.Contains(stderr, "device ID") || strings.Contains(stderr, "no such command") {
		t.Errorf("help for the commands that begin with a word: exit %d, err %q", code, stderr)
	}
	if _, code, _, _ := call(t, "nothing -h"); code != 2 {
		t.Errorf("help for no command: exit %d", code)
	}
}

func TestPrint(t *testing.T) {
	var out bytes.Buffer
	c := command.Call{Out: &out}
	for _, v := range []any{map[string]any{"a": "<扎西> & 卓玛"}, []int{1}} {
		if err := c.Print(v); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := out.String(), "{\"a\":\"<扎西> & 卓玛\"}\n[1]\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	var unsupported *json.UnsupportedTypeError
	if err := c.Print(make(chan int)); !errors.As(err, &unsupported) {
		t.Errorf("got %v", err)
	}
}
