package sqlite

import (
	"errors"
	"slices"
	"strings"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
)

const (
	loggedColumns   = `position, device, incarnation, seq, hash, kind, uuid, region, before, received_ms, effective_ms, verdict, reason, folds, branch, branch_at, old_epoch, old_position, bytes, unsure, lends`
	sqlAppendLogged = `INSERT INTO entry (` + loggedColumns + `) VALUES `
	sqlAppendFeed   = `INSERT OR IGNORE INTO feed (area, position) VALUES `
	sqlLogged       = `SELECT ` + loggedColumns + ` FROM entry WHERE position>? ORDER BY position LIMIT ?`
	sqlLoggedArea   = `SELECT ` + loggedColumns + ` FROM feed JOIN entry USING (position) WHERE area=? AND position>? ORDER BY position LIMIT ?`
	sqlLoggedAt     = `SELECT ` + loggedColumns + ` FROM entry WHERE position=?`
	sqlLoggedBy     = `SELECT ` + loggedColumns + ` FROM entry WHERE device=? AND incarnation=? AND seq=? ORDER BY position`
	sqlLoggedRange  = `SELECT ` + loggedColumns + ` FROM entry WHERE device=? AND incarnation=? AND seq BETWEEN ? AND ? ORDER BY seq, position`
	sqlHistory      = `SELECT ` + loggedColumns + ` FROM entry WHERE kind=? AND uuid=? ORDER BY position`
	sqlQuarantine   = `SELECT ` + loggedColumns + ` FROM entry WHERE verdict=3 ORDER BY position LIMIT ? OFFSET ?`
	sqlAside        = `SELECT ` + loggedColumns + ` FROM entry WHERE device=? AND verdict>=3 ORDER BY position`
	sqlJudge        = `UPDATE entry SET verdict=?, folds=? WHERE position=?`

	sqlHead    = `SELECT epoch, position, received_ms, effective_ms FROM head`
	sqlSetHead = `INSERT INTO head (one, epoch, position, received_ms, effective_ms) VALUES (1,?,?,?,?) ON CONFLICT (one) DO UPDATE SET epoch=excluded.epoch, position=excluded.position, received_ms=excluded.received_ms, effective_ms=excluded.effective_ms`

	logColumns    = `device, incarnation, wire, branch_at, seq, hash, segment, effective_ms, position`
	sqlLogHead    = `SELECT ` + logColumns + ` FROM log WHERE device=? AND incarnation=?`
	sqlLogHeads   = `SELECT ` + logColumns + ` FROM log WHERE device=? ORDER BY incarnation`
	sqlSetLogHead = `INSERT INTO log (` + logColumns + `) VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT (device, incarnation) DO UPDATE SET seq=excluded.seq, hash=excluded.hash, segment=excluded.segment, effective_ms=excluded.effective_ms, position=excluded.position`
	sqlSegmentsTo = `SELECT hash FROM segment WHERE device=? AND incarnation=? AND first<=?3 AND first+count-1=?3`
	sqlPutSegment = `INSERT INTO segment (device, incarnation, first, count, header, signature, hash) VALUES (?,?,?,?,?,?,?)`
)

// AppendLogged adds an entry to the server's order. Entries are written many at
// a time: at the end, or before the order is read.
func (t *tx) AppendLogged(l *store.Logged) error {
	region, before := strings.Join(l.Regions, " "), strings.Join(l.Before, " ")
	if before == region {
		before = ""
	}
	for _, area := range areas(l) {
		t.feed = append(t.feed, area, int64(l.Position))
	}
	t.entries = append(t.entries, int64(l.Position), l.Device[:], int64(l.Incarnation), int64(l.Seq), l.Hash[:], l.Kind, l.Record[:],
		region, before, int64(l.Received), int64(l.Effective), int(l.Verdict), l.Reason, int64(l.Folds),
		int64(l.Branch), int64(l.BranchAt), int64(l.Old.Epoch), int64(l.Old.Position), blob(l.Bytes), l.Unsure, l.Lends)
	if len(t.entries) >= runs[0]*loggedWidth {
		return t.settleLogged()
	}
	return nil
}

// loggedWidth is how many values sqlAppendLogged takes.
const loggedWidth = 21

// settleLogged writes the entries that wait.
func (t *tx) settleLogged() error {
	if len(t.entries) == 0 {
		return nil
	}
	err := errors.Join(t.many(sqlAppendFeed, 2, t.feed), t.many(sqlAppendLogged, loggedWidth, t.entries))
	t.entries, t.feed = t.entries[:0], t.feed[:0]
	return err
}

// areas lists the counties that an entry concerns.
func areas(l *store.Logged) []string {
	if core.KindOf(l.Kind).Shared {
		return []string{core.Everywhere}
	}
	var out []string
	for _, codes := range [][]string{l.Regions, l.Before, l.Also} {
		for _, c := range codes {
			a := c[:min(6, len(c))]
			if strings.HasPrefix(c, core.Everywhere) {
				a = core.Everywhere
			}
			if !slices.Contains(out, a) {
				out = append(out, a)
			}
		}
	}
	return out
}

