package sqlite

import (
	"fmt"

	"muqu/core/change"
	"muqu/core/store"
)

const (
	sqlPutCarried   = `INSERT OR IGNORE INTO carried (device, came, hash, received_ms, sent, position, stamps, bytes) VALUES (?,?,?,?,0,0,?,?)`
	sqlUnsent       = `SELECT id, device, came, hash, received_ms, stamps, bytes FROM carried WHERE sent=0 AND id>? ORDER BY id LIMIT ?`
	sqlCountUnsent  = `SELECT count(*) FROM carried WHERE sent=0`
	sqlCarriedBy    = `SELECT came FROM carried WHERE hash=?`
	sqlSent         = `UPDATE carried SET sent=1, position=? WHERE hash=?`
	sqlUnsend       = `UPDATE carried SET sent=0, position=0 WHERE sent=1 AND (position>? OR position=0)`
	sqlPruneCarried = `DELETE FROM carried WHERE sent=1 AND received_ms<?`

	sqlPutMail  = `INSERT INTO mail (whose, at_ms, bytes) VALUES (?,?,?)`
	sqlMailFor  = `SELECT id, at_ms, bytes FROM mail WHERE whose=? AND id>? ORDER BY id LIMIT ?`
	sqlDropMail = `DELETE FROM mail WHERE (whose=? AND id<=?) OR at_ms<?`
)

// PutCarried keeps a segment on its way to the centre.
func (t *tx) PutCarried(c *store.Carried) (bool, error) {
	stamps, err := change.Marshal(c.Stamps)
	if err != nil {
		return false, fmt.Errorf("store stamps: %w", err)
	}
	res, err := t.exec(sqlPutCarried, c.Device[:], c.Came[:], blob(c.Hash), int64(c.Received), stamps, blob(c.Bytes))
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// Unsent reads segments that the centre hasn't.
func (t *tx) Unsent(after uint64, limit int) ([]store.Carried, error) {
	var out []store.Carried
	err := t.each(sqlUnsent, []any{int64(after), limit}, func(scan func(...any) error) error {
		var c store.Carried
		var id, received int64
		var device, came, stamps []byte
		if err := scan(&id, &device, &came, &c.Hash, &received, &stamps, &c.Bytes); err != nil {
			return err
		}
		c.ID, c.Device, c.Came, c.Received = uint64(id), change.DeviceID(device), change.DeviceID(came), change.Millis(received)
		if err := change.Unmarshal(stamps, &c.Stamps); err != nil {
			return fmt.Errorf("read stamps: %w", err)
		}
		out = append(out, c)
		return nil
	})
	return out, err
}

// CountUnsent counts the segments that the centre hasn't.
func (t *tx) CountUnsent() (int, error) {
	var n int
	_, err := t.one(sqlCountUnsent, nil, &n)
	return n, err
}

// CarriedBy finds who brought a segment.
func (t *tx) CarriedBy(hash []byte) (change.DeviceID, bool, error) {
	var came []byte
	found, err := t.one(sqlCarriedBy, []any{blob(hash)}, &came)
	if err != nil || !found {
		return change.DeviceID{}, false, err
	}
	return change.DeviceID(came), true, nil
}

// Sent notes that the centre has a segment.
func (t *tx) Sent(hash []byte, position change.Position) error {
	return t.run(sqlSent, int64(position), blob(hash))
}

// Unsend counts as unsent what a restored server may lack.
func (t *tx) Unsend(above change.Position) error { return t.run(sqlUnsend, int64(above)) }

// PruneCarried forgets what was sent long ago.
func (t *tx) PruneCarried(before change.Millis) error { return t.run(sqlPruneCarried, int64(before)) }

// PutMail keeps an answer of the centre for somebody.
func (t *tx) PutMail(m *store.Mail) error {
	return t.run(sqlPutMail, m.Whose[:], int64(m.At), blob(m.Bytes))
}

// MailFor reads the answers for somebody.
func (t *tx) MailFor(whose change.DeviceID, after uint64, limit int) ([]store.Mail, error) {
	var out []store.Mail
	err := t.each(sqlMailFor, []any{whose[:], int64(after), limit}, func(scan func(...any) error) error {
		m := store.Mail{Whose: whose}
		var id, at int64
		if err := scan(&id, &at, &m.Bytes); err != nil {
			return err
		}
		m.ID, m.At = uint64(id), change.Millis(at)
		out = append(out, m)
		return nil
	})
	return out, err
}

// DropMail forgets what was handed over or is very old.
func (t *tx) DropMail(whose change.DeviceID, through uint64, before change.Millis) error {
	return t.run(sqlDropMail, whose[:], int64(through), int64(before))
}
