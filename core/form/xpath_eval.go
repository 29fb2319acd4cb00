package form

import (
	"math"
	"time"
)

// world is what an expression may ask for besides the tree it is evaluated on. Nil functions mean "there is none".
type world struct {
	main     *node   // where absolute paths start; nil means at the top of the context node's tree
	single   []*node // node of each item that is in no repeat, by Item.index
	now      func() time.Time
	instance func(id string) *node                        // secondary instances
	lookup   func(args []string) (string, bool)           // pulldata
	choice   func(c *evaluation, val, path string) string // jr:choice-name
	text     func(id string) string                       // jr:itext
	property func(name string) string                     // device metadata
	version  string
	random   *random
	every    bool               // absolute paths mean every instance of a repeat, not the current one
	spaces   map[string]string  // namespace of each prefix; nil means prefixes aren't looked at
	fuel     int                // nodes that may still be visited; a bound against endless work
	rationed bool               // fuel is shared by all expressions of one step of work
	ration   int                // what is left of it
	zone     *time.Location     // local time of this evaluation
	failed   error              // the first thing that went wrong
	patterns map[string]matcher // compiled so far
	newID    func() string
	seed     int64 // where uuids start from
	made     int64 // uuids made so far
}

// startFuel lets a filter walk a list of a million items and stops what would take minutes.
const startFuel = 20_000_000

// sameSpace compares a node's namespace with that of a prefix. A name without prefix also means the default namespace
// of the form, which is XForms; elements of the XHTML page around it are only found by their prefix.
func (w *world) sameSpace(prefix string, n *node) bool {
	if w.spaces == nil {
		return prefix == "" || n.more == nil || n.more.prefix == prefix
	}
	if prefix == "" {
		space := n.namespace()
		return space == "" || n.kind == kindElement && space == w.spaces[""] && space != xhtmlNamespace
	}
	uri, known := w.spaces[prefix]
	if !known {
		return n.more != nil && n.more.prefix == prefix
	}
	return n.namespace() == uri
}

// fail keeps the first failure; evaluation goes on with empty values and is discarded at the end.
func (w *world) fail(key string, args ...string) {
	if w.failed == nil {
		w.failed = say(key, args...)
	}
}

// broken keeps the first failure when it is an error that was found before.
func (w *world) broken(err error) value {
	if w.failed == nil {
		w.failed = err
	}
	return emptyValue()
}

// burn pays for visiting nodes and says whether there is fuel left.
func (w *world) burn(n int) bool {
	if w.fuel -= n; w.fuel < 0 {
		w.fail("expression.endless")
		return false
	}
	return true
}

// evaluation is the context of one expression: node, position, size and the node that current() means.
type evaluation struct {
	env     *world
	node    *node
	pos     int
	size    int
	current *node
}

// eval computes the expression at a node.
func (e *Expr) eval(w *world, at *node) (value, error) {
	w.fuel = startFuel
	if w.rationed {
		w.fuel = min(startFuel, w.ration)
	}
	start := w.fuel
	w.failed = nil
	w.zone = w.time().Location()
	c := &evaluation{env: w, node: at, pos: 1, size: 1, current: at}
	v := e.top.eval(c)
	w.ration -= start - w.fuel
	return v, w.failed
}

// expr is a part of an expression.
type expr interface {
	eval(c *evaluation) value
}

type (
	numExpr   float64
	textExpr  string
	groupExpr struct{ inner expr } // brackets; they end a path
	negExpr   struct{ of expr }
	// binaryExpr joins two operands.
	binaryExpr struct {
		op   string
		a, b expr
	}
	// callExpr calls a function.
	callExpr struct {
		name string
		call func(c *evaluation, args []expr) value
		args []expr
	}
	// filterExpr keeps the nodes for which the predicates hold.
	filterExpr struct {
		base  expr
		preds []expr
	}
	// pathExpr walks steps from a base, from the root or from the context.
	pathExpr struct {
		base     expr
		absolute bool
		steps    []step
		item     *Item // the question that an absolute path without predicates leads to, if it is in no repeat
	}
	// step is one step of a path.
	step struct {
		axis   axis
		test   nodeTest
		prefix string
		name   string
		preds  []expr
	}
)

func (e numExpr) eval(*evaluation) value     { return numValue(float64(e)) }
func (e textExpr) eval(*evaluation) value    { return textValue(string(e)) }
func (e groupExpr) eval(c *evaluation) value { return e.inner.eval(c) }
func (e negExpr) eval(c *evaluation) value   { return numValue(-c.num(e.of.eval(c))) }
func (e *callExpr) eval(c *evaluation) value {
	if !c.env.burn(1) {
		return emptyValue()
	}
	return e.call(c, e.args)
}

func newBinary(op string, a, b expr) expr { return &binaryExpr{op: op, a: a, b: b} }

func (e *binaryExpr) eval(c *evaluation) value {
	switch e.op {
	case "or":
		return boolValue(e.a.eval(c).boolean() || e.b.eval(c).boolean())
	case "and":
		return boolValue(e.a.eval(c).boolean() && e.b.eval(c).boolean())
	case "=", "!=", "<", "<=", ">", ">=":
		return boolValue(c.compare(e.op, e.a.eval(c), e.b.eval(c)))
	case "|":
		return union(c, e.a.eval(c), e.b.eval(c))
	}
	return numValue(arithmetic(e.op, c.num(e.a.eval(c)), c.num(e.b.eval(c))))
}

