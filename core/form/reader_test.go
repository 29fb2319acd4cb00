package form

import (
	"reflect"
	"strings"
	"testing"
)

// survey wraps rows into a survey sheet with the usual columns.
func survey(rows ...string) string {
	out := "| survey |\n| | type | name | label | relevant | calculation | parameters | appearance | default | trigger | choice_filter | repeat_count | save_to |\n"
	for _, r := range rows {
		out += "| | " + r + " |\n"
	}
	return out
}

const lists = "\n| choices |\n| | list_name | name | label | at |\n| | l | a | Ay | 1 |\n| | l | b | Bee | 2 |\n| | m | c | Cee | |\n"

// errors that authors make: what they write, the key of the message, and where it points. The rules are those of
// pyxform 4; the file or check that has them there is named.
var mistakes = []struct {
	source, md, key, sheet string
	row                    int
}{
	{"xls2json", "| settings |\n| | form_id |\n| | x |\n| other |\n| | a |", "form.sheet.survey", "", 0},
	{"sheet_headers", "| survey |\n| | name | label |\n| | a | A |", "form.header.missing", "survey", 1},
	{"sheet_headers", "| survey |\n| | type | name | label | caption |\n| | text | a | A | B |", "form.header.twice", "survey", 1},
	{"xls2json", survey("| a | A"), "form.row.notype", "survey", 2},
	{"xls2json", survey("text | | A"), "form.name.missing", "survey", 2},
	{"NAMES_008", survey("text | 1a | A"), "form.name.bad", "survey", 2},
	{"NAMES_008", survey("text | a b | A"), "form.name.bad", "survey", 2},
	{"NAMES_001", survey("text | a | A", "text | a | B"), "form.name.twice", "survey", 3},
	{"NAMES_003", survey("begin repeat | data | A", "text | a | A", "end repeat"), "form.repeat.root", "survey", 2},
	{"NAMES_004", survey("begin repeat | r | A", "text | a | A", "end repeat", "begin group | g | G", "begin repeat | r | A", "text | a | A", "end repeat", "end group"), "form.repeat.twice", "survey", 6},
	{"NAMES_005", survey("text | meta | A"), "form.name.meta", "survey", 2},
	{"builder", survey("txt | a | A"), "form.type.unknown", "survey", 2},
	{"builder", survey("select_one l and more | a | A") + lists, "form.type.unknown", "survey", 2},
	{"SURVEY_001", survey("text | a | A", "end group"), "form.block.end", "survey", 3},
	{"SURVEY_001", survey("begin group | g | G", "text | a | A", "end repeat"), "form.block.end", "survey", 4},
	{"SURVEY_002", survey("begin group | g | G", "text | a | A"), "form.block.open", "survey", 2},
	{"xls2json", survey("begin loop | g | G", "text | a | A", "end loop"), "form.loop.nolist", "survey", 2},
	{"xls2json", survey("select_one l | a | A"), "form.sheet.choices", "survey", 2},
	{"xls2json", survey("select_one x | a | A") + lists, "form.list.missing", "survey", 2},
	{"xls2json", survey("select_one_external x | a | A"), "form.sheet.external", "survey", 2},
	{"select_from_file", survey("select_one_from_file x.txt | a | A"), "form.file.extension", "survey", 2},
	{"xls2json", survey("select_one l or_other | a | A | | | | | | | at=1") + lists, "form.other.filter", "survey", 2},
	{"choices", survey("text | a | A") + "| choices |\n| | list_name | name | label |\n| | l | | A |", "form.choice.noname", "choices", 2},
	{"choices", survey("text | a | A") + "| choices |\n| | list_name | name | label |\n| | l | a | A |\n| | l | a | B |", "form.choice.twice", "choices", 3},
	{"xls2json", survey("select_multiple l | a | A") + "| choices |\n| | list_name | name | label |\n| | l | a b | A |", "form.choice.blank", "choices", 2},
	{"xls2json", survey("calculate | a | A"), "form.calculation.missing", "survey", 2},
	{"survey_element", survey("text | a | "), "form.question.nolabel", "survey", 2},
	{"PYREF_001", survey("text | a | Hi ${ b }"), "form.reference.broken", "survey", 2},
	{"PYREF_001", survey("text | a | Hi ${b"), "form.reference.broken", "survey", 2},
	{"PYREF_003", survey("text | a | Hi ${b}"), "form.reference.missing", "survey", 2},
	{"PYREF_004", survey("begin group | g | G", "text | a | A", "end group", "text | a | A", "text | b | ${a}"), "form.reference.twice", "survey", 6},
	{"PYREF_003", survey("text | a | A", "text | b | B | | | | | | ${c}"), "form.reference.missing", "survey", 3},
	{"PYREF_001", survey("text | a | A", "text | b | B | | | | | | ${ a }"), "form.trigger.bad", "survey", 3},
	{"PYREF_002", survey("text | a | A", "text | b | B | | | | | | ${a} ${a}"), "form.trigger.bad", "survey", 3},
	{"survey", survey("select_one ${who} | a | A"), "form.reference.missing", "survey", 2},
	{"HEADER_001", "| survey |\n| | type | name | |\n| | text | a | A |", "form.cell.nohead", "survey", 2},
	{"NAMES_001", survey("select_one l or_other | a | A", "text | a_other | B") + lists, "form.name.twice", "survey", 3},
	{"PYREF_001", survey("text | a | A", "text | b | B | | | | | | a"), "form.trigger.bad", "survey", 3},
	{"question", survey("calculate | a | | | 1", "text | b | B | | 2 | | | | ${a}"), "form.trigger.hidden", "survey", 3},
	{"question_types", survey("background-geopoint | a | A"), "form.background.trigger", "survey", 2},
	{"SURVEY_004", survey("text | a | A | | | rows"), "form.parameters.bad", "survey", 2},
	{"SURVEY_005", survey("text | a | A | | | lines=3"), "form.parameter.unknown", "survey", 2},
	{"xls2json", survey("text | a | A | | | rows=x"), "form.parameter.whole", "survey", 2},
	{"xls2json", survey("image | a | A | | | max-pixels=big"), "form.parameter.whole", "survey", 2},
	{"xls2json", survey("audio | a | A | | | quality=best"), "form.audio.quality", "survey", 2},
	{"xls2json", survey("select_one l | a | A | | | randomize=maybe") + lists, "form.parameter.bool", "survey", 2},
	{"xls2json", survey("select_one l | a | A | | | seed=1") + lists, "form.parameter.randomize", "survey", 2},
	{"xls2json", survey("select_one l | a | A | | | randomize=true seed=x") + lists, "form.parameter.seed", "survey", 2},
	{"RANGE_001", survey("range | a | A | | | start=x"), "form.parameter.number", "survey", 2},
	{"RANGE_002", survey("range | a | A | | | step=0"), "form.range.zero", "survey", 2},
	{"RANGE_003", survey("range | a | A | | | step=20"), "form.range.wide", "survey", 2},
	{"RANGE_004", survey("range | a | A | | | step=2 tick_interval=3"), "form.range.multiple", "survey", 2},
	{"RANGE_005", survey("range | a | A | | | placeholder=11"), "form.range.outside", "survey", 2},
	{"RANGE_008", survey("range | a | A | | | placeholder=3 | rating"), "form.range.appearance", "survey", 2},
	{"SURVEY_007", survey("geopoint | a | A | | | capture-accuracy=x"), "form.parameter.number", "survey", 2},
	{"SURVEY_009", survey("geopoint | a | A | | | allow-mock-accuracy=x"), "form.parameter.bool", "survey", 2},
	{"SURVEY_003", survey("geotrace | a | A | | | incremental=no"), "form.parameter.true", "survey", 2},
	{"SURVEY_006", survey("geopoint | a | A | | | reference-geometry=x"), "form.geo.reference", "survey", 2},
	{"SURVEY_010", survey("begin repeat | r | R", "csv-external | a", "text | b | B", "end repeat"), "form.external.repeat", "survey", 3},
	{"xls2json", survey("audit | b |"), "form.audit.name", "survey", 2},
	{"xls2json", survey("audit | | | | | location-priority=balanced"), "form.audit.location", "survey", 2},
	{"xls2json", survey("audit | | | | | track-changes=maybe"), "form.parameter.bool", "survey", 2},
	{"survey", survey("csv-external | x", "select_one_from_file x.xml | a | A"), "form.instance.twice", "survey", 3},
	{"survey", survey("xml-external | __last-saved", "integer | a | A", "calculate | b | | | ${last-saved#a} + 4"), "form.instance.twice", "survey", 4},
	{"survey", survey("select_one __last-saved | a | A", "calculate | b | | | ${last-saved#a}") + "| choices |\n| | list_name | name | label |\n| | __last-saved | x | X |", "form.instance.twice", "survey", 3},
	{"survey", survey("text | esri:a | A"), "form.prefix.name", "survey", 2},
	{"survey", survey("select_one l | a | A | | | | search('f')", "select_one l | b | B") + lists, "form.search.list", "survey", 2},
	{"ENTITY_001", survey("text | a | A | | | | | | | | | p"), "form.saveto.noentity", "survey", 2},
	{"ENTITY_005", survey("text | a | A") + "| entities |\n| | list_name |\n| | e |", "form.entity.label", "entities", 2},
	{"ENTITY_007", survey("text | a | A") + "| entities |\n| | list_name | label | update_if |\n| | e | x | 1 |", "form.entity.id", "entities", 2},
	{"ENTITY_014", survey("text | a | A") + "| entities |\n| | list_name | label | entity_id |\n| | e | x | ${a} |", "form.entity.file", "entities", 2},
	{"NAMES_012", survey("text | a | A | | | | | | | | | name") + "| entities |\n| | list_name | label |\n| | e | x |", "form.saveto.name", "survey", 2},
	{"NAMES_010", survey("text | a | A") + "| entities |\n| | list_name | label |\n| | __e | x |", "form.entity.name", "entities", 2},
	{"HEADER_005", survey("text | a | A") + "| entities |\n| | list_name | label | color |\n| | e | x | y |", "form.entity.column", "entities", 1},
	{"settings", survey("text | a | A") + "| settings |\n| | name |\n| | 1x |", "form.name.bad", "settings", 2},
	{"JavaRosa", survey("text | a | A | 1 +"), "expression.end", "survey", 2},
	{"JavaRosa", survey("text | a | A | slected(., 'x')"), "expression.function", "survey", 2},
}

