package ingest

import (
	"bytes"
	"context"
	"slices"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/merge"
	"muqu/sync/wire"
)

// HubSide is what makes a server a hub: the half of it that faces the centre.
// A hub gives no positions. It keeps what its tablets bring, shows it to the
// others on top of what it knows of the centre, and carries it there.
type HubSide struct {
	Upheld func(store.Tx) (wire.Upheld, error)
	// Show brings entries into the records and does more in one transaction.
	Show func(ctx context.Context, list []store.Tentative, also func(store.Tx) error) error
}

// hubExchange is one turn of a tablet with a hub.
type hubExchange struct {
	*exchange
	u wire.Upheld
	*lender
}

func (x *exchange) hub(ctx context.Context) (*wire.SyncAnswer, error) {
	h := &hubExchange{exchange: x}
	for _, step := range []func(context.Context) error{h.collect, h.note, h.tell} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return x.ans, nil
}

// collect keeps the segments that the tablet brings: its own, or those that a
// hub below carries.
func (h *hubExchange) collect(ctx context.Context) error {
	c := &collection{x: h.exchange}
	if err := h.s.store.Update(ctx, c.admissions); err != nil {
		return err
	}
	for _, b := range h.req.Segments {
		in, err := h.open(b)
		if err != nil {
			return err
		}
		c.add(in, nil, h.req.Sent)
	}
	if err := h.s.store.View(ctx, c.carried); err != nil {
		return err
	}
	if len(c.parts) == 0 && h.req.Mail == 0 {
		return nil
	}
	var shown []store.Tentative
	if err := h.s.store.View(ctx, func(tx store.Tx) (err error) {
		shown, err = c.shown(tx)
		return err
	}); err != nil {
		return err
	}
	return h.s.cfg.Hub.Show(ctx, shown, func(tx store.Tx) error {
		for _, p := range c.parts {
			if err := h.keep(tx, p); err != nil {
				return err
			}
		}
		return h.handedOver(tx)
	})
}

// keep notes a segment for the centre, with a stamp of when it came.
func (h *hubExchange) keep(tx store.Tx, p *part) error {
	hash, me := hashOf(p.in.bytes), h.s.me.Load().Device
	st := wire.Stamp{Hub: me[:], Segment: hash, Sent: p.sent, Received: h.now}
	b, err := st.Sign(h.s.key)
	if err != nil {
		return err
	}
	_, err = tx.PutCarried(&store.Carried{
		Device: p.in.Log.Device, Came: h.device.ID, Hash: hash, Received: h.now, Stamps: append(slices.Clone(p.stamps), b), Bytes: p.in.bytes,
	})
	return err
}

// handedOver drops the answers of the centre that the tablet says to have.
func (h *hubExchange) handedOver(tx store.Tx) error {
	if h.req.Mail == 0 {
		return nil
	}
	old, err := tx.MailFor(h.device.ID, 0, 1)
	if err != nil || len(old) == 0 || old[0].ID > h.req.Mail {
		return err
	}
	return tx.DropMail(h.device.ID, h.req.Mail, 0)
}

// tell gives the tablet what the centre said, what the hub knows of the order,
// and after that what the centre hasn't.
func (h *hubExchange) tell(ctx context.Context) error {
	return h.s.store.View(ctx, func(tx store.Tx) (err error) {
		if h.u, err = h.s.upheld(tx); err != nil {
			return err
		}
		if err := h.mail(tx); err != nil {
			return err
		}
		if h.device.Role == core.HubRole {
			if err := h.rights(tx); err != nil {
				return err
			}
		}
		same := h.epoch()
		if h.req.PushOnly {
			return nil
		}
		if same {
			if err := h.committed(tx); err != nil {
				return err
			}
		}
		if h.ans.More || len(h.scope) == 0 {
			return nil
		}
		return h.ahead(tx)
	})
}

// epoch reports whether tablet and hub speak of one order. A tablet that knows
// a later restore than the hub is told nothing of it, so that it keeps what it
// has; one that knows less hears of the restore here.
func (h *hubExchange) epoch() bool {
	req, u := h.req, &h.u
	switch {
	case u.Epoch == 0 || req.Epoch > u.Epoch || req.Epoch == u.Epoch && req.Tag != u.Tag:
		h.ans.Epoch, h.ans.Tag, h.ans.Elsewhere = req.Epoch, req.Tag, true
		return false
	case req.Epoch != 0 && req.Epoch < u.Epoch:
		h.ans.Epoch, h.ans.Tag, h.ans.Epochs, h.ans.More = u.Epoch, u.Tag, u.Epochs, true
		return false
	}
	h.ans.Epoch, h.ans.Tag, h.ans.Epochs = u.Epoch, u.Tag, u.Epochs
	return true
}

