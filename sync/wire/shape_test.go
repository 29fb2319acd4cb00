package wire

import (
	"bytes"
	"crypto/ed25519"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"muqu/core/change"
)

func anyEntry(t *rapid.T, key change.Key) change.Entry {
	e := change.Entry{
		Key: key, Author: rapid.SampledFrom([]string{"卓玛", "才让"}).Draw(t, "author"), At: change.Millis(rapid.Int64().Draw(t, "at")),
		Uncertain: rapid.Bool().Draw(t, "uncertain"), More: rapid.Bool().Draw(t, "more"), Kind: rapid.SampledFrom([]string{"household", "visit"}).Draw(t, "kind"),
		Record: change.RecordID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "record")), Region: rapid.SampledFrom([]string{"", "632323100201"}).Draw(t, "region"),
		Seen: change.Seen{Epoch: change.Epoch(rapid.Uint64Max(3).Draw(t, "epoch")), Position: change.Position(rapid.Uint64Max(1<<62).Draw(t, "position")), Own: rapid.Uint64Max(1<<62).Draw(t, "own")},
	}
	for range rapid.IntRange(0, 2).Draw(t, "ahead") {
		key := change.Key{Log: change.Log{Device: change.DeviceID{rapid.Byte().Draw(t, "device")}, Incarnation: 5}, Seq: rapid.Uint64().Draw(t, "seq")}
		if rapid.Bool().Draw(t, "first release") {
			e.Seen.Through = append(e.Seen.Through, key)
		} else {
			e.Seen.Ahead = append(e.Seen.Ahead, change.Name{Key: key, Short: change.Short{rapid.Byte().Draw(t, "hash")}})
		}
	}
	value := func(label string) change.Value {
		return rapid.SampledFrom([]change.Value{change.Null, change.Int(7), change.Int(-70000), change.Text("说明"), change.Bool(true), change.ListOf([]change.Value{change.Text("a"), change.Text("b")})}).Draw(t, label)
	}
	for i := range rapid.IntRange(0, 5).Draw(t, "fields") {
		e.Fields = append(e.Fields, change.Field{Name: fmt.Sprintf("f%d", i), Rule: change.Review, Value: value("value"), Was: value("was")})
	}
	return e
}

// Entries come out of their shapes byte for byte, those that nobody can read
// among them.
func TestShapesKeepEveryByte(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anySegment().Draw(t, "segment")
		s.Entries = nil
		readable := 0
		for i := range rapid.IntRange(1, 12).Draw(t, "n") {
			if rapid.IntRange(0, 4).Draw(t, "broken") == 0 {
				s.Entries = append(s.Entries, rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "bytes"))
				continue
			}
			e := anyEntry(t, s.Key(i))
			b, err := e.Encode()
			if err != nil {
				t.Fatal(err)
			}
			s.Entries = append(s.Entries, b)
			readable++
		}
		b, _, err := Seal(&s, key(1))
		if err != nil {
			t.Fatal(err)
		}
		o, err := Open(b, keyOf(key(1)))
		if err != nil {
			t.Fatal(err)
		}
		for i := range s.Entries {
			if !bytes.Equal(o.Entries[i], s.Entries[i]) {
				t.Fatalf("entry %d: %x, want %x", i, o.Entries[i], s.Entries[i])
			}
			if o.Read[i] != nil {
				readable--
				if o.Read[i].Key != s.Key(i) {
					t.Fatalf("entry %d is named %v", i, o.Read[i].Key)
				}
			}
		}
		if readable > 0 {
			t.Fatalf("%d entries came out unread", readable)
		}
	})
}

// A few bytes that name many fields again and again don't fill the memory.
func TestShapesAreBounded(t *testing.T) {
	c := shape{Author: "a", Kind: "visit", Through: []LogMark{}}
	for i := range 900 {
		c.Names = append(c.Names, fmt.Sprintf("%0100d", i))
		c.Rules = append(c.Rules, change.Latest)
		column := make([]change.Value, 400)
		for j := range column {
			column[j] = change.Null
		}
		c.Values, c.Was = append(c.Values, column), append(c.Was, column)
	}
	dev := change.DeviceID{1}
	x := shapedAhead{shaped: shaped{Head: segmentHead{Version: 1, Device: dev[:], Incarnation: 1, First: 1}, Shapes: []shape{c}, Raw: [][]byte{}}}
	for range 400 {
		x.Which, x.At, x.Positions, x.Owns = append(x.Which, 1), append(x.At, 0), append(x.Positions, 0), append(x.Owns, 0)
	}
	x.Records = make([]byte, 16*400)
	if _, _, err := x.entries(1); err == nil {
		t.Error("400 entries of 900 long names were taken in one segment")
	}
}

func FuzzShapes(f *testing.F) {
	dev := change.DeviceID{1}
	good, err := change.Marshal(toShapes(segmentHead{Version: 1, Device: dev[:], Incarnation: 1, First: 1, Previous: []byte{}, Continues: Continued{Hash: []byte{}}}, 1, [][]byte{{1, 2}}))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		var s shapedAhead
		if change.Unmarshal(b, &s) != nil {
			return
		}
		entries, read, err := s.entries(s.Head.First)
		if err == nil && (len(entries) != len(read) || len(entries) != len(s.Which)) {
			t.Fatalf("%d entries, %d read", len(entries), len(read))
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	s := Segment{Log: change.Log{Device: change.DeviceID{1}, Incarnation: 1}, First: 1}
	for i := range 1000 {
		e := change.Entry{Author: "卓玛", Kind: "household", Record: change.RecordID{1, byte(i), byte(i >> 8)}, Region: "632323100201", Seen: change.Seen{Epoch: 1, Position: change.Position(i)}}
		for n := range 10 {
			e.Fields = append(e.Fields, change.Field{Name: fmt.Sprintf("f%d", n), Rule: change.Review, Value: change.Int(int64(i * n)), Was: change.Null})
		}
		raw, err := e.Encode()
		if err != nil {
			b.Fatal(err)
		}
		s.Entries = append(s.Entries, raw)
	}
	var packed []byte
	b.Run("seal", func(b *testing.B) {
		for b.Loop() {
			var err error
			if packed, _, err = Seal(&s, key(1)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			if _, err := Open(packed, func(change.DeviceID) (ed25519.PublicKey, error) { return key(1).Public().(ed25519.PublicKey), nil }); err != nil {
				b.Fatal(err)
			}
		}
	})
}
