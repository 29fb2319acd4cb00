package simtest

import (
	"fmt"
	"math/rand"
	"slices"
	"testing"

	"github.com/klauspost/compress/zstd"

	"muqu/core"
	"muqu/core/change"
)

// BenchmarkBytes weighs what a day of small edits and a day of visits cost on
// the wire: bytes for each edit, in batches of ten and of a hundred, headers
// left out, and the visits against their bare values under zstd's level 19.
func BenchmarkBytes(b *testing.B) {
	for range b.N {
		for _, n := range []int{10, 100} {
			b.ReportMetric(editBytes(b, n), fmt.Sprintf("edit-B/%d", n))
		}
		b.ReportMetric(visitBytes(b), "visits/values")
	}
}

// editBytes gives what one edit of one to four fields of one of 2,000
// households costs when n of them go together.
func editBytes(b *testing.B, n int) float64 {
	w := NewWorld(b, 3)
	a := w.Tablet("卓玛")
	all := homes(2000, a.NewID)
	commitAll(b, a, all)
	a.Sync()
	r := rand.New(rand.NewSource(5))
	total, rounds := int64(0), 20
	for range rounds {
		empty := a.Sync()
		for range n {
			set := map[string]any{}
			for range 1 + r.Intn(4) {
				switch r.Intn(5) {
				case 0:
					set["yak"] = r.Intn(300)
				case 1:
					set["sheep"] = r.Intn(900)
				case 2:
					set["phone"] = fmt.Sprintf("139%08d", r.Intn(1e8))
				case 3:
					set["next_visit"] = fmt.Sprintf("2026-%02d-%02d", 1+r.Intn(12), 1+r.Intn(28))
				case 4:
					set["hh_size"] = 1 + r.Intn(9)
				}
			}
			a.Put(all[r.Intn(len(all))].Ref, set)
		}
		total += a.Sync().BytesOut - empty.BytesOut
	}
	return float64(total) / float64(rounds*n)
}

// visitBytes gives what 10,000 visits of 40 answers cost, against their values
// alone as one text under zstd 19.
func visitBytes(b *testing.B) float64 {
	w := NewWorld(b, 4)
	a := w.Tablet("卓玛")
	a.Sync()
	visits := surveys(10000, a.NewID)
	commitAll(b, a, visits)
	sent := a.Sync().BytesOut
	var values []byte
	for i := range visits {
		for _, name := range sorted(visits[i].Set) {
			v, err := visits[i].Set[name].MarshalJSON()
			if err != nil {
				b.Fatal(err)
			}
			values = append(append(values, v...), '\n')
		}
	}
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.EncoderLevelFromZstd(19)))
	if err != nil {
		b.Fatal(err)
	}
	return float64(sent) / float64(len(z.EncodeAll(values, nil)))
}

func sorted(m map[string]change.Value) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// surveys makes visits whose answers are as various as people's are.
func surveys(n int, id func() change.RecordID) []core.Edit {
	r := rand.New(rand.NewSource(6))
	var out []core.Edit
	for range n {
		set := map[string]change.Value{"form_id": change.Text("hh_visit"), "visit_date": change.Text(fmt.Sprintf("2026-06-%02d", 1+r.Intn(30))), "head_name": change.Text(fmt.Sprintf("户主%d", r.Intn(5000)))}
		for a := range 37 {
			name := fmt.Sprintf("answer_%02d", a)
			switch a % 3 {
			case 0:
				set[name] = change.Int(int64(r.Intn(5000)))
			case 1:
				set[name] = change.Text([]string{"yes", "no", "unknown"}[r.Intn(3)])
			case 2:
				set[name] = change.Text(fmt.Sprintf("说明%d", r.Intn(977)))
			}
		}
		out = append(out, core.Edit{Ref: core.Ref{Kind: "visit", ID: id()}, Region: Village, Set: set})
	}
	return out
}
