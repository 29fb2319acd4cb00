package main

import (
	"context"
	"flag"
	"strings"

	"muqu/app/command"
	"muqu/core"
	"muqu/core/change"
)

// shownPair is two records that may be one as duplicates prints them.
type shownPair struct {
	Kind    string   `json:"kind"`
	A       string   `json:"a"`
	B       string   `json:"b"`
	Score   int      `json:"score"`
	Reasons []string `json:"reasons"`
}

func duplicates(ctx context.Context, t *tool, c *command.Call) error {
	return core.AllSuspects(ctx, t, func(p core.Pair) error {
		return c.Print(shownPair{p.A.Kind, p.A.ID.String(), p.B.ID.String(), p.Score, p.Reasons})
	})
}

type mergeDone struct {
	ID    string `json:"id"`
	Stays string `json:"stays"`
	Seq   uint64 `json:"seq"`
}

func mergeRecords(f *flag.FlagSet) func(context.Context, *command.Call) error {
	o := common(f)
	take := f.String("take", "", "fields of which the one that stays takes the other's value, separated by commas")
	return func(ctx context.Context, c *command.Call) error {
		from, err := refOf(c.Words[0], c.Words[1])
		if err != nil {
			return err
		}
		into, err := change.ParseRecordID(c.Words[2])
		if err != nil {
			return err
		}
		return o.open(ctx, c, func(t *tool) error {
			p, err := core.FindPair(ctx, t, from.Kind, from.ID, into)
			if err != nil {
				return err
			}
			edits, err := core.Merge(p.A, p.B, strings.FieldsFunc(*take, func(c rune) bool { return c == ',' || c == ' ' }))
			if err != nil {
				return err
			}
			done, err := t.Commit(ctx, edits)
			if err != nil {
				return err
			}
			return c.Print(mergeDone{from.ID.String(), into.String(), done[0].Seq})
		})
	}
}

func unmerge(ctx context.Context, t *tool, c *command.Call) error {
	ref, err := refOf(c.Words[0], c.Words[1])
	if err != nil {
		return err
	}
	r, found, err := t.Get(ctx, ref)
	if err != nil {
		return err
	}
	if !found {
		return core.Refuse(core.NotFound, "", "refuse.absent")
	}
	edit, err := core.Unmerge(r)
	if err != nil {
		return err
	}
	receipts, err := t.Commit(ctx, []core.Edit{edit})
	if err != nil {
		return err
	}
	return c.Print(done{ID: ref.ID.String(), Seq: receipts[0].Seq})
}

func different(ctx context.Context, t *tool, c *command.Call) error {
	ref, err := refOf(c.Words[0], c.Words[1])
	if err != nil {
		return err
	}
	other, err := change.ParseRecordID(c.Words[2])
	if err != nil {
		return err
	}
	p, err := core.FindPair(ctx, t, ref.Kind, ref.ID, other)
	if err != nil {
		return err
	}
	receipts, err := t.Commit(ctx, []core.Edit{core.Differ(p.A, other)})
	if err != nil {
		return err
	}
	return c.Print(done{ID: ref.ID.String(), Seq: receipts[0].Seq})
}
