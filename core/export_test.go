package core_test

import (
	"strconv"
	"testing"

	"muqu/core"
	"muqu/core/change"

	"pgregory.net/rapid"
)

// rowOf draws a household as people fill it in.
func rowOf(t *rapid.T) core.Record {
	var id [10]byte
	copy(id[:], rapid.SliceOfN(rapid.Byte(), 10, 10).Draw(t, "id"))
	r := core.Record{Ref: core.Ref{Kind: "household", ID: core.NewRecordID(1, id)}, Region: "632323100201", Fields: make(map[string]change.Value)}
	put := func(name string, v change.Value) {
		if !v.IsNull() && rapid.Bool().Draw(t, name) {
			r.Fields[name] = v
		}
	}
	put("head_name", change.Text(rapid.StringMatching(`[一-龥a-z0-9=,"]{1,8}( x)?`).Draw(t, "name")))
	put("head_id", change.Text("632323198001010013"))
	put("phone", change.Text("13800000001"))
	put("yak", change.Int(int64(rapid.IntRange(0, 3000).Draw(t, "n"))))
	put("net_pc", change.Number(rapid.Float64Range(-5e6, 5e6).Draw(t, "money")))
	put("relocated", rapid.SampledFrom([]change.Value{change.Bool(true), change.Bool(false), change.Text("yes")}).Draw(t, "yesno"))
	put("next_visit", change.Text("2026-03-15"))
	put("gps_time", change.Text("2026-03-15T09:30:00+08:00"))
	var tags []change.Value
	for _, s := range rapid.SliceOfN(rapid.StringMatching(`[a-z]{1,4}`), 0, 3).Draw(t, "tags") {
		tags = append(tags, change.Text(s))
	}
	put("tags", change.ListOf(tags))
	return r
}

// What is exported reads back as it was.
func TestExportImportRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rowOf(t)
		s := core.Export("household", []core.Record{want}, nil, nil)
		at := make(map[string]any)
		for i, h := range s.Header {
			at[h] = s.Rows[0][i]
		}
		get := func(column string) string {
			switch x := at[column].(type) {
			case string:
				return x
			case float64:
				return strconv.FormatFloat(x, 'g', -1, 64)
			}
			return ""
		}
		find := func(ref core.Ref) (core.Record, bool, error) { return want, ref == want.Ref, nil }
		e, err := core.ImportRow("household", get, find, func() change.RecordID { t.Fatal("a new id"); return change.RecordID{} })
		if len(want.Fields) == 0 {
			if err == nil {
				t.Fatal("an empty row is an edit")
			}
			return
		}
		if err != nil || e.Ref != want.Ref || e.Region != want.Region || len(e.Set) != len(want.Fields) || e.From.Ref != want.Ref {
			t.Fatalf("got %+v, %v", e, err)
		}
		for name, v := range want.Fields {
			if e.Set[name] != v {
				t.Fatalf("%s: got %s, want %s", name, e.Set[name], v)
			}
		}
	})
}

func TestExportShowsWhatIsNotDeclared(t *testing.T) {
	r := core.Record{Ref: core.Ref{Kind: "visit"}, Fields: map[string]change.Value{"q2": change.Text("b"), "q1": change.Text("a")}}
	s := core.Export("visit", []core.Record{r}, nil, func(f string) string { return "<" + f + ">" })
	n := len(s.Header)
	if s.Header[0] != "<id>" || s.Header[n-2] != "<q1>" || s.Header[n-1] != "<q2>" || s.Rows[0][n-1] != "b" || len(s.Rows[0]) != n {
		t.Errorf("header %v, row %v", s.Header, s.Rows)
	}
}

func TestImportRowRefuses(t *testing.T) {
	none := func(core.Ref) (core.Record, bool, error) { return core.Record{}, false, nil }
	fresh := func() change.RecordID { return change.RecordID{7} }
	for note, cells := range map[string]map[string]string{
		"nothing": {"id": ""}, "bad number": {"yak": "many"}, "bad region": {"yak": "1", "region": "x"}, "bad id": {"yak": "1", "id": "x"},
	} {
		if e, err := core.ImportRow("household", func(c string) string { return cells[c] }, none, fresh); err == nil {
			t.Errorf("%s: %+v", note, e)
		}
	}
	cells := map[string]string{"code": "632323100299", "name": "新村"}
	e, err := core.ImportRow("region", func(c string) string { return cells[c] }, none, fresh)
	if err != nil || e.ID != core.Derive("region", "632323100299", "") || e.Region != "632323100299" {
		t.Errorf("region: %+v, %v", e, err)
	}
	delete(cells, "code")
	if _, err := core.ImportRow("region", func(c string) string { return cells[c] }, none, fresh); err == nil {
		t.Error("a region without a code is imported")
	}
	e, err = core.ImportRow("household", func(c string) string { return map[string]string{"yak": "3"}[c] }, none, fresh)
	if err != nil || e.ID != fresh() || e.Region != "" {
		t.Errorf("new household: %+v, %v", e, err)
	}
}
