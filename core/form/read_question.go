package form

import (
	"path"
	"regexp"
	"strings"
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
		s.geoRules(it, row)
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

var selectWords = regexp.MustCompile(`(?i)^(add select one prompt using|add select multiple prompt using|select all that apply from|select one from file|select multiple from file|select[ _]one[ _]external|select_one_from_file|select_multiple_from_file|select one from|select1|select_one|select one|select_multiple|select multiple|select all that apply|rank)\s+(.+)$`)

var otherWords = regexp.MustCompile(`(?i)^(\S+)\s+(or specify other|or_other|or other)$`)

// choose reads a question that chooses from a list.
func (s *surveyReader) choose(kind string, it *Item, row *row) bool {
	m := selectWords.FindStringSubmatch(kind)
	if m == nil {
		return false
	}
	command := strings.ToLower(m[1])
	it.Type = selectNames[command]
	it.List = strings.TrimSpace(m[2])
	other := false
	if o := otherWords.FindStringSubmatch(it.List); o != nil {
		it.List, other = o[1], true
	} else {
		it.List = strings.Fields(it.List)[0]
	}
	it.fromFile = strings.Contains(command, "file")
	it.query = it.Type == "select_one_external"
	it.dynamic = isDynamic(it.Default, it)
	s.selectParameters(it, row)
	if !s.checkList(it, row) {
		return true
	}
	s.tableRow(it, row)
	s.adopt(it)
	if other {
		s.orOther(it, row)
	}
	return true
}

// checkList looks the list up where the type says that it is.
func (s *surveyReader) checkList(it *Item, row *row) bool {
	ext := path.Ext(it.List)
	isFile := ext == ".csv" || ext == ".xml" || ext == ".geojson"
	switch {
	case it.query:
		return s.checkExternal(it, row)
	case it.fromFile:
		if !isFile {
			s.bad("survey", row.num, "type", "form.file.extension", "file", it.List)
		}
		return isFile
	case isFile || hasReference(it.List):
		return true
	case len(s.form.Lists) == 0:
		s.bad("survey", row.num, "type", "form.sheet.choices", "list", it.List)
		return false
	case s.form.Lists[it.List] == nil:
		s.bad("survey", row.num, "type", "form.list.missing", "list", it.List)
		return false
	}
	if it.Type == "select_multiple" || it.Type == "rank" {
		s.checkBlanks(it, row)
	}
	return true
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
	b := s.top()
	if b.table == "" {
		return
	}
	if b.table == "?" {
		b.table = it.List
		if it.Filter != "" {
			s.bad("survey", row.num, "choice_filter", "form.table.filter")
		}
		head := &Item{Name: "reserved_name_for_field_list_labels_" + itoa(row.num), Type: it.Type, List: it.List, kind: it.kind}
		head.control.set("appearance", "label")
		s.adopt(head)
	}
	if b.table != it.List {
		s.bad("survey", row.num, "type", "form.table.lists", "list", b.table, "other", it.List)
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
	other := &Item{Name: it.Name + "_other", Type: "text", info: knownTypes["text"], kind: "text", Label: Text{"": "Specify other."}}
	other.bind = attributes{{"relevant", "selected(../" + it.Name + ", 'other')"}}
	s.adopt(other)
}

func addOther(l *List) {
	label := Text{"": "Other"}
	for _, c := range l.Choices {
		if c.Name == "other" {
			return
		}
		for lang := range c.Label {
			if lang != "" {
				delete(label, "")
				label[lang] = "Other"
			}
		}
	}
	l.Choices = append(l.Choices, &Choice{Name: "other", Label: label})
}

func (s *surveyReader) osmQuestion(kind string, it *Item, row *row) {
	it.Type, it.info = "osm", knownTypes["osm"]
	if f := strings.Fields(kind); len(f) > 1 {
		it.osmTags = s.osm[f[1]]
	}
	s.adopt(it)
}

func (s *surveyReader) rangeRules(it *Item, row *row) {
	s.allow(it, row, "start", "end", "step", "tick_interval", "placeholder", "tick_labelset")
	p := map[string]string{"start": "1", "end": "10", "step": "1"}
	for k, v := range it.Parameters {
		p[k] = v
	}
	it.Parameters = p
	for _, k := range []string{"start", "end", "step"} {
		if !isPlainNumber(p[k]) {
			s.bad("survey", row.num, "parameters", "form.parameter.number", "name", k, "value", p[k])
			return
		}
		if strings.Contains(p[k], ".") && parseNumber(p[k]) != 0 {
			it.info.store = "decimal"
		}
	}
	if parseNumber(p["step"]) == 0 {
		s.bad("survey", row.num, "parameters", "form.range.zero", "name", "step")
	}
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

func (s *surveyReader) imageRules(it *Item, row *row) {
	s.allow(it, row, "max-pixels", "app")
	if v, ok := it.Parameters["max-pixels"]; ok {
		if !isWhole(v) {
			s.bad("survey", row.num, "parameters", "form.parameter.whole", "name", "max-pixels")
		}
		it.bind.set("orx:max-pixels", v)
	} else {
		s.warn("survey", row.num, "parameters", "form.image.pixels")
	}
	if it.Default != "" && !it.dynamic && !strings.Contains(it.Default, "jr://images/") {
		it.Default = "jr://images/" + it.Default
	}
	if app, ok := it.Parameters["app"]; ok {
		s.imageApp(it, row, app)
	}
}

var packageName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*(\.[A-Za-z][A-Za-z0-9_]*)+$`)

func (s *surveyReader) imageApp(it *Item, row *row, app string) {
	if a := it.control.get("appearance"); a != "" && a != "annotate" {
		return
	}
	if !packageName.MatchString(app) {
		s.bad("survey", row.num, "parameters", "form.image.app", "app", app)
		return
	}
	it.control.set("intent", app)
}

func (s *surveyReader) audioRules(it *Item, row *row) {
	s.allow(it, row, "quality")
	q, ok := it.Parameters["quality"]
	if !ok {
		return
	}
	switch q {
	case "voice-only", "low", "normal":
	case "external":
		if it.Type == "audio" {
			break
		}
		fallthrough
	default:
		s.bad("survey", row.num, "parameters", "form.audio.quality", "value", q)
	}
	if it.Type == "audio" {
		it.bind.set("odk:quality", q)
	}
}

func (s *surveyReader) geoRules(it *Item, row *row) {
	if it.Type == "geopoint" {
		s.allow(it, row, "allow-mock-accuracy", "capture-accuracy", "warning-accuracy", "reference-geometry")
	} else {
		s.allow(it, row, "allow-mock-accuracy", "incremental", "reference-geometry")
	}
	p := it.Parameters
	if v, ok := p["allow-mock-accuracy"]; ok {
		if v != "true" && v != "false" {
			s.bad("survey", row.num, "parameters", "form.parameter.bool", "name", "allow-mock-accuracy", "value", v)
		}
		it.bind.set("odk:allow-mock-accuracy", v)
	}
	for name, control := range map[string]string{"capture-accuracy": "accuracyThreshold", "warning-accuracy": "unacceptableAccuracyThreshold"} {
		if v, ok := p[name]; ok {
			if !isPlainNumber(v) {
				s.bad("survey", row.num, "parameters", "form.parameter.number", "name", name, "value", v)
			}
			it.control.set(control, v)
		}
	}
	if v, ok := p["incremental"]; ok {
		if v != "true" {
			s.bad("survey", row.num, "parameters", "form.parameter.true", "name", "incremental")
		}
		it.control.set("incremental", v)
	}
}

func (s *surveyReader) auditRules(it *Item, row *row) {
	if it.Name != "" && it.Name != "audit" {
		s.bad("survey", row.num, "name", "form.audit.name")
	}
	it.Name = "audit"
	s.allow(it, row, "location-priority", "location-min-interval", "location-max-age", "track-changes", "identify-user", "track-changes-reasons")
	p := it.Parameters
	for _, k := range []string{"track-changes", "identify-user"} {
		if v, ok := p[k]; ok {
			if v != "true" && v != "false" {
				s.bad("survey", row.num, "parameters", "form.parameter.bool", "name", k, "value", v)
			}
			it.bind.set("odk:"+k, v)
		}
	}
	if v, ok := p["track-changes-reasons"]; ok {
		if v != "on-form-edit" {
			s.bad("survey", row.num, "parameters", "form.audit.reasons")
		}
		it.bind.set("odk:track-changes-reasons", v)
	}
	s.auditLocation(it, row)
}

func (s *surveyReader) auditLocation(it *Item, row *row) {
	p := it.Parameters
	prio, a := p["location-priority"]
	interval, b := p["location-min-interval"]
	age, c := p["location-max-age"]
	if !a && !b && !c {
		return
	}
	if !a || !b || !c {
		s.bad("survey", row.num, "parameters", "form.audit.location")
		return
	}
	switch prio {
	case "no-power", "low-power", "balanced", "high-accuracy":
	default:
		s.bad("survey", row.num, "parameters", "form.audit.priority", "value", prio)
	}
	for _, kv := range []pair{{"location-min-interval", interval}, {"location-max-age", age}} {
		if !isWhole(kv.value) || parseNumber(kv.value) < 0 {
			s.bad("survey", row.num, "parameters", "form.parameter.whole", "name", kv.name)
			return
		}
	}
	if parseNumber(age) < parseNumber(interval) {
		s.bad("survey", row.num, "parameters", "form.audit.age")
	}
	it.bind.set("odk:location-max-age", age)
	it.bind.set("odk:location-min-interval", interval)
	it.bind.set("odk:location-priority", prio)
}
