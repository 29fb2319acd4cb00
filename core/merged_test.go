package core

import (
	"testing"

	"muqu/core/change"

	"pgregory.net/rapid"
)

func nth(n int) change.RecordID { return change.RecordID{15: byte(n)} }

// chain makes the way from links, one for each record at most.
func chain(links ...Link) func(change.RecordID) (Link, bool, error) {
	return func(id change.RecordID) (Link, bool, error) {
		for _, l := range links {
			if l.From == id {
				return l, true, nil
			}
		}
		return Link{}, false, nil
	}
}

func link(from, into, position int) Link {
	return Link{From: nth(from), Into: nth(into), Position: change.Position(position)}
}

func TestStays(t *testing.T) {
	tests := []struct {
		name  string
		links []Link
		want  map[int]int
	}{
		{"alone", nil, map[int]int{1: 1}},
		{"one", []Link{link(1, 2, 5)}, map[int]int{1: 2, 2: 2}},
		{"chain", []Link{link(1, 2, 5), link(2, 3, 4)}, map[int]int{1: 3, 2: 3, 3: 3}},
		{"opposite, the lower position wins", []Link{link(1, 2, 7), link(2, 1, 5)}, map[int]int{1: 1, 2: 1}},
		{"opposite, one not at the centre yet", []Link{link(1, 2, 0), link(2, 1, 9)}, map[int]int{1: 1, 2: 1}},
		{"circle of three is cut at the last", []Link{link(1, 2, 3), link(2, 3, 9), link(3, 1, 4)}, map[int]int{1: 2, 2: 2, 3: 2}},
		{"into a circle", []Link{link(4, 1, 99), link(1, 2, 3), link(2, 1, 4)}, map[int]int{4: 2, 1: 2, 2: 2}},
		{"into itself", []Link{link(1, 1, 3)}, map[int]int{1: 1}},
	}
	for _, c := range tests {
		for from, want := range c.want {
			if got, err := Stays(nth(from), chain(c.links...)); err != nil || got != nth(want) {
				t.Errorf("%s: %d stays as %d, %v; want %d", c.name, from, got[15], err, want)
			}
		}
	}
}

// Whatever the merges, each record ends at one that stands, and cutting only
// ever undoes the last merge of a circle.
func TestStaysNeverLoops(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 9).Draw(t, "records")
		var links []Link
		for i := range n {
			if into := rapid.IntRange(-1, n-1).Draw(t, "into"); into >= 0 {
				links = append(links, Link{From: nth(i), Into: nth(into), Position: change.Position(rapid.IntRange(0, 2).Draw(t, "sequenced") * (i*7%n + 1)), At: change.Millis(rapid.IntRange(0, 3).Draw(t, "at"))})
			}
		}
		next := chain(links...)
		for i := range n {
			end, err := Stays(nth(i), next)
			if err != nil {
				t.Fatal(err)
			}
			again, err := Stays(end, next)
			if err != nil || again != end {
				t.Fatalf("%d leads to %d, which leads to %d", i, end[15], again[15])
			}
			if l, ok, _ := next(nth(i)); ok && end != nth(i) {
				if on, err := Stays(l.Into, next); err != nil || on != end {
					t.Fatalf("%d ends at %d, but what it gives way to at %d", i, end[15], on[15])
				}
			}
		}
	})
}

func TestMergeTakesOverWhatIsChosen(t *testing.T) {
	gives := shown("household", map[string]change.Value{"head_name": change.Text("才让多杰"), "phone": change.Text("13800000001"), "yak": change.Int(30),
		"gps_lat": change.Int(34), "gps_lon": change.Int(100), "safety_net": value(t, []any{"dibao"})})
	stays := shown("household", map[string]change.Value{"head_name": change.Text("才仁多杰"), "yak": change.Int(28), "safety_net": value(t, []any{"tekun"})})
	gives.ID, stays.ID = nth(1), nth(2)
	stays.Conflicts = map[string][]Sibling{"yak": {{}, {}}}
	edits, err := Merge(gives, stays, []string{"phone", "gps", "safety_net", "yak"})
	if err != nil || len(edits) != 2 {
		t.Fatalf("%v, %v", edits, err)
	}
	if got := edits[0].Set[MergedInto].Str(); got != stays.ID.String() || len(edits[0].Set) != 1 {
		t.Errorf("gives way: %v", edits[0].Set)
	}
	want := map[string]change.Value{"phone": change.Text("13800000001"), "gps_lat": change.Int(34), "gps_lon": change.Int(100), "safety_net": value(t, []any{"dibao", "tekun"})}
	for name, v := range want {
		if edits[1].Set[name].Norm() != v {
			t.Errorf("%s = %s, want %s", name, edits[1].Set[name], v)
		}
	}
	if _, ok := edits[1].Set["yak"]; ok {
		t.Error("a field in conflict is taken over unseen")
	}
	if _, ok := edits[1].Set["head_name"]; ok {
		t.Error("a field is taken over that nobody chose")
	}
}

