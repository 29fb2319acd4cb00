package simtest

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"

	"muqu/core"
)

// Everything writes all records of a tablet as text, for comparison.
func (t *Tablet) Everything() string {
	t.w.t.Helper()
	var out []string
	st, err := t.Status(t.w.ctx)
	if err != nil {
		t.w.t.Fatal(err)
	}
	for kind := range st.Records {
		list, err := t.List(t.w.ctx, core.Query{Kind: kind, Deleted: true})
		if err != nil {
			t.w.t.Fatal(err)
		}
		for _, r := range list {
			fields, err := json.Marshal(r.Fields)
			if err != nil {
				t.w.t.Fatal(err)
			}
			conflicts, err := json.Marshal(r.Conflicts)
			if err != nil {
				t.w.t.Fatal(err)
			}
			out = append(out, fmt.Sprintf("%s %s %s deleted=%v stays=%s pending=%v at %d %s %s", kind, r.ID, r.Region, r.Deleted, r.Stays, r.Pending, r.Position, fields, conflicts))
		}
	}
	sort.Strings(out)
	return strings.Join(out, "\n")
}
