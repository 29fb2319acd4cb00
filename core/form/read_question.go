package form

import (
	"path"
	"regexp"
	"strings"
	"unicode"
)

// question reads a row that is neither the begin nor the end of a block.
func (s *surveyReader) question(kind string, it *Item, row *row) {
	if s.choose(kind, it, row) {
		return
	}
	if strings.HasPrefix(kind, "osm") {
		s.osmQuestion(kind, it, row)
		return
	}
	info, ok := knownTypes[kind]
	if !ok {
		info, ok = knownTypes[strings.ToLower(strings.Join(strings.Fields(strings.ReplaceAll(kind, "_", " ")), " "))]
	}
	if !ok {
		info, ok = knownTypes[snakeCase(kind)]
	}
	if !ok && strings.HasPrefix(kind, "db:") {
		info, ok = typeInfo{name: "text", tag: "input", store: kind}, true // a record of the CHT, chosen by its id
	}
	if !ok {
		s.bad("survey", row.num, "type", "form.type.unknown", "type", shorten(kind))
		return
	}
	it.Type, it.info = info.name, info
	s.typeRules(it, row)
	if it.Type == "audit" {
		s.reader.meta = append(s.reader.meta, it)
		return
	}
	s.adopt(it)
}

// typeRules checks what only some types have.
func (s *surveyReader) typeRules(it *Item, row *row) {
	it.dynamic = isDynamic(it.Default, it)
	switch it.Type {
	case "calculate":
		if it.bind.get("calculate") == "" && !it.dynamic {
			s.bad("survey", row.num, "calculation", "form.calculation.missing", "name", it.Name)
		}
	case "range":
		s.rangeRules(it, row)
	case "text":
		s.textRules(it, row)
	case "image":
		s.imageRules(it, row)
	case "audio", "background-audio":
		s.audioRules(it, row)
	case "geopoint", "geotrace", "geoshape":
		if it.Type == snakeCase(it.kind) { // not for their old names
			s.geoRules(it, row)
		}
	case "audit":
		s.auditRules(it, row)
	case "background-geopoint":
		if len(it.Triggers) == 0 {
			s.bad("survey", row.num, "trigger", "form.background.trigger")
		}
		if it.bind.get("calculate") != "" {
			s.bad("survey", row.num, "calculation", "form.background.calculation")
		}
	case "subscriberid", "simserial":
		s.warn("survey", row.num, "type", "form.type.old", "type", it.Type)
	case "csv-external", "xml-external":
		if it.repeatAbove(s.top().item) {
			s.bad("survey", row.num, "type", "form.external.repeat", "name", it.Name)
		}
	}
}

func (it *Item) repeatAbove(parent *Item) bool { return parent.repeat() != nil }

var selectWords = regexp.MustCompile(`(?i)^(add select one prompt using|add select multiple prompt using|select all that apply from|select one from file|select multiple from file|select[ _]one[ _]external|select_one_from_file|select_multiple_from_file|select one from|select multiple from|select1|select_one|select one|select_multiple|select multiple|select all that apply|rank)\s+(\S+)(\s+(?:or specify other|or_other|or other))?$`)

// choose reads a question that chooses from a list.
func (s *surveyReader) choose(kind string, it *Item, row *row) bool {
	m := selectWords.FindStringSubmatch(kind)
	if m == nil {
		return false
	}
	command := strings.ToLower(m[1])
	it.Type = selectNames[command]
	it.List = m[2]
	it.fromFile = strings.Contains(command, "file")
	it.query = it.Type == "select_one_external"
	it.dynamic = isDynamic(it.Default, it)
	it.info = selectInfo(it)
	s.selectParameters(it, row)
	if !s.checkList(it, row) {
		return true
	}
	s.tableRow(it, row)
	s.adopt(it)
	if m[3] != "" {
		s.orOther(it, row)
	}
	return true
}

// selectInfo says how each kind of choosing becomes XForms.
func selectInfo(it *Item) typeInfo {
	switch it.Type {
	case "select_multiple":
		return typeInfo{name: it.Type, tag: "select", store: "string"}
	case "rank":
		return typeInfo{name: it.Type, tag: "odk:rank", store: "odk:rank"}
	case "select_one_external":
		return typeInfo{name: it.Type, tag: "input", store: "string"}
	}
	return typeInfo{name: it.Type, tag: "select1", store: "string"}
}

// checkList looks the list up where the type says that it is.
func (s *surveyReader) checkList(it *Item, row *row) bool {
	switch {
	case it.query:
		return s.checkExternal(it, row)
	case it.fromFile:
		if !isDataFile(it.List) || strings.Count(path.Base(it.List), ".") != 1 {
			s.bad("survey", row.num, "type", "form.file.extension", "file", it.List)
			return false
		}
		return true
	case hasReference(it.List):
		return true
	case len(s.form.Lists) == 0:
		s.bad("survey", row.num, "type", "form.sheet.choices", "list", it.List)
		s.similarSheet("choices", false)
		return false
	case s.form.Lists[it.List] == nil:
		s.bad("survey", row.num, "type", "form.list.missing", "list", it.List)
		return false
	}
	s.checkBlanks(it, row)
	return true
}

// isDataFile says whether a name ends as a file of choices does.
func isDataFile(name string) bool {
	switch path.Ext(name) {
	case ".csv", ".xml", ".geojson":
		return true
	}
	return false
}

