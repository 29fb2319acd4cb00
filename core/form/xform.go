package form

import (
	"strconv"
	"strings"
)

// XForm writes the form in the ODK XForms format, for ODK Collect, KoBo and others.
func (f *Form) XForm() []byte {
	x := &xform{form: f}
	x.translate()
	html := elem("h:html")
	html.attrs = x.namespaces()
	body := elem("h:body")
	if style := f.Settings["style"]; style != "" {
		body.attrs.set("class", style)
	}
	body.with(x.controls(f.Root)...)
	html.with(elem("h:head").with(elem("h:title").say(f.Title), x.model()), body)
	html.prune(f.prefixes())
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\"?>\n")
	html.write(&b, "", "  ", "\n")
	return []byte(b.String())
}

// xform holds what is worked out once for one output.
type xform struct {
	form   *Form
	langs  []string
	texts  map[string]map[string]*itext // by language and text id
	ids    []string                     // text ids in order
	itexts map[*List]bool               // lists whose labels are translated
	search map[string]bool              // lists used by search()
}

// namespaces are the standard's and those of the settings.
func (x *xform) namespaces() attributes {
	out := attributes{
		{"xmlns", "http://www.w3.org/2002/xforms"}, {"xmlns:h", "http://www.w3.org/1999/xhtml"},
		{"xmlns:ev", "http://www.w3.org/2001/xml-events"}, {"xmlns:xsd", "http://www.w3.org/2001/XMLSchema"},
		{"xmlns:jr", "http://openrosa.org/javarosa"}, {"xmlns:orx", "http://openrosa.org/xforms"},
		{"xmlns:odk", "http://www.opendatakit.org/xforms"},
	}
	own := x.form.Settings["namespaces"]
	if x.form.shape.entityVersion != "" {
		own += " entities=http://www.opendatakit.org/xforms/entities"
	}
	for _, part := range strings.Fields(own) {
		prefix, uri, ok := strings.Cut(part, "=")
		if ok && prefix != "" && !strings.Contains(uri, "=") && !out.has("xmlns:"+prefix) {
			out.set("xmlns:"+prefix, strings.NewReplacer(`"`, "", "'", "").Replace(uri))
		}
	}
	return out
}

func (x *xform) model() *element {
	m := elem("model", "odk:xforms-version", "1.0.0")
	if v := x.form.shape.entityVersion; v != "" {
		m.attrs.set("entities:entities-version", v)
	}
	m.with(x.submission(), x.itext())
	m.with(elem("instance").with(x.mainInstance()))
	m.with(x.instances()...)
	for _, it := range x.form.items {
		m.with(x.bind(it))
		m.with(x.actions(it, false)...)
	}
	return m
}

func (x *xform) submission() *element {
	s := x.form.Settings
	out := elem("submission")
	if v := s["submission_url"]; v != "" {
		out.attrs.set("action", v)
		out.attrs.set("method", "post")
	}
	if v := s["public_key"]; v != "" {
		out.attrs.set("base64RsaPublicKey", v)
	}
	for _, one := range []struct{ setting, attribute string }{{"auto_send", "orx:auto-send"}, {"auto_delete", "orx:auto-delete"}} {
		if yes, ok := yesNo[s[one.setting]]; ok {
			out.attrs.set(one.attribute, strconv.FormatBool(yes))
		}
	}
	if yesNo[s["client_editable"]] {
		out.attrs.set("odk:client-editable", "true")
	}
	if len(out.attrs) == 0 {
		return nil
	}
	return out
}

// mainInstance is the skeleton of the answers.
func (x *xform) mainInstance() *element {
	f := x.form
	root := x.section(f.Root, false)
	for _, k := range sortedKeys(f.Settings) {
		if name, ok := strings.CutPrefix(k, "attribute::"); ok {
			root.attrs.set(name, f.Settings[k])
		}
	}
	root.attrs.set("id", f.ID)
	if v := f.Settings["instance_xmlns"]; v != "" {
		root.attrs.set("xmlns", v)
	}
	if f.Version != "" {
		root.attrs.set("version", f.Version)
	}
	if v := f.Settings["prefix"]; v != "" {
		root.attrs.set("odk:prefix", v)
	}
	if v := f.Settings["delimiter"]; v != "" {
		root.attrs.set("odk:delimiter", v)
	}
	return root
}

// section writes a group: repeats have a template in front of their first instance, except inside an instance that
// has one already.
func (x *xform) section(it *Item, inInstance bool) *element {
	e := elem(it.Name)
	for _, a := range it.instance {
		e.attrs.set(a.name, x.resolve(it, a.value))
	}
	for _, k := range it.Children {
		switch {
		case k.external():
		case k.IsRepeat() && !inInstance:
			e.with(x.template(k), x.section(k, true))
		case k.IsSection():
			e.with(x.section(k, inInstance))
		default:
			e.with(x.leaf(k))
		}
	}
	return e
}

func (x *xform) template(it *Item) *element {
	e := elem(it.Name, "jr:template", "")
	for _, k := range it.Children {
		switch {
		case k.external():
		case k.IsRepeat():
			e.with(x.template(k))
		case k.IsSection():
			e.with(x.section(k, false))
		default:
			e.with(x.leaf(k))
		}
	}
	return e
}

func (x *xform) leaf(it *Item) *element {
	e := elem(it.Name)
	if it.entity != nil {
		for _, a := range it.entity.attrs {
			e.attrs.set(a.name, a.value)
		}
		if it.entity.Label != "" {
			e.with(elem("label"))
		}
		return e
	}
	if it.Default != "" && !it.dynamic {
		e.say(it.Default)
	}
	for _, a := range it.instance {
		e.attrs.set(a.name, x.resolve(it, a.value))
	}
	return e
}

