package table

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
)

// biff writes records as the old Excel did.
type biff struct{ bytes.Buffer }

func (b *biff) rec(kind uint16, parts ...any) {
	var body bytes.Buffer
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			body.WriteString(p)
		default:
			if err := binary.Write(&body, binary.LittleEndian, p); err != nil {
				panic(err)
			}
		}
	}
	if err := binary.Write(b, binary.LittleEndian, []uint16{kind, uint16(body.Len())}); err != nil {
		panic(err)
	}
	b.Write(body.Bytes())
}

// wide gives a text as UTF-16.
func wide(s string) []uint16 {
	var out []uint16
	for _, r := range s {
		out = append(out, uint16(r))
	}
	return out
}

// oldWorkbook writes a sheet with every kind of cell; a text is cut over two records.
func oldWorkbook() []byte {
	var b biff
	b.rec(biffBOF, uint16(biffVersion8), uint16(5), make([]byte, 12))
	b.rec(biffFormat, uint16(164), uint16(10), byte(0), "yyyy-mm-dd")
	b.rec(biffXF, uint16(0), uint16(0), make([]byte, 16))
	b.rec(biffXF, uint16(0), uint16(164), make([]byte, 16))
	sheetAt := b.Len() + 4
	b.rec(biffSheet, uint32(0), byte(0), byte(0), byte(6), byte(0), "survey")
	text := strings.Repeat("x", 40)
	b.rec(biffSST, uint32(3), uint32(3), uint16(4), byte(0), "type", uint16(2), byte(1|8), uint16(1), wide("草原"), uint32(0), uint16(len(text)), byte(0), text[:10])
	b.rec(biffContinue, byte(1), wide(text[10:]))
	b.rec(biffEOF)
	start := b.Len()
	b.rec(biffBOF, uint16(biffVersion8), uint16(16), make([]byte, 12))
	for i := range 3 {
		b.rec(biffLabelSST, uint16(0), uint16(i), uint16(0), uint32(i))
	}
	b.rec(biffNumber, uint16(1), uint16(0), uint16(0), 2.5)
	b.rec(biffNumber, uint16(1), uint16(1), uint16(1), 46143.0)
	b.rec(biffRK, uint16(1), uint16(2), uint16(0), uint32(7<<2|2))
	b.rec(biffMulRK, uint16(1), uint16(3), uint16(0), uint32(1250<<2|3), uint16(0), uint32(8<<2|2), uint16(4))
	b.rec(biffBool, uint16(1), uint16(5), uint16(0), byte(1), byte(0))
	b.rec(biffFormula, uint16(3), uint16(0), uint16(0), 9.0, make([]byte, 6))
	b.rec(biffFormula, uint16(3), uint16(1), uint16(0), []byte{0, 0, 0, 0, 0, 0, 0xff, 0xff}, make([]byte, 6))
	b.rec(biffString, uint16(3), byte(0), "sum")
	b.rec(biffLabel, uint16(3), uint16(2), uint16(0), uint16(2), byte(0), "ok")
	b.rec(biffEOF)
	out := b.Bytes()
	binary.LittleEndian.PutUint32(out[sheetAt:], uint32(start))
	return out
}

// container wraps a stream the way Office does: header, allocation table, directory, stream.
func container(stream []byte) []byte {
	for len(stream) < 4096 || len(stream)%512 != 0 {
		stream = append(stream, 0)
	}
	sectors := len(stream) / 512
	head := make([]byte, 512)
	copy(head, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	le := binary.LittleEndian
	le.PutUint16(head[24:], 0x3e)
	le.PutUint16(head[26:], 3)
	le.PutUint16(head[28:], 0xfffe)
	le.PutUint16(head[30:], 9)
	le.PutUint16(head[32:], 6)
	le.PutUint32(head[44:], 1) // one sector of the table
	le.PutUint32(head[48:], 1) // directory
	le.PutUint32(head[56:], 4096)
	le.PutUint32(head[60:], 0xfffffffe)
	le.PutUint32(head[68:], 0xfffffffe)
	for i := 76; i < 512; i += 4 {
		le.PutUint32(head[i:], 0xffffffff)
	}
	le.PutUint32(head[76:], 0)
	table := bytes.Repeat([]byte{0xff}, 512)
	le.PutUint32(table, 0xfffffffd)
	le.PutUint32(table[4:], 0xfffffffe)
	for i := range sectors {
		next := uint32(i + 3)
		if i == sectors-1 {
			next = 0xfffffffe
		}
		le.PutUint32(table[8+4*i:], next)
	}
	dir := make([]byte, 512)
	entry := func(at int, name string, kind byte, child, start, size uint32) {
		for i, c := range wide(name) {
			le.PutUint16(dir[at+2*i:], c)
		}
		le.PutUint16(dir[at+64:], uint16(2*len(name)+2))
		dir[at+66], dir[at+67] = kind, 1
		le.PutUint32(dir[at+68:], 0xffffffff)
		le.PutUint32(dir[at+72:], 0xffffffff)
		le.PutUint32(dir[at+76:], child)
		le.PutUint32(dir[at+116:], start)
		le.PutUint32(dir[at+120:], size)
	}
	entry(0, "Root Entry", 5, 1, 0xfffffffe, 0)
	entry(128, "Workbook", 2, 0xffffffff, 2, uint32(len(stream)))
	return append(append(append(head, table...), dir...), stream...)
}

func TestReadOldExcel(t *testing.T) {
	book, err := Read("renamed.xlsx", container(oldWorkbook()), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"type", "草原", strings.Repeat("x", 40)},
		{"2.5", "2026-05-01", "7", "12.5", "8", "TRUE"}, nil, {"9", "sum", "ok"},
	}
	if got := book.Sheet("survey"); got == nil || !reflect.DeepEqual(got.Rows, want) {
		t.Errorf("got %q want %q", got, want)
	}
}

func TestOldExcelWithPassword(t *testing.T) {
	var b biff
	b.rec(biffBOF, uint16(biffVersion8), uint16(5), make([]byte, 12))
	b.rec(biffPassword, uint16(1))
	b.rec(biffEOF)
	_, err := Read("a.xls", container(b.Bytes()), Limits{})
	var ref *Refusal
	if !errors.As(err, &ref) || ref.Key != "table.xls" || !strings.Contains(ref.Text, "a.xls") {
		t.Errorf("got %v", err)
	}
}

func TestShortNumbers(t *testing.T) {
	for rk, want := range map[uint32]float64{uint32(5<<2 | 2): 5, uint32(150<<2 | 3): 1.5, uint32(math.Float64bits(2.5) >> 32): 2.5, 0xfffffffe: -1} {
		if got := rkNumber(rk); got != want {
			t.Errorf("rkNumber(%x) = %v want %v", rk, got, want)
		}
	}
}

func FuzzReadOldExcel(f *testing.F) {
	f.Add(oldWorkbook())
	f.Fuzz(func(t *testing.T, stream []byte) {
		if len(stream) > 1<<16 {
			return
		}
		x := &xlsReader{stream: stream, formats: map[uint16]string{}, budget: budget{lim: Limits{Rows: 1000, Cols: 100, Cells: 10000}}}
		if x.globals() != nil {
			return
		}
		for _, s := range x.sheets {
			if _, err := x.sheet(s); err != nil {
				return
			}
		}
	})
}
