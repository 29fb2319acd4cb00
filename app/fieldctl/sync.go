package main

import (
	"context"
	"flag"
	"fmt"

	"muqu/app/command"
	"muqu/core"
	"muqu/core/change"
	"muqu/sync/client"
)

func enroll(f *flag.FlagSet) func(context.Context, *command.Call) error {
	o := common(f)
	server := f.String("server", "", "address of the server, such as https://host:8443")
	code := f.String("code", "", "enrollment code, or the whole enrollment link")
	fingerprint := f.String("fingerprint", "", "fingerprint of the server's key")
	return func(ctx context.Context, c *command.Call) error {
		inv, err := client.ParseInvitation(*code)
		if err != nil {
			return err
		}
		if *server != "" {
			inv.URL = *server
		}
		if *fingerprint != "" {
			inv.Fingerprint = *fingerprint
		}
		return o.open(ctx, c, func(t *tool) error {
			if inv.Code == "" && t.Identity().Enrolled {
				return t.AddServer(ctx, inv)
			}
			if err := t.Enroll(ctx, inv); err != nil {
				return err
			}
			me := t.Identity()
			if c.JSON {
				return c.Print(map[string]any{"device": me.Device.String(), "name": me.Name, "role": me.Role, "regions": me.Scope})
			}
			fmt.Fprintf(c.Err, "this tablet now works for %s as %s\n", me.Name, me.Role)
			return nil
		})
	}
}

type syncResult struct {
	Pushed      int             `json:"pushed"`
	Pulled      int             `json:"pulled"`
	Conflicts   int             `json:"conflicts"`
	Quarantined int             `json:"quarantined"`
	BytesOut    int64           `json:"bytes_out"`
	BytesIn     int64           `json:"bytes_in"`
	Attachments int             `json:"attachments"`
	Position    change.Position `json:"position"`
	Epoch       change.Epoch    `json:"epoch"`
}

func syncNow(f *flag.FlagSet) func(context.Context, *command.Call) error {
	o := common(f)
	later := f.Bool("no-attachments", false, "leave photos and other files for later")
	asked := f.Bool("attachments", false, "send and fetch files whatever the policy says of network and size")
	return func(ctx context.Context, c *command.Call) error {
		files := client.FilesByPolicy
		switch {
		case *later && *asked:
			return &command.UsageError{Text: "say either --attachments or --no-attachments"}
		case *later:
			files = client.FilesLater
		case *asked:
			files = client.FilesAsked
		}
		return o.open(ctx, c, func(t *tool) error {
			r, err := t.SyncWith(ctx, client.Options{Files: files})
			if err != nil {
				return err
			}
			if r.Files.Err != nil {
				fmt.Fprintf(c.Err, "the records are in step; files wait for the next sync: %v\n", r.Files.Err)
			}
			return c.Print(syncResult{
				Pushed: r.Pushed, Pulled: r.Pulled, Conflicts: r.Conflicts, Quarantined: r.Quarantined, BytesOut: r.BytesOut,
				BytesIn: r.BytesIn, Attachments: r.Attachments, Position: r.Position, Epoch: r.Epoch,
			})
		})
	}
}

func status(ctx context.Context, t *tool, c *command.Call) error {
	s, err := t.Status(ctx)
	if err != nil {
		return err
	}
	type kept struct {
		Kind   string `json:"kind"`
		Record string `json:"record"`
		Seq    uint64 `json:"seq"`
		Reason string `json:"reason"`
	}
	list := func(entries []client.Quarantined) []kept {
		out := []kept{}
		for _, q := range entries {
			out = append(out, kept{q.Kind, q.ID.String(), q.Seq, q.Reason})
		}
		return out
	}
	return c.Print(map[string]any{
		"device": s.Device.String(), "incarnation": s.Incarnation.String(), "unsent": s.Unsent, "at_hub": s.AtHub,
		"position": s.Position, "epoch": s.Epoch, "open_conflicts": s.OpenConflicts, "records": s.Records,
		"files":       map[string]any{"unsent": s.Files.Unsent, "unsent_bytes": s.Files.UnsentBytes, "at_hub": s.Files.AtHub, "wanted": s.Files.Wanted},
		"quarantined": list(s.Quarantined), "rejected": list(s.Rejected), "name": s.Name, "role": s.Role, "regions": s.Scope,
	})
}

type shownConflict struct {
	ID     string               `json:"id"`
	Kind   string               `json:"kind"`
	Record string               `json:"record"`
	Field  string               `json:"field"`
	Values []shownConflictValue `json:"values"`
}

type shownConflictValue struct {
	Value    change.Value    `json:"value"`
	Author   string          `json:"author"`
	Device   string          `json:"device"`
	At       string          `json:"at"`
	Position change.Position `json:"position"`
	Was      change.Value    `json:"was"`
}

func conflicts(ctx context.Context, t *tool, c *command.Call) error {
	all, err := core.Conflicts(ctx, t, core.Query{})
	if err != nil {
		return err
	}
	for _, x := range all {
		out := shownConflict{ID: x.ID.String(), Kind: x.ID.Kind, Record: x.ID.ID.String(), Field: x.ID.Register}
		for _, v := range x.Values {
			out.Values = append(out.Values, shownConflictValue{v.Value, v.Author, v.Device.String(), v.At.String(), v.Position, v.Was})
		}
		if err := c.Print(out); err != nil {
			return err
		}
	}
	return nil
}

func settle(f *flag.FlagSet) func(context.Context, *command.Call) error {
	o := common(f)
	take := f.String("take", "", "mine, theirs, #n for the nth, or a value (JSON, or text; a leading = makes it text)")
	return func(ctx context.Context, c *command.Call) error {
		if *take == "" {
			return &command.UsageError{Text: "say which value: --take mine|theirs|#n|VALUE"}
		}
		id, err := core.ParseConflictID(c.Words[0])
		if err != nil {
			return err
		}
		return o.open(ctx, c, func(t *tool) error {
			x, err := core.FindConflict(ctx, t, id)
			if err != nil {
				return err
			}
			v, err := x.Take(*take, t.Identity().Device)
			if err != nil {
				return err
			}
			if err := core.Settle(ctx, t, x, v); err != nil {
				return err
			}
			return c.Print(map[string]any{"id": id.String(), "value": v})
		})
	}
}
