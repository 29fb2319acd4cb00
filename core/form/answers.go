package form

import (
	"strconv"
	"strings"
)

// Finish writes the end of the interview and lists what stands against sending it.
func (v *Interview) Finish() []Finding {
	now := moment{v.world.now(), false}.stamp()
	for _, it := range v.form.items {
		if it.info.preload == "timestamp" && it.info.params == "end" {
			for _, n := range v.nodesOf(it, v.root) {
				v.store(n, now)
			}
		}
	}
	v.settleNow()
	return v.Errors()
}

// Name is what the form's instance_name calls these answers; the title if it has none.
func (v *Interview) Name() string {
	if e := v.form.shape.nameExpr; e != nil {
		if val, err := e.eval(v.world, v.root); err == nil && strings.TrimSpace(val.str()) != "" {
			return strings.TrimSpace(val.str())
		}
	}
	return v.form.Title
}

// Answers gives the relevant answers by question name: text as string, whole numbers as int64, others as float64,
// dates as "2006-01-02", several choices as []string, a repeat as []map[string]any. Groups leave no trace; where two
// questions share a name the later ones are called by their path without the root. Blank answers are left out.
func (v *Interview) Answers() map[string]any {
	out := map[string]any{}
	v.answers(v.root, out)
	return out
}

func (v *Interview) answers(n *node, into map[string]any) {
	for _, k := range n.kids {
		switch {
		case k.hidden || k.item.hidden || k.item.entity != nil || k.item.Type == "note":
		case k.item.IsRepeat():
			one := map[string]any{}
			v.answers(k, one)
			list, _ := into[k.name].([]map[string]any)
			into[k.name] = append(list, one)
		case k.item.IsGroup():
			v.answers(k, into)
		case k.value != "":
			into[v.answerName(k, into)] = k.answer()
		}
	}
}

// answerName is the question's name, or its path where the name is taken.
func (v *Interview) answerName(n *node, into map[string]any) string {
	if _, taken := into[n.name]; !taken {
		return n.name
	}
	return strings.TrimPrefix(n.item.Path(), v.form.Root.Path()+"/")
}

// answer gives a value in the type of its question.
func (n *node) answer() any {
	switch n.item.Type {
	case "select_multiple", "rank":
		return strings.Fields(n.value)
	case "integer":
		if i, err := strconv.ParseInt(n.value, 10, 64); err == nil {
			return i
		}
	case "decimal", "range":
		return number(n.value)
	case "calculate":
		if n.bind.numeric {
			return number(n.value)
		}
	}
	return n.value
}

// number gives a whole number as int64, another as float64, anything else as it is.
func number(s string) any {
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		return i
	}
	if isPlainNumber(s) {
		return parseNumber(s)
	}
	return s
}
