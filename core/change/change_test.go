package change

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// anyJSON draws what a form or a JSON line can hold.
func anyJSON(depth int) *rapid.Generator[any] {
	return rapid.Custom(func(t *rapid.T) any {
		kinds := 5
		if depth > 0 {
			kinds = 7
		}
		switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
		case 0:
			return nil
		case 1:
			return rapid.Bool().Draw(t, "bool")
		case 2:
			return rapid.Int64Range(-1<<53, 1<<53).Draw(t, "int")
		case 3:
			return rapid.Float64Range(-1e12, 1e12).Draw(t, "float")
		case 4:
			return rapid.String().Draw(t, "text")
		case 5:
			return rapid.SliceOfN(anyJSON(depth-1), 0, 4).Draw(t, "list")
		}
		return rapid.MapOfN(rapid.StringN(0, 8, 20), anyJSON(depth-1), 0, 4).Draw(t, "map")
	})
}

func anyValue() *rapid.Generator[Value] {
	return rapid.Custom(func(t *rapid.T) Value {
		v, err := Of(anyJSON(3).Draw(t, "json"))
		if err != nil {
			t.Fatal(err)
		}
		return v
	})
}

func anyEntry() *rapid.Generator[Entry] {
	return rapid.Custom(func(t *rapid.T) Entry {
		e := Entry{
			Key:    Key{Log{DeviceID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "device")), Incarnation(rapid.Uint64Range(1, 1<<63-1).Draw(t, "incarnation"))}, rapid.Uint64Range(1, 1<<40).Draw(t, "seq")},
			Author: rapid.StringN(0, 10, MaxName).Draw(t, "author"), At: Millis(rapid.Int64().Draw(t, "at")),
			Uncertain: rapid.Bool().Draw(t, "uncertain"), More: rapid.Bool().Draw(t, "more"),
			Kind: rapid.StringMatching(`[a-z]{1,12}`).Draw(t, "kind"), Record: RecordID(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "record")),
			Region: rapid.StringMatching(`(63[0-9]{10})?`).Draw(t, "region"),
			Seen:   Seen{Epoch: Epoch(rapid.Uint64Range(0, 9).Draw(t, "epoch")), Position: Position(rapid.Uint64().Draw(t, "position")), Own: rapid.Uint64().Draw(t, "own")},
		}
		for name := range rapid.MapOfN(rapid.StringMatching(`[a-z_]{1,10}`), rapid.Just(0), 0, 6).Draw(t, "fields") {
			e.Fields = append(e.Fields, Field{Name: name, Rule: Rule(rapid.IntRange(1, 4).Draw(t, "rule")), Value: anyValue().Draw(t, "value"), Was: anyValue().Draw(t, "was")})
		}
		SortFields(e.Fields)
		return e
	})
}

func TestDecodeIsTheInverseOfEncode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyEntry().Draw(t, "entry")
		b, err := e.Encode()
		if err != nil {
			t.Fatal(err)
		}
		d, err := DecodeEntry(e.Key, b)
		if err != nil {
			t.Fatal(err)
		}
		again, err := d.Encode()
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("decoded and encoded again the bytes differ (%v)\n%x\n%x", err, b, again)
		}
		if HashOf(e.Key, b) != HashOf(d.Key, again) {
			t.Fatal("the hash changed")
		}
	})
}

func TestOneBitMakesAnotherEntry(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyEntry().Draw(t, "entry")
		b, err := e.Encode()
		if err != nil {
			t.Fatal(err)
		}
		i := rapid.IntRange(0, len(b)*8-1).Draw(t, "bit")
		forged := bytes.Clone(b)
		forged[i/8] ^= 1 << (i % 8)
		if HashOf(e.Key, forged) == HashOf(e.Key, b) {
			t.Fatal("two entries share a hash")
		}
		if d, err := DecodeEntry(e.Key, forged); err == nil {
			if again, err := d.Encode(); err != nil || !bytes.Equal(again, forged) {
				t.Fatalf("a form that Encode never writes was taken: %x (%v)", forged, err)
			}
		}
	})
}

func TestTextsAndSmallNumbersReadAsTheDecoderReadsThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := Value(rapid.OneOf(
			rapid.Map(anyValue(), func(v Value) string { return string(v) }),
			rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 8), func(b []byte) string { return string(b) }),
			rapid.Map(rapid.Int64(), func(n int64) string { return string(Int(n)) }),
		).Draw(t, "bytes"))
		if v.Check() != nil {
			return
		}
		var want any
		if err := dec.Unmarshal([]byte(v), &want); err != nil {
			t.Fatal(err)
		}
		if got := v.Any(); !reflect.DeepEqual(got, want) {
			t.Fatalf("%x reads as %v (%T), want %v (%T)", string(v), got, got, want, want)
		}
		text, _ := want.(string)
		if got := v.Str(); got != text {
			t.Fatalf("%x is the text %q, want %q", string(v), got, text)
		}
	})
}

func TestEqualValuesHaveEqualBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := anyValue().Draw(t, "value")
		j, err := v.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var w Value
		if err := w.UnmarshalJSON(j); err != nil {
			t.Fatal(err)
		}
		if v != w {
			t.Fatalf("%s came back from JSON as %s", v, w)
		}
		if again, err := Of(v.Any()); err != nil || again != v {
			t.Fatalf("%s came back from Go as %s (%v)", v, again, err)
		}
	})
}

