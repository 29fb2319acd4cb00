package form

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"sort"
	"strings"
)

// nodeFunctions deal with sets of nodes, positions, repeats and instances.
var nodeFunctions = map[string]function{
	"last":            {0, 0, func(c *evaluation, _ []expr) value { return numValue(float64(c.size)) }},
	"position":        {0, 1, fnPosition},
	"count":           {1, 1, fnCount},
	"count-non-empty": {1, 1, fnCountNonEmpty},
	"name":            {0, 1, func(c *evaluation, a []expr) value { return nameOf(c, a, qualifiedName) }},
	"local-name":      {0, 1, func(c *evaluation, a []expr) value { return nameOf(c, a, func(n *node) string { return n.name }) }},
	"namespace-uri":   {0, 1, func(c *evaluation, a []expr) value { return nameOf(c, a, (*node).namespace) }},
	"id":              {1, 1, fnID},
	"lang":            {1, 1, fnLang},
	"current":         {0, 0, fnCurrent},
	"instance":        {1, 1, fnInstance},
	"indexed-repeat":  {3, -1, fnIndexedRepeat},
	"randomize":       {1, 2, fnRandomize},
}

// nodesOf evaluates an argument that must be a set of nodes.
func nodesOf(c *evaluation, arg expr, name string) ([]*node, bool) {
	v := arg.eval(c)
	if v.kind != isNodes {
		c.env.fail("expression.nodes", "name", name)
		return nil, false
	}
	return v.nodes, true
}

// fnPosition with a node counts its place among its like-named siblings, which is its place in the repeat.
func fnPosition(c *evaluation, args []expr) value {
	if len(args) == 0 {
		return numValue(float64(c.pos))
	}
	nodes, ok := nodesOf(c, args[0], "position")
	if !ok {
		return notANumber()
	}
	if len(nodes) == 0 {
		c.env.fail("expression.position")
		return notANumber()
	}
	n := nodes[0]
	at := 1
	if n.parent == nil {
		return numValue(1)
	}
	for i := n.index() - 1; i >= 0; i-- {
		s := n.parent.kids[i]
		if s.kind != kindElement {
			continue
		}
		if s.name != n.name {
			break
		}
		at++
	}
	return numValue(float64(at))
}

func fnCount(c *evaluation, args []expr) value {
	nodes, _ := nodesOf(c, args[0], "count")
	return numValue(float64(len(nodes)))
}

func fnCountNonEmpty(c *evaluation, args []expr) value {
	nodes, _ := nodesOf(c, args[0], "count-non-empty")
	n := 0.0
	for _, k := range nodes {
		if k.text() != "" {
			n++
		}
	}
	return numValue(n)
}

func nameOf(c *evaluation, args []expr, of func(*node) string) value {
	n := c.node
	if len(args) == 1 {
		nodes, _ := nodesOf(c, args[0], "name")
		if len(nodes) == 0 {
			return textValue("")
		}
		n = nodes[0]
	}
	if n == nil || n.kind == kindText || n.kind == kindComment || n.kind == kindRoot {
		return textValue("")
	}
	return textValue(of(n))
}

func qualifiedName(n *node) string {
	if n.more != nil && n.more.prefix != "" {
		return n.more.prefix + ":" + n.name
	}
	return n.name
}

// fnID finds elements by their id attribute.
func fnID(c *evaluation, args []expr) value {
	wanted := map[string]bool{}
	for _, s := range items(args[0].eval(c)) {
		for _, id := range strings.Fields(s) {
			wanted[id] = true
		}
	}
	var found []*node
	if c.node != nil {
		descend(c.node.root(), func(n *node) {
			for _, name := range []string{"id", "xml:id"} {
				if id, ok := n.attr(name); ok && wanted[id] {
					found = append(found, n)
					break
				}
			}
		})
	}
	return nodesValue(found)
}

func fnLang(c *evaluation, args []expr) value {
	want := strings.ToLower(args[0].eval(c).str())
	for n := c.node; n != nil; n = n.parent {
		if n.more == nil {
			continue
		}
		for _, a := range n.more.attrs {
			if a.name == "lang" && a.more != nil && a.more.prefix == "xml" {
				have := strings.ToLower(a.value)
				return boolValue(have == want || strings.HasPrefix(have, want+"-"))
			}
		}
	}
	return boolValue(false)
}

func fnCurrent(c *evaluation, _ []expr) value {
	if c.current == nil {
		return nodesValue(nil)
	}
	return nodesValue([]*node{c.current})
}

func fnInstance(c *evaluation, args []expr) value {
	id := args[0].eval(c).str()
	if c.env.instance != nil {
		if n := c.env.instance(id); n != nil {
			return nodesValue([]*node{n})
		}
	}
	return nodesValue(nil)
}

// fnIndexedRepeat picks the question in the n-th instance of a repeat, and so on for repeats inside.
func fnIndexedRepeat(c *evaluation, args []expr) value {
	nodes, ok := everyNode(c, args[0])
	if !ok {
		return emptyValue()
	}
	var pairs []indexPair
	for i := 1; i+1 < len(args); i += 2 {
		repeats, ok := everyNode(c, args[i])
		at := c.num(args[i+1].eval(c))
		if !ok || len(repeats) == 0 {
			return nodesValue(nil)
		}
		pairs = append(pairs, indexPair{repeats, at})
	}
	sort.SliceStable(pairs, func(i, j int) bool { return depth(pairs[i].repeats[0]) < depth(pairs[j].repeats[0]) })
	var within *node
	for _, p := range pairs {
		repeats := below(p.repeats, within)
		if !(p.at >= 1 && p.at <= float64(len(repeats))) {
			return nodesValue(nil)
		}
		within = repeats[int(p.at)-1]
	}
	return nodesValue(below(nodes, within))
}

// everyNode finds a question or repeat of indexed-repeat() in all instances: the index says which one is meant.
func everyNode(c *evaluation, arg expr) ([]*node, bool) {
	before := c.env.every
	c.env.every = true
	defer func() { c.env.every = before }()
	return nodesOf(c, arg, "indexed-repeat")
}

// indexPair is a repeat and which of its instances is meant.
type indexPair struct {
	repeats []*node
	at      float64
}

func depth(n *node) int {
	d := 0
	for ; n.parent != nil; n = n.parent {
		d++
	}
	return d
}

// below keeps the nodes inside another; nil holds everything.
func below(nodes []*node, in *node) []*node {
	if in == nil {
		return nodes
	}
	var out []*node
	for _, n := range nodes {
		for p := n.parent; p != nil; p = p.parent {
			if p == in {
				out = append(out, n)
				break
			}
		}
	}
	return out
}

// fnRandomize shuffles nodes; with a seed always in the same order.
func fnRandomize(c *evaluation, args []expr) value {
	nodes, ok := nodesOf(c, args[0], "randomize")
	if !ok {
		return emptyValue()
	}
	shuffled := append([]*node(nil), nodes...)
	source := c.env.chance()
	if len(args) == 2 {
		source = newRandom(c.seedOf(args[1].eval(c)))
	}
	source.shuffle(shuffled)
	return nodesValue(shuffled)
}

// seedOf turns any value into a seed: a number by itself, other text by its hash.
func (c *evaluation) seedOf(v value) int64 {
	n := c.num(v)
	if v.str() == "" || math.IsInf(n, 0) {
		return 0
	}
	if !math.IsNaN(n) {
		return int64(n)
	}
	sum := sha256.Sum256([]byte(v.str()))
	return int64(binary.BigEndian.Uint64(sum[:8]))
}
