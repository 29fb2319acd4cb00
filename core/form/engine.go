package form

import (
	"sort"
	"strings"
)

// formulaKind tells what a formula computes.
type formulaKind uint8

const (
	computesValue formulaKind = iota
	computesRelevance
	computesCount
)

// formula is an expression of an item that is computed again whenever something that it looks at changes.
type formula struct {
	item  *Item
	kind  formulaKind
	expr  *Expr
	needs []need
}

// need is an item that a formula looks at. scope is the innermost repeat that the path from the formula's item to it
// doesn't leave: a change in one instance of scope concerns only the formulas in the same instance. Nil: any.
type need struct {
	item  *Item
	scope *Item
}

// dependent is a formula to compute again, by its place in the order, and the scope of the need.
type dependent struct {
	formula int
	scope   *Item
}

// engine holds a form's formulas in an order in which each comes after those that it depends on.
type engine struct {
	formulas []*formula
	cycles   [][]*formula
}

// newEngine finds what depends on what and sorts it.
func newEngine(f *Form) *engine {
	e := &engine{}
	byItem := make([][3]*formula, len(f.items))
	for _, it := range f.items {
		it.shorten(f)
		it.run.dependents, it.run.relCell, it.run.calcCell = nil, -1, -1
		for kind, expr := range []*Expr{it.run.calculate, it.run.relevant, it.run.count} {
			if expr == nil || formulaKind(kind) == computesValue && len(it.Triggers) > 0 {
				continue
			}
			fo := &formula{item: it, kind: formulaKind(kind), expr: expr}
			fo.needs = needsOf(f, it, expr)
			byItem[it.index][kind] = fo
			e.formulas = append(e.formulas, fo)
		}
	}
	e.sort(byItem)
	for rank, fo := range e.formulas {
		for _, n := range fo.needs {
			n.item.run.dependents = append(n.item.run.dependents, dependent{rank, n.scope})
		}
		switch fo.kind {
		case computesValue:
			fo.item.run.calcCell = rank
		case computesRelevance:
			fo.item.run.relCell = rank
		}
	}
	return e
}

// sorter orders formulas depth first.
type sorter struct {
	byItem [][3]*formula
	state  map[*formula]int // 1 being visited, 2 done
	path   []*formula
	out    []*formula
	cycles [][]*formula
}

func (e *engine) sort(byItem [][3]*formula) {
	s := &sorter{byItem: byItem, state: map[*formula]int{}}
	for _, fo := range e.formulas {
		s.visit(fo)
	}
	e.formulas, e.cycles = s.out, s.cycles
}

func (s *sorter) visit(fo *formula) {
	switch s.state[fo] {
	case 1:
		s.cycle(fo)
		return
	case 2:
		return
	}
	s.state[fo] = 1
	s.path = append(s.path, fo)
	for _, n := range fo.needs {
		s.visitItem(fo, n.item)
	}
	s.path = s.path[:len(s.path)-1]
	s.state[fo] = 2
	s.out = append(s.out, fo)
}

// visitItem visits what decides about an item's value: its calculation, and the conditions and counts of all around.
func (s *sorter) visitItem(from *formula, it *Item) {
	if calc := s.byItem[it.index][computesValue]; calc != nil && !(calc == from) {
		s.visit(calc)
	}
	for p := it; p != nil; p = p.Parent {
		for _, kind := range []formulaKind{computesRelevance, computesCount} {
			fo := s.byItem[p.index][kind]
			if fo == nil || fo == from || from.item.inside(p) && from.kind == computesValue && p != it {
				continue // a calculation inside a group may look at its siblings whatever the group's condition needs
			}
			s.visit(fo)
		}
	}
}

// maxCycles is how many circles are worth reporting.
const maxCycles = 20

func (s *sorter) cycle(fo *formula) {
	if len(s.cycles) >= maxCycles {
		return
	}
	for i, p := range s.path {
		if p == fo {
			s.cycles = append(s.cycles, append([]*formula(nil), s.path[i:]...))
			return
		}
	}
}

// cycles reports formulas that need their own result.
func (r *reader) cycles() {
	for _, c := range r.form.engine.cycles {
		var names []string
		for _, fo := range c {
			names = append(names, fo.item.Name)
		}
		names = append(names, c[0].item.Name)
		r.warn("survey", c[0].item.Row, "", "form.cycle", "path", strings.Join(names, " → "))
	}
}

// needsOf lists the items that an expression looks at, seen from one item.
func needsOf(f *Form, it *Item, e *Expr) []need {
	w := &walker{form: f, owner: it, found: map[need]bool{}}
	w.walk(e.top, []*Item{it}, it)
	out := make([]need, 0, len(w.found))
	for n := range w.found {
		out = append(out, n)
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].item.index != out[j].item.index {
			return out[i].item.index < out[j].item.index
		}
		return out[i].scope == nil && out[j].scope != nil
	})
	return out
}

