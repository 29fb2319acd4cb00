package form

import "strings"

// shape is what only the XForms output needs.
type shape struct {
	nameExpr      *Expr
	entityVersion string
}

// tree gives the list as a secondary instance, as pyxform writes it: root/item with itextId or label, name, columns.
func (l *List) asTree() *node {
	if l.tree != nil {
		return l.tree
	}
	doc := &node{kind: kindRoot}
	instance := doc.add(&node{name: "instance"})
	root := instance.add(&node{name: "root"})
	root.kids = make([]*node, 0, len(l.Choices))
	for _, c := range l.Choices {
		item := root.add(&node{name: "item"})
		item.kids = make([]*node, 0, 2+len(c.Extra))
		item.leaf("name", c.Name)
		item.leaf("label", c.words().any())
		for _, p := range c.Extra {
			item.leaf(p.name, p.value)
		}
		c.node = item
	}
	freeze(doc)
	l.tree = instance
	return instance
}

// freeze numbers a tree that never changes, so that several interviews can sort its nodes at once.
func freeze(doc *node) {
	doc.number(1)
	doc.frozen = true
}

// any gives the text in no language in particular.
func (t Text) any() string {
	if s, ok := t.In(""); ok {
		return s
	}
	for _, tr := range t {
		return tr.Text
	}
	return ""
}

// shapeLists builds the trees of all lists once, before interviews share them.
func (r *reader) shapeLists() {
	for _, l := range r.form.Lists {
		l.asTree()
	}
	for _, l := range r.form.External {
		l.asTree()
	}
}

// compileName compiles the expression that names a filled-in form.
func (r *reader) compileName() {
	f := r.form
	text := f.Settings["instance_name"]
	if strings.TrimSpace(text) == "" {
		return
	}
	x := &resolver{form: f, from: f.Root}
	src := x.resolve(text, false)
	e, err := Compile(src)
	if err != nil {
		m, _ := err.(Message)
		r.badMessage("settings", 2, "instance_name", m)
		return
	}
	f.shape.nameExpr = e
}
