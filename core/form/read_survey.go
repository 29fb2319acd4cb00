package form

import (
	"regexp"
	"strconv"
	"strings"

	"muqu/core/table"
)

func itoa(n int) string { return strconv.Itoa(n) }

// block is a group or repeat that is open while rows are read.
type block struct {
	item  *Item
	names map[string]int // names of its children, lower case, and their rows
}

// surveyReader walks the survey sheet.
type surveyReader struct {
	*reader
	sheet *sheet
	stack []*block
	seen  map[string]int // repeat names
	table string         // list of the table-list group; "?" until the first choice, "" outside
}

// survey reads the survey sheet into the tree of items.
func (r *reader) survey() {
	f := r.form
	f.Root = &Item{Name: "data", Type: "survey"}
	if n := f.Settings["name"]; n != "" {
		f.Root.Name = n
	}
	t := r.book.Sheet("survey")
	if t == nil && len(r.book.Sheets) == 1 {
		t = &table.Sheet{Name: "survey", Rows: r.book.Sheets[0].Rows}
	}
	if t == nil {
		r.bad("", 0, "", "form.sheet.survey")
		r.similarSheet("survey", true)
		return
	}
	if len(t.Rows) > maxRows {
		r.bad("survey", maxRows, "", "form.survey.long", "max", itoa(maxRows))
		return
	}
	s := &surveyReader{reader: r, sheet: r.openSheet(t, surveySpec()), seen: map[string]int{}}
	r.note(s.sheet)
	for i, words := range s.sheet.columns {
		if len(words) == 2 && (words[0] == "bind" || words[0] == "control" || words[0] == "instance") {
			r.checkPrefix("survey", s.sheet.heads[i], words[1])
		}
	}
	s.stack = []*block{{item: f.Root, names: map[string]int{}}}
	for i := range s.sheet.rows {
		s.row(&s.sheet.rows[i])
	}
	for _, b := range s.stack[1:] {
		s.bad("survey", b.item.Row, "type", "form.block.open", "type", b.item.Type, "name", b.item.Name)
	}
}

func (s *surveyReader) top() *block { return s.stack[len(s.stack)-1] }

// maxNesting bounds how deep groups lie in groups.
const maxNesting = 60

// row reads one row.
func (s *surveyReader) row(row *row) {
	s.checkRefsIn("survey", row)
	if len(row.cells) == 0 || s.disabled(row) {
		return
	}
	kind := row.get("type")
	if kind == "" {
		if row.has("name") || row.has("label") {
			s.bad("survey", row.num, "type", "form.row.notype")
		} else {
			s.warn("survey", row.num, "", "form.row.skipped")
		}
		return
	}
	if s.settingRow(kind, row) {
		return
	}
	if word, ok := endOf(kind); ok {
		s.table = ""
		if row.attributes("bind").has("entities:saveto") {
			s.bad("survey", row.num, row.head("bind::entities:saveto"), "form.saveto.section")
		}
		s.end(word, row)
		return
	}
	it := s.item(row)
	if it == nil {
		return
	}
	word, list, begins := beginOf(kind)
	s.saveToColumn(it, row, begins)
	s.nameRefs(it)
	if begins {
		s.begin(word, list, it, row)
		return
	}
	s.question(kind, it, row)
}

// disabled reports rows switched off with the old column of that name.
func (s *surveyReader) disabled(row *row) bool {
	v := row.get("disabled")
	if v == "" {
		return false
	}
	s.warn("survey", row.num, row.head("disabled"), "form.row.disabled")
	return yesNo[v]
}

// settingRow reads settings that old forms write on the survey sheet.
func (s *surveyReader) settingRow(kind string, row *row) bool {
	to := settingsSpec().aliases[snakeCase(kind)]
	if to == nil || len(to) != 1 || to[0] == "omit_instanceID" {
		return false
	}
	s.form.Settings[to[0]] = row.get("name")
	s.applySettings()
	return true
}

var (
	beginWords = regexp.MustCompile(`(?i)^begin(?:\s|_)+(group|lgroup|repeat|loop|looped group)(?:\s+(?:over\s+)?(\S+))?$`)
	endWords   = regexp.MustCompile(`(?i)^end(?:\s|_)+(group|lgroup|repeat|loop|looped group)$`)
)

func beginOf(kind string) (word, list string, ok bool) {
	m := beginWords.FindStringSubmatch(kind)
	if m == nil {
		return "", "", false
	}
	return blockNames[strings.ToLower(m[1])], m[2], true
}

