package console

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
)

type tabletPage struct {
	Frame
	Tablets []tabletRow
	Gaps    []gapRow
	Close   bool // the person may close a gap
	Roles   []option
	Region  string
	Invited *Invitation
	QR      qr     // of the invitation's link
	Taken   string // what came by USB stick
}

type tabletRow struct {
	ID       string
	Name     string
	Role     string
	Places   string
	LastSync string
	Unsent   int
	Program  string
	Clock    string
	Revoked  bool
	Wipe     bool
	Until    string // last day of the grant, "" for none
	Repaired int    // how often its records were found damaged
	Late     bool   // not heard of for two weeks
}

// gapRow is a log of which something is missing.
type gapRow struct {
	Log     string
	Name    string
	Missing string // such as 2–5
	Waits   uint64
	Since   string
}

// tablets lists who carries what, and when it was last heard of.
func (v *visit) tablets() error { return v.tabletPage(new(tabletPage)) }

func (v *visit) tabletPage(p *tabletPage) error {
	all, err := v.desk.Devices(v.ctx)
	if err != nil {
		return err
	}
	p.Frame, p.Region = v.frame("console.tablets"), joinScope(v.person.Scope)
	for _, r := range []core.Role{core.FieldWorker, core.Trainer, core.Supervisor, core.HubRole} {
		p.Roles = append(p.Roles, option{Value: string(r), Label: v.words.T("role." + string(r))})
	}
	for i := range all {
		p.Tablets = append(p.Tablets, v.tabletRow(&all[i]))
	}
	gaps, err := v.desk.Gaps(v.ctx)
	if err != nil {
		return err
	}
	p.Close = v.person.Role.MayManage()
	for _, g := range gaps {
		p.Gaps = append(p.Gaps, gapRow{
			Log: g.Log.String(), Name: g.Device.Name, Missing: fmt.Sprintf("%d–%d", g.First, g.Last), Waits: g.Waits, Since: moment(g.Since),
		})
	}
	v.render(http.StatusOK, "tablets", p)
	return nil
}

func (v *visit) tabletRow(d *store.Device) tabletRow {
	row := tabletRow{
		ID: d.ID.String(), Name: d.Name, Role: v.words.T("role." + string(d.Role)), LastSync: moment(d.LastSync),
		Unsent: d.Unsent, Program: d.Program, Revoked: d.Revoked != 0, Wipe: d.Wipe,
	}
	if row.Repaired = d.Repaired; d.Until != 0 {
		row.Until = d.Until.Time().In(beijing).Format("2006-01-02")
	}
	row.Late = d.LastSync == 0 || time.Since(d.LastSync.Time()) > 14*24*time.Hour
	var names []string
	for _, s := range d.Scope {
		names = append(names, v.cfg.Regions().Name(s))
	}
	row.Places = v.join(names)
	if off := time.Duration(d.Offset) * time.Millisecond; off.Abs() > 5*time.Minute {
		row.Clock = off.Round(time.Minute).String()
	}
	return row
}

func (v *visit) revoke() error {
	id, err := change.ParseDeviceID(v.r.FormValue("id"))
	if err != nil {
		return core.Refuse(core.NotFound, "", "refuse.device")
	}
	if err := v.desk.Revoke(v.ctx, id, v.r.FormValue("wipe") != ""); err != nil {
		return err
	}
	return v.back("/tablets")
}

// closeGap gives up on what is missing in a log.
func (v *visit) closeGap() error {
	log, err := change.ParseLog(v.r.FormValue("log"))
	if err != nil {
		return core.Refuse(core.NotFound, "", "refuse.gap")
	}
	if err := v.desk.CloseGap(v.ctx, log); err != nil {
		return err
	}
	return v.back("/tablets")
}

// invite makes a code and shows it once.
func (v *visit) invite() error {
	scope, err := v.scopeForm()
	if err != nil {
		return err
	}
	until, err := v.lastDay()
	if err != nil {
		return err
	}
	code := store.Code{
		Name: strings.TrimSpace(v.r.FormValue("name")), Role: core.Role(v.r.FormValue("role")), Scope: scope, Until: until,
		Expires: change.MillisOf(time.Now().Add(7 * 24 * time.Hour)),
	}
	inv, err := v.cfg.Centre.Invite(v.ctx, v.person, code)
	if err != nil {
		return err
	}
	return v.tabletPage(&tabletPage{Invited: &inv, QR: qrOf(inv.Link)})
}

// scopeForm reads the region codes that a form names.
func (v *visit) scopeForm() (scope core.Scope, err error) {
	for _, c := range strings.FieldsFunc(v.r.FormValue("region"), func(r rune) bool { return r == ',' || r == ' ' || r == '\uff0c' }) {
		prefix, err := core.RegionPrefix(c)
		if err != nil {
			return nil, err
		}
		scope = append(scope, prefix)
	}
	if len(scope) == 0 {
		return nil, core.Refuse(core.Missing, "region", "refuse.region.none")
	}
	return scope, nil
}

// lastDay reads the last day of a grant, 0 where none is given.
func (v *visit) lastDay() (change.Millis, error) {
	text := v.r.FormValue("until")
	if text == "" {
		return 0, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, text, beijing)
	if err != nil {
		return 0, core.Refuse(core.Invalid, "", "refuse.date")
	}
	return change.MillisOf(t.AddDate(0, 0, 1)) - 1, nil
}

func joinScope(s core.Scope) string { return strings.Join(s, ",") }
