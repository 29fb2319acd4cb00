package form

// maxInstances bounds how often a repeat repeats; a typing error in a count must not fill the memory.
const maxInstances = 2000

// instances lists the nodes of a repeat below its parent's node.
func instances(parent *node, it *Item) []*node {
	var out []*node
	for _, k := range parent.kids {
		if k.item == it {
			out = append(out, k)
		}
	}
	return out
}

// insertAt is where the next instance of a repeat goes among the parent's children.
func insertAt(parent *node, it *Item) int {
	at := 0
	for i, k := range parent.kids {
		if k.item != nil && k.item.index <= it.index {
			at = i + 1
		}
	}
	return at
}

// maxNodes bounds the answers as a whole: repeats in repeats multiply.
const maxNodes = 300_000

// addInstance makes one more instance at the end.
func (v *Interview) addInstance(parent *node, it *Item) *node {
	n := v.newNode(it)
	n.parent = parent
	n.hidden = parent.hidden
	at := insertAt(parent, it)
	parent.kids = append(parent.kids, nil)
	copy(parent.kids[at+1:], parent.kids[at:])
	parent.kids[at] = n
	v.build(n, it)
	v.inherit(n)
	v.reshaped(parent, it)
	v.markInside(n)
	return n
}

// inherit hides what is new inside something hidden.
func (v *Interview) inherit(n *node) {
	for _, k := range n.kids {
		k.hidden = n.hidden
		v.inherit(k)
	}
}

// markInside marks all formulas inside a new instance.
func (v *Interview) markInside(n *node) {
	it := n.item
	for _, rank := range []int{it.run.calcCell, it.run.relCell} {
		if rank >= 0 && !v.todo.all[rank] {
			v.todo.at[rank] = appendNew(v.todo.at[rank], n)
			v.todo.mark(rank)
		}
	}
	for _, k := range it.Children {
		if k.run.count == nil {
			continue
		}
		for rank, fo := range v.form.engine.formulas {
			if fo.item == k && fo.kind == computesCount && !v.todo.all[rank] {
				v.todo.at[rank] = appendNew(v.todo.at[rank], n)
				v.todo.mark(rank)
			}
		}
	}
	for _, k := range n.kids {
		v.markInside(k)
	}
}

// reshaped marks everything that looks at a repeat or into it, after instances came, went or moved.
func (v *Interview) reshaped(parent *node, it *Item) {
	for _, d := range it.run.dependents {
		v.markShape(d, parent, it)
	}
	for _, k := range it.Children {
		v.reshaped(parent, k)
	}
}

// markShape marks one formula; positions inside the repeat may have changed in every instance.
func (v *Interview) markShape(d dependent, parent *node, it *Item) {
	if d.scope == nil || d.scope == it || it.inside(d.scope) && d.scope.inside(it.repeat()) {
		v.todo.all[d.formula] = true
		v.todo.mark(d.formula)
		return
	}
	v.markDependent(d, parent)
}

// applyCount gives a repeat the number of instances that its count says. Instances beyond it are kept and hidden, so
// that a slip in the count loses nothing.
func (v *Interview) applyCount(fo *formula, parent *node) {
	at := &node{name: fo.item.Name, item: fo.item, parent: parent}
	val, err := fo.expr.eval(v.world, at)
	want := 0
	if n := parseNumber(val.str()); err == nil && n > 0 {
		want = int(min(n, maxInstances))
	}
	have := instances(parent, fo.item)
	for i, n := range have {
		if surplus := i >= want; surplus != n.bind.surplus {
			n.bind.surplus = surplus
			v.hide(n)
		}
	}
	for i := len(have); i < want && v.nodes < maxNodes; i++ {
		n := v.addInstance(parent, fo.item)
		v.initialValuesLater(n)
	}
}

// initialValuesLater computes dynamic defaults of a new instance right away; formulas follow in the same pass.
func (v *Interview) initialValuesLater(n *node) {
	if it := n.item; it.run.initial != nil && n.value == "" {
		if val, err := it.run.initial.eval(v.world, n); err == nil {
			v.store(n, val.str())
		}
	}
	for _, k := range n.kids {
		v.initialValuesLater(k)
	}
}

// AddRepeat adds an instance to a repeat and returns its path. The path is that of a repeat step or of any instance.
func (v *Interview) AddRepeat(path string) (string, error) {
	parent, it := v.findRepeat(path)
	if it == nil {
		return "", say("answer.norepeat")
	}
	if it.run.count != nil || !v.canAdd(parent, it) {
		return "", say("answer.repeatfixed")
	}
	if len(instances(parent, it)) >= maxInstances || v.nodes >= maxNodes {
		return "", say("answer.repeatfull", "max", itoa(maxInstances))
	}
	n := v.addInstance(parent, it)
	v.settleNow()
	v.initialValues(n)
	v.settleNow()
	return v.path(n), nil
}

// canAdd says whether a repeat is open: an instance that isn't there yet would be relevant.
func (v *Interview) canAdd(parent *node, it *Item) bool {
	if parent.hidden {
		return false
	}
	if it.run.relevant == nil {
		return true
	}
	val, err := it.run.relevant.eval(v.world, &node{name: it.Name, item: it, parent: parent})
	return err == nil && val.boolean()
}

// RemoveRepeat removes an instance and what was answered in it.
func (v *Interview) RemoveRepeat(path string) error {
	n := v.find(path)
	if n == nil || !n.item.IsRepeat() {
		return say("answer.norepeat")
	}
	if n.item.run.count != nil {
		return say("answer.repeatfixed")
	}
	parent, at := n.parent, n.index()
	parent.kids = append(parent.kids[:at:at], parent.kids[at+1:]...)
	v.reshaped(parent, n.item)
	v.settleNow()
	return nil
}

// MoveRepeat puts an instance in another place among its like, counted from one.
func (v *Interview) MoveRepeat(path string, to int) error {
	n := v.find(path)
	if n == nil || !n.item.IsRepeat() {
		return say("answer.norepeat")
	}
	all := instances(n.parent, n.item)
	if to < 1 || to > len(all) {
		return say("answer.norepeat")
	}
	parent := n.parent
	target := all[to-1].index()
	at := n.index()
	kids := append(parent.kids[:at:at], parent.kids[at+1:]...)
	parent.kids = append(kids[:target:target], append([]*node{n}, kids[target:]...)...)
	v.reshaped(parent, n.item)
	v.settleNow()
	return nil
}

// findRepeat finds the node above a repeat and the repeat, from the path of either a repeat or one of its instances.
func (v *Interview) findRepeat(path string) (*node, *Item) {
	if n := v.find(path); n != nil && n.item.IsRepeat() {
		return n.parent, n.item
	}
	parentPath, name := splitPath(path)
	parent := v.find(parentPath)
	if parent == nil {
		if it := v.form.Item(path); it != nil && it.IsRepeat() && v.single[it.Parent.index] != nil {
			return v.single[it.Parent.index], it
		}
		return nil, nil
	}
	for _, it := range parent.item.Children {
		if it.Name == name && it.IsRepeat() {
			return parent, it
		}
	}
	return nil, nil
}
