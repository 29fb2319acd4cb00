package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"muqu/app/command"
	"muqu/core"
	"muqu/core/store"
	"muqu/core/store/sqlite"
	"muqu/sync/attach"
	"muqu/sync/client"
	"muqu/sync/ingest"
)

// hubProgram is what a hub tells the centre that it runs.
const hubProgram = "muqu-server 1"

// openHub opens the folder of a hub: the tablet that faces the centre, and on
// its database the server that faces the tablets.
func openHub(ctx context.Context, dir string, cfg ingest.Config) (*centre, error) {
	files, err := attach.Open(filepath.Join(dir, filesBeside), "")
	if err != nil {
		return nil, err
	}
	thumbs, err := attach.OpenThumbs(filepath.Join(dir, "thumbs"), "")
	if err != nil {
		return nil, err
	}
	up, err := client.Open(ctx, dir, client.Config{Regions: cfg.Regions, Log: cfg.Log, Program: hubProgram, Album: &client.Album{Files: files, Thumbs: thumbs}})
	if err != nil {
		return nil, err
	}
	cfg.Hub = &ingest.HubSide{Upheld: up.Upheld, Show: up.Show}
	s, err := ingest.New(ctx, up.Store(), cfg)
	if err != nil {
		return nil, errors.Join(err, up.Close())
	}
	up.Carry(s.Forwarder())
	return &centre{Server: s, dir: dir, store: up.Store(), log: cfg.Log, up: up}, nil
}

// becomeHub makes an empty folder a hub of the server above. One that is a hub
// already stays as it is, whatever the code says.
func becomeHub(ctx context.Context, o *serveOptions) error {
	if o.data == "" {
		return &command.UsageError{Text: "say where the hub's folder is: --data DIR"}
	}
	if err := os.MkdirAll(o.data, 0o700); err != nil {
		return fmt.Errorf("hub folder: %w", err)
	}
	inv, err := client.ParseInvitation(o.code)
	if err != nil {
		return err
	}
	inv.URL = o.upstream
	if o.fingerprint != "" {
		inv.Fingerprint = o.fingerprint
	}
	used, err := hasServer(ctx, o.data)
	if err != nil {
		return err
	}
	if used {
		return errors.New("this folder belongs to a central server, not to a hub: choose another one with --data")
	}
	t, err := client.Open(ctx, o.data, client.Config{Program: hubProgram})
	if err != nil {
		return err
	}
	return errors.Join(enrollHub(ctx, t, inv), t.Close())
}

func enrollHub(ctx context.Context, t *client.Tablet, inv client.Invitation) error {
	me := t.Identity()
	if me.Enrolled && me.Role == core.HubRole {
		if inv.Fingerprint == "" && !isPlain(inv.URL) {
			return nil
		}
		return t.AddServer(ctx, inv)
	}
	if inv.Code == "" {
		return &command.UsageError{Text: "the first time a hub needs a code of the server above: --code CODE, made there with: muqu-server code new --role hub"}
	}
	if err := t.Enroll(ctx, inv); err != nil {
		return fmt.Errorf("enroll this hub at %s: %w", inv.URL, err)
	}
	if t.Identity().Role != core.HubRole {
		if err := t.Store().Erase(ctx); err != nil {
			return err
		}
		return errors.New("this code is for a tablet: make one for a hub, with --role hub")
	}
	return nil
}

func isPlain(url string) bool { return len(url) > 7 && url[:7] == "http://" }

// hasServer reports whether a folder belongs to a central server.
func hasServer(ctx context.Context, dir string) (bool, error) {
	path := filepath.Join(dir, databaseName)
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	db, err := sqlite.Open(ctx, path)
	if err != nil {
		return false, err
	}
	is, err := ingest.IsServer(ctx, db)
	return is, errors.Join(err, db.Close())
}

const (
	lookEvery   = time.Second      // whether something waits, which costs next to nothing
	idleEvery   = 5 * time.Minute  // without anything to carry, what others wrote is fetched this often
	retryAtMost = 2 * time.Minute  // between attempts while the centre can't be reached
	retryFirst  = 10 * time.Second // after the first failure
)

