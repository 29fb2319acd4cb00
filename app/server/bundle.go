package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"muqu/app/command"
	"muqu/core"
	"muqu/core/change"
	"muqu/sync/bundle"
)

func bundleImport(f *flag.FlagSet) func(context.Context, *command.Call) error {
	data := dataFlag(f)
	return func(ctx context.Context, c *command.Call) error {
		return within(ctx, *data, nil, func(s *centre) error { return s.importBundle(ctx, c) })
	}
}

// importBundle takes in what tablets sent. On a hub the file may also be what
// the centre sent.
func (s *centre) importBundle(ctx context.Context, c *command.Call) error {
	k := s.stick(s.Stick())
	err := bundle.Import(ctx, c.Words[0], k)
	if s.up != nil && isForTablet(err) {
		up := s.up.Stick()
		if err := bundle.Import(ctx, c.Words[0], up); err != nil {
			return err
		}
		return c.Print(map[string]any{"pulled": up.Pulled, "known": up.Nothing, "attachments": up.Files})
	}
	if err != nil {
		return err
	}
	if err := k.remember(ctx); err != nil {
		return err
	}
	return c.Print(map[string]any{"segments": k.Taken, "attachments": k.files})
}

func bundleExport(f *flag.FlagSet) func(context.Context, *command.Call) error {
	data := dataFlag(f)
	device := f.String("device", "", "the tablet or hub that it is for; left out on a hub: the centre")
	out := f.String("out", "", "file to write, such as E:\\for-zhuoma.muqu")
	split := command.SplitFlag(f)
	whole := f.Bool("whole", false, "everything in the device's regions, not only what is new since its last sync")
	return func(ctx context.Context, c *command.Call) error {
		if *out == "" {
			return &command.UsageError{Text: "say where to write it: --out FILE"}
		}
		return within(ctx, *data, nil, func(s *centre) error {
			if *device == "" && s.up != nil {
				k := s.up.Stick()
				files, err := bundle.Split(ctx, *out, split.Bytes(), k)
				if err != nil {
					return err
				}
				return c.Print(map[string]any{"packed": k.Packed, "attachments": k.Files, "files": files})
			}
			id, err := change.ParseDeviceID(*device)
			if err != nil {
				return &command.UsageError{Text: "say for which tablet: --device ID, as device list shows it"}
			}
			k := s.stick(s.StickFor(id, *whole))
			k.to = id
			files, err := bundle.Split(ctx, *out, split.Bytes(), k)
			if err != nil {
				return err
			}
			fmt.Fprintln(c.Err, "only that device can read the file")
			return c.Print(map[string]any{"files": files, "attachments": k.files})
		})
	}
}

func isForTablet(err error) bool {
	var r *core.Refusal
	return errors.As(err, &r) && r.Key == "refuse.bundle.tablet"
}
