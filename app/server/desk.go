package main

import (
	"context"
	"errors"
	"io"
	"net/http"

	"muqu/app/console"
	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/attach"
	"muqu/sync/bundle"
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

// ReadFile reads a file of a record, if the person may see it.
func (d desk) ReadFile(ctx context.Context, ref core.Ref, name core.FileName) ([]byte, error) {
	if err := d.LookAt(ctx, ref, name); err != nil {
		return nil, err
	}
	b, err := d.files.Store().Read(name)
	if errors.Is(err, attach.ErrAbsent) || errors.Is(err, attach.ErrDamaged) {
		return nil, core.Refuse(core.NotFound, "", "refuse.form.file")
	}
	return b, err
}

// PutFile keeps a file that a record will name, such as a form's workbook.
func (d desk) PutFile(_ context.Context, name core.FileName, r io.Reader) error {
	if !d.Person().Role.MayManage() {
		return core.Refuse(core.Forbidden, "", "refuse.role")
	}
	return d.files.Take(name, r)
}

// TakeBundles takes in what came by USB stick: files of bundles, each whole or
// with all its parts.
func (d desks) TakeBundles(ctx context.Context, p core.Person, names []string, open func(string) (io.ReadSeekCloser, error)) (segments int, err error) {
	if !p.Role.MayReview() {
		return 0, core.Refuse(core.Forbidden, "", "refuse.role")
	}
	for _, set := range bundle.Sets(names) {
		k := d.stick(d.Stick())
		err := errors.Join(bundle.LoadParts(ctx, set, open, k), k.remember(ctx))
		if segments += k.Taken; err != nil {
			return segments, err
		}
	}
	return segments, nil
}

// MakeBundle writes what a tablet lacks, for a USB stick.
func (d desks) MakeBundle(ctx context.Context, p core.Person, id change.DeviceID, whole bool, w io.Writer) error {
	if err := d.As(p).May(ctx, id); err != nil {
		return err
	}
	k := d.stick(d.StickFor(id, whole))
	k.to = id
	return bundle.Write(ctx, w, k)
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