func endOf(kind string) (string, bool) {
	m := endWords.FindStringSubmatch(kind)
	if m == nil {
		return "", false
	}
	return blockNames[strings.ToLower(m[1])], true
}

// end closes the open group or repeat.
func (s *surveyReader) end(word string, row *row) {
	if b := s.top(); len(s.stack) > 1 && blockKind(b.item) == word {
		s.stack = s.stack[:len(s.stack)-1]
		return
	}
	s.bad("survey", row.num, "type", "form.block.end", "type", word, "name", row.get("name"))
	// Closing the nearest block of the kind keeps one slip from causing a complaint per row.
	for i := len(s.stack) - 1; i > 0; i-- {
		if blockKind(s.stack[i].item) == word {
			s.stack = s.stack[:i]
			return
		}
	}
}

func blockKind(it *Item) string {
	if it.kind == "loop" {
		return "loop"
	}
	return it.Type
}

var xmlName = regexp.MustCompile(`^[\p{L}_][\p{L}\p{M}\p{N}_\-.]*$`)

// item reads the columns that all rows have in common and checks the name.
func (s *surveyReader) item(row *row) *Item {
	kind := row.get("type")
	name := row.get("name")
	if name == "" && snakeCase(kind) == "note" {
		name = "generated_note_name_" + itoa(row.num)
	}
	if name == "" && snakeCase(kind) != "audit" {
		s.bad("survey", row.num, "name", "form.name.missing")
		return nil
	}
	if name != "" && !isXMLName(name) {
		s.bad("survey", row.num, row.head("name"), "form.name.bad", "name", name)
		return nil
	}
	if prefix, _, ok := strings.Cut(name, ":"); ok && !s.form.prefixes()[prefix] {
		s.bad("survey", row.num, row.head("name"), "form.prefix.name", "name", name, "prefix", prefix)
		return nil
	}
	if name == "meta" {
		s.bad("survey", row.num, row.head("name"), "form.name.meta")
		return nil
	}
	it := &Item{Name: name, Row: row.num, kind: kind}
	s.common(it, row)
	if k := snakeCase(kind); k != "audit" && k != "csv-external" && k != "xml-external" {
		s.count(name) // files have no place among the answers that a reference could mean
	}
	return it
}

// isXMLName accepts a name with at most one prefix.
func isXMLName(name string) bool {
	prefix, local, ok := strings.Cut(name, ":")
	if ok {
		return xmlName.MatchString(prefix) && xmlName.MatchString(local)
	}
	return xmlName.MatchString(name)
}

// common fills what every kind of row may have.
func (s *surveyReader) common(it *Item, row *row) {
	lang := s.form.Lang
	it.Label = row.translated(lang, "label")
	it.Hint = row.translated(lang, "hint")
	it.Guidance = row.translated(lang, "guidance_hint")
	it.Media = row.media(lang)
	it.bind = row.attributes("bind")
	it.control = row.attributes("control")
	it.instance = row.attributes("instance")
	it.constraint = row.translated(lang, "bind", "jr:constraintMsg")
	it.required = row.translated(lang, "bind", "jr:requiredMsg")
	it.noApp = row.translated(lang, "bind", "jr:noAppErrorString")
	it.pictured = row.get("media") != ""
	it.Default = row.get("default")
	it.Filter = row.get("choice_filter")
	it.intent = row.get("intent")
	if t := row.get("trigger"); t != "" {
		it.Triggers = s.triggers(t, row)
	}
	for _, c := range row.cells {
		if len(c.words) == 1 && !surveySpec0.columns[c.words[0]] {
			if it.Extra == nil {
				it.Extra = map[string]string{}
			}
			it.Extra[c.words[0]] = c.text
		}
	}
	it.Parameters = s.parameters(row)
}

// surveySpec0 is the column table, made once.
var surveySpec0 = surveySpec()

// triggers reads a list of ${references}.
func (s *surveyReader) triggers(text string, row *row) []string {
	var names []string
	for _, part := range strings.Split(text, ",") {
		found := references.FindAllStringSubmatch(part, -1)
		if len(found) == 0 && strings.Contains(text, "${") && !maybeReference.MatchString(part) {
			continue
		}
		name, ok := "", len(found) == 1 && isXMLName(found[0][2])
		if ok {
			name = found[0][2]
		}
		if !ok {
			s.bad("survey", row.num, row.head("trigger"), "form.trigger.bad", "text", shorten(text))
			return nil
		}
		names = append(names, name)
	}
	return names
}

