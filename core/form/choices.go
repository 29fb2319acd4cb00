package form

import (
	"sort"
	"strings"
)

// allChoices lists every choice a question could have, before any filter.
func (v *Interview) allChoices(it *Item) []*Choice {
	switch {
	case it.run.choices != nil:
		return it.run.choices.Choices
	case hasReference(it.List):
		return v.answersAsChoices(it)
	}
	return v.fileChoices(it)
}

// choicesAt lists the choices that a question offers now.
func (v *Interview) choicesAt(n *node) []*Choice {
	it := n.item
	var out []*Choice
	switch {
	case it.query:
		out = v.externalChoices(n)
	case it.run.filter != nil:
		out = v.filtered(n)
	default:
		out = v.allChoices(it)
	}
	if it.Parameters["randomize"] == "true" {
		out = v.shuffled(n, out)
	}
	return out
}

// filtered keeps the choices for which the filter holds.
func (v *Interview) filtered(n *node) []*Choice {
	all := v.allChoices(n.item)
	byNode := make(map[*node]*Choice, len(all))
	nodes := make([]*node, 0, len(all))
	for _, c := range all {
		if c.node != nil {
			nodes = append(nodes, c.node)
			byNode[c.node] = c
		}
	}
	v.world.fuel, v.world.failed, v.world.zone = startFuel, nil, v.world.now().Location()
	c := &evaluation{env: v.world, node: n, pos: 1, size: 1, current: n}
	var out []*Choice
	for _, k := range filter(c, nodes, n.item.run.filter.top) {
		out = append(out, byNode[k])
	}
	return out
}

// shuffled orders choices by chance, always the same for the same seed and question.
func (v *Interview) shuffled(n *node, all []*Choice) []*Choice {
	seed := int64(n.item.index+1) + v.cfg.Seed
	if n.item.run.seed != nil {
		if val, err := n.item.run.seed.eval(v.world, n); err == nil {
			seed = (&evaluation{env: v.world}).seedOf(val)
		}
	}
	order := make([]*node, len(all))
	byNode := make(map[*node]*Choice, len(all))
	for i, c := range all {
		order[i] = &node{}
		byNode[order[i]] = c
	}
	newRandom(seed).shuffle(order)
	out := make([]*Choice, len(all))
	for i, k := range order {
		out[i] = byNode[k]
	}
	return out
}

// answersAsChoices offers what was answered in a repeat, for types like "select_one ${member_name}".
func (v *Interview) answersAsChoices(it *Item) []*Choice {
	name, ok := wholeReference(it.List)
	source := v.form.Item(name)
	if !ok || source == nil {
		return nil
	}
	var out []*Choice
	for _, n := range v.nodesOf(source, v.root) {
		if n.hidden || n.value == "" {
			continue
		}
		out = append(out, &Choice{Name: n.value, Label: Text{{"", n.value}}, node: n.parent})
	}
	return out
}

// fileChoices offers the rows of a file.
func (v *Interview) fileChoices(it *Item) []*Choice {
	d := v.dataset(it.List)
	if d == nil || d.tree == nil {
		return nil
	}
	name, label := "name", "label"
	if p := it.Parameters["value"]; p != "" {
		name = p
	}
	if p := it.Parameters["label"]; p != "" {
		label = p
	}
	var out []*Choice
	for _, item := range d.tree.kids[0].kids {
		c := &Choice{node: item}
		if k := item.child(name); k != nil {
			c.Name = k.value
		}
		if k := item.child(label); k != nil {
			c.Label = Text{{"", k.value}}
		}
		out = append(out, c)
	}
	return out
}

// externalChoices filters the external_choices sheet by column=value terms.
func (v *Interview) externalChoices(n *node) []*Choice {
	l := v.form.External[n.item.List]
	if l == nil {
		return nil
	}
	src := (&resolver{form: v.form, from: n.item}).resolve(n.item.Filter, true)
	e, err := Compile(src)
	if err != nil {
		return l.Choices
	}
	it := *n.item
	it.run.choices, it.run.filter = l, e
	at := *n
	at.item = &it
	return v.filtered(&at)
}

// isChoice says whether a name is on a question's list. A list that isn't there, such as a file that wasn't sent
// along, takes any answer: refusing would stop the visit.
func (v *Interview) isChoice(n *node, name string) bool {
	all := v.choicesAt(n)
	for _, c := range all {
		if c.Name == name {
			return true
		}
	}
	return len(all) == 0 && n.item.run.choices == nil
}

// choiceText is a choice's label in the language shown, its references filled in,
// with its styling.
func (v *Interview) choiceText(at *node, c *Choice) string {
	s := v.pick(c.Label)
	if !strings.ContainsAny(s, "{(") {
		return s
	}
	t := (&reader{form: v.form}).pieces(at.itemOr(v.form.Root), s)
	return v.join(at, t)
}

// pick chooses a text's translation: the language shown, the form's own, the untranslated one, any.
func (v *Interview) pick(t Text) string {
	for _, lang := range []string{v.lang, v.form.Lang, ""} {
		if s, ok := t.In(lang); ok && s != "" {
			return s
		}
	}
	for _, tr := range t {
		if tr.Text != "" {
			return tr.Text
		}
	}
	return ""
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// fillTemplate fills a template in at a node and takes its styling off.
func (v *Interview) fillTemplate(at *node, t template) string { return Plain(v.fillRaw(at, t)) }

// fillRaw picks a template's translation and fills it in at a node. What it fills
// in may bring styling with it, as when a calculation gives a warning its color.
func (v *Interview) fillRaw(at *node, t template) string {
	for _, lang := range []string{v.lang, v.form.Lang, ""} {
		if p, ok := t[lang]; ok {
			return v.join(at, p)
		}
	}
	for _, lang := range sortedKeys(t) {
		return v.join(at, t[lang])
	}
	return ""
}

// join puts the values of references into a text. A choice is shown by its name, as ODK does.
func (v *Interview) join(at *node, pieces []piece) string {
	var b strings.Builder
	for _, p := range pieces {
		if p.expr == nil {
			b.WriteString(p.text)
			continue
		}
		if val, err := p.expr.eval(v.world, at); err == nil {
			b.WriteString(val.str())
		}
	}
	return b.String()
}