func (t *tx) logged(text string, args ...any) ([]store.Logged, error) {
	if err := t.settleLogged(); err != nil {
		return nil, err
	}
	var out []store.Logged
	err := t.each(text, args, func(scan func(...any) error) error {
		l, err := scanLogged(scan)
		out = append(out, l)
		return err
	})
	return out, err
}

// open decodes the entries of rows. What could not be decoded was sequenced all
// the same and is kept as it came.
func open(list []store.Logged, err error) ([]store.Logged, error) {
	for i := range list {
		if e, err := change.LoadEntry(list[i].Key, list[i].Bytes); err == nil {
			list[i].Entry = e
		}
	}
	return list, err
}

func scanLogged(scan func(...any) error) (store.Logged, error) {
	var l store.Logged
	var position, inc, seq, received, effective, verdict, folds, branch, branchAt, oldEpoch, oldPosition int64
	var device, hash, id []byte
	var kind, region, before string
	if err := scan(&position, &device, &inc, &seq, &hash, &kind, &id, &region, &before, &received, &effective, &verdict, &l.Reason, &folds, &branch, &branchAt, &oldEpoch, &oldPosition, &l.Bytes, &l.Unsure, &l.Lends); err != nil {
		return l, err
	}
	key := change.Key{Log: change.Log{Device: change.DeviceID(device), Incarnation: change.Incarnation(inc)}, Seq: uint64(seq)}
	l.Key, l.Kind, l.Record = key, kind, change.RecordID(id)
	l.Hash, l.Position, l.Received, l.Effective = change.Hash(hash), change.Position(position), change.Millis(received), change.Millis(effective)
	l.Verdict, l.Folds = change.Verdict(verdict), change.Position(folds)
	l.Branch, l.BranchAt = change.Incarnation(branch), uint64(branchAt)
	l.Old = change.Place{Epoch: change.Epoch(oldEpoch), Position: change.Position(oldPosition)}
	l.Regions, l.Before = strings.Fields(region), strings.Fields(before)
	if before == "" {
		l.Before = slices.Clone(l.Regions)
	}
	return l, nil
}

// Logged reads entries in order, of one county or of all, without decoding
// them.
func (t *tx) Logged(after change.Position, area string, limit int) ([]store.Logged, error) {
	if area != "" {
		return t.logged(sqlLoggedArea, area, int64(after), limit)
	}
	return t.logged(sqlLogged, int64(after), limit)
}

// LoggedAt reads the entry at a position.
func (t *tx) LoggedAt(p change.Position) (store.Logged, bool, error) {
	l, err := open(t.logged(sqlLoggedAt, int64(p)))
	if err != nil || len(l) == 0 {
		return store.Logged{}, false, err
	}
	return l[0], true, nil
}

const (
	sqlReceivedAt = `SELECT received_ms FROM entry WHERE position=?`
	sqlFoldedAt   = `SELECT ` + loggedColumns + ` FROM entry WHERE folds=?1 AND position<>?1 AND folds<>position AND folds<>0`
)

// ReceivedAt gives when the entry at a position was received.
func (t *tx) ReceivedAt(p change.Position) (change.Millis, bool, error) {
	if err := t.settleLogged(); err != nil {
		return 0, false, err
	}
	var at int64
	found, err := t.one(sqlReceivedAt, []any{int64(p)}, &at)
	return change.Millis(at), found, err
}

// PositionBefore gives the last position received before a moment. Receipt
// times never run backward, so that the first one found from the end is it.
func (t *tx) PositionBefore(at change.Millis) (change.Position, error) {
	if err := t.settleLogged(); err != nil {
		return 0, err
	}
	var p int64
	_, err := t.one(`SELECT position FROM entry WHERE received_ms<? ORDER BY position DESC LIMIT 1`, []any{int64(at)}, &p)
	return change.Position(p), err
}

// FoldedAt reads the entries that were approved at a position.
func (t *tx) FoldedAt(p change.Position) ([]store.Logged, error) {
	return open(t.logged(sqlFoldedAt, int64(p)))
}

// LoggedBy reads the entries under one key: more than one where a log forked.
func (t *tx) LoggedBy(k change.Key) ([]store.Logged, error) {
	return t.logged(sqlLoggedBy, k.Device[:], int64(k.Incarnation), int64(k.Seq))
}

// LoggedRange reads a run of one log as the tablet numbers it.
func (t *tx) LoggedRange(log change.Log, first, last uint64) ([]store.Logged, error) {
	return t.logged(sqlLoggedRange, log.Device[:], int64(log.Incarnation), int64(first), int64(last))
}