// adopt puts an item into the open group.
func (s *surveyReader) adopt(it *Item) {
	top := s.top()
	it.Parent = top.item
	low := strings.ToLower(it.Name)
	if first, ok := top.names[low]; ok {
		s.doubled(it, top, first)
	} else {
		top.names[low] = it.Row
	}
	top.item.Children = append(top.item.Children, it)
}

func (s *surveyReader) doubled(it *Item, top *block, first int) {
	for _, other := range top.item.Children {
		if other.Name == it.Name {
			s.bad("survey", it.Row, "name", "form.name.twice", "name", it.Name, "row", itoa(first))
			return
		}
	}
	s.warn("survey", it.Row, "name", "form.name.case", "name", it.Name, "row", itoa(first))
}

// begin opens a group, repeat or loop.
func (s *surveyReader) begin(word, list string, it *Item, row *row) {
	it.Type = word
	s.checkRepeatName(it, row)
	if v := it.bind.get("required"); v != "" && convertYesNo("required", v) != "false()" {
		s.bad("survey", row.num, row.head("bind::required"), "form.block.required", "type", word)
	}
	if len(s.stack) > maxNesting {
		s.bad("survey", row.num, "type", "form.block.deep", "max", itoa(maxNesting))
		return
	}
	if word == "repeat" && len(it.Label) == 0 && it.Media == nil {
		s.warn("survey", row.num, "label", "form.block.nolabel", "type", word, "name", it.Name)
	}
	if word == "loop" {
		s.loop(it, list, row)
	}
	if count := it.control.get("jr:count"); count != "" && it.Type != "group" {
		s.countNode(it, count)
	}
	if it.intent != "" {
		it.control.set("intent", it.intent)
	}
	s.adopt(it)
	b := &block{item: it, names: map[string]int{}}
	s.stack = append(s.stack, b)
	s.tableList(it)
}

func (s *surveyReader) checkRepeatName(it *Item, row *row) {
	if it.Type != "repeat" {
		return
	}
	if it.Name == s.form.Root.Name {
		s.bad("survey", row.num, "name", "form.repeat.root", "name", it.Name)
	}
	if first, ok := s.seen[it.Name]; ok {
		s.bad("survey", row.num, "name", "form.repeat.twice", "name", it.Name, "row", itoa(first))
	}
	s.seen[it.Name] = row.num
	for _, b := range s.stack {
		if blockKind(b.item) == "loop" && len(b.item.columns) > 1 {
			s.bad("survey", row.num, "type", "form.repeat.loop", "name", it.Name, "loop", b.item.Name)
		}
	}
}

func (s *surveyReader) loop(it *Item, list string, row *row) {
	it.kind = "loop"
	if list == "" {
		s.bad("survey", row.num, "type", "form.loop.nolist")
		return
	}
	l := s.form.Lists[list]
	if l == nil {
		s.bad("survey", row.num, "type", "form.list.missing", "list", list)
		return
	}
	it.columns = l.Choices
}

// countNode adds a hidden calculation for a repeat count that is more than a reference.
func (s *surveyReader) countNode(it *Item, count string) {
	if _, ok := wholeReference(count); ok {
		return
	}
	node := &Item{Name: it.Name + "_count", Type: "calculate", info: knownTypes["calculate"], kind: "calculate"}
	node.bind = attributes{{"readonly", "true()"}, {"calculate", count}}
	node.Row = 0
	s.adopt(node)
	it.control.set("jr:count", "${"+node.Name+"}")
	it.countNode = node
}

// tableList turns the table-list appearance into a field list with a heading row.
func (s *surveyReader) tableList(it *Item) {
	words := strings.Fields(it.control.get("appearance"))
	kept := []string{"field-list"}
	for _, w := range words {
		if w != "table-list" {
			kept = append(kept, w)
		}
	}
	if len(kept) > len(words) {
		return // no table-list among them
	}
	s.table = "?"
	it.control.set("appearance", strings.Join(kept, " "))
	if len(it.Label) == 0 && len(it.Hint) == 0 {
		return
	}
	head := &Item{Name: "generated_table_list_label_" + itoa(it.Row), Type: "note", info: knownTypes["note"], kind: "note", Label: it.Label, Hint: it.Hint}
	it.Label, it.Hint = nil, nil
	s.adopt(head)
}
