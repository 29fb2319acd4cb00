package tablet

import (
	"errors"
	"flag"
	"io"
	"log/slog"
	"testing"
)

func noEnvironment(string) string { return "" }

func TestParse(t *testing.T) {
	for _, test := range []struct {
		name string
		args []string
		env  func(string) string
		want options
	}{
		{"nothing", nil, noEnvironment, options{width: 1280, height: 800}},
		{"environment", nil, func(name string) string { return map[string]string{"MUQU_DATA": "/a"}[name] },
			options{dir: "/a", width: 1280, height: 800}},
		{"flags before environment", []string{"-data", "/b", "-width", "800", "-height", "1280", "-language", "en", "-verbose"},
			func(string) string { return "/a" }, options{dir: "/b", width: 800, height: 1280, language: "en", verbose: true}},
	} {
		got, err := parse(test.args, test.env, io.Discard)
		if err != nil || got != test.want {
			t.Errorf("%s: %+v, %v, want %+v", test.name, got, err, test.want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, args := range [][]string{{"sync"}, {"-no-such-flag"}} {
		if _, err := parse(args, noEnvironment, io.Discard); err == nil {
			t.Errorf("%v was taken", args)
		}
	}
	if _, err := parse([]string{"-h"}, noEnvironment, io.Discard); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("-h: %v", err)
	}
}

func TestLevel(t *testing.T) {
	if level(true) != slog.LevelDebug || level(false) != slog.LevelInfo {
		t.Error("verbose does not log more")
	}
}