// History reads every entry of a record.
func (t *tx) History(ref core.Ref) ([]store.Logged, error) {
	return open(t.logged(sqlHistory, ref.Kind, ref.ID[:]))
}

// Quarantine reads the entries that wait for a decision.
func (t *tx) Quarantine(offset, limit int) ([]store.Logged, error) {
	return open(t.logged(sqlQuarantine, limit, offset))
}

// Aside reads the entries of a device that are kept aside or were rejected,
// without decoding them.
func (t *tx) Aside(device change.DeviceID) ([]store.Logged, error) {
	return t.logged(sqlAside, device[:])
}

// Judge changes the verdict of an entry and where it folds.
func (t *tx) Judge(p change.Position, v change.Verdict, folds change.Position) error {
	if err := t.settleLogged(); err != nil {
		return err
	}
	return t.run(sqlJudge, int(v), int64(folds), int64(p))
}

// Head reads where the order stands; a new database stands at epoch 1.
func (t *tx) Head() (store.Head, error) {
	var epoch, position, received, effective int64
	found, err := t.one(sqlHead, nil, &epoch, &position, &received, &effective)
	if err != nil || !found {
		return store.Head{Epoch: 1}, err
	}
	return store.Head{Epoch: change.Epoch(epoch), Position: change.Position(position), Received: change.Millis(received), Effective: change.Millis(effective)}, nil
}

// SetHead writes where the order stands.
func (t *tx) SetHead(h store.Head) error {
	return t.run(sqlSetHead, int64(h.Epoch), int64(h.Position), int64(h.Received), int64(h.Effective))
}

func (t *tx) logHeads(text string, args ...any) ([]store.LogHead, error) {
	var out []store.LogHead
	err := t.each(text, args, func(scan func(...any) error) error {
		var h store.LogHead
		var device, hash []byte
		var inc, wire, at, seq, effective, position int64
		if err := scan(&device, &inc, &wire, &at, &seq, &hash, &h.Segment, &effective, &position); err != nil {
			return err
		}
		h.Log = change.Log{Device: change.DeviceID(device), Incarnation: change.Incarnation(inc)}
		h.Wire = change.Log{Device: h.Log.Device, Incarnation: change.Incarnation(wire)}
		h.BranchAt, h.Seq, h.Hash, h.Effective = uint64(at), uint64(seq), change.Hash(hash), change.Millis(effective)
		h.Position = change.Position(position)
		out = append(out, h)
		return nil
	})
	return out, err
}

// LogHead reads how far a log is held.
func (t *tx) LogHead(log change.Log) (store.LogHead, bool, error) {
	h, err := t.logHeads(sqlLogHead, log.Device[:], int64(log.Incarnation))
	if err != nil || len(h) == 0 {
		return store.LogHead{}, false, err
	}
	return h[0], true, nil
}

// LogHeads reads all logs of a device, branches included.
func (t *tx) LogHeads(device change.DeviceID) ([]store.LogHead, error) {
	return t.logHeads(sqlLogHeads, device[:])
}

const sqlSeqThrough = `SELECT coalesce(max(seq),0) FROM entry WHERE device=? AND incarnation=? AND branch=? AND position<=?`

// SeqThrough gives the last entry of a log at or below a position.
func (t *tx) SeqThrough(h *store.LogHead, p change.Position) (uint64, error) {
	if h.Position <= p {
		return h.Seq, nil
	}
	branch := int64(0)
	if h.Log != h.Wire {
		branch = int64(h.Log.Incarnation)
	}
	if err := t.settleLogged(); err != nil {
		return 0, err
	}
	var n int64
	_, err := t.one(sqlSeqThrough, []any{h.Wire.Device[:], int64(h.Wire.Incarnation), branch, int64(p)}, &n)
	return max(uint64(n), min(h.BranchAt, uint64(n))), err
}

// SetLogHead writes how far a log is held.
func (t *tx) SetLogHead(h *store.LogHead) error {
	return t.run(sqlSetLogHead, h.Log.Device[:], int64(h.Log.Incarnation), int64(h.Wire.Incarnation), int64(h.BranchAt), int64(h.Seq), h.Hash[:], blob(h.Segment), int64(h.Effective), int64(h.Position))
}

// SegmentsTo gives the hashes of the segments of a log that end with an entry.
func (t *tx) SegmentsTo(log change.Log, seq uint64) (out [][]byte, err error) {
	err = t.each(sqlSegmentsTo, []any{log.Device[:], int64(log.Incarnation), int64(seq)}, func(scan func(...any) error) error {
		var hash []byte
		err := scan(&hash)
		out = append(out, hash)
		return err
	})
	return out, err
}

// PutSegment keeps the signature over a run of entries.
func (t *tx) PutSegment(s *store.Segment) error {
	return t.run(sqlPutSegment, s.Log.Device[:], int64(s.Log.Incarnation), int64(s.First), s.Count, blob(s.Header), blob(s.Signature), blob(s.Hash))
}
