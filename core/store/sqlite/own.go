package sqlite

import (
	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
)

const (
	ownColumns    = `incarnation, seq, hash, kind, uuid, at_ms, more, position, verdict, reason, bytes`
	sqlAppendOwn  = `INSERT INTO own (` + ownColumns + `) VALUES (?,?,?,?,?,?,?,?,?,?,?)`
	sqlOwnAfter   = `SELECT ` + ownColumns + ` FROM own WHERE incarnation=? AND seq>? ORDER BY seq LIMIT ?`
	sqlOwnPending = `SELECT ` + ownColumns + ` FROM own WHERE kind=? AND uuid=? AND position=0 ORDER BY id`
	sqlOwnJudged  = `SELECT ` + ownColumns + ` FROM own WHERE verdict=?1 AND verdict>1 ORDER BY id`
	sqlSettleOwn  = `UPDATE own SET position=?, verdict=?, reason=? WHERE incarnation=? AND seq=?`
	sqlUnsettled  = `SELECT DISTINCT kind, uuid FROM own WHERE incarnation=? AND seq BETWEEN ? AND ? AND position=0`
	sqlSettleRun  = `UPDATE own SET position=CASE WHEN ?1>?5 THEN ?1+seq-?3 ELSE ?5 END, verdict=1 WHERE incarnation=?2 AND seq BETWEEN ?3 AND ?4 AND position=0`
	sqlUnsettle   = `UPDATE own SET position=0, verdict=0, reason='' WHERE position>? OR position=?`
	sqlPruneOwn   = `DELETE FROM own WHERE incarnation=? AND seq<=? AND position>0 AND verdict<=1`
	sqlOwnHead    = `SELECT coalesce(max(seq),0) FROM own WHERE incarnation=?`

	sqlPutDraft    = `INSERT INTO draft (id, kind, about, at_ms, bytes) VALUES (?,?,?,?,?) ON CONFLICT (id) DO UPDATE SET at_ms=excluded.at_ms, bytes=excluded.bytes`
	sqlDrafts      = `SELECT id, kind, about, at_ms, bytes FROM draft WHERE (kind=?1 OR ?1='') AND (about=?2 OR ?2='') ORDER BY at_ms DESC`
	sqlRemoveDraft = `DELETE FROM draft WHERE id=?`
)

// AppendOwn adds an entry to this device's log.
func (t *tx) AppendOwn(o *store.Own) error {
	return t.run(sqlAppendOwn, int64(o.Incarnation), int64(o.Seq), o.Hash[:], o.Kind, o.Record[:], int64(o.At), o.More, int64(o.Position), int(o.Verdict), o.Reason, o.Bytes)
}

// OwnAfter reads entries of one own log in order.
func (t *tx) OwnAfter(log change.Log, seq uint64, limit int) ([]store.Own, error) {
	return t.own(log.Device, sqlOwnAfter, int64(log.Incarnation), int64(seq), limit)
}

// OwnPending reads the entries of a record that were not sequenced yet, in the
// order in which they were written. The device of their keys is left zero.
func (t *tx) OwnPending(ref core.Ref) ([]store.Own, error) {
	return t.own(change.DeviceID{}, sqlOwnPending, ref.Kind, ref.ID[:])
}

// OwnJudged reads own entries by their verdict.
func (t *tx) OwnJudged(v change.Verdict) ([]store.Own, error) {
	return t.own(change.DeviceID{}, sqlOwnJudged, int(v))
}

func (t *tx) own(device change.DeviceID, text string, args ...any) ([]store.Own, error) {
	var out []store.Own
	err := t.each(text, args, func(scan func(...any) error) error {
		o := store.Own{}
		var inc, seq, at, position, verdict int64
		var hash, id []byte
		if err := scan(&inc, &seq, &hash, &o.Kind, &id, &at, &o.More, &position, &verdict, &o.Reason, &o.Bytes); err != nil {
			return err
		}
		o.Key = change.Key{Log: change.Log{Device: device, Incarnation: change.Incarnation(inc)}, Seq: uint64(seq)}
		o.Hash, o.Record = change.Hash(hash), change.RecordID(id)
		o.At, o.Position, o.Verdict = change.Millis(at), change.Position(position), change.Verdict(verdict)
		out = append(out, o)
		return nil
	})
	return out, err
}

// SettleOwn notes what became of one own entry.
func (t *tx) SettleOwn(log change.Log, seq uint64, position change.Position, v change.Verdict, reason string) error {
	return t.run(sqlSettleOwn, int64(position), int(v), reason, int64(log.Incarnation), int64(seq))
}

// SettleOwnRun notes that a run of entries was applied.
func (t *tx) SettleOwnRun(log change.Log, first, last uint64, position change.Position) ([]core.Ref, error) {
	out, err := t.refs(sqlUnsettled, int64(log.Incarnation), int64(first), int64(last))
	if err != nil || len(out) == 0 {
		return nil, err
	}
	return out, t.run(sqlSettleRun, int64(position), int64(log.Incarnation), int64(first), int64(last), int64(store.Somewhere))
}

