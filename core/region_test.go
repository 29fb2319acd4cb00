package core_test

import (
	"bytes"
	"strings"
	"testing"

	"muqu/assets"
	"muqu/core"

	"pgregory.net/rapid"
)

func shipped(t *testing.T) *core.Regions {
	t.Helper()
	r, err := core.ReadRegions(bytes.NewReader(assets.Regions()))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestShippedRegionsAreATree(t *testing.T) {
	r := shipped(t)
	want := []string{"province", "prefecture", "county", "township", "village"}
	n := 0
	var walk func(code string, depth int)
	walk = func(code string, depth int) {
		for _, p := range r.Children(code) {
			n++
			if p.Level != want[depth] || len(r.Path(p.Code)) != depth+1 || p.Parent != code || p.Short() == "" {
				t.Errorf("%+v at depth %d", p, depth)
			}
			if prefix, err := core.RegionPrefix(p.Code); err != nil || core.PadRegion(prefix) != p.Code {
				t.Errorf("%s: prefix %q, %v", p.Code, prefix, err)
			}
			walk(p.Code, depth+1)
		}
	}
	walk("", 0)
	if n < 4500 {
		t.Errorf("the tree reaches only %d places", n)
	}
}

func TestRegions(t *testing.T) {
	r := shipped(t)
	var names []string
	for _, p := range r.Path("632323100") {
		names = append(names, p.Name)
	}
	if got, want := strings.Join(names, "/"), "青海省/黄南藏族自治州/泽库县/泽曲镇"; got != want {
		t.Errorf("Path = %s, want %s", got, want)
	}
	if got := r.Path("999999999999"); got != nil {
		t.Errorf("Path of nowhere = %v", got)
	}
	if got := r.Name("999999"); got != "999999" {
		t.Errorf("Name of nowhere = %q", got)
	}
	if p, ok := r.Find("632323"); !ok || p.Name != "泽库县" {
		t.Errorf("Find = %+v", p)
	}
	var none *core.Regions
	if _, ok := none.Find("63"); ok || none.Children("") != nil || none.Path("63") != nil || none.Search("a", nil, 0) != nil || none.Name("63") != "63" {
		t.Error("no table must be like an empty one")
	}
}

func TestRegionSearch(t *testing.T) {
	r := shipped(t)
	for text, want := range map[string]string{"泽曲": "632323100000", "zequ": "632323100000", "zqz": "632323100000"} {
		found := false
		for _, p := range r.Search(text, core.Scope{"632323"}, 0) {
			found = found || p.Code == want
			if !strings.HasPrefix(p.Code, "632323") {
				t.Errorf("%q finds %s outside", text, p.Code)
			}
		}
		if !found {
			t.Errorf("%q does not find %s", text, want)
		}
	}
	if got := r.Search("", core.Scope{"6323"}, 7); len(got) != 7 {
		t.Errorf("limit: %d places", len(got))
	}
	for _, p := range r.Search("", core.Scope{"63"}, 0) {
		if p.Placeholder() {
			t.Errorf("%s stands in the picker", p.Name)
		}
	}
	if got := r.Search("泽曲", core.Scope{}, 0); got != nil {
		t.Errorf("nothing lies in an empty scope: %v", got)
	}
}

func TestPlaceNames(t *testing.T) {
	for name, want := range map[string]string{
		"幸福路社区居民委员会": "幸福路", "宁秀村民委员会": "宁秀", "恰科日牧民委员会": "恰科日", "泽曲镇": "泽曲镇", "村委会": "村委会", "东关大街街道办事处": "东关大街",
	} {
		if got := (core.Place{Name: name}).Short(); got != want {
			t.Errorf("Short(%s) = %s, want %s", name, got, want)
		}
	}
	if !(core.Place{Level: "village", Name: "南川工业园虚拟社区"}).Placeholder() || (core.Place{Level: "county", Name: "虚拟县"}).Placeholder() || (core.Place{Level: "village", Name: "宁秀村"}).Placeholder() {
		t.Error("wrong placeholders")
	}
}

func TestReadRegions(t *testing.T) {
	r, err := core.ReadRegions(strings.NewReader("code,name,level,parent\n630000000000,甲,province,\n,skip,,\n630000000000,乙,province,\n"))
	if p, ok := r.Find("63"); err != nil || !ok || p.Name != "乙" || len(r.Children("")) != 1 {
		t.Errorf("the later of two must hold: %+v, %v", p, err)
	}
	more := r.With([]core.Place{{Code: "640000000000", Name: "丙", Level: "province"}})
	if len(more.Children("")) != 2 || len(r.Children("")) != 1 {
		t.Error("With must add to a copy")
	}
	for _, bad := range []string{"code,name,level,parent\n63,x,province,\n", "code\n\"", "h,h,h,h\n63000000000x,x,province,\n"} {
		if _, err := core.ReadRegions(strings.NewReader(bad)); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}

func TestRegionPrefix(t *testing.T) {
	for in, want := range map[string]string{
		"63": "63", "6323": "6323", "632323": "632323", "632323100": "632323100", "632323100201": "632323100201",
		"630000000000": "63", "632300000000": "6323", "632323000000": "632323", "632323100000": "632323100", " 63 ": "63",
	} {
		if got, err := core.RegionPrefix(in); err != nil || got != want {
			t.Errorf("RegionPrefix(%q) = %q, %v; want %q", in, got, err, want)
		}
	}
	for _, bad := range []string{"", "6", "632", "63232", "6323231", "63232310020", "6323231002011", "63x323", "六三"} {
		if got, err := core.RegionPrefix(bad); err == nil {
			t.Errorf("RegionPrefix(%q) = %q", bad, got)
		}
	}
}

func TestScope(t *testing.T) {
	s := core.Scope{"632323", "632524100"}
	for code, want := range map[string]bool{"632323100201": true, "632323": true, "632524100201": true, "632524000000": false, "6323": false, "": false} {
		if got := s.Contains(code); got != want {
			t.Errorf("Contains(%q) = %v", code, got)
		}
	}
	if (core.Scope{}).Contains("63") || core.Scope(nil).Contains("63") {
		t.Error("an empty scope contains nothing")
	}
	if !s.Covers(core.Scope{"632323100"}) || s.Covers(core.Scope{"6323"}) || s.Covers(core.Scope{"632323", "63"}) {
		t.Error("wrong Covers")
	}
	if s.Home() != "" || (core.Scope{"632323"}).Home() != "632323000000" || core.Scope(nil).Home() != "" {
		t.Error("wrong Home")
	}
}

// A scope that covers another contains all that the other contains.
func TestScopeCoversProperty(t *testing.T) {
	prefix := rapid.StringMatching(`63(23(23(100(201)?)?)?)?|63(25(24(100(201)?)?)?)?`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := core.Scope(rapid.SliceOfN(prefix, 0, 3).Draw(t, "a")), core.Scope(rapid.SliceOfN(prefix, 0, 3).Draw(t, "b"))
		code := core.PadRegion(prefix.Draw(t, "code"))
		if a.Covers(b) && b.Contains(code) && !a.Contains(code) {
			t.Fatalf("%v covers %v but not %s", a, b, code)
		}
	})
}
