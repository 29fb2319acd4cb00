package core

import (
	"slices"
	"strings"
	"testing"

	"muqu/core/change"
)

// somebody makes a record of pairs of field and text. All people are invented.
func somebody(kind, region string, pairs ...string) Record {
	r := Record{Ref: Ref{Kind: kind, ID: nth(len(pairs) + 1)}, Region: region, Fields: make(map[string]change.Value)}
	for i := 0; i+1 < len(pairs); i += 2 {
		r.Fields[pairs[i]] = change.Text(pairs[i+1])
	}
	return r
}

func TestCompareHouseholds(t *testing.T) {
	const here, there = "632323100201", "632323100202"
	const number, other = "632323198001010013", "11010519491231002X"
	tests := []struct {
		what    string
		a, b    Record
		degree  string
		reasons string
	}{
		{"same number, other name, other village", somebody("household", here, "head_id", number, "head_name", "才让"), somebody("household", there, "head_id", number, "head_name", "拉毛"), "sure", "number"},
		{"same name and phone", somebody("household", here, "head_name", "才让多杰", "phone", "13800000001"), somebody("household", here, "head_name", "才让多杰", "phone", "13800000001"), "sure", "phone name village"},
		{"same phone alone", somebody("household", here, "head_name", "才让多杰", "phone", "13800000001"), somebody("household", here, "head_name", "拉毛措", "phone", "13800000001"), "possible", "phone"},
		{"same long name in the village", somebody("household", here, "head_name", "才让多杰"), somebody("household", here, "head_name", "才让多杰"), "possible", "name village"},
		{"same long name elsewhere", somebody("household", here, "head_name", "才让多杰"), somebody("household", there, "head_name", "才让多杰"), "possible", "name"},
		{"same sound", somebody("household", here, "head_name", "格桑卓玛"), somebody("household", here, "head_name", "格桑桌玛"), "possible", "sound village"},
		{"pinyin typed", somebody("household", here, "head_name", "格桑卓玛"), somebody("household", here, "head_name", "Gesang Zhuoma"), "possible", "sound village"},
		{"variants of both halves", somebody("household", here, "head_name", "才让多杰"), somebody("household", here, "head_name", "才仁多吉"), "possible", "variant village"},
		{"a short name and one phone", somebody("household", here, "head_name", "卓玛", "phone", "13800000001"), somebody("household", here, "head_name", "卓麻", "phone", "13800000001"), "likely", "phone sound village"},
		{"Tibetan without dots", somebody("household", here, "head_name_bo", "བཀྲ་ཤིས་ཚེ་རིང་།"), somebody("household", here, "head_name_bo", "བཀྲཤིསཚེརིང"), "possible", "spelling village"},
		{"one short name is not enough", somebody("household", here, "head_name", "卓玛"), somebody("household", here, "head_name", "卓玛"), "", "name village"},
		{"short variants are not enough", somebody("household", here, "head_name", "才让"), somebody("household", here, "head_name", "才仁"), "", "variant village"},
		{"another name that looks alike", somebody("household", here, "head_name", "才旦多杰"), somebody("household", here, "head_name", "才让多杰"), "", ""},
		{"one name, two numbers", somebody("household", here, "head_name", "才让多杰", "head_id", number), somebody("household", here, "head_name", "才让多杰", "head_id", other), "", "name village"},
		{"variants, other groups", somebody("household", here, "head_name", "才让多杰", "group_name", "一社"), somebody("household", here, "head_name", "才仁多杰", "group_name", "二社"), "", "variant village"},
		{"nothing known", somebody("household", here), somebody("household", here), "", ""},
		{"two kinds", somebody("household", here, "phone", "13800000001"), somebody("person", here, "phone", "13800000001"), "", ""},
		{"two visits", somebody("visit", here, "head_name", "才让多杰"), somebody("visit", here, "head_name", "才让多杰"), "", ""},
		{"person: same name and birth", somebody("person", here, "name", "更登扎西", "birth", "1990-03-01"), somebody("person", there, "name", "根登扎喜", "birth", "1990-03-01"), "likely", "variant birth"},
		{"person: same name, other birth", somebody("person", here, "name", "更登扎西", "birth", "1990-03-01"), somebody("person", here, "name", "更登扎西", "birth", "1971-03-01"), "", "name village"},
		{"person: one phone in a family", somebody("person", here, "name", "更登扎西", "phone", "13800000001"), somebody("person", here, "name", "拉毛措", "phone", "13800000001"), "", "phone"},
		{"person: same household and name", somebody("person", here, "name", "卓玛", "household", number), somebody("person", here, "name", "卓玛", "household", number), "possible", "name village home"},
		{"person: a man and a woman", somebody("person", here, "name", "更登扎西", "sex", "1"), somebody("person", here, "name", "更登扎西", "sex", "2"), "", "name village"},
	}
	for _, c := range tests {
		for _, got := range []Alike{Compare(&c.a, &c.b), Compare(&c.b, &c.a)} {
			if got.Degree() != c.degree || strings.Join(got.Reasons, " ") != c.reasons {
				t.Errorf("%s: %s (%d) %v, want %s %s", c.what, got.Degree(), got.Score, got.Reasons, c.degree, c.reasons)
			}
		}
	}
}

// What is compared has to be found: names that are weighed as alike meet under
// one key.
func TestNamesThatAreAlikeMeet(t *testing.T) {
	for _, line := range strings.Split(spellings, "\n") {
		words := strings.Fields(line)
		for _, w := range words[1:] {
			if nameKey("扎西"+w) != nameKey("扎喜"+words[0]) {
				t.Errorf("%s and %s don't meet", w, words[0])
			}
		}
	}
	for _, apart := range [][2]string{{"才让", "才旦"}, {"卓玛", "拉毛"}, {"多杰", "扎西"}, {"尼玛", "达娃"}, {"", "才让"}} {
		if nameKey(apart[0]) == nameKey(apart[1]) {
			t.Errorf("%s and %s meet", apart[0], apart[1])
		}
	}
	seen := make(map[string]bool)
	for _, w := range strings.Fields(spellings) {
		if seen[w] {
			t.Errorf("%s stands in two lines", w)
		}
		seen[w] = true
	}
}

func TestKeysNeedAName(t *testing.T) {
	r := somebody("person", "632323100201", "birth", "1990-03-01")
	if keys := AlikeKeys(&r); len(keys) != 0 {
		t.Errorf("nobody is indexed as %v", keys)
	}
	r = somebody("person", "632323100201", "name", "卓玛", "name_bo", "སྒྲོལ་མ།", "birth", "1990-03-01")
	if keys := AlikeKeys(&r); len(keys) != 3 || !strings.HasPrefix(keys[keyName], "632323100201/") {
		t.Errorf("keys %v", keys)
	}
	r.Deleted = true
	if keys := AlikeKeys(&r); len(keys) != 0 {
		t.Errorf("a deleted record is indexed as %v", keys)
	}
}

func TestToldApart(t *testing.T) {
	a, b := somebody("household", "632323100201"), somebody("household", "632323100201", "head_name", "才让")
	if ToldApart(&a, &b) {
		t.Error("nobody told them apart")
	}
	e := Differ(a, b.ID)
	a.Fields[NotSameAs] = e.Set[NotSameAs]
	if !ToldApart(&a, &b) || !ToldApart(&b, &a) {
		t.Error("what somebody found is forgotten")
	}
	if again := Differ(a, b.ID); !slices.Equal(again.Set[NotSameAs].Strs(), e.Set[NotSameAs].Strs()) {
		t.Errorf("told twice: %v", again.Set[NotSameAs].Strs())
	}
}
