package console

import (
	"net/url"
	"path"
	"strings"

	"muqu/core/form"
)

// stepView is a step of a preview as the page draws it.
type stepView struct {
	Title     string
	Questions []questionView
	List      bool // instances of a repeat instead of questions
	Add       string
	AddLabel  string
	Remove    bool
	Instances []instanceView
}

type instanceView struct {
	Path, Summary string
	N, Errors     int
}

// questionView is a question as the page draws it.
type questionView struct {
	Path     string
	Input    string // name of its input
	Kind     string // how it is answered: see kindOf
	Label    text
	Hint     text
	Guidance string
	Required bool
	Warning  bool
	Value    string
	Shown    string // of what can't be changed
	Mode     string // keyboard
	Options  []choiceView
	Find     string // what was looked for among many choices; its input is find + Path
	Many     int    // choices that are not offered: look for them
	Class    string
	Places   []int // of a ranking: 1, 2, 3 …
	Ranks    []string
	Error    string
	Media    []mediaView
	Note     string
}

// text is what a form says, with its styling if it has any.
type text struct {
	Plain  string
	Styled []form.Run
}

type choiceView struct {
	option
	Styled []form.Run
	Image  string
}

// mediaView is a picture or recording beside a question.
type mediaView struct{ Kind, Name, URL string }

// manyChoices is from how many choices on a list is a drop-down; mostChoices how
// many of those are offered at once.
const (
	manyChoices = 13
	mostChoices = 300
)

func (p *preview) stepView(s *form.Step, tried bool) stepView {
	v := stepView{Title: p.stepTitle(s), List: s.IsList}
	if s.IsList {
		if s.Repeat.CanAdd {
			v.Add, v.AddLabel = s.Repeat.Path, s.Repeat.Label
		}
		v.Remove = s.Repeat.CanRemove
		for i, x := range s.Repeat.Instances {
			v.Instances = append(v.Instances, instanceView{x.Path, maskWithin(x.Summary), i + 1, x.Errors})
		}
		return v
	}
	for i := range s.Questions {
		v.Questions = append(v.Questions, p.questionView(&s.Questions[i], tried))
	}
	return v
}

func (p *preview) questionView(q *form.Question, tried bool) questionView {
	v := questionView{
		Path: q.Path, Input: "a:" + q.Path, Kind: kindOf(q), Label: text{q.Label, q.Styled}, Hint: text{q.Hint, q.StyledHint}, Guidance: q.Guidance, Required: q.Required && q.Type != "note",
		Warning: q.Warning, Value: q.Value, Class: classOf(q), Media: p.media(q.Media),
	}
	if q.Typed != "" {
		v.Value = q.Typed
	}
	if q.Error != nil && (tried || q.Value != "" || q.Typed != "") {
		v.Error = q.Error.Text
	}
	switch v.Kind {
	case "shown":
		v.Shown = p.run.Display(q.Path)
	case "number":
		v.Mode = map[bool]string{true: "numeric", false: "decimal"}[q.Type == "integer"]
	case "range":
		v.Mode, v.Note = "decimal", p.words.T("preview.range", "from", q.Parameters["start"], "to", q.Parameters["end"], "step", q.Parameters["step"])
	case "date", "time", "datetime-local", "month", "year":
		v.Value = forPicker(v.Kind, v.Value)
	case "place":
		v.Note = p.words.T("preview.place")
	case "file":
		v.Note = p.words.T("preview.file")
	case "radio", "check", "select", "rank":
		p.choices(&v, q)
	}
	return v
}

