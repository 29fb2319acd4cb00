package core

import (
	"encoding/csv"
	"fmt"
	"io"
	"sort"
	"strings"
	"sync"

	"muqu/core/change"
)

// region is one place of the administrative tree. The shipped table is the
// statistics bureau's edition of 2023; an office imports a newer one.
var region = Kind{
	Name:   "region",
	Title:  []string{"name"},
	Shared: true,
	Fields: []Field{
		{Name: "code", Type: Region, Rule: change.Review, Column: true, Index: true},
		{Name: "name", Rule: change.Review, Search: ByName, Column: true},
		{Name: "level", Rule: change.Review, Column: true},
		{Name: "parent", Type: Region, Rule: change.Review},
		{Name: "valid_from", Type: Date},
		{Name: "valid_to", Type: Date},
		{Name: "remark"},
	},
}

// Place is one row of the region table.
type Place struct {
	Code   string // 12 digits
	Name   string
	Level  string // province, prefecture, county, township, village
	Parent string // code, "" at the top
}

// Placeholder reports whether the row exists for statistics only and is left
// out of pickers.
func (p Place) Placeholder() bool {
	return p.Level == "village" && (strings.Contains(p.Name, "虚拟") || strings.HasSuffix(p.Name, "生活区"))
}

// suffixes of village and township names that people leave out when they speak
// or search, longest first.
var suffixes = []string{
	"村民委员会", "牧民委员会", "社区居民委员会", "居民委员会", "社区居委会", "村委会", "牧委会", "居委会", "社区", "街道办事处",
}

// Short gives the name as people say it: without the office suffix.
func (p Place) Short() string {
	for _, s := range suffixes {
		if rest, ok := strings.CutSuffix(p.Name, s); ok && rest != "" {
			return rest
		}
	}
	return p.Name
}

// Regions is a region table, immutable once read.
type Regions struct {
	byCode   map[string]Place
	children map[string][]string
	found    sync.Map // terms by code, as they are asked for
}

// ReadRegions reads a table with the columns code, name, level and parent.
// Rows with an empty code are skipped; the first wrong row is named.
func ReadRegions(r io.Reader) (*Regions, error) {
	c := csv.NewReader(r)
	c.FieldsPerRecord = -1
	rows, err := c.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("region table: %w", err)
	}
	var places []Place
	for i, row := range rows {
		if i == 0 || len(row) < 4 || row[0] == "" {
			continue
		}
		if !isDigits(row[0]) || len(row[0]) != 12 {
			return nil, fmt.Errorf("region table row %d: %q is not a 12-digit code", i+1, row[0])
		}
		places = append(places, Place{row[0], row[1], row[2], row[3]})
	}
	return NewRegions(places), nil
}

// NewRegions makes a table of places; of two with one code the later holds.
func NewRegions(places []Place) *Regions {
	t := &Regions{byCode: make(map[string]Place, len(places)), children: make(map[string][]string)}
	for _, p := range places {
		if _, dup := t.byCode[p.Code]; !dup {
			t.children[p.Parent] = append(t.children[p.Parent], p.Code)
		}
		t.byCode[p.Code] = p
	}
	for _, c := range t.children {
		sort.Strings(c)
	}
	return t
}

// With gives a table in which the places replace or add to those of t.
func (t *Regions) With(places []Place) *Regions {
	all := make([]Place, 0, len(t.byCode)+len(places))
	for _, p := range t.byCode {
		all = append(all, p)
	}
	return NewRegions(append(all, places...))
}

// Find gives the place with this code or code prefix.
func (t *Regions) Find(code string) (Place, bool) {
	if t == nil {
		return Place{}, false
	}
	p, ok := t.byCode[PadRegion(code)]
	return p, ok
}

// Children lists the places directly below, by code. "" gives the top.
func (t *Regions) Children(code string) []Place {
	if t == nil {
		return nil
	}
	if code != "" {
		code = PadRegion(code)
	}
	out := make([]Place, 0, len(t.children[code]))
	for _, c := range t.children[code] {
		out = append(out, t.byCode[c])
	}
	return out
}

// Path gives the places from the top down to the code.
func (t *Regions) Path(code string) []Place {
	var out []Place
	for range 6 {
		p, ok := t.Find(code)
		if !ok {
			break
		}
		out = append([]Place{p}, out...)
		if code = p.Parent; code == "" {
			break
		}
	}
	return out
}

// Name gives the short name of a code, or the code itself where it is unknown.
func (t *Regions) Name(code string) string {
	if p, ok := t.Find(code); ok {
		return p.Short()
	}
	return code
}

// Search finds places of a scope whose short name or pinyin contains text.
func (t *Regions) Search(text string, scope Scope, limit int) []Place {
	if t == nil {
		return nil
	}
	text = strings.ToLower(strings.TrimSpace(text))
	var out []Place
	for _, p := range t.byCode {
		if !p.Placeholder() && scope.Contains(p.Code) && matchesName(p.Short(), text) {
			out = append(out, p)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Code < out[j].Code })
	if limit > 0 && len(out) > limit {
		out = out[:limit]
	}
	return out
}

// RegionPrefix checks a code as people give it, 12 digits or a prefix of 2, 4,
// 6 or 9, and gives the prefix without the zeros that stand for "all of it".
func RegionPrefix(code string) (string, error) {
	code = strings.TrimSpace(code)
	if !isDigits(code) {
		return "", Refuse(Invalid, "region", "refuse.region", "code", code)
	}
	switch len(code) {
	case 2, 4, 6, 9:
		return code, nil
	case 12:
		return trimRegion(code), nil
	}
	return "", Refuse(Invalid, "region", "refuse.region", "code", code)
}

func trimRegion(code string) string {
	for _, n := range []int{2, 4, 6, 9} {
		if strings.Trim(code[n:], "0") == "" {
			return code[:n]
		}
	}
	return code
}

// PadRegion gives the 12-digit code of a prefix.
func PadRegion(code string) string {
	if len(code) >= 12 {
		return code
	}
	return code + strings.Repeat("0", 12-len(code))
}

func isDigits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}
