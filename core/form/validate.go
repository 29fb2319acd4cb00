package form

import (
	"errors"
	"strings"
)

// Finding is one problem with the answers, and where to mend it.
type Finding struct {
	Step  string // path of the step, for Jump
	Path  string // path of the question
	Label string
	Message
	Soft bool // a warning that blocks nothing
}

// readOnly says whether people may not write an answer.
func (v *Interview) readOnly(n *node) bool {
	it := n.item
	if it.info.readonly {
		return true
	}
	return v.holds(n, it.run.readonly)
}

func (v *Interview) isRequired(n *node) bool { return v.holds(n, n.item.run.required) }

// holds evaluates a condition at a node; none at all means no.
func (v *Interview) holds(n *node, e *Expr) bool {
	if e == nil {
		return false
	}
	val, err := e.eval(v.world, n)
	return err == nil && val.boolean()
}

// problem finds what is wrong with the answer at a node, in the interview's language.
func (v *Interview) problem(n *node) *Message {
	it := n.item
	if it.Type == "note" {
		return nil
	}
	if n.bind.refused != nil {
		return v.local(*n.bind.refused)
	}
	if n.value == "" {
		if v.isRequired(n) && v.asked(it) && !v.readOnly(n) {
			return v.authored(n, it.run.missing, "answer.required")
		}
		return nil
	}
	if it.run.constraint != nil && !v.holds(n, it.run.constraint) {
		return v.authored(n, it.run.failed, "answer.constraint")
	}
	if m := v.offList(n); m != nil {
		return m
	}
	return v.checked(n)
}

// authored gives the message that the form's author wrote, or the package's own.
func (v *Interview) authored(n *node, t template, key string) *Message {
	if text := v.fillTemplate(n, t); text != "" {
		return &Message{Key: key, Text: text}
	}
	return v.local(say(key))
}

// local puts a message into the language of the interview.
func (v *Interview) local(m Message) *Message {
	lang := v.cfg.Lang
	if lang == "" {
		lang = v.lang
	}
	m.Text = m.In(lang)
	return &m
}

// offList finds an answer that a filter no longer offers, such as a village of the county chosen before.
func (v *Interview) offList(n *node) *Message {
	if !n.item.IsSelect() || n.item.run.filter == nil && !n.item.query && !hasReference(n.item.List) {
		return nil
	}
	for _, name := range strings.Fields(n.value) {
		if !v.isChoice(n, name) {
			return v.local(say("answer.offlist"))
		}
	}
	return nil
}

// checked runs the check that bind::hs:check names.
func (v *Interview) checked(n *node) *Message {
	check := v.cfg.Checks[n.item.Check()]
	if check == nil {
		return nil
	}
	value := n.value
	// A disability certificate's number is the ID number, the type and the level, so its ID number can be checked.
	if n.item.Check() == "idcard" && (len(value) == 20 || len(value) == 22) {
		value = value[:18]
	}
	err := check(value)
	if err == nil {
		return nil
	}
	var m Message
	var p *Message
	switch {
	case errors.As(err, &m):
		return v.local(m)
	case errors.As(err, &p) && p != nil:
		return v.local(*p)
	}
	return &Message{Key: "answer.check", Args: map[string]string{"check": n.item.Check()}, Text: err.Error()}
}

// Validate lists every problem of the answers and every ⚠ note that shows, in the order of the form.
func (v *Interview) Validate() []Finding {
	v.world.ration = workRation
	step := map[*node]string{}
	for _, o := range v.plan() {
		for _, n := range o.nodes {
			step[n] = o.path
		}
	}
	var out []Finding
	v.eachAnswer(v.root, func(n *node) {
		path := v.path(n)
		if m := v.problem(n); m != nil {
			out = append(out, Finding{Step: step[n], Path: path, Label: v.fillTemplate(n, n.item.run.label), Message: *m})
		} else if label, ok := v.warning(n); ok {
			out = append(out, Finding{Step: step[n], Path: path, Label: label, Message: Message{Key: "answer.warning", Text: label}, Soft: true})
		}
	})
	return out
}

// Errors lists the problems of Validate that aren't mere warnings.
func (v *Interview) Errors() []Finding {
	var out []Finding
	for _, f := range v.Validate() {
		if !f.Soft {
			out = append(out, f)
		}
	}
	return out
}

func (v *Interview) warning(n *node) (string, bool) {
	if n.item.Type != "note" {
		return "", false
	}
	label := strings.TrimSpace(v.fillTemplate(n, n.item.run.label))
	return label, strings.HasPrefix(label, "⚠")
}

// eachAnswer visits the relevant questions in the order of the form.
func (v *Interview) eachAnswer(n *node, visit func(*node)) {
	for _, k := range n.kids {
		switch {
		case k.hidden:
		case k.item.IsSection():
			v.eachAnswer(k, visit)
		default:
			visit(k)
		}
	}
}

func (v *Interview) countErrors(n *node) int {
	count := 0
	v.eachAnswer(n, func(k *node) {
		if v.problem(k) != nil {
			count++
		}
	})
	return count
}