// checkBlanks refuses names with blanks: answers of several choices are joined by blanks.
func (s *surveyReader) checkBlanks(it *Item, row *row) {
	if it.Type != "select_multiple" {
		return
	}
	for _, c := range s.form.Lists[it.List].Choices {
		if strings.Contains(c.Name, " ") {
			s.bad("choices", c.Row, "name", "form.choice.blank", "name", c.Name, "list", it.List)
		}
	}
}

func (s *surveyReader) checkExternal(it *Item, row *row) bool {
	if it.Filter == "" {
		s.warn("survey", row.num, "choice_filter", "form.external.nofilter")
	}
	if len(s.form.External) == 0 {
		s.bad("survey", row.num, "type", "form.sheet.external", "list", it.List)
		return false
	}
	if s.form.External[it.List] == nil {
		s.bad("survey", row.num, "type", "form.list.external", "list", it.List)
		return false
	}
	return true
}

// selectParameters checks randomize, seed, value and label.
func (s *surveyReader) selectParameters(it *Item, row *row) {
	allowed := []string{"randomize", "seed"}
	if it.fromFile {
		allowed = append(allowed, "value", "label")
	}
	s.allow(it, row, allowed...)
	p := it.Parameters
	if v, ok := p["randomize"]; ok {
		if v != "true" && v != "false" {
			s.bad("survey", row.num, "parameters", "form.parameter.bool", "name", "randomize", "value", v)
		}
		if seed, ok := p["seed"]; ok && !isReference(seed) && !isPlainNumber(seed) {
			s.bad("survey", row.num, "parameters", "form.parameter.seed")
		}
	} else if _, ok := p["seed"]; ok {
		s.bad("survey", row.num, "parameters", "form.parameter.randomize")
	}
	for _, k := range []string{"value", "label"} {
		if v, ok := p[k]; ok && !xmlName.MatchString(v) {
			s.bad("survey", row.num, "parameters", "form.parameter.name", "name", k)
		}
	}
}

// allow reports parameters that the type doesn't have.
func (s *surveyReader) allow(it *Item, row *row, names ...string) {
	known := set(names...)
	for k := range it.Parameters {
		if !known[k] {
			s.bad("survey", row.num, "parameters", "form.parameter.unknown", "name", k, "allowed", strings.Join(names, ", "))
		}
	}
}

// tableRow gives the rows of a table-list their looks and puts the heading in front of the first.
func (s *surveyReader) tableRow(it *Item, row *row) {
	if s.table == "" {
		return
	}
	if s.table == "?" {
		s.table = it.List
		if it.Filter != "" {
			s.bad("survey", row.num, "choice_filter", "form.table.filter")
		}
		head := &Item{Name: "reserved_name_for_field_list_labels_" + itoa(row.num), Type: it.Type, List: it.List, kind: it.kind, info: it.info, Label: Text{{"", " "}}}
		head.control.set("appearance", "label")
		s.adopt(head)
	}
	if s.table != it.List {
		s.bad("survey", row.num, "type", "form.table.lists", "list", s.table, "other", it.List)
	}
	it.control.set("appearance", "list-nolabel")
}

// orOther adds the choice "other" and the question that asks which.
func (s *surveyReader) orOther(it *Item, row *row) {
	if it.Filter != "" {
		s.bad("survey", row.num, "choice_filter", "form.other.filter")
	}
	l := s.form.Lists[it.List]
	if l == nil {
		s.bad("survey", row.num, "type", "form.other.choices")
		return
	}
	it.other = true
	addOther(l)
	other := &Item{Name: it.Name + "_other", Type: "text", info: knownTypes["text"], kind: "text", own: Text{{"", specifyOther}}}
	for _, tr := range it.Label {
		other.Label.set(tr.Lang, inScriptOf(tr.Text, specifyOther, "请填写其他的内容"))
	}
	if other.Label == nil {
		other.Label = other.own
	}
	other.bind = attributes{{"relevant", "selected(../" + it.Name + ", 'other')"}}
	s.adopt(other)
}

// What or_other says, in the words of pyxform: an XForm has them, whatever its
// languages are.
const (
	justOther    = "Other"
	specifyOther = "Specify other."
)

// addedRow is the row of the choice that or_other adds.
const addedRow = -1

// inScriptOf chooses the Chinese words where the text beside them is Chinese.
func inScriptOf(text, english, chinese string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return chinese
	}
	return english
}

// addOther adds the choice of or_other to a list, in the languages of the others.
func addOther(l *List) {
	other := &Choice{Name: "other", Row: addedRow}
	for _, c := range l.Choices {
		if c.Name == "other" {
			return
		}
		for _, tr := range c.Label {
			other.Label.set(tr.Lang, inScriptOf(tr.Text, justOther, "其他"))
		}
	}
	if other.Label == nil {
		other.Label = Text{{"", justOther}}
	}
	l.Choices = append(l.Choices, other)
}

func (s *surveyReader) osmQuestion(kind string, it *Item, row *row) {
	it.Type, it.info = "osm", knownTypes["osm"]
	if f := strings.Fields(kind); len(f) > 1 {
		it.osmTags = s.osm[f[1]]
	}
	s.adopt(it)
}

func (s *surveyReader) textRules(it *Item, row *row) {
	if snakeCase(it.kind) != "text" {
		return
	}
	s.allow(it, row, "rows")
	if v, ok := it.Parameters["rows"]; ok {
		if !isWhole(v) {
			s.bad("survey", row.num, "parameters", "form.parameter.whole", "name", "rows")
		}
		it.control.set("rows", v)
	}
}

func isWhole(s string) bool {
	s = strings.TrimPrefix(s, "-")
	return s != "" && strings.Trim(s, "0123456789") == ""
}