func TestMistakesAreReportedWithTheirPlace(t *testing.T) {
	for _, m := range mistakes {
		f, report := ReadFile("x.md", []byte(m.md))
		if f != nil {
			t.Errorf("[%s] %s: read without complaint", m.source, m.key)
			continue
		}
		found := false
		for _, p := range report.Errors {
			found = found || p.Key == m.key && p.Sheet == m.sheet && p.Row == m.row
			if strings.ContainsAny(p.Text, "{") && !strings.Contains(p.Text, "${") {
				t.Errorf("[%s] unfilled sentence: %s", m.source, p.Text)
			}
		}
		if !found {
			t.Errorf("[%s] want %s at %s row %d, got %v", m.source, m.key, m.sheet, m.row, report.Errors)
		}
	}
}

func TestAllMistakesAtOnce(t *testing.T) {
	_, report := ReadFile("x.md", []byte(survey("text | a b | A", "txt | c | C", "text | d | ${nobody}", "end group", "text | e | E | 1 +")))
	var keys []string
	for _, p := range report.Errors {
		keys = append(keys, p.Key)
	}
	want := []string{"form.name.bad", "form.type.unknown", "form.block.end", "form.reference.missing", "expression.end"}
	if !reflect.DeepEqual(keys, want) {
		t.Errorf("got %v want %v", keys, want)
	}
}

