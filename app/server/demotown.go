package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/bundle"
	"muqu/sync/client"
)

// served is a server of the demo on an address of this machine.
type served struct {
	*centre
	at   address
	stop func()
}

// listenAt serves on an address, any free one where none is given.
func listenAt(s *centre, at string) (*served, error) {
	ln, err := net.Listen("tcp", at)
	if err != nil {
		return nil, err
	}
	a, ln, err := s.secure(&serveOptions{tls: "auto"}, ln)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	s.Routes(mux)
	s.files.Routes(mux)
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)}
	go func() { _ = srv.Serve(ln) }() // ends when stop closes it
	return &served{centre: s, at: a, stop: func() { _ = srv.Close() }}, nil
}

// township is the next day: the line to the county is dead. Two tablets work
// through a hub in the township, the third has no network at all and sends its
// work on a USB stick.
func (p *play) township(ctx context.Context) (err error) {
	p.say("\n第二天 the next day: 乡里的网断了 the township's line is dead")
	dir := filepath.Join(p.dir, "hub")
	code, err := p.NewCode(ctx, store.Code{Name: "泽曲镇", Role: core.HubRole, Scope: core.Scope{sampleCounty}, Expires: change.MillisOf(time.Now().Add(time.Hour))})
	if err != nil {
		return err
	}
	if err := becomeHub(ctx, &serveOptions{data: dir, upstream: p.url, code: code, fingerprint: p.print}); err != nil {
		return err
	}
	return within(ctx, dir, slog.New(slog.DiscardHandler), func(hub *centre) error {
		if _, err := hub.up.Sync(ctx, nil); err != nil {
			return err
		}
		p.line.stop()
		town, err := listenAt(hub, "127.0.0.1:0")
		if err != nil {
			return err
		}
		defer town.stop()
		p.say("  中转站 hub %s", town.at.URL)
		return p.dayAtHub(ctx, town)
	})
}

func (p *play) dayAtHub(ctx context.Context, town *served) error {
	zm, cr, teacher := p.worker[0], p.worker[1], p.worker[2]
	home := p.homes[30]
	for _, a := range []*actor{zm, cr} {
		if err := a.AddServer(ctx, client.Invitation{URL: town.at.URL, Fingerprint: town.at.Fingerprint}); err != nil {
			return err
		}
	}
	if err := zm.do(ctx, home, "", map[string]change.Value{"yak": change.Int(33)}); err != nil {
		return err
	}
	if err := syncAll(ctx, zm, cr); err != nil {
		return err
	}
	seen, _, err := cr.Get(ctx, home)
	if err != nil {
		return err
	}
	p.check(seen.Text("yak") == "33" && seen.Pending && seen.AtHub, "没有互联网，才让经中转站看到卓玛的修改，并标明“在中转站” without internet one sees the other's edit through the hub, marked so")
	if err := cr.do(ctx, home, "", map[string]change.Value{"yak": change.Int(34)}); err != nil {
		return err
	}
	if err := syncAll(ctx, cr, zm); err != nil {
		return err
	}
	if err := p.byStick(ctx, teacher); err != nil {
		return err
	}
	return p.lineIsBack(ctx, town, home)
}

// byStick carries the teacher's work to the county on a stick.
func (p *play) byStick(ctx context.Context, teacher *actor) error {
	village := sampleVillages(p.Regions())[0].Code
	p.stuck = core.Ref{Kind: "problem", ID: teacher.NewID()}
	if err := teacher.do(ctx, p.stuck, village, map[string]change.Value{"title": change.Text("培训教室没有取暖设备")}); err != nil {
		return err
	}
	path := filepath.Join(p.dir, "stick.muqu")
	if err := bundle.Export(ctx, path, teacher.Stick()); err != nil {
		return err
	}
	for range 2 { // twice is harmless
		if err := bundle.Import(ctx, path, p.Stick()); err != nil {
			return err
		}
	}
	wrong := bundle.Import(ctx, path, p.worker[0].Stick())
	p.check(wrong != nil, "别人的平板打不开这个U盘文件 nobody else can read the file on the stick")
	p.say("  %s: 完全没有网络，用U盘带到县里 no network at all: by USB stick to the county", teacher.name)
	return nil
}

// lineIsBack lets everything go up in one go, and the receipts come back.
func (p *play) lineIsBack(ctx context.Context, town *served, home core.Ref) (err error) {
	host := strings.TrimPrefix(p.url, "https://")
	if p.line, err = listenAt(p.centre, host); err != nil {
		return err
	}
	r, err := town.up.Sync(ctx, nil)
	if err != nil {
		return err
	}
	if _, err := town.up.Sync(ctx, nil); err != nil {
		return err
	}
	p.say("  网络恢复，中转站一次上传 the line is back, the hub carries it all: 流量 bytes %d", r.BytesIn+r.BytesOut)
	if err := syncAll(ctx, p.worker[0], p.worker[1]); err != nil {
		return err
	}
	back := filepath.Join(p.dir, "back.muqu")
	if err := bundle.Export(ctx, back, p.StickFor(p.worker[2].Identity().Device, true)); err != nil {
		return err
	}
	if err := bundle.Import(ctx, back, p.worker[2].Stick()); err != nil {
		return err
	}
	waiting, err := town.waiting(ctx)
	if err != nil {
		return err
	}
	left := waiting
	for _, a := range p.worker {
		st, err := a.Status(ctx)
		if err != nil {
			return err
		}
		left += st.Unsent + st.AtHub
	}
	_, there, err := p.Get(ctx, p.stuck)
	if err != nil {
		return err
	}
	p.check(left == 0 && there, "中转站和U盘带来的工作都到了中心，回执也回来了 what hub and stick carried is at the centre, and the receipts came back")
	now, _, err := p.Get(ctx, home)
	if err != nil {
		return err
	}
	p.check(now.Text("yak") == "34" && len(now.Conflicts) == 0, fmt.Sprintf("看过再改，不算冲突 written after having seen it: no conflict (%s)", now.Text("yak")))
	return syncAll(ctx, p.worker[:]...)
}

func syncAll(ctx context.Context, workers ...*actor) error {
	for _, a := range workers {
		if _, err := a.Sync(ctx, nil); err != nil {
			return err
		}
	}
	return nil
}
