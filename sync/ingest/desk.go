package ingest

import (
	"context"
	"slices"
	"strings"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
)

// History reads every entry of a record that the person sees, oldest first.
func (d *Desk) History(ctx context.Context, ref core.Ref) (out []store.Logged, err error) {
	if _, found, err := d.Get(ctx, ref); err != nil || !found {
		return nil, err
	}
	err = d.s.store.View(ctx, func(tx store.Tx) error {
		out, err = tx.History(ref)
		return err
	})
	return out, err
}

// maxQuarantine bounds how many waiting entries are looked through at once.
const maxQuarantine = 5000

// Quarantine lists the entries that wait for the person's decision, oldest
// first.
func (d *Desk) Quarantine(ctx context.Context, limit int) (out []store.Logged, err error) {
	err = d.s.store.View(ctx, func(tx store.Tx) error {
		all, err := tx.Quarantine(0, maxQuarantine)
		for i := 0; err == nil && i < len(all) && len(out) < limit; i++ {
			var mine bool
			if mine, err = d.mayDecide(tx, &all[i]); mine {
				out = append(out, all[i])
			}
		}
		return err
	})
	return out, err
}

// Devices lists the tablets that work within the person's regions.
func (d *Desk) Devices(ctx context.Context) ([]store.Device, error) {
	return d.s.Devices(ctx, append(core.Scope{}, d.person.Scope...)) // never nil, which would be all
}

// Revoke takes a tablet's rights away.
func (d *Desk) Revoke(ctx context.Context, id change.DeviceID, wipe bool) error {
	if err := d.May(ctx, id); err != nil {
		return err
	}
	return d.s.Revoke(ctx, id, wipe)
}

// May refuses a person who does not look after tablets, and a tablet that does
// not work within the person's regions.
func (d *Desk) May(ctx context.Context, id change.DeviceID) error {
	if !d.person.Role.MayReview() {
		return core.Refuse(core.Forbidden, "", "refuse.role")
	}
	all, err := d.Devices(ctx)
	if err == nil && !slices.ContainsFunc(all, func(t store.Device) bool { return t.ID == id }) {
		err = core.Refuse(core.NotFound, "", "refuse.device")
	}
	return err
}

// Grant changes what a tablet that works within the person's regions may see
// there.
func (d *Desk) Grant(ctx context.Context, id change.DeviceID, scope core.Scope, until change.Millis) error {
	if !d.person.Scope.Covers(scope) {
		return core.Refuse(core.Forbidden, "region", "refuse.region.other", "code", strings.Join(scope, " "))
	}
	if err := d.May(ctx, id); err != nil {
		return err
	}
	return d.s.Grant(ctx, id, scope, until)
}

// NewCode makes an enrollment code within the person's regions.
func (d *Desk) NewCode(ctx context.Context, c store.Code) (string, error) {
	switch {
	case !d.person.Role.MayReview():
		return "", core.Refuse(core.Forbidden, "", "refuse.role")
	case !d.person.Scope.Covers(c.Scope):
		return "", core.Refuse(core.Forbidden, "region", "refuse.region.other", "code", c.Scope[0])
	}
	c.By = d.person.Name
	return d.s.NewCode(ctx, c)
}

// Unmask notes that the person looks at personal data, before it is shown.
func (d *Desk) Unmask(ctx context.Context, ref core.Ref) error {
	return d.look(ctx, "unmask", ref.Kind+" "+ref.ID.String())
}

// TakeOut notes that the person exports records.
func (d *Desk) TakeOut(ctx context.Context, kind string) error { return d.look(ctx, "export", kind) }

func (d *Desk) look(ctx context.Context, what, on string) error {
	if d.person.Role == core.Viewer {
		return core.Refuse(core.Forbidden, "", "refuse.role")
	}
	return d.s.Look(ctx, d.person.Name, what, on)
}

// Looks lists the latest uses of rights over personal data, by accounts whose
// regions lie within the person's.
func (d *Desk) Looks(ctx context.Context, limit int) ([]store.Look, error) {
	if !d.person.Role.MayManage() {
		return nil, core.Refuse(core.Forbidden, "", "refuse.role")
	}
	users, err := d.s.Users(ctx)
	if err != nil {
		return nil, err
	}
	scopes := make(map[string]core.Scope, len(users))
	for i := range users {
		scopes[users[i].Name] = users[i].Scope
	}
	all, err := d.s.Looks(ctx, maxLooks)
	var out []store.Look
	for _, l := range all {
		scope, known := scopes[l.Who]
		// Who has no account worked at the server itself, for the whole province.
		if !known {
			scope = core.Scope{"63"}
		}
		if d.person.Scope.Covers(scope) && len(out) < limit {
			out = append(out, l)
		}
	}
	return out, err
}

// maxLooks bounds how far back looks are searched.
const maxLooks = 20000
