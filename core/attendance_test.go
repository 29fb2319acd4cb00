package core_test

import (
	"maps"
	"slices"
	"testing"

	"muqu/core"
	"muqu/core/change"
)

// halfDay makes a session of four hours.
func halfDay() core.Record {
	r := known("session", 20, map[string]string{"s_date": "2026-11-22"})
	r.Fields["s_hours"] = change.Int(4)
	return r
}

// markOf makes the attendance of a person as a trainer left it.
func markOf(id byte, person, name, status, came string) core.Record {
	fields := map[string]string{"person": person, "t_name": name, "t_status": status}
	if came != "" {
		fields["t_in"] = came
	}
	return known("attendance", id, fields)
}

func TestAttends(t *testing.T) {
	for status, want := range map[string]bool{core.Present: true, "late": true, "early": true, "leave": false, "absent": false, "": false} {
		if got := core.Attends(status); got != want {
			t.Errorf("%q: %v, want %v", status, got, want)
		}
	}
}

func TestRollHoldsWhoIsEnrolledAndWhoIsMarked(t *testing.T) {
	r := core.NewRoll(known("class", 10, nil), halfDay(), []core.Record{
		known("enrollment", 1, map[string]string{"person": "a", "t_name": "甲", "t_id": "632323198001010013"}),
		known("enrollment", 2, map[string]string{"person": "b", "t_name": "乙"}),
		known("enrollment", 3, map[string]string{"person": "c", "t_name": "丙"}),
	}, []core.Record{markOf(4, "b", "乙", "late", "09:40"), markOf(5, "d", "丁", "absent", "")})
	var people []string
	for _, line := range r.Trainees {
		people = append(people, line.Person+line.Name+line.Mark.Text("t_status"))
	}
	if want := []string{"a甲", "b乙late", "c丙", "d丁absent"}; !slices.Equal(people, want) {
		t.Errorf("roll is %v, want %v", people, want)
	}
	if got := r.Find("a"); got.IDNumber != "632323198001010013" || got.Region != "632323100201" {
		t.Errorf("line of a is %v in %q", got.IDNumber, got.Region)
	}
	if got := r.Find("z"); got.Person != "z" || got.Name != "" || got.Mark.Kind != "" {
		t.Errorf("line of a stranger is %v", got)
	}
	if there, missing, open := r.Count(); there != 1 || missing != 1 || open != 2 {
		t.Errorf("counted %d, %d, %d; want 1, 1, 2", there, missing, open)
	}
	if got := r.Unmarked(); !slices.Equal(got, []string{"a", "c"}) {
		t.Errorf("unmarked are %v", got)
	}
	r.Put([]core.Record{markOf(6, "a", "甲", "present", "09:00")})
	if there, _, open := r.Count(); there != 2 || open != 1 || len(r.Trainees) != 4 {
		t.Errorf("after one more mark: %d there, %d open, %d lines", there, open, len(r.Trainees))
	}
}

func TestMarkAttendance(t *testing.T) {
	session := halfDay()
	who := map[string]string{"session": session.ID.String(), "person": "a", "t_name": "甲", "t_id": ""}
	with := func(more map[string]string) map[string]string {
		all := maps.Clone(who)
		maps.Copy(all, more)
		return all
	}
	for _, test := range []struct {
		name   string
		mark   core.Record
		status string
		want   map[string]string
	}{
		{"there", core.Record{}, "present", with(map[string]string{"t_status": "present", "t_method": "roll", "t_hours": "4", "t_why": "", "t_in": "09:30"})},
		{"late", core.Record{}, "late", with(map[string]string{"t_status": "late", "t_method": "roll", "t_hours": "4", "t_why": "", "t_in": "09:30"})},
		{"missing", core.Record{}, "absent", with(map[string]string{"t_status": "absent", "t_method": "", "t_hours": "", "t_in": ""})},
		{"came after all", markOf(4, "a", "甲", "absent", ""), "present",
			map[string]string{"t_status": "present", "t_method": "roll", "t_hours": "4", "t_why": "", "t_in": "09:30"}},
		{"left early", markOf(4, "a", "甲", "present", "08:55"), "early",
			map[string]string{"t_status": "early", "t_method": "roll", "t_hours": "4", "t_why": ""}},
		{"was not there", markOf(4, "a", "甲", "present", "08:55"), "leave",
			map[string]string{"t_status": "leave", "t_method": "", "t_hours": "", "t_in": ""}},
	} {
		edit := core.MarkAttendance(session, core.Trainee{Person: "a", Name: "甲", Mark: test.mark}, test.status, "09:30")
		if got := wrote(edit); !maps.Equal(got, test.want) {
			t.Errorf("%s: wrote %v, want %v", test.name, got, test.want)
		}
		if edit.ID != core.Derive("attendance", session.ID.String(), "a") || edit.From.Ref != test.mark.Ref || edit.Region != session.Region {
			t.Errorf("%s: edit is of %v from %v in %q", test.name, edit.Ref, edit.From.Ref, edit.Region)
		}
	}
}

