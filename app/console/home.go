package console

import (
	"net/http"

	"muqu/core"
)

// homeKinds are counted for each region.
func homeKinds() []string {
	return []string{"household", "visit", "demand", "lead", "class", "problem"}
}

type homePage struct {
	Frame
	Path    []core.Place
	Kinds   []string
	Rows    []homeRow
	Total   homeRow
	Open    int
	Waiting int
}

type homeRow struct {
	Place  core.Place
	Counts []int
	Open   int
}

// home shows the region tree with what there is in each place.
func (v *visit) home() error {
	p := &homePage{Frame: v.frame("console.home")}
	regions := v.cfg.Regions()
	code := v.r.FormValue("region")
	if code == "" {
		code = v.person.Scope.Home()
	}
	for _, k := range homeKinds() {
		p.Kinds = append(p.Kinds, v.words.Kind(k))
	}
	places := regions.Children(code)
	if code == "" || len(places) == 0 {
		places = nil
		for _, s := range v.person.Scope {
			if pl, ok := regions.Find(s); ok && code == "" {
				places = append(places, pl)
			}
		}
	}
	if code != "" {
		p.Path = regions.Path(code)
	}
	for _, pl := range places {
		row, err := v.counts(pl)
		if err != nil {
			return err
		}
		if !pl.Placeholder() || row.sum() > 0 {
			p.Rows = append(p.Rows, row)
		}
	}
	if here, ok := regions.Find(code); ok && code != "" {
		total, err := v.counts(here)
		if err != nil {
			return err
		}
		p.Total = total
	}
	var err error
	if p.Open, err = v.desk.Count(v.ctx, core.Query{Conflicts: true, Deleted: true}); err != nil {
		return err
	}
	if v.person.Role.MayReview() {
		waiting, err := v.desk.Quarantine(v.ctx, 1000)
		if err != nil {
			return err
		}
		p.Waiting = len(waiting)
	}
	v.render(http.StatusOK, "home", p)
	return nil
}

func (v *visit) counts(pl core.Place) (homeRow, error) {
	row := homeRow{Place: pl}
	scope := core.Scope{prefixOf(pl.Code)}
	for _, k := range homeKinds() {
		n, err := v.desk.Count(v.ctx, core.Query{Kind: k, Scope: scope})
		if err != nil {
			return row, err
		}
		row.Counts = append(row.Counts, n)
	}
	var err error
	row.Open, err = v.desk.Count(v.ctx, core.Query{Conflicts: true, Deleted: true, Scope: scope})
	return row, err
}

func (r *homeRow) sum() (n int) {
	for _, c := range r.Counts {
		n += c
	}
	return n
}

// prefixOf gives the prefix that all places below a code begin with.
func prefixOf(code string) string {
	p, err := core.RegionPrefix(code)
	if err != nil {
		return code
	}
	return p
}