func TestDoubtsDontStopAForm(t *testing.T) {
	for key, md := range map[string]string{
		"form.row.skipped":       survey("| | | 1 = 1"),
		"form.name.case":         survey("text | a | A", "text | A | B"),
		"form.block.nolabel":     survey("begin repeat | r |", "text | a | A", "end repeat"),
		"form.image.pixels":      survey("image | a | A"),
		"form.type.old":          survey("simserial | a |"),
		"form.choice.nolabel":    survey("select_one l | a | A") + "| choices |\n| | list_name | name | label |\n| | l | a | |",
		"form.choices.header":    survey("select_one l | a | A") + "| choices |\n| | list_name | name | label | my note |\n| | l | a | A | x |",
		"form.sheet.similar":     survey("text | a | A") + "| setting |\n| | form_id |\n| | x |",
		"form.language.code":     "| survey |\n| | type | name | label::English (schm) |\n| | text | a | A |",
		"form.prefix.column":     "| survey |\n| | type | name | label | body::esri:style |\n| | text | a | A | x |",
		"form.settings.yesno":    survey("text | a | A") + "| settings |\n| | auto_send |\n| | yeah |",
		"form.cycle":             survey("calculate | a | | | ${b} + 1", "calculate | b | | | ${c}", "calculate | c | | | ${a}"),
		"form.instance.missing":  survey("calculate | a | | | instance('x')/root/item/name"),
		"form.function.foreign":  survey("calculate | a | | | z-score('w', 1, 2)"),
		"form.settings.ids":      survey("text | a | A") + "| settings |\n| | form_id | id_string |\n| | a | b |",
		"form.row.disabled":      "| survey |\n| | type | name | label | disabled |\n| | text | a | A | yes |\n| | text | b | B | |",
		"form.external.nofilter": survey("select_one_external l | a | A") + "| external_choices |\n| | list_name | name |\n| | l | a |",
	} {
		f, report := ReadFile("x.md", []byte(md))
		found := false
		for _, p := range report.Warnings {
			found = found || p.Key == key
		}
		if f == nil || !found {
			t.Errorf("%s: form %v, errors %v, warnings %v", key, f != nil, report.Errors, report.Warnings)
		}
	}
}

