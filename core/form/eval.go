package form

import (
	"math"
	"time"
)

// Query is one expression to be evaluated on a document, for checks from outside.
type Query struct {
	Expr string
	XML  string    // the document; empty: an empty one
	Node string    // path of the context node; empty: the document
	Now  time.Time // its location is the local time zone
}

// Result is the value of a Query: its type (string, number, boolean or nodeset) and the value as text, number
// or bool; a number that JSON can't carry is the text NaN, Infinity or -Infinity. Nodes are the texts of a node set.
type Result struct {
	Type  string
	Value any
	Text  string
	Nodes []string
}

// Evaluate evaluates an expression on a document.
func Evaluate(q Query) (Result, error) {
	e, err := compile(q.Expr, true)
	if err != nil {
		return Result{}, err
	}
	src := q.XML
	if src == "" {
		src = "<root/>"
	}
	doc, err := parseXML([]byte(src))
	if err != nil {
		return Result{}, err
	}
	w := documentWorld(doc, q.Now)
	at, err := contextNode(w, doc, q.Node)
	if err != nil {
		return Result{}, err
	}
	v, err := e.eval(w, at)
	if err != nil {
		return Result{}, err
	}
	return result(v), nil
}

// contextNode finds the node that an expression is evaluated at.
func contextNode(w *world, doc *node, path string) (*node, error) {
	if path == "" {
		return doc, nil
	}
	e, err := Compile(path)
	if err != nil {
		return nil, err
	}
	v, err := e.eval(w, doc)
	if err != nil {
		return nil, err
	}
	if v.kind != isNodes || len(v.nodes) == 0 {
		return nil, say("expression.context", "path", path)
	}
	return v.nodes[0], nil
}

const xhtmlNamespace = "http://www.w3.org/1999/xhtml"

// usualSpaces are the prefixes that documents of the ODK world use, for expressions on a document that declares none.
var usualSpaces = map[string]string{"jr": "http://openrosa.org/javarosa", "orx": "http://openrosa.org/xforms",
	"h": xhtmlNamespace, "xhtml": xhtmlNamespace, "odk": "http://www.opendatakit.org/xforms"}

// documentWorld is the world of a document on its own: its instances and translations are found inside it.
func documentWorld(doc *node, now time.Time) *world {
	w := &world{now: func() time.Time { return now }, spaces: map[string]string{}, random: newRandom(now.UnixNano()), seed: now.UnixNano()}
	descend(doc, func(n *node) {
		if n.more == nil {
			return
		}
		for _, s := range n.more.spaces {
			if _, have := w.spaces[s.name]; !have {
				w.spaces[s.name] = s.value
			}
		}
	})
	w.spaces["xml"] = xmlNamespace
	for prefix, uri := range usualSpaces {
		if _, have := w.spaces[prefix]; !have {
			w.spaces[prefix] = uri
		}
	}
	w.instance = func(id string) *node { return findByID(doc, "instance", id) }
	w.text = func(id string) string { return itextOf(doc, id) }
	w.lookup = func(args []string) (string, bool) { return lookupIn(doc, args) }
	return w
}

// itextOf finds a text in the translation that is the default, else in the first.
func itextOf(doc *node, id string) string {
	var from *node
	descend(doc, func(n *node) {
		if n.kind != kindElement || n.name != "translation" {
			return
		}
		if _, standard := n.attr("default"); standard || from == nil {
			from = n
		}
	})
	if from == nil {
		from = doc
	}
	t := findByID(from, "text", id)
	if t == nil {
		return ""
	}
	for _, v := range t.kids {
		if _, special := v.attr("form"); v.name == "value" && !special {
			return v.text()
		}
	}
	return ""
}

// lookupIn is pulldata() on an instance of the document.
func lookupIn(doc *node, args []string) (string, bool) {
	if len(args) != 4 {
		return "", false
	}
	in := findByID(doc, "instance", args[0])
	if in == nil || in.child("root") == nil {
		return "", false
	}
	for _, item := range in.child("root").kids {
		key, want := item.child(args[2]), item.child(args[1])
		if key != nil && want != nil && key.text() == args[3] {
			return want.text(), true
		}
	}
	return "", false
}

// findByID finds an element by its name and id.
func findByID(doc *node, name, id string) *node {
	var found *node
	descend(doc, func(n *node) {
		if found == nil && n.kind == kindElement && n.name == name {
			if have, ok := n.attr("id"); ok && have == id {
				found = n
			}
		}
	})
	return found
}

func result(v value) Result {
	r := Result{Text: v.str()}
	switch v.kind {
	case isNumber:
		r.Type, r.Value = "number", v.num
		if math.IsNaN(v.num) || math.IsInf(v.num, 0) {
			r.Value = r.Text
		}
	case isBool:
		r.Type, r.Value = "boolean", v.yes
	case isNodes:
		r.Type, r.Value, r.Nodes = "nodeset", r.Text, items(v)
	case isDate:
		r.Type, r.Value = "string", r.Text // dates are texts, says the specification
	default:
		r.Type, r.Value = "string", r.Text
	}
	return r
}
