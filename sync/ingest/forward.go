package ingest

import (
	"fmt"
	"slices"

	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/wire"
)

// Forwarder is the hub's half that faces its tablets, as the half that faces
// the centre needs it: it hands on what waits, and takes the answers back.
type Forwarder struct{ s *Server }

// Forwarder gives the part of a hub that carries.
func (s *Server) Forwarder() *Forwarder { return &Forwarder{s} }

const (
	carryBytes = 1 << 20               // of segments in one turn
	keepSent   = 90 * 24 * 3600 * 1000 // ms that segments are kept after the centre has them
	metaRights = "rights"              // mark of the list of rights that the centre gave
	maxAdmit   = 50                    // tablets in one turn
)

// Load adds what waits for the centre to a request.
func (f *Forwarder) Load(tx store.Tx, req *wire.SyncRequest) (more bool, err error) {
	devices, err := tx.Devices()
	if err != nil {
		return false, err
	}
	for i := range devices {
		d := &devices[i]
		if len(d.Admission) == 0 || d.Told || len(req.Admissions) == maxAdmit {
			continue
		}
		var a wire.Admission
		if err := change.Unmarshal(d.Admission, &a); err != nil {
			return false, fmt.Errorf("admission of %s: %w", d.ID, err)
		}
		req.Admissions = append(req.Admissions, a)
	}
	if req.Rights, err = tx.Meta(metaRights); err != nil {
		return false, err
	}
	list, err := tx.Unsent(0, wire.MaxSegments)
	if err != nil {
		return false, err
	}
	size := 0
	for i := range list {
		if size += len(list[i].Bytes); size > carryBytes && i > 0 {
			break
		}
		req.Carried = append(req.Carried, wire.Carried{Device: list[i].Device[:], Segment: list[i].Bytes, Stamps: list[i].Stamps})
	}
	n, err := tx.CountUnsent()
	req.Unsent = n
	return n > len(req.Carried), err
}

// Pack gives all that waits for the centre, in requests for a bundle.
func (f *Forwarder) Pack(tx store.Tx, add func(*wire.SyncRequest) error) (segments int, err error) {
	devices, err := tx.Devices()
	if err != nil {
		return 0, err
	}
	req := new(wire.SyncRequest)
	for i := range devices {
		var a wire.Admission
		if len(devices[i].Admission) == 0 || devices[i].Told {
			continue
		}
		if err := change.Unmarshal(devices[i].Admission, &a); err != nil {
			return 0, fmt.Errorf("admission of %s: %w", devices[i].ID, err)
		}
		if req.Admissions = append(req.Admissions, a); len(req.Admissions) == maxAdmit {
			if err := add(req); err != nil {
				return 0, err
			}
			req = new(wire.SyncRequest)
		}
	}
	for after := uint64(0); ; {
		list, err := tx.Unsent(after, wire.MaxSegments)
		if err != nil {
			return segments, err
		}
		size := 0
		for i := range list {
			if size += len(list[i].Bytes); size > carryBytes && i > 0 {
				break
			}
			req.Carried = append(req.Carried, wire.Carried{Device: list[i].Device[:], Segment: list[i].Bytes, Stamps: list[i].Stamps})
			after = list[i].ID
			segments++
		}
		if len(req.Carried)+len(req.Admissions) == 0 {
			return segments, nil
		}
		if err := add(req); err != nil {
			return segments, err
		}
		req = new(wire.SyncRequest)
	}
}

// Done takes in what the centre says of what was carried, and keeps it for
// those who brought it.
func (f *Forwarder) Done(tx store.Tx, req *wire.SyncRequest, ans *wire.SyncAnswer) error {
	for i := range req.Admissions {
		if ans.Admitted > i {
			if err := f.told(tx, &req.Admissions[i], true); err != nil {
				return err
			}
		}
	}
	for i := range ans.Returned {
		if err := f.returned(tx, req, &ans.Returned[i], ans.Received); err != nil {
			return err
		}
	}
	if len(ans.Rights) > 0 {
		if err := f.rights(tx, ans.Rights, ans.Received); err != nil {
			return err
		}
	}
	if len(ans.Returned) == 0 {
		return nil
	}
	return tx.PruneCarried(ans.Received - keepSent)
}

