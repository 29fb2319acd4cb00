package simtest

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"runtime"
	"sort"
	"testing"
	"time"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/core/store/sqlite"
)

// The township day of the peer benchmark: 10,000 visits of 40 answers, 3,000
// demands, 20,000 attendance marks.
func townshipDay(id func() change.RecordID) []core.Edit {
	var out []core.Edit
	for i := range 10000 {
		set := map[string]change.Value{"form_id": change.Text("hh_visit"), "visit_date": change.Text("2026-06-01"), "head_name": change.Text(fmt.Sprintf("户主%d", i))}
		for a := range 37 {
			switch a % 3 {
			case 0:
				set[fmt.Sprintf("answer_%02d", a)] = change.Int(int64(i*a%5000 + 1))
			case 1:
				set[fmt.Sprintf("answer_%02d", a)] = change.Text([]string{"yes", "no", "unknown"}[i*a%3])
			case 2:
				set[fmt.Sprintf("answer_%02d", a)] = change.Text(fmt.Sprintf("说明%d", i*a%977))
			}
		}
		out = append(out, core.Edit{Ref: core.Ref{Kind: "visit", ID: id()}, Region: Village, Set: set})
	}
	for i := range 3000 {
		set := map[string]change.Value{"title": change.Text(fmt.Sprintf("需求%d", i)), "cat": change.Text("industry"), "state": change.Text("submitted"), "budget": change.Int(int64(i)), "detail": change.Text("冬季饲草不足,需要补充")}
		out = append(out, core.Edit{Ref: core.Ref{Kind: "demand", ID: id()}, Region: Village, Set: set})
	}
	for i := range 20000 {
		session, person := core.Derive("session", fmt.Sprint(i/40), ""), core.Derive("person", fmt.Sprint(i), "")
		set := map[string]change.Value{"session": change.Text(session.String()), "person": change.Text(person.String()), "t_status": change.Text("present"), "t_hours": change.Int(4)}
		out = append(out, core.Edit{Ref: core.Ref{Kind: "attendance", ID: core.Derive("attendance", session.String(), person.String())}, Region: Village, Set: set})
	}
	return out
}

func homes(n int, id func() change.RecordID) []core.Edit {
	given := []string{"扎西", "卓玛", "才让", "多杰", "拉毛", "旦增", "央金", "仁青"}
	var out []core.Edit
	for i := range n {
		out = append(out, core.Edit{Ref: core.Ref{Kind: "household", ID: id()}, Region: Village, Set: map[string]change.Value{
			"head_name": change.Text(given[i%8] + given[i/8%8]), "phone": change.Text(fmt.Sprintf("139%08d", i)), "hh_type": change.Text("general"), "yak": change.Int(int64(i % 100))}})
	}
	return out
}

func commitAll(b *testing.B, t *Tablet, edits []core.Edit) {
	b.Helper()
	for len(edits) > 0 {
		n := min(1000, len(edits))
		if _, err := t.Commit(context.Background(), edits[:n]); err != nil {
			b.Fatal(err)
		}
		edits = edits[n:]
	}
}

// BenchmarkTownshipDay pushes 33,000 records and brings them to an empty
// tablet. floor is a bulk insert of the same rows into the same tables.
func BenchmarkTownshipDay(b *testing.B) {
	for range b.N {
		w := NewWorld(b, 1)
		a := w.Tablet("卓玛")
		a.Sync()
		commitAll(b, a, townshipDay(a.NewID))
		start := time.Now()
		r := a.Sync()
		push := time.Since(start)
		c := w.Tablet("才让")
		start = time.Now()
		first := c.Sync()
		pull := time.Since(start)
		floor := bulkInsert(b, w)
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(push.Seconds(), "push-s")
		b.ReportMetric(pull.Seconds(), "pull-s")
		b.ReportMetric(floor.Seconds(), "floor-s")
		b.ReportMetric(push.Seconds()/floor.Seconds(), "push/floor")
		b.ReportMetric(pull.Seconds()/floor.Seconds(), "pull/floor")
		b.ReportMetric(float64(r.BytesOut)/1e6, "push-MB")
		b.ReportMetric(float64(first.BytesIn)/1e6, "pull-MB")
		b.ReportMetric(float64(m.Sys)/1e6, "both-sides-MB")
	}
}

