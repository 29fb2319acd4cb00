package merge

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"muqu/core/change"
)

func dev(n byte) change.Log {
	return change.Log{Device: change.DeviceID{n}, Incarnation: change.Incarnation(n) + 1}
}

// hash gives an entry that is written by [write] its hash.
func hash(log change.Log, seq uint64) change.Hash {
	return change.Hash{log.Device[0], byte(log.Incarnation), byte(seq), byte(seq >> 8)}
}

// ahead names an entry of a log.
func ahead(log change.Log, seq uint64) []change.Name {
	return []change.Name{{Key: change.Key{Log: log, Seq: seq}, Short: hash(log, seq).Short()}}
}

// write makes an entry of one field.
func write(log change.Log, seq uint64, position change.Position, seen change.Position, field string, rule change.Rule, value, was any) change.Sequenced {
	v, err := change.Of(value)
	if err != nil {
		panic(err)
	}
	w, err := change.Of(was)
	if err != nil {
		panic(err)
	}
	return change.Sequenced{
		Entry: change.Entry{Key: change.Key{Log: log, Seq: seq}, Kind: "household", Author: fmt.Sprint(log.Device[0]), Seen: change.Seen{Epoch: 1, Position: seen, Own: seq - 1},
			Fields: []change.Field{{Name: field, Rule: rule, Value: v, Was: w}}},
		Hash: hash(log, seq), Position: position, Effective: change.Millis(position * 10), Verdict: change.Applied,
	}
}

func fold(entries ...change.Sequenced) *State {
	s := new(State)
	for i := range entries {
		Apply(s, &entries[i], nil)
	}
	return s
}

func values(s *State, field string) []string {
	r := s.Register(field)
	var out []string
	for _, x := range r.Siblings {
		out = append(out, x.Value.String())
	}
	return out
}

func TestWhatWritesDoToEachOther(t *testing.T) {
	a, b, c := dev(1), dev(2), dev(3)
	for _, tc := range []struct {
		name    string
		entries []change.Sequenced
		want    []string // siblings, the shown one last
		open    bool
	}{
		{"seen", []change.Sequenced{write(a, 1, 1, 0, "f", change.Review, "x", nil), write(b, 1, 2, 1, "f", change.Review, "y", "x")}, []string{"y"}, false},
		{"unseen", []change.Sequenced{write(a, 1, 1, 0, "f", change.Review, "x", nil), write(b, 1, 2, 0, "f", change.Review, "y", nil)}, []string{"x", "y"}, true},
		{"unseen under latest", []change.Sequenced{write(a, 1, 1, 0, "f", change.Latest, "x", nil), write(b, 1, 2, 0, "f", change.Latest, "y", nil)}, []string{"x", "y"}, false},
		{"equal values are one", []change.Sequenced{write(a, 1, 1, 0, "f", change.Review, "x", nil), write(b, 1, 2, 0, "f", change.Review, "x", nil)}, []string{"x"}, false},
		{"one sibling seen", []change.Sequenced{write(a, 1, 1, 0, "f", change.Review, "x", nil), write(b, 1, 2, 0, "f", change.Review, "y", nil), write(c, 1, 3, 1, "f", change.Review, "z", "x")}, []string{"y", "z"}, true},
		{"both siblings seen", []change.Sequenced{write(a, 1, 1, 0, "f", change.Review, "x", nil), write(b, 1, 2, 0, "f", change.Review, "y", nil), write(c, 1, 3, 2, "f", change.Review, "z", "y")}, []string{"z"}, false},
		{"settled apart reopens", []change.Sequenced{
			write(a, 1, 1, 0, "f", change.Review, "x", nil), write(b, 1, 2, 0, "f", change.Review, "y", nil),
			write(a, 2, 3, 2, "f", change.Review, "x", "y"), write(b, 2, 4, 2, "f", change.Review, "y", "y")}, []string{"x", "y"}, true},
		{"own earlier entry", []change.Sequenced{write(a, 1, 1, 0, "f", change.Review, "x", nil), write(a, 2, 2, 0, "f", change.Review, "y", "x")}, []string{"y"}, false},
		{"there and back", []change.Sequenced{
			write(a, 1, 1, 0, "f", change.Review, "A", nil), write(a, 2, 2, 1, "f", change.Review, "B", "A"),
			write(a, 3, 3, 2, "f", change.Review, "A", "B"), write(b, 1, 4, 1, "f", change.Review, "C", "A")}, []string{"A", "C"}, true},
		{"was contradicts what is said to be seen", []change.Sequenced{write(a, 1, 1, 0, "f", change.Review, "x", nil), write(b, 1, 2, 1, "f", change.Review, "y", "never")}, []string{"x", "y"}, true},
		{"observation amended", []change.Sequenced{write(a, 1, 1, 0, "f", change.Observation, 3, nil), write(b, 1, 2, 1, "f", change.Observation, 4, 3)}, []string{"4"}, false},
		{"observation amended twice", []change.Sequenced{write(a, 1, 1, 0, "f", change.Observation, 3, nil), write(b, 1, 2, 1, "f", change.Observation, 4, 3), write(c, 1, 3, 1, "f", change.Observation, 5, 3)}, []string{"4", "5"}, true},
		{"stricter rule wins", []change.Sequenced{write(a, 1, 1, 0, "f", change.Latest, "x", nil), write(b, 1, 2, 0, "f", change.Review, "y", nil)}, []string{"x", "y"}, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := fold(tc.entries...)
			if got := values(s, "f"); !slices.Equal(got, tc.want) {
				t.Errorf("siblings %v, want %v", got, tc.want)
			}
			if got := s.Register("f").Open(); got != tc.open {
				t.Errorf("open %v, want %v", got, tc.open)
			}
		})
	}
}

