package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"muqu/app/command"
	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/client"
)

// demo plays two field days on this machine: a server, three tablets over real
// HTTP, overlapping work offline, photos, two wrong clocks, a tablet killed
// while it writes and while it syncs; a township hub, and a USB stick. Then it checks what Muqu promises.
func demo(f *flag.FlagSet) func(context.Context, *command.Call) error {
	data := f.String("data", "", "folder to play in; empty: a temporary one")
	return func(ctx context.Context, c *command.Call) (err error) {
		dir := *data
		if dir == "" {
			if dir, err = os.MkdirTemp("", "muqu-demo-"); err != nil {
				return err
			}
			defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
		}
		out := c.Err
		if !c.JSON {
			out = c.Out
		}
		p := &play{dir: dir, out: out, summary: make(map[string]any)}
		err = within(ctx, filepath.Join(dir, "server"), slog.New(slog.DiscardHandler), func(s *centre) error {
			p.centre = s
			return p.day(ctx)
		})
		if c.JSON {
			p.summary["failed"] = p.failed
			err = errors.Join(err, c.Print(p.summary))
		}
		if err == nil && len(p.failed) > 0 {
			err = fmt.Errorf("%d checks failed: %s", len(p.failed), strings.Join(p.failed, "; "))
		}
		return err
	}
}

// play is one demo.
type play struct {
	*centre
	dir     string
	out     io.Writer
	url     string
	print   string
	worker  [3]*actor
	summary map[string]any
	failed  []string
	homes   []core.Ref
	acked   []core.Ref // confirmed by the tablet that was killed
	line    *served    // to the county
	stuck   core.Ref   // what went by USB stick
}

// actor is one tablet with its own idea of the time.
type actor struct {
	*client.Tablet
	name   string
	dir    string
	clock  func(time.Time) time.Time
	offset string
}

func (p *play) say(format string, args ...any) { fmt.Fprintf(p.out, format+"\n", args...) }

// check notes what was promised and whether it held.
func (p *play) check(ok bool, promise string) {
	mark := "✓"
	if !ok {
		mark = "✗"
		p.failed = append(p.failed, promise)
	}
	p.say("  %s %s", mark, promise)
}

func (p *play) day(ctx context.Context) error {
	var err error
	if p.line, err = listenAt(p.centre, "127.0.0.1:0"); err != nil {
		return err
	}
	defer func() { p.line.stop() }()
	p.url, p.print = p.line.at.URL, p.line.at.Fingerprint
	p.say("服务器 server %s", p.url)
	defer p.closeTablets()
	for _, act := range []func(context.Context) error{p.prepare, p.enroll, p.offline, p.photograph, p.killed, p.reconcile, p.settleAll, p.township, p.verifyPhotos, p.verify} {
		if err := act(ctx); err != nil {
			return err
		}
	}
	return nil
}

// prepare gives the centre a list of households, as an office would import it.
func (p *play) prepare(ctx context.Context) error {
	desk := p.As(administrator())
	villages := sampleVillages(p.Regions())
	var edits []core.Edit
	for n := range 60 {
		e := sampleHousehold(n, villages, p.NewID())
		edits = append(edits, e)
		p.homes = append(p.homes, e.Ref)
	}
	_, err := desk.Commit(ctx, edits)
	p.say("县里导入牧户 the county imported %d households", len(edits))
	return err
}

func (p *play) enroll(ctx context.Context) error {
	p.say("\n早上 morning: 三台平板登记并同步 three tablets enroll and sync")
	for i, w := range []struct {
		name   string
		role   core.Role
		offset string
	}{{"卓玛", core.FieldWorker, ""}, {"才让", core.FieldWorker, "1970-01-01T00:00:00Z"}, {"李老师", core.Trainer, "2038-01-19T03:14:08Z"}} {
		a := &actor{name: w.name, dir: filepath.Join(p.dir, fmt.Sprintf("tablet-%d", i+1)), offset: w.offset}
		p.worker[i] = a
		if err := p.openTablet(ctx, a); err != nil {
			return err
		}
		code, err := p.NewCode(ctx, store.Code{Name: w.name, Role: w.role, Scope: core.Scope{sampleCounty}, Expires: change.MillisOf(time.Now().Add(time.Hour))})
		if err != nil {
			return err
		}
		if err := a.Enroll(ctx, client.Invitation{URL: p.url, Code: code, Fingerprint: p.print}); err != nil {
			return err
		}
		r, err := a.Sync(ctx, nil)
		if err != nil {
			return err
		}
		clock := ""
		if w.offset != "" {
			clock = "(时钟错误 wrong clock: " + w.offset[:10] + ")"
		}
		p.say("  %s %s: 收到 received %d 条 %s", w.name, w.role, r.Pulled, clock)
	}
	return nil
}

func (p *play) openTablet(ctx context.Context, a *actor) (err error) {
	if a.clock == nil {
		if a.clock, err = wrongClock(a.offset); err != nil {
			return err
		}
	}
	a.Tablet, err = client.Open(ctx, a.dir, client.Config{Now: func() time.Time { return a.clock(time.Now()) }, Regions: p.Regions(), Program: "demo"})
	return err
}

// wrongClock stands at a moment now and goes on from there.
func wrongClock(at string) (func(time.Time) time.Time, error) {
	if at == "" {
		return func(t time.Time) time.Time { return t }, nil
	}
	t, err := time.Parse(time.RFC3339, at)
	d := time.Until(t)
	return func(now time.Time) time.Time { return now.Add(d) }, err
}

func (p *play) closeTablets() {
	for _, a := range p.worker {
		if a != nil && a.Tablet != nil {
			_ = a.Close() // what matters is on disk
		}
	}
}
