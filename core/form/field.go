package form

import (
	"strconv"
	"strings"
)

// Answers are kept outside this package under the names of their questions, one table for what is asked once and one
// for each repeat. This file is the one place that says which name that is.

// Table is the repeat whose rows hold the item's answers; nil where it is asked once.
func (it *Item) Table() *Item {
	if it.Parent == nil {
		return nil
	}
	return it.Parent.repeat()
}

// Field is the name under which the answers to a question or a repeat are kept: its own, or, where several in the
// same table have that, its path without the root, as in "father/age" and "mother/age". Unlike in [Interview.Answers]
// the name depends on nothing but the form.
func (f *Form) Field(it *Item) string {
	for _, other := range f.byName[it.Name] {
		if other != it && !other.IsGroup() && other.Table() == it.Table() {
			return f.below(it)
		}
	}
	return it.Name
}

// Fields gives the relevant answers as [Interview.Answers] does, each under the name that [Form.Field] gives it.
func (v *Interview) Fields() map[string]any {
	out := map[string]any{}
	v.fields(v.root, out)
	return out
}

func (v *Interview) fields(n *node, into map[string]any) {
	for _, k := range n.kids {
		switch {
		case k.hidden || !k.item.kept():
		case k.item.IsRepeat():
			row := map[string]any{}
			v.fields(k, row)
			name := v.form.Field(k.item)
			list, _ := into[name].([]map[string]any)
			into[name] = append(list, row)
		case k.item.IsGroup():
			v.fields(k, into)
		case k.value != "":
			into[v.form.Field(k.item)] = k.answer()
		}
	}
}

// kept says whether an item holds answers: notes, entities, tables beside the form and its own metadata don't.
func (it *Item) kept() bool {
	return !it.hidden && it.entity == nil && it.Type != "note" && !it.external()
}

// external says whether an item is no question but a table beside the form.
func (it *Item) external() bool { return strings.HasSuffix(it.Type, "-external") }

// Kept lists what answers are kept of, in the order of the form: the questions and repeats of one table; nil is the
// table of what is asked once.
func (f *Form) Kept(table *Item) []*Item {
	if table == nil {
		table = f.Root
	}
	var out []*Item
	var walk func(*Item)
	walk = func(section *Item) {
		for _, k := range section.Children {
			switch {
			case !k.kept():
			case k.IsGroup():
				walk(k)
			default:
				out = append(out, k)
			}
		}
	}
	walk(table)
	return out
}

// answer gives a text in the type of the question. A calculation is a number where the text is written as one is.
func (it *Item) answer(text string) any {
	switch it.Type {
	case "select_multiple", "rank":
		return strings.Fields(text)
	case "integer":
		if i, err := strconv.ParseInt(text, 10, 64); err == nil {
			return i
		}
	case "decimal", "range":
		return number(text)
	case "calculate":
		if n := number(text); len(text) <= maxDigits && answerText(n) == text {
			return n
		}
	}
	return text
}
