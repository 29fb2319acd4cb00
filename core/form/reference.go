package form

import (
	"regexp"
	"strings"
)

// references are ${name} and ${last-saved#name}.
var references = regexp.MustCompile(`\$\{(last-saved#)?([\p{L}_][\p{L}\p{M}\p{N}_\-.·]*)\}`)

// maybeReference finds what was meant as a reference, well written or not.
var maybeReference = regexp.MustCompile(`\$\{[^}]+\}|\$\{[^}]*$`)

// usedName is a name in a ${reference} and where it stands.
type usedName struct {
	sheet  string
	row    int
	column string
	name   string
}

// isReference says whether a text is one reference and nothing else.
func isReference(s string) bool {
	_, ok := wholeReference(s)
	return ok
}

func wholeReference(s string) (string, bool) {
	m := references.FindStringSubmatch(s)
	if m == nil || m[0] != s {
		return "", false
	}
	return m[2], true
}

func hasReference(s string) bool { return references.MatchString(s) }

// count notes a name of the survey sheet.
func (r *reader) count(name string) {
	if r.names == nil {
		r.names = map[string]int{}
	}
	r.names[name]++
}

// checkRefsIn reports broken references in the cells of a row and notes the names in the others.
func (r *reader) checkRefsIn(sheet string, row *row) {
	for _, c := range row.cells {
		switch {
		case sheet == "survey" && (c.words[0] == "type" || c.words[0] == "name" || c.words[0] == "trigger"),
			sheet == "choices" && c.words[0] != "label" && c.words[0] != "media",
			sheet == "entities" && (c.words[0] == "dataset" || c.words[0] == "repeat"):
			continue
		}
		r.checkRefs(sheet, row.num, c.head, c.text)
		if column, _ := translatable(c.words); column != "" && sheet != "settings" && sheet != "entities" {
			if _, bad := textParts(c.text); bad != "" {
				r.bad(sheet, row.num, c.head, bad, "text", shorten(c.text))
			}
		}
	}
}

func (r *reader) checkRefs(sheet string, row int, column, text string) {
	for _, found := range maybeReference.FindAllString(text, -1) {
		m := references.FindStringSubmatch(found)
		if m == nil || m[0] != found {
			r.bad(sheet, row, column, "form.reference.broken", "text", shorten(found))
			continue
		}
		r.used = append(r.used, usedName{sheet, row, column, m[2]})
	}
}

// checkNames looks up all names that were used.
func (r *reader) checkNames() {
	if !yesNo[r.form.Settings["omit_instanceID"]] {
		r.count("instanceID")
	}
	for _, u := range r.used {
		switch n := r.names[u.name]; {
		case n == 0:
			r.bad(u.sheet, u.row, u.column, "form.reference.missing", "name", u.name)
		case n > 1:
			r.bad(u.sheet, u.row, u.column, "form.reference.twice", "name", u.name)
		}
	}
}

// resolver turns ${references} into paths, seen from one item.
type resolver struct {
	form    *Form
	from    *Item
	parent  bool     // reach the repeat's parent, for choices out of a repeat
	missing []string // names that don't exist or that several items share
}

// resolve replaces the references in an expression; filter tells that it is a predicate on a choice list, where paths
// start at current() because the context is the filtered node.
func (x *resolver) resolve(text string, filter bool) string {
	var b strings.Builder
	last := 0
	for _, m := range references.FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(text[last:m[0]])
		name := text[m[4]:m[5]]
		b.WriteString(" " + x.path(name, text, m[0], m[1], m[2] >= 0, filter) + " ")
		last = m[1]
	}
	b.WriteString(text[last:])
	return b.String()
}

func (x *resolver) find(name string) *Item {
	if found := x.form.byName[name]; len(found) == 1 {
		return found[0]
	}
	x.missing = append(x.missing, name)
	return nil
}

// path gives the way to a named item: within a repeat that both are in, relative to the nearest group around both, so
// that each instance means its own; else from the top.
func (x *resolver) path(name, text string, start, end int, lastSaved, filter bool) string {
	to := x.find(name)
	switch {
	case to == nil:
		return "''"
	case lastSaved:
		return "instance('__last-saved')" + to.Path()
	case x.from == nil || !relativeIn(text, name, start, end):
		return to.Path()
	}
	shared := sharedSection(x.from, to, true)
	if shared == nil {
		return to.Path()
	}
	up, way := x.relative(to, shared)
	if filter || inInstanceFilter(text, start, end) {
		return "current()/" + up + way
	}
	return up + way
}

// relative gives the steps up to what both items are in, and the way down from there.
func (x *resolver) relative(to, shared *Item) (up, down string) {
	anchor := sharedSection(x.from, to, false)
	if x.parent && aboveRepeat(x.from, to, shared) {
		anchor = shared.Parent
	}
	steps := 0
	for p := x.from; p != anchor && p != nil; p = p.Parent {
		steps++
	}
	up = strings.TrimSuffix(strings.Repeat("../", steps), "/")
	return up, strings.TrimPrefix(to.Path(), anchor.Path())
}

// aboveRepeat says whether choices taken from a repeat must be reached through the repeat's parent.
func aboveRepeat(from, to, shared *Item) bool {
	outer := shared.Parent != nil && shared.Parent.repeat() != nil
	return to.Parent.repeat() == shared && (!outer || from.Parent.repeat() != shared)
}

// sharedSection is the nearest repeat (or, with repeat false, repeat or group) around both items' parents.
func sharedSection(a, b *Item, repeat bool) *Item {
	for p := a.Parent; p != nil; p = p.Parent {
		if p.Type == "repeat" || p.Type == "group" && !repeat {
			if b.Parent != nil && b.Parent.inside(p) {
				return p
			}
		}
	}
	return nil
}

var (
	bracketed    = regexp.MustCompile(`\[[^\]]+\]`)
	instancePart = regexp.MustCompile(`instance\([^)]+.+`)
	indexedPart  = regexp.MustCompile(`indexed-repeat\([^)]+\)`)
)

// inInstanceFilter says whether a reference stands in a predicate of an expression that looks into an instance.
func inInstanceFilter(text string, start, end int) bool {
	if !instancePart.MatchString(text) {
		return false
	}
	for _, b := range bracketed.FindAllStringIndex(text, -1) {
		if start >= b[0] && end <= b[1] {
			return true
		}
	}
	return false
}

// relativeIn says whether a reference may become relative: the paths of indexed-repeat() may not, its positions may.
func relativeIn(text, name string, start, end int) bool {
	for _, call := range indexedPart.FindAllStringIndex(text, -1) {
		if end < call[0] || start > call[1] {
			continue
		}
		args := strings.Split(text[call[0]+len("indexed-repeat("):call[1]-1], ",")
		at := -1
		for i, a := range args {
			if strings.Contains(a, "${"+name+"}") {
				at = i
			}
		}
		return at >= 0 && at != 0 && at != 1 && at != 3 && at != 5
	}
	return true
}
