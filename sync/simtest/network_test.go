package simtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"muqu/core"
	"muqu/sync/client"
)

// line is a real TCP line to the centre that can be made as bad as it gets.
type line struct {
	t     *testing.T
	proxy *toxiproxy.Proxy
	url   string
}

func newLine(t *testing.T, w *World) *line {
	t.Helper()
	srv := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	l := &line{t: t, proxy: toxiproxy.NewProxy(srv, t.Name(), at, strings.TrimPrefix(w.http.URL, "http://")), url: "http://" + at}
	if err := l.proxy.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.proxy.Stop)
	return l
}

func (l *line) spoil(toxics ...string) {
	l.t.Helper()
	for _, x := range toxics {
		if _, err := l.proxy.Toxics.AddToxicJson(strings.NewReader(x)); err != nil {
			l.t.Fatal(err)
		}
	}
}

func (l *line) mend() { l.proxy.Toxics.ResetToxics(context.Background()) }

// guest enrolls a tablet that reaches the centre by this line only.
func (l *line) guest(w *World, name string) *Tablet {
	l.t.Helper()
	code, err := w.Server.NewCode(w.ctx, codeFor(name, "632323"))
	if err != nil {
		l.t.Fatal(err)
	}
	b := &Tablet{w: w, Dir: l.t.TempDir(), Name: name}
	b.Open()
	l.t.Cleanup(func() { _ = b.Close() })
	if err := b.Enroll(w.ctx, client.Invitation{URL: l.url, Code: code}); err != nil {
		l.t.Fatal(err)
	}
	return b
}

// persist syncs again and again, as a worker does, and gives how many attempts
// it took and the bytes of the one that got through.
func (l *line) persist(a *Tablet, attempts int, patience time.Duration) (int, client.Result) {
	l.t.Helper()
	var last error
	for n := 1; n <= attempts; n++ {
		ctx, cancel := context.WithTimeout(a.w.ctx, patience)
		r, err := a.Tablet.Sync(ctx, nil)
		cancel()
		if err == nil {
			return n, r
		}
		if !errors.Is(err, client.ErrOffline) && !errors.Is(err, context.DeadlineExceeded) {
			l.t.Fatalf("attempt %d: %v", n, err)
		}
		last = err
	}
	l.t.Fatalf("%d attempts did not get through: %v", attempts, last)
	return 0, client.Result{}
}

// Whole days over lines as they are: slow, far, cut off, reset, and dead
// without saying so.
func TestPoorLines(t *testing.T) {
	for _, tc := range []struct {
		name     string
		homes    int // households that the first sync brings
		work     int // households that are registered afterwards
		toxics   []string
		attempts int
		patience time.Duration
	}{
		{"two seconds away", 50, 300, []string{`{"type":"latency","stream":"downstream","attributes":{"latency":2000}}`}, 1, time.Minute},
		{"two kilobytes a second", 50, 300, []string{`{"type":"bandwidth","stream":"downstream","attributes":{"rate":2}}`, `{"type":"bandwidth","stream":"upstream","attributes":{"rate":2}}`}, 1, time.Minute},
		{"cut off after 24 kB", 2500, 300, []string{`{"type":"limit_data","stream":"downstream","attributes":{"bytes":24000}}`}, 60, 10 * time.Second},
		{"sends in crumbs", 50, 300, []string{`{"type":"slicer","stream":"downstream","attributes":{"average_size":100,"size_variation":50,"delay":500}}`}, 1, time.Minute},
		{"upload cut off after 24 kB", 50, 3000, []string{`{"type":"limit_data","stream":"upstream","attributes":{"bytes":24000}}`}, 40, 10 * time.Second},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := NewWorld(t, 111)
			far := w.Tablet("央金")
			for i := range tc.homes {
				far.Put(core.Ref{}, map[string]any{"head_name": fmt.Sprintf("户主%d", i), "yak": i % 300, "remark": fmt.Sprint(i * 7919 % 100003)})
			}
			far.Sync()
			l := newLine(t, w)
			a := l.guest(w, "卓玛")
			l.spoil(tc.toxics...)
			n, _ := l.persist(a, tc.attempts, tc.patience)
			var refs []core.Ref
			for i := range tc.work {
				refs = append(refs, a.Put(core.Ref{}, map[string]any{"head_name": fmt.Sprintf("新户%d", i), "remark": fmt.Sprint(i * 104729 % 1000003)}))
			}
			m, r := l.persist(a, tc.attempts, tc.patience)
			t.Logf("first sync in %d attempts, a day's work in %d; the last one moved %d bytes out and %d in", n, m, r.BytesOut, r.BytesIn)
			far.Sync()
			wantField(t, far, refs[tc.work-1], "head_name", fmt.Sprintf("新户%d", tc.work-1))
			wantWaiting(t, a, 0, 0)
			l.mend()
			a.Sync()
			wantEqual(t, w, a, far)
		})
	}
}

// A line that takes everything and answers nothing costs patience, and no work.
func TestDeadLine(t *testing.T) {
	w := NewWorld(t, 112)
	l := newLine(t, w)
	a := l.guest(w, "卓玛")
	a.Sync()
	hh := a.Put(core.Ref{}, map[string]any{"head_name": "扎西"})
	for _, stream := range []string{"upstream", "downstream"} {
		l.spoil(`{"type":"timeout","stream":"` + stream + `","attributes":{"timeout":0}}`)
		ctx, cancel := context.WithTimeout(w.ctx, 500*time.Millisecond)
		if _, err := a.Tablet.Sync(ctx, nil); err == nil {
			t.Error("a sync over a dead line went well")
		}
		cancel()
		a.Put(hh, map[string]any{"remark": stream}) // work goes on
		l.mend()
	}
	l.spoil(`{"type":"reset_peer","stream":"downstream","attributes":{"timeout":0}}`)
	if _, err := a.Tablet.Sync(w.ctx, nil); !errors.Is(err, client.ErrOffline) {
		t.Errorf("a line that is reset: %v", err)
	}
	l.mend()
	a.Sync()
	wantWaiting(t, a, 0, 0)
	b := w.Tablet("才让")
	b.Sync()
	wantField(t, b, hh, "remark", "downstream")
	wantEqual(t, w, a, b)
}