func arithmetic(op string, a, b float64) float64 {
	switch op {
	case "+":
		return a + b
	case "-":
		return a - b
	case "*":
		return a * b
	case "div":
		return a / b
	}
	return math.Mod(a, b)
}

func union(c *evaluation, a, b value) value {
	if a.kind != isNodes || b.kind != isNodes {
		c.env.fail("expression.union")
		return emptyValue()
	}
	both := make([]*node, 0, len(a.nodes)+len(b.nodes))
	return nodesValue(inOrder(append(append(both, a.nodes...), b.nodes...)))
}

func (e *filterExpr) eval(c *evaluation) value {
	v := e.base.eval(c)
	if v.kind != isNodes {
		c.env.fail("expression.filter")
		return emptyValue()
	}
	nodes := v.nodes
	for _, p := range e.preds {
		nodes = filter(c, nodes, p)
	}
	return nodesValue(nodes)
}

// filter keeps the nodes for which a predicate holds; a number means a position.
func filter(c *evaluation, nodes []*node, pred expr) []*node {
	if len(nodes) == 0 || !c.env.burn(len(nodes)) {
		return nil
	}
	pred = hoist(c, pred, len(nodes))
	kept := make([]*node, 0, 4)
	in := evaluation{env: c.env, size: len(nodes), current: c.current}
	for i, n := range nodes {
		in.node, in.pos = n, i+1
		v := pred.eval(&in)
		if v.kind == isNumber && v.num == float64(i+1) || v.kind != isNumber && v.boolean() {
			kept = append(kept, n)
		}
	}
	return kept
}

func (e *pathExpr) eval(c *evaluation) value {
	if e.item != nil && c.env.single != nil {
		if n := c.env.single[e.item.index]; n != nil {
			return direct(n)
		}
	}
	nodes := e.start(c)
	first := 0
	if e.absolute && c.env.main != nil && !c.env.every {
		nodes, first = e.nearest(c.current, nodes)
	}
	for i := first; i < len(e.steps); i++ {
		if len(nodes) == 0 {
			break
		}
		nodes = e.steps[i].take(c, nodes)
	}
	return nodesValue(nodes)
}

// nearest walks an absolute path along the ancestors of the current question as far as both name the same: inside a
// repeat, /data/members/age written by hand means the age of this member, as JavaRosa and Enketo read it. The last
// step and steps with predicates say themselves what they want.
func (e *pathExpr) nearest(current *node, from []*node) ([]*node, int) {
	if current == nil || current.item == nil || current.item.repeat() == nil {
		return from, 0
	}
	chain := lineage(current)
	i := 0
	for ; i < len(e.steps)-1 && i < len(chain); i++ {
		if s := &e.steps[i]; s.axis != axisChild || s.test != testName || len(s.preds) > 0 || s.name != chain[i].name {
			break
		}
		if chain[i].hidden {
			return nil, 0
		}
		from = []*node{chain[i]}
	}
	return from, i
}

// lineage lists the elements from the top down to a node.
func lineage(n *node) []*node {
	var out []*node
	for ; n != nil && n.kind == kindElement; n = n.parent {
		out = append(out, n)
	}
	reverse(out)
	return out
}

// direct is the node of a path that was looked up when the form was read.
func direct(n *node) value {
	if n.hidden {
		return nodesValue(nil)
	}
	return nodesValue([]*node{n})
}

// start finds where a path begins.
func (e *pathExpr) start(c *evaluation) []*node {
	switch {
	case e.base != nil:
		v := e.base.eval(c)
		if v.kind != isNodes {
			c.env.fail("expression.path")
			return nil
		}
		return v.nodes
	case e.absolute && c.env.main != nil:
		return []*node{c.env.main}
	case c.node == nil:
		return nil
	case e.absolute:
		return []*node{c.node.root()}
	}
	return []*node{c.node}
}

// take makes one step from every node.
func (s *step) take(c *evaluation, from []*node) []*node {
	var out []*node
	for _, n := range from {
		found := s.from(c, n)
		if s.axis.reversed() && len(from) == 1 {
			reverse(found)
		}
		if out == nil {
			out = found
		} else {
			out = append(out, found...)
		}
		if c.env.failed != nil {
			return nil
		}
	}
	if len(from) > 1 && s.axis != axisSelf && !(s.axis == axisChild || s.axis == axisAttribute) || !sameDepth(from) {
		return inOrder(out)
	}
	return out
}

// sameDepth says whether no node can lie inside another, so that their children follow each other in the document.
func sameDepth(nodes []*node) bool {
	if len(nodes) < 2 {
		return true
	}
	for _, n := range nodes[1:] {
		if n.parent != nodes[0].parent && depth(n) != depth(nodes[0]) {
			return false
		}
	}
	return true
}

func reverse(nodes []*node) {
	for i, j := 0, len(nodes)-1; i < j; i, j = i+1, j-1 {
		nodes[i], nodes[j] = nodes[j], nodes[i]
	}
}

// from makes one step from one node. What is not relevant is passed over on the way down, as ODK does.
func (s *step) from(c *evaluation, n *node) []*node {
	var out []*node
	down := s.axis == axisChild || s.axis == axisDescendant || s.axis == axisDescendantOrSelf
	visited := 0
	s.axis.walk(n, func(k *node) {
		visited++
		if s.keeps(c, k) && !(down && k.hidden) {
			out = append(out, k)
		}
	})
	if !c.env.burn(visited + 1) {
		return nil
	}
	for _, p := range s.preds {
		out = filter(c, out, p)
	}
	return out
}