// bulkInsert writes the server's rows into an empty database, as fast as its
// tables and indexes take them.
func bulkInsert(b *testing.B, w *World) time.Duration {
	b.Helper()
	ctx := context.Background()
	db, err := sqlite.Open(ctx, filepath.Join(b.TempDir(), "bulk.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	var rows []store.Row
	var logged []store.Logged
	if err := w.DB.View(ctx, func(tx store.Tx) (err error) {
		if rows, _, err = tx.Snapshot(core.Scope{"63"}, 0, 1<<20); err != nil {
			return err
		}
		logged, err = tx.Logged(0, "", 1<<20)
		return err
	}); err != nil {
		b.Fatal(err)
	}
	for i := range rows {
		r, _, err := w.Server.Get(ctx, rows[i].Ref)
		if err != nil {
			b.Fatal(err)
		}
		rows[i].Index = store.IndexOf(&r, nil)
	}
	start := time.Now()
	err = db.Update(ctx, func(tx store.Tx) error {
		for i := range rows {
			if err := tx.PutRecord(&rows[i]); err != nil {
				return err
			}
			if err := tx.AppendLogged(&logged[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return time.Since(start)
}

// BenchmarkSavedEdit compares one durable edit with a raw durable insert of
// the same bytes.
func BenchmarkSavedEdit(b *testing.B) {
	w := NewWorld(b, 1)
	a := w.Tablet("卓玛")
	commitAll(b, a, homes(2000, a.NewID))
	a.Sync()
	list, err := a.List(w.ctx, core.Query{Kind: "household"})
	if err != nil {
		b.Fatal(err)
	}
	raw := rawDatabase(b)
	const n = 1500
	ours, floor := make([]time.Duration, 0, n), make([]time.Duration, 0, n)
	for range b.N {
		for i := range n {
			r, _, err := a.Get(w.ctx, list[i].Ref)
			if err != nil {
				b.Fatal(err)
			}
			start := time.Now()
			a.Do(core.Edit{Ref: r.Ref, From: r, Set: map[string]change.Value{"yak": change.Int(int64(i + 7))}})
			ours = append(ours, time.Since(start))
			floor = append(floor, raw(i))
		}
	}
	b.ReportMetric(float64(quantile(ours, .5).Microseconds()), "p50-µs")
	b.ReportMetric(float64(quantile(floor, .5).Microseconds()), "raw-p50-µs")
	b.ReportMetric(float64(quantile(ours, .5))/float64(quantile(floor, .5)), "p50/raw")
	b.ReportMetric(float64(quantile(ours, .99))/float64(quantile(floor, .99)), "p99/raw")
}

// rawDatabase gives a durable insert of a state and an entry into two plain
// tables, and nothing else.
func rawDatabase(b *testing.B) func(int) time.Duration {
	b.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "raw.db")+"?_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)")
	if err != nil {
		b.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	b.Cleanup(func() { _ = db.Close() })
	for _, s := range []string{"CREATE TABLE r (k BLOB PRIMARY KEY, v BLOB)", "CREATE TABLE e (k INTEGER PRIMARY KEY, v BLOB)"} {
		if _, err := db.Exec(s); err != nil {
			b.Fatal(err)
		}
	}
	state, entry := make([]byte, 420), make([]byte, 160)
	return func(i int) time.Duration {
		start := time.Now()
		tx, err := db.Begin()
		if err != nil {
			b.Fatal(err)
		}
		for _, s := range []struct {
			text string
			key  any
			v    []byte
		}{{"INSERT OR REPLACE INTO r VALUES (?,?)", fmt.Sprintf("%016d", i), state}, {"INSERT INTO e (v) VALUES (?)", nil, entry}} {
			if s.key == nil {
				_, err = tx.Exec(s.text, s.v)
			} else {
				_, err = tx.Exec(s.text, s.key, s.v)
			}
			if err != nil {
				b.Fatal(err)
			}
		}
		if err := tx.Commit(); err != nil {
			b.Fatal(err)
		}
		return time.Since(start)
	}
}

func quantile(d []time.Duration, q float64) time.Duration {
	s := append([]time.Duration(nil), d...)
	sort.Slice(s, func(i, j int) bool { return s[i] < s[j] })
	return s[int(float64(len(s)-1)*q)]
}

// BenchmarkSearch types names into 30,000 households, and opens their list.
func BenchmarkSearch(b *testing.B) {
	w := NewWorld(b, 1)
	a := w.Tablet("卓玛")
	commitAll(b, a, homes(30000, a.NewID))
	b.ResetTimer()
	var typed, list []time.Duration
	for range b.N {
		for _, text := range []string{"z", "zx", "zxdj", "扎", "扎西", "西卓", "139", "1390001", "才让多", "cr dm"} {
			for range 10 {
				start := time.Now()
				if _, err := a.List(w.ctx, core.Query{Kind: "household", Search: text, Limit: 50}); err != nil {
					b.Fatal(err)
				}
				typed = append(typed, time.Since(start))
			}
		}
		for range 10 {
			start := time.Now()
			if _, err := a.List(w.ctx, core.Query{Kind: "household", Limit: 50}); err != nil {
				b.Fatal(err)
			}
			if _, err := a.Count(w.ctx, core.Query{Kind: "household"}); err != nil {
				b.Fatal(err)
			}
			list = append(list, time.Since(start))
		}
	}
	b.ReportMetric(float64(quantile(typed, .95).Microseconds())/1000, "search-p95-ms")
	b.ReportMetric(float64(quantile(list, .95).Microseconds())/1000, "list-p95-ms")
}

// BenchmarkNothingNew counts the bytes of a sync that has nothing to say, and
// of one changed household among 30,000.
func BenchmarkNothingNew(b *testing.B) {
	for range b.N {
		w := NewWorld(b, 1)
		a, c := w.Tablet("卓玛"), w.Tablet("才让")
		edits := homes(30000, a.NewID)
		commitAll(b, a, edits)
		a.Sync()
		c.Sync()
		r := c.Sync()
		b.ReportMetric(float64(r.BytesIn+r.BytesOut), "nothing-B")
		a.Put(edits[5].Ref, map[string]any{"yak": 77})
		a.Sync()
		r = c.Sync()
		b.ReportMetric(float64(r.BytesIn+r.BytesOut), "one-change-B")
	}
}

// BenchmarkFirstSync brings 100,000 households to an empty tablet. floor is a
// bulk insert of the same rows into the same tables and indexes.
func BenchmarkFirstSync(b *testing.B) {
	const n = 100000
	for range b.N {
		w := NewWorld(b, 1)
		a := w.Tablet("卓玛")
		commitAll(b, a, homes(n, a.NewID))
		a.Sync()
		if err := a.Close(); err != nil {
			b.Fatal(err)
		}
		c := w.Tablet("才让")
		runtime.GC()
		start := time.Now()
		c.Sync()
		spent := time.Since(start)
		floor := bulkInsert(b, w)
		b.ReportMetric(n/spent.Seconds(), "records/s")
		b.ReportMetric(spent.Seconds()/floor.Seconds(), "pull/floor")
	}
}