func TestCycleIsNamedByItsPath(t *testing.T) {
	_, report := ReadFile("x.md", []byte(survey("calculate | a | | | ${b} + 1", "calculate | b | | | ${c}", "calculate | c | | | ${a}")))
	if len(report.Warnings) != 1 || !strings.Contains(report.Warnings[0].Text, "a → b → c → a") {
		t.Errorf("got %v", report.Warnings)
	}
}

// A group may ask what stands inside it, as "inputs" of every CHT form does: that is no circle.
func TestGroupMayAskWhatItHolds(t *testing.T) {
	f, report := ReadFile("x.md", []byte(survey("begin group | inputs | Inputs | ./source = 'user'", "text | source | Source", "text | name | Name", "end group", "text | a | A")))
	if f == nil || len(report.Warnings) > 0 {
		t.Fatalf("%v, %v", report.Errors, report.Warnings)
	}
	v := New(f, Config{Now: noon})
	if visible(v)["name"] {
		t.Error("the group shows before its source is the user")
	}
	if !visible(v)["a"] {
		t.Error("what follows is hidden")
	}
}

// types are all documented question types and what they become in XForms: control and bind type.
var questionTypes = []struct{ kind, tag, store string }{
	{"text", "input", "string"}, {"string", "input", "string"}, {"integer", "input", "int"}, {"int", "input", "int"}, {"decimal", "input", "decimal"},
	{"note", "input", "string"}, {"date", "input", "date"}, {"time", "input", "time"}, {"dateTime", "input", "dateTime"}, {"datetime", "input", "dateTime"},
	{"geopoint", "input", "geopoint"}, {"gps", "input", "geopoint"}, {"geotrace", "input", "geotrace"}, {"geoshape", "input", "geoshape"},
	{"barcode", "input", "barcode"}, {"image", "upload", "binary"}, {"photo", "upload", "binary"}, {"audio", "upload", "binary"}, {"video", "upload", "binary"},
	{"file", "upload", "binary"}, {"acknowledge", "trigger", "string"}, {"range", "range", "int"}, {"select_one l", "select1", "string"},
	{"select one l", "select1", "string"}, {"select_multiple l", "select", "string"}, {"select all that apply l", "select", "string"}, {"rank l", "odk:rank", "odk:rank"},
	{"percentage", "input", "int"}, {"phone number", "input", "string"}, {"osm", "upload", "binary"},
	{"start", "", "dateTime"}, {"end", "", "dateTime"}, {"today", "", "date"}, {"deviceid", "", "string"}, {"username", "", "string"},
	{"phonenumber", "", "string"}, {"email", "", "string"}, {"hidden", "", "string"}, {"start-geopoint", "", "geopoint"}, {"background-audio", "", "binary"},
}

