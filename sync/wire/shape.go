package wire

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"muqu/core/change"
)

// The body of a segment as it travels. Entries of one form hold the same names
// in the same order, so that it says each name once and the answers to one
// question one after the other: what is alike lies together, and compresses to
// a fraction. Whoever opens it makes the entries' own bytes again, over which the
// signature is.
type shaped struct {
	_         struct{} `cbor:",toarray"`
	Head      segmentHead
	Shapes    []shape
	Which     []int    // of each entry: its shape counted from 1; 0: it is in Raw
	Raw       [][]byte // entries that this program can't read, as they are
	At        []int64  // each against the one before
	Records   []byte   // 16 bytes each
	Positions []int64  // what was seen, each against the one before
	Owns      []int64  // each against the number before the entry's
}

// shapedAhead is the body of a segment whose entries name others ahead.
type shapedAhead struct {
	_ struct{} `cbor:",toarray"`
	shaped
	Ahead [][]byte // of each entry that has a shape
}

// shape is what entries have in common, with their values by column.
type shape struct {
	_         struct{} `cbor:",toarray"`
	Author    string
	Uncertain bool
	More      bool
	Kind      string
	Region    string
	Epoch     change.Epoch
	Through   []LogMark
	Names     []string
	Rules     []change.Rule
	Values    [][]change.Value
	Was       [][]change.Value
}

func shapeOf(e *change.Entry) *shape {
	s := &shape{Author: e.Author, Uncertain: e.Uncertain, More: e.More, Kind: e.Kind, Region: e.Region, Epoch: e.Seen.Epoch, Through: []LogMark{}}
	for _, k := range e.Seen.Through {
		s.Through = append(s.Through, LogMark{Device: k.Device[:], Incarnation: k.Incarnation, Seq: k.Seq})
	}
	s.Names, s.Rules = make([]string, len(e.Fields)), make([]change.Rule, len(e.Fields))
	s.Values, s.Was = make([][]change.Value, len(e.Fields)), make([][]change.Value, len(e.Fields))
	for i, f := range e.Fields {
		s.Names[i], s.Rules[i] = f.Name, f.Rule
	}
	return s
}

// key tells shapes apart.
func (s *shape) key() string {
	return fmt.Sprint(s.Author, s.Uncertain, s.More, s.Kind, s.Region, s.Epoch, s.Through, s.Rules, strings.Join(s.Names, "\x00"))
}

func toShapes(h segmentHead, first uint64, entries [][]byte) *shapedAhead {
	out := &shapedAhead{shaped: shaped{Head: h, Raw: [][]byte{}, Which: make([]int, len(entries))}}
	index := make(map[string]int)
	log := change.Log{Device: change.DeviceID(h.Device), Incarnation: h.Incarnation}
	var at, position int64
	for i, b := range entries {
		e, err := change.DecodeEntry(change.Key{Log: log, Seq: first + uint64(i)}, b)
		if err != nil {
			out.Raw = append(out.Raw, b)
			continue
		}
		s := shapeOf(&e)
		n, known := index[s.key()]
		if !known {
			out.Shapes = append(out.Shapes, *s)
			n = len(out.Shapes)
			index[s.key()] = n
		}
		out.Which[i] = n
		out.At, at = append(out.At, int64(e.At)-at), int64(e.At)
		out.Positions, position = append(out.Positions, int64(e.Seen.Position)-position), int64(e.Seen.Position)
		out.Owns = append(out.Owns, int64(e.Seen.Own)-int64(e.Seq-1))
		out.Ahead = append(out.Ahead, change.JoinNames(e.Seen.Ahead))
		out.Records = append(out.Records, e.Record[:]...)
		for j, f := range e.Fields {
			c := &out.Shapes[n-1]
			c.Values[j], c.Was[j] = append(c.Values[j], f.Value.Norm()), append(c.Was[j], f.Was.Norm())
		}
	}
	return out
}

// names reports whether an entry names others ahead.
func (s *shapedAhead) names() bool {
	return slices.ContainsFunc(s.Ahead, func(b []byte) bool { return len(b) > 0 })
}

