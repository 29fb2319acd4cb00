package screen

import (
	"context"

	"muqu/core"
	"muqu/core/change"
)

// roll is a session with its trainees and their marks.
type roll struct {
	class, session core.Record
	trainees       []trainee
}

// trainee is one line of a roll.
type trainee struct {
	person         string // id
	name, idNumber string
	region         string
	mark           core.Record // attendance; its Kind is empty while there is none
}

// readRoll reads a session: everybody enrolled in the class, and everybody who
// has a mark without being enrolled.
func readRoll(ctx context.Context, book core.Book, class, session core.Ref) (*roll, error) {
	r := new(roll)
	var err error
	if r.session, err = read(ctx, book, session); err != nil {
		return nil, err
	}
	if r.class, _, err = book.Get(ctx, class); err != nil {
		return nil, err
	}
	enrolled, err := book.List(ctx, core.Query{Kind: "enrollment", Where: map[string]string{"class": class.ID.String()}})
	if err != nil {
		return nil, err
	}
	marks, err := book.List(ctx, core.Query{Kind: "attendance", Where: map[string]string{"session": session.ID.String()}})
	if err != nil {
		return nil, err
	}
	for i := range enrolled {
		r.trainees = append(r.trainees, lineOf(&enrolled[i]))
	}
	r.put(marks)
	return r, nil
}

// lineOf returns the line of a record that names a person.
func lineOf(r *core.Record) trainee {
	return trainee{person: r.Text("person"), name: r.Text("t_name"), idNumber: r.Text("t_id"), region: r.Region}
}

// named returns the line with the name and number of somebody who is being
// enrolled.
func (t trainee) named(place *core.Edit) trainee {
	t.name, t.idNumber = place.Set["t_name"].Str(), place.Set["t_id"].Str()
	return t
}

// put takes marks into the roll.
func (r *roll) put(marks []core.Record) {
	for i := range marks {
		at := r.index(marks[i].Text("person"))
		if at < 0 {
			at = len(r.trainees)
			r.trainees = append(r.trainees, lineOf(&marks[i]))
		}
		r.trainees[at].mark = marks[i]
	}
}

func (r *roll) index(person string) int {
	for i := range r.trainees {
		if r.trainees[i].person == person {
			return i
		}
	}
	return -1
}

// find returns the line of a person.
func (r *roll) find(person string) trainee {
	if at := r.index(person); at >= 0 {
		return r.trainees[at]
	}
	return trainee{person: person}
}

// attends tells whether a status means that the person was there.
func attends(status string) bool { return status == "present" || status == "late" || status == "early" }

// count returns how many were there, how many were not, and how many have no
// mark.
func (r *roll) count() (there, missing, open int) {
	for i := range r.trainees {
		switch status := r.trainees[i].mark.Text("t_status"); {
		case status == "":
			open++
		case attends(status):
			there++
		default:
			missing++
		}
	}
	return there, missing, open
}

// edits returns the edits that mark people.
func (r *roll) edits(people []string, status, clock string) []core.Edit {
	var edits []core.Edit
	for _, person := range people {
		edits = append(edits, r.edit(r.find(person), status, clock))
	}
	return edits
}

// commit writes edits and returns their records as they stand then.
func commit(ctx context.Context, book core.Book, edits []core.Edit) ([]core.Record, error) {
	if _, err := book.Commit(ctx, edits); err != nil {
		return nil, err
	}
	var saved []core.Record
	for _, edit := range edits {
		record, err := read(ctx, book, edit.Ref)
		if err != nil {
			return nil, err
		}
		saved = append(saved, record)
	}
	return saved, nil
}

// edit returns the edit that marks one person. Two trainers who mark the same
// person meet in one record.
func (r *roll) edit(t trainee, status, clock string) core.Edit {
	set := map[string]change.Value{"t_status": change.Text(status), "t_method": change.Text("roll")}
	if t.mark.Kind == "" {
		set["session"], set["person"] = change.Text(r.session.ID.String()), change.Text(t.person)
		set["t_name"], set["t_id"] = text(t.name), text(t.idNumber)
	}
	if attends(status) {
		set["t_hours"], set["t_why"] = r.session.Field("s_hours"), change.Null
		if t.mark.Text("t_in") == "" {
			set["t_in"] = change.Text(clock)
		}
	} else {
		set["t_hours"], set["t_in"], set["t_method"] = change.Null, change.Null, change.Null
	}
	return core.Edit{Ref: core.Ref{Kind: "attendance", ID: core.Derive("attendance", r.session.ID.String(), t.person)},
		From: t.mark, Region: r.session.Region, Set: set}
}
