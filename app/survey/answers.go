package survey

import (
	"context"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/form"
	"muqu/core/store"
)

// Filter chooses among the answers to a form. Days are as in 2026-03-15; ""
// leaves that side open.
type Filter struct {
	Regions  core.Scope // nil: all that the person may see
	From, To string     // of the visit, both included
}

// Answered is one filling-in of a form.
type Answered struct {
	core.Record
	Form      *form.Form // the version that it was made with, or the nearest that is here
	Version   string     // as the visit names it
	Answers   core.Answers
	Submitted change.Millis // when the centre took it; 0 where that was not asked for
	By        string        // who filled it in
	Device    string
}

// FormIn gives the id of the form that a record answers; "" where it answers none.
func FormIn(r *core.Record) string {
	switch r.Kind {
	case "visit":
		return r.Text("form_id")
	case "demand":
		return r.Kind
	}
	return ""
}

// Histories tells what happened to records.
type Histories interface {
	// History gives the entries of a record, the first one first.
	History(ctx context.Context, ref core.Ref) ([]store.Logged, error)
}

// FindOrigins looks up who made the answers, where, and when the centre took
// them.
func FindOrigins(ctx context.Context, h Histories, answers []Answered) error {
	for i := range answers {
		a := &answers[i]
		history, err := h.History(ctx, a.Ref)
		if err != nil {
			return err
		}
		if len(history) > 0 {
			first := &history[0]
			a.By, a.Device, a.Submitted = first.Author, first.Device.String(), first.Effective
		}
	}
	return nil
}

func (l *Library) query(f *Form, x Filter) core.Query {
	q := core.Query{Kind: "visit", Scope: x.Regions, Sort: "-visit_date"}
	return q.Among("form_id", f.Names())
}

// Count counts the answers to a form. With days it reads them.
func (l *Library) Count(ctx context.Context, f *Form, x Filter) (int, error) {
	if x.From == "" && x.To == "" {
		return l.Book.Count(ctx, l.query(f, x))
	}
	n := 0
	err := l.each(ctx, f, x, func(core.Record) bool { n++; return true })
	return n, err
}

// Visits reads some of the answers to a form, the latest visits first; most 0
// is all of them.
func (l *Library) Visits(ctx context.Context, f *Form, x Filter, skip, most int) (out []core.Record, err error) {
	if x.From == "" && x.To == "" {
		q := l.query(f, x)
		q.Offset, q.Limit = skip, most
		return l.Book.List(ctx, q)
	}
	err = l.each(ctx, f, x, func(r core.Record) bool {
		if skip > 0 {
			skip--
			return true
		}
		out = append(out, r)
		return most == 0 || len(out) < most
	})
	return out, err
}

// each reads the answers of certain days, the latest first, and stops where
// those before the first day begin.
func (l *Library) each(ctx context.Context, f *Form, x Filter, take func(core.Record) bool) error {
	const part = 500
	q := l.query(f, x)
	for q.Limit = part; ; q.Offset += part {
		list, err := l.Book.List(ctx, q)
		if err != nil {
			return err
		}
		for _, r := range list {
			day := r.Text("visit_date")
			switch {
			case x.To != "" && day > x.To:
				continue
			case day < x.From || day == "":
				return nil
			}
			if !take(r) {
				return nil
			}
		}
		if len(list) < part {
			return nil
		}
	}
}

// Answers finds the version behind every visit. Versions that can't be read
// are answered for by the newest that can.
func (l *Library) Answers(ctx context.Context, f *Form, visits []core.Record) ([]Answered, error) {
	forms := make(map[string]*form.Form)
	newest, err := l.readable(ctx, f)
	if err != nil {
		return nil, err
	}
	out := make([]Answered, 0, len(visits))
	for i := range visits {
		r := &visits[i]
		a := Answered{Record: *r, Version: r.Text("form_version")}
		known, found := forms[a.Version]
		if !found {
			known = newest
			if v, err := f.Version(a.Version); err == nil && a.Version != "" {
				if own, err := l.Open(ctx, v); err == nil {
					known = own
				}
			}
			forms[a.Version] = known
		}
		a.Form = known
		a.Answers = core.VisitAnswers(known, r)
		out = append(out, a)
	}
	return out, nil
}

// readable opens the newest version that can be.
func (l *Library) readable(ctx context.Context, f *Form) (*form.Form, error) {
	newest, err := l.Open(ctx, f.Newest())
	if err == nil {
		return newest, nil
	}
	for _, v := range f.Versions {
		if other, e := l.Open(ctx, v); e == nil {
			return other, nil
		}
	}
	return nil, err
}

// Forms lists the versions that answers were made with, the newest of all
// first: the columns of a table of these answers come from them.
func (l *Library) FormsOf(ctx context.Context, f *Form, answers []Answered) ([]*form.Form, error) {
	newest, err := l.readable(ctx, f)
	if err != nil {
		return nil, err
	}
	out := []*form.Form{newest}
	seen := map[*form.Form]bool{newest: true}
	for i := range answers {
		if x := answers[i].Form; !seen[x] {
			seen[x] = true
			out = append(out, x)
		}
	}
	return out, nil
}

// InstanceID is how ODK names an answered form.
func (a *Answered) InstanceID() string {
	if id := a.Text(instanceField); id != "" {
		return id
	}
	return "uuid:" + a.ID.String()
}

// instanceField holds an instance id that is no record's id.
const instanceField = "instanceID"
