package core

import (
	"context"
	"testing"

	"muqu/core/change"

	"pgregory.net/rapid"
)

func TestConflictIDRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := ConflictID{Ref{rapid.StringMatching(`[a-z]{1,9}`).Draw(t, "kind"), NewRecordID(change.Millis(rapid.Int64().Draw(t, "at")), [10]byte{})}, rapid.StringMatching(`[a-z_:]{1,12}`).Draw(t, "register")}
		got, err := ParseConflictID(want.String())
		if err != nil || got != want {
			t.Fatalf("got %v, %v; want %v", got, err, want)
		}
	})
	for _, bad := range []string{"", "household", "household:x:phone", ":" + someID + ":phone", "household:" + someID + ":", "household:" + someID} {
		if id, err := ParseConflictID(bad); err == nil {
			t.Errorf("%q is read as %v", bad, id)
		}
	}
}

func TestConflictTake(t *testing.T) {
	me, other, third := change.DeviceID{1}, change.DeviceID{2}, change.DeviceID{3}
	two := Conflict{Values: []Sibling{{Value: change.Int(3), Device: other}, {Value: change.Int(4), Device: me}}}
	three := Conflict{Values: append([]Sibling{{Value: change.Int(9), Device: third}}, two.Values...)}
	tests := []struct {
		c    *Conflict
		word string
		want any
		bad  bool
	}{
		{&two, "mine", 4, false}, {&two, "theirs", 3, false}, {&two, "#1", 3, false}, {&two, "#2", 4, false}, {&two, "#3", nil, true}, {&two, "#0", nil, true}, {&two, "#x", nil, true},
		{&three, "mine", 4, false}, {&three, "theirs", nil, true}, {&two, "=mine", "mine", false}, {&two, "=12", "12", false}, {&two, "=", "", false},
		{&two, "12", 12, false}, {&two, "[1,2]", []any{1, 2}, false}, {&two, "null", nil, false}, {&two, "扎西", "扎西", false}, {&two, "{", "{", false},
	}
	for _, c := range tests {
		got, err := c.c.Take(c.word, me)
		if (err != nil) != c.bad || !c.bad && got != value(t, c.want) {
			t.Errorf("Take(%q) of %d = %s, %v; want %v", c.word, len(c.c.Values), got, err, c.want)
		}
	}
}

// page is a book of one record that remembers what was committed.
type page struct {
	Book
	record Record
	edits  []Edit
}

func (p *page) Get(context.Context, Ref) (Record, bool, error) { return p.record, true, nil }

func (p *page) List(context.Context, Query) ([]Record, error) { return []Record{p.record}, nil }

func (p *page) Commit(_ context.Context, e []Edit) ([]Receipt, error) {
	p.edits = append(p.edits, e...)
	return nil, nil
}

func TestSettleWritesEvenWhatIsShown(t *testing.T) {
	r := shown("demand", map[string]change.Value{"state": change.Text("passed"), "n_hh": change.Int(3)})
	group := value(t, map[string]any{"state": "returned", "state_reason": "缺预算"})
	r.Conflicts = map[string][]Sibling{"n_hh": {{Value: change.Int(2)}, {Value: change.Int(3)}}, "state": {{Value: group}}, "region": {{Value: change.Text(village)}}, "deleted": {{Value: change.Bool(true)}}}
	p := &page{record: r}
	open, err := Conflicts(t.Context(), p, Query{})
	if err != nil || len(open) != 4 || open[0].ID.Register != "deleted" {
		t.Fatalf("Conflicts = %v, %v", open, err)
	}
	tests := []struct {
		register string
		take     change.Value
		want     change.Value
	}{
		{"n_hh", change.Int(3), change.Int(3)}, {"state", group, group}, {"region", change.Text(village), change.Text(village)}, {"deleted", change.Bool(true), change.Bool(true)},
		{"deleted", change.Bool(false), change.Bool(false)},
	}
	for _, c := range tests {
		found, err := FindConflict(t.Context(), p, ConflictID{r.Ref, c.register})
		if err != nil {
			t.Fatal(err)
		}
		if err := Settle(t.Context(), p, found, c.take); err != nil {
			t.Errorf("%s: %v", c.register, err)
			continue
		}
		e := p.edits[len(p.edits)-1]
		fields, err := e.Prepare(Defaults{Role: FieldWorker})
		if err != nil || len(fields) != 1 || fields[0].Name != c.register || fields[0].Value != c.want {
			t.Errorf("%s: writes %v, %v; want %s", c.register, fields, err, c.want)
		}
	}
	_, err = FindConflict(t.Context(), p, ConflictID{r.Ref, "yak"})
	wantRefusal(t, err, NotFound, "refuse.notopen")
}