// kindOf says how a question is answered in a browser without scripts.
func kindOf(q *form.Question) string {
	switch {
	case q.Type == "note":
		return "note"
	case q.ReadOnly:
		return "shown"
	case q.Type == "select_multiple":
		return "check"
	case q.Type == "rank":
		return "rank"
	case strings.HasPrefix(q.Type, "select_one"):
		if len(q.Choices) >= manyChoices || appears(q, "minimal") || appears(q, "autocomplete") {
			return "select"
		}
		return "radio"
	}
	switch q.Type {
	case "integer", "decimal":
		return "number"
	case "range":
		return "range"
	case "date":
		switch {
		case appears(q, "month-year"):
			return "month"
		case appears(q, "year"):
			return "year"
		}
		return "date"
	case "time":
		return "time"
	case "dateTime":
		return "datetime-local"
	case "acknowledge":
		return "agree"
	case "geopoint", "geotrace", "geoshape":
		return "place"
	case "image", "audio", "video", "file", "osm":
		return "file"
	}
	if appears(q, "multiline") {
		return "area"
	}
	return "text"
}

func appears(q *form.Question, word string) bool {
	for _, w := range q.Appearance {
		if w == word {
			return true
		}
	}
	return false
}

// classOf lays choices out beside each other where the form wants that.
func classOf(q *form.Question) string {
	for _, w := range q.Appearance {
		switch {
		case w == "likert" || w == "label" || w == "list-nolabel" || w == "list" || w == "horizontal" || w == "horizontal-compact" || strings.HasPrefix(w, "columns") || w == "quickcompact" || strings.HasPrefix(w, "compact"):
			return "beside"
		}
	}
	return ""
}

func (p *preview) choices(v *questionView, q *form.Question) {
	v.Find = p.r.Form.Get("find:" + q.Path)
	for i := range q.Choices {
		c := &q.Choices[i]
		if len(q.Choices) > mostChoices && !c.Selected && (len(v.Options) >= mostChoices || !strings.Contains(strings.ToLower(c.Label+" "+c.Name), strings.ToLower(v.Find))) {
			v.Many++
			continue
		}
		x := choiceView{option: option{c.Name, c.Label, c.Selected}, Styled: c.Styled}
		if m := p.media(c.Media); len(m) > 0 && m[0].Kind == "image" {
			x.Image = m[0].URL
		}
		v.Options = append(v.Options, x)
	}
	if v.Kind != "rank" {
		return
	}
	v.Ranks = strings.Fields(v.Value)
	for i := range q.Choices {
		v.Places = append(v.Places, i)
	}
}

// Ranked says which choice stands at a place of a ranking.
func (v questionView) Ranked(place int) string {
	if place < len(v.Ranks) {
		return v.Ranks[place]
	}
	return ""
}

// Inc counts from one, as people do.
func (v questionView) Inc(n int) int { return n + 1 }

// media finds the files that a question names, as far as they came with the form.
func (p *preview) media(names map[string]string) []mediaView {
	var out []mediaView
	for _, kind := range []string{"image", "audio", "video"} {
		name := path.Base(names[kind])
		if names[kind] == "" {
			continue
		}
		m := mediaView{Kind: kind, Name: name}
		if file, ok := p.version.Media[name]; ok && p.desk.HasFile(file) {
			m.URL = fileURL(p.version.Ref, file, false)
		}
		out = append(out, m)
	}
	return out
}

// answerOf reads the answer to a question out of a posted form, as an
// interview takes it.
func answerOf(q *form.Question, in url.Values) string {
	name := "a:" + q.Path
	text := strings.TrimSpace(in.Get(name))
	switch kind := kindOf(q); {
	case kind == "check":
		return strings.Join(in[name], " ")
	case kind == "rank":
		return strings.Join(strings.Fields(strings.Join(in[name], " ")), " ")
	case text == "":
		return ""
	case kind == "time" && strings.HasPrefix(q.Value, text), kind == "datetime-local" && strings.HasPrefix(q.Value, text):
		return q.Value // the picker shows less than is stored
	case kind == "month":
		return text + "-01"
	case kind == "year":
		return text + "-01-01"
	}
	return text
}

// forPicker cuts a stored answer to what the browser's picker takes.
func forPicker(kind, value string) string {
	n := map[string]int{"date": 10, "time": 5, "datetime-local": 16, "month": 7, "year": 4}[kind]
	if len(value) > n {
		return value[:n]
	}
	return value
}
