package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"muqu/app/command"
	"muqu/core"
	"muqu/core/change"
	"muqu/sync/attach"
)

// programShown is a version of the program as commands print it.
type programShown struct {
	Version  string `json:"version"`
	Platform string `json:"platform"`
	State    string `json:"state"`
	File     string `json:"file"`
}

func shown(p core.ProgramVersion) programShown {
	state := "offered"
	if p.Withdrawn {
		state = "withdrawn"
	}
	return programShown{Version: p.Version, Platform: p.Platform, State: state, File: string(p.File)}
}

func programAdd(f *flag.FlagSet) func(context.Context, *command.Call) error {
	data := dataFlag(f)
	version := f.String("version", "", "the version that the file installs, such as 1.4.0")
	platform := f.String("platform", "", "android, windows or linux; default: by the file's name")
	return func(ctx context.Context, c *command.Call) error {
		path := c.Words[0]
		if *platform == "" {
			*platform = map[string]string{".apk": "android", ".exe": "windows", ".msi": "windows"}[strings.ToLower(filepath.Ext(path))]
		}
		if !slices.Contains(core.Platforms(), *platform) || *version == "" {
			return &command.UsageError{Text: "say what the file is: --version V --platform android|windows|linux"}
		}
		return within(ctx, *data, nil, func(s *centre) error {
			if s.up != nil {
				return errHubProgram
			}
			p, err := s.offerProgram(ctx, path, *version, *platform)
			if err != nil {
				return err
			}
			return c.Print(shown(p))
		})
	}
}

// errHubProgram says where updates are given out.
var errHubProgram = errors.New("this is a hub: give updates out at the centre, and the hub hands them on")

// offerProgram keeps an installation file and tells every tablet of it. What
// one version installs never changes.
func (c *centre) offerProgram(ctx context.Context, path, version, platform string) (core.ProgramVersion, error) {
	file, err := os.Open(path)
	if err != nil {
		return core.ProgramVersion{}, fmt.Errorf("read program: %w", err)
	}
	defer file.Close()
	if st, err := file.Stat(); err != nil || st.Size() > attach.DefaultMaxBytes {
		return core.ProgramVersion{}, errors.Join(err, core.Refuse(core.TooLarge, "", "refuse.file.large", "max", attach.DefaultMaxBytes>>20))
	}
	name, _, err := c.files.Store().Keep(file, filepath.Ext(path))
	if err != nil {
		return core.ProgramVersion{}, err
	}
	ref := core.Ref{Kind: "program", ID: core.ProgramID(version, platform)}
	desk := c.As(administrator())
	r, found, err := desk.Get(ctx, ref)
	if err != nil {
		return core.ProgramVersion{}, err
	}
	if p := core.ProgramOf(&r); found && p.File != name {
		return p, fmt.Errorf("version %s for %s was given out with another file: give this one another version", version, platform)
	}
	set := map[string]change.Value{"version": change.Text(version), "platform": change.Text(platform), "state": change.Text("offered"), "file": change.Text(string(name))}
	if _, err := desk.Commit(ctx, []core.Edit{{Ref: ref, From: r, Set: set}}); err != nil {
		return core.ProgramVersion{}, err
	}
	r, _, err = desk.Get(ctx, ref)
	return core.ProgramOf(&r), err
}

func programList(f *flag.FlagSet) func(context.Context, *command.Call) error {
	data := dataFlag(f)
	return func(ctx context.Context, c *command.Call) error {
		return within(ctx, *data, nil, func(s *centre) error {
			list, err := s.List(ctx, core.Query{Kind: "program"})
			if err != nil {
				return err
			}
			slices.SortStableFunc(list, func(a, b core.Record) int {
				switch v, w := a.Text("version"), b.Text("version"); {
				case core.NewerVersion(v, w):
					return -1
				case core.NewerVersion(w, v):
					return 1
				}
				return 0
			})
			for i := range list {
				if err := c.Print(shown(core.ProgramOf(&list[i]))); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

func programWithdraw(f *flag.FlagSet) func(context.Context, *command.Call) error {
	data := dataFlag(f)
	platform := f.String("platform", "android", "android, windows or linux")
	return func(ctx context.Context, c *command.Call) error {
		return within(ctx, *data, nil, func(s *centre) error {
			if s.up != nil {
				return errHubProgram
			}
			ref := core.Ref{Kind: "program", ID: core.ProgramID(c.Words[0], *platform)}
			desk := s.As(administrator())
			r, found, err := desk.Get(ctx, ref)
			if err != nil {
				return err
			}
			if !found {
				return fmt.Errorf("there is no version %s for %s: program list shows which there are", c.Words[0], *platform)
			}
			if _, err := desk.Commit(ctx, []core.Edit{{Ref: ref, From: r, Set: map[string]change.Value{"state": change.Text("withdrawn")}}}); err != nil {
				return err
			}
			p := core.ProgramOf(&r)
			p.Withdrawn = true
			return c.Print(shown(p))
		})
	}
}
