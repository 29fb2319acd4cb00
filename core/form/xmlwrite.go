package form

import (
	"maps"
	"slices"
	"strings"
)

// element is an XML element to be written: attributes in order, children elements or text.
type element struct {
	name  string
	attrs attributes
	kids  []any // *element or string
}

func elem(name string, attrs ...string) *element {
	e := &element{name: name}
	for i := 0; i+1 < len(attrs); i += 2 {
		e.attrs.set(attrs[i], attrs[i+1])
	}
	return e
}

// with appends children, passing over nil.
func (e *element) with(kids ...*element) *element {
	for _, k := range kids {
		if k != nil {
			e.kids = append(e.kids, k)
		}
	}
	return e
}

// say appends text.
func (e *element) say(text string) *element {
	e.kids = append(e.kids, text)
	return e
}

// prune leaves out the attributes whose prefix is not declared: no program could read the document.
func (e *element) prune(declared map[string]bool) {
	for _, a := range e.attrs {
		if prefix, ok := strings.CutPrefix(a.name, "xmlns:"); ok && !declared[prefix] {
			declared = maps.Clone(declared)
			declared[prefix] = true
		}
	}
	e.attrs = slices.DeleteFunc(e.attrs, func(a pair) bool {
		prefix, _, ok := strings.Cut(a.name, ":")
		return ok && prefix != "xmlns" && !declared[prefix]
	})
	for _, k := range e.kids {
		if k, ok := k.(*element); ok {
			k.prune(declared)
		}
	}
}

var (
	xmlText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	xmlAttr = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")
)

// cleanXML drops the characters that XML can't carry.
func cleanXML(s string) string { return strings.Map(printable, s) }

// write prints the element with children on lines of their own, text and what stands beside it in one line.
func (e *element) write(b *strings.Builder, indent, step, line string) {
	b.WriteString(indent + "<" + e.name)
	for _, a := range e.attrs {
		if !isXMLName(a.name) {
			continue // a column whose heading can't be an attribute
		}
		b.WriteString(" " + a.name + `="` + xmlAttr.Replace(cleanXML(a.value)) + `"`)
	}
	if len(e.kids) == 0 {
		b.WriteString("/>" + line)
		return
	}
	b.WriteString(">")
	if e.mixed() {
		e.writeMixed(b)
	} else {
		b.WriteString(line)
		for _, k := range e.kids {
			k.(*element).write(b, indent+step, step, line)
		}
		b.WriteString(indent)
	}
	b.WriteString("</" + e.name + ">" + line)
}

func (e *element) mixed() bool {
	for _, k := range e.kids {
		if _, ok := k.(string); ok {
			return true
		}
	}
	return false
}

// writeMixed sets blanks at the ends of text that has elements in it, as the reference converter does.
func (e *element) writeMixed(b *strings.Builder) {
	for i, k := range e.kids {
		if text, ok := k.(string); ok {
			if i == 0 && len(e.kids) > 1 {
				b.WriteString(" ")
			}
			b.WriteString(xmlText.Replace(cleanXML(text)))
		} else {
			k.(*element).write(b, "", "", "")
		}
	}
	if len(e.kids) > 1 {
		b.WriteString(" ")
	}
}
