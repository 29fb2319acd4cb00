package survey

import (
	"context"
	"fmt"
	"strings"
	"time"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/form"
)

// Submission is one submission of another tool with what lies beside it.
type Submission struct {
	XML    []byte
	Region string                                         // where it belongs if the answers don't say; 12 digits
	Beside func(name string) (core.FileName, bool, error) // keeps the file of a name, if it is there
	Today  string                                         // 2006-01-02, where the answers tell no day
	// Known gives the position up to which somebody could know the records at a
	// moment; nil: nothing is known.
	Known func(at time.Time) (change.Position, error)
}

// Arrived says what became of a submission.
type Arrived struct {
	core.Ref
	New     bool     // false: it was here already
	Unknown []string // what its form doesn't have; it is kept under its path
	Absent  []string // files that it names and that don't lie beside it
}

// Receive makes the visit of a submission. Its id follows from the instance
// id, so that one that is here already is found and left alone.
//
// The first edit is the visit; what the form's entities make of the answers
// follows. It counts as written by somebody who knew the records as they were
// when the form was filled in, so that it stands against what others wrote since.
func (l *Library) Receive(ctx context.Context, s Submission) (Arrived, []core.Edit, error) {
	id, version, err := form.SubmissionForm(s.XML)
	if err != nil {
		return Arrived{}, nil, err
	}
	f, err := l.Find(ctx, id)
	if err != nil {
		return Arrived{}, nil, err
	}
	v, err := f.answered(version)
	if err != nil {
		return Arrived{}, nil, err
	}
	read, err := l.Open(ctx, v)
	if err != nil {
		return Arrived{}, nil, err
	}
	got, err := form.ReadSubmission(read, s.XML)
	if err != nil {
		return Arrived{}, nil, err
	}
	if got.InstanceID == "" {
		return Arrived{}, nil, core.Refuse(core.Missing, "instanceID", "refuse.submission.id")
	}
	a := Arrived{Ref: core.Ref{Kind: "visit", ID: visitOf(got)}, Unknown: got.Unknown}
	if _, found, err := l.Book.Get(ctx, a.Ref); err != nil || found {
		return a, nil, err
	}
	if a.Absent, err = s.files(read, nil, got.Fields); err != nil {
		return a, nil, err
	}
	e, err := s.edit(a.Ref, got, v)
	if err != nil {
		return a, nil, err
	}
	a.New = true
	records, err := l.records(ctx, &s, read, v, got, e)
	return a, append([]core.Edit{*e}, records...), err
}

// records gives what the entities of a submission make and change, and has its
// visit name them.
func (l *Library) records(ctx context.Context, s *Submission, f *form.Form, v core.FormVersion, got *form.Received, visit *core.Edit) ([]core.Edit, error) {
	if len(f.Entities) == 0 {
		return nil, nil
	}
	at, known, err := s.known(got)
	if err != nil {
		return nil, err
	}
	entities, err := form.ReadEntities(f, s.XML, form.Config{Now: func() time.Time { return at }, Data: l.Data(ctx, v)})
	if err != nil {
		return nil, err
	}
	n := 0
	o := core.SurveyOutcome{Visit: visit.Ref, Form: v, Answers: got.Fields, Entities: entities,
		NewID: func() change.RecordID {
			n++
			return core.Derive("entity", visit.ID.String(), fmt.Sprint(n))
		},
		Get: func(ref core.Ref) (core.Record, bool, error) {
			r, found, err := l.Book.Get(ctx, ref)
			r.Seen = change.Seen{Epoch: r.Seen.Epoch, Position: min(known, r.Seen.Position)}
			return r, found, err
		}}
	if id, err := change.ParseRecordID(visit.Set["household"].Str()); err == nil {
		if o.Home, _, err = l.Book.Get(ctx, core.Ref{Kind: "household", ID: id}); err != nil {
			return nil, err
		}
	}
	return o.Records(visit)
}

// known gives when a submission was filled in, as far as it says so, and what
// could be known then.
func (s *Submission) known(got *form.Received) (at time.Time, known change.Position, err error) {
	for _, text := range []string{core.Answers(got.Fields).Text("start"), core.Answers(got.Fields).Text("end"), got.Submitted} {
		if at, err = time.Parse(time.RFC3339, text); err != nil {
			continue
		}
		if s.Known != nil {
			known, err = s.Known(at)
		}
		return at, known, err
	}
	return time.Time{}, 0, nil
}

// visitOf derives the visit's id: that which Muqu gave it, or one that belongs
// to the instance id.
func visitOf(got *form.Received) change.RecordID {
	if text, ok := strings.CutPrefix(got.InstanceID, "uuid:"); ok {
		if id, err := change.ParseRecordID(text); err == nil {
			return id
		}
	}
	return core.Derive("visit", got.FormID, got.InstanceID)
}

func (s *Submission) edit(ref core.Ref, got *form.Received, v core.FormVersion) (*core.Edit, error) {
	set, err := core.VisitFields(got.Fields)
	if err != nil {
		return nil, err
	}
	set["form_id"], set["form_version"] = change.Text(v.FormID), change.Text(v.Version)
	if got.InstanceID != "uuid:"+ref.ID.String() {
		set[instanceField] = change.Text(got.InstanceID)
	}
	if _, told := set["visit_date"]; !told {
		set["visit_date"] = change.Text(dayOf(got, s.Today))
	}
	if id, err := change.ParseRecordID(core.Answers(got.Fields).Text("household")); err == nil {
		set["household"] = change.Text(id.String())
	}
	return &core.Edit{Ref: ref, Region: core.RegionOfAnswers(got.Fields, s.Region), Set: set}, nil
}

// dayOf is the day that the answers tell, or that on which they were sent.
func dayOf(got *form.Received, today string) string {
	for _, text := range []string{core.Answers(got.Fields).Text("today"), core.Answers(got.Fields).Text("start"), core.Answers(got.Fields).Text("end"), got.Submitted} {
		if len(text) >= 10 {
			if _, err := time.Parse(time.DateOnly, text[:10]); err == nil {
				return text[:10]
			}
		}
	}
	return today
}

// files puts the names of kept files in the place of those that lay beside the
// submission, and lists those that didn't.
func (s *Submission) files(f *form.Form, table *form.Item, answers map[string]any) (absent []string, err error) {
	for _, it := range f.Kept(table) {
		field := f.Field(it)
		if it.IsRepeat() {
			for _, row := range form.Rows(answers[field]) {
				more, err := s.files(f, it, row)
				if err != nil {
					return nil, err
				}
				absent = append(absent, more...)
			}
			continue
		}
		name, ok := answers[field].(string)
		if !ok || !IsFile(it) {
			continue
		}
		kept, found, err := s.Beside(name)
		if err != nil {
			return nil, err
		}
		if !found {
			absent = append(absent, name)
			continue
		}
		answers[field] = string(kept)
	}
	return absent, nil
}

// IsFile says whether the answer to a question is a file.
func IsFile(it *form.Item) bool {
	switch it.Type {
	case "image", "audio", "video", "file", "background-audio", "audit":
		return true
	}
	return false
}

// XML writes an answered form as submission XML.
func (a *Answered) XML() []byte {
	f := a.Form
	if a.Version != "" && a.Version != f.Version {
		other := *f // of a version that is not here: its number stays true
		other.Version = a.Version
		f = &other
	}
	return f.WriteSubmission(a.Answers, a.InstanceID(), core.VisitEntities(&a.Record))
}

// FileName is how a submission's file is called when it is exported.
func (a *Answered) FileName() string { return fmt.Sprintf("%s.xml", a.ID) }
