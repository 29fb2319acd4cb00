package main

import (
	"context"
	"net/http"

	"muqu/app/console"
	"muqu/core"
	"muqu/core/store"
	"muqu/sync/attach"
	"muqu/sync/ingest"
)

// desks gives the console what it needs of the server.
type desks struct{ *centre }

// desk is the records and files of the server in the hands of one person.
type desk struct {
	*ingest.Desk
	files *attach.Server
}

// Desk gives the records as a person may see and change them.
func (d desks) Desk(p core.Person) console.Desk { return desk{d.As(p), d.files} }

// HasFile reports whether a file has arrived.
func (d desk) HasFile(name core.FileName) bool { return d.files.Has(name) }

// ServeFile answers with a file of a record, if the person may see it.
func (d desk) ServeFile(w http.ResponseWriter, r *http.Request, ref core.Ref, name core.FileName, thumb bool) error {
	if err := d.LookAt(r.Context(), ref, name); err != nil {
		return err
	}
	return d.files.Serve(w, r, name, ref, thumb)
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