// mail hands over what the centre said of segments that the tablet gave to
// this hub.
func (h *hubExchange) mail(tx store.Tx) error {
	list, err := tx.MailFor(h.device.ID, h.req.Mail, 50)
	if err != nil {
		return err
	}
	for i := range list {
		var r wire.Returned
		if err := change.Unmarshal(list[i].Bytes, &r); err != nil {
			return err
		}
		h.ans.Returned = append(h.ans.Returned, r)
		h.ans.Mail = list[i].ID
	}
	return nil
}

// rights tells a hub of changed rights, where it knows another list.
func (x *exchange) rights(tx store.Tx) error {
	all, err := tx.Devices()
	if err != nil {
		return err
	}
	var list []wire.Rights
	for i := range all {
		if d := &all[i]; d.Revoked != 0 || len(d.Past) > 0 {
			list = append(list, wire.Rights{Device: d.ID[:], Lost: d.Revoked != 0, Wipe: d.Wipe, Scope: d.Scope, Until: d.Until})
		}
	}
	mark, err := wire.RightsMark(list)
	if !bytes.Equal(mark, x.req.Rights) {
		x.ans.Rights = list
	}
	return err
}

// committed tells what the hub knows of the centre's order.
func (h *hubExchange) committed(tx store.Tx) error {
	mark := scopeMark(h.scope)
	if len(h.scope) == 0 {
		return h.nothing(&wire.Page{Version: 1, Epoch: h.u.Epoch}, h.u.Cursor, mark)
	}
	fresh := len(h.req.Scope) == 0
	if !h.u.Complete || !core.Scope(h.u.Scope).Covers(h.scope) || !fresh && !slices.Equal(h.req.Scope, mark) {
		// The centre itself has to say what lies outside of here, and what a
		// changed scope brings.
		h.ans.Elsewhere = true
		return nil
	}
	// A tablet that stands before the hub's own snapshot may hold what left the
	// scope meanwhile, of which the hub never heard.
	fresh = fresh || h.req.Walk == 0 && h.req.Cursor < h.u.Floor
	p := &wire.Page{Version: 1, Epoch: h.u.Epoch}
	var err error
	if h.lender, err = newLender(tx, h.scope, p); err != nil {
		return err
	}
	switch {
	case fresh:
		h.ans.Reset, h.ans.Cursor, h.ans.Scope = true, h.u.Cursor, mark
		h.ans.Grant = &wire.Grant{Name: h.device.Name, Role: string(h.device.Role), Scope: h.scope}
		kinds, err := tx.CountKinds()
		if err != nil {
			return err
		}
		for _, n := range kinds {
			h.ans.Total += n
		}
		return h.snapshot(tx, p, 0)
	case h.req.Walk != 0:
		return h.snapshot(tx, p, h.req.Walk)
	case h.req.Cursor >= h.u.Cursor:
		return h.marked(tx, p)
	}
	return h.changed(tx, p)
}

// snapshot gives the next committed records of the scope.
func (h *hubExchange) snapshot(tx store.Tx, p *wire.Page, after int64) error {
	for h.size < h.room() && len(p.Items) < wire.PageItems {
		rows, last, err := tx.Snapshot(core.Scope{""}, after, h.chunk())
		if err != nil {
			return err
		}
		for i := range rows {
			in, err := h.inScope(&rows[i])
			if err != nil {
				return err
			}
			if in {
				h.put(rows[i].Ref, rows[i].State)
			}
		}
		if len(rows) == 0 || last == after {
			h.ans.Walk, h.ans.More = 0, true // what changed meanwhile follows
			return h.sign(p)
		}
		after = last
	}
	h.ans.Walk, h.ans.More = after, true
	return h.sign(p)
}

// inScope decides by the committed state where a record lies: what waits on
// top of it may have moved it.
func (h *hubExchange) inScope(row *store.Row) (bool, error) {
	if core.KindOf(row.Kind).Shared {
		return true, nil
	}
	regions := row.Index.Regions
	if row.Pending {
		st, err := merge.Decode(row.State)
		if err != nil {
			return false, err
		}
		regions = st.Areas()
	}
	if h.scope.ContainsAny(regions) {
		return true, nil
	}
	return h.borrowed(row.Ref)
}

// mostChanges is how many changed records are looked at for a page: a full one and
// the largest command behind it.
const mostChanges = wire.PageItems + wire.MaxEntries + 1

