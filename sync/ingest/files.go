package ingest

import (
	"context"

	"muqu/core"
	"muqu/core/store"
	"muqu/sync/wire"
)

// TabletOf finds the tablet behind a session's token, for those who serve
// something beside records.
func (s *Server) TabletOf(ctx context.Context, token string) (store.Device, bool, error) {
	return s.deviceOf(ctx, token)
}

// ShownTo reads a record, if the tablet may see it: one of its area now, or one
// that its area refers to.
func (s *Server) ShownTo(ctx context.Context, d *store.Device, ref core.Ref) (core.Record, bool, error) {
	r, found, err := s.Get(ctx, ref)
	area := d.Area(s.now())
	if err != nil || !found || len(area) == 0 {
		return core.Record{}, false, err
	}
	if core.KindOf(ref.Kind).Shared || area.ContainsAny(r.Areas()) {
		return r, true, nil
	}
	var by []string
	err = s.store.View(ctx, func(tx store.Tx) error {
		by, err = tx.Borrowers(ref)
		return err
	})
	if err != nil || !area.ContainsAny(by) {
		return core.Record{}, false, err
	}
	return r, true, nil
}

// NamedBy gives the records that name a file.
func (s *Server) NamedBy(ctx context.Context, name core.FileName) (out []core.Ref, err error) {
	err = s.store.View(ctx, func(tx store.Tx) error {
		out, err = tx.NamedBy(name)
		return err
	})
	return out, err
}

// FileReceipt gives the centre's signed word that it has a file. A hub passes
// that on when it has come; until then it notes that the file is to be carried
// to the centre, and gives nil.
func (s *Server) FileReceipt(ctx context.Context, name core.FileName, size int64) ([]byte, error) {
	if s.cfg.Hub != nil {
		return s.carryFile(ctx, name, size)
	}
	var h store.Head
	if err := s.store.View(ctx, func(tx store.Tx) (err error) {
		h, err = tx.Head()
		return err
	}); err != nil {
		return nil, err
	}
	r := wire.FileReceipt{Name: string(name), Size: size, Epoch: h.Epoch, Received: s.now()}
	return r.Sign(s.key)
}

func (s *Server) carryFile(ctx context.Context, name core.FileName, size int64) (receipt []byte, err error) {
	var f store.File
	if err := s.store.View(ctx, func(tx store.Tx) error {
		f, _, err = tx.File(name)
		return err
	}); err != nil || f.Safe == store.AtCentre && f.Receipt != nil {
		return f.Receipt, err
	}
	if f.Confirmed && f.Held&store.Whole != 0 {
		return nil, nil // noted already
	}
	return nil, s.store.Update(ctx, func(tx store.Tx) error {
		f, _, err := tx.File(name)
		if err != nil {
			return err
		}
		f.Name, f.Size, f.Own, f.Confirmed, f.Safe, f.Trouble = name, size, true, true, store.HereOnly, ""
		f.Held |= store.Whole
		return tx.PutFile(&f)
	})
}

// LookAt checks that the person may see a file of a record. Where only fields
// with personal documents name it, the look is noted first, as one at masked
// numbers is.
func (d *Desk) LookAt(ctx context.Context, ref core.Ref, name core.FileName) error {
	r, found, err := d.Get(ctx, ref)
	if err != nil {
		return err
	}
	named, sensitive := core.NamesFile(&r, name)
	if !found || !named {
		return core.Refuse(core.NotFound, "", "refuse.absent")
	}
	if !sensitive {
		return nil
	}
	return d.look(ctx, "photo", ref.Kind+" "+ref.ID.String())
}
