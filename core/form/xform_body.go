package form

import "strings"

// controls writes what is shown of the children of a section.
func (x *xform) controls(it *Item) []*element {
	var out []*element
	for _, k := range it.Children {
		switch {
		case k.hidden || k.entity != nil:
		case k.IsRepeat():
			out = append(out, x.repeat(k))
		case k.IsGroup():
			out = append(out, x.group(k))
		case k.visible() && k.info.tag != "":
			out = append(out, x.control(k))
		}
	}
	return out
}

func (x *xform) group(it *Item) *element {
	e := elem("group")
	for _, a := range it.control {
		value := a.value
		if a.name != "appearance" {
			value = x.resolve(it, value)
		}
		e.attrs.set(a.name, value)
	}
	e.attrs.set("ref", it.Path())
	if len(it.words()) > 0 {
		e.with(x.label(it))
	}
	return e.with(x.controls(it)...)
}

func (x *xform) repeat(it *Item) *element {
	r := elem("repeat", "nodeset", it.Path())
	for _, a := range it.control {
		r.attrs.set(a.name, x.resolve(it, a.value))
	}
	r.with(x.controls(it)...)
	it.each(func(k *Item) {
		if k != it && !k.IsSection() && k.repeat() == it {
			r.with(x.actions(k, true)...)
		}
	})
	return elem("group", "ref", it.Path()).with(x.label(it), r)
}

// control writes one question.
func (x *xform) control(it *Item) *element {
	e := elem(it.info.tag, "ref", it.Path())
	if it.info.media != "" {
		e.attrs.set("mediatype", it.info.media)
	}
	for _, a := range it.control {
		e.attrs.set(a.name, x.resolve(it, a.value))
	}
	if it.query {
		e.attrs.set("query", x.query(it))
	}
	e.with(x.labelAndHint(it)...)
	e.with(x.choices(it)...)
	for _, c := range it.osmTags {
		e.with(elem("tag", "key", c.Name).with(x.tagLabel(c)))
	}
	return e.with(x.setters(it)...)
}

func (x *xform) query(it *Item) string {
	path := "instance('" + it.List + "')/root/item"
	if it.Filter == "" {
		return path
	}
	return path + "[" + (&resolver{form: x.form, from: it}).resolve(it.Filter, true) + "]"
}

func (x *xform) tagLabel(c *Choice) *element {
	return x.output(elem("label"), c.words().any(), x.form.Root)
}

// setters writes what is set when this question's answer changes.
func (x *xform) setters(it *Item) []*element {
	var values, places []*element
	for _, to := range it.run.setBy {
		name := "setvalue"
		if to.Type == "background-geopoint" {
			name = "odk:setgeopoint"
		}
		e := elem(name, "ref", to.Path(), "event", "xforms-value-changed")
		if name == "setvalue" {
			if calc := x.resolve(it, to.bind.get("calculate")); calc != "" {
				e.attrs.set("value", calc)
			}
			values = append(values, e)
		} else {
			places = append(places, e)
		}
	}
	return append(values, places...)
}

func (x *xform) labelAndHint(it *Item) []*element {
	var out []*element
	hint := it.hintText()
	if len(it.words()) > 0 || len(it.Media) > 0 || len(hint) > 0 || len(it.Guidance) > 0 {
		out = append(out, x.label(it))
	}
	switch {
	case len(it.Guidance) > 0 || translated(hint):
		out = append(out, elem("hint", "ref", "jr:itext('"+it.Path()+":hint')"))
	case len(hint) > 0:
		out = append(out, x.output(elem("hint"), hint.plain(), it))
	}
	return out
}

func (x *xform) label(it *Item) *element {
	switch {
	case translated(it.words()) || len(it.Media) > 0:
		return elem("label", "ref", "jr:itext('"+it.Path()+":label')")
	case len(it.words()) > 0:
		return x.output(elem("label"), it.words().plain(), it)
	}
	return elem("label")
}

// translated says whether a text has languages.
func translated(t Text) bool {
	if len(t) == 0 {
		return false
	}
	_, plain := t.In("")
	return !plain
}

// choices writes where the choices of a question come from.
func (x *xform) choices(it *Item) []*element {
	switch {
	case it.isSearch():
		return x.inline(it)
	case it.IsSelect() && !it.query, it.List != "" && !it.query:
		return []*element{x.itemset(it)}
	}
	return nil
}

// inline writes the choices themselves, which search() needs.
func (x *xform) inline(it *Item) []*element {
	var out []*element
	l := it.run.choices
	if l == nil {
		return nil
	}
	for i, c := range l.Choices {
		label := elem("label")
		if x.itexts[l] {
			label.attrs.set("ref", "jr:itext('"+l.Name+"-"+itoa(i)+"')")
		} else if len(c.words()) > 0 {
			label = x.output(label, c.words().plain(), it)
		}
		out = append(out, elem("item").with(label, elem("value").say(c.Name)))
	}
	return out
}

func (x *xform) itemset(it *Item) *element {
	value, label, nodes, filter := "name", "label", "", ""
	switch {
	case isDataFile(it.List) && it.run.choices == nil:
		nodes = "instance('" + fileBase(it.List) + "')/root/item"
		if strings.HasSuffix(it.List, ".geojson") {
			value, label = "id", "title"
		}
		if v := it.Parameters["value"]; v != "" {
			value = v
		}
		if v := it.Parameters["label"]; v != "" {
			label = v
		}
	case hasReference(it.List):
		nodes, value, label, filter = x.fromAnswers(it)
	default:
		nodes = "instance('" + it.List + "')/root/item"
		if it.run.choices != nil && x.itexts[it.run.choices] {
			label = "jr:itext(itextId)"
		}
	}
	if it.Filter != "" {
		filter = x.filter(it, nodes)
	}
	if filter != "" {
		nodes += "[" + filter + "]"
	}
	return elem("itemset", "nodeset", x.randomized(it, nodes)).with(elem("value", "ref", value), elem("label", "ref", label))
}

// fromAnswers gives the nodes of a repeat whose answers are the choices.
func (x *xform) fromAnswers(it *Item) (nodes, value, label, filter string) {
	path := strings.TrimSpace((&resolver{form: x.form, from: it, parent: true}).resolve(it.List, false))
	if !it.IsSelect() {
		return path, "geometry", "geometry", "./geometry != ''"
	}
	i := strings.LastIndexByte(path, '/')
	if i < 0 {
		return path, path, path, ""
	}
	name := path[i+1:]
	return path[:i], name, name, "./" + name + " != ''"
}

func (x *xform) filter(it *Item, nodes string) string {
	f := (&resolver{form: x.form, from: it, parent: hasReference(it.List)}).resolve(it.Filter, true)
	if hasReference(it.List) {
		f = strings.ReplaceAll(f, "current()/"+nodes, ".")
		f = strings.ReplaceAll(f, nodes, ".")
	}
	return f
}

func (x *xform) randomized(it *Item, nodes string) string {
	if it.Parameters["randomize"] != "true" {
		return nodes
	}
	if seed := it.Parameters["seed"]; seed != "" {
		return "randomize(" + nodes + ", " + strings.TrimSpace(x.resolve(it, seed)) + ")"
	}
	return "randomize(" + nodes + ")"
}