func TestSets(t *testing.T) {
	a, b := dev(1), dev(2)
	base := write(a, 1, 1, 0, "tags", change.Set, []string{"snow"}, nil)
	for _, tc := range []struct {
		name string
		then []change.Sequenced
		want string
	}{
		{"both additions stay", []change.Sequenced{write(a, 2, 2, 1, "tags", change.Set, []string{"school", "snow"}, []string{"snow"}), write(b, 1, 3, 1, "tags", change.Set, []string{"snow", "water"}, []string{"snow"})}, `["snow","water","school"]`},
		{"removed when seen", []change.Sequenced{write(b, 1, 2, 1, "tags", change.Set, nil, []string{"snow"})}, `null`},
		{"addition wins over a removal that had not seen it", []change.Sequenced{write(a, 2, 2, 1, "tags", change.Set, []string{"snow", "x"}, []string{}), write(b, 1, 3, 1, "tags", change.Set, nil, []string{"snow"})}, `["x","snow"]`},
	} {
		s := fold(append([]change.Sequenced{base}, tc.then...)...)
		if got := s.Value("tags").String(); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, got, tc.want)
		}
	}
}

// What an author had seen through a hub before the centre had it.
func TestEntriesSeenAhead(t *testing.T) {
	a, b, c := dev(1), dev(2), dev(3)
	namer := write(b, 1, 1, 0, "f", change.Review, "y", "x")
	namer.Seen.Ahead = ahead(a, 1)
	late := write(a, 1, 2, 0, "f", change.Review, "x", nil)
	s := fold(namer, late)
	if got := values(s, "f"); !slices.Equal(got, []string{"y"}) {
		t.Errorf("an entry that was seen ahead came in as %v, want only y", got)
	}
	// Whoever saw the namer inherits what it had seen.
	heir := write(c, 1, 2, 1, "f", change.Review, "z", "y")
	late.Position = 3
	if got := values(fold(namer, heir, late), "f"); !slices.Equal(got, []string{"z"}) {
		t.Errorf("after the heir: %v, want only z", got)
	}
	other := write(c, 1, 2, 0, "f", change.Review, "z", nil)
	if got := values(fold(namer, other, late), "f"); !slices.Equal(got, []string{"y", "z"}) {
		t.Errorf("one who had not seen the namer: %v, want y and z", got)
	}
}

