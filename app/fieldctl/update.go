package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"muqu/app/command"
	"muqu/core"
	"muqu/core/store"
)

// update says whether a newer program is offered, and takes out what installs
// it when it has arrived.
func update(f *flag.FlagSet) func(context.Context, *command.Call) error {
	o := common(f)
	platform := f.String("platform", "android", "android, windows or linux")
	running := f.String("running", "", "the version that runs; default: any is newer")
	out := f.String("out", "", "file to write, once it is on the tablet")
	return func(ctx context.Context, c *command.Call) error {
		return o.open(ctx, c, func(t *tool) error {
			p, found, err := core.Update(ctx, t, *platform, *running)
			if err != nil {
				return err
			}
			if !found {
				return c.Print(map[string]any{"version": "", "here": false})
			}
			known, _, err := t.File(ctx, p.File)
			if err != nil {
				return err
			}
			here := known.Held&store.Whole != 0
			if err := c.Print(map[string]any{"version": p.Version, "here": here, "file": p.File, "size": known.Size}); err != nil || *out == "" {
				return err
			}
			b, err := t.ReadFile(ctx, p.File, false)
			if err != nil {
				return fmt.Errorf("it is not on the tablet yet, sync first: %w", err)
			}
			return os.WriteFile(*out, b, 0o600)
		})
	}
}
