package core

import "muqu/core/change"

// Present is the status of a person who was there for the whole session.
const Present = "present"

// Attends tells whether a status means that the person was there.
func Attends(status string) bool { return status == Present || status == "late" || status == "early" }

// Roll is a session with its trainees and their marks.
type Roll struct {
	Class, Session Record
	Trainees       []Trainee // in the order of the roster, people without a place in it last
}

// Trainee is one line of a roll.
type Trainee struct {
	Person         string // id
	Name, IDNumber string
	Region         string // 12-digit code
	Mark           Record // attendance; its Kind is empty while there is none
}

// NewRoll returns the roll of a session: everybody enrolled in the class, and
// everybody who has a mark without being enrolled.
func NewRoll(class, session Record, enrolled, marks []Record) *Roll {
	r := &Roll{Class: class, Session: session}
	for i := range enrolled {
		if r.index(enrolled[i].Text("person")) >= 0 {
			continue // one person, enrolled before somebody saw that the two are the same
		}
		r.Trainees = append(r.Trainees, lineOf(&enrolled[i]))
	}
	r.Put(marks)
	return r
}

// lineOf returns the line of a record that names a person.
func lineOf(r *Record) Trainee {
	return Trainee{Person: r.Text("person"), Name: r.Text("t_name"), IDNumber: r.Text("t_id"), Region: r.Region}
}

// Put takes marks into the roll. Where a person has two, because the entries
// of two people were merged, the mark of the one that stays counts; both are in
// the list of marks.
func (r *Roll) Put(marks []Record) {
	for i := range marks {
		at := r.index(marks[i].Text("person"))
		if at < 0 {
			at = len(r.Trainees)
			r.Trainees = append(r.Trainees, lineOf(&marks[i]))
		}
		if old := &r.Trainees[at].Mark; old.Kind == "" || old.ID == marks[i].ID || !ofAnother(&marks[i]) {
			*old = marks[i]
		}
	}
}

func (r *Roll) index(person string) int {
	for i := range r.Trainees {
		if r.Trainees[i].Person == person {
			return i
		}
	}
	return -1
}

// Find returns the line of a person, an empty one for somebody who is not on
// the roll.
func (r *Roll) Find(person string) Trainee {
	if at := r.index(person); at >= 0 {
		return r.Trainees[at]
	}
	return Trainee{Person: person}
}

// Count returns how many were there, how many were not, and how many have no
// mark.
func (r *Roll) Count() (there, missing, open int) {
	for i := range r.Trainees {
		switch status := r.Trainees[i].Mark.Text("t_status"); {
		case status == "":
			open++
		case Attends(status):
			there++
		default:
			missing++
		}
	}
	return there, missing, open
}

// Unmarked returns the ids of the people who have no mark yet.
func (r *Roll) Unmarked() []string {
	var people []string
	for i := range r.Trainees {
		if r.Trainees[i].Mark.Text("t_status") == "" {
			people = append(people, r.Trainees[i].Person)
		}
	}
	return people
}

// Mark returns the edits that give people a status. clock is the time of day,
// 15:04 on the trainer's clock.
func (r *Roll) Mark(people []string, status, clock string) []Edit {
	var edits []Edit
	for _, person := range people {
		edits = append(edits, MarkAttendance(r.Session, r.Find(person), status, clock))
	}
	return edits
}

// EnrollWalkIn returns the edits that take in somebody who came without being
// on the roll, and mark them present. place is their enrollment as it stands;
// no Kind = none.
func (r *Roll) EnrollWalkIn(somebody, place Record, clock string) []Edit {
	enroll := Enroll(r.Class.Ref, somebody, place)
	enroll.Set["walk_in"] = change.Text("yes")
	line := r.Find(somebody.ID.String())
	line.Name, line.IDNumber = somebody.Text("name"), somebody.Text("id_no")
	return []Edit{enroll, MarkAttendance(r.Session, line, Present, clock)}
}

// MarkAttendance returns the edit that marks one person in a session. Two
// trainers who mark the same person meet in one record.
func MarkAttendance(session Record, t Trainee, status, clock string) Edit {
	set := map[string]change.Value{"t_status": change.Text(status), "t_method": change.Text("roll")}
	if t.Mark.Kind == "" {
		set["session"], set["person"] = change.Text(session.ID.String()), change.Text(t.Person)
		set["t_name"], set["t_id"] = textOrNull(t.Name), textOrNull(t.IDNumber)
	}
	if Attends(status) {
		set["t_hours"], set["t_why"] = session.Field("s_hours"), change.Null
		if t.Mark.Text("t_in") == "" {
			set["t_in"] = change.Text(clock)
		}
	} else {
		set["t_hours"], set["t_in"], set["t_method"] = change.Null, change.Null, change.Null
	}
	ref := Ref{Kind: "attendance", ID: Derive("attendance", session.ID.String(), t.Person)}
	if ofAnother(&t.Mark) {
		ref = t.Mark.Ref
	}
	return Edit{Ref: ref, From: t.Mark, Region: session.Region, Set: set}
}

// ofAnother reports whether a mark was written for somebody who gave way to the
// person for whom it is read.
func ofAnother(mark *Record) bool {
	_, other := mark.Written["person"]
	return other
}

// EnrollmentOf names the record of a person's place in a class.
func EnrollmentOf(class, somebody Ref) Ref {
	return Ref{Kind: "enrollment", ID: Derive("enrollment", class.ID.String(), somebody.ID.String())}
}

// Enroll returns the edit that puts a person on the roster of a class; two
// trainers who do the same meet in one record. place is the enrollment as it
// stands; no Kind = none.
func Enroll(class Ref, somebody, place Record) Edit {
	return Edit{Ref: EnrollmentOf(class, somebody.Ref), From: place, Region: somebody.Region, Set: map[string]change.Value{
		"class": change.Text(class.ID.String()), "person": change.Text(somebody.ID.String()),
		"t_name": textOrNull(somebody.Text("name")), "t_id": textOrNull(somebody.Text("id_no"))}}
}