// What an author had seen ahead is handed on with the value that replaced it, and
// with nothing else: others did not have it on their screens.
func TestSeenAheadIsHandedOnWithTheValue(t *testing.T) {
	a, b, c, d := dev(1), dev(2), dev(3), dev(4)
	named := func(e change.Sequenced) change.Sequenced {
		e.Seen.Ahead = ahead(a, 1)
		return e
	}
	late := write(a, 1, 9, 0, "f", change.Review, "x", nil)
	set := write(a, 1, 9, 0, "f", change.Set, []string{"x"}, nil)
	for _, tc := range []struct {
		name    string
		entries []change.Sequenced
		want    []string
	}{
		{"the namer wrote another field", []change.Sequenced{named(write(b, 1, 1, 0, "g", change.Review, "y", nil)),
			write(c, 1, 2, 1, "f", change.Review, "z", nil), late}, []string{"x", "z"}},
		{"the namer deleted the record", []change.Sequenced{named(write(b, 1, 1, 0, change.DeletedField, change.Review, true, false)),
			write(c, 1, 2, 1, "f", change.Review, "z", nil), late}, []string{"x", "z"}},
		{"the namer arrives superseded", []change.Sequenced{func() change.Sequenced {
			e := write(c, 1, 1, 0, "f", change.Review, "z", "y")
			e.Seen.Ahead = ahead(b, 1)
			return e
		}(), named(write(b, 1, 2, 0, "f", change.Review, "y", "x")), late}, []string{"z"}},
		{"replaced by one of two who had seen the namer", []change.Sequenced{named(write(b, 1, 1, 0, "f", change.Review, "y", "x")),
			write(c, 1, 2, 1, "f", change.Review, "z", "y"), write(d, 1, 3, 1, "f", change.Review, "w", "y"), late}, []string{"w", "z"}},
		{"the same element, added with knowledge, then removed", []change.Sequenced{named(write(b, 1, 1, 0, "f", change.Set, []string{"x"}, nil)),
			write(c, 1, 2, 1, "f", change.Set, nil, []string{"x"}), set}, nil},
		{"another element, then the same removed", []change.Sequenced{named(write(b, 1, 1, 0, "f", change.Set, []string{"y"}, nil)),
			write(c, 1, 2, 1, "f", change.Set, nil, []string{"x", "y"}), set}, []string{"x"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := values(fold(tc.entries...), "f")
			slices.Sort(got)
			if !slices.Equal(got, tc.want) {
				t.Errorf("%v, want %v", got, tc.want)
			}
		})
	}
}

// Who deletes a record on which somebody worked ahead has not seen that work.
func TestDeletionHandsNothingOn(t *testing.T) {
	a, b, c := dev(1), dev(2), dev(3)
	namer := write(b, 1, 1, 0, "g", change.Review, "y", nil)
	namer.Seen.Ahead = ahead(a, 1)
	del := write(c, 1, 2, 1, change.DeletedField, change.Review, true, false)
	if s := fold(namer, del, write(a, 1, 3, 0, "f", change.Review, "x", nil)); s.Deleted() || !s.Register(change.DeletedField).Open() {
		t.Error("a record was deleted by somebody who had not seen what arrived later, and nobody was asked")
	}
	namer.Fields[0] = del.Fields[0]
	if s := fold(namer, write(a, 1, 3, 0, "f", change.Review, "x", nil)); !s.Deleted() {
		t.Error("a deletion that had seen everything ahead deletes")
	}
}

// What is known ahead is kept once, and no longer than until it is sequenced: a
// record on which a township works for weeks does not grow with every edit.
func TestRemovalsStayFew(t *testing.T) {
	a, b, c := dev(1), dev(2), dev(3)
	for _, carried := range []bool{false, true} { // by the hub, to the centre
		var entries []change.Sequenced
		var told []change.Name
		p := change.Position(0)
		next := func(e change.Sequenced) {
			p++
			e.Position, e.Seen.Position = p, p-1
			entries = append(entries, e)
		}
		for i := range 100 {
			seq := uint64(i + 1)
			if told = append(told, ahead(a, seq)...); carried {
				told = ahead(a, seq)
			}
			named := write(b, seq, 0, 0, "f", change.Review, 2*i+1, 2*i)
			named.Seen.Ahead = slices.Clone(told)
			next(named)
			next(write(c, seq, 0, 0, "f", change.Review, 2*i+2, 2*i+1))
			if carried {
				next(write(a, seq, 0, 0, "g", change.Latest, i, i-1))
			}
		}
		if got := len(fold(entries...).Register("f").Removals); got != 1 {
			t.Errorf("carried %v: %d removals are kept, want 1", carried, got)
		}
	}
}

