package core_test

import (
	"slices"
	"strings"
	"testing"

	"muqu/core"
	"muqu/core/change"
)

func version(state string, areas, roles []string) core.FormVersion {
	return core.FormVersion{State: state, Areas: areas, Roles: roles}
}

func TestFormIsForThoseItWasGivenTo(t *testing.T) {
	worker := core.Person{Role: core.FieldWorker, Scope: core.Scope{"632323100"}}
	for name, c := range map[string]struct {
		form core.FormVersion
		by   core.Person
		want bool
	}{
		"in the county":                 {version("published", []string{"632323"}, nil), worker, true},
		"in a village of the area":      {version("published", []string{"632323100201"}, nil), worker, true},
		"elsewhere":                     {version("published", []string{"632524"}, nil), worker, false},
		"nowhere":                       {version("published", nil, nil), worker, false},
		"not published":                 {version("draft", []string{"63"}, nil), worker, false},
		"retired":                       {version("retired", []string{"63"}, nil), worker, false},
		"for the role":                  {version("published", []string{"63"}, []string{"field"}), worker, true},
		"for another role":              {version("published", []string{"63"}, []string{"trainer"}), worker, false},
		"a hub carries it for trainers": {version("published", []string{"63"}, []string{"trainer"}), core.Person{Role: core.HubRole, Scope: core.Scope{"632323"}}, true},
	} {
		if got := c.form.For(c.by); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestFormOfReadsMediaByName(t *testing.T) {
	sheet := core.FileName(strings.Repeat("ab", 32) + ".xlsx")
	picture := core.FileName(strings.Repeat("cd", 32) + ".jpg")
	media, err := change.Of([]any{
		map[string]any{"name": "yak.jpg", "file": string(picture)},
		map[string]any{"name": "lost.jpg", "file": "lost.jpg"},
	})
	if err != nil {
		t.Fatal(err)
	}
	r := core.Record{Ref: core.Ref{Kind: "form"}, Fields: map[string]change.Value{"file": change.Text(string(sheet)), "media": media}}
	f := core.FormOf(&r)
	if f.File != sheet || len(f.Media) != 1 || f.Media["yak.jpg"] != picture {
		t.Errorf("%+v", f)
	}
	if files := core.FilesOf(&r); !slices.Equal(files, []core.FileName{sheet, picture}) {
		t.Errorf("what must travel with it is %v", files)
	}
}
