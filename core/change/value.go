package change

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/fxamacker/cbor/v2"
)

// Value is what a field holds, as canonical CBOR: null, a boolean, a whole
// number, a decimal, text, a list or a map with text keys. Equal values have
// equal bytes. The zero Value is null as well; see [Value.Norm].
type Value string

// Null is the value of a field that was cleared or never set.
const Null Value = "\xf6"

// MaxDepth bounds how deep lists and maps nest in a value.
const MaxDepth = 8

// MaxValue bounds a value in bytes. A form answer is text; files travel apart.
const MaxValue = 64 << 10

var (
	enc = mustEnc(cbor.CoreDetEncOptions())
	dec = mustDec(cbor.DecOptions{
		DupMapKey:        cbor.DupMapKeyEnforcedAPF,
		IndefLength:      cbor.IndefLengthForbidden,
		TagsMd:           cbor.TagsForbidden,
		UTF8:             cbor.UTF8RejectInvalid,
		MaxNestedLevels:  MaxDepth + 8,
		MaxArrayElements: 1 << 17,
		MaxMapPairs:      1 << 16,
		IntDec:           cbor.IntDecConvertSignedOrFail,
		DefaultMapType:   mapType,
		BignumTag:        cbor.BignumTagForbidden,
	})
)

// Norm gives Null for the zero Value.
func (v Value) Norm() Value {
	if v == "" {
		return Null
	}
	return v
}

// IsNull reports whether nothing is set.
func (v Value) IsNull() bool { return v == "" || v == Null }

// Text makes a text value.
func Text(s string) Value { return must(strings.ToValidUTF8(s, "�")) }

// Int makes a whole number.
func Int(n int64) Value { return must(n) }

// Bool makes a truth value.
func Bool(b bool) Value {
	if b {
		return "\xf5"
	}
	return "\xf4"
}

// Number makes a number; one without a fraction becomes a whole number, so
// that 3 and 3.0 are one value. NaN and infinities become null.
func Number(f float64) Value {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return Null
	}
	if f == math.Trunc(f) && math.Abs(f) < 1<<53 {
		return Int(int64(f))
	}
	return must(f)
}

// Of makes a value of what JSON or a form gives: nil, bool, numbers, string,
// lists, maps with text keys, or a Value.
func Of(x any) (Value, error) {
	n, err := normal(x, 0)
	if err != nil {
		return Null, err
	}
	b, err := enc.Marshal(n)
	if err != nil {
		return Null, fmt.Errorf("value: %w", err)
	}
	if len(b) > MaxValue {
		return Null, fmt.Errorf("%w: a value has %d bytes, of %d allowed: shorten it or attach it as a file", ErrTooLarge, len(b), MaxValue)
	}
	return Value(b), nil
}

// normal turns x into what has one encoding only.
func normal(x any, depth int) (any, error) {
	if depth > MaxDepth {
		return nil, fmt.Errorf("lists and groups may nest at most %d deep", MaxDepth)
	}
	switch t := x.(type) {
	case nil, bool, int64:
		return t, nil
	case Value:
		return t.Any(), nil
	case string:
		return strings.ToValidUTF8(t, "�"), nil
	case int:
		return int64(t), nil
	case uint64:
		if t > math.MaxInt64 {
			return nil, fmt.Errorf("the number %d is too large", t)
		}
		return int64(t), nil
	case float64:
		return Number(t).Any(), nil
	case json.Number:
		return normalNumber(t)
	case []string:
		out := make([]any, len(t))
		for i, s := range t {
			out[i] = s
		}
		return normal(out, depth)
	case []any:
		return normalList(t, depth)
	case map[string]any:
		return normalMap(t, depth)
	}
	return nil, fmt.Errorf("a value of type %T can't be stored", x)
}

func normalNumber(t json.Number) (any, error) {
	if n, err := t.Int64(); err == nil {
		return n, nil
	}
	f, err := t.Float64()
	if err != nil {
		return nil, fmt.Errorf("the number %s is too large", clip(t.String()))
	}
	return Number(f).Any(), nil
}

func normalList(t []any, depth int) (any, error) {
	out := make([]any, len(t))
	for i, e := range t {
		n, err := normal(e, depth+1)
		if err != nil {
			return nil, err
		}
		out[i] = n
	}
	return out, nil
}

func normalMap(t map[string]any, depth int) (any, error) {
	out := make(map[string]any, len(t))
	for k, e := range t {
		n, err := normal(e, depth+1)
		if err != nil {
			return nil, err
		}
		out[strings.ToValidUTF8(k, "�")] = n
	}
	return out, nil
}

// Any gives the plain Go value: nil, bool, int64, float64, string, []any or
// map[string]any. Bytes that are not a value give nil.
func (v Value) Any() any {
	if v == "" {
		return nil
	}
	if s, ok := v.text(); ok {
		return s
	}
	if n, ok := v.small(); ok {
		return n
	}
	var x any
	if err := dec.Unmarshal([]byte(v), &x); err != nil {
		return nil
	}
	return x
}

// Str gives the text, or "" where v is not text.
func (v Value) Str() string {
	s, _ := v.text()
	return s
}

// Strs gives the texts of a list; a single text counts as a list of one.
func (v Value) Strs() []string {
	switch t := v.Any().(type) {
	case string:
		return []string{t}
	case []any:
		var out []string
		for _, e := range t {
			if s, ok := e.(string); ok {
				out = append(out, s)
			}
		}
		return out
	}
	return nil
}

