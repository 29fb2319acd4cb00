package form

import (
	"strconv"
	"strings"
)

// path gives a node's address: /data/group/members[2]/name. Instances of repeats carry their place, counted from one.
func (v *Interview) path(n *node) string {
	if n.parent == nil || n.parent.kind == kindRoot {
		return "/" + n.name
	}
	p := v.path(n.parent) + "/" + n.name
	if n.item != nil && n.item.IsRepeat() {
		at := 1
		for _, k := range n.parent.kids {
			if k == n {
				break
			}
			if k.item == n.item {
				at++
			}
		}
		p += "[" + strconv.Itoa(at) + "]"
	}
	return p
}

// splitPath parts the last name from a path.
func splitPath(path string) (parent, name string) {
	i := strings.LastIndexByte(path, '/')
	if i < 0 {
		return "", path
	}
	name = path[i+1:]
	if j := strings.IndexByte(name, '['); j >= 0 {
		name = name[:j]
	}
	return path[:i], name
}

// find finds a node by its path. A bare name works for a question that is in no repeat and shares its name with none.
func (v *Interview) find(path string) *node {
	if !strings.HasPrefix(path, "/") {
		if it := v.form.Item(path); it != nil {
			return v.single[it.index]
		}
		return nil
	}
	parts := strings.Split(path[1:], "/")
	if parts[0] != v.root.name {
		return nil
	}
	n := v.root
	for _, part := range parts[1:] {
		if n = stepTo(n, part); n == nil {
			return nil
		}
	}
	return n
}

// stepTo finds a child by name and, in brackets, its place among its like.
func stepTo(n *node, part string) *node {
	at := 1
	if i := strings.IndexByte(part, '['); i >= 0 {
		num, err := strconv.Atoi(strings.TrimSuffix(part[i+1:], "]"))
		if err != nil {
			return nil
		}
		part, at = part[:i], num
	}
	for _, k := range n.kids {
		if k.name == part {
			if at--; at == 0 {
				return k
			}
		}
	}
	return nil
}
