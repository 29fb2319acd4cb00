package form

import (
	"sort"
	"strings"
)

// Submission writes the relevant answers as ODK submission XML.
func (v *Interview) Submission() []byte {
	root := v.submit(v.root)
	root.attrs.set("id", v.form.ID)
	if v.form.Version != "" {
		root.attrs.set("version", v.form.Version)
	}
	for _, a := range (&xform{form: v.form}).namespaces() {
		if a.name == "xmlns:jr" || a.name == "xmlns:orx" || a.name == "xmlns:entities" {
			root.attrs.set(a.name, a.value)
		}
	}
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
	root.write(&b, "", "", "")
	return []byte(b.String())
}

func (v *Interview) submit(n *node) *element {
	e := elem(n.name)
	if n.item.entity != nil {
		s := v.entity(n)
		s.write(e)
		return e
	}
	if !n.item.IsSection() {
		if n.value != "" {
			e.say(n.value)
		}
		return e
	}
	for _, k := range n.kids {
		if !k.hidden && !k.item.external() {
			e.with(v.submit(k))
		}
	}
	return e
}

// write fills an entity element, as https://getodk.github.io/xforms-spec/entities describes it. It is never without a
// child: ODK Central takes an empty one for none (getodk/central#551).
func (s *SavedEntity) write(e *element) {
	e.attrs = attributes{{"dataset", s.List}, {"id", s.ID}}
	if s.Create {
		e.attrs.set("create", "1")
	}
	if s.Update {
		e.attrs.set("update", "1")
		e.attrs.set("baseVersion", s.BaseVersion)
	}
	e.with(elem("label").say(s.Label))
}

// SavedEntity is a record that an interview creates or updates.
type SavedEntity struct {
	At          string // section below the root that it is made of, as in "/family/person[2]"; "": the root
	List        string
	ID          string
	Label       string
	Create      bool
	Update      bool
	BaseVersion string
	Properties  map[string]string // by the names in save_to; a relevant answer that is blank is blank here
}

// Entities lists the records that the answers create or update. Those whose conditions don't hold are left out. Rows
// are counted as [Interview.Fields] lists them.
func (v *Interview) Entities() []SavedEntity {
	l := entityLister{run: v}
	l.section(v.root, "")
	return l.out
}

// ReadEntities lists the records that the answers of a submission create or update, as [Interview.Entities] does.
// Rows are counted as [ReadSubmission] lists them.
func ReadEntities(f *Form, data []byte, cfg Config) ([]SavedEntity, error) {
	v, _, err := LoadSubmission(f, data, cfg)
	if err != nil {
		return nil, err
	}
	l := entityLister{run: v, whole: true}
	l.section(v.root, "")
	return l.out, nil
}

// entityLister collects the entities of an interview with the sections that they are made of.
type entityLister struct {
	run   *Interview
	whole bool // rows that are not relevant are counted too
	out   []SavedEntity
}

func (l *entityLister) section(n *node, at string) {
	rows := map[string]int{}
	for _, k := range n.kids {
		if k.item.IsRepeat() && (l.whole || !k.hidden) {
			rows[k.name]++
		}
		switch {
		case k.hidden:
		case k.item.entity != nil:
			s := l.run.entity(k)
			s.At = strings.TrimSuffix(at, "/meta")
			if s.Create || s.Update {
				l.out = append(l.out, s)
			}
		case k.item.IsRepeat():
			l.section(k, at+"/"+k.name+"["+itoa(rows[k.name])+"]")
		case k.item.IsSection():
			l.section(k, at+"/"+k.name)
		}
	}
}

// entity computes one record from the entity node of a section.
func (v *Interview) entity(n *node) SavedEntity {
	e := n.item.entity
	at := &node{name: "@", parent: n, item: n.item, bind: &bindState{}}
	compute := func(text string) string {
		src := (&resolver{form: v.form, from: &Item{Name: "@", Parent: n.item}}).resolve(text, false)
		x, err := Compile(src)
		if err != nil {
			return ""
		}
		val, err := x.eval(v.world, at)
		if err != nil {
			return ""
		}
		return val.str()
	}
	s := SavedEntity{List: e.List, ID: n.value, Properties: map[string]string{}}
	if e.ID != "" {
		s.ID = compute(e.ID)
	}
	s.Create = e.Creates() && (e.CreateIf == "" || truthy(compute(e.CreateIf)))
	s.Update = e.Updates() && (e.UpdateIf == "" || truthy(compute(e.UpdateIf)))
	if e.Label != "" {
		s.Label = compute(e.Label)
	}
	for _, a := range e.attrs {
		if a.name == "baseVersion" {
			s.BaseVersion = compute(a.calculate)
		}
	}
	v.properties(e, n.parent.parent, s.Properties)
	return s
}

// truthy reads the text of a computed condition.
func truthy(s string) bool { return s == "true" || s == "1" }

// properties gathers the answers saved to an entity, from the section around it inward but not into repeats.
func (v *Interview) properties(e *Entity, n *node, into map[string]string) {
	for _, k := range n.kids {
		switch {
		case k.hidden || k.item.IsRepeat():
		case k.item.IsSection():
			v.properties(e, k, into)
		case k.item.saveTo != "" && k.item.savedBy == e:
			into[k.item.saveTo] = k.value
		}
	}
}

// LoadSubmission continues from submission XML made here or by another tool: its answers, in a form of the same id.
// Elements that the form doesn't have are listed in unknown.
func LoadSubmission(f *Form, data []byte, cfg Config) (v *Interview, unknown []string, err error) {
	doc, err := parseXML(data)
	if err != nil {
		return nil, nil, err
	}
	var root *node
	for _, k := range doc.kids {
		if k.kind == kindElement {
			root = k
		}
	}
	if id, _ := root.attr("id"); id != f.ID {
		return nil, nil, say("draft.form", "form", id)
	}
	l := &loader{}
	d := l.section(root, f.Root)
	sort.Strings(l.unknown)
	v = restore(f, draft{Form: f.ID, Version: f.Version, Lang: cfg.Lang, Seed: cfg.Seed, Short: cfg.ShortMode, Answers: d}, cfg)
	v.first()
	return v, l.unknown, nil
}

// loader turns submission XML into draft nodes.
type loader struct {
	unknown []string
	count   int
}

// maxElements bounds a submission.
const maxElements = 200_000

func (l *loader) section(n *node, it *Item) draftNode {
	d := draftNode{Name: it.Name}
	for _, k := range n.kids {
		if k.kind != kindElement {
			continue
		}
		if l.count++; l.count > maxElements {
			break
		}
		if _, template := k.attr("template"); template {
			continue
		}
		child := it.childNamed(k.name)
		switch {
		case child == nil:
			l.unknown = append(l.unknown, it.Path()+"/"+k.name)
		case child.IsSection():
			d.Kids = append(d.Kids, l.section(k, child))
		case child.entity != nil:
			id, _ := k.attr("id")
			d.Kids = append(d.Kids, draftNode{Name: child.Name, Value: id})
		default:
			d.Kids = append(d.Kids, draftNode{Name: child.Name, Value: strings.Map(printable, k.text())})
		}
	}
	return d
}

func (it *Item) childNamed(name string) *Item {
	for _, k := range it.Children {
		if k.Name == name {
			return k
		}
	}
	return nil
}