func TestConformanceOfTypes(t *testing.T) {
	for _, c := range questionTypes {
		f, report := ReadFile("x.md", []byte(survey(c.kind+" | q | Q")+lists))
		if f == nil {
			t.Errorf("%s: %v", c.kind, report.Errors)
			continue
		}
		x := string(f.XForm())
		if !strings.Contains(x, `<bind nodeset="/data/q" type="`+c.store+`"`) {
			t.Errorf("%s: no bind of type %s", c.kind, c.store)
		}
		if c.tag != "" && !strings.Contains(x, "<"+c.tag+` ref="/data/q"`) || c.tag == "" && strings.Contains(x, ` ref="/data/q"><label`) {
			t.Errorf("%s: no control %s in\n%s", c.kind, c.tag, x)
		}
		v := New(f, Config{Now: noon})
		if shown := visible(v)["q"]; shown != (c.tag != "") {
			t.Errorf("%s: shown %v", c.kind, shown)
		}
	}
}

// markup lists what rows become in XForms, by the rules of pyxform.
var markup = []struct{ name, md, want string }{
	{"relative in a repeat", survey("begin repeat | r | R", "text | a | A", "begin group | g | G", "text | b | B | ${a} = 1", "end group", "end repeat"), `relevant=" ../../a  = 1"`},
	{"shortest way in a group", survey("begin repeat | r | R", "begin group | g | G", "text | a | A", "text | b | B | ${a} = 1", "end group", "end repeat"), `relevant=" ../a  = 1"`},
	{"absolute from outside", survey("begin repeat | r | R", "text | a | A", "end repeat", "calculate | s | | | sum(${a})"), `calculate="sum( /data/r/a )"`},
	{"the repeat itself", survey("begin repeat | r | R", "text | a | A", "calculate | n | | | count(${r})", "end repeat"), `calculate="count( /data/r )"`},
	{"filter on a list", survey("text | a | A", "select_one l | b | B | | | | | | | at = ${a}") + lists, `nodeset="instance('l')/root/item[at =  /data/a ]"`},
	{"filter in a repeat", survey("begin repeat | r | R", "text | a | A", "select_one l | b | B | | | | | | | at = ${a}", "end repeat") + lists, `nodeset="instance('l')/root/item[at =  current()/../a ]"`},
	{"look into an instance", survey("begin repeat | r | R", "text | a | A", "calculate | c | | | instance('l')/root/item[name = ${a}]/at", "end repeat") + lists, `calculate="instance('l')/root/item[name =  current()/../a ]/at"`},
	{"indexed-repeat", survey("begin repeat | r | R", "integer | i | I", "text | a | A", "calculate | c | | | indexed-repeat(${a}, ${r}, ${i})", "end repeat"), `calculate="indexed-repeat( /data/r/a ,  /data/r ,  ../i )"`},
	{"last saved", survey("text | a | A | | | | | ${last-saved#a}"), `<setvalue ref="/data/a" event="odk-instance-first-load" value=" instance('__last-saved')/data/a "/>`},
	{"last saved instance", survey("text | a | A | | | | | ${last-saved#a}"), `<instance id="__last-saved" src="jr://instance/last-saved"/>`},
	{"new repeat", survey("begin repeat | r | R", "text | a | A | | | | | now()", "end repeat"), `<setvalue ref="/data/r/a" event="odk-new-repeat" value="now()"/>`},
	{"static default", survey("date | a | A | | | | | 2026-01-01"), `<a>2026-01-01</a>`},
	{"picture default", survey("image | a | A | | | max-pixels=10 | | x.png"), `<a>jr://images/x.png</a>`},
	{"trigger", survey("text | a | A", "calculate | b | | | ${a} + 1 | | | | ${a}"), `<setvalue ref="/data/b" event="xforms-value-changed" value=" /data/a  + 1"/>`},
	{"or other", survey("select_one l or_other | a | A") + lists, `<bind nodeset="/data/a_other" type="string" relevant="selected(../a, 'other')"/>`},
	{"count by expression", survey("begin repeat | r | R | | | | | | | | 2 + 1", "text | a | A", "end repeat"), `<repeat nodeset="/data/r" jr:count=" /data/r_count ">`},
	{"randomize", survey("select_one l | a | A | | | randomize=true seed=7") + lists, `nodeset="randomize(instance('l')/root/item, 7)"`},
	{"from a file", survey("select_one_from_file f.csv | a | A | | | value=v label=w"), `<itemset nodeset="instance('f')/root/item">`},
	{"file instance", survey("select_one_from_file f.csv | a | A"), `<instance id="f" src="jr://file-csv/f.csv"/>`},
	{"geojson", survey("select_one_from_file f.geojson | a | A"), `<value ref="id"/>`},
	{"pulldata", survey("calculate | a | | | pulldata('f', 'x', 'y', 'z')"), `<instance id="f" src="jr://file-csv/f.csv"/>`},
	{"from answers", survey("begin repeat | r | R", "text | a | A", "end repeat", "select_one ${a} | b | B"), `<itemset nodeset="/data/r[./a != '']">`},
	{"search", survey("select_one l | a | A | | | | search('f')") + lists, `<value>a</value>`},
	{"table list", survey("begin group | g | G | | | | table-list", "select_one l | a | A", "end group") + lists, `<select1 ref="/data/g/reserved_name_for_field_list_labels_3" appearance="label">`},
	{"start geopoint", survey("start-geopoint | a | A"), `<odk:setgeopoint ref="/data/a" event="odk-instance-first-load"/>`},
	{"background audio", survey("background-audio | a | A | | | quality=low"), `<odk:recordaudio ref="/data/a" event="odk-instance-load" odk:quality="low"/>`},
	{"range", survey("range | a | A | | | start=0.5 end=2 step=0.5"), `type="decimal"`},
	{"max pixels", survey("image | a | A | | | max-pixels=640"), `orx:max-pixels="640"`},
	{"rows", survey("text | a | A | | | rows=3"), `rows="3"`},
	{"audit", survey("text | a | A", "audit | | | | | track-changes=true"), `<bind nodeset="/data/meta/audit" type="binary" odk:track-changes="true"/>`},
	{"yes and no", "| survey |\n| | type | name | label | required | read_only |\n| | text | a | A | yes | no |", `required="true()" readonly="false()"`},
	{"label with an instance", survey("text | a | It is instance('l')/root/item[name = 'a']/label now") + lists, `<label> It is <output value="instance('l')/root/item[name = 'a']/label"/> now </label>`},
	{"guidance", "| survey |\n| | type | name | label | guidance_hint |\n| | text | a | A | Slowly |", `<value form="guidance">Slowly</value>`},
	{"message with a reference", "| survey |\n| | type | name | label | constraint | constraint_message |\n| | text | a | A | . != 'x' | Not ${a} |", `jr:constraintMsg="jr:itext('/data/a:jr:constraintMsg')"`},
	{"picture of a choice", survey("select_one l | a | A") + "| choices |\n| | list_name | name | label | image |\n| | l | a | A | a.png |", `<value form="image">jr://images/a.png</value>`},
	{"choice by text id", survey("select_one l | a | A") + "| choices |\n| | list_name | name | label::en (en) |\n| | l | a | A |", `<itextId>l-0</itextId>`},
	{"missing translation", "| survey |\n| | type | name | label::en (en) | label::zh (zh) |\n| | text | a | A | |\n| | text | b | B | 乙 |", `<value>-</value>`},
	{"attribute", survey("text | a | A") + "| settings |\n| | attribute::odk:x |\n| | y |", `<data odk:x="y" id="x">`},
	{"namespace", survey("text | a | A") + "| settings |\n| | namespaces |\n| | esri=\"http://esri.com\" |", `xmlns:esri="http://esri.com"`},
	{"style", survey("text | a | A") + "| settings |\n| | style |\n| | pages |", `<h:body class="pages">`},
	{"submission", survey("text | a | A") + "| settings |\n| | submission_url | public_key | auto_send |\n| | http://x | K | true |", `<submission action="http://x" method="post" base64RsaPublicKey="K" orx:auto-send="true"/>`},
	{"external choices", survey("select_one_external l | a | A | | | | | | | at = 1") + "| external_choices |\n| | list_name | name | at |\n| | l | a | 1 |", `query="instance('l')/root/item[at = 1]"`},
	{"loop", survey("begin loop over l | g | G", "text | a | A of %(label)s", "end loop") + lists, `<label>A of Ay</label>`},
	{"nested repeats", survey("begin repeat | r | R", "begin repeat | s | S", "text | a | A", "end repeat", "end repeat"), `<s jr:template="">`},
}

