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
	Late     bool // not heard of for two weeks
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
func (v *visit) tablets() error { return v.tabletPage(nil) }

func (v *visit) tabletPage(invited *Invitation) error {
	all, err := v.desk.Devices(v.ctx)
	if err != nil {
		return err
	}
	p := &tabletPage{Frame: v.frame("console.tablets"), Invited: invited, Region: strings.Join(v.person.Scope, ",")}
	for _, r := range []core.Role{core.FieldWorker, core.Trainer, core.Supervisor} {
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
	var scope core.Scope
	for _, c := range strings.FieldsFunc(v.r.FormValue("region"), func(r rune) bool { return r == ',' || r == ' ' || r == '\uff0c' }) {
		prefix, err := core.RegionPrefix(c)
		if err != nil {
			return err
		}
		scope = append(scope, prefix)
	}
	if len(scope) == 0 {
		return core.Refuse(core.Missing, "region", "refuse.region.none")
	}
	code := store.Code{
		Name: strings.TrimSpace(v.r.FormValue("name")), Role: core.Role(v.r.FormValue("role")), Scope: scope,
		Expires: change.MillisOf(time.Now().Add(7 * 24 * time.Hour)),
	}
	inv, err := v.cfg.Centre.Invite(v.ctx, v.person, code)
	if err != nil {
		return err
	}
	return v.tabletPage(&inv)
}
