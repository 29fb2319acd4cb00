package form

import "strings"

// Step is what fits on one screen: the questions of a group, or the list of a repeat's instances.
type Step struct {
	Path      string   // of the group, the instance or the repeat; stays the same while the step exists
	Titles    []string // labels of the groups around it, outermost first; the last one is the step's own
	Questions []Question
	Repeat    *RepeatView // set in the step that lists the instances of a repeat, and inside an instance
	IsList    bool        // this step lists a repeat's instances; it has no questions
}

// Title is the step's own title.
func (s Step) Title() string {
	if len(s.Titles) == 0 {
		return ""
	}
	return s.Titles[len(s.Titles)-1]
}

// RepeatView shows a repeat as a list of its instances.
type RepeatView struct {
	Path      string // for AddRepeat
	Label     string
	Instances []Instance
	CanAdd    bool // false when a count fixes the number
	CanRemove bool
	Index     int // which instance the step belongs to, from 1; 0 in the list
}

// Instance is one line of a repeat's list.
type Instance struct {
	Path    string // for Jump, RemoveRepeat, MoveRepeat
	Summary string // its first answers
	Errors  int    // problems in it
}

// Question is one question as it is to be shown now.
type Question struct {
	Path       string
	Name       string
	Type       string
	Label      string
	Hint       string
	Guidance   string
	Media      map[string]string // image, big-image, audio, video: file names
	Appearance []string          // words of the appearance column, lower case
	Parameters map[string]string
	Required   bool
	ReadOnly   bool
	Warning    bool // a note that starts with ⚠: shown as a warning, blocks nothing
	Value      string
	Typed      string // what was typed when it couldn't be taken; show it instead of Value
	Choices    []ChoiceView
	Error      *Message // what is wrong with the answer, in the interview's language; nil if nothing
	Sensitive  string
	Check      string
}

// ChoiceView is one choice to be shown.
type ChoiceView struct {
	Name     string
	Label    string
	Media    map[string]string
	Selected bool
}

// Steps lists all steps there are now. Answers change which; a step's Path stays.
func (v *Interview) Steps() []Step {
	if v.steps == nil {
		b := &stepBuilder{v: v}
		b.section(v.root, nil, nil)
		v.steps = b.out
		if v.steps == nil {
			v.steps = []Step{}
		}
	}
	return v.steps
}

// stepBuilder walks the answers and gathers questions into steps.
type stepBuilder struct {
	v    *Interview
	out  []Step
	open *Step // the step being filled
}

// section walks the children of a group. Questions that stand together share a step; a group starts a new one.
func (b *stepBuilder) section(n *node, titles []string, rep *RepeatView) {
	b.close()
	part := 0
	shown := map[*Item]bool{}
	for _, k := range n.item.Children {
		if shown[k] {
			continue
		}
		shown[k] = true
		if k.IsRepeat() {
			b.close()
			b.repeat(n, k, titles)
			continue
		}
		for _, c := range n.kids {
			if c.item == k {
				part = b.child(n, c, titles, rep, part)
			}
		}
	}
	b.close()
}

func (b *stepBuilder) child(n, c *node, titles []string, rep *RepeatView, part int) int {
	if c.hidden {
		return part
	}
	if !c.item.IsSection() {
		if b.v.shown(c) {
			if b.open == nil {
				part++
				b.open = &Step{Path: partPath(b.v.path(n), part), Titles: titles, Repeat: rep}
			}
			b.open.Questions = append(b.open.Questions, b.v.question(c))
		}
		return part
	}
	b.close()
	inner := b.v.titled(titles, c)
	if c.item.isFieldList() {
		b.fieldList(c, inner, rep)
	} else {
		b.section(c, inner, rep)
	}
	b.close()
	return part
}

// partPath names the second and later steps of one group; the first is named by the group itself.
func partPath(path string, part int) string {
	if part < 2 {
		return path
	}
	return path + "#" + itoa(part)
}

func (it *Item) isFieldList() bool {
	return strings.Contains(it.Appearance(), "field-list")
}

// fieldList puts everything inside a group on one screen.
func (b *stepBuilder) fieldList(n *node, titles []string, rep *RepeatView) {
	s := Step{Path: b.v.path(n), Titles: titles, Repeat: rep}
	b.collect(n, &s)
	if len(s.Questions) > 0 {
		b.out = append(b.out, s)
	}
}

func (b *stepBuilder) collect(n *node, s *Step) {
	for _, k := range n.kids {
		switch {
		case k.hidden:
		case k.item.IsSection():
			b.collect(k, s)
		case b.v.shown(k):
			s.Questions = append(s.Questions, b.v.question(k))
		}
	}
}

func (b *stepBuilder) close() {
	if b.open != nil {
		b.out = append(b.out, *b.open)
		b.open = nil
	}
}

// titled adds a group's label to the titles above it; one without a label adds nothing.
func (v *Interview) titled(titles []string, n *node) []string {
	label := v.fillTemplate(n, n.item.run.label)
	if label == "" {
		return titles
	}
	return append(titles[:len(titles):len(titles)], label)
}