// Float gives the number, and whether v is one.
func (v Value) Float() (float64, bool) {
	switch t := v.Any().(type) {
	case int64:
		return float64(t), true
	case float64:
		return t, true
	}
	return 0, false
}

// True reports whether v is the truth value true.
func (v Value) True() bool { return v == "\xf5" }

// Members gives the members of a map value, or nil.
func (v Value) Members() map[string]Value {
	m, ok := v.Any().(map[string]any)
	if !ok {
		return nil
	}
	out := make(map[string]Value, len(m))
	for k, x := range m {
		w, err := Of(x)
		if err != nil {
			continue
		}
		out[k] = w
	}
	return out
}

// Elements gives the elements of a list value, each as a value. A single
// value counts as a list of one, null as none.
func (v Value) Elements() []Value {
	switch t := v.Any().(type) {
	case nil:
		return nil
	case []any:
		out := make([]Value, 0, len(t))
		for _, x := range t {
			if w, err := Of(x); err == nil {
				out = append(out, w)
			}
		}
		return out
	}
	return []Value{v}
}

// ListOf makes a set value of elements: each once, in the order of their
// bytes, so that equal sets are equal values. No element gives null.
func ListOf(elements []Value) Value {
	if len(elements) == 0 {
		return Null
	}
	sorted := append([]Value(nil), elements...)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i] < sorted[j] })
	out := make([]any, 0, len(sorted))
	for i, e := range sorted {
		if i == 0 || e != sorted[i-1] {
			out = append(out, e.Any())
		}
	}
	v, err := Of(out)
	if err != nil {
		return Null
	}
	return v
}

// MapOf makes a map value of the members that are set; none gives null.
func MapOf(members map[string]Value) Value {
	m := make(map[string]any, len(members))
	for k, v := range members {
		if !v.IsNull() {
			m[k] = v.Any()
		}
	}
	if len(m) == 0 {
		return Null
	}
	v, err := Of(m)
	if err != nil {
		return Null
	}
	return v
}

// MarshalJSON writes v as JSON, map keys sorted.
func (v Value) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v.Any()); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// UnmarshalJSON reads v from JSON; numbers keep their precision.
func (v *Value) UnmarshalJSON(b []byte) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var x any
	if err := d.Decode(&x); err != nil {
		return err
	}
	w, err := Of(x)
	*v = w
	return err
}

// String writes v for a person: text bare, everything else as JSON.
func (v Value) String() string {
	if s, ok := v.text(); ok {
		return s
	}
	b, err := v.MarshalJSON()
	if err != nil {
		return ""
	}
	return string(b)
}

// MarshalCBOR puts the bytes of v into the stream as they are.
func (v Value) MarshalCBOR() ([]byte, error) { return []byte(v.Norm()), nil }

// UnmarshalCBOR takes over the bytes of one value. They are checked by
// [DecodeEntry], once for the whole entry.
func (v *Value) UnmarshalCBOR(b []byte) error {
	*v = Value(b)
	return nil
}

// Check refuses bytes that are not the one canonical form of a value.
func (v Value) Check() error {
	if len(v) > MaxValue {
		return fmt.Errorf("value of %d bytes: %w", len(v), ErrTooLarge)
	}
	if scalar(v) {
		return nil
	}
	var x any
	if err := dec.Unmarshal([]byte(v), &x); err != nil {
		return err
	}
	w, err := Of(x)
	if err != nil {
		return err
	}
	if w != v {
		return fmt.Errorf("value is not in canonical form")
	}
	return nil
}

// scalar reports whether v is, without decoding it, one of the values that make
// up nearly all answers in their one canonical form: null, a truth value, a
// whole number or a text of up to 64 KiB.
func scalar(v Value) bool {
	if v == Null || v == "\xf4" || v == "\xf5" {
		return true
	}
	if _, ok := v.small(); ok {
		return true
	}
	_, ok := v.text()
	return ok
}

// text gives the text that v is. Records are mostly texts, and lists, search and
// forms ask for them all the time: a general decoder takes ten times as long.
func (v Value) text() (s string, ok bool) {
	if v == "" || v[0]>>5 != 3 {
		return "", false
	}
	n, size := head(v)
	if size == 0 || n != uint64(len(v)-size) || !utf8.ValidString(string(v[size:])) {
		return "", false
	}
	return string(v[size:]), true
}

// small gives the whole number of up to 32 bits that v is.
func (v Value) small() (n int64, ok bool) {
	if v == "" || v[0]>>5 > 1 {
		return 0, false
	}
	u, size := head(v)
	if size == 0 || size != len(v) {
		return 0, false
	}
	if v[0]>>5 == 1 {
		return -1 - int64(u), true
	}
	return int64(u), true
}

// head reads the number in the first bytes of a value and says how many those
// are; zero where it is not written in the shortest way, or over 32 bits.
func head(v Value) (n uint64, size int) {
	switch info := v[0] & 0x1f; {
	case info < 24:
		return uint64(info), 1
	case info == 24 && len(v) >= 2 && v[1] >= 24:
		return uint64(v[1]), 2
	case info == 25 && len(v) >= 3:
		if n = uint64(v[1])<<8 | uint64(v[2]); n > 0xff {
			return n, 3
		}
	case info == 26 && len(v) >= 5:
		if n = uint64(v[1])<<24 | uint64(v[2])<<16 | uint64(v[3])<<8 | uint64(v[4]); n > 0xffff {
			return n, 5
		}
	}
	return 0, 0
}

func must(x any) Value {
	b, err := enc.Marshal(x)
	if err != nil {
		panic(fmt.Sprintf("change: encode %T: %v", x, err))
	}
	return Value(b)
}
