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

func TestAVersionKeepsItsQuestions(t *testing.T) {
	file, other := core.FileName(strings.Repeat("ab", 32)+".xlsx"), core.FileName(strings.Repeat("cd", 32)+".xlsx")
	f := core.FormVersion{FormID: "yaks", Version: "1", Title: "Yaks", File: file, Questions: 3}
	e, needed, err := core.NewForm(f, core.Record{}, "632323000000")
	if err != nil || !needed || e.ID != core.FormID("yaks", "1") || e.Set["state"].Str() != "draft" {
		t.Fatalf("%+v %v %v", e, needed, err)
	}
	kept := core.Record{Ref: e.Ref, Region: e.Region, Fields: e.Set}
	if _, needed, err := core.NewForm(f, kept, ""); needed || err != nil {
		t.Errorf("the same form again: %v %v", needed, err)
	}
	f.Media = map[string]core.FileName{"yak.jpg": other}
	if e, needed, err := core.NewForm(f, kept, ""); !needed || err != nil || e.Set["media"].IsNull() {
		t.Errorf("a picture for a draft: %v %v", needed, err)
	}
	published, err := core.PublishForm(kept, core.Scope{"632323"}, []string{"field"}, 1000)
	if err != nil || published.Set["state"].Str() != "published" || published.Set["published"].Str() != "1970-01-01T00:00:01Z" {
		t.Errorf("%+v %v", published, err)
	}
	kept.Fields["state"] = change.Text("published")
	if _, _, err := core.NewForm(f, kept, ""); err == nil {
		t.Error("a published version got other pictures")
	}
	f.File, f.Media = other, nil
	if _, _, err := core.NewForm(f, kept, ""); err == nil {
		t.Error("a version got other questions")
	}
	for _, bad := range []struct{ areas, roles []string }{{nil, nil}, {[]string{"63"}, []string{"king"}}} {
		if _, err := core.PublishForm(kept, bad.areas, bad.roles, 1); err == nil {
			t.Errorf("published to %v", bad)
		}
	}
	if e := core.RetireForm(kept); e.Set["state"].Str() != "retired" {
		t.Errorf("%+v", e)
	}
}

func TestFormsReachOnlyOwnRegions(t *testing.T) {
	county := core.Person{Role: core.County, Scope: core.Scope{"632323"}}
	give := func(kind string, areas ...string) core.Edit {
		v, err := change.Of(areas)
		if err != nil {
			t.Fatal(err)
		}
		return core.Edit{Ref: core.Ref{Kind: kind}, Set: map[string]change.Value{"areas": v}}
	}
	inside, outside, other := give("form", "632323", "632323100"), give("form", "632323", "6325"), give("household", "6325")
	if err := inside.Reach(county); err != nil {
		t.Error(err)
	}
	if err := outside.Reach(county); err == nil {
		t.Error("a county gave a form to another prefecture")
	}
	if err := other.Reach(county); err != nil {
		t.Error(err)
	}
	outside.From.Fields = outside.Set
	if err := outside.Reach(county); err != nil {
		t.Error("what the province gave stands: ", err)
	}
}