// What is believed without decoding must be what decoding would say.
func TestScalarsAreCanonical(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := Value(rapid.SliceOfN(rapid.Byte(), 0, 12).Draw(t, "bytes"))
		if rapid.Bool().Draw(t, "real") {
			v = anyValue().Draw(t, "value")
		}
		if !scalar(v) {
			return
		}
		w, err := Of(v.Any())
		if err != nil || w != v {
			t.Fatalf("%x was believed, but is written %x (%v)", string(v), string(w), err)
		}
	})
	for _, v := range []Value{Text(""), Text("扎西"), Text(strings.Repeat("x", 300)), Text(strings.Repeat("x", 60000)), Int(0), Int(-1), Int(23), Int(24), Int(-256), Int(65536), Null, Bool(true)} {
		if !scalar(v) {
			t.Errorf("%.20s has to be decoded", v)
		}
	}
	for _, v := range []Value{"", "\x18\x05", "\x19\x00\xff", "\x61\xff", "\x62a", "\x78\x01a", "\x00\x00", "\xf7", "\xc0\x60"} {
		if scalar(v) {
			t.Errorf("%x is not canonical", string(v))
		}
	}
}

func TestNumbersAreOneValue(t *testing.T) {
	for _, tc := range []struct{ a, b string }{{"3", "3.0"}, {"-0.0", "0"}, {"1e3", "1000"}, {"0.5", "5e-1"}} {
		var a, b Value
		if err := json.Unmarshal([]byte(tc.a), &a); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(tc.b), &b); err != nil {
			t.Fatal(err)
		}
		if a != b {
			t.Errorf("%s and %s are different values", tc.a, tc.b)
		}
	}
}

func TestListOfIsASet(t *testing.T) {
	a := ListOf([]Value{Text("b"), Text("a"), Text("b")})
	b := ListOf([]Value{Text("a"), Text("b")})
	if a != b || len(a.Elements()) != 2 {
		t.Errorf("%s and %s should be one set of two", a, b)
	}
	if ListOf(nil) != Null {
		t.Error("an empty set is null")
	}
}

func TestValuesHaveLimits(t *testing.T) {
	deep := any("x")
	for range MaxDepth + 1 {
		deep = []any{deep}
	}
	for name, x := range map[string]any{"deep": deep, "long": strings.Repeat("长", MaxValue), "strange": struct{}{}, "huge": uint64(1 << 63)} {
		if _, err := Of(x); err == nil {
			t.Errorf("%s value was taken", name)
		}
	}
}

func TestEntriesHaveLimits(t *testing.T) {
	good := Entry{Kind: "household", Fields: []Field{{Name: "a", Rule: Latest, Value: Null, Was: Null}}}
	for name, change := range map[string]func(*Entry){
		"no kind":        func(e *Entry) { e.Kind = "" },
		"long kind":      func(e *Entry) { e.Kind = strings.Repeat("k", MaxName+1) },
		"no rule":        func(e *Entry) { e.Fields[0].Rule = 0 },
		"unsorted":       func(e *Entry) { e.Fields = append(e.Fields, e.Fields[0]) },
		"too many":       func(e *Entry) { e.Fields = make([]Field, MaxFields+1) },
		"too large":      func(e *Entry) { e.Fields = wide(6) },
		"bad author":     func(e *Entry) { e.Author = "\xff" },
		"too much ahead": func(e *Entry) { e.Seen.Ahead = make([]Name, MaxAhead+1) },
	} {
		e := good
		e.Fields = append([]Field(nil), good.Fields...)
		change(&e)
		if _, err := e.Encode(); err == nil {
			t.Errorf("%s: encoded", name)
		}
	}
	if _, err := good.Encode(); err != nil {
		t.Errorf("good entry: %v", err)
	}
}

func wide(n int) (out []Field) {
	for i := range n {
		out = append(out, Field{Name: string(rune('a' + i)), Rule: Latest, Value: Text(strings.Repeat("x", MaxValue-10)), Was: Null})
	}
	return out
}

func TestIDsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := anyEntry().Draw(t, "entry").Key
		got, err := ParseKey(k.String())
		if err != nil || got != k {
			t.Fatalf("%s read back as %s (%v)", k, got, err)
		}
	})
	for _, bad := range []string{"", "x", "01A206DC-8A20-7979-AD6E-F44AC653BC4", "{01a206dc-8a20-7979-ad6e-f44ac653bc42}", "urn:uuid:01a206dc-8a20-7979-ad6e-f44ac653bc42"} {
		if _, err := ParseRecordID(bad); err == nil {
			t.Errorf("%q was taken for an id", bad)
		}
	}
}

func TestEpochsShareTheirBeginning(t *testing.T) {
	e := Epochs{{Epoch: 2, Fork: 100}, {Epoch: 3, Fork: 80}, {Epoch: 4, Fork: 200}}
	for _, tc := range []struct {
		old  Epoch
		want Position
	}{{1, 80}, {2, 80}, {3, 200}} {
		if got := e.Shared(tc.old); got != tc.want {
			t.Errorf("epoch %d shares %d, want %d", tc.old, got, tc.want)
		}
	}
	if e.Shared(4) < 1<<40 || Epochs(nil).Now() != 1 || e.Now() != 4 {
		t.Error("the present epoch is shared whole")
	}
}

func FuzzDecodeEntry(f *testing.F) {
	e := Entry{Kind: "household", Region: "632323100201", Fields: []Field{{Name: "yak", Rule: Review, Value: Int(3), Was: Null}}}
	b, err := e.Encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte{0x9f, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := DecodeEntry(Key{Seq: 1}, b)
		if err != nil {
			return
		}
		again, err := e.Encode()
		if err != nil || !bytes.Equal(again, b) {
			t.Fatalf("taken, but written differently: %x %x %v", b, again, err)
		}
	})
}