func TestConformanceOfXForms(t *testing.T) {
	for _, c := range markup {
		f, report := ReadFile("x.md", []byte(c.md))
		if f == nil {
			t.Errorf("%s: %v", c.name, report.Errors)
			continue
		}
		x := string(f.XForm())
		if !strings.Contains(x, c.want) {
			t.Errorf("%s: no %s in\n%s", c.name, c.want, x)
		}
		if _, err := parseXML([]byte(x)); err != nil {
			t.Errorf("%s: not XML: %v", c.name, err)
		}
	}
}

func TestHeadersAreForgiving(t *testing.T) {
	f := read(t, `
| SURVEY   |           |           |                |                      |              |          |
|          | Type      | Name      | Caption        | Constraint  Message  | constraint   | Relevance |
|          | text      | a         | A              | No                   | . != 'x'     |          |
|          | integer   | b         | B              |                      |              | ${a} = 'y' |
|          |           |           |                |                      |              |          |
|          | select1  yn | c       | C              |                      |              |          |
| Choices  |           |           |                |                      |              |          |
|          | list name | value     | label          |                      |              |          |
|          | yn        | 1         | One            |                      |              |          |
| Settings |           |           |                |                      |              |          |
|          | Set form title | form_id |             |                      |              |          |
|          | My form   | mine      |                |                      |              |          |
`)
	v := New(f, Config{Now: noon})
	fillIn(t, v, "a=x")
	if errs := v.Errors(); len(errs) != 1 || errs[0].Text != "No" {
		t.Errorf("errors %v", errs)
	}
	if f.Title != "My form" || f.ID != "mine" || visible(v)["b"] || !visible(v)["c"] {
		t.Errorf("form %q %q, visible %v", f.Title, f.ID, visible(v))
	}
}

