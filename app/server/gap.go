package main

import (
	"context"
	"flag"

	"muqu/app/command"
	"muqu/core/change"
)

func deviceGaps(f *flag.FlagSet) func(context.Context, *command.Call) error {
	data := dataFlag(f)
	return func(ctx context.Context, c *command.Call) error {
		return within(ctx, *data, nil, func(s *centre) error {
			all, err := s.Gaps(ctx, nil)
			if err != nil {
				return err
			}
			for _, g := range all {
				row := map[string]any{
					"log": g.Log.String(), "name": g.Device.Name, "first": g.First, "last": g.Last, "waiting": g.Waits, "since": g.Since.String(),
				}
				if err := c.Print(row); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

func deviceClose(f *flag.FlagSet) func(context.Context, *command.Call) error {
	data := dataFlag(f)
	return func(ctx context.Context, c *command.Call) error {
		log, err := change.ParseLog(c.Words[0])
		if err != nil {
			return err
		}
		return within(ctx, *data, nil, func(s *centre) error { return s.As(administrator()).CloseGap(ctx, log) })
	}
}
