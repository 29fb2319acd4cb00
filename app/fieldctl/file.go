package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"muqu/app/command"
	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/attach"
)

type attached struct {
	ID   string `json:"id"`
	Seq  uint64 `json:"seq"`
	File string `json:"file"`
	Size int64  `json:"size"` // bytes, after a photo was made smaller
}

func attachFile(f *flag.FlagSet) func(context.Context, *command.Call) error {
	o := common(f)
	asIs := f.Bool("as-is", false, "keep a photo byte for byte, with all that the camera wrote into it")
	return func(ctx context.Context, c *command.Call) error {
		ref, err := refOf(c.Words[0], c.Words[1])
		if err != nil {
			return err
		}
		return o.open(ctx, c, func(t *tool) error { return attachTo(ctx, t, c, ref, *asIs) })
	}
}

// attachTo keeps the file and names it in the record: beside the other files
// of a list, in place of the one of a field for one.
func attachTo(ctx context.Context, t *tool, c *command.Call, ref core.Ref, asIs bool) error {
	r, found, err := t.Get(ctx, ref)
	if err != nil {
		return err
	}
	if !found || r.Deleted {
		return core.Refuse(core.NotFound, "", "refuse.absent")
	}
	field, path := c.Words[2], c.Words[3]
	if err := takesFiles(ref.Kind, field); err != nil {
		return err
	}
	name, err := keepFile(ctx, t, path, asIs)
	if err != nil {
		return err
	}
	e := core.Edit{Ref: ref, From: r, Set: map[string]change.Value{field: withFile(&r, field, name)}}
	rs, err := t.Commit(ctx, []core.Edit{e})
	if err != nil {
		return err
	}
	kept, _, err := t.File(ctx, name)
	if err != nil {
		return err
	}
	return c.Print(attached{ID: ref.ID.String(), Seq: rs[0].Seq, File: string(name), Size: kept.Size})
}

func takesFiles(kind, field string) error {
	switch core.KindOf(kind).Field(field).Type {
	case core.File, core.Files, core.Any:
		return nil
	}
	return core.Refuse(core.Invalid, field, "refuse.file.field")
}

func withFile(r *core.Record, field string, name core.FileName) change.Value {
	now := r.Field(field)
	list := now.Elements()
	if core.KindOf(r.Kind).Field(field).Type == core.Files || len(list) > 0 {
		return change.ListOf(append(list, change.Text(string(name))))
	}
	return change.Text(string(name))
}

// keepFile takes a picture as a photo, and anything else as it is.
func keepFile(ctx context.Context, t *tool, path string, asIs bool) (core.FileName, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("read file: %w", err)
	}
	defer file.Close()
	st, err := file.Stat()
	if err != nil || st.Size() > attach.DefaultMaxBytes {
		return "", errors.Join(err, core.Refuse(core.TooLarge, "", "refuse.file.large", "max", attach.DefaultMaxBytes>>20))
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read file: %w", err)
	}
	if !asIs {
		name, err := t.KeepPhoto(ctx, data, 0)
		var refused *core.Refusal
		if !errors.As(err, &refused) || refused.Key != "refuse.file.picture" {
			return name, err
		}
	}
	return t.KeepFile(ctx, bytes.NewReader(data), filepath.Ext(path))
}

func fileOf(c *command.Call) (core.FileName, error) {
	name, ok := core.ParseFileName(c.Words[0])
	if !ok {
		return "", core.Refuse(core.Invalid, "", "refuse.file")
	}
	return name, nil
}

func fileShow(ctx context.Context, t *tool, c *command.Call) error {
	name, err := fileOf(c)
	if err != nil {
		return err
	}
	f, found, err := t.File(ctx, name)
	if err != nil {
		return err
	}
	if !found {
		return core.Refuse(core.NotFound, "", "refuse.file.elsewhere")
	}
	at := map[store.Safety]string{store.HereOnly: "tablet", store.AtHub: "hub", store.AtCentre: "centre"}
	return c.Print(map[string]any{
		"file": name, "size": f.Size, "whole": f.Held&store.Whole != 0, "thumbnail": f.Held&store.Thumb != 0, "own": f.Own,
		"safe": at[f.Safe], "wanted": f.Wanted&^f.Held != 0, "original": f.Original != "", "trouble": f.Trouble,
	})
}

func fileGet(f *flag.FlagSet) func(context.Context, *command.Call) error {
	o := common(f)
	out := f.String("out", "", "file to write")
	thumb := f.Bool("thumb", false, "the thumbnail that is on the tablet")
	original := f.Bool("original", false, "the photo as it was taken, if the policy kept it")
	return func(ctx context.Context, c *command.Call) error {
		name, err := fileOf(c)
		if err != nil {
			return err
		}
		if *out == "" {
			return &command.UsageError{Text: "say where to write it: --out FILE"}
		}
		return o.open(ctx, c, func(t *tool) error {
			b, err := readFile(ctx, t, name, *thumb, *original)
			if err != nil {
				return err
			}
			if err := os.WriteFile(*out, b, 0o600); err != nil {
				return fmt.Errorf("write file: %w", err)
			}
			return c.Print(map[string]any{"file": name, "size": len(b), "out": *out})
		})
	}
}

func readFile(ctx context.Context, t *tool, name core.FileName, thumb, original bool) ([]byte, error) {
	if original {
		return t.ReadOriginal(ctx, name)
	}
	if !thumb {
		if err := t.FetchFile(ctx, name); err != nil {
			return nil, err
		}
	}
	return t.ReadFile(ctx, name, thumb)
}

func policy(f *flag.FlagSet) func(context.Context, *command.Call) error {
	o := common(f)
	network := f.String("network", "", "when files are moved: always, asked (only with sync --attachments) or never")
	most := f.Int64("max-bytes", -1, "largest file that is moved without being asked for; 0: any size")
	side := f.Int("long-side", 0, "pixels to which photos are made smaller")
	days := f.Int("keep-days", 0, "days that an own file stays here after the centre has it")
	originals := f.String("originals", "", "yes: keep photos as they were taken on the tablet, too; or no")
	return func(ctx context.Context, c *command.Call) error {
		return o.open(ctx, c, func(t *tool) error {
			p, err := t.Policy(ctx)
			if err != nil {
				return err
			}
			was := p
			if *network != "" {
				p.Network = attach.Network(*network)
			}
			if *most >= 0 {
				p.MaxBytes = *most
			}
			if *side != 0 {
				p.LongSide = *side
			}
			if *days != 0 {
				p.KeepDays = *days
			}
			if *originals != "" {
				p.KeepOriginals = *originals == "yes"
			}
			if p != was {
				if err := t.SetPolicy(ctx, p); err != nil {
					return err
				}
			}
			return c.Print(map[string]any{"network": p.Network, "max_bytes": p.MaxBytes, "long_side": p.LongSide, "keep_days": p.KeepDays, "originals": p.KeepOriginals})
		})
	}
}
