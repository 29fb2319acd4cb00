package wire

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"

	"muqu/core/change"
)

func key(n byte) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{n}, ed25519.SeedSize))
}

func keyOf(k ed25519.PrivateKey) func(change.DeviceID) (ed25519.PublicKey, error) {
	return func(change.DeviceID) (ed25519.PublicKey, error) { return k.Public().(ed25519.PublicKey), nil }
}

func anySegment() *rapid.Generator[Segment] {
	return rapid.Custom(func(t *rapid.T) Segment {
		return Segment{
			Log:      change.Log{Device: change.DeviceID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "device")), Incarnation: change.Incarnation(rapid.Uint64Range(1, 1<<63-1).Draw(t, "incarnation"))},
			First:    rapid.Uint64Range(1, 1<<40).Draw(t, "first"),
			Previous: rapid.SliceOfN(rapid.Byte(), 0, 32).Draw(t, "previous"),
			Sealed:   change.Millis(rapid.Int64().Draw(t, "sealed")),
			Entries:  rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 0, 50), 1, 20).Draw(t, "entries"),
		}
	})
}

func TestSegmentsOpenAsTheyWereSealed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anySegment().Draw(t, "segment")
		b, hash, err := Seal(&s, key(1))
		if err != nil {
			t.Fatal(err)
		}
		o, err := Open(b, keyOf(key(1)))
		if err != nil {
			t.Fatal(err)
		}
		if o.Log != s.Log || o.First != s.First || o.Sealed != s.Sealed || !bytes.Equal(o.Previous, s.Previous) || !bytes.Equal(o.Hash, hash) || len(o.Entries) != len(s.Entries) {
			t.Fatalf("sealed %+v, opened %+v", s, o.Segment)
		}
		for i := range s.Entries {
			if !bytes.Equal(o.Entries[i], s.Entries[i]) {
				t.Fatalf("entry %d changed", i)
			}
		}
	})
}

func TestForgeriesAreNoticed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anySegment().Draw(t, "segment")
		b, _, err := Seal(&s, key(1))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Open(b, keyOf(key(2))); !errors.Is(err, ErrSignature) {
			t.Fatalf("signed by another: %v", err)
		}
		i := rapid.IntRange(0, len(b)*8-1).Draw(t, "bit")
		b[i/8] ^= 1 << (i % 8)
		if o, err := Open(b, keyOf(key(1))); err == nil {
			again, _, err := Seal(&o.Segment, key(1))
			if err != nil || o.First != s.First {
				t.Fatalf("a changed segment was taken: %v %x", err, again)
			}
		}
	})
}

func TestBombsAreRefused(t *testing.T) {
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	bomb := w.EncodeAll(make([]byte, 64<<20), nil)
	if len(bomb) > 100<<10 {
		t.Fatalf("the bomb is no bomb: %d bytes", len(bomb))
	}
	var q SyncRequest
	if err := Unpack(append([]byte{zipped}, bomb...), &q); err == nil {
		t.Error("a message of 64 MiB in a few KiB was taken")
	}
	env, err := change.Marshal(sealed{Zipped: bomb, Signature: make([]byte, 64)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(env, keyOf(key(1))); err == nil {
		t.Error("a segment of 64 MiB in a few KiB was taken")
	}
	if err := Unpack(make([]byte, MaxBody+1), &q); !errors.Is(err, ErrTooLarge) {
		t.Errorf("an overlong message: %v", err)
	}
	deep := append([]byte{plain}, bytes.Repeat([]byte{0x81}, 10000)...)
	if err := Unpack(deep, &q); err == nil {
		t.Error("a message nested 10,000 deep was taken")
	}
	if err := Unpack([]byte{plain, 0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, &q); err == nil {
		t.Error("a list said to be endless was taken")
	}
}

func TestUnknownMembersAreSkipped(t *testing.T) {
	b, err := Pack(map[int]any{1: 1, 2: 5, 900: "from a newer program"})
	if err != nil {
		t.Fatal(err)
	}
	var q SyncRequest
	if err := Unpack(b, &q); err != nil || q.Version != 1 || q.Sent != 5 {
		t.Errorf("a message with an unknown member: %+v, %v", q, err)
	}
	if err := Unpack([]byte{9, 0xa0}, &q); err == nil || !strings.Contains(err.Error(), "update") {
		t.Errorf("a message packed in an unknown way: %v", err)
	}
}

func TestStatementsBelongToTheirKind(t *testing.T) {
	k := key(1)
	pub := k.Public().(ed25519.PublicKey)
	c := Certificate{Device: make([]byte, 16), Key: pub, Name: "卓玛", Role: "field"}
	b, err := c.Sign(k)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := OpenCertificate(b, pub); err != nil || got.Name != "卓玛" {
		t.Errorf("certificate %+v, %v", got, err)
	}
	if _, err := OpenReceipt(b, pub); err == nil {
		t.Error("a certificate passed for a receipt")
	}
	if _, err := OpenPage(b, pub); err == nil {
		t.Error("a certificate passed for a page")
	}
	if _, err := OpenCertificate(b, key(2).Public().(ed25519.PublicKey)); !errors.Is(err, ErrSignature) {
		t.Errorf("a certificate of another server: %v", err)
	}
}

func TestEnrollmentProvesTheKey(t *testing.T) {
	k := key(3)
	q := EnrollRequest{Version: 1, Code: "ABCD-EFGH-JKMN", Device: make([]byte, 16), Key: k.Public().(ed25519.PublicKey)}
	q.Sign(k)
	if err := q.Verify(); err != nil {
		t.Fatal(err)
	}
	q.Code = "ABCD-EFGH-JKMP"
	if q.Verify() == nil {
		t.Error("the signature holds for another code")
	}
}

func FuzzOpen(f *testing.F) {
	s := Segment{Log: change.Log{Incarnation: 1}, First: 1, Entries: [][]byte{{1, 2, 3}}}
	b, _, err := Seal(&s, key(1))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		if o, err := Open(b, keyOf(key(1))); err == nil && len(o.Entries) == 0 {
			t.Fatal("an empty segment was taken")
		}
	})
}

func FuzzUnpack(f *testing.F) {
	b, err := Pack(&SyncRequest{Version: 1, Have: []Head{{Incarnation: 1, Seq: 2}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		var q SyncRequest
		if Unpack(b, &q) != nil {
			return
		}
		if _, err := Pack(&q); err != nil {
			t.Fatalf("what was taken can't be written: %v", err)
		}
	})
}

func FuzzOpenPage(f *testing.F) {
	p := Page{Version: 1, Epoch: 1, Items: []Item{{What: ItemLeave, Kind: "household", Record: make([]byte, 16)}}}
	b, err := p.Sign(key(1))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	pub := key(1).Public().(ed25519.PublicKey)
	f.Fuzz(func(t *testing.T, b []byte) {
		if p, err := OpenPage(b, pub); err == nil {
			for i := range p.Items {
				_, _ = p.Items[i].Sequenced() // must not panic
			}
		}
	})
}
