package main

import (
	"context"
	"flag"
	"fmt"
	"maps"
	"slices"
	"time"

	"muqu/app/command"
	"muqu/assets"
	"muqu/core"
	"muqu/core/change"
	"muqu/sync/client"
)

// settleAll looks at the conflicts of the day and settles them: one on the
// tablet, the others in the console.
func (p *play) settleAll(ctx context.Context) error {
	p.say("\n冲突 conflicts:")
	words := assets.NewCatalog(assets.Chinese, assets.Core)
	desk := p.As(core.Person{Name: "县局", Role: core.County, Scope: core.Scope{sampleCounty}})
	all, err := core.Conflicts(ctx, desk, core.Query{})
	if err != nil {
		return err
	}
	var found []string
	for _, c := range all {
		found = append(found, c.ID.Kind+"."+c.ID.Register)
		p.say("  %s %s · %s", words.Kind(c.ID.Kind), c.Record.Title(), words.Field(c.ID.Kind, c.ID.Register))
		for _, v := range c.Values {
			p.say("    %s: %s(原为 was %s)", v.Author, inWords(words, c.ID, v.Value), inWords(words, c.ID, v.Was))
		}
	}
	slices.Sort(found)
	want := []string{"attendance.t_status", "household.deleted", "household.yak"}
	p.check(slices.Equal(found, want), "只有真正的冲突，一个不漏 exactly the conflicts that there were")
	for i, c := range all {
		if i == 0 {
			if err := p.settleOnTablet(ctx, c.ID); err != nil {
				return err
			}
			continue
		}
		if err := core.Settle(ctx, desk, c, c.Values[0].Value); err != nil {
			return err
		}
	}
	for range 2 {
		for _, a := range p.worker {
			if _, err := a.Sync(ctx, nil); err != nil {
				return err
			}
		}
	}
	left, err := desk.Count(ctx, core.Query{Conflicts: true, Deleted: true})
	p.check(left == 0, "处理后冲突全部消失 every conflict is settled, everywhere")
	p.summary["conflicts"] = len(all)
	return err
}

// inWords writes one side of a conflict as the console would.
func inWords(words *assets.Catalog, id core.ConflictID, v change.Value) string {
	switch f := core.KindOf(id.Kind).Field(id.Register); {
	case v.IsNull():
		return "—"
	case id.Register == change.DeletedField:
		return map[bool]string{true: "删除 deleted", false: "保留 kept"}[v.True()]
	case f.Type == core.Choice:
		return words.Choice(f.List, v.Str())
	}
	return v.String()
}

func (p *play) settleOnTablet(ctx context.Context, id core.ConflictID) error {
	c, err := core.FindConflict(ctx, p.worker[0], id)
	if err != nil {
		return err
	}
	return core.Settle(ctx, p.worker[0], c, c.Values[len(c.Values)-1].Value)
}

// verify checks the promises against what is on the disks.
func (p *play) verify(ctx context.Context) error {
	p.say("\n核对 checks:")
	lost := 0
	for _, ref := range p.acked {
		if _, found, err := p.Get(ctx, ref); err != nil {
			return err
		} else if !found {
			lost++
		}
	}
	p.check(lost == 0 && len(p.acked) >= 40, fmt.Sprintf("断电的平板确认过的%d户一户不少 nothing that the killed tablet confirmed is lost", len(p.acked)))
	want, n, err := p.Digest(ctx, core.Scope{sampleCounty})
	if err != nil {
		return err
	}
	same := true
	for _, a := range p.worker {
		got, _, err := a.Digest(ctx)
		if err != nil {
			return err
		}
		st, err := a.Status(ctx)
		if err != nil {
			return err
		}
		same = same && got == want && st.Unsent == 0
	}
	p.check(same, fmt.Sprintf("服务器与三台平板逐字节一致(%d条) server and tablets are equal byte for byte", n))
	r, err := p.Replay(ctx)
	if err != nil {
		return err
	}
	p.check(len(r.Different) == 0, fmt.Sprintf("重放%d条日志，结果相同 replaying the log gives the same", r.Entries))
	if err := p.verifyMerges(ctx); err != nil {
		return err
	}
	kinds, err := p.Server.Kinds(ctx)
	if err != nil {
		return err
	}
	p.say("\n合计 in all:")
	for _, k := range slices.Sorted(maps.Keys(kinds)) {
		p.say("  %s %d", k, kinds[k])
	}
	p.summary["records"], p.summary["entries"], p.summary["confirmed_before_kill"] = kinds, r.Entries, len(p.acked)
	return nil
}

func (p *play) verifyMerges(ctx context.Context) error {
	tagged, _, err := p.Get(ctx, p.homes[1])
	if err != nil {
		return err
	}
	p.check(slices.Equal(tagged.Field("tags").Strs(), []string{"snow", "school"}), "两人加的标签都在 both tags that two people added are there")
	shared, _, err := p.Get(ctx, p.homes[0])
	if err != nil {
		return err
	}
	p.check(shared.Text("phone") == "13911110002", "时钟停在1970年的平板写得晚，电话以它为准 the later phone number won, although its clock stood at 1970")
	return nil
}

// demoWrite is the child process that is killed while it writes: it prints the
// id of each household once that is on disk.
func demoWrite(f *flag.FlagSet) func(context.Context, *command.Call) error {
	return childTablet(f, func(ctx context.Context, t *client.Tablet, c *command.Call) error {
		villages := []core.Place{{Code: sampleCounty + "100201"}}
		for n := range 100000 {
			e := sampleHousehold(n, villages, t.NewID())
			if _, err := t.Commit(ctx, []core.Edit{e}); err != nil {
				return err
			}
			fmt.Fprintln(c.Out, e.ID)
		}
		return nil
	})
}

// demoSync is the child process that is killed while it syncs.
func demoSync(f *flag.FlagSet) func(context.Context, *command.Call) error {
	return childTablet(f, func(ctx context.Context, t *client.Tablet, _ *command.Call) error {
		_, err := t.Sync(ctx, nil)
		return err
	})
}

func childTablet(f *flag.FlagSet, run func(context.Context, *client.Tablet, *command.Call) error) func(context.Context, *command.Call) error {
	data := dataFlag(f)
	return func(ctx context.Context, c *command.Call) error {
		clock, err := wrongClock(c.Getenv("MUQU_CLOCK"))
		if err != nil {
			return err
		}
		t, err := client.Open(ctx, *data, client.Config{Now: func() time.Time { return clock(time.Now()) }})
		if err != nil {
			return err
		}
		defer t.Close()
		return run(ctx, t, c)
	}
}
