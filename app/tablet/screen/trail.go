package screen

import (
	"bytes"
	"encoding/csv"
	"strconv"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/form"
)

// auditField is where a visit keeps its audit log; ODK has that name fixed.
const auditField = "audit"

// trail is the audit log of an interview: when each question was on the screen,
// and what became of its answer where the form wants that. Its events and columns
// are those of ODK (docs.getodk.org/form-audit-log), as far as a tablet without a
// position has them. It is part of the draft, stored as JSON.
type trail struct {
	Events []event
	Open   int // events before this one have their end, or will never have one
}

// event is a line of the audit log. Times are milliseconds since 1970 on the
// tablet's clock.
type event struct {
	Name     string
	Node     string `json:",omitempty"` // path of the question or group
	Start    int64
	End      int64  `json:",omitempty"` // 0: the tablet went off before, or the event has no length
	Old, New string `json:",omitempty"` // answers before and after, of a question
}

// note adds an event without a length. What a kill left open stays so.
func (t *trail) note(name string, now int64) {
	t.Events = append(t.Events, event{Name: name, Start: now})
	t.Open = len(t.Events)
}

// enter ends what was on the screen and begins with the questions of a step.
func (t *trail) enter(v *form.Interview, step *form.Step, now int64) {
	t.leave(v, now)
	if len(step.Questions) > 1 {
		t.Events = append(t.Events, event{Name: "group questions", Node: step.Path, Start: now})
	}
	for _, q := range step.Questions {
		t.Events = append(t.Events, event{Name: "question", Node: q.Path, Start: now, Old: v.Value(q.Path)})
	}
}

// leave ends what is on the screen.
func (t *trail) leave(v *form.Interview, now int64) {
	for i := t.Open; i < len(t.Events); i++ {
		e := &t.Events[i]
		if e.End = now; e.Name == "question" {
			e.New = v.Value(e.Node)
		}
	}
	t.Open = len(t.Events)
}

// CSV writes the log with the columns that the form asks for.
func (t *trail) CSV(wants map[string]string, user string) []byte {
	head := []string{"event", "node", "start", "end"}
	changes, who := wants["track-changes"] == "true", wants["identify-user"] == "true"
	if changes {
		head = append(head, "old-value", "new-value")
	}
	if who {
		head = append(head, "user")
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write(head) // a buffer takes everything
	for _, e := range t.Events {
		line := []string{e.Name, e.Node, strconv.FormatInt(e.Start, 10), ""}
		if e.End != 0 {
			line[3] = strconv.FormatInt(e.End, 10)
		}
		switch {
		case changes && e.Old != e.New:
			line = append(line, e.Old, e.New)
		case changes:
			line = append(line, "", "")
		}
		if who {
			line = append(line, user)
		}
		_ = w.Write(line)
	}
	w.Flush()
	return b.Bytes()
}

// follow begins the audit log, or goes on with it, if the form wants one.
func (p *interview) follow(s *Shell, what string) {
	if _, wanted := p.run.Form().Audit(); !wanted || s.Pictures == nil {
		p.trail = nil
		return
	}
	if p.trail == nil {
		p.trail = new(trail)
	}
	p.trail.note(what, s.Now().UnixMilli())
}

// endTrail gives the audit log of an interview that is being saved; nil if the
// form wants none. If saving fails the interview goes on, and its log with it.
func (p *interview) endTrail(s *Shell) []byte {
	if p.trail == nil {
		return nil
	}
	now := s.Now().UnixMilli()
	p.trail.leave(p.run, now)
	for _, name := range []string{"form save", "form finalize", "form exit"} {
		p.trail.note(name, now)
	}
	wants, _ := p.run.Form().Audit()
	return p.trail.CSV(wants, s.me.Name)
}

// attachTrail keeps the audit log as a file of the visit, which is the first of
// the edits.
func (s *Shell) attachTrail(log []byte, edits []core.Edit) error {
	if _, taken := edits[0].Set[auditField]; taken {
		return nil // the form has a question of that name besides
	}
	name, err := s.Pictures.KeepFile(s.ctx, bytes.NewReader(log), "csv")
	if err == nil {
		edits[0].Set[auditField] = change.Text(string(name))
	}
	return err
}
