package assets

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// A use is a key, or the beginning of one, that the source asks a catalog for.
type use struct {
	key    string
	prefix bool // the rest is known only when the program runs
	where  string
}

// TestKeysInUseExist reads all Go files and templates of the module and looks
// up every key that is handed to one of the functions that take keys.
func TestKeysInUseExist(t *testing.T) {
	c := NewCatalog(Chinese, sheets()...)
	uses := append(usesInGo(t, ".."), usesInTemplates(t, "..")...)
	if len(uses) == 0 {
		t.Skip("nothing translates yet")
	}
	for _, u := range uses {
		if !known(c, u) {
			t.Errorf("%s: no translation for %q", u.where, u.key)
		}
	}
}

func known(c *Catalog, u use) bool {
	if !u.prefix {
		return c.Has(u.key)
	}
	for key := range c.text {
		if strings.HasPrefix(key, u.key) {
			return true
		}
	}
	return false
}

// takers returns the functions that are given a key, and as which argument.
func takers() map[string]int { return map[string]int{"T": 0, "Refuse": 2, "refuseUnless": 1} }

// usesInGo returns the keys in the Go files below root, tests left out.
func usesInGo(t *testing.T, root string) []use {
	var uses []use
	files := token.NewFileSet()
	each(t, root, ".go", func(path string, source []byte) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		file, err := parser.ParseFile(files, path, source, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			for name, argument := range takers() {
				if calls(call, name) && len(call.Args) > argument {
					if u, ok := keyOf(call.Args[argument]); ok {
						u.where = files.Position(call.Pos()).String()
						uses = append(uses, u)
					}
				}
			}
			return true
		})
	})
	return uses
}

// calls tells whether call is of a function or method of that name.
func calls(call *ast.CallExpr, name string) bool {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name == name
	case *ast.SelectorExpr:
		return f.Sel.Name == name
	}
	return false
}

// keyOf returns the key that an expression spells, or what it begins with.
func keyOf(e ast.Expr) (use, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		key, err := strconv.Unquote(e.Value)
		return use{key: key}, err == nil
	case *ast.BinaryExpr:
		u, ok := keyOf(e.X)
		u.prefix = true
		return u, ok
	}
	return use{}, false
}

// usesInTemplates returns the keys in templates: {{.T "key"}} or {{T "key"}}.
func usesInTemplates(t *testing.T, root string) []use {
	var uses []use
	pattern := regexp.MustCompile(`\bT\s+"([^"]+)"`)
	for _, ext := range []string{".html", ".tmpl"} {
		each(t, root, ext, func(path string, source []byte) {
			for _, m := range pattern.FindAllSubmatch(source, -1) {
				uses = append(uses, use{key: string(m[1]), where: path})
			}
		})
	}
	return uses
}

// each calls f with every file below root whose name ends in ext.
func each(t *testing.T, root, ext string, f func(path string, source []byte)) {
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || len(d.Name()) > 2 && d.Name()[0] == '.'):
			return filepath.SkipDir
		case d.IsDir() || filepath.Ext(path) != ext:
			return nil
		}
		source, err := os.ReadFile(path)
		if err == nil {
			f(path, source)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
