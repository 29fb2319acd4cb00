package console

import (
	"net/http"
	"strconv"

	"muqu/core"
	"muqu/core/change"
)

type quarantinePage struct {
	Frame
	Entries []quarantineRow
}

type quarantineRow struct {
	historyRow
	Kind   string
	Reason string
	Place  string
}

// quarantine lists entries that wait for a decision.
func (v *visit) quarantine() error {
	list, err := v.desk.Quarantine(v.ctx, 200)
	if err != nil {
		return err
	}
	p := &quarantinePage{Frame: v.frame("console.quarantine")}
	for i := range list {
		l := &list[i]
		row := quarantineRow{historyRow: v.historyRow(l, nil), Kind: v.words.Kind(l.Kind), Reason: v.words.T(l.Reason)}
		if len(l.Regions) > 0 {
			row.Place = v.cfg.Regions().Name(l.Regions[0])
		}
		p.Entries = append(p.Entries, row)
	}
	v.render(http.StatusOK, "quarantine", p)
	return nil
}

func (v *visit) decide() error {
	n, err := strconv.ParseUint(v.r.FormValue("position"), 10, 63)
	if err != nil {
		return core.Refuse(core.NotFound, "", "refuse.absent")
	}
	if err := v.desk.Decide(v.ctx, change.Position(n), v.r.FormValue("decision") == "approve"); err != nil {
		return err
	}
	return v.back("/quarantine")
}
