package screen

import (
	"testing"

	"muqu/core"
	"muqu/core/change"
)

// record makes a record with texts, without any tablet.
func record(kind string, id byte, fields map[string]string) core.Record {
	r := core.Record{Ref: core.Ref{Kind: kind, ID: change.RecordID{id}}, Fields: make(map[string]change.Value)}
	for name, field := range fields {
		r.Fields[name] = change.Text(field)
	}
	return r
}

func TestMembersAreFound(t *testing.T) {
	members := []core.Record{
		record("person", 1, map[string]string{"name": "卓玛", "id_no": "632323198001010013"}),
		record("person", 2, map[string]string{"name": "卓玛", "id_no": "632623197506150021"}),
		record("person", 3, map[string]string{"name": "多杰"}),
	}
	for _, test := range []struct {
		name string
		row  map[string]any
		want byte // 0 = somebody new
	}{
		{"by number", map[string]any{"m_name": "卓玛", "m_id": "632623197506150021"}, 2},
		{"number before name", map[string]any{"m_name": "改名了", "m_id": "632323198001010013"}, 1},
		{"by name without a number", map[string]any{"m_name": "多杰"}, 3},
		{"by name, the number being new", map[string]any{"m_name": "多杰", "m_id": "632725200311110030"}, 3},
		{"of two with one name the first", map[string]any{"m_name": "卓玛"}, 1},
		{"same name, other number", map[string]any{"m_name": "卓玛", "m_id": "632725200311110030"}, 0},
		{"unknown", map[string]any{"m_name": "才让"}, 0},
	} {
		got, found := findMember(members, test.row, nil)
		if found != (test.want != 0) || got.ID[0] != test.want {
			t.Errorf("%s: found %v, number %d, want %d", test.name, found, got.ID[0], test.want)
		}
	}
	taken := map[change.RecordID]bool{members[0].ID: true}
	if got, _ := findMember(members, map[string]any{"m_name": "卓玛"}, taken); got.ID != members[1].ID {
		t.Error("a person was found twice")
	}
}

// Only what differs is written, so that nobody's edit is overwritten by an
// answer that says the same as before.
func TestChangedWritesWhatDiffers(t *testing.T) {
	home := record("household", 1, map[string]string{"head_name": "才让", "hh_type": "general", "relocated": "no"})
	edit := changed(home, map[string]any{
		"head_name": "才让", "hh_type": "lifted", "yak": int64(30), "food_ok": "yes", "remark": "不是户的备注",
		"safety_net": []string{"dibao"}}, nil)
	if len(edit.Set) != 3 || edit.Set["hh_type"].Str() != "lifted" || edit.Set["yak"] != change.Int(30) || len(edit.Set["safety_net"].Strs()) != 1 {
		t.Errorf("wrote %v", edit.Set)
	}
	if edit.Ref != home.Ref || edit.From.Ref != home.Ref {
		t.Errorf("edit is of %v from %v", edit.Ref, edit.From.Ref)
	}
}

func TestUnnumbered(t *testing.T) {
	for title, want := range map[string]string{
		"三、家庭成员": "家庭成员", "C. Household members": "Household members", "物资明细": "物资明细", "牧户姓名、电话": "牧户姓名、电话",
	} {
		if got := unnumbered(title); got != want {
			t.Errorf("unnumbered(%q) = %q, want %q", title, got, want)
		}
	}
}