// walker follows the paths of an expression through the form instead of through answers.
type walker struct {
	form  *Form
	owner *Item
	found map[need]bool
}

// spot is where a path is: items, and the highest item that it has passed.
type spot struct {
	items []*Item
	apex  *Item // nil: it started from the top
	top   bool  // above the root
}

// walk notes what a part looks at; ctx are the items that a relative path starts from.
func (w *walker) walk(e expr, ctx []*Item, apex *Item) {
	switch e := e.(type) {
	case groupExpr:
		w.walk(e.inner, ctx, apex)
	case negExpr:
		w.walk(e.of, ctx, apex)
	case *binaryExpr:
		w.walk(e.a, ctx, apex)
		w.walk(e.b, ctx, apex)
	case *callExpr:
		w.args(e, ctx, apex)
	case *filterExpr, *pathExpr:
		w.note(w.follow(e, ctx, apex))
	}
}

func (w *walker) args(e *callExpr, ctx []*Item, apex *Item) {
	for _, a := range e.args {
		w.walk(a, ctx, apex)
	}
}

func (w *walker) note(p spot) {
	var scope *Item
	if p.apex != nil {
		scope = p.apex.repeat()
	}
	for _, it := range p.items {
		if it != w.owner || it.IsSection() {
			w.found[need{it, scope}] = true
		}
	}
}

// follow finds the items that an expression selects.
func (w *walker) follow(e expr, ctx []*Item, apex *Item) spot {
	switch e := e.(type) {
	case groupExpr:
		return w.follow(e.inner, ctx, apex)
	case *callExpr:
		if e.name == "current" {
			return spot{items: []*Item{w.owner}, apex: w.owner}
		}
		if e.name == "randomize" {
			return w.follow(e.args[0], ctx, apex)
		}
		w.args(e, ctx, apex)
	case *filterExpr:
		p := w.follow(e.base, ctx, apex)
		w.preds(e.preds, p)
		return p
	case *binaryExpr:
		w.walk(e, ctx, apex)
	case *pathExpr:
		return w.steps(e, ctx, apex)
	}
	return spot{}
}

func (w *walker) preds(preds []expr, p spot) {
	for _, x := range preds {
		w.walk(x, p.items, p.apex)
	}
}

func (w *walker) steps(e *pathExpr, ctx []*Item, apex *Item) spot {
	p := spot{items: ctx, apex: apex}
	switch {
	case e.absolute:
		p = spot{top: true}
	case e.base != nil:
		p = w.follow(e.base, ctx, apex)
	}
	for i := range e.steps {
		p = w.step(&e.steps[i], p)
		w.preds(e.steps[i].preds, p)
	}
	if e.plain() && len(p.items) == 1 && p.items[0].repeat() == nil {
		e.item = p.items[0]
	}
	return p
}

// plain says whether a path starts from the top and names each step.
func (e *pathExpr) plain() bool {
	for i := range e.steps {
		if s := &e.steps[i]; s.axis != axisChild || s.test != testName || s.prefix != "" || len(s.preds) > 0 {
			return false
		}
	}
	return e.absolute
}

// shorten looks up the plain paths of all expressions of an item.
func (it *Item) shorten(f *Form) {
	c := &it.run
	all := []*Expr{c.relevant, c.calculate, c.constraint, c.required, c.readonly, c.count, c.initial, c.filter, c.seed}
	for _, t := range []template{c.label, c.hint, c.guidance, c.failed, c.missing} {
		for _, pieces := range t {
			for _, p := range pieces {
				all = append(all, p.expr)
			}
		}
	}
	for _, e := range all {
		if e != nil {
			needsOf(f, it, e)
		}
	}
}

// step moves a place by one step. Axes that forms hardly use select everything, to be safe.
func (w *walker) step(s *step, p spot) spot {
	out := spot{apex: p.apex}
	seen := map[*Item]bool{}
	add := func(it *Item) {
		if it != nil && !seen[it] && (s.test != testName || s.name == it.Name) {
			seen[it] = true
			out.items = append(out.items, it)
		}
	}
	if p.top {
		if s.axis == axisDescendantOrSelf || s.axis == axisDescendant {
			eachItem(w.form.items, add)
		} else {
			add(w.form.Root)
		}
		return out
	}
	for _, it := range p.items {
		switch s.axis {
		case axisSelf:
			add(it)
		case axisChild:
			eachItem(it.Children, add)
		case axisParent:
			add(it.Parent)
			out.apex = higher(out.apex, it.Parent)
		case axisAttribute, axisNamespace:
		default:
			eachItem(w.form.items, add)
			out.apex = nil
		}
	}
	return out
}

func eachItem(items []*Item, visit func(*Item)) {
	for _, it := range items {
		visit(it)
	}
}

// higher is the item nearer to the root.
func higher(a, b *Item) *Item {
	if a == nil || b == nil {
		return nil
	}
	if a.inside(b) {
		return b
	}
	return a
}
