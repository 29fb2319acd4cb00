package console

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/table"
)

const pageSize = 50

type listPage struct {
	Frame
	Kind    string
	Search  string
	Region  string
	Filters []filter
	Columns []column
	Rows    []listRow
	Total   int
	From    int
	To      int
	Prev    string
	Next    string
	Export  string
	New     string // where a record is begun; "": not here
	Only    bool   // those with a conflict
}

type filter struct {
	Field  string
	Label  string
	Value  string
	Values []option
}

type option struct {
	Value string
	Label string
	On    bool
}

type column struct {
	Label string
	Sort  string // where a click leads; "" where the column can't be sorted
	Mark  string
}

type listRow struct {
	To       string
	Title    string
	Region   string
	Cells    []string
	Conflict bool
}

// list shows the records of one kind.
func (v *visit) list() error {
	k := core.KindOf(v.r.PathValue("kind"))
	if !k.Known() {
		return core.Refuse(core.NotFound, "", "refuse.absent")
	}
	q, filters, err := v.query(k)
	if err != nil {
		return err
	}
	p := &listPage{
		Frame: v.frame("kind." + k.Name), Kind: k.Name, Search: q.Search, Filters: filters,
		Region: v.r.FormValue("region"), Only: q.Conflicts,
	}
	if p.Total, err = v.desk.Count(v.ctx, q); err != nil {
		return err
	}
	n, err := strconv.Atoi(v.r.FormValue("page"))
	if err != nil || n < 1 {
		n = 1
	}
	q.Limit, q.Offset = pageSize, (n-1)*pageSize
	records, err := v.desk.List(v.ctx, q)
	if err != nil {
		return err
	}
	p.From, p.To = q.Offset+1, q.Offset+len(records)
	if n > 1 {
		p.Prev = v.with("page", strconv.Itoa(n-1))
	}
	if p.To < p.Total {
		p.Next = v.with("page", strconv.Itoa(n+1))
	}
	p.Export = "/list/" + k.Name + "/export?" + v.r.URL.RawQuery
	if creatable(k.Name) && v.person.Role.MayWrite(k.Name) {
		p.New = createURL(k.Name)
	}
	p.Columns = v.columns(k, q.Sort)
	for i := range records {
		p.Rows = append(p.Rows, v.listRow(k, &records[i]))
	}
	v.render(http.StatusOK, "list", p)
	return nil
}

// query reads what the person asked for.
func (v *visit) query(k *core.Kind) (core.Query, []filter, error) {
	q := core.Query{Kind: k.Name, Search: v.r.FormValue("q"), Sort: v.r.FormValue("sort"), Where: map[string]string{}, Conflicts: v.r.FormValue("open") != ""}
	if code := v.r.FormValue("region"); code != "" {
		prefix, err := core.RegionPrefix(code)
		if err != nil {
			return q, nil, err
		}
		q.Scope = core.Scope{prefix}
	}
	var filters []filter
	for _, f := range k.Fields {
		if !f.Index || f.Type != core.Choice {
			continue
		}
		x := filter{Field: f.Name, Label: v.words.Field(k.Name, f.Name), Value: v.r.FormValue(f.Name)}
		for _, c := range v.choices(f) {
			x.Values = append(x.Values, option{c, v.words.Choice(f.List, c), c == x.Value})
		}
		if x.Value != "" {
			q.Where[f.Name] = x.Value
		}
		filters = append(filters, x)
	}
	for _, f := range k.Fields {
		if f.Type == core.Reference && v.r.FormValue(f.Name) != "" {
			q.Where[f.Name] = v.r.FormValue(f.Name)
		}
	}
	return q, filters, nil
}

// choices lists the codes of a field: those of a form's list, or the states of
// its workflow.
func (v *visit) choices(f core.Field) []string {
	if list := v.words.Choices(f.List); len(list) > 0 {
		return list
	}
	return core.States(f.List)
}

func (v *visit) with(name, value string) string {
	q := v.r.URL.Query()
	q.Set(name, value)
	return v.r.URL.Path + "?" + q.Encode()
}

func (v *visit) columns(k *core.Kind, sort string) []column {
	out := []column{{Label: v.words.Field(k.Name, "region"), Sort: v.sortLink("region", sort)}}
	for _, f := range k.Columns() {
		c := column{Label: v.words.Field(k.Name, f.Name)}
		switch {
		case f.Name == k.Title[0]:
			c.Sort = v.sortLink("", sort)
		case f.Index:
			c.Sort = v.sortLink(f.Name, sort)
		}
		if strings.TrimPrefix(sort, "-") == f.Name && sort != "" {
			c.Mark = map[bool]string{true: "▼", false: "▲"}[strings.HasPrefix(sort, "-")]
		}
		out = append(out, c)
	}
	return out
}

// sortLink sorts by a field; a second click turns the order round.
func (v *visit) sortLink(field, now string) string {
	to := field
	if now == field {
		to = "-" + field
	}
	q := v.r.URL.Query()
	q.Set("sort", to)
	q.Del("page")
	return v.r.URL.Path + "?" + q.Encode()
}

func (v *visit) listRow(k *core.Kind, r *core.Record) listRow {
	row := listRow{To: recordURL(r.Ref), Title: v.title(r), Region: v.cfg.Regions().Name(r.Region), Conflict: len(r.Conflicts) > 0}
	for _, f := range k.Columns() {
		row.Cells = append(row.Cells, v.show(f, r.Field(f.Name)))
	}
	return row
}

func recordURL(ref core.Ref) string {
	return "/record/" + url.PathEscape(ref.Kind) + "/" + ref.ID.String()
}

// export writes the list as a workbook, or as CSV where asked, and notes it.
func (v *visit) export() error {
	k := core.KindOf(v.r.PathValue("kind"))
	if !k.Known() {
		return core.Refuse(core.NotFound, "", "refuse.absent")
	}
	q, _, err := v.query(k)
	if err != nil {
		return err
	}
	if err := v.desk.TakeOut(v.ctx, k.Name); err != nil {
		return err
	}
	records, err := v.desk.List(v.ctx, q)
	if err != nil {
		return err
	}
	for i := range records {
		maskAll(k, &records[i])
	}
	s := core.Export(k.Name, records, v.cfg.Regions(), func(f string) string { return v.words.Field(k.Name, f) })
	out := table.Out{Name: v.words.Kind(k.Name), Header: s.Header, Rows: s.Rows}
	v.w.Header().Set("Content-Disposition", `attachment; filename="`+k.Name+`.xlsx"`)
	v.w.Header().Set("Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	if err := table.WriteXLSX(v.w, out); err != nil {
		return errors.Join(err, nil)
	}
	return nil
}

// maskAll hides the middle of identity numbers, which leave the house only by
// a right of their own.
func maskAll(k *core.Kind, r *core.Record) {
	for name, value := range r.Fields {
		f := k.Field(name)
		switch whole := value.String(); {
		case f.Sensitive == core.Number:
			r.Fields[name] = change.Text(core.MaskNumber(whole))
		case (f.Type == core.Table || f.Type == core.Any) && maskWithin(whole) != whole:
			r.Fields[name] = change.Text(maskWithin(whole))
		}
	}
}
