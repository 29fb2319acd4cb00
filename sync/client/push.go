package client

import (
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/wire"
)

// pushedSegment remembers what a segment held until the answer comes.
type pushedSegment struct {
	log   change.Incarnation
	first uint64
	count int
	hash  []byte
	bytes []byte
}

const (
	segmentTarget = 1 << 20 // bytes of entries in one turn
	readChunk     = 2000
)

// segments seals the next entries that the centre gave no receipt for, and that
// the hub which is asked hasn't, oldest log first, as many as fit one turn.
func (t *Tablet) segments(tx store.Tx, s *state, srv *server) (out []pushedSegment, more bool, err error) {
	size, target := 0, segmentTarget
	if srv.Room != 0 {
		target = srv.Room
	}
	for i := range s.Logs {
		l := &s.Logs[i]
		next, previous := l.sentTo(srv.Hub)
		for next < s.head(l) {
			if size >= target {
				return out, true, nil
			}
			own, err := t.command(tx, s, l, next, target-size)
			if err != nil || len(own) == 0 {
				return out, false, err
			}
			p, n, err := seal(s, l, previous, own, t.now())
			if err != nil {
				return nil, false, err
			}
			out = append(out, p)
			previous = p.hash
			next = own[len(own)-1].Seq
			size += n
		}
	}
	return out, false, nil
}

// command reads entries up to a size, never ending within a command: what was
// saved together becomes visible together.
func (t *Tablet) command(tx store.Tx, s *state, l *ownLog, after uint64, room int) ([]store.Own, error) {
	var out []store.Own
	whole, size := 0, 0
	for {
		if len(out) > 0 {
			after = out[len(out)-1].Seq
		}
		own, err := s.own(tx.OwnAfter(change.Log{Device: s.Device, Incarnation: l.Log}, after, readChunk))
		if err != nil || len(own) == 0 {
			return out[:whole], err
		}
		for _, o := range own {
			broken := len(out) > 0 && o.Seq != out[len(out)-1].Seq+1 // what lies between was let go of
			if o.Seq > s.head(l) || broken {
				return out[:whole], nil
			}
			size += len(o.Bytes)
			if whole > 0 && (size > room || len(out) >= wire.MaxEntries) {
				return out[:whole], nil
			}
			out = append(out, o)
			if !o.More {
				whole = len(out)
			}
		}
	}
}

func seal(s *state, l *ownLog, previous []byte, own []store.Own, now change.Millis) (pushedSegment, int, error) {
	seg := wire.Segment{
		Log: change.Log{Device: s.Device, Incarnation: l.Log}, First: own[0].Seq, Previous: previous, Sealed: now,
	}
	if own[0].Seq == 1 {
		seg.Continues = l.Continue
	}
	size := 0
	for _, o := range own {
		seg.Entries = append(seg.Entries, o.Bytes)
		size += len(o.Bytes)
	}
	b, hash, err := wire.Seal(&seg, s.key())
	return pushedSegment{log: l.Log, first: own[0].Seq, count: len(own), hash: hash, bytes: b}, size, err
}
