package main

import (
	"context"
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"muqu/app/command"
	"muqu/app/console"
	"muqu/assets"
	"muqu/core/store/sqlite"
	"muqu/sync/attach"
)

type serveOptions struct {
	data, listen, tls, public string
	backups                   string
	every                     time.Duration
	maxFile                   int64 // MiB
	// of a hub
	upstream, code, fingerprint string
}

func serve(f *flag.FlagSet) func(context.Context, *command.Call) error {
	var o serveOptions
	f.StringVar(&o.data, "data", "", "folder of the server")
	f.StringVar(&o.listen, "listen", ":8443", "address to listen on")
	f.StringVar(&o.tls, "tls", "auto", "auto: own certificate, pinned by tablets; off: plain http, on loopback only; or CERT,KEY files")
	f.StringVar(&o.public, "public-url", "", "address that tablets use, where it differs from the one listened on")
	f.StringVar(&o.backups, "backups", "", "folder for scheduled backups; empty: none")
	f.Int64Var(&o.maxFile, "max-file", attach.DefaultMaxBytes>>20, "largest photo or other file that is taken, in MiB")
	f.DurationVar(&o.every, "backup-every", 24*time.Hour, "time between scheduled backups")
	f.StringVar(&o.upstream, "upstream", "", "address of the server above: this is a hub, which works for weeks without it")
	f.StringVar(&o.code, "code", "", "of a hub: the code or link that the server above gave it, the first time")
	f.StringVar(&o.fingerprint, "fingerprint", "", "of a hub: fingerprint of the server above, where the code is no link")
	return func(ctx context.Context, c *command.Call) error {
		if o.upstream != "" {
			if err := becomeHub(ctx, &o); err != nil {
				return err
			}
		}
		log := slog.New(slog.NewTextHandler(c.Err, nil))
		if o.maxFile < 1 || o.maxFile > 4096 {
			return &command.UsageError{Text: "--max-file takes 1 to 4096"}
		}
		return withinLimit(ctx, o.data, o.maxFile<<20, log, func(s *centre) error { return s.serve(ctx, &o, c) })
	}
}

func (s *centre) serve(ctx context.Context, o *serveOptions, c *command.Call) error {
	lock, err := sqlite.Lock(filepath.Join(s.dir, "serve.lock"))
	if err != nil {
		return errors.New("a server is already serving this folder: stop it first, or choose another folder")
	}
	defer lock.Close()
	ln, err := net.Listen("tcp", o.listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", o.listen, err)
	}
	a, ln, err := s.secure(o, ln)
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	if err := s.setAddress(ctx, a); err != nil {
		return err
	}
	handler, err := s.handler()
	if err != nil {
		return err
	}
	srv := &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 10 * time.Minute,
		WriteTimeout: 10 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	if c.JSON {
		if err := c.Print(a); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(c.Err, "serving %s\nfingerprint %s\n", a.URL, a.Fingerprint)
	}
	go s.files.Tend(ctx)
	if s.up != nil {
		ctx, stop := context.WithCancel(ctx)
		done := make(chan struct{})
		go func() { defer close(done); s.carryOn(ctx) }()
		defer func() { stop(); <-done }()
	}
	if o.backups != "" {
		go s.scheduled(ctx, o.backups, o.every)
	}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(ln) }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return srv.Shutdown(stop)
}

// secure wraps the listener in TLS, and says under which address and
// fingerprint tablets find it.
func (s *centre) secure(o *serveOptions, ln net.Listener) (address, net.Listener, error) {
	host, port, err := net.SplitHostPort(ln.Addr().String())
	if err != nil {
		return address{}, ln, err
	}
	ip := net.ParseIP(host)
	if o.tls == "off" {
		if ip == nil || !ip.IsLoopback() {
			return address{}, ln, errors.New("plain http is served on this machine only: use --listen 127.0.0.1:PORT, or leave --tls on")
		}
		return address{URL: either(o.public, "http://"+net.JoinHostPort(host, port))}, ln, nil
	}
	if ip == nil || ip.IsUnspecified() {
		host = hostName()
	}
	var cert tls.Certificate
	if o.tls == "auto" {
		cert, err = certificate(s.dir)
	} else {
		certFile, keyFile, ok := strings.Cut(o.tls, ",")
		if !ok {
			return address{}, ln, &command.UsageError{Text: "--tls takes auto, off or CERT,KEY"}
		}
		cert, err = tls.LoadX509KeyPair(certFile, keyFile)
	}
	if err != nil {
		return address{}, ln, err
	}
	cfg := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
	a := address{URL: either(o.public, "https://"+net.JoinHostPort(host, port)), Fingerprint: fingerprint(cert)}
	return a, tls.NewListener(ln, cfg), nil
}

func either(a, b string) string {
	if a != "" {
		return strings.TrimRight(a, "/")
	}
	return b
}

// handler lists the routes: the tablets' protocol, and the console.
func (s *centre) handler() (http.Handler, error) {
	mux := http.NewServeMux()
	s.Routes(mux)
	s.files.Routes(mux)
	pages, err := console.New(console.Config{
		Centre: desks{s}, Regions: s.Regions, Log: s.log,
		Catalogs: map[assets.Language]*assets.Catalog{
			assets.Chinese: assets.NewCatalog(assets.Chinese, assets.Core, assets.Console, assets.Server),
			assets.English: assets.NewCatalog(assets.English, assets.Core, assets.Console, assets.Server),
		},
	})
	if err != nil {
		return nil, err
	}
	mux.Handle("/", pages)
	return mux, nil
}

// scheduled writes backups until the server stops and keeps the last ten.
func (s *centre) scheduled(ctx context.Context, dir string, every time.Duration) {
	t := time.NewTicker(max(every, time.Minute))
	defer t.Stop()
	for {
		if err := s.backupInto(ctx, dir, 10); err != nil && ctx.Err() == nil {
			s.log.Error("scheduled backup failed: see that the disk is there and has room", "err", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}
