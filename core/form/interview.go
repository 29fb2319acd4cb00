package form

import (
	"strings"
	"time"
)

// Config is what an interview needs from outside. The zero value works: time stands still in 1970, nothing can be
// looked up, no checks run.
type Config struct {
	Now       func() time.Time
	Lang      string                              // "zh", "en" or a language of the form; empty: the form's own
	Checks    map[string]func(value string) error // by the name in bind::hs:check; a Message comes out localized
	Data      func(name string) *Dataset          // by file name without ending; nil when there is none
	Device    map[string]string                   // deviceid, username, phonenumber, email …
	ShortMode bool                                // ask only the questions marked bind::hs:core
	Seed      int64                               // start of all chance in this interview
	NewID     func() string                       // makes uuid() and instanceID; nil: made from Seed
	Last      map[string]string                   // what [Interview.Left] gave of the last finished one, for ${last-saved#x}
}

// Interview is one filling-in of a form. It is not safe for use by several goroutines at once.
type Interview struct {
	form   *Form
	cfg    Config
	lang   string // language of the form that is shown; "" if it has none
	doc    *node  // above the answers
	root   *node
	world  *world
	single []*node // the node of each item that lies in no repeat
	todo   pending
	at     string // path of the current step
	last   map[string]string
	steps  []outline // made when asked for, dropped at every change
	trees  map[string]*node
	nodes  int // made so far
}

// bindState is what an interview knows of one node besides its value.
type bindState struct {
	relevant bool   // by its own condition
	numeric  bool   // the calculation gave a number
	typed    string // what was typed when it couldn't be taken
	refused  *Message
	surplus  bool // an instance beyond the repeat's count
}

// New starts an interview.
func New(f *Form, cfg Config) *Interview {
	v := newInterview(f, cfg)
	v.build(v.root, f.Root)
	v.preload()
	v.settle()
	v.initialValues(v.root)
	v.settle()
	v.first()
	return v
}

// newInterview makes an interview without answers.
func newInterview(f *Form, cfg Config) *Interview {
	v := &Interview{form: f, cfg: cfg, last: cfg.Last, single: make([]*node, len(f.items)), trees: map[string]*node{}}
	v.lang = f.Language(cfg.Lang)
	v.doc = &node{kind: kindRoot}
	v.root = v.newNode(f.Root)
	v.doc.add(v.root)
	v.world = &world{main: v.doc, single: v.single, now: cfg.Now, instance: v.instance, lookup: v.pulldata, choice: v.choiceName,
		property: v.device, version: f.Version, random: newRandom(cfg.Seed), newID: cfg.NewID, rationed: true, ration: workRation, seed: cfg.Seed, fuel: startFuel}
	if cfg.Now == nil {
		v.world.now = func() time.Time { return time.Unix(0, 0).UTC() }
	}
	v.todo = newPending(len(f.engine.formulas))
	return v
}

// Language finds the form's language for a code like "zh" or "en", or for its full name; else the form's own.
func (f *Form) Language(want string) string {
	code, _, _ := strings.Cut(strings.ToLower(want), "-")
	for _, l := range f.Langs {
		if l == want && want != "" {
			return l
		}
	}
	for _, l := range f.Langs {
		if low := strings.ToLower(l); code != "" && (low == code || strings.HasSuffix(low, "("+code+")") || strings.Contains(low, "("+code+"-")) {
			return l
		}
	}
	if len(f.Langs) == 0 {
		return ""
	}
	for _, l := range f.Langs {
		if l == f.Lang {
			return l
		}
	}
	return f.Langs[0]
}

// SetLang changes the language in mid-interview.
func (v *Interview) SetLang(lang string) {
	v.cfg.Lang = lang
	v.lang = v.form.Language(lang)
	v.steps = nil
}

// Lang is the form's language that is shown; empty if the form isn't translated.
func (v *Interview) Lang() string { return v.lang }

// Form is the form being filled in.
func (v *Interview) Form() *Form { return v.form }

func (v *Interview) newNode(it *Item) *node {
	v.nodes++
	return &node{name: it.Name, item: it, bind: &bindState{relevant: true}}
}

// build makes the nodes below a node: one for each item, one instance for each repeat without a count.
func (v *Interview) build(n *node, it *Item) {
	if it.repeat() == nil {
		v.single[it.index] = n
	}
	for _, k := range it.Children {
		if k.IsRepeat() && k.run.count != nil {
			continue
		}
		child := v.newNode(k)
		n.add(child)
		if k.repeat() != nil && k.entity != nil {
			child.value = v.preloaded(k)
		}
		if !k.dynamic && k.Default != "" {
			child.value = k.Default
		}
		v.build(child, k)
	}
}

