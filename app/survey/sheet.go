package survey

import (
	"fmt"
	"strings"
	"time"

	"muqu/core"
	"muqu/core/form"
)

// SheetOptions say how a table of answers is written.
type SheetOptions struct {
	Split bool                                     // a column of 0 and 1 for each choice of a select_multiple
	Mask  func(q *form.Item, answer string) string // hides what may not leave the house; nil: nothing is hidden
}

// Column is one question in a table of answers.
type Column struct {
	Field string     // as [form.Form.Field]
	Item  *form.Item // of the newest version that has the question
	Form  *form.Form // that version
}

// Columns lists the questions of one table in all versions: those of the first
// form, then those that only older ones have. table is the path of a repeat,
// "" for what is asked once. Repeats are in it too.
func Columns(forms []*form.Form, table string) []Column {
	var out []Column
	seen := make(map[string]bool)
	for _, f := range forms {
		var in *form.Item
		if table != "" {
			if in = f.Item(table); in == nil || !in.IsRepeat() {
				continue
			}
		}
		for _, it := range f.Kept(in) {
			if name := f.Field(it); !seen[name] {
				seen[name] = true
				out = append(out, Column{name, it, f})
			}
		}
	}
	return out
}

// Sheets makes tables of answers as ODK Central exports them: one of what is
// asked once and one for each repeat, columns called group-question, rows
// bound together by KEY and PARENT_KEY.
func Sheets(name string, forms []*form.Form, answers []Answered, o SheetOptions) []core.Sheet {
	b := &sheetBuilder{forms: forms, o: o}
	root := b.table(name, "")
	for i := range answers {
		a := &answers[i]
		key := a.InstanceID()
		tail := []any{key, a.By, a.By, len(core.FilesOf(&a.Record)), a.Device, version(a)}
		b.row(root, a.Answers, key, []any{stamp(a)}, tail)
	}
	out := make([]core.Sheet, len(b.tables))
	for i, t := range b.tables {
		out[i] = t.Sheet
	}
	return out
}

func version(a *Answered) string {
	if a.Version != "" {
		return a.Version
	}
	return a.Form.Version
}

func stamp(a *Answered) string {
	if a.Submitted == 0 {
		return ""
	}
	return a.Submitted.Time().UTC().Format(time.RFC3339)
}

type sheetBuilder struct {
	forms  []*form.Form
	o      SheetOptions
	tables []*sheetTable
}

// sheetTable is one table that grows, and those of the repeats in it.
type sheetTable struct {
	core.Sheet
	columns []sheetColumn
	repeats map[string]*sheetTable
}

// sheetColumn is one question, which may need several columns.
type sheetColumn struct {
	Column
	choices []string // of a select_multiple that is split
}

func (b *sheetBuilder) table(name, path string) *sheetTable {
	t := &sheetTable{Sheet: core.Sheet{Name: name}, repeats: make(map[string]*sheetTable)}
	b.tables = append(b.tables, t)
	if path == "" {
		t.Header = append(t.Header, "SubmissionDate")
	}
	var repeats []Column
	for _, c := range Columns(b.forms, path) {
		if c.Item.IsRepeat() {
			repeats = append(repeats, c)
			continue
		}
		s := sheetColumn{Column: c}
		t.Header = append(t.Header, s.heads(b.o.Split)...)
		t.columns = append(t.columns, s)
	}
	if path == "" {
		t.Header = append(t.Header, "KEY", "SubmitterID", "SubmitterName", "AttachmentsPresent", "DeviceID", "FormVersion")
	} else {
		t.Header = append(t.Header, "PARENT_KEY", "KEY")
	}
	for _, c := range repeats {
		t.repeats[c.Field] = b.table(name+"-"+c.Item.Name, c.Item.Path())
	}
	return t
}

// heads are the columns of a question; of a place there are four.
func (c *sheetColumn) heads(split bool) []string {
	head := headOf(c.Item)
	if c.Item.Type == "geopoint" {
		return []string{head + "-Latitude", head + "-Longitude", head + "-Altitude", head + "-Accuracy"}
	}
	out := []string{head}
	if list := c.Form.Lists[c.Item.List]; split && c.Item.Type == "select_multiple" && list != nil {
		for _, x := range list.Choices {
			c.choices = append(c.choices, x.Name)
			out = append(out, head+"/"+x.Name)
		}
	}
	return out
}

// headOf is the question's name behind those of the groups around it, up to
// the repeat whose table it stands in.
func headOf(it *form.Item) string {
	head := it.Name
	for p := it.Parent; p != nil && p.Parent != nil && !p.IsRepeat(); p = p.Parent {
		head = p.Name + "-" + head
	}
	return head
}

func (b *sheetBuilder) row(t *sheetTable, answers map[string]any, key string, first, last []any) {
	row := first
	for i := range t.columns {
		row = append(row, b.cells(&t.columns[i], answers[t.columns[i].Field])...)
	}
	t.Rows = append(t.Rows, append(row, last...))
	for field, inner := range t.repeats {
		for i, one := range form.Rows(answers[field]) {
			own := fmt.Sprintf("%s/%s[%d]", key, field, i+1)
			b.row(inner, one, own, nil, []any{key, own})
		}
	}
}

func (b *sheetBuilder) cells(c *sheetColumn, answer any) []any {
	text := form.AnswerText(answer)
	if b.o.Mask != nil {
		text = b.o.Mask(c.Item, text)
	}
	if c.Item.Type == "geopoint" {
		out := make([]any, 4)
		for i, part := range strings.Fields(text) {
			if i < len(out) {
				out[i] = part
			}
		}
		return out
	}
	var one any = text
	switch answer.(type) {
	case int64, float64:
		if text == form.AnswerText(answer) {
			one = answer
		}
	}
	out := []any{one}
	chosen := strings.Fields(text)
	for _, name := range c.choices {
		out = append(out, mark(chosen, name, answer != nil))
	}
	return out
}

// mark is 1 for what was chosen, 0 for what was not, nothing where nothing was.
func mark(chosen []string, name string, answered bool) any {
	if !answered {
		return nil
	}
	for _, c := range chosen {
		if c == name {
			return 1
		}
	}
	return 0
}