// repeat makes the step that lists the instances, then the steps of each.
func (b *stepBuilder) repeat(parent *node, it *Item, titles []string) {
	v := b.v
	if !v.askedInside(it) {
		return
	}
	view := &RepeatView{Path: v.path(parent) + "/" + it.Name, CanAdd: it.run.count == nil && v.canAdd(parent, it), CanRemove: it.run.count == nil}
	at := &node{name: it.Name, item: it, parent: parent}
	view.Label = v.fillTemplate(at, it.run.label)
	var shown []*node
	for _, n := range instances(parent, it) {
		if !n.hidden {
			shown = append(shown, n)
			view.Instances = append(view.Instances, Instance{Path: v.path(n), Summary: v.summary(n), Errors: v.countErrors(n)})
		}
	}
	if len(shown) == 0 && !view.CanAdd {
		return
	}
	inner := titles
	if view.Label != "" {
		inner = append(titles[:len(titles):len(titles)], view.Label)
	}
	if it.run.count == nil {
		b.out = append(b.out, Step{Path: view.Path, Titles: inner, Repeat: view, IsList: true})
	}
	for i, n := range shown {
		own := *view
		own.Index = i + 1
		b.instance(n, inner, &own)
	}
}

func (b *stepBuilder) instance(n *node, titles []string, rep *RepeatView) {
	if n.item.isFieldList() {
		b.fieldList(n, titles, rep)
		return
	}
	b.section(n, titles, rep)
}

// askedInside says whether anything inside an item is asked in this mode.
func (v *Interview) askedInside(it *Item) bool {
	if !it.IsSection() {
		return v.asked(it)
	}
	for _, k := range it.Children {
		if v.askedInside(k) {
			return true
		}
	}
	return false
}

// asked says whether an item is ever shown: not in short mode unless it is core, and not without a control.
func (v *Interview) asked(it *Item) bool {
	if it.info.tag == "" && !it.IsSelect() {
		return false
	}
	if it.Appearance() == "hs-hidden" {
		return false
	}
	if v.cfg.ShortMode && v.form.hasCore() && it.Type != "note" {
		return it.Core()
	}
	return true
}

// hasCore says whether the form marks questions for the short mode at all.
func (f *Form) hasCore() bool {
	for _, it := range f.items {
		if it.Core() {
			return true
		}
	}
	return false
}

// shown says whether a node is on a screen now. A calculation is never, a note without text neither.
func (v *Interview) shown(n *node) bool { return !n.hidden && v.asked(n.item) }

// summary is the first few answers of an instance.
func (v *Interview) summary(n *node) string {
	var parts []string
	var walk func(*node)
	walk = func(k *node) {
		if len(parts) >= 3 || k.hidden {
			return
		}
		if !k.item.IsSection() {
			if s := v.display(k); s != "" && v.asked(k.item) {
				parts = append(parts, s)
			}
			return
		}
		for _, c := range k.kids {
			walk(c)
		}
	}
	walk(n)
	return strings.Join(parts, " · ")
}

// display shows an answer to a person: labels instead of names of choices.
func (v *Interview) display(n *node) string {
	if !n.item.IsSelect() {
		return n.value
	}
	var out []string
	all := v.allChoices(n.item)
	for _, name := range strings.Fields(n.value) {
		label := name
		for _, c := range all {
			if c.Name == name {
				label = v.choiceText(n, c)
			}
		}
		out = append(out, label)
	}
	return strings.Join(out, ", ")
}

// Display shows the answer at a path as a person reads it: choices by their labels.
func (v *Interview) Display(path string) string {
	if n := v.find(path); n != nil && !n.item.IsSection() {
		return v.display(n)
	}
	return ""
}

// Value is the stored answer at a path.
func (v *Interview) Value(path string) string {
	if n := v.find(path); n != nil && !n.item.IsSection() {
		return n.value
	}
	return ""
}

// question shows one node.
func (v *Interview) question(n *node) Question {
	it := n.item
	q := Question{Path: v.path(n), Name: it.Name, Type: it.Type, Parameters: it.Parameters, Value: n.value, Typed: n.bind.typed,
		Label: v.fillTemplate(n, it.run.label), Hint: v.fillTemplate(n, it.run.hint), Guidance: v.fillTemplate(n, it.run.guidance),
		Appearance: strings.Fields(it.Appearance()), Required: v.isRequired(n), ReadOnly: v.readOnly(n),
		Sensitive: it.Sensitive(), Check: it.Check(), Error: v.problem(n), Media: v.media(it.Media)}
	q.Warning = it.Type == "note" && strings.HasPrefix(strings.TrimSpace(q.Label), "⚠")
	if it.IsSelect() {
		q.Choices = v.choiceViews(n)
	}
	return q
}

func (v *Interview) media(m map[string]Text) map[string]string {
	if len(m) == 0 {
		return nil
	}
	out := map[string]string{}
	for kind, text := range m {
		if s := v.pick(text); s != "" {
			out[kind] = s
		}
	}
	return out
}

func (v *Interview) choiceViews(n *node) []ChoiceView {
	chosen := set(strings.Fields(n.value)...)
	if n.item.Type == "select_one" || n.item.query {
		chosen = set(n.value)
	}
	all := v.choicesAt(n)
	out := make([]ChoiceView, len(all))
	for i, c := range all {
		out[i] = ChoiceView{Name: c.Name, Label: v.choiceText(n, c), Media: v.media(c.Media), Selected: chosen[c.Name] && n.value != ""}
	}
	return out
}
