package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"

	"muqu/app/command"
	"muqu/assets"
	"muqu/core"
	"muqu/core/store"
	"muqu/core/store/sqlite"
	"muqu/sync/attach"
	"muqu/sync/client"
	"muqu/sync/ingest"
)

// centre is an open server folder: of the centre itself, or of a hub.
type centre struct {
	*ingest.Server
	dir   string
	store *sqlite.DB
	files *attach.Server
	log   *slog.Logger
	up    *client.Tablet // of a hub: the half that faces the server above; nil on the centre
}

func dataFlag(f *flag.FlagSet) *string { return f.String("data", "", "folder of the server") }

// within opens the folder for one command. Several programs may have it open:
// whoever writes takes its turn in the database.
func within(ctx context.Context, dir string, log *slog.Logger, f func(*centre) error) error {
	return withinLimit(ctx, dir, 0, log, f)
}

// withinLimit is within with another limit for files, in bytes; 0: the usual.
func withinLimit(ctx context.Context, dir string, maxFile int64, log *slog.Logger, f func(*centre) error) (err error) {
	if dir == "" {
		return &command.UsageError{Text: "say where the server's folder is: --data DIR"}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("server folder: %w", err)
	}
	regions, err := core.ReadRegions(bytes.NewReader(assets.Regions()))
	if err != nil {
		return err
	}
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	s, err := open(ctx, dir, ingest.Config{Regions: regions, Log: log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.store.Close()) }()
	defer s.Close()
	if s.files, err = attach.NewServer(dir, s, attach.ServerConfig{MaxBytes: maxFile, Log: log, Missing: s.missing(ctx)}); err != nil {
		return err
	}
	return f(s)
}

// open opens a folder as what it is.
func open(ctx context.Context, dir string, cfg ingest.Config) (*centre, error) {
	db, err := sqlite.Open(ctx, filepath.Join(dir, databaseName))
	if err != nil {
		return nil, err
	}
	hub, err := client.IsHub(ctx, db)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if hub {
		if err := db.Close(); err != nil {
			return nil, err
		}
		return openHub(ctx, dir, cfg)
	}
	s, err := ingest.New(ctx, db, cfg)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &centre{Server: s, dir: dir, store: db, log: cfg.Log}, nil
}

const databaseName = "muqu.db"

// address is where tablets find the server, as the last serve said.
type address struct {
	URL         string `json:"url"`
	Fingerprint string `json:"fingerprint"`
}

// link is what a person types or pastes on a new tablet. What stands behind
// the # stays on the tablet: a browser would not send it.
func (a address) link(code string) string {
	out := a.URL + "/enroll#" + code
	if a.Fingerprint != "" {
		out += "." + a.Fingerprint
	}
	return out
}

// tell is what a tablet that is enrolled already is given, so that it turns to
// this server as well.
func (a address) tell() string {
	if a.Fingerprint == "" {
		return a.URL
	}
	return a.URL + "/#." + a.Fingerprint
}

const metaAddress = "address"

func (c *centre) address(ctx context.Context) (a address, err error) {
	err = c.store.View(ctx, func(tx store.Tx) error {
		b, err := tx.Meta(metaAddress)
		if err != nil || len(b) == 0 {
			return err
		}
		return json.Unmarshal(b, &a)
	})
	if err == nil && a.URL == "" {
		cert, e := certificate(c.dir)
		a, err = address{URL: "https://" + hostName() + ":8443", Fingerprint: fingerprint(cert)}, e
	}
	return a, err
}

func (c *centre) setAddress(ctx context.Context, a address) error {
	b, err := json.Marshal(a)
	if err != nil {
		return err
	}
	return c.store.Update(ctx, func(tx store.Tx) error { return tx.SetMeta(metaAddress, b) })
}

// administrator is who works on the command line: whoever may read the folder
// may do everything.
func administrator() core.Person {
	return core.Person{Name: "admin", Role: core.Admin, Scope: core.Scope{"63"}}
}