// preload fills in metadata: who, where, when.
func (v *Interview) preload() {
	for _, it := range v.form.items {
		if n := v.single[it.index]; n != nil {
			if s := v.preloaded(it); s != "" {
				n.value = s
			}
		}
	}
}

func (v *Interview) preloaded(it *Item) string {
	if it.entity != nil && it.entity.ID == "" {
		return v.world.uuid()
	}
	now := v.world.now()
	preload, params := it.info.preload, it.info.params
	if p := it.bind.get("jr:preload"); p != "" {
		preload, params = p, it.bind.get("jr:preloadParams")
	}
	switch preload {
	case "timestamp":
		if params == "start" {
			return moment{now, false}.stamp()
		}
	case "date":
		return moment{now, true}.String()
	case "property":
		return v.device(params)
	case "uid":
		return "uuid:" + v.world.uuid()
	}
	return ""
}

// device looks metadata up; names come as "username", "uri:username" or ":username".
func (v *Interview) device(name string) string {
	name = strings.TrimPrefix(name, "uri:")
	return v.cfg.Device[strings.TrimPrefix(name, ":")]
}

// initialValues computes defaults that are expressions, in the order of the form.
func (v *Interview) initialValues(n *node) {
	if it := n.item; it != nil && it.run.initial != nil && n.value == "" {
		if val, err := it.run.initial.eval(v.world, n); err == nil {
			v.store(n, val.str())
			v.settleNow()
		}
	}
	for _, k := range n.kids {
		v.initialValues(k)
	}
}

// instance finds a secondary instance: a choice list, a file, or the last saved answers.
func (v *Interview) instance(id string) *node {
	if id == "__last-saved" {
		return v.lastSaved()
	}
	if l := v.form.Lists[id]; l != nil {
		return l.tree
	}
	if d := v.dataset(id); d != nil && d.tree != nil {
		return d.tree
	}
	for _, it := range v.form.items {
		if it.Name == id && (it.Type == "csv-external" || it.Type == "xml-external") || it.fromFile && fileBase(it.List) == id {
			return emptyInstance()
		}
	}
	return nil
}

// emptyInstance stands for a file that isn't there: expressions find nothing in it.
func emptyInstance() *node { return datasetTree(nil, nil) }

// fileBase is a file's name without its ending.
func fileBase(file string) string {
	if i := strings.LastIndexByte(file, '.'); i > 0 {
		return file[:i]
	}
	return file
}

func (v *Interview) dataset(name string) *Dataset {
	if v.cfg.Data == nil {
		return nil
	}
	return v.cfg.Data(fileBase(name))
}

// pulldata looks up one cell of a data set.
func (v *Interview) pulldata(args []string) (string, bool) {
	if len(args) != 4 {
		return "", false
	}
	return v.dataset(args[0]).Lookup(args[1], args[2], args[3])
}

// Left gives what the next interview on this form may want to know of this one: the answers that its ${last-saved#x}
// name, by path without the root. Of a question in a repeat it is the first answer. It is for [Config.Last] and for the
// device only, as in ODK.
func (v *Interview) Left() map[string]string {
	var out map[string]string
	for _, it := range v.form.wantedLater() {
		if nodes := v.nodesOf(it, v.root); len(nodes) > 0 && !nodes[0].hidden && nodes[0].value != "" {
			if out == nil {
				out = make(map[string]string)
			}
			out[v.form.below(it)] = nodes[0].value
		}
	}
	return out
}

// below gives an item's path without the root.
func (f *Form) below(it *Item) string { return strings.TrimPrefix(it.Path(), f.Root.Path()+"/") }

func (v *Interview) lastSaved() *node {
	if t := v.trees["__last-saved"]; t != nil {
		return t
	}
	doc := &node{kind: kindRoot}
	instance := doc.add(&node{name: "instance"})
	v.copyLast(instance, v.form.Root)
	freeze(doc)
	v.trees["__last-saved"] = instance
	return instance
}

func (v *Interview) copyLast(into *node, it *Item) {
	n := into.leaf(it.Name, "")
	if !it.IsSection() {
		n.value = v.last[v.form.below(it)]
	}
	for _, k := range it.Children {
		v.copyLast(n, k)
	}
}

// choiceName is jr:choice-name(): the label of a choice in the language shown.
func (v *Interview) choiceName(c *evaluation, val, path string) string {
	path = strings.TrimSpace(path)
	var it *Item
	if e, err := Compile(path); err == nil {
		if found := needsOf(v.form, c.current.itemOr(v.form.Root), e); len(found) > 0 {
			it = found[0].item
		}
	}
	if it == nil {
		return ""
	}
	for _, ch := range v.allChoices(it) {
		if ch.Name == val {
			return v.choiceText(c.current, ch)
		}
	}
	return ""
}

func (n *node) itemOr(it *Item) *Item {
	if n != nil && n.item != nil {
		return n.item
	}
	return it
}