// changed gives, whole, the records that changed after the tablet's cursor, and
// takes away those that lie elsewhere now.
func (h *hubExchange) changed(tx store.Tx, p *wire.Page) error {
	rows, err := tx.ChangedAfter(h.req.Cursor, mostChanges)
	if err != nil {
		return err
	}
	ends, err := tx.PageEnds(h.u.Epoch, h.req.Cursor)
	if err != nil {
		return err
	}
	through := h.u.Cursor
	if len(rows) == mostChanges { // and more that may share the last one's position
		through = min(through, rows[mostChanges-1].Index.Position-1)
	}
	for i := range rows {
		if i > 0 && (h.size > h.room() || i >= wire.PageItems) {
			if end, ok := h.end(rows[i-1].Index.Position, rows[i].Index.Position, ends, i); ok {
				through = min(end, through)
				break
			}
		}
		in, err := h.inScope(&rows[i])
		if err != nil {
			return err
		}
		if !in {
			p.Items = append(p.Items, wire.Item{What: wire.ItemLeave, Kind: rows[i].Kind, Record: rows[i].ID[:]})
		} else if !h.entered[rows[i].Ref] {
			if err := h.enter(rows[i].Ref, rows[i].State); err != nil {
				return err
			}
		}
	}
	gone, err := tx.GoneAfter(h.req.Cursor, mostChanges)
	if err != nil {
		return err
	}
	if len(gone) == mostChanges { // likewise
		through = min(through, gone[mostChanges-1].Position-1)
	}
	for i := range gone {
		if gone[i].Position <= through {
			p.Items = append(p.Items, wire.Item{What: wire.ItemLeave, Kind: gone[i].Kind, Record: gone[i].ID[:]})
		}
	}
	p.Through = through
	h.ans.Cursor, h.ans.More = through, through < h.u.Cursor
	if through == h.u.Cursor {
		if p.Others, err = h.sequenced(tx); err != nil {
			return err
		}
	}
	return h.sign(p)
}

// end gives where a full page ends between two positions, if it may. One of the
// centre's pages must end there: within one lies a command, which is shown whole. A
// line that has not carried full pages lately is glad of any end, and so is a page
// that is as large as they get.
func (h *hubExchange) end(last, next change.Position, ends []change.Position, items int) (change.Position, bool) {
	if i, _ := slices.BinarySearch(ends, last); i < len(ends) && ends[i] < next {
		return ends[i], true
	}
	forced := len(ends) == 0 || h.room() < wire.PageBytes || h.size > wire.PageMost || items == mostChanges-1
	return last, forced && next > last
}

// marked says of which logs the centre has meanwhile what the tablet shows as
// tentative, where nothing else is new.
func (h *hubExchange) marked(tx store.Tx, p *wire.Page) error {
	if h.req.Cursor > h.u.Cursor {
		return nil
	}
	var err error
	if p.Others, err = h.sequenced(tx); err != nil || len(p.Others) == 0 {
		return err
	}
	p.Through, h.ans.Cursor = h.u.Cursor, h.u.Cursor
	return h.sign(p)
}

func (h *hubExchange) sequenced(tx store.Tx) ([]wire.LogMark, error) {
	return marksOf(h.req.Others, func(log change.Log) (uint64, error) { return tx.Mark(log) })
}

// marksOf gives how far logs were sequenced, of those of which something is
// asked that was.
func marksOf(asked []wire.LogMark, reach func(change.Log) (uint64, error)) ([]wire.LogMark, error) {
	var out []wire.LogMark
	for i := range asked {
		seq, err := reach(asked[i].Log())
		if err != nil {
			return nil, err
		}
		if seq >= asked[i].Seq {
			out = append(out, wire.LogMark{Device: asked[i].Device, Incarnation: asked[i].Incarnation, Seq: seq})
		}
	}
	return out, nil
}

// ahead tells what this hub has and the centre hasn't, as of what the tablet
// knows of the order now.
func (h *hubExchange) ahead(tx store.Tx) error {
	const most = wire.PageItems + wire.MaxEntries
	list, err := tx.AheadAfter(h.req.Ahead, most+1)
	if err != nil || len(list) == 0 {
		return err
	}
	p, size := &wire.Page{Version: 1, Epoch: h.ans.Epoch}, 0
	for i := range list {
		a := &list[i]
		full := size > h.room() || i >= wire.PageItems
		if full && (i == most || size > wire.PageMost || !follows(list[i-1], a)) {
			h.ans.More = true
			break
		}
		h.ans.Ahead = a.ID
		if a.Key.Device == h.device.ID {
			continue
		}
		row, _, err := tx.Record(core.Ref{Kind: a.Kind, ID: a.Record})
		if err != nil {
			return err
		}
		if !core.KindOf(a.Kind).Shared && !h.scope.ContainsAny(row.Index.Regions) {
			continue
		}
		p.Items = append(p.Items, wire.Item{
			What: wire.ItemAhead, Device: a.Key.Device[:], Log: a.Key.Incarnation, Seq: a.Key.Seq, Bytes: a.Bytes, Effective: a.Effective,
		})
		size += len(a.Bytes) + itemBytes
	}
	h.ans.Tentative, err = p.Sign(h.s.key)
	return err
}

// follows is [goesOn] for entries without a position.
func follows(a store.Tentative, b *store.Tentative) bool {
	if a.Key.Log != b.Key.Log || b.Key.Seq != a.Key.Seq+1 {
		return false
	}
	e, err := change.DecodeEntry(a.Key, a.Bytes)
	return err == nil && e.More
}
