package table

import (
	"bytes"
	"fmt"
	"testing"
)

// householdSheet writes n rows of text and numbers, as a county's list has them.
func householdSheet(b *testing.B, n int) []byte {
	out := Out{Name: "households", Header: []string{"name", "id", "yaks", "sheep", "income", "phone"}}
	for i := range n {
		out.Rows = append(out.Rows, []any{fmt.Sprintf("Household %d", i), "632323198001010013", i % 200, i % 500, float64(i) * 1.5, "13900000000"})
	}
	var buf bytes.Buffer
	if err := WriteXLSX(&buf, out); err != nil {
		b.Fatal(err)
	}
	return buf.Bytes()
}

func BenchmarkReadXLSX30000Rows(b *testing.B) {
	data := householdSheet(b, 30_000)
	for b.Loop() {
		if _, err := Read("h.xlsx", data, Limits{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWriteXLSX30000Rows(b *testing.B) {
	for b.Loop() {
		householdSheet(b, 30_000)
	}
}