func TestUnknownColumnsAreKept(t *testing.T) {
	f := read(t, "| survey |\n| | type | name | label | our_note |\n| | text | a | A | hello |")
	if got := f.Item("a").Extra["our_note"]; got != "hello" {
		t.Errorf("got %q", got)
	}
}

// looks are the appearances of the Collect documentation and of Enketo, with a type that has them.
var looks = []struct{ kind, words string }{
	{"text", "numbers"}, {"text", "multiline"}, {"text", "url"}, {"text", "ex:org.example.app"}, {"text", "masked"}, {"integer", "thousands-sep"}, {"integer", "counter"},
	{"decimal", "bearing"}, {"decimal", "ex:org.example.app(a='b')"}, {"range", "vertical"}, {"range", "no-ticks"}, {"range", "picker"}, {"range", "rating"},
	{"image", "new"}, {"image", "new-front"}, {"image", "draw"}, {"image", "annotate"}, {"image", "signature"}, {"image", "selfie"},
	{"date", "no-calendar"}, {"date", "month-year"}, {"date", "year"}, {"date", "ethiopian"}, {"date", "coptic"}, {"date", "islamic"}, {"date", "bikram-sambat"},
	{"date", "myanmar"}, {"date", "persian"}, {"date", "buddhist"}, {"geopoint", "placement-map"}, {"geopoint", "maps"}, {"geotrace", "hide-input"},
	{"select_one l", "minimal"}, {"select_one l", "search"}, {"select_one l", "autocomplete"}, {"select_one l", "quick"}, {"select_one l", "columns-pack"},
	{"select_one l", "columns"}, {"select_one l", "columns-3"}, {"select_one l", "no-buttons"}, {"select_one l", "image-map"}, {"select_one l", "likert"},
	{"select_one l", "map"}, {"select_one l", "label"}, {"select_one l", "list-nolabel"}, {"select_one l", "list"}, {"select_multiple l", "minimal autocomplete"},
	{"select_one l", "horizontal-compact w2"}, {"barcode", "hidden-answer"}, {"barcode", "front"}, {"text", "printer:org.example(a)"}, {"text", "hs-region"},
}

