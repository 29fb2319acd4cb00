package sqlite

import (
	"encoding/json"
	"fmt"

	"muqu/core/change"
	"muqu/core/store"
)

const (
	sqlPutDevice = `INSERT INTO device (id, bytes) VALUES (?,?) ON CONFLICT (id) DO UPDATE SET bytes=excluded.bytes`
	sqlDevice    = `SELECT bytes FROM device WHERE id=?`
	sqlDevices   = `SELECT bytes FROM device ORDER BY id`
	sqlPutUser   = `INSERT INTO user (name, bytes) VALUES (?,?) ON CONFLICT (name) DO UPDATE SET bytes=excluded.bytes`
	sqlUser      = `SELECT bytes FROM user WHERE name=?`
	sqlUsers     = `SELECT bytes FROM user ORDER BY name`
	sqlPutCode   = `INSERT INTO code (hash, bytes) VALUES (?,?) ON CONFLICT (hash) DO UPDATE SET bytes=excluded.bytes`
	sqlCode      = `SELECT bytes FROM code WHERE hash=?`

	sqlPutSession     = `INSERT INTO session (hash, who, expires_ms, used_ms) VALUES (?,?,?,?) ON CONFLICT (hash) DO UPDATE SET expires_ms=excluded.expires_ms, used_ms=excluded.used_ms`
	sqlSession        = `SELECT who, expires_ms, used_ms FROM session WHERE hash=?`
	sqlRemoveSessions = `DELETE FROM session WHERE who=?`

	sqlPutLook = `INSERT INTO look (at_ms, who, what, about) VALUES (?,?,?,?)`
	sqlLooks   = `SELECT at_ms, who, what, about FROM look ORDER BY id DESC LIMIT ?`

	sqlMeta    = `SELECT value FROM meta WHERE name=?`
	sqlSetMeta = `INSERT INTO meta (name, value) VALUES (?,?) ON CONFLICT (name) DO UPDATE SET value=excluded.value`
)

func (t *tx) putJSON(text string, key, value any) error {
	b, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	return t.run(text, key, string(b))
}

func readJSON[T any](t *tx, text string, args ...any) ([]T, error) {
	var out []T
	err := t.each(text, args, func(scan func(...any) error) error {
		var b string
		if err := scan(&b); err != nil {
			return err
		}
		var v T
		if err := json.Unmarshal([]byte(b), &v); err != nil {
			return fmt.Errorf("store: %w", err)
		}
		out = append(out, v)
		return nil
	})
	return out, err
}

func first[T any](list []T, err error) (T, bool, error) {
	if err != nil || len(list) == 0 {
		var zero T
		return zero, false, err
	}
	return list[0], true, nil
}

func (t *tx) PutDevice(d *store.Device) error { return t.putJSON(sqlPutDevice, d.ID[:], d) }

func (t *tx) Device(id change.DeviceID) (store.Device, bool, error) {
	return first(readJSON[store.Device](t, sqlDevice, id[:]))
}

func (t *tx) Devices() ([]store.Device, error) { return readJSON[store.Device](t, sqlDevices) }

func (t *tx) PutUser(u *store.User) error { return t.putJSON(sqlPutUser, u.Name, u) }

func (t *tx) User(name string) (store.User, bool, error) {
	return first(readJSON[store.User](t, sqlUser, name))
}

func (t *tx) Users() ([]store.User, error) { return readJSON[store.User](t, sqlUsers) }

func (t *tx) PutCode(c *store.Code) error { return t.putJSON(sqlPutCode, c.Hash, c) }

func (t *tx) Code(hash []byte) (store.Code, bool, error) {
	return first(readJSON[store.Code](t, sqlCode, hash))
}

func (t *tx) PutSession(s *store.Session) error {
	return t.run(sqlPutSession, s.Hash, s.Who, int64(s.Expires), int64(s.Used))
}

func (t *tx) Session(hash []byte) (store.Session, bool, error) {
	s := store.Session{Hash: hash}
	var expires, used int64
	found, err := t.one(sqlSession, []any{hash}, &s.Who, &expires, &used)
	s.Expires, s.Used = change.Millis(expires), change.Millis(used)
	return s, found, err
}

func (t *tx) RemoveSessions(who string) error { return t.run(sqlRemoveSessions, who) }

func (t *tx) PutLook(l *store.Look) error {
	return t.run(sqlPutLook, int64(l.At), l.Who, l.What, l.On)
}

func (t *tx) Looks(limit int) ([]store.Look, error) {
	var out []store.Look
	err := t.each(sqlLooks, []any{limit}, func(scan func(...any) error) error {
		var l store.Look
		var at int64
		if err := scan(&at, &l.Who, &l.What, &l.On); err != nil {
			return err
		}
		l.At = change.Millis(at)
		out = append(out, l)
		return nil
	})
	return out, err
}

func (t *tx) Meta(name string) ([]byte, error) {
	var b []byte
	_, err := t.one(sqlMeta, []any{name}, &b)
	return b, err
}

func (t *tx) SetMeta(name string, value []byte) error { return t.run(sqlSetMeta, name, blob(value)) }
