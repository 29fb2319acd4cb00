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
	Errors  int    // problems in it; counted in the step that lists the instances
}

// Question is one question as it is to be shown now.
type Question struct {
	Path       string
	Name       string
	Type       string
	Label      string // without its styling, as all texts here
	Hint       string
	Guidance   string
	Styled     []Run             // the label with its styling; nil if it has none
	StyledHint []Run             // likewise the hint
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
	Styled   []Run // the label with its styling; nil if it has none
	Media    map[string]string
	Selected bool
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
	if !it.visible() || it.info.tag == "action" {
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
				label = Plain(v.choiceText(n, c))
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
		Guidance:   v.fillTemplate(n, it.run.guidance),
		Appearance: strings.Fields(it.Appearance()), Required: v.isRequired(n), ReadOnly: v.readOnly(n),
		Sensitive: it.Sensitive(), Check: it.Check(), Error: v.problem(n), Media: v.media(it.Media)}
	q.Label, q.Styled = styledOrPlain(v.fillRaw(n, it.run.label))
	q.Hint, q.StyledHint = styledOrPlain(v.fillRaw(n, it.run.hint))
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
		label, styled := styledOrPlain(v.choiceText(n, c))
		out[i] = ChoiceView{Name: c.Name, Label: label, Styled: styled, Media: v.media(c.Media), Selected: chosen[c.Name] && n.value != ""}
	}
	return out
}
