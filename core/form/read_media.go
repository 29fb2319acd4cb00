package form

import (
	"regexp"
	"strings"
)

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
	if ref, ok := it.Parameters["reference-geometry"]; ok {
		it.List = ref
		s.geoRefs = append(s.geoRefs, it)
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
		if !yesNo[v] {
			s.bad("survey", row.num, "parameters", "form.parameter.true", "name", "incremental")
		}
		it.control.set("incremental", "true")
	}
}