// carryOn brings what waits to the server above until the hub stops. That it
// can't be reached is an ordinary state.
func (c *centre) carryOn(ctx context.Context) {
	t := time.NewTicker(lookEvery)
	defer t.Stop()
	var next, idle time.Time
	wait := retryFirst
	for {
		waiting, err := c.waiting(ctx)
		if err != nil && ctx.Err() == nil {
			c.log.Error("cannot look into the hub's folder", "err", err)
		}
		now := time.Now()
		if now.After(next) && (waiting > 0 || now.After(idle)) {
			next, wait = c.carryOnce(ctx, wait)
			idle = time.Now().Add(idleEvery)
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// carryOnce reconciles with the server above. It gives when to try again if
// something waits, and how long to wait after a further failure.
func (c *centre) carryOnce(ctx context.Context, wait time.Duration) (time.Time, time.Duration) {
	r, err := c.up.Sync(ctx, nil)
	if err == nil {
		err = r.Files.Err // the records are there; the files are tried again, ever less often
	}
	switch {
	case err == nil:
		c.log.Info("reconciled with the server above", "position", r.Position)
		return time.Time{}, retryFirst
	case ctx.Err() != nil:
		return time.Time{}, wait
	case errors.Is(err, client.ErrOffline), r.Files.Err != nil:
		c.log.Info("the server above cannot be reached", "err", err)
	default:
		c.log.Error("the server above refuses this hub", "err", err)
	}
	return time.Now().Add(wait), min(2*wait, retryAtMost)
}

// missing tells a hub's upper half of files that its tablets ask for in vain:
// it fetches them when it next looks what is new.
func (c *centre) missing(ctx context.Context) func(core.FileName) {
	if c.up == nil {
		return nil
	}
	return func(name core.FileName) {
		var refused *core.Refusal
		if err := c.up.WantFile(ctx, name); err != nil && !errors.As(err, &refused) {
			c.log.Error("a file that is asked for cannot be noted", "file", string(name), "err", err)
		}
	}
}

// waiting counts the segments, files and tablets that the server above has to
// hear of.
func (c *centre) waiting(ctx context.Context) (n int, err error) {
	err = c.store.View(ctx, func(tx store.Tx) error {
		if n, err = tx.CountUnsent(); err != nil {
			return err
		}
		files, err := tx.ListFiles(store.FilesUnsent, nil, 1<<20)
		if err != nil {
			return err
		}
		for i := range files {
			if files[i].Trouble == "" {
				n++
			}
		}
		devices, err := tx.Devices()
		for i := range devices {
			if len(devices[i].Admission) > 0 && !devices[i].Told {
				n++
			}
		}
		return err
	})
	return n, err
}

// status says what this folder is and how far it has come.
func status(f *flag.FlagSet) func(context.Context, *command.Call) error {
	data := dataFlag(f)
	return func(ctx context.Context, c *command.Call) error {
		return within(ctx, *data, nil, func(s *centre) error {
			out, err := s.status(ctx)
			if err != nil {
				return err
			}
			return c.Print(out)
		})
	}
}

func (c *centre) status(ctx context.Context) (map[string]any, error) {
	kinds, err := c.Kinds(ctx)
	if err != nil {
		return nil, err
	}
	at, err := c.address(ctx)
	if err != nil {
		return nil, err
	}
	out := map[string]any{"role": "centre", "records": kinds, "link": at.tell()}
	if c.up == nil {
		e, err := ingest.EpochOf(ctx, c.store)
		if err != nil {
			return nil, err
		}
		p, err := c.Position(ctx)
		out["epoch"], out["position"] = e, p
		return out, err
	}
	st, err := c.up.Status(ctx)
	if err != nil {
		return nil, err
	}
	n, err := c.waiting(ctx)
	out["role"], out["waiting"], out["epoch"], out["position"] = "hub", n, st.Epoch, st.Position
	out["upstream"], out["regions"], out["last_contact"] = st.URLs, st.Scope, nil
	if st.LastSync != 0 {
		out["last_contact"] = st.LastSync.String()
	}
	return out, err
}
