package form

import (
	"fmt"
	"strings"
)

// Received is a submission as it came from another tool. Its answers are taken as they were given: nothing is
// computed or asked again.
type Received struct {
	FormID     string
	Version    string
	InstanceID string         // "uuid:…" as a rule; "" where the form has none
	Submitted  string         // when another server took it, as it wrote that; "" if unknown
	Fields     map[string]any // by the names of [Form.Field]; what the form doesn't have, by its path
	Unknown    []string       // paths of what the form doesn't have
}

// SubmissionForm tells for which form and version a submission was filled in.
func SubmissionForm(data []byte) (formID, version string, err error) {
	root, err := submissionRoot(data)
	if err != nil {
		return "", "", err
	}
	formID, _ = root.attr("id")
	version, _ = root.attr("version")
	return formID, version, nil
}

func submissionRoot(data []byte) (*node, error) {
	doc, err := parseXML(data)
	if err != nil {
		return nil, err
	}
	for _, k := range doc.kids {
		if k.kind == kindElement {
			return k, nil
		}
	}
	return nil, say("xml.broken", "why", "it is empty")
}

// ReadSubmission reads submission XML. Give the version of the form for which it was filled in; of another one, what
// both have is read under its name and the rest under its path.
func ReadSubmission(f *Form, data []byte) (*Received, error) {
	root, err := submissionRoot(data)
	if err != nil {
		return nil, err
	}
	r := &Received{Fields: map[string]any{}}
	r.FormID, _ = root.attr("id")
	r.Version, _ = root.attr("version")
	r.InstanceID, _ = root.attr("instanceID")
	r.Submitted, _ = root.attr("submissionDate")
	if r.FormID != f.ID {
		return nil, say("draft.form", "form", r.FormID)
	}
	in := &receiver{form: f, out: r}
	in.section(root, f.Root, r.Fields)
	return r, nil
}

type receiver struct {
	form  *Form
	out   *Received
	count int
}

func (r *receiver) section(n *node, it *Item, into map[string]any) {
	for _, k := range n.kids {
		if k.kind != kindElement {
			continue
		}
		if r.count++; r.count > maxElements {
			return
		}
		if _, template := k.attr("template"); !template {
			r.element(k, it, into)
		}
	}
}

func (r *receiver) element(k *node, parent *Item, into map[string]any) {
	it := parent.childNamed(k.name)
	text := strings.TrimSpace(strings.Map(printable, k.text()))
	switch {
	case k.name == "meta" && parent == r.form.Root:
		r.meta(k)
	case it == nil:
		path := strings.TrimPrefix(parent.Path()+"/"+k.name, r.form.Root.Path()+"/")
		r.out.Unknown = append(r.out.Unknown, path)
		if text != "" {
			into[path] = text
		}
	case !it.kept():
	case it.IsRepeat():
		row := map[string]any{}
		r.section(k, it, row)
		name := r.form.Field(it)
		list, _ := into[name].([]map[string]any)
		into[name] = append(list, row)
	case it.IsGroup():
		r.section(k, it, into)
	case text != "":
		into[r.form.Field(it)] = it.answer(text)
	}
}

func (r *receiver) meta(n *node) {
	for _, k := range n.kids {
		if k.kind == kindElement && k.name == "instanceID" {
			r.out.InstanceID = strings.TrimSpace(k.text())
		}
	}
}

// unknownVersion is the version of an updated record that the interview knew, where nothing says which: the first. It
// makes a server that has had others since report a conflict, where none at all is refused.
const unknownVersion = "1"

// WriteSubmission writes answers by the names of [Form.Field] as submission XML, the way back of [ReadSubmission],
// with the records that they created or updated: [Interview.Entities].
func (f *Form) WriteSubmission(fields map[string]any, instanceID string, entities []SavedEntity) []byte {
	root := elem(f.Root.Name, "id", f.ID)
	if f.Version != "" {
		root.attrs.set("version", f.Version)
	}
	for _, a := range (&xform{form: f}).namespaces() {
		if a.name == "xmlns:jr" || a.name == "xmlns:orx" || a.name == "xmlns:entities" && len(entities) > 0 {
			root.attrs.set(a.name, a.value)
		}
	}
	w := &submissionWriter{form: f, entities: make(map[string]*SavedEntity, len(entities))}
	for i := range entities {
		w.entities[entities[i].At] = &entities[i]
	}
	w.section(root, f.Root, fields, "")
	meta := w.meta("")
	if meta == nil {
		meta = elem("meta")
	}
	root.with(meta.with(elem("instanceID").say(instanceID)))
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
	root.write(&b, "", "", "")
	return []byte(b.String())
}

type submissionWriter struct {
	form     *Form
	entities map[string]*SavedEntity // by the section that they are made of
}

func (w *submissionWriter) section(e *element, section *Item, fields map[string]any, at string) {
	for _, k := range section.Children {
		switch {
		case !k.kept():
		case k.IsRepeat():
			for i, row := range Rows(fields[w.form.Field(k)]) {
				w.inner(e, k, row, at+"/"+k.Name+"["+itoa(i+1)+"]")
			}
		case k.IsGroup():
			w.inner(e, k, fields, at+"/"+k.Name)
		default:
			one := elem(k.Name)
			if text := answerText(fields[w.form.Field(k)]); text != "" {
				one.say(text)
			}
			e.with(one)
		}
	}
}

func (w *submissionWriter) inner(e *element, section *Item, fields map[string]any, at string) {
	one := elem(section.Name)
	w.section(one, section, fields, at)
	e.with(one.with(w.meta(at)))
}

// meta writes what was made of a section; nil if nothing was.
func (w *submissionWriter) meta(at string) *element {
	saved := w.entities[at]
	if saved == nil {
		return nil
	}
	s := *saved
	if s.Update && s.BaseVersion == "" {
		s.BaseVersion = unknownVersion
	}
	one := elem("entity")
	s.write(one)
	return elem("meta").with(one)
}

// Rows reads the answer of a repeat, whether it comes from an interview or from a record.
func Rows(answer any) []map[string]any {
	switch a := answer.(type) {
	case []map[string]any:
		return a
	case []any:
		out := make([]map[string]any, 0, len(a))
		for _, one := range a {
			if row, ok := one.(map[string]any); ok {
				out = append(out, row)
			}
		}
		return out
	}
	return nil
}

// AnswerText shows an answer as it stands in a submission: several choices joined by blanks.
func AnswerText(answer any) string {
	if n, ok := answer.(int64); ok {
		return fmt.Sprint(n)
	}
	return answerText(answer)
}
