package form

// pending is what is still to be computed: for each formula the nodes to compute it at, or all of them.
type pending struct {
	all   []bool
	at    [][]*node
	first int // no formula before this one is pending
	any   bool
}

func newPending(n int) pending {
	return pending{all: make([]bool, n), at: make([][]*node, n), first: n}
}

func (p *pending) mark(formula int) {
	p.any = true
	p.first = min(p.first, formula)
}

// everything marks all formulas.
func (p *pending) everything() {
	for i := range p.all {
		p.all[i] = true
	}
	p.first, p.any = 0, len(p.all) > 0
}

// take removes what is pending for one formula.
func (p *pending) take(i int) (all bool, at []*node) {
	all, at = p.all[i], p.at[i]
	p.all[i], p.at[i] = false, nil
	return all, at
}

// settle computes everything, in an order in which each formula comes after those that it needs.
func (v *Interview) settle() {
	v.todo.everything()
	v.settleNow()
}

// maxPasses bounds the work on a form whose formulas need each other in a circle.
const maxPasses = 4

// workRation bounds the work of one answer, one screen or one validation, whatever a form asks for.
const workRation = 30_000_000

// settleNow computes what is pending. One pass does; a circle gets a few passes and is then left as it is.
func (v *Interview) settleNow() {
	v.world.ration = workRation
	for pass := 0; v.todo.any && pass < maxPasses; pass++ {
		start := v.todo.first
		v.todo.any, v.todo.first = false, len(v.todo.all)
		for i := start; i < len(v.todo.all); i++ {
			v.compute(i)
		}
		v.leftover()
	}
	v.steps = nil
}

// leftover looks for formulas that were marked behind the place where the pass was.
func (v *Interview) leftover() {
	v.todo.any, v.todo.first = false, len(v.todo.all)
	for i := range v.todo.all {
		if v.todo.all[i] || v.todo.at[i] != nil {
			v.todo.mark(i)
		}
	}
}

// compute computes one formula wherever it is pending.
func (v *Interview) compute(i int) {
	all, at := v.todo.take(i)
	if !all && at == nil {
		return
	}
	fo := v.form.engine.formulas[i]
	if all {
		at = v.nodesFor(fo)
	}
	for _, n := range at {
		v.apply(fo, n)
	}
}

// nodesFor lists where a formula is computed; a count belongs to the node above its repeat.
func (v *Interview) nodesFor(fo *formula) []*node {
	if fo.kind == computesCount {
		return v.nodesOf(fo.item.Parent, v.root)
	}
	return v.nodesOf(fo.item, v.root)
}

// nodesOf lists the nodes of an item at or below a node.
func (v *Interview) nodesOf(it *Item, below *node) []*node {
	if n := v.single[it.index]; n != nil {
		return []*node{n}
	}
	return v.search(it, below, nil)
}

func (v *Interview) search(it *Item, n *node, out []*node) []*node {
	if n.item == it {
		return append(out, n)
	}
	if !it.inside(n.item) {
		return out
	}
	var next *Item // the child of n's item on the way to it
	for p := it; p != n.item; p = p.Parent {
		next = p
	}
	for _, k := range n.kids {
		if k.item == next {
			out = v.search(it, k, out)
		}
	}
	return out
}

// apply computes a formula at a node and marks what depends on it if the result is new.
func (v *Interview) apply(fo *formula, n *node) {
	if fo.kind == computesCount {
		v.applyCount(fo, n)
		return
	}
	val, err := fo.expr.eval(v.world, n)
	if err != nil {
		val = emptyValue()
	}
	if fo.kind == computesRelevance {
		v.setRelevant(n, err == nil && val.boolean())
		return
	}
	n.bind.numeric = val.kind == isNumber
	v.store(n, calculated(val, fo.item))
}

// calculated shows a result as an answer. What isn't a number leaves the answer empty: forms compute with blanks
// all the time, and "NaN" means nothing to anybody.
func calculated(val value, it *Item) string {
	s := val.str()
	if s == "NaN" || s == "Infinity" || s == "-Infinity" || s == invalidDate {
		return ""
	}
	if val.kind == isNumber && it.info.store == "int" {
		return formatNumber(float64(int64(val.num)))
	}
	return s
}

// store writes a node's value and marks what depends on it.
func (v *Interview) store(n *node, s string) {
	if n.value == s {
		return
	}
	n.value = s
	v.changed(n)
}

// changed marks the formulas that look at a node.
func (v *Interview) changed(n *node) {
	for _, d := range n.item.run.dependents {
		v.markDependent(d, n)
	}
}

func (v *Interview) markDependent(d dependent, n *node) {
	if v.todo.all[d.formula] {
		return
	}
	fo := v.form.engine.formulas[d.formula]
	if d.scope == nil {
		v.todo.all[d.formula] = true
		v.todo.mark(d.formula)
		return
	}
	for p := n; p != nil; p = p.parent {
		if p.item != d.scope {
			continue
		}
		it := fo.item
		if fo.kind == computesCount {
			it = it.Parent
		}
		for _, at := range v.nodesOf(it, p) {
			v.todo.at[d.formula] = appendNew(v.todo.at[d.formula], at)
		}
		v.todo.mark(d.formula)
		return
	}
	v.todo.all[d.formula] = true
	v.todo.mark(d.formula)
}

// appendNew appends a node unless it is among the last few, where doubles come from.
func appendNew(list []*node, n *node) []*node {
	for i := len(list) - 1; i >= 0 && i >= len(list)-8; i-- {
		if list[i] == n {
			return list
		}
	}
	return append(list, n)
}

// setRelevant applies a condition to a node and all below it.
func (v *Interview) setRelevant(n *node, yes bool) {
	n.bind.relevant = yes
	v.hide(n)
}

// hide works out whether a node and those below it are hidden, and marks what looks at those that changed.
func (v *Interview) hide(n *node) {
	hidden := !n.bind.relevant || n.bind.surplus || n.parent.hidden
	if hidden == n.hidden {
		return
	}
	n.hidden = hidden
	v.changed(n)
	for _, k := range n.kids {
		v.hide(k)
	}
}
