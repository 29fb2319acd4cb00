package form

// Audit says whether the form wants a log of how it was filled in, and what of it: its parameters, as track-changes.
func (f *Form) Audit() (wants map[string]string, ok bool) {
	for _, it := range f.items {
		if it.Type == "audit" {
			return it.Parameters, true
		}
	}
	return nil, false
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