// Of a copied tablet two entries share a key: who saw one has not seen the other.
func TestNamesTellCopiesApart(t *testing.T) {
	a, b := dev(1), dev(2)
	namer := write(b, 1, 1, 0, "f", change.Review, "y", "x")
	namer.Seen.Ahead = ahead(a, 1)
	twin := write(a, 1, 2, 0, "f", change.Review, "twin", nil)
	twin.Hash = change.Hash{9}
	if got := values(fold(namer, twin), "f"); !slices.Equal(got, []string{"y", "twin"}) {
		t.Errorf("an entry of the copy: %v, want y and twin", got)
	}
	// The one that was seen comes as a branch by then.
	seen := write(a, 1, 3, 0, "f", change.Review, "x", nil)
	seen.Branch, seen.BranchAt = 77, 0
	if got := values(fold(namer, seen), "f"); !slices.Equal(got, []string{"y"}) {
		t.Errorf("the entry that was seen, on a branch: %v, want y", got)
	}
}

// A key that is named stands for its entry and not for those before it: a hub has
// what a tablet gave it, and not what it had given to the centre.
func TestNamesStandForOneEntry(t *testing.T) {
	a, b := dev(1), dev(2)
	namer := write(b, 1, 1, 0, "f", change.Review, "y", nil)
	namer.Seen.Ahead = ahead(a, 2)
	before := write(a, 1, 2, 0, "f", change.Review, "x", nil)
	if got := values(fold(namer, before), "f"); !slices.Equal(got, []string{"y", "x"}) {
		t.Errorf("%v, want y and x: nobody had seen x", got)
	}
}

func TestDeletion(t *testing.T) {
	a, b := dev(1), dev(2)
	made := write(a, 1, 1, 0, "f", change.Review, "x", nil)
	del := write(a, 2, 2, 1, change.DeletedField, change.Review, true, false)
	if s := fold(made, del); !s.Deleted() {
		t.Error("a deletion that saw everything deletes")
	}
	edit := write(b, 1, 3, 1, "f", change.Review, "y", "x")
	s := fold(made, del, edit)
	if s.Deleted() || !s.Register(change.DeletedField).Open() {
		t.Error("an edit that had not seen the deletion brings the record back and opens a conflict")
	}
	late := write(b, 1, 3, 1, change.DeletedField, change.Review, true, false)
	before := write(a, 2, 2, 1, "f", change.Review, "z", "x")
	if s := fold(made, before, late); s.Deleted() || !s.Register(change.DeletedField).Open() {
		t.Error("a deletion that had not seen an edit opens a conflict as well")
	}
}

func TestRegionsInConflictKeepBoth(t *testing.T) {
	a, b := dev(1), dev(2)
	s := fold(write(a, 1, 1, 0, change.RegionField, change.Review, "632323100201", nil), write(a, 2, 2, 1, change.RegionField, change.Review, "632323100202", "632323100201"), write(b, 1, 3, 1, change.RegionField, change.Review, "632524100201", "632323100201"))
	if got := s.Regions(); !slices.Equal(got, []string{"632524100201", "632323100202"}) {
		t.Errorf("regions %v", got)
	}
}

func TestEpochsResolveWhatWasSeen(t *testing.T) {
	a, b := dev(1), dev(2)
	epochs := change.Epochs{{Epoch: 2, Fork: 1}}
	s := new(State)
	first := write(a, 1, 1, 0, "f", change.Review, "x", nil)
	again := write(a, 2, 2, 1, "f", change.Review, "y", "x")
	again.Old = change.Place{Epoch: 1, Position: 5}
	after := write(b, 1, 3, 5, "f", change.Review, "z", "y") // saw epoch 1 up to 5
	for _, e := range []change.Sequenced{first, again, after} {
		Apply(s, &e, epochs)
	}
	if got := values(s, "f"); !slices.Equal(got, []string{"z"}) {
		t.Errorf("re-offered entry was seen, but: %v", got)
	}
	// In the other order the re-offered entry arrives superseded.
	s = new(State)
	after.Position, again.Position = 2, 3
	for _, e := range []change.Sequenced{first, after, again} {
		Apply(s, &e, epochs)
	}
	if got := values(s, "f"); !slices.Equal(got, []string{"z"}) {
		t.Errorf("re-offered entry came after who had seen it: %v", got)
	}
}

