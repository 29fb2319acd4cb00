package form

// itext is one text of the translations: forms (long, guidance, image …) and their texts.
type itext struct {
	forms attributes
	from  *Item
}

// translate gathers all texts that have languages, media or references in messages.
func (x *xform) translate() {
	x.texts = map[string]map[string]*itext{}
	x.itexts = map[*List]bool{}
	x.search = map[string]bool{}
	for _, it := range x.form.items {
		if it.isSearch() {
			x.search[it.List] = true
		}
	}
	for _, name := range x.form.listOrder {
		x.translateList(x.form.Lists[name])
	}
	for _, it := range x.form.items {
		if (it.Row > 0 || it.Parent != nil && !it.hidden) && !it.external() {
			x.translateItem(it)
		}
	}
	x.fillGaps()
}

func (x *xform) translateList(l *List) {
	for _, c := range l.Choices {
		if len(c.Media) > 0 || translated(c.words()) || dynamicText(c.words().plain()) {
			x.itexts[l] = true
		}
	}
	if !x.itexts[l] {
		return
	}
	for i, c := range l.Choices {
		id := l.Name + "-" + itoa(i)
		x.put(id, "long", c.words(), nil)
		for _, kind := range sortedKeys(c.Media) {
			x.put(id, kind, c.Media[kind], nil)
		}
	}
}

func (x *xform) translateItem(it *Item) {
	path := it.Path()
	for _, m := range []struct {
		name string
		text Text
	}{{"jr:constraintMsg", it.constraint}, {"jr:requiredMsg", it.required}, {"jr:noAppErrorString", it.noApp}} {
		if translated(m.text) || dynamicText(m.text.plain()) && m.name != "jr:noAppErrorString" {
			x.put(path+":"+m.name, "long", m.text, it)
		}
	}
	if translated(it.words()) || len(it.Media) > 0 {
		x.put(path+":label", "long", it.words(), it)
	}
	x.translateHint(it)
	for _, kind := range sortedKeys(it.Media) {
		x.put(path+":label", kind, it.Media[kind], it)
	}
}

// translateHint notes hints. Those of a group are never shown; the reference converter keeps the translated ones.
func (x *xform) translateHint(it *Item) {
	hint := it.hintText()
	if it.IsSection() {
		if translated(hint) {
			x.put(it.Path()+":hint", "long", hint, it)
		}
		return
	}
	if translated(hint) || len(it.Guidance) > 0 {
		x.put(it.Path()+":hint", "long", hint, it)
	}
	if len(it.Guidance) > 0 {
		x.put(it.Path()+":hint", "guidance", it.Guidance, it)
	}
}

// put notes a text in its languages; one without language counts as the form's own.
func (x *xform) put(id, form string, t Text, from *Item) {
	for _, tr := range t {
		lang, text := tr.Lang, tr.Text
		if lang == "" {
			lang = x.form.Lang
		}
		if x.texts[lang] == nil {
			x.texts[lang] = map[string]*itext{}
			x.langs = append(x.langs, lang)
		}
		entry := x.texts[lang][id]
		if entry == nil {
			entry = &itext{from: from}
			x.texts[lang][id] = entry
			x.note(id)
		}
		entry.forms.set(form, text)
	}
}

func (x *xform) note(id string) {
	for _, lang := range x.langs {
		if e := x.texts[lang][id]; e != nil && e.forms == nil {
			continue
		} else if e != nil {
			return
		}
	}
	x.ids = append(x.ids, id)
}

// fillGaps gives every language every text: a dash where the translation is missing.
func (x *xform) fillGaps() {
	forms := map[string]attributes{}
	for _, lang := range x.langs {
		for id, e := range x.texts[lang] {
			f := forms[id]
			for _, p := range e.forms {
				f.set(p.name, "")
			}
			forms[id] = f
		}
	}
	for _, lang := range x.langs {
		for id, names := range forms {
			e := x.texts[lang][id]
			if e == nil {
				e = &itext{}
				x.texts[lang][id] = e
			}
			for _, p := range names {
				if !e.forms.has(p.name) {
					e.forms.set(p.name, "-")
				}
			}
		}
	}
}

// itext writes the translations; nil when there are none.
func (x *xform) itext() *element {
	if len(x.langs) == 0 {
		return nil
	}
	out := elem("itext")
	for _, lang := range x.langs {
		t := elem("translation", "lang", lang)
		if lang == x.form.Lang {
			t.attrs.set("default", "true()")
		}
		for _, id := range x.ids {
			t.with(x.textElement(id, x.texts[lang][id]))
		}
		out.with(t)
	}
	return out
}

func (x *xform) textElement(id string, e *itext) *element {
	out := elem("text", "id", id)
	for _, p := range e.forms {
		v := elem("value")
		text := p.value
		switch p.name {
		case "long":
		case "guidance":
			v.attrs.set("form", "guidance")
		default:
			if text == "-" {
				continue
			}
			v.attrs.set("form", p.name)
			folder := p.name
			if folder == "big-image" || folder == "image" {
				folder = "images"
			}
			text = "jr://" + folder + "/" + text
		}
		out.with(x.output(v, text, e.from))
	}
	return out
}

// words is what an XForm says of an item.
func (it *Item) words() Text {
	if it.own != nil {
		return it.own
	}
	return it.Label
}

// words is what an XForm says of a choice.
func (c *Choice) words() Text {
	if c.Row != addedRow {
		return c.Label
	}
	var own Text
	for _, tr := range c.Label {
		if tr.Lang != "" {
			own.set(tr.Lang, justOther)
		}
	}
	if own == nil {
		own = Text{{"", justOther}}
	}
	return own
}
