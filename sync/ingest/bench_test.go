package ingest_test

import (
	"crypto/ed25519"
	"fmt"
	"path/filepath"
	"sort"
	"sync"
	"testing"
	"time"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/core/store/sqlite"
	"muqu/sync/ingest"
	"muqu/sync/wire"
)

// BenchmarkIngest has 200 tablets push at once: each request is verified,
// sequenced, folded and logged on a real database before it is answered.
func BenchmarkIngest(b *testing.B) {
	const tablets, turns, entries = 200, 4, 100
	for range b.N {
		b.StopTimer()
		db, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "muqu.db"))
		if err != nil {
			b.Fatal(err)
		}
		s, err := ingest.New(b.Context(), db, ingest.Config{})
		if err != nil {
			b.Fatal(err)
		}
		work := make([][]*wire.SyncRequest, tablets)
		devices := make([]store.Device, tablets)
		for i := range work {
			devices[i], work[i] = busyTablet(b, i, turns, entries)
			if err := db.Update(b.Context(), func(tx store.Tx) error { return tx.PutDevice(&devices[i]) }); err != nil {
				b.Fatal(err)
			}
		}
		b.StartTimer()
		start := time.Now()
		var took []time.Duration
		var mu sync.Mutex
		var all sync.WaitGroup
		for i := range work {
			all.Go(func() {
				for _, req := range work[i] {
					begun := time.Now()
					if _, err := s.Exchange(b.Context(), devices[i], req); err != nil {
						b.Error(err)
					}
					mu.Lock()
					took = append(took, time.Since(begun))
					mu.Unlock()
				}
			})
		}
		all.Wait()
		spent := time.Since(start)
		sort.Slice(took, func(i, j int) bool { return took[i] < took[j] })
		b.ReportMetric(tablets*turns*entries/spent.Seconds(), "entries/s")
		b.ReportMetric(took[len(took)*99/100].Seconds(), "p99-s")
		s.Close()
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// busyTablet seals turns of small edits of households, half of them new.
func busyTablet(b *testing.B, n, turns, entries int) (store.Device, []*wire.SyncRequest) {
	b.Helper()
	pub, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		b.Fatal(err)
	}
	d := store.Device{ID: change.DeviceID{1, byte(n), byte(n >> 8)}, Name: fmt.Sprint("t", n), Role: core.FieldWorker, Scope: core.Scope{"632323"}, Key: pub}
	log := change.Log{Device: d.ID, Incarnation: 9}
	var out []*wire.SyncRequest
	seq := uint64(0)
	for range turns {
		seg := wire.Segment{Log: log, First: seq + 1}
		for range entries {
			seq++
			e := change.Entry{Key: change.Key{Log: log, Seq: seq}, Author: d.Name, At: 1, Kind: "household", Record: change.RecordID{byte(n), byte(n >> 8), byte(seq / 2), byte(seq >> 9)}, Region: near,
				Seen:   change.Seen{Own: seq - 1},
				Fields: []change.Field{{Name: "yak", Rule: change.Review, Value: change.Int(int64(seq)), Was: change.Null}}}
			if seq%2 == 1 {
				e.Fields = append([]change.Field{{Name: "head_name", Rule: change.Review, Value: change.Text(fmt.Sprint("户主", seq)), Was: change.Null},
					{Name: change.RegionField, Rule: change.Review, Value: change.Text(near), Was: change.Null}}, e.Fields...)
			} else {
				e.Fields[0].Was = change.Int(int64(seq - 1))
			}
			raw, err := e.Encode()
			if err != nil {
				b.Fatal(err)
			}
			seg.Entries = append(seg.Entries, raw)
		}
		bytes, _, err := wire.Seal(&seg, key)
		if err != nil {
			b.Fatal(err)
		}
		out = append(out, &wire.SyncRequest{Version: wire.Version, Incarnation: log.Incarnation, Segments: [][]byte{bytes}, PushOnly: true})
	}
	return d, out
}