// Two tablets that know nothing of each other write the same records, under
// the ids that the server derives from the references, too.
func TestTrainersMeetInOneRecord(t *testing.T) {
	class, session, somebody := known("class", 10, nil), halfDay(), known("person", 1, map[string]string{"name": "甲"})
	enrolled := known("enrollment", 2, map[string]string{"person": somebody.ID.String(), "t_name": "甲"})
	one := core.NewRoll(class, session, []core.Record{enrolled}, nil).Mark([]string{somebody.ID.String()}, "late", "09:30")
	two := core.NewRoll(class, session, nil, nil).EnrollWalkIn(somebody, core.Record{}, "09:31")
	if len(one) != 1 || len(two) != 2 || one[0].Ref != two[1].Ref {
		t.Fatalf("marked %v and %v", one, two)
	}
	if two[0].Ref != core.Enroll(class.Ref, somebody, core.Record{}).Ref {
		t.Error("the places in the class differ")
	}
	for _, edit := range append(one, two...) {
		id, err := core.IdentityOf(edit.Kind, "", edit.Set, nil)
		if err != nil || id != edit.ID {
			t.Errorf("%s: derived %v, want %v, %v", edit.Kind, id, edit.ID, err)
		}
	}
}

func TestEnroll(t *testing.T) {
	class, somebody := known("class", 10, nil), known("person", 1, map[string]string{"name": "甲", "id_no": "632323198001010013"})
	want := map[string]string{"class": class.ID.String(), "person": somebody.ID.String(), "t_name": "甲", "t_id": "632323198001010013"}
	for _, place := range []core.Record{{}, known("enrollment", 2, map[string]string{"t_name": "甲"})} {
		edit := core.Enroll(class.Ref, somebody, place)
		if got := wrote(edit); !maps.Equal(got, want) || edit.From.Ref != place.Ref || edit.Region != somebody.Region {
			t.Errorf("wrote %v from %v in %q, want %v", got, edit.From.Ref, edit.Region, want)
		}
		if edit.Ref != core.EnrollmentOf(class.Ref, somebody.Ref) {
			t.Errorf("edit is of %v", edit.Ref)
		}
	}
}

func TestWalkIn(t *testing.T) {
	class, session := known("class", 10, nil), halfDay()
	somebody := known("person", 1, map[string]string{"name": "甲", "id_no": "632323198001010013"})
	mark := markOf(4, somebody.ID.String(), "甲", "absent", "")
	for _, test := range []struct {
		name  string
		marks []core.Record
		place core.Record
		from  core.Ref // of the mark
		named bool     // the mark says who it is
	}{
		{"a stranger", nil, core.Record{}, core.Ref{}, true},
		{"enrolled in the meantime", nil, known("enrollment", 2, map[string]string{"t_name": "甲"}), core.Ref{}, true},
		{"marked in the meantime", []core.Record{mark}, core.Record{}, mark.Ref, false},
	} {
		edits := core.NewRoll(class, session, nil, test.marks).EnrollWalkIn(somebody, test.place, "09:30")
		if len(edits) != 2 {
			t.Fatalf("%s: %d edits", test.name, len(edits))
		}
		place, there := wrote(edits[0]), wrote(edits[1])
		if place["walk_in"] != "yes" || place["t_name"] != "甲" || edits[0].From.Ref != test.place.Ref {
			t.Errorf("%s: place is %v from %v", test.name, place, edits[0].From.Ref)
		}
		if there["t_status"] != core.Present || there["t_in"] != "09:30" || there["t_hours"] != "4" || edits[1].From.Ref != test.from {
			t.Errorf("%s: mark is %v from %v", test.name, there, edits[1].From.Ref)
		}
		if (there["t_name"] == "甲" && there["t_id"] == "632323198001010013") != test.named {
			t.Errorf("%s: mark is of %q, %q", test.name, there["t_name"], there["t_id"])
		}
	}
}
