package client

import (
	"muqu/core/change"
	"muqu/sync/wire"
)

// keepOwn is how long own entries are kept after the server's receipt, in
// milliseconds between receipts: 90 days, to outlast the server's backups.
const keepOwn = 90 * dayLong

const dayLong = 24 * 3600 * 1000 // ms

// held notes which own entries wait at the server for what precedes them.
func (in *intake) held() error {
	for i := range in.s.Logs {
		l := &in.s.Logs[i]
		if in.late {
			return nil // a carrier says nothing of what waits now
		}
		l.Held = wire.Run{}
		for _, r := range in.ans.Held {
			if r.Incarnation == l.Log {
				l.Held = r
			}
		}
	}
	return nil
}

// prune lets go of own entries whose receipt is older than keepOwn by the
// server's time. The last entry of a log stays: its hash tells the server which
// history this is.
func (in *intake) prune() error {
	if in.srv.IsHub {
		return nil // its clock may be wrong, and its receipt is none
	}
	now := in.ans.Received
	for i := range in.s.Logs {
		l := &in.s.Logs[i]
		if n := len(l.Days); l.Included > 0 && (n == 0 || l.Days[n-1].At+dayLong <= now && l.Days[n-1].Seq < l.Included) {
			l.Days = append(l.Days, day{Seq: l.Included, At: now})
		}
		for len(l.Days) > 0 && l.Days[0].At+keepOwn < now {
			if err := in.letGo(l, l.Days[0].Seq); err != nil {
				return err
			}
			l.Days = l.Days[1:]
		}
	}
	return nil
}

func (in *intake) letGo(l *ownLog, through uint64) error {
	if through = min(through, l.Acked-1, in.s.head(l)-1); through <= l.Pruned {
		return nil
	}
	l.Pruned = through
	return in.tx.PruneOwn(change.Log{Device: in.s.Device, Incarnation: l.Log}, through)
}
