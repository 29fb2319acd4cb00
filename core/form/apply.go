package form

import (
	"fmt"
	"strings"
)

// Apply gives many answers at once, in the shape of [Interview.Answers] or of its JSON: by question name or by path
// without the root, a repeat as a list of objects. Answers are set in the order of the form. What can't be taken is
// listed; the rest is.
func (v *Interview) Apply(answers map[string]any) []Finding {
	a := &applier{v: v}
	a.section(v.root, answers)
	return a.refused
}

// applier walks the form with the answers beside it.
type applier struct {
	v       *Interview
	refused []Finding
}

func (a *applier) section(n *node, answers map[string]any) {
	for _, it := range n.item.Children {
		switch {
		case it.IsRepeat():
			a.repeat(n, it, answers[it.Name])
		case it.IsGroup():
			for _, k := range n.kids {
				if k.item == it {
					a.section(k, answers)
				}
			}
		default:
			a.question(n, it, answers)
		}
	}
}

// repeat makes as many instances as there are answers.
func (a *applier) repeat(parent *node, it *Item, given any) {
	var list []map[string]any
	switch g := given.(type) {
	case []map[string]any:
		list = g
	case []any:
		for _, one := range g {
			m, _ := one.(map[string]any)
			list = append(list, m)
		}
	default:
		return
	}
	path := a.v.path(parent) + "/" + it.Name
	for len(instances(parent, it)) < len(list) {
		if _, err := a.v.AddRepeat(path); err != nil {
			a.refuse(path, "", err)
			break
		}
	}
	for len(instances(parent, it)) > len(list) && it.run.count == nil {
		if a.v.RemoveRepeat(fmt.Sprintf("%s[%d]", path, len(list)+1)) != nil {
			break
		}
	}
	for i, n := range instances(parent, it) {
		if i < len(list) {
			a.section(n, list[i])
		}
	}
}

func (a *applier) question(parent *node, it *Item, answers map[string]any) {
	value, given := answers[a.v.form.below(it)]
	if !given {
		value, given = answers[it.Name]
	}
	if !given || it.info.preload != "" || it.bind.has("calculate") && len(it.Triggers) == 0 {
		return // metadata and calculations come by themselves
	}
	for _, k := range parent.kids {
		if k.item == it {
			if err := a.v.take(k, answerText(value)); err != nil {
				a.refuse(a.v.path(k), a.v.fillTemplate(k, it.run.label), err)
			}
		}
	}
}

func (a *applier) refuse(path, label string, err error) {
	m, ok := err.(Message)
	if !ok {
		m = Message{Key: "answer.check", Text: err.Error()}
	}
	a.refused = append(a.refused, Finding{Path: path, Label: label, Message: *a.v.local(m)})
}

// answerText shows a value as it would be typed.
func answerText(value any) string {
	switch x := value.(type) {
	case nil:
		return ""
	case string:
		return x
	case float64:
		return formatNumber(x)
	case []string:
		return strings.Join(x, " ")
	case []any:
		parts := make([]string, len(x))
		for i, p := range x {
			parts[i] = answerText(p)
		}
		return strings.Join(parts, " ")
	}
	return fmt.Sprint(value)
}
