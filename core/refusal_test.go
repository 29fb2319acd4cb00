package core

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Every key under which something is refused has its English sentence here, so
// that commands and logs are readable without a catalogue.
func TestRefusalsHaveSentences(t *testing.T) {
	used := make(map[string]string)
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && path != ".." || d.Name() == "testdata" || d.Name() == "tablet" || d.Name() == "form") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || d.Name() == "refusal.go" {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
				if s, err := strconv.Unquote(l.Value); err == nil && strings.HasPrefix(s, "refuse.") {
					used[s] = path
				}
			}
			return true
		})
		return nil
	})
	if err != nil || len(used) < 30 {
		t.Fatalf("found %d keys, %v", len(used), err)
	}
	for key, path := range used {
		if refusals[key] == "" {
			t.Errorf("%s: %s has no sentence", path, key)
		}
	}
}

func TestRefusalText(t *testing.T) {
	err := Refuse(Invalid, "yak", "refuse.range", "min", 0, "max", 3000)
	if got, want := err.Error(), "yak: must be between 0 and 3000"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := Refuse(Invalid, "", "refuse.of.a.newer.server").Error(); got != "refuse.of.a.newer.server" {
		t.Errorf("unknown key: %q", got)
	}
	for key, s := range refusals {
		if strings.Count(s, "{") != strings.Count(s, "}") || s == "" || strings.HasSuffix(s, ".") {
			t.Errorf("%s: %q", key, s)
		}
	}
}

// Tablets and browsers get the same status for the same reason.
func TestReasonsHaveAStatus(t *testing.T) {
	for reason, want := range map[Reason]int{Invalid: 400, Missing: 400, NotFound: 404, Forbidden: 403, Taken: 409, Expired: 410, TooLarge: 413, NoRoom: 507, 99: 400} {
		if got := reason.Status(); got != want {
			t.Errorf("reason %d: status %d, want %d", reason, got, want)
		}
	}
}
