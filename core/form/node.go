package form

import "strings"

// kind tells what a node of a tree is.
type kind uint8

const (
	kindElement kind = iota
	kindRoot
	kindAttribute
	kindText
	kindComment
	kindInstruction
	kindNamespace
)

// node is one piece of an XML tree: of the answers, of a secondary instance, or of a document that an expression is
// evaluated on. A leaf element keeps its text in value and has no text node of its own: choice lists have a hundred
// thousand items and tablets have little memory.
type node struct {
	kind   kind
	hidden bool  // not relevant, or inside something that is not
	frozen bool  // root of a tree that never changes and is numbered
	order  int32 // place in the document, valid after number
	name   string
	value  string
	parent *node
	kids   []*node
	more   *nodeMore
	item   *Item      // what the form says about it; nil outside the answers
	bind   *bindState // answers only
}

// nodeMore holds what few nodes have.
type nodeMore struct {
	prefix string
	space  string // namespace
	attrs  []*node
	spaces []*node // namespace nodes in scope
}

// text is the string value: the node's own text or, with children, all text below it.
func (n *node) text() string {
	if len(n.kids) == 0 {
		return n.value
	}
	var b strings.Builder
	n.gather(&b)
	return b.String()
}

func (n *node) gather(b *strings.Builder) {
	if n.kind == kindComment || n.kind == kindInstruction {
		return
	}
	b.WriteString(n.value)
	for _, k := range n.kids {
		k.gather(b)
	}
}

// add appends a child.
func (n *node) add(k *node) *node {
	k.parent = n
	n.kids = append(n.kids, k)
	return k
}

// leaf appends a child element with a text.
func (n *node) leaf(name, value string) *node {
	return n.add(&node{name: name, value: value})
}

// child finds the first child element of a name.
func (n *node) child(name string) *node {
	for _, k := range n.kids {
		if k.kind == kindElement && k.name == name {
			return k
		}
	}
	return nil
}

// root climbs to the top of the tree.
func (n *node) root() *node {
	for n.parent != nil {
		n = n.parent
	}
	return n
}

// index is the place among the parent's children.
func (n *node) index() int {
	if n.parent == nil {
		return 0
	}
	for i, k := range n.parent.kids {
		if k == n {
			return i
		}
	}
	return -1
}

// attr finds an attribute's value.
func (n *node) attr(name string) (string, bool) {
	if n.more == nil {
		return "", false
	}
	for _, a := range n.more.attrs {
		if a.name == name {
			return a.value, true
		}
	}
	return "", false
}

// namespace is empty for nodes that are in none.
func (n *node) namespace() string {
	if n.more == nil {
		return ""
	}
	return n.more.space
}

// children lists child nodes as XPath sees them: a leaf's text counts as a text node.
func (n *node) children() []*node {
	if len(n.kids) > 0 || n.value == "" || n.kind != kindElement {
		return n.kids
	}
	return []*node{{kind: kindText, parent: n, value: n.value, order: n.order}}
}

// number gives every node of the tree its place in document order.
func (n *node) number(next int32) int32 {
	n.order = next
	next++
	if n.more != nil {
		for _, a := range n.more.spaces {
			a.order, next = next, next+1
		}
		for _, a := range n.more.attrs {
			a.order, next = next, next+1
		}
	}
	for _, k := range n.kids {
		next = k.number(next)
	}
	return next
}
