package form

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// maxXMLDepth bounds how deep elements nest in a document from outside.
const maxXMLDepth = 500

const xmlNamespace = "http://www.w3.org/XML/1998/namespace"

// parseXML reads a document into a tree. Entities other than XML's own are not expanded.
func parseXML(data []byte) (*node, error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.Strict = true
	d.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		if strings.EqualFold(label, "utf-8") {
			return in, nil
		}
		return nil, say("xml.charset", "charset", label)
	}
	p := &xmlParser{doc: &node{kind: kindRoot}}
	p.at = p.doc
	p.spaces = []map[string]string{{"xml": xmlNamespace}}
	for {
		tok, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return p.finish()
		}
		if err != nil {
			return nil, say("xml.broken", "why", err.Error())
		}
		if err := p.take(tok); err != nil {
			return nil, err
		}
	}
}

type xmlParser struct {
	doc    *node
	at     *node
	depth  int
	names  []string            // open elements as written
	spaces []map[string]string // namespaces in scope of each open element
}

func (p *xmlParser) finish() (*node, error) {
	if p.depth > 0 {
		return nil, say("xml.broken", "why", "an element is not closed")
	}
	for _, k := range p.doc.kids {
		if k.kind == kindElement {
			p.doc.number(1)
			return p.doc, nil
		}
	}
	return nil, say("xml.broken", "why", "there is no element in it")
}

func (p *xmlParser) take(tok xml.Token) error {
	switch t := tok.(type) {
	case xml.StartElement:
		return p.open(t)
	case xml.EndElement:
		return p.close(t)
	case xml.CharData:
		p.text(string(t))
	case xml.Comment:
		p.at.add(&node{kind: kindComment, value: string(t)})
	case xml.ProcInst:
		if t.Target != "xml" {
			p.at.add(&node{kind: kindInstruction, name: t.Target, value: string(t.Inst)})
		}
	}
	return nil
}

func rawName(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}

func (p *xmlParser) open(t xml.StartElement) error {
	if p.depth++; p.depth > maxXMLDepth {
		return say("xml.deep")
	}
	if p.depth == 1 && p.root() != nil {
		return say("xml.broken", "why", "there are two root elements")
	}
	scope := p.declare(t.Attr)
	n := p.at.add(&node{name: t.Name.Local})
	n.more = &nodeMore{prefix: t.Name.Space, space: scope[t.Name.Space]}
	for _, a := range t.Attr {
		if a.Name.Space == "xmlns" || a.Name.Space == "" && a.Name.Local == "xmlns" {
			continue
		}
		attr := &node{kind: kindAttribute, name: a.Name.Local, value: a.Value, parent: n, more: &nodeMore{prefix: a.Name.Space}}
		if a.Name.Space != "" {
			attr.more.space = scope[a.Name.Space]
		}
		n.more.attrs = append(n.more.attrs, attr)
	}
	for _, prefix := range sortedKeys(scope) {
		if scope[prefix] != "" {
			n.more.spaces = append(n.more.spaces, &node{kind: kindNamespace, name: prefix, value: scope[prefix], parent: n})
		}
	}
	p.at = n
	p.names = append(p.names, rawName(t.Name))
	p.spaces = append(p.spaces, scope)
	return nil
}

func (p *xmlParser) root() *node {
	for _, k := range p.doc.kids {
		if k.kind == kindElement {
			return k
		}
	}
	return nil
}

// declare gives the namespaces in scope of an element; the outer ones are shared unless it declares its own.
func (p *xmlParser) declare(attrs []xml.Attr) map[string]string {
	outer := p.spaces[len(p.spaces)-1]
	scope := outer
	for _, a := range attrs {
		prefix, declares := "", a.Name.Space == "" && a.Name.Local == "xmlns"
		if a.Name.Space == "xmlns" {
			prefix, declares = a.Name.Local, true
		}
		if !declares {
			continue
		}
		if len(scope) == len(outer) && sameMap(scope, outer) {
			scope = make(map[string]string, len(outer)+1)
			for k, v := range outer {
				scope[k] = v
			}
		}
		scope[prefix] = a.Value
	}
	return scope
}

func sameMap(a, b map[string]string) bool {
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return true
}

func (p *xmlParser) close(t xml.EndElement) error {
	if p.depth == 0 || p.names[len(p.names)-1] != rawName(t.Name) {
		return say("xml.broken", "why", "</"+rawName(t.Name)+"> closes nothing")
	}
	p.depth--
	p.at = p.at.parent
	p.names = p.names[:len(p.names)-1]
	p.spaces = p.spaces[:len(p.spaces)-1]
	return nil
}

// text appends a text node. CDATA is one of its own, as in the trees of browsers, where most XForms run.
func (p *xmlParser) text(s string) {
	if p.at.kind != kindRoot && s != "" {
		p.at.add(&node{kind: kindText, value: s})
	}
}
