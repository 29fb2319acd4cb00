package table

import (
	"encoding/binary"
	"strings"
)

// textTable reads texts out of records that continue each other. A text may be cut in its middle; the next record
// then begins with a byte that says anew how wide the characters are.
type textTable struct {
	parts [][]byte
	part  int
	at    int
}

// left is what remains of the current record.
func (t *textTable) left() []byte {
	for t.part < len(t.parts) && t.at >= len(t.parts[t.part]) {
		t.part, t.at = t.part+1, 0
	}
	if t.part >= len(t.parts) {
		return nil
	}
	return t.parts[t.part][t.at:]
}

// take reads n bytes that don't hold characters.
func (t *textTable) take(n int) ([]byte, bool) {
	out := make([]byte, 0, min(n, 64))
	for len(out) < n {
		b := t.left()
		if b == nil {
			return nil, false
		}
		k := min(n-len(out), len(b))
		out = append(out, b[:k]...)
		t.at += k
	}
	return out, true
}

// next reads one text; formatting and phonetic marks behind it are passed over.
func (t *textTable) next() (string, bool) {
	head, ok := t.take(3)
	if !ok {
		return "", false
	}
	n, flags := int(binary.LittleEndian.Uint16(head)), head[2]
	extra := 0
	if flags&8 != 0 {
		b, ok := t.take(2)
		if !ok {
			return "", false
		}
		extra += 4 * int(binary.LittleEndian.Uint16(b))
	}
	if flags&4 != 0 {
		b, ok := t.take(4)
		if !ok {
			return "", false
		}
		extra += int(binary.LittleEndian.Uint32(b))
	}
	text, ok := t.letters(n, flags&1 == 1)
	if !ok {
		return "", false
	}
	return text, t.skip(extra)
}

// letters reads characters, across records where need be.
func (t *textTable) letters(n int, wide bool) (string, bool) {
	var b strings.Builder
	for n > 0 {
		part := t.part
		left := t.left()
		if left == nil {
			return "", false
		}
		if t.part != part { // cut here: a new record, a new width
			wide = left[0]&1 == 1
			t.at++
			left = t.left()
		}
		size := 1
		if wide {
			size = 2
		}
		k := min(n, len(left)/size)
		if k == 0 {
			return "", false
		}
		s, _ := characters(left, k, wide)
		b.WriteString(s)
		t.at += k * size
		n -= k
	}
	return b.String(), true
}

func (t *textTable) skip(n int) bool {
	for n > 0 {
		b := t.left()
		if b == nil {
			return false
		}
		k := min(n, len(b))
		t.at += k
		n -= k
	}
	return true
}
