package form

import "strings"

// outline is a step before it is drawn: which nodes it shows. Drawing costs texts, choices and checks, so that only
// the step on the screen is drawn.
type outline struct {
	path   string
	titles []string
	nodes  []*node
	list   *repeatPlace // the repeat that the step lists, or is an instance of
	index  int          // which instance, from 1; 0 in the list
	isList bool
}

// repeatPlace is a repeat below one node.
type repeatPlace struct {
	parent *node
	item   *Item
}

// Steps lists all steps there are now. Answers change which; a step's Path stays.
func (v *Interview) Steps() []Step {
	plan := v.plan()
	out := make([]Step, len(plan))
	for i := range plan {
		out[i] = v.draw(&plan[i])
	}
	return out
}

// plan gives the outlines of all steps; it is kept until an answer changes.
func (v *Interview) plan() []outline {
	if v.steps == nil {
		b := &planner{v: v}
		b.section(v.root, nil, nil, 0)
		v.steps = b.out
		if v.steps == nil {
			v.steps = []outline{}
		}
	}
	return v.steps
}

// planner walks the answers and gathers questions into steps.
type planner struct {
	v    *Interview
	out  []outline
	open *outline // the step being filled
}

// section walks the children of a group. Questions that stand together share a step; a group starts a new one.
func (b *planner) section(n *node, titles []string, list *repeatPlace, index int) {
	b.close()
	part := 0
	repeats := map[*Item]bool{}
	at := 0
	for _, k := range n.item.Children {
		if k.IsRepeat() {
			if !repeats[k] {
				repeats[k] = true
				b.close()
				b.repeat(n, k, titles)
			}
			continue
		}
		for at < len(n.kids) && n.kids[at].item != k {
			at++
		}
		if at < len(n.kids) {
			part = b.child(n, n.kids[at], titles, list, index, part)
		}
	}
	b.close()
}

func (b *planner) child(n, c *node, titles []string, list *repeatPlace, index, part int) int {
	if c.hidden {
		return part
	}
	if !c.item.IsSection() {
		if b.v.shown(c) {
			if b.open == nil {
				part++
				b.open = &outline{path: partPath(b.v.path(n), part), titles: titles, list: list, index: index}
			}
			b.open.nodes = append(b.open.nodes, c)
		}
		return part
	}
	b.close()
	inner := b.v.titled(titles, c)
	if c.item.isFieldList() {
		b.fieldList(c, inner, list, index)
	} else {
		b.section(c, inner, list, index)
	}
	b.close()
	return part
}

// partPath names the second and later steps of one group; the first is named by the group itself.
func partPath(path string, part int) string {
	if part < 2 {
		return path
	}
	return path + "#" + itoa(part)
}

func (it *Item) isFieldList() bool {
	return strings.Contains(it.Appearance(), "field-list")
}

// fieldList puts everything inside a group on one screen. Repeats inside follow on screens of their own: a list that
// grows doesn't fit.
func (b *planner) fieldList(n *node, titles []string, list *repeatPlace, index int) {
	o := outline{path: b.v.path(n), titles: titles, list: list, index: index}
	var inside []repeatPlace
	b.collect(n, &o, &inside)
	if len(o.nodes) > 0 {
		b.out = append(b.out, o)
	}
	for _, p := range inside {
		b.repeat(p.parent, p.item, titles)
	}
}

func (b *planner) collect(n *node, o *outline, inside *[]repeatPlace) {
	for _, it := range n.item.Children {
		if it.IsRepeat() {
			*inside = append(*inside, repeatPlace{n, it})
		}
	}
	for _, k := range n.kids {
		switch {
		case k.hidden || k.item.IsRepeat():
		case k.item.IsSection():
			b.collect(k, o, inside)
		case b.v.shown(k):
			o.nodes = append(o.nodes, k)
		}
	}
}

func (b *planner) close() {
	if b.open != nil {
		b.out = append(b.out, *b.open)
		b.open = nil
	}
}

// titled adds a group's label to the titles above it; one without a label adds nothing.
func (v *Interview) titled(titles []string, n *node) []string {
	label := v.fillTemplate(n, n.item.run.label)
	if label == "" {
		return titles
	}
	return append(titles[:len(titles):len(titles)], label)
}

// repeat plans the step that lists the instances, then the steps of each.
func (b *planner) repeat(parent *node, it *Item, titles []string) {
	v := b.v
	if !v.askedInside(it) {
		return
	}
	place := &repeatPlace{parent, it}
	shown := v.relevantInstances(place)
	if len(shown) == 0 && (it.run.count != nil || !v.canAdd(parent, it)) {
		return
	}
	inner := v.titled(titles, &node{name: it.Name, item: it, parent: parent})
	if it.run.count == nil {
		b.out = append(b.out, outline{path: v.path(parent) + "/" + it.Name, titles: inner, list: place, isList: true})
	}
	for i, n := range shown {
		if it.isFieldList() {
			b.fieldList(n, inner, place, i+1)
		} else {
			b.section(n, inner, place, i+1)
		}
	}
}

func (v *Interview) relevantInstances(p *repeatPlace) []*node {
	var out []*node
	for _, n := range instances(p.parent, p.item) {
		if !n.hidden {
			out = append(out, n)
		}
	}
	return out
}

// draw makes a step of its outline.
func (v *Interview) draw(o *outline) Step {
	v.world.ration = workRation
	s := Step{Path: o.path, Titles: o.titles, IsList: o.isList}
	for _, n := range o.nodes {
		s.Questions = append(s.Questions, v.question(n))
	}
	if o.list != nil {
		s.Repeat = v.drawRepeat(o)
	}
	return s
}

func (v *Interview) drawRepeat(o *outline) *RepeatView {
	it, parent := o.list.item, o.list.parent
	view := &RepeatView{Path: v.path(parent) + "/" + it.Name, Index: o.index,
		CanAdd: it.run.count == nil && v.canAdd(parent, it), CanRemove: it.run.count == nil}
	view.Label = v.fillTemplate(&node{name: it.Name, item: it, parent: parent}, it.run.label)
	for _, n := range v.relevantInstances(o.list) {
		line := Instance{Path: v.path(n), Summary: v.summary(n)}
		if o.isList {
			line.Errors = v.countErrors(n)
		}
		view.Instances = append(view.Instances, line)
	}
	return view
}
