package screen

import (
	"encoding/json"

	"muqu/app/tablet/widget"
	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
)

// resume returns the line that shows an unfinished piece of work, and the
// screen that goes on with it.
func (s *Shell) resume(d store.Draft) (widget.Line, Screen, bool) {
	line := widget.Line{Mark: s.T("state.draft"), Tone: widget.Attention, Note: s.moment(d.At)}
	if d.Kind == editDraft {
		return resumeEditor(s, d, line)
	}
	var left draft
	if json.Unmarshal(d.Bytes, &left) != nil {
		return line, nil, false
	}
	line.Title = joined(" · ", s.Text().Kind(d.Kind), left.Subject.Title)
	switch home := left.Subject.Home.Ref; d.Kind {
	case "visit":
		return line, &Visit{Household: home}, true
	case "demand":
		return line, &NewDemand{Household: home}, true
	case surveyDraft:
		line.Title = left.Subject.Title
		return line, &Survey{Form: core.FormVersion{FormID: left.Form, Version: left.Version}, Household: home}, true
	}
	return line, nil, false
}

func resumeEditor(s *Shell, d store.Draft, line widget.Line) (widget.Line, Screen, bool) {
	var state editing
	if json.Unmarshal(d.Bytes, &state) != nil {
		return line, nil, false
	}
	fields := make(map[string]change.Value)
	for _, source := range []map[string]change.Value{state.From.Fields, state.Set} {
		for name, v := range source {
			fields[name] = v
		}
	}
	shown := core.Record{Ref: state.Ref, Fields: fields}
	line.Title = joined(" · ", s.Text().Kind(state.Ref.Kind), shown.Title())
	editor := &Editor{Kind: state.Ref.Kind}
	if state.From.Kind != "" {
		editor.ID = state.Ref.ID
	} else if parent := core.KindOf(state.Ref.Kind).Parent; parent != "" {
		editor.Parent, _ = refTo(parent, state.Set[parent].Str())
		if state.Set[parent].IsNull() {
			editor.Parent = core.Ref{}
		}
	}
	return line, editor, true
}