// OwnRefs gives the records that a run of unsettled entries concerns.
func (t *tx) OwnRefs(log change.Log, first, last uint64) ([]core.Ref, error) {
	return t.refs(sqlUnsettled, int64(log.Incarnation), int64(first), int64(last))
}

// Unsettle makes entries above a position unsent again.
func (t *tx) Unsettle(above change.Position) error {
	return t.run(sqlUnsettle, int64(above), int64(store.Somewhere))
}

// PruneOwn lets go of entries that were applied long ago.
func (t *tx) PruneOwn(log change.Log, through uint64) error {
	return t.run(sqlPruneOwn, int64(log.Incarnation), int64(through))
}

// OwnHead gives the number of the last entry of an own log.
func (t *tx) OwnHead(log change.Log) (uint64, error) {
	var n int64
	_, err := t.one(sqlOwnHead, []any{int64(log.Incarnation)}, &n)
	return uint64(n), err
}

const (
	sqlPutPage    = `INSERT INTO page (epoch, through, at_ms, bytes) VALUES (?,?,?,?)`
	sqlPagesAbove = `SELECT epoch, through, at_ms, bytes FROM page WHERE through>? ORDER BY id`
	sqlPageEnds   = `SELECT through FROM page WHERE epoch=? AND through>? ORDER BY through`
	sqlPrunePages = `DELETE FROM page WHERE at_ms<?`
	sqlWalk       = `INSERT OR IGNORE INTO walked (kind, uuid) VALUES `
	sqlUnwalked   = `SELECT r.kind, r.uuid FROM record r LEFT JOIN walked w ON w.kind=r.kind AND w.uuid=r.uuid WHERE w.kind IS NULL AND r.state<>x''`
	sqlEndWalk    = `DELETE FROM walked`
)

// PutPage keeps a page as received.
func (t *tx) PutPage(p *store.Page) error {
	return t.run(sqlPutPage, int64(p.Epoch), int64(p.Through), int64(p.At), p.Bytes)
}

// PagesAbove reads the pages that reach above a position.
func (t *tx) PagesAbove(p change.Position) ([]store.Page, error) {
	var out []store.Page
	err := t.each(sqlPagesAbove, []any{int64(p)}, func(scan func(...any) error) error {
		var g store.Page
		var epoch, through, at int64
		if err := scan(&epoch, &through, &at, &g.Bytes); err != nil {
			return err
		}
		g.Epoch, g.Through, g.At = change.Epoch(epoch), change.Position(through), change.Millis(at)
		out = append(out, g)
		return nil
	})
	return out, err
}

// PageEnds gives where the pages of an epoch end above a position, in order.
func (t *tx) PageEnds(e change.Epoch, above change.Position) ([]change.Position, error) {
	var out []change.Position
	err := t.each(sqlPageEnds, []any{int64(e), int64(above)}, func(scan func(...any) error) error {
		var through int64
		if err := scan(&through); err != nil {
			return err
		}
		out = append(out, change.Position(through))
		return nil
	})
	return out, err
}

// PrunePages drops pages received before a moment.
func (t *tx) PrunePages(before change.Millis) error { return t.run(sqlPrunePages, int64(before)) }

// BeginWalk forgets what a snapshot that was given up brought.
func (t *tx) BeginWalk() error { return t.run(sqlEndWalk) }

// Walk notes that a snapshot in progress brought the records.
func (t *tx) Walk(refs []core.Ref) error {
	values := make([]any, 0, 2*len(refs))
	for i := range refs {
		values = append(values, refs[i].Kind, refs[i].ID[:])
	}
	return t.many(sqlWalk, 2, values)
}

// EndWalk ends a snapshot and gives the committed records that it did not
// bring: the server no longer has them, or not for this tablet.
func (t *tx) EndWalk() ([]core.Ref, error) {
	var left []core.Ref
	err := t.each(sqlUnwalked, nil, func(scan func(...any) error) error {
		var kind string
		var id []byte
		if err := scan(&kind, &id); err != nil {
			return err
		}
		left = append(left, core.Ref{Kind: kind, ID: change.RecordID(id)})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return left, t.run(sqlEndWalk)
}

// PutDraft keeps what somebody has typed so far.
func (t *tx) PutDraft(d *store.Draft) error {
	return t.run(sqlPutDraft, d.ID, d.Kind, d.About, int64(d.At), blob(d.Bytes))
}

// Drafts lists drafts, latest first.
func (t *tx) Drafts(kind, about string) ([]store.Draft, error) {
	var out []store.Draft
	err := t.each(sqlDrafts, []any{kind, about}, func(scan func(...any) error) error {
		var d store.Draft
		var at int64
		if err := scan(&d.ID, &d.Kind, &d.About, &at, &d.Bytes); err != nil {
			return err
		}
		d.At = change.Millis(at)
		out = append(out, d)
		return nil
	})
	return out, err
}

// RemoveDraft drops a draft.
func (t *tx) RemoveDraft(id string) error { return t.run(sqlRemoveDraft, id) }
