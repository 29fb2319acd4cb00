package console

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"muqu/core"
	"muqu/core/change"
)

// beijing is the one time zone of the country. It is fixed, because office
// machines often lack the time zone tables.
var beijing = time.FixedZone("CST", 8*3600)

func moment(m change.Millis) string {
	if m == 0 {
		return "—"
	}
	return m.Time().In(beijing).Format("2006-01-02 15:04")
}

// show writes a value for reading: choices by their labels, identity numbers
// masked, also where they stand among the answers of a form.
func (v *visit) show(f core.Field, value change.Value) string {
	if value.IsNull() {
		return ""
	}
	if f.Sensitive == core.Number {
		return core.MaskNumber(textOf(value))
	}
	if c, asked := v.question(f); asked {
		return v.answerText(c, value.Any(), maskAnswer)
	}
	if f.Type == core.Table || f.Type == core.Any {
		return maskWithin(v.showOpen(f, value))
	}
	return v.showOpen(f, value)
}

// aNumber is what may be the number of an identity card, or of the disability
// certificate that is made of it.
var aNumber = regexp.MustCompile(`[1-9][0-9]{16}[0-9Xx][0-9B]*`)

func maskWithin(text string) string { return aNumber.ReplaceAllStringFunc(text, core.MaskNumber) }

func (v *visit) showOpen(f core.Field, value change.Value) string {
	if value.IsNull() {
		return ""
	}
	if c, asked := v.question(f); asked {
		return v.answerText(c, value.Any(), wholeAnswer)
	}
	switch f.Type {
	case core.Choice:
		return v.words.Choice(f.List, value.String())
	case core.Choices:
		var out []string
		for _, c := range value.Strs() {
			out = append(out, v.words.Choice(f.List, c))
		}
		return v.join(out)
	case core.YesNo:
		return v.yesNo(value)
	case core.Region:
		return v.cfg.Regions().Name(value.Str())
	case core.Money:
		if n, ok := value.Float(); ok {
			return strconv.FormatFloat(n, 'f', -1, 64)
		}
	case core.Moment:
		if t, err := time.Parse(time.RFC3339, value.Str()); err == nil {
			return moment(change.MillisOf(t))
		}
	case core.FormName:
		return v.formTitle(value.Str())
	case core.Reference:
		return v.titleOf(f.To, value.Str())
	case core.References:
		var out []string
		for _, id := range value.Strs() {
			out = append(out, v.titleOf(f.To, id))
		}
		return v.join(out)
	}
	if names := core.FilesIn(value); len(names) > 0 && f.Type != core.Table {
		var out []string
		for _, n := range names {
			out = append(out, v.fileLabel(n))
		}
		return v.join(out)
	}
	return value.String()
}

// title names a record as a person would, "" where it says nothing of itself.
func (v *visit) title(r *core.Record) string {
	k := core.KindOf(r.Kind)
	var out []string
	for _, name := range k.Title {
		if text := v.show(k.Field(name), r.Field(name)); text != "" {
			out = append(out, text)
		}
	}
	return strings.Join(out, " ")
}

// titleOf names the record that another one refers to. Of one that is not here
// yet, or that the person may not see, there is its id only.
func (v *visit) titleOf(kind, id string) string {
	parsed, err := change.ParseRecordID(id)
	if err != nil {
		return id
	}
	ref := core.Ref{Kind: kind, ID: parsed}
	if known, ok := v.titles[ref]; ok {
		return known
	}
	if v.titles == nil {
		v.titles = make(map[core.Ref]string)
	}
	v.titles[ref] = id // also meanwhile: records may refer to each other in a ring
	r, found, err := v.desk.Get(v.ctx, ref)
	switch {
	case err != nil:
		v.cfg.Log.Warn("title not read", "record", id, "err", err)
	case found:
		if title := v.title(&r); title != "" {
			v.titles[ref] = title
		}
	}
	return v.titles[ref]
}

func (v *visit) yesNo(value change.Value) string {
	if core.Yes(value) {
		return v.words.T("yes")
	}
	return v.words.T("no")
}

func textOf(value change.Value) string {
	if value.IsNull() {
		return ""
	}
	return value.String()
}

// register writes the value of a register: of a field, of a group as its
// members, of the region by its name, of deleted in words.
func (v *visit) register(kind, name string, value change.Value) string {
	k := core.KindOf(kind)
	switch name {
	case change.RegionField:
		return v.cfg.Regions().Name(value.Str())
	case change.DeletedField:
		if value.True() {
			return v.words.T("console.deleted")
		}
		return v.words.T("console.kept")
	case core.OppositeMerge:
		if value.IsNull() {
			return v.words.T("double.stays")
		}
		return v.words.Field(kind, core.MergedInto) + " " + v.titleOf(kind, value.Str())
	}
	fields := make(map[string]change.Value)
	core.SpreadRegister(k, name, value, fields)
	if _, single := fields[name]; single && len(fields) == 1 || len(fields) == 0 {
		return v.show(k.Field(name), fields[name])
	}
	var out []string
	for _, f := range k.Fields {
		if x, ok := fields[f.Name]; ok {
			out = append(out, v.words.Field(kind, f.Name)+" "+v.show(f, x))
		}
	}
	return v.join(out)
}

func (v *visit) registerName(kind, name string) string {
	switch name {
	case change.DeletedField:
		return v.words.T("console.deletion")
	case "gps":
		return v.words.T("console.gps")
	}
	return v.fieldLabel(kind, name)
}