func TestMergeRefuses(t *testing.T) {
	a, b := shown("household", nil), shown("household", nil)
	a.ID, b.ID = nth(1), nth(2)
	person, gone, dead := shown("person", nil), a, b
	person.ID, gone.Stays, dead.Deleted = nth(3), nth(9), true
	visit, other := shown("visit", nil), shown("visit", nil)
	other.ID = nth(4)
	for _, c := range []struct {
		from, into Record
		key        string
	}{{a, a, "refuse.merge.kind"}, {a, person, "refuse.merge.kind"}, {visit, other, "refuse.merge.kind"}, {gone, b, "refuse.merge.gone"}, {b, gone, "refuse.merge.gone"}, {a, dead, "refuse.merge.deleted"}} {
		_, err := Merge(c.from, c.into, nil)
		wantRefusal(t, err, Invalid, c.key)
	}
	_, err := Unmerge(a)
	wantRefusal(t, err, Invalid, "refuse.merge.none")
}

// A reference that was read through a merge says what was written when it is
// changed, so that it counts as seen.
func TestEditOfAReferenceReadThroughAMerge(t *testing.T) {
	r := shown("person", map[string]change.Value{"household": change.Text(nth(2).String())})
	r.Written = map[string]change.Value{"household": change.Text(nth(1).String())}
	e := Edit{Ref: r.Ref, From: r, Set: map[string]change.Value{"household": change.Text(nth(3).String())}}
	fields, err := e.Prepare(Defaults{Role: FieldWorker})
	if err != nil || len(fields) != 1 || fields[0].Was.Str() != nth(1).String() {
		t.Errorf("writes %v, %v", fields, err)
	}
}

// A trainee who was registered twice is one line of the roll after the merge,
// and is marked where there is a mark already.
func TestRollAfterAMerge(t *testing.T) {
	const person = "01a206dc-8a20-7979-ad6e-f44ac653bc42"
	session := Record{Ref: Ref{Kind: "session", ID: nth(1)}, Region: village}
	line := func(kind string, n int, status string) Record {
		r := Record{Ref: Ref{Kind: kind, ID: nth(n)}, Fields: map[string]change.Value{"person": change.Text(person), "t_name": change.Text("卓玛")}}
		if status != "" {
			r.Fields["t_status"] = change.Text(status)
		}
		return r
	}
	enrolled := []Record{line("enrollment", 2, ""), line("enrollment", 3, "")}
	other := line("attendance", 4, "absent")
	other.Written = map[string]change.Value{"person": change.Text(nth(9).String())}
	roll := NewRoll(Record{}, session, enrolled, []Record{other})
	if len(roll.Trainees) != 1 || roll.Trainees[0].Mark.ID != other.ID {
		t.Fatalf("roll %+v", roll.Trainees)
	}
	if e := roll.Mark([]string{person}, Present, "09:00")[0]; e.Ref != other.Ref || e.From.ID != other.ID {
		t.Errorf("marks %v from %v", e.Ref, e.From.Ref)
	}
	own := line("attendance", 5, Present)
	for _, marks := range [][]Record{{own, other}, {other, own}} {
		if got := NewRoll(Record{}, session, enrolled, marks).Trainees[0].Mark.ID; got != own.ID {
			t.Errorf("%v counts, not the mark of the person who stays", got)
		}
	}
}
