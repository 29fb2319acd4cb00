package form

import "encoding/json"

// draft is how an unfinished interview is kept. Fields may be added; a program that doesn't know one ignores it.
type draft struct {
	Form    string            `json:"form"`
	Version string            `json:"version"`
	Lang    string            `json:"lang,omitempty"`
	At      string            `json:"at,omitempty"`     // current step
	Chance  int64             `json:"chance,omitempty"` // state of the random generator
	Seed    int64             `json:"seed,omitempty"`
	Made    int64             `json:"made,omitempty"` // uuids made so far
	Short   bool              `json:"short,omitempty"`
	Answers draftNode         `json:"answers"`
	Typed   map[string]string `json:"typed,omitempty"` // what was typed and couldn't be taken, by path
	Last    map[string]string `json:"last,omitempty"`  // Config.Last
}

// draftNode is a node: a text for a question, else children in order.
type draftNode struct {
	Name  string      `json:"n"`
	Value string      `json:"v,omitempty"`
	Kids  []draftNode `json:"k,omitempty"`
}

// Draft gives the interview as bytes from which Restore continues as if it had never stopped. Answers that are not
// relevant now are in it too.
func (v *Interview) Draft() []byte {
	d := draft{Form: v.form.ID, Version: v.form.Version, Lang: v.cfg.Lang, At: v.at, Chance: v.world.random.state,
		Seed: v.cfg.Seed, Made: v.world.made, Short: v.cfg.ShortMode, Answers: toDraft(v.root), Last: v.last}
	v.eachNode(v.root, func(n *node) {
		if n.bind.refused != nil {
			if d.Typed == nil {
				d.Typed = map[string]string{}
			}
			d.Typed[v.path(n)] = n.bind.typed
		}
	})
	out, err := json.Marshal(d)
	if err != nil {
		panic("form: a draft is plain text: " + err.Error())
	}
	return out
}

func toDraft(n *node) draftNode {
	d := draftNode{Name: n.name, Value: n.value}
	for _, k := range n.kids {
		if k.item.IsSection() || k.value != "" {
			d.Kids = append(d.Kids, toDraft(k))
		}
	}
	return d
}

func (v *Interview) eachNode(n *node, visit func(*node)) {
	visit(n)
	for _, k := range n.kids {
		v.eachNode(k, visit)
	}
}

// DraftInfo tells which form and version a draft belongs to.
func DraftInfo(data []byte) (formID, version string, err error) {
	var d draft
	if err := json.Unmarshal(data, &d); err != nil {
		return "", "", say("draft.broken")
	}
	return d.Form, d.Version, nil
}

// Restore continues an interview from its draft. The draft must be of the same form; of another version it is refused
// with the key draft.version unless upgrade is wished for with [Upgrade].
func Restore(f *Form, data []byte, cfg Config) (*Interview, error) {
	var d draft
	if err := json.Unmarshal(data, &d); err != nil {
		return nil, say("draft.broken")
	}
	if d.Form != f.ID {
		return nil, say("draft.form", "form", d.Form)
	}
	if d.Version != f.Version {
		return nil, say("draft.version", "draft", d.Version, "form", f.Version)
	}
	return restore(f, d, cfg), nil
}

// Upgrade continues a draft in another version of its form: answers of questions that both have are kept.
func Upgrade(f *Form, data []byte, cfg Config) (*Interview, error) {
	var d draft
	if err := json.Unmarshal(data, &d); err != nil {
		return nil, say("draft.broken")
	}
	if d.Form != f.ID {
		return nil, say("draft.form", "form", d.Form)
	}
	return restore(f, d, cfg), nil
}

func restore(f *Form, d draft, cfg Config) *Interview {
	if d.Lang != "" {
		cfg.Lang = d.Lang // the language chosen in mid-interview
	}
	cfg.Seed, cfg.ShortMode, cfg.Last = d.Seed, d.Short, d.Last
	v := newInterview(f, cfg)
	v.rebuild(v.root, d.Answers)
	v.todo.everything()
	for rank, fo := range f.engine.formulas {
		if fo.kind == computesValue && fo.item.run.volatile {
			v.todo.all[rank] = false // chance and the clock gave their values already
		}
	}
	v.settleNow()
	if d.Chance > 0 {
		v.world.random.state = d.Chance
	}
	v.world.made = d.Made
	for path, typed := range d.Typed {
		if n := v.find(path); n != nil && !n.item.IsSection() {
			_ = v.take(n, typed) // it is refused again, which is the point
		}
	}
	v.at = d.At
	if v.at == "" {
		v.first()
	}
	return v
}

// rebuild makes the nodes of a draft; questions that it doesn't have are made empty.
func (v *Interview) rebuild(n *node, d draftNode) {
	it := n.item
	if it.repeat() == nil {
		v.single[it.index] = n
	}
	n.value = d.Value
	kept := map[string][]draftNode{}
	for _, k := range d.Kids {
		kept[k.Name] = append(kept[k.Name], k)
	}
	for _, k := range it.Children {
		have := kept[k.Name]
		if !k.IsRepeat() {
			have = append(have, draftNode{Name: k.Name})[:1]
		}
		for i, dk := range have {
			if i >= maxInstances || v.nodes >= maxNodes {
				break
			}
			child := v.newNode(k)
			n.add(child)
			v.rebuild(child, dk)
		}
	}
}
