package sqlite

import (
	"muqu/core/change"
	"muqu/core/store"
)

const (
	sqlPutHeld    = `INSERT OR IGNORE INTO held (device, incarnation, first, hash, last, offset_ms, received_ms, bytes, unsure) VALUES (?,?,?,?,?,?,?,?,?)`
	sqlHeld       = `SELECT first, hash, last, offset_ms, received_ms, bytes, unsure FROM held WHERE device=? AND incarnation=? ORDER BY first, hash`
	sqlHeldLogs   = `SELECT device, incarnation, min(first), max(last), count(*), sum(length(bytes)), min(received_ms) FROM held WHERE (device=?1 OR ?1=zeroblob(16)) GROUP BY device, incarnation ORDER BY device, incarnation`
	sqlRemoveHeld = `DELETE FROM held WHERE device=? AND incarnation=? AND first=? AND hash=?`
)

// PutHeld keeps a segment that came before what precedes it.
func (t *tx) PutHeld(h *store.Held) error {
	return t.run(sqlPutHeld, h.Log.Device[:], int64(h.Log.Incarnation), int64(h.First), blob(h.Hash), int64(h.Last), int64(h.Offset), int64(h.Received), blob(h.Bytes), h.Unsure)
}

// Held reads the segments of one log that wait.
func (t *tx) Held(log change.Log) ([]store.Held, error) {
	var out []store.Held
	err := t.each(sqlHeld, []any{log.Device[:], int64(log.Incarnation)}, func(scan func(...any) error) error {
		h := store.Held{Log: log}
		var first, last, offset, received int64
		if err := scan(&first, &h.Hash, &last, &offset, &received, &h.Bytes, &h.Unsure); err != nil {
			return err
		}
		h.First, h.Last, h.Offset, h.Received = uint64(first), uint64(last), change.Millis(offset), change.Millis(received)
		out = append(out, h)
		return nil
	})
	return out, err
}

// HeldLogs lists the logs of which segments wait.
func (t *tx) HeldLogs(device change.DeviceID) ([]store.HeldLog, error) {
	var out []store.HeldLog
	err := t.each(sqlHeldLogs, []any{device[:]}, func(scan func(...any) error) error {
		var h store.HeldLog
		var id []byte
		var inc, first, last, since int64
		if err := scan(&id, &inc, &first, &last, &h.Segments, &h.Bytes, &since); err != nil {
			return err
		}
		h.Log = change.Log{Device: change.DeviceID(id), Incarnation: change.Incarnation(inc)}
		h.First, h.Last, h.Since = uint64(first), uint64(last), change.Millis(since)
		out = append(out, h)
		return nil
	})
	return out, err
}

// RemoveHeld drops a segment that was sequenced.
func (t *tx) RemoveHeld(h *store.Held) error {
	return t.run(sqlRemoveHeld, h.Log.Device[:], int64(h.Log.Incarnation), int64(h.First), blob(h.Hash))
}
