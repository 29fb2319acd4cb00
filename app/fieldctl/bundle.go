package main

import (
	"context"
	"flag"
	"fmt"

	"muqu/app/command"
	"muqu/sync/bundle"
)

func bundleExport(f *flag.FlagSet) func(context.Context, *command.Call) error {
	o := common(f)
	split := command.SplitFlag(f)
	return func(ctx context.Context, c *command.Call) error {
		return o.open(ctx, c, func(t *tool) error {
			k := t.Stick()
			files, err := bundle.Split(ctx, c.Words[0], split.Bytes(), k)
			if err != nil {
				return err
			}
			fmt.Fprintln(c.Err, "take the file to the office; the work stays on the tablet until the centre's receipt comes back")
			return c.Print(map[string]any{"packed": k.Packed, "attachments": k.Files, "files": files})
		})
	}
}

func bundleImport(ctx context.Context, t *tool, c *command.Call) error {
	k := t.Stick()
	if err := bundle.Import(ctx, c.Words[0], k); err != nil {
		return err
	}
	if k.Nothing {
		fmt.Fprintln(c.Err, "everything in this bundle was here already")
	}
	return c.Print(map[string]any{"pulled": k.Pulled, "known": k.Nothing, "attachments": k.Files})
}
