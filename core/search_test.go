package core

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"muqu/core/change"

	"pgregory.net/rapid"
)

// finds reports whether every word typed begins a term, as the index does it.
func finds(terms []string, typed string) bool {
	words := Words(typed)
	return len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool {
		return !slices.ContainsFunc(terms, func(t string) bool { return strings.HasPrefix(t, w) })
	})
}

func TestSearch(t *testing.T) {
	regions := NewRegions([]Place{{village, "宁秀村民委员会", "village", "632323100000"}, {"632323100000", "泽曲镇", "township", "632323000000"}, {"632323000000", "泽库县", "county", ""}})
	r := shown("household", map[string]change.Value{
		"head_name": change.Text("扎西才让"), "head_name_bo": change.Text("བཀྲ་ཤིས་ཚེ་རིང་"), "head_id": change.Text("632323198001010013"),
		"phone": change.Text("13800000097"), "group_name": change.Text("Ａ组 Upper"), "hh_no": change.Text("12号院"), "remark": change.Text("不查这里"),
	})
	terms := Terms(&r, regions)
	for typed, want := range map[string]bool{
		"扎西": true, "才让": true, "西才": true, "扎让": false, "zhaxi": true, "zha": true, "cairang": true, "zxcr": true, "ZXCR": true, "xcr": true, "zr": false,
		"བཀྲ": true, "ཤིས": true, "བཀྲ་ཤིས་": true, "ཚེ་རིང": true, "བཀྲ་ལྷ": false,
		"632323": true, "6323231980": true, "0013": true, "13800000097": true, "1380": true, "0097": true, "１３８": true, "００９７": true, "800": false,
		"宁秀": true, "ningxiu": true, "泽曲": true, "泽库": false, "扎西 宁秀": true, "扎西 0097": true, "扎西 9999": false,
		"a组": true, "upper": true, "12号": true, "不查": false, "": false, "·": false,
	} {
		if got := finds(terms, typed); got != want {
			t.Errorf("%q found: %v, want %v; terms %q", typed, got, want, terms)
		}
	}
	for i, term := range terms {
		if !utf8.ValidString(term) || i > 0 && terms[i-1] >= term {
			t.Errorf("term %q is broken or out of order", term)
		}
	}
	none := shown("household", map[string]change.Value{"remark": change.Text("x")})
	if got := Terms(&none, regions); len(got) != 0 {
		t.Errorf("a record without names has terms %q", got)
	}
}

// Whatever a name is, it is found by itself and by each of its words.
func TestSearchFindsWholeNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[一-龥]{1,6}|[a-zA-Z]{1,10}( [a-z]{1,5})?|[ཀ-ཇཉ-ཧ]{1,4}(་[ཀ-ཇཉ-ཧ]{1,4}){0,3}`).Draw(t, "name")
		r := Record{Ref: Ref{Kind: "household"}, Fields: map[string]change.Value{"head_name": change.Text(name), "hh_no": change.Text(name)}}
		terms := Terms(&r, nil)
		if !finds(terms, name) {
			t.Fatalf("%q is not found: %q", name, terms)
		}
		for _, term := range terms {
			if !utf8.ValidString(term) || utf8.RuneCountInString(term) > maxTerm {
				t.Fatalf("term %q", term)
			}
		}
	})
}

func TestWordsAreBounded(t *testing.T) {
	if got := Words(strings.Repeat("a ", 50)); len(got) != 8 {
		t.Errorf("%d words", len(got))
	}
	if got := Words(`x" OR * ) NEAR`); !slices.Equal(got, []string{"x", "or", "near"}) {
		t.Errorf("got %q", got)
	}
}

func TestSortKey(t *testing.T) {
	names := []string{"扎西", "才让", "Zack", "桑杰"}
	slices.SortFunc(names, func(a, b string) int { return strings.Compare(SortKey(a), SortKey(b)) })
	if want := []string{"才让", "桑杰", "Zack", "扎西"}; SortKey("") != "" || names[0] != want[0] || slices.Index(names, "桑杰") > slices.Index(names, "扎西") {
		t.Errorf("got %v", names)
	}
}