var errShape = errors.New("decode segment: malformed")

// unshaper takes entries out of shapes, one after the other.
type unshaper struct {
	s     *shapedAhead
	taken []int // of each shape: entries taken
	n     int   // entries taken of all shapes
	raw   int
	at    int64
	pos   int64
	size  int
}

// entries makes the entries' own bytes again, and the entries where they can be
// read.
func (s *shapedAhead) entries(first uint64) ([][]byte, []*change.Entry, error) {
	if len(s.Head.Device) != len(change.DeviceID{}) || len(s.Which) > MaxEntries {
		return nil, nil, errShape
	}
	u := &unshaper{s: s, taken: make([]int, len(s.Shapes))}
	bytes, read := make([][]byte, len(s.Which)), make([]*change.Entry, len(s.Which))
	log := change.Log{Device: change.DeviceID(s.Head.Device), Incarnation: s.Head.Incarnation}
	for i := range s.Which {
		var err error
		if bytes[i], read[i], err = u.next(change.Key{Log: log, Seq: first + uint64(i)}, s.Which[i]); err != nil {
			return nil, nil, err
		}
		// A few bytes can name many fields.
		if u.size += len(bytes[i]); u.size > MaxSegment {
			return nil, nil, ErrTooLarge
		}
	}
	return bytes, read, nil
}

func (u *unshaper) next(key change.Key, which int) ([]byte, *change.Entry, error) {
	s := u.s
	if which == 0 {
		if u.raw == len(s.Raw) {
			return nil, nil, errShape
		}
		u.raw++
		return s.Raw[u.raw-1], nil, nil
	}
	if which < 0 || which > len(s.Shapes) || u.n >= min(len(s.At), len(s.Positions), len(s.Owns), len(s.Records)/16) {
		return nil, nil, errShape
	}
	c := &s.Shapes[which-1]
	u.at, u.pos = u.at+s.At[u.n], u.pos+s.Positions[u.n]
	e := &change.Entry{
		Key: key, Author: c.Author, At: change.Millis(u.at), Uncertain: c.Uncertain, More: c.More, Kind: c.Kind, Region: c.Region,
		Record: change.RecordID(s.Records[16*u.n : 16*u.n+16]),
		Seen:   change.Seen{Epoch: c.Epoch, Position: change.Position(u.pos), Own: uint64(int64(key.Seq-1) + s.Owns[u.n])},
	}
	for i := range c.Through {
		e.Seen.Through = append(e.Seen.Through, change.Key{Log: c.Through[i].Log(), Seq: c.Through[i].Seq})
	}
	var err error
	if u.n < len(s.Ahead) {
		if e.Seen.Ahead, err = change.SplitNames(s.Ahead[u.n]); err != nil {
			return nil, nil, fmt.Errorf("decode segment: %w", err)
		}
	}
	if e.Fields, err = c.row(u.taken[which-1]); err != nil {
		return nil, nil, err
	}
	u.taken[which-1]++
	u.n++
	b, err := e.Encode()
	if err != nil {
		return nil, nil, fmt.Errorf("decode segment: %w", err)
	}
	return b, e, nil
}

// row gives the fields of the n-th entry of a shape.
func (s *shape) row(n int) ([]change.Field, error) {
	if len(s.Rules) != len(s.Names) || len(s.Values) != len(s.Names) || len(s.Was) != len(s.Names) || len(s.Names) > change.MaxFields {
		return nil, errShape
	}
	out := make([]change.Field, len(s.Names))
	for i, name := range s.Names {
		if n >= len(s.Values[i]) || n >= len(s.Was[i]) {
			return nil, errShape
		}
		out[i] = change.Field{Name: name, Rule: s.Rules[i], Value: s.Values[i][n], Was: s.Was[i][n]}
		for _, v := range []change.Value{out[i].Value, out[i].Was} {
			if err := v.Check(); err != nil {
				return nil, fmt.Errorf("decode segment: %w", err)
			}
		}
	}
	return out, nil
}