// Restored counts as unsent what a restored centre may lack.
func (f *Forwarder) Restored(tx store.Tx, above change.Position) error { return tx.Unsend(above) }

func (f *Forwarder) told(tx store.Tx, a *wire.Admission, told bool) error {
	var st wire.Statement
	var c wire.Certificate
	if err := change.Unmarshal(a.Certificate, &st); err != nil {
		return err
	}
	if err := change.Unmarshal(st.Body, &c); err != nil {
		return err
	}
	return f.tell(tx, change.DeviceID(c.Device), told)
}

func (f *Forwarder) tell(tx store.Tx, id change.DeviceID, told bool) error {
	d, known, err := tx.Device(id)
	if err != nil || !known || d.Told == told {
		return err
	}
	d.Told = told
	return tx.PutDevice(&d)
}

func (f *Forwarder) returned(tx store.Tx, req *wire.SyncRequest, r *wire.Returned, now change.Millis) error {
	if len(r.Device) != len(change.DeviceID{}) {
		return nil
	}
	if r.Unknown {
		return f.unknown(tx, req, r)
	}
	whose := map[change.DeviceID]bool{}
	for _, hash := range append(r.Segments, r.Refused...) {
		came, found, err := tx.CarriedBy(hash)
		if err != nil {
			return err
		}
		if found {
			whose[came] = true
		}
		if err := tx.Sent(hash, r.Position); err != nil {
			return err
		}
	}
	if len(r.Refused) > 0 {
		f.s.cfg.Log.Error("the centre refused damaged segments", "device", change.DeviceID(r.Device).String())
	}
	b, err := change.Marshal(r)
	if err != nil {
		return fmt.Errorf("keep the centre's answer: %w", err)
	}
	for id := range whose {
		if err := tx.PutMail(&store.Mail{Whose: id, At: now, Bytes: b}); err != nil {
			return err
		}
	}
	return nil
}

// unknown deals with a tablet that the centre doesn't know: it was restored
// from before the tablet's enrollment, and is told again. What it does not take
// even with the certificate stays here, but no longer in the way.
func (f *Forwarder) unknown(tx store.Tx, req *wire.SyncRequest, r *wire.Returned) error {
	d, known, err := tx.Device(change.DeviceID(r.Device))
	if err != nil {
		return err
	}
	if known && d.Told && len(d.Admission) > 0 {
		return f.tell(tx, d.ID, false)
	}
	f.s.cfg.Log.Error("the centre does not take a tablet's certificate", "device", change.DeviceID(r.Device).String())
	for i := range req.Carried {
		if string(req.Carried[i].Device) == string(r.Device) {
			if err := tx.Sent(hashOf(req.Carried[i].Segment), 0); err != nil {
				return err
			}
		}
	}
	return nil
}

// rights gives devices the rights that the centre says they have. What was
// taken here stays taken.
func (f *Forwarder) rights(tx store.Tx, list []wire.Rights, now change.Millis) error {
	mark, err := wire.RightsMark(list)
	if err != nil {
		return err
	}
	for i := range list {
		r := &list[i]
		if len(r.Device) != len(change.DeviceID{}) {
			continue
		}
		d, _, err := tx.Device(change.DeviceID(r.Device))
		if err != nil {
			return err
		}
		d.ID, d.Wipe = change.DeviceID(r.Device), d.Wipe || r.Wipe
		if r.Lost && d.Revoked == 0 {
			d.Revoked = max(1, now)
		}
		if !r.Lost && (!slices.Equal(d.Scope, r.Scope) || d.Until != r.Until) {
			d.Past = append(d.Past, store.PastScope{Scope: d.Scope})
			d.Scope, d.Until = r.Scope, r.Until
		}
		if err := tx.PutDevice(&d); err != nil {
			return err
		}
	}
	return tx.SetMeta(metaRights, mark)
}
