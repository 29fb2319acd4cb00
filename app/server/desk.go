package main

import (
	"context"
	"io"

	"muqu/app/console"
	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/bundle"
)

// desks gives the console what it needs of the server.
type desks struct{ *centre }

// Desk gives the records as a person may see and change them.
func (d desks) Desk(p core.Person) console.Desk { return d.As(p) }

// TakeBundle takes in what came by USB stick.
func (d desks) TakeBundle(ctx context.Context, p core.Person, f io.ReadSeeker) (segments int, err error) {
	if !p.Role.MayReview() {
		return 0, core.Refuse(core.Forbidden, "", "refuse.role")
	}
	k := d.Stick()
	err = bundle.Load(ctx, f, k)
	return k.Taken, err
}

// MakeBundle writes what a tablet lacks, for a USB stick.
func (d desks) MakeBundle(ctx context.Context, p core.Person, id change.DeviceID, whole bool, w io.Writer) error {
	if err := d.As(p).May(ctx, id); err != nil {
		return err
	}
	return bundle.Write(ctx, w, d.StickFor(id, whole))
}

// Invite makes an enrollment code and the link to it.
func (d desks) Invite(ctx context.Context, p core.Person, c store.Code) (console.Invitation, error) {
	code, err := d.As(p).NewCode(ctx, c)
	if err != nil {
		return console.Invitation{}, err
	}
	at, err := d.address(ctx)
	return console.Invitation{Code: code, Link: at.link(code)}, err
}
