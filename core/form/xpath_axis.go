package form

import "sort"

// axis is the direction of a step.
type axis uint8

const (
	axisChild axis = iota
	axisSelf
	axisParent
	axisAttribute
	axisDescendant
	axisDescendantOrSelf
	axisAncestor
	axisAncestorOrSelf
	axisFollowing
	axisFollowingSibling
	axisPreceding
	axisPrecedingSibling
	axisNamespace
)

// axes are the directions by name.
var axes = map[string]axis{
	"child": axisChild, "self": axisSelf, "parent": axisParent, "attribute": axisAttribute, "descendant": axisDescendant,
	"descendant-or-self": axisDescendantOrSelf, "ancestor": axisAncestor, "ancestor-or-self": axisAncestorOrSelf,
	"following": axisFollowing, "following-sibling": axisFollowingSibling, "preceding": axisPreceding,
	"preceding-sibling": axisPrecedingSibling, "namespace": axisNamespace,
}

// nodeTest says which nodes of an axis a step keeps.
type nodeTest uint8

const (
	testName  nodeTest = iota
	testAny            // *
	testSpace          // prefix:*
	testNode           // node()
	testText
	testComment
	testInstruction
)

// reversed axes count positions backward.
func (a axis) reversed() bool {
	return a == axisAncestor || a == axisAncestorOrSelf || a == axisPreceding || a == axisPrecedingSibling
}

// walk lists the nodes on an axis, nearest first.
func (a axis) walk(n *node, visit func(*node)) {
	switch a {
	case axisChild:
		each(n.children(), visit)
	case axisSelf:
		visit(n)
	case axisParent:
		if n.parent != nil {
			visit(n.parent)
		}
	case axisAttribute:
		if n.more != nil && n.kind == kindElement {
			each(n.more.attrs, visit)
		}
	case axisNamespace:
		if n.more != nil && n.kind == kindElement {
			each(n.more.spaces, visit)
		}
	case axisDescendant:
		descend(n, visit)
	case axisDescendantOrSelf:
		visit(n)
		descend(n, visit)
	case axisAncestorOrSelf, axisAncestor:
		if a == axisAncestorOrSelf {
			visit(n)
		}
		for p := n.parent; p != nil; p = p.parent {
			visit(p)
		}
	default:
		a.walkSideways(n, visit)
	}
}

func (a axis) walkSideways(n *node, visit func(*node)) {
	if n.kind == kindAttribute || n.kind == kindNamespace {
		switch a {
		case axisFollowing: // everything below the owner comes after its attributes
			descend(n.parent, visit)
			a.walkSideways(n.parent, visit)
		case axisPreceding:
			a.walkSideways(n.parent, visit)
		}
		return
	}
	if n.parent == nil {
		return
	}
	siblings := n.parent.children()
	at := n.index()
	if n.kind == kindText && at < 0 {
		at = 0
	}
	switch a {
	case axisFollowingSibling:
		each(siblings[at+1:], visit)
	case axisPrecedingSibling:
		backward(siblings[:at], visit)
	case axisFollowing:
		for _, s := range siblings[at+1:] {
			visit(s)
			descend(s, visit)
		}
		a.walkSideways(n.parent, visit)
	case axisPreceding:
		for i := at - 1; i >= 0; i-- {
			ascend(siblings[i], visit)
		}
		a.walkSideways(n.parent, visit)
	}
}

func each(nodes []*node, visit func(*node)) {
	for _, n := range nodes {
		visit(n)
	}
}

func backward(nodes []*node, visit func(*node)) {
	for i := len(nodes) - 1; i >= 0; i-- {
		visit(nodes[i])
	}
}

func descend(n *node, visit func(*node)) {
	for _, k := range n.children() {
		visit(k)
		descend(k, visit)
	}
}

// ascend visits a subtree from its end to its start.
func ascend(n *node, visit func(*node)) {
	kids := n.children()
	for i := len(kids) - 1; i >= 0; i-- {
		ascend(kids[i], visit)
	}
	visit(n)
}

// keeps says whether a node passes the step's test.
func (s *step) keeps(c *evaluation, n *node) bool {
	principal := kindElement
	switch s.axis {
	case axisAttribute:
		principal = kindAttribute
	case axisNamespace:
		principal = kindNamespace
	}
	switch s.test {
	case testNode:
		return true
	case testText:
		return n.kind == kindText
	case testComment:
		return n.kind == kindComment
	case testInstruction:
		return n.kind == kindInstruction && (s.name == "" || s.name == n.name)
	case testAny:
		return n.kind == principal
	}
	if n.kind != principal {
		return false
	}
	if s.test == testSpace {
		return c.env.sameSpace(s.prefix, n)
	}
	return n.name == s.name && c.env.sameSpace(s.prefix, n)
}

// inOrder sorts nodes by their place in the document and drops doubles.
func inOrder(nodes []*node) []*node {
	if len(nodes) < 2 {
		return nodes
	}
	if top := nodes[0].root(); !top.frozen {
		top.number(0)
	}
	sort.SliceStable(nodes, func(i, j int) bool { return nodes[i].order < nodes[j].order })
	out := nodes[:1]
	for _, n := range nodes[1:] {
		if n != out[len(out)-1] {
			out = append(out, n)
		}
	}
	return out
}
