package main

import (
	"context"
	"fmt"

	"muqu/app/command"
	"muqu/sync/bundle"
)

func bundleExport(ctx context.Context, t *tool, c *command.Call) error {
	k := t.Stick()
	if err := bundle.Export(ctx, c.Words[0], k); err != nil {
		return err
	}
	fmt.Fprintln(c.Err, "take the file to the office; the work stays on the tablet until the centre's receipt comes back")
	return c.Print(map[string]any{"packed": k.Packed, "attachments": k.Files, "file": c.Words[0]})
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