func TestConformanceOfAppearances(t *testing.T) {
	for _, c := range looks {
		f := read(t, survey(c.kind+" | q | Q | | | | "+c.words)+lists)
		if x := string(f.XForm()); !strings.Contains(x, `appearance="`+c.words+`"`) {
			t.Errorf("%s %s: not in the XForm", c.kind, c.words)
		}
		q := New(f, Config{Now: noon}).Step().Questions[0]
		if got := strings.Join(q.Appearance, " "); got != strings.ToLower(c.words) {
			t.Errorf("%s %s: a screen sees %q", c.kind, c.words, got)
		}
	}
}

func TestMissingTranslationsAreMentioned(t *testing.T) {
	_, report := ReadFile("x.md", []byte("| survey |\n| | type | name | label::English (en) | label::bo | hint::English (en) |\n| | text | a | A | ཀ | H |"))
	var texts []string
	for _, p := range report.Warnings {
		texts = append(texts, p.Text)
	}
	want := []string{"The language “bo” lacks the columns survey: hint.", "The language “bo” has no code that programs know. Write it like English (en)."}
	if !reflect.DeepEqual(texts, want) {
		t.Errorf("got %q", texts)
	}
}

// What other programs could not read is not written: attributes under prefixes that nothing declares, words of their own
// for yes and no.
func TestXFormIsWellFormed(t *testing.T) {
	md := "| survey |\n| | type | name | label | body::esri:style | bind::hs:core | instance::odk:x |\n| | text | a | A | x | yes | y |\n| settings |\n| | auto_send | auto_delete | namespaces |\n| | Yes | false() | NAMESPACES |"
	for namespaces, want := range map[string][]string{
		"": {`odk:x="y"`, `orx:auto-send="true"`, `orx:auto-delete="false"`},
		`esri="http://esri.com" hs="https://example.org/xmlns/hs"`: {`esri:style="x"`, `hs:core="yes"`},
	} {
		f := read(t, strings.Replace(md, "NAMESPACES", namespaces, 1))
		if !f.Item("a").Core() {
			t.Error("the column is not read")
		}
		xml := string(f.XForm())
		for _, w := range want {
			if !strings.Contains(xml, w) {
				t.Errorf("%q: no %s in\n%s", namespaces, w, xml)
			}
		}
		if namespaces == "" && (strings.Contains(xml, "esri:") || strings.Contains(xml, "hs:")) {
			t.Errorf("undeclared prefixes in\n%s", xml)
		}
	}
}
