package form

import (
	"sort"
	"strings"
)

// placeEntities puts each entity into the section that its questions are in, at most one per section.
func (r *reader) placeEntities(meta *Item) {
	f := r.form
	if len(f.Entities) == 0 {
		return
	}
	places := r.allocate()
	f.shape.entityVersion = "2025.1.0"
	if len(places) == 1 && places[f.Root] != nil {
		f.shape.entityVersion = "2024.1.0"
	}
	for _, e := range f.Entities {
		r.checkUpdates(e)
		e.item = &Item{Name: "entity", Type: "entity", kind: "entity", entity: e}
	}
	for section, e := range places {
		in := meta
		if section != f.Root {
			in = &Item{Name: "meta", Type: "group", kind: "group", hidden: true}
			section.Children = append(section.Children, in)
		}
		in.Children = append(in.Children, e.item)
		e.attrs = e.attributes()
	}
}

// checkUpdates wants the list that is updated to come with the form as a file.
func (r *reader) checkUpdates(e *Entity) {
	if !e.Updates() {
		return
	}
	found := false
	r.form.Root.each(func(it *Item) {
		found = found || it.Type == "csv-external" && it.Name == e.List || it.fromFile && strings.EqualFold(it.List, e.List+".csv")
	})
	if !found {
		r.bad("entities", e.Row, "list_name", "form.entity.file", "list", e.List)
	}
}

// scopeOf is the nearest repeat around a section, or the root.
func scopeOf(section *Item) *Item {
	for p := section; p != nil; p = p.Parent {
		if p.Type == "repeat" || p.Parent == nil {
			return p
		}
	}
	return section
}

func repeatsAbove(section *Item) int {
	n := 0
	for p := section; p != nil; p = p.Parent {
		if p.Type == "repeat" {
			n++
		}
	}
	return n
}

// groupsBelowScope counts the groups between a section and its scope.
func groupsBelowScope(section *Item) int {
	n := 0
	for p := section; p != scopeOf(section); p = p.Parent {
		n++
	}
	return n
}

// deeper says whether section a lies deeper than b: in more repeats, then in more groups.
func deeper(a, b *Item) bool {
	if x, y := repeatsAbove(a), repeatsAbove(b); x != y {
		return x > y
	}
	return groupsBelowScope(a) > groupsBelowScope(b)
}

// request finds the section that an entity wants, and the scope that it must stay in.
func (r *reader) request(e *Entity) (wanted, scope *Item) {
	root := r.form.Root
	if len(e.refs) == 0 {
		return root, root
	}
	var saves []*Item
	for _, ref := range e.refs {
		if s := scopeOf(ref.item); scope == nil || repeatsAbove(s) > repeatsAbove(scope) {
			scope = s
		}
		if ref.property != "" {
			saves = append(saves, ref.item)
		}
	}
	wanted = r.wish(e, saves, scope)
	for _, ref := range e.refs {
		own := scopeOf(ref.item)
		if !scope.inside(own) || ref.property != "" && own != scopeOf(wanted) {
			r.entityScope(e, ref)
		}
	}
	return wanted, scope
}

// wish is the section around all saved questions, or else the deepest one named.
func (r *reader) wish(e *Entity, saves []*Item, scope *Item) *Item {
	var wanted *Item
	if len(saves) > 0 {
		common, deepest := saves[0], saves[0]
		for _, s := range saves[1:] {
			for !s.inside(common) {
				common = common.Parent
			}
			if deeper(s, deepest) {
				deepest = s
			}
		}
		wanted = common
		if deeper(scopeOf(deepest), common) {
			wanted = scopeOf(deepest)
		}
		return wanted
	}
	for _, ref := range e.refs {
		if scopeOf(ref.item) == scope && (wanted == nil || deeper(ref.item, wanted)) {
			wanted = ref.item
		}
	}
	return wanted
}

func (r *reader) entityScope(e *Entity, ref entityRef) {
	if ref.property != "" {
		r.bad("survey", ref.row, "save_to", "form.entity.scope", "list", e.List)
	} else {
		r.bad("entities", e.Row, "", "form.entity.scope", "list", e.List)
	}
}

// allocate gives every entity a free section between the one it wants and its scope.
func (r *reader) allocate() map[*Item]*Entity {
	places := map[*Item]*Entity{}
	reserved := map[*Item]*Entity{}
	all := append([]*Entity(nil), r.form.Entities...)
	sort.SliceStable(all, func(i, j int) bool { return all[i].Row < all[j].Row })
	if len(all) == 1 {
		if _, scope := r.request(all[0]); scope == r.form.Root {
			return map[*Item]*Entity{r.form.Root: all[0]}
		}
	}
	for _, e := range all {
		wanted, scope := r.request(e)
		at := freeSection(e, wanted, scope, reserved)
		if at == nil {
			r.bad("entities", e.Row, "", "form.entity.place", "list", e.List)
			continue
		}
		places[at], reserved[at] = e, e
		for _, ref := range e.refs {
			if ref.property == "" {
				continue
			}
			for p := ref.item; p != nil && p.inside(at); p = p.Parent {
				reserved[p] = e
			}
		}
	}
	return places
}

func freeSection(e *Entity, wanted, scope *Item, reserved map[*Item]*Entity) *Item {
	for p := wanted; p != nil && p.inside(scope); p = p.Parent {
		if reserved[p] == nil {
			return p
		}
		for _, ref := range e.refs {
			if ref.property != "" && reserved[ref.item] != nil {
				return nil
			}
		}
	}
	return nil
}

// attributes lists the attributes of the entity element.
func (e *Entity) attributes() []entityAttr {
	out := []entityAttr{{name: "dataset", value: e.List}}
	if e.Creates() {
		out = append(out, entityAttr{name: "create", value: "1", calculate: e.CreateIf})
	}
	if e.Updates() {
		row := "instance('" + e.List + "')/root/item[name=" + e.ID + "]"
		out = append(out, entityAttr{name: "update", value: "1", calculate: e.UpdateIf},
			entityAttr{name: "baseVersion", calculate: row + "/__version"},
			entityAttr{name: "trunkVersion", calculate: row + "/__trunkVersion"},
			entityAttr{name: "branchId", calculate: row + "/__branchId"})
	}
	return append(out, entityAttr{name: "id", calculate: e.ID, fresh: e.ID == ""})
}