// resolve replaces references as seen from an item.
func (x *xform) resolve(it *Item, text string) string {
	return (&resolver{form: x.form, from: it}).resolve(text, false)
}

// instances writes the secondary instances: files first, then the lists of choices.
func (x *xform) instances() []*element {
	var out []*element
	seen := map[string]bool{}
	for _, s := range x.form.sources() {
		if !seen[s.id] {
			seen[s.id] = true
			out = append(out, elem("instance", "id", s.id, "src", s.uri))
		}
	}
	for _, name := range x.form.listOrder {
		if l := x.form.Lists[name]; !seen[name] && !x.search[name] {
			out = append(out, x.listInstance(l))
		}
	}
	return out
}

func (x *xform) listInstance(l *List) *element {
	root := elem("root")
	for i, c := range l.Choices {
		item := elem("item")
		if x.itexts[l] {
			item.with(elem("itextId").say(l.Name + "-" + itoa(i)))
		}
		item.with(elem("name").say(c.Name))
		if label, ok := c.words().In(""); ok && !x.itexts[l] {
			item.with(elem("label").say(label))
		}
		for _, p := range c.Extra {
			if !isXMLName(p.name) {
				continue
			}
			item.with(elem(p.name).say(p.value))
		}
		root.with(item)
	}
	return elem("instance", "id", l.Name).with(root)
}

// conversions turn yes and no in expression columns into expressions.
func convertYesNo(name, value string) string {
	switch name {
	case "readonly", "required", "relevant", "constraint", "calculate":
		if yes, ok := yesNo[value]; ok && !strings.HasSuffix(value, ")") {
			if yes {
				return "true()"
			}
			return "false()"
		}
	}
	return value
}

// bind writes the logic of an item; nil if it has none.
func (x *xform) bind(it *Item) *element {
	if it.entity != nil || it.external() {
		return nil
	}
	attrs := x.bindAttributes(it)
	if attrs == nil {
		return nil
	}
	e := elem("bind", "nodeset", it.Path())
	for _, a := range attrs {
		if a.name == "calculate" && len(it.Triggers) > 0 {
			continue
		}
		e.attrs.set(a.name, x.resolve(it, convertYesNo(a.name, a.value)))
	}
	return e
}

// bindAttributes joins what the type brings with what the row says.
func (x *xform) bindAttributes(it *Item) attributes {
	var out attributes
	info := it.info
	add := func(name, value string) {
		if value != "" {
			out.set(name, value)
		}
	}
	add("type", info.store)
	if info.readonly {
		add("readonly", "true()")
	}
	add("constraint", info.constrain)
	add("jr:preload", info.preload)
	add("jr:preloadParams", info.params)
	for _, a := range it.bind {
		out.set(a.name, a.value)
	}
	for _, m := range []struct {
		name string
		text Text
	}{{"jr:constraintMsg", it.constraint}, {"jr:requiredMsg", it.required}, {"jr:noAppErrorString", it.noApp}} {
		if len(m.text) == 0 {
			continue
		}
		value := m.text.plain()
		if value == "" || dynamicText(value) && m.name != "jr:noAppErrorString" {
			value = "jr:itext('" + it.Path() + ":" + m.name + "')"
		}
		out.set(m.name, value)
	}
	return out
}

// actions writes what sets values when the form opens, or when a repeat gets a new instance.
func (x *xform) actions(it *Item, newRepeat bool) []*element {
	if it.entity != nil {
		return x.entityParts(it, newRepeat)
	}
	var out []*element
	if it.dynamic {
		event := "odk-instance-first-load"
		if newRepeat {
			event = "odk-new-repeat"
		}
		out = append(out, elem("setvalue", "ref", it.Path(), "event", event, "value", x.resolve(it, it.Default)))
	}
	switch {
	case newRepeat:
	case it.Type == "start-geopoint":
		out = append(out, elem("odk:setgeopoint", "ref", it.Path(), "event", "odk-instance-first-load"))
	case it.Type == "background-audio":
		e := elem("odk:recordaudio", "ref", it.Path(), "event", "odk-instance-load")
		if q := it.Parameters["quality"]; q != "" {
			e.attrs.set("odk:quality", q)
		}
		out = append(out, e)
	}
	return out
}

// entityParts writes the logic of an entity: binds of its attributes and label, and the id of a new record.
func (x *xform) entityParts(it *Item, newRepeat bool) []*element {
	var out []*element
	e := it.entity
	for _, a := range e.attrs {
		from := &Item{Name: "@" + a.name, Parent: it}
		if a.calculate != "" || a.name == "id" {
			b := elem("bind", "nodeset", from.Path(), "readonly", "true()", "type", "string")
			if a.calculate != "" {
				b.attrs.set("calculate", x.resolve(from, a.calculate))
			}
			if !newRepeat {
				out = append(out, b)
			}
		}
		if a.fresh {
			event := "odk-instance-first-load"
			if newRepeat {
				event = "odk-new-repeat"
			}
			out = append(out, elem("setvalue", "ref", from.Path(), "event", event, "type", "string", "readonly", "true()", "value", "uuid()"))
		}
	}
	if e.Label != "" && !newRepeat {
		from := &Item{Name: "label", Parent: it}
		out = append(out, elem("bind", "nodeset", from.Path(), "calculate", x.resolve(from, e.Label), "type", "string", "readonly", "true()"))
	}
	return out
}