// history draws a log as a server could have sequenced it: each entry's author
// had seen some earlier position, and carries what that state showed.
func history() *rapid.Generator[[]change.Sequenced] {
	return rapid.Custom(func(t *rapid.T) []change.Sequenced {
		n := rapid.IntRange(1, 25).Draw(t, "entries")
		seqs := map[byte]uint64{}
		var out []change.Sequenced
		states := []*State{new(State)}
		for i := range n {
			d := byte(rapid.IntRange(1, 4).Draw(t, "device"))
			seqs[d]++
			seen := rapid.IntRange(0, i).Draw(t, "seen")
			field := rapid.SampledFrom([]string{"f", "g", "tags"}).Draw(t, "field")
			rule := map[string]change.Rule{"f": change.Review, "g": change.Latest, "tags": change.Set}[field]
			var value any = rapid.IntRange(0, 3).Draw(t, "value")
			if field == "tags" {
				value = rapid.SliceOfDistinct(rapid.SampledFrom([]string{"a", "b", "c"}), rapid.ID[string]).Draw(t, "tags")
			}
			if rapid.IntRange(0, 9).Draw(t, "delete") == 0 {
				field, rule, value = change.DeletedField, change.Review, rapid.Bool().Draw(t, "deleted")
			}
			e := write(dev(d), seqs[d], change.Position(i+1), change.Position(seen), field, rule, value, states[seen].Value(field).Any())
			e.Effective = change.Millis(rapid.IntRange(1, 100).Draw(t, "effective"))
			out = append(out, e)
			next := fold(out...)
			states = append(states, next)
		}
		return out
	})
}

func TestSameLogSameBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		log := history().Draw(t, "log")
		whole := fold(log...).Encode()
		// Stopped anywhere, stored, read again, with entries repeated.
		s := new(State)
		for i := range log {
			Apply(s, &log[i], nil)
			if rapid.Bool().Draw(t, "stop") {
				var err error
				if s, err = Decode(s.Encode()); err != nil {
					t.Fatal(err)
				}
				Apply(s, &log[rapid.IntRange(0, i).Draw(t, "again")], nil)
			}
		}
		if !bytes.Equal(whole, s.Encode()) {
			t.Fatal("the same log gave other bytes")
		}
	})
}

// Nobody's edit is overwritten silently: each value is current, or was
// superseded by somebody who had seen it, or stands as a sibling.
func TestNothingVanishes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		log := history().Draw(t, "log")
		s := fold(log...)
		for i := range log {
			e := &log[i]
			f := e.Fields[0]
			if f.Rule == change.Set || f.Name == change.DeletedField || standing(s, e) || supersededKnowingly(log[i+1:], e) {
				continue
			}
			t.Fatalf("entry %d of %s wrote %s=%s, which is gone without anybody having seen it", e.Seq, e.Author, f.Name, f.Value)
		}
	})
}

func standing(s *State, e *change.Sequenced) bool {
	for _, x := range s.Register(e.Fields[0].Name).Siblings {
		for _, w := range x.By {
			if w.Log == e.Log && w.Seq == e.Seq {
				return true
			}
		}
	}
	return false
}

func supersededKnowingly(later []change.Sequenced, e *change.Sequenced) bool {
	for i := range later {
		l := &later[i]
		if l.Fields[0].Name == e.Fields[0].Name && (l.Seen.Position >= e.Position || l.Log == e.Log) {
			return true
		}
	}
	return false
}

func TestTentativeEntriesShow(t *testing.T) {
	s := fold(write(dev(1), 1, 1, 0, "f", change.Review, "x", nil))
	mine := write(dev(2), 1, 0, 0, "f", change.Review, "mine", nil)
	Apply(s, &mine, nil)
	if _, told, err := Shown(s.Encode()); err != nil || !slices.Equal(told, ahead(dev(2), 1)) {
		t.Errorf("entries without a position: %v, %v", told, err)
	}
	if got := s.Value("f").String(); got != "mine" {
		t.Errorf("shown %s: an own unsent edit must be visible", got)
	}
	if !s.Register("f").Open() {
		t.Error("and the conflict to come shows already")
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(fold(write(dev(1), 1, 1, 0, "f", change.Review, "x", nil), write(dev(2), 1, 2, 0, "f", change.Review, "y", nil)).Encode())
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := Decode(b)
		if err != nil {
			return
		}
		again, err := Decode(s.Encode())
		if err != nil || !bytes.Equal(again.Encode(), s.Encode()) {
			t.Fatalf("a state that was taken does not keep: %v", err)
		}
	})
}
