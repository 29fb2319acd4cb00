package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// layer says what a package may import of ours, and what it alone may import
// of others. The table is read from top to bottom, like one fact's way through
// the program.
type layer struct {
	path string   // of the package, or of the folder where it ends in /
	ours []string // paths, or prefixes ending in /
}

func layers() []layer {
	coreAll := []string{"core", "core/"}
	return []layer{
		{"assets", nil},
		{"core/change", nil},
		{"core/table", nil},
		{"core/form", []string{"core/table"}},
		{"core/store/", []string{"core", "core/change", "core/store", "core/store/"}},
		{"core/store", []string{"core", "core/change"}},
		{"core", []string{"core/change", "core/form"}},
		{"sync/wire", []string{"core/change"}},
		{"sync/merge", []string{"core", "core/change"}},
		{"sync/simtest", []string{"core", "core/", "sync/"}},
		// A sync is one thing: the records, then their files, and a lost
		// tablet is emptied after both.
		{"sync/client", append(coreAll, "sync/wire", "sync/merge", "sync/attach")},
		{"sync/", append(coreAll, "sync/wire", "sync/merge")},
		{"app/tablet", append(coreAll, "sync/client", "sync/attach", "sync/bundle", "assets", "app/survey", "app/tablet/")},
		{"app/tablet/", append(coreAll, "sync/client", "sync/attach", "sync/bundle", "assets", "app/survey", "app/tablet/")},
		{"app/survey", append(coreAll, "assets")},
		{"app/console", append(coreAll, "sync/audit", "app/survey", "assets")},
		{"app/", []string{"core", "core/", "sync/", "app/", "assets"}},
		{"", []string{"core", "core/", "sync/", "app/", "assets"}},
	}
}

// onlyIn says which libraries are known to one corner of the program.
func onlyIn() map[string][]string {
	return map[string][]string{
		"database/sql":                {"core/store/"},
		"modernc.org/sqlite":          {"core/store/"},
		"github.com/xuri/excelize/v2": {"core/table"},
		"github.com/yuin/goldmark":    {"core/form"},
		"fyne.io/fyne/v2":             {"app/tablet", "app/tablet/"},
		"net/http":                    {"sync/", "app/"},
		"html/template":               {"app/console"},
	}
}

func matches(path string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		return path == p || strings.HasSuffix(p, "/") && strings.HasPrefix(path, p)
	})
}

func layerOf(path string) layer {
	for _, l := range layers() {
		if l.path == path || strings.HasSuffix(l.path, "/") && strings.HasPrefix(path, l.path) {
			return l
		}
	}
	return layer{}
}

// eachImport calls f for every import of the module's Go files, tests left out.
func eachImport(t *testing.T, f func(file, pkg, imported string)) {
	t.Helper()
	n := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (path != "." && strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "bin") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(filepath.Dir(path))
		if pkg == "." {
			pkg = ""
		}
		for _, i := range file.Imports {
			name, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			f(path, pkg, name)
			n++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n < 100 {
		t.Fatalf("read only %d imports: the walk missed the source", n)
	}
}

func TestLayers(t *testing.T) {
	eachImport(t, func(file, pkg, imported string) {
		if ours, ok := strings.CutPrefix(imported, "muqu/"); ok && !matches(ours, layerOf(pkg).ours) {
			t.Errorf("%s: package %q may not import %q", file, pkg, imported)
		}
		for library, places := range onlyIn() {
			if (imported == library || strings.HasPrefix(imported, library+"/")) && !matches(pkg, places) {
				t.Errorf("%s: %s is for %v only", file, imported, places)
			}
		}
	})
}

func TestSyncHasNoFilesOfItsOwn(t *testing.T) {
	files, err := filepath.Glob("sync/*.go")
	if err != nil || len(files) > 0 {
		t.Errorf("a package called sync would collide with the standard one: %v %v", files, err)
	}
}
