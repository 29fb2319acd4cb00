package sqlite

import (
	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
)

const (
	aheadColumns  = `id, device, incarnation, seq, hash, kind, uuid, effective_ms, bytes`
	sqlPutAhead   = `INSERT OR IGNORE INTO ahead (device, incarnation, seq, hash, kind, uuid, effective_ms, bytes) VALUES (?,?,?,?,?,?,?,?)`
	sqlAheadOf    = `SELECT ` + aheadColumns + ` FROM ahead WHERE kind=? AND uuid=? ORDER BY id`
	sqlAheadAfter = `SELECT ` + aheadColumns + ` FROM ahead WHERE id>? ORDER BY id LIMIT ?`
	sqlAheadLogs  = `SELECT device, incarnation, min(seq), max(seq) FROM ahead GROUP BY device, incarnation ORDER BY device, incarnation`
	sqlAheadPast  = `SELECT DISTINCT kind, uuid FROM ahead WHERE device=? AND incarnation=? AND seq<=?`
	sqlDropAhead  = `DELETE FROM ahead WHERE device=? AND incarnation=? AND seq<=?`
	sqlPutMark    = `INSERT INTO mark (device, incarnation, seq) VALUES (?,?,?) ON CONFLICT (device, incarnation) DO UPDATE SET seq=excluded.seq`
	sqlMark       = `SELECT seq FROM mark WHERE device=? AND incarnation=?`
)

// PutAhead keeps an entry that the centre hasn't.
func (t *tx) PutAhead(a *store.Tentative) (bool, error) {
	res, err := t.exec(sqlPutAhead, a.Key.Device[:], int64(a.Key.Incarnation), int64(a.Key.Seq), a.Hash[:], a.Kind, a.Record[:], int64(a.Effective), blob(a.Bytes))
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// AheadOf reads those of one record.
func (t *tx) AheadOf(ref core.Ref) ([]store.Tentative, error) {
	return t.ahead(sqlAheadOf, ref.Kind, ref.ID[:])
}

// AheadAfter reads them in the hub's order.
func (t *tx) AheadAfter(id uint64, limit int) ([]store.Tentative, error) {
	return t.ahead(sqlAheadAfter, int64(id), limit)
}

func (t *tx) ahead(text string, args ...any) ([]store.Tentative, error) {
	var out []store.Tentative
	err := t.each(text, args, func(scan func(...any) error) error {
		var a store.Tentative
		var id, inc, seq, effective int64
		var device, hash, record []byte
		if err := scan(&id, &device, &inc, &seq, &hash, &a.Kind, &record, &effective, &a.Bytes); err != nil {
			return err
		}
		a.ID, a.Key = uint64(id), keyOf(device, inc, seq)
		a.Hash, a.Record, a.Effective = change.Hash(hash), change.RecordID(record), change.Millis(effective)
		out = append(out, a)
		return nil
	})
	return out, err
}

func keyOf(device []byte, inc, seq int64) change.Key {
	return change.Key{Log: change.Log{Device: change.DeviceID(device), Incarnation: change.Incarnation(inc)}, Seq: uint64(seq)}
}

// AheadLogs names the first and the last entry of each log.
func (t *tx) AheadLogs() ([]store.AheadLog, error) {
	var out []store.AheadLog
	err := t.each(sqlAheadLogs, nil, func(scan func(...any) error) error {
		var device []byte
		var inc, first, last int64
		if err := scan(&device, &inc, &first, &last); err != nil {
			return err
		}
		out = append(out, store.AheadLog{Log: keyOf(device, inc, 0).Log, First: uint64(first), Last: uint64(last)})
		return nil
	})
	return out, err
}

// DropAhead forgets entries that the centre has.
func (t *tx) DropAhead(k change.Key) ([]core.Ref, error) {
	args := []any{k.Device[:], int64(k.Incarnation), int64(k.Seq)}
	out, err := t.refs(sqlAheadPast, args...)
	if err != nil || len(out) == 0 {
		return nil, err
	}
	return out, t.run(sqlDropAhead, args...)
}

// PutMark notes how far the centre has sequenced a log.
func (t *tx) PutMark(k change.Key) error {
	return t.run(sqlPutMark, k.Device[:], int64(k.Incarnation), int64(k.Seq))
}

// Mark reads how far the centre has sequenced a log.
func (t *tx) Mark(log change.Log) (uint64, error) {
	var seq int64
	_, err := t.one(sqlMark, []any{log.Device[:], int64(log.Incarnation)}, &seq)
	return uint64(seq), err
}

// refs reads kinds and ids of records.
func (t *tx) refs(text string, args ...any) ([]core.Ref, error) {
	var out []core.Ref
	err := t.each(text, args, func(scan func(...any) error) error {
		var kind string
		var id []byte
		if err := scan(&kind, &id); err != nil {
			return err
		}
		out = append(out, core.Ref{Kind: kind, ID: change.RecordID(id)})
		return nil
	})
	return out, err
}
