package console

import (
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"

	"muqu/core"
	"muqu/core/change"
)

type conflictPage struct {
	Frame
	Conflicts []conflictRow
	Total     int
	Problem   string
}

type conflictRow struct {
	ID     string
	To     string
	Kind   string
	Title  string
	Place  string
	Field  string
	Values []conflictValue
	Seen   change.Seen
	Free   bool // a new value may be typed
}

type conflictValue struct {
	N      int
	Shown  string
	Was    string
	Author string
	Device string
	At     string
	Unsure bool
	Now    bool // the one that lists show meanwhile
	Files  []shownFile
}

const maxConflicts = 100

// conflicts lists what was written apart, with all values.
func (v *visit) conflicts() error {
	all, err := core.Conflicts(v.ctx, v.desk, core.Query{Limit: maxConflicts})
	if err != nil {
		return err
	}
	p := &conflictPage{Frame: v.frame("console.conflicts")}
	if p.Total, err = v.desk.Count(v.ctx, core.Query{Conflicts: true, Deleted: true}); err != nil {
		return err
	}
	for _, c := range all {
		p.Conflicts = append(p.Conflicts, v.conflictRow(c))
	}
	v.render(http.StatusOK, "conflicts", p)
	return nil
}

func (v *visit) conflictRow(c core.Conflict) conflictRow {
	row := conflictRow{
		ID: c.ID.String(), To: recordURL(c.ID.Ref), Kind: v.words.Kind(c.ID.Kind), Title: v.title(&c.Record),
		Place: v.cfg.Regions().Name(c.Record.Region), Field: v.registerName(c.ID.Kind, c.ID.Register), Seen: c.Record.Seen,
		Free: inputOf(core.KindOf(c.ID.Kind).Field(c.ID.Register)) != "" && c.ID.Register != change.DeletedField && c.ID.Register != change.RegionField,
	}
	for i, s := range c.Values {
		files, _ := v.files(c.ID.Ref, core.KindOf(c.ID.Kind).Field(c.ID.Register), s.Value, false)
		row.Values = append(row.Values, conflictValue{
			N: i + 1, Files: files, Shown: v.register(c.ID.Kind, c.ID.Register, s.Value), Was: v.register(c.ID.Kind, c.ID.Register, s.Was),
			Author: s.Author, Device: s.Device.String()[28:], At: moment(s.At), Unsure: s.Uncertain, Now: i == len(c.Values)-1,
		})
	}
	return row
}

// settle ends a conflict with the value that the person chose or typed, as of
// what the page showed: a value that arrived since keeps it open.
func (v *visit) settle() error {
	id, err := core.ParseConflictID(v.r.FormValue("id"))
	if err != nil {
		return err
	}
	c, err := core.FindConflict(v.ctx, v.desk, id)
	if err != nil {
		return err
	}
	value, err := v.chosen(&c)
	if err != nil {
		return err
	}
	c.Record.Seen = seenOf(v.r.PostForm)
	if err := core.Settle(v.ctx, v.desk, c, value); err != nil {
		return err
	}
	if v.r.FormValue("back") == "record" {
		return v.back(recordURL(id.Ref) + "?saved=1")
	}
	return v.back("/conflicts")
}

func (v *visit) chosen(c *core.Conflict) (change.Value, error) {
	if typed := v.r.FormValue("value"); typed != "" {
		return core.Parse(core.KindOf(c.ID.Kind).Field(c.ID.Register), typed)
	}
	n, err := strconv.Atoi(v.r.FormValue("take"))
	if err != nil || n < 1 || n > len(c.Values) {
		return change.Null, core.Refuse(core.Invalid, "", "refuse.take")
	}
	return c.Values[n-1].Value, nil
}

func refusalOf(err error) *core.Refusal {
	var r *core.Refusal
	errors.As(err, &r)
	return r
}

func sortedKeys(m map[string]change.Value) []string { return slices.Sorted(maps.Keys(m)) }
