package form

// typeInfo says how a question type becomes XForms: what is asked with (tag) and what is stored (bind).
type typeInfo struct {
	name      string // the type's first name
	tag       string // control: input, select1, upload …; empty: not shown
	media     string // mediatype of an upload
	store     string // bind type; empty: none
	preload   string // jr:preload and its parameter: metadata
	params    string
	readonly  bool
	constrain string
	hint      string
}

// knownTypes are all question types by every name they are known by. Lists of choices, groups and repeats are parsed
// from the words of the type instead.
var knownTypes = typeTable()

func typeTable() map[string]typeInfo {
	t := map[string]typeInfo{}
	def := func(info typeInfo, names ...string) {
		for _, n := range names {
			t[n] = info
		}
	}
	answerTypes(def)
	metadataTypes(def)
	return t
}

func answerTypes(def func(typeInfo, ...string)) {
	def(typeInfo{name: "text", tag: "input", store: "string"}, "text", "string", "q string", "add text prompt")
	def(typeInfo{name: "integer", tag: "input", store: "int"}, "integer", "int", "q int", "add integer prompt")
	def(typeInfo{name: "decimal", tag: "input", store: "decimal"}, "decimal", "q decimal", "add decimal prompt")
	def(typeInfo{name: "integer", tag: "input", store: "int", constrain: "0 <= . and . <= 100"}, "percentage")
	def(typeInfo{name: "integer", tag: "input", store: "int", constrain: "0 <= . and . <= 31", hint: "Enter a number 0-31."}, "number of days in last month")
	def(typeInfo{name: "integer", tag: "input", store: "int", constrain: "0 <= . and . <= 183", hint: "Enter a number 0-183."}, "number of days in last six months")
	def(typeInfo{name: "integer", tag: "input", store: "int", constrain: "0 <= . and . <= 365", hint: "Enter a number 0-365."}, "number of days in last year")
	def(typeInfo{name: "text", tag: "input", store: "string", constrain: `regex(., '^\d*$')`, hint: "Enter numbers only."}, "phone number")
	def(typeInfo{name: "date", tag: "input", store: "date"}, "date", "q date", "add date prompt")
	def(typeInfo{name: "time", tag: "input", store: "time"}, "time", "q time", "add time prompt")
	def(typeInfo{name: "dateTime", tag: "input", store: "dateTime"}, "datetime", "dateTime", "date time", "q date time", "q dateTime", "add date time prompt", "add dateTime prompt")
	def(typeInfo{name: "note", tag: "input", store: "string", readonly: true}, "note", "q note", "add note prompt")
	def(typeInfo{name: "geopoint", tag: "input", store: "geopoint"}, "geopoint", "gps", "q geopoint", "q location", "location", "add location prompt")
	def(typeInfo{name: "geotrace", tag: "input", store: "geotrace"}, "geotrace", "q geotrace")
	def(typeInfo{name: "geoshape", tag: "input", store: "geoshape"}, "geoshape", "q geoshape")
	def(typeInfo{name: "barcode", tag: "input", store: "barcode"}, "barcode", "q barcode", "add barcode prompt")
	def(typeInfo{name: "acknowledge", tag: "trigger", store: "string"}, "acknowledge", "q acknowledge", "add acknowledge prompt")
	def(typeInfo{name: "acknowledge", tag: "trigger"}, "trigger")
	def(typeInfo{name: "image", tag: "upload", media: "image/*", store: "binary"}, "image", "photo", "q picture", "q image", "add image prompt", "add photo prompt")
	def(typeInfo{name: "audio", tag: "upload", media: "audio/*", store: "binary"}, "audio", "q audio", "add audio prompt")
	def(typeInfo{name: "video", tag: "upload", media: "video/*", store: "binary"}, "video", "q video", "add video prompt")
	def(typeInfo{name: "file", tag: "upload", media: "application/*", store: "binary"}, "file", "add file prompt")
	def(typeInfo{name: "range", tag: "range", store: "int"}, "range")
	def(typeInfo{name: "osm", tag: "upload", media: "osm/*", store: "binary"}, "osm")
	def(typeInfo{name: "calculate", store: "string"}, "calculate", "q calculate", "add calculate prompt")
	def(typeInfo{name: "hidden", store: "string"}, "hidden")
}

func metadataTypes(def func(typeInfo, ...string)) {
	def(typeInfo{name: "start", store: "dateTime", preload: "timestamp", params: "start"}, "start", "start time", "get start time")
	def(typeInfo{name: "end", store: "dateTime", preload: "timestamp", params: "end"}, "end", "end time", "get end time")
	def(typeInfo{name: "today", store: "date", preload: "date", params: "today"}, "today", "get today")
	property := func(param string, names ...string) {
		def(typeInfo{name: names[0], store: "string", preload: "property", params: param}, names...)
	}
	property("deviceid", "deviceid", "imei", "device id", "get device id")
	property("subscriberid", "subscriberid", "subscriber id", "get subscriber id")
	property("simserial", "simserial", "sim id", "get sim id")
	property("phonenumber", "phonenumber", "get phone number")
	property("username", "username")
	property("email", "email")
	for _, p := range []string{"uri:subscriberid", "uri:phonenumber", "uri:simserial", "uri:deviceid", "uri:username", "uri:email"} {
		property(p, p)
	}
	def(typeInfo{name: "start-geopoint", store: "geopoint"}, "start-geopoint")
	def(typeInfo{name: "background-geopoint", store: "geopoint"}, "background-geopoint")
	def(typeInfo{name: "background-audio", store: "binary"}, "background-audio")
	def(typeInfo{name: "audit", store: "binary"}, "audit")
	def(typeInfo{name: "xml-external"}, "xml-external")
	def(typeInfo{name: "csv-external"}, "csv-external")
}

// selectNames are the first words of types that choose from a list.
var selectNames = map[string]string{
	"add select one prompt using": "select_one", "add select multiple prompt using": "select_multiple",
	"select all that apply from": "select_multiple", "select one from": "select_one", "select1": "select_one",
	"select_one": "select_one", "select one": "select_one", "select_multiple": "select_multiple",
	"select multiple": "select_multiple", "select all that apply": "select_multiple", "select multiple from": "select_multiple",
	"select_one_external": "select_one_external", "select one external": "select_one_external",
	"select_one_from_file": "select_one", "select_multiple_from_file": "select_multiple",
	"select one from file": "select_one", "select multiple from file": "select_multiple", "rank": "rank",
}

// blockNames are the words after begin and end.
var blockNames = map[string]string{
	"group": "group", "lgroup": "repeat", "repeat": "repeat", "loop": "loop", "looped group": "repeat",
}
