package form

import (
	"regexp"
	"strings"
)

// references are ${name} and ${last-saved#name}.
var references = regexp.MustCompile(`\$\{\s*(last-saved#)?([^{}$]*?)\s*\}`)

// isReference says whether a text is one reference and nothing else.
func isReference(s string) bool {
	_, ok := wholeReference(s)
	return ok
}

func wholeReference(s string) (string, bool) {
	m := references.FindStringSubmatch(s)
	if m == nil || m[0] != strings.TrimSpace(s) || !isXMLName(m[2]) {
		return "", false
	}
	return m[2], true
}

func hasReference(s string) bool { return strings.Contains(s, "${") }

// checkRefsIn reports broken ${references} in any cell of a row.
func (r *reader) checkRefsIn(sheet string, row *row) {
	for _, c := range row.cells {
		if bad, ok := brokenReference(c.text); ok {
			r.bad(sheet, row.num, c.head, "form.reference.broken", "text", shorten(bad))
		}
	}
}

// brokenReference finds a "${" that isn't closed, or that holds something else than a name.
func brokenReference(s string) (string, bool) {
	for {
		i := strings.Index(s, "${")
		if i < 0 {
			return "", false
		}
		rest := s[i:]
		m := references.FindStringSubmatchIndex(rest)
		if m == nil || m[0] != 0 {
			return rest, true
		}
		if !isXMLName(rest[m[4]:m[5]]) {
			return rest[:m[1]], true
		}
		s = rest[m[1]:]
	}
}

// resolver turns ${references} into paths, seen from one item.
type resolver struct {
	form    *Form
	from    *Item
	missing []string // names that don't exist
	twice   []string // names that several items share
}

// resolve replaces the references in an expression. Inside predicates the path starts at current(), because there the
// context is the filtered node.
func (x *resolver) resolve(text string, inFilter bool) string {
	if !hasReference(text) {
		return text
	}
	var b strings.Builder
	last := 0
	for _, m := range references.FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(text[last:m[0]])
		name := text[m[4]:m[5]]
		if m[2] >= 0 {
			b.WriteString(x.lastSaved(name))
		} else {
			b.WriteString(" " + x.path(name, inFilter || inPredicate(text[:m[0]]), inIndexed(text[:m[0]])) + " ")
		}
		last = m[1]
	}
	b.WriteString(text[last:])
	return b.String()
}

// inPredicate says whether the text so far has a bracket open.
func inPredicate(before string) bool {
	depth := 0
	for i := 0; i < len(before); i++ {
		switch before[i] {
		case '\'', '"':
			end := strings.IndexByte(before[i+1:], before[i])
			if end < 0 {
				return depth > 0
			}
			i += end + 1
		case '[':
			depth++
		case ']':
			depth--
		}
	}
	return depth > 0
}

// inIndexed says whether the reference is one of the paths of indexed-repeat(), which must be absolute.
func inIndexed(before string) bool {
	i := strings.LastIndex(before, "indexed-repeat(")
	if i < 0 {
		return false
	}
	rest := before[i+len("indexed-repeat("):]
	depth, commas := 0, 0
	for _, r := range rest {
		switch r {
		case '(':
			depth++
		case ')':
			if depth--; depth < 0 {
				return false
			}
		case ',':
			if depth == 0 {
				commas++
			}
		}
	}
	return depth == 0 && (commas == 0 || commas%2 == 1)
}

func (x *resolver) lastSaved(name string) string {
	it := x.find(name)
	if it == nil {
		return "''"
	}
	return " instance('__last-saved')" + it.Path() + " "
}

func (x *resolver) find(name string) *Item {
	found := x.form.byName[name]
	switch len(found) {
	case 1:
		return found[0]
	case 0:
		x.missing = append(x.missing, name)
	default:
		x.twice = append(x.twice, name)
	}
	return nil
}

// path gives the way to a named item: within a repeat that both are in, relative to it, so that each instance means
// its own; else from the top.
func (x *resolver) path(name string, current, absolute bool) string {
	to := x.find(name)
	if to == nil {
		return "''"
	}
	shared := x.sharedRepeat(to)
	if shared == nil || absolute {
		return to.Path()
	}
	up := 0
	for p := x.from; p != shared; p = p.Parent {
		up++
	}
	way := strings.TrimSuffix(strings.Repeat("../", up), "/")
	if current {
		way = strings.TrimSuffix("current()/"+way, "/")
	}
	if to == shared {
		if way == "" {
			return "."
		}
		return way
	}
	return strings.TrimPrefix(way+strings.TrimPrefix(to.Path(), shared.Path()), "/")
}

// sharedRepeat is the innermost repeat around both items. A repeat that is itself named counts as one of its kind
// among its siblings, not as its own surrounding.
func (x *resolver) sharedRepeat(to *Item) *Item {
	inner := to
	if to.Type == "repeat" {
		inner = to.Parent
	}
	for p := inner; p != nil; p = p.Parent {
		if p.Type == "repeat" && x.from != nil && x.from.inside(p) && x.from != p {
			return p
		}
	}
	return nil
}
