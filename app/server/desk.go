package main

import (
	"context"

	"muqu/app/console"
	"muqu/core"
	"muqu/core/store"
)

// desks gives the console what it needs of the server.
type desks struct{ *centre }

// Desk gives the records as a person may see and change them.
func (d desks) Desk(p core.Person) console.Desk { return d.As(p) }

// Invite makes an enrollment code and the link to it.
func (d desks) Invite(ctx context.Context, p core.Person, c store.Code) (console.Invitation, error) {
	code, err := d.As(p).NewCode(ctx, c)
	if err != nil {
		return console.Invitation{}, err
	}
	at, err := d.address(ctx)
	return console.Invitation{Code: code, Link: at.link(code)}, err
}
