package form

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// source is a secondary instance that comes from outside the form.
type source struct {
	id, uri  string
	item     *Item
	external bool
}

var pulldataCall = regexp.MustCompile(`pulldata\s*\(\s*(.*?),`)

// sources lists the secondary instances from outside that the items need, in their order.
func (f *Form) sources() []source {
	var out []source
	var last *Item // the first that asks for what was saved last
	for _, it := range f.items {
		for _, s := range it.expressions() {
			for _, m := range pulldataCall.FindAllStringSubmatch(s, -1) {
				id := strings.TrimSpace(strings.NewReplacer("'", "", `"`, "").Replace(m[1]))
				out = append(out, source{id: id, uri: "jr://file-csv/" + id + ".csv", item: it})
			}
			if last == nil && strings.Contains(s, "${last-saved#") {
				last = it
			}
		}
		if it.IsSelect() && !it.query && isDataFile(it.List) && it.run.choices == nil {
			out = append(out, source{id: fileBase(it.List), uri: fileURI(it.List), item: it})
		}
		if it.Type == "csv-external" {
			out = append(out, source{id: it.Name, uri: "jr://file-csv/" + it.Name + ".csv", item: it, external: true})
		}
		if it.Type == "xml-external" {
			out = append(out, source{id: it.Name, uri: "jr://file/" + it.Name + ".xml", item: it, external: true})
		}
	}
	if last != nil {
		out = append(out, source{id: "__last-saved", uri: "jr://instance/last-saved", item: last})
	}
	return out
}

// wantedLater lists the questions whose last saved answers the form asks for.
func (f *Form) wantedLater() (out []*Item) {
	for _, it := range f.items {
		for _, s := range it.expressions() {
			for _, m := range references.FindAllStringSubmatch(s, -1) {
				if to := f.byName[m[2]]; m[1] != "" && len(to) == 1 && !slices.Contains(out, to[0]) {
					out = append(out, to[0])
				}
			}
		}
	}
	return out
}

func fileURI(name string) string {
	if ext := path.Ext(name); ext == ".csv" {
		return "jr://file-csv/" + name
	}
	return "jr://file/" + name
}

// expressions lists the cells of an item in which instances can be named.
func (it *Item) expressions() []string {
	var out []string
	for _, name := range []string{"calculate", "constraint", "readonly", "required", "relevant"} {
		if s := it.bind.get(name); s != "" {
			out = append(out, s)
		}
	}
	if it.Filter != "" {
		out = append(out, it.Filter)
	}
	if it.Default != "" {
		out = append(out, it.Default)
	}
	return out
}

// checkInstances reports two different files under one name.
func (r *reader) checkInstances() {
	seen := map[string]source{}
	for _, s := range r.form.sources() {
		first, twice := seen[s.id]
		if twice && (first.uri != s.uri || first.external && s.external) {
			r.bad("survey", s.item.Row, "type", "form.instance.twice", "name", s.id)
		}
		if !twice {
			seen[s.id] = s
		}
	}
	for _, s := range r.form.sources() {
		if l := r.form.Lists[s.id]; l != nil {
			r.bad("survey", s.item.Row, "type", "form.instance.twice", "name", s.id)
		}
	}
	r.checkSearch()
}

var searchCall = regexp.MustCompile(`search\(.*?\)`)

// isSearch says whether choices come from a file by the old search() appearance.
func (it *Item) isSearch() bool {
	return it.IsSelect() && searchCall.MatchString(it.control.get("appearance"))
}

// checkSearch reports lists that are used with and without search().
func (r *reader) checkSearch() {
	with, without := map[string]bool{}, map[string]bool{}
	for _, it := range r.form.items {
		switch {
		case it.isSearch() && it.fromFile:
			r.bad("survey", it.Row, "appearance", "form.search.file", "name", it.Name)
		case it.isSearch():
			with[it.List] = true
		case it.IsSelect():
			without[it.List] = true
		}
	}
	for _, it := range r.form.items {
		if it.isSearch() && with[it.List] && without[it.List] {
			r.bad("survey", it.Row, "appearance", "form.search.list", "list", it.List)
		}
	}
}
