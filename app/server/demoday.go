package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"muqu/core"
	"muqu/core/change"
)

// do writes fields of a record as a person does who sees it on the screen.
func (a *actor) do(ctx context.Context, ref core.Ref, region string, set map[string]change.Value) error {
	from, _, err := a.Get(ctx, ref)
	if err != nil {
		return err
	}
	_, err = a.Commit(ctx, []core.Edit{{Ref: ref, From: from, Region: region, Set: set}})
	return err
}

// offline is the day: nobody has any network.
func (p *play) offline(ctx context.Context) error {
	p.say("\n白天 the day: 没有网络 nobody has any network")
	zm, cr, teacher := p.worker[0], p.worker[1], p.worker[2]
	shared := p.homes[0]
	steps := []error{
		zm.do(ctx, shared, "", map[string]change.Value{"yak": change.Int(52), "phone": change.Text("13911110001")}),
		cr.do(ctx, shared, "", map[string]change.Value{"yak": change.Int(47), "phone": change.Text("13911110002")}),
		cr.do(ctx, p.homes[1], "", map[string]change.Value{"tags": change.ListOf([]change.Value{change.Text("snow")})}),
		zm.do(ctx, p.homes[1], "", map[string]change.Value{"tags": change.ListOf([]change.Value{change.Text("school")})}),
		zm.do(ctx, p.homes[2], "", map[string]change.Value{"remark": change.Text("夏季牧场已转场")}),
	}
	if err := errors.Join(steps...); err != nil {
		return err
	}
	gone, _, err := cr.Get(ctx, p.homes[2])
	if err != nil {
		return err
	}
	if _, err := cr.Commit(ctx, []core.Edit{{Ref: p.homes[2], From: gone, Delete: true}}); err != nil {
		return err
	}
	if err := p.visits(ctx, zm, 12); err != nil {
		return err
	}
	return p.training(ctx, zm, teacher)
}

func (p *play) visits(ctx context.Context, a *actor, n int) error {
	today := a.clock(time.Now()).Format(time.DateOnly)
	for i := range n {
		home, _, err := a.Get(ctx, p.homes[3+i])
		if err != nil {
			return err
		}
		visit := core.Edit{Ref: core.Ref{Kind: "visit", ID: a.NewID()}, Region: home.Region, Set: map[string]change.Value{
			"household": change.Text(home.ID.String()), "form_id": change.Text("hh_visit"), "visit_date": change.Text(today),
			"visit_type": change.Text("follow_up"), "outcome": change.Text("done"), "head_name": home.Field("head_name"), "food_ok": change.Text("yes"),
		}}
		demand := core.Edit{Ref: core.Ref{Kind: "demand", ID: a.NewID()}, Region: home.Region, Set: map[string]change.Value{
			"title": change.Text("冬季饲草补充"), "cat": change.Text("industry"), "household": change.Text(home.ID.String()), "state": change.Text("submitted"),
			"urg": change.Text("soon"), "n_hh": change.Int(1), "budget": change.Int(int64(800 + 100*i)),
		}}
		if _, err := a.Commit(ctx, []core.Edit{visit, demand}); err != nil {
			return err
		}
	}
	p.say("  %s: 走访 visits %d, 点单 demands %d", a.name, n, n)
	return nil
}

// training has two people mark the same trainees, one of them differently.
func (p *play) training(ctx context.Context, zm, teacher *actor) error {
	village := sampleVillages(p.Regions())[0].Code
	class := core.Ref{Kind: "class", ID: teacher.NewID()}
	session := core.Ref{Kind: "session", ID: teacher.NewID()}
	if _, err := teacher.Commit(ctx, []core.Edit{
		{Ref: class, Region: village, Set: map[string]change.Value{"class_name": change.Text("唐卡绘画班"), "class_no": change.Text("2026-07"), "trade": change.Text("craft")}},
		{Ref: session, Region: village, Set: map[string]change.Value{"class": change.Text(class.ID.String()), "s_date": change.Text("2026-06-01"), "s_half": change.Text("am"), "s_hours": change.Int(4)}},
	}); err != nil {
		return err
	}
	for i := range 20 {
		name := change.Text(given[i%len(given)] + given[(i+5)%len(given)])
		person := core.Derive("person", "demo", fmt.Sprint(i)).String()
		id := core.Ref{Kind: "attendance", ID: core.Derive("attendance", session.ID.String(), person)}
		mark := func(status string) map[string]change.Value {
			return map[string]change.Value{"session": change.Text(session.ID.String()), "person": change.Text(person), "t_name": name, "t_status": change.Text(status)}
		}
		if err := teacher.do(ctx, id, village, mark("present")); err != nil {
			return err
		}
		if i > 2 {
			continue
		}
		if err := zm.do(ctx, id, village, mark([]string{"present", "late", "present"}[i])); err != nil {
			return err
		}
	}
	p.say("  %s: 签到 attendance marks 20, %s 也记了3人 marked three of them as well", teacher.name, zm.name)
	return nil
}

// killed lets a child process write and sync on the second tablet, and kills
// it in the middle of both.
func (p *play) killed(ctx context.Context) error {
	a := p.worker[1]
	if err := a.Close(); err != nil {
		return err
	}
	for range 5 {
		if err := p.killWriting(ctx, a); err != nil {
			return err
		}
	}
	for i := range 6 {
		cmd := p.child(ctx, "demo-sync", a)
		if err := cmd.Start(); err != nil {
			return err
		}
		time.Sleep(time.Duration(5+15*i) * time.Millisecond)
		_ = cmd.Process.Kill() // it may have finished
		_ = cmd.Wait()
	}
	p.say("  %s: 平板在写入时被断电5次、同步时6次 killed 5 times while writing, 6 times while syncing", a.name)
	return p.openTablet(ctx, a)
}

func (p *play) child(ctx context.Context, what string, a *actor) *exec.Cmd {
	exe, err := os.Executable()
	if err != nil {
		exe = os.Args[0]
	}
	cmd := exec.CommandContext(ctx, exe, what, "--data", a.dir)
	cmd.Env = append(os.Environ(), "MUQU_CLOCK="+a.offset)
	return cmd
}

func (p *play) killWriting(ctx context.Context, a *actor) error {
	cmd := p.child(ctx, "demo-write", a)
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	sc := bufio.NewScanner(out)
	for n := 0; sc.Scan(); n++ {
		id, err := change.ParseRecordID(strings.TrimSpace(sc.Text()))
		if err != nil {
			break // torn by the kill: this one was not confirmed
		}
		p.acked = append(p.acked, core.Ref{Kind: "household", ID: id})
		if n == 8 {
			_ = cmd.Process.Kill() // in the middle of the next write
		}
	}
	_ = cmd.Wait()
	return nil
}

// reconcile is the evening at the township office.
func (p *play) reconcile(ctx context.Context) error {
	p.say("\n晚上 evening: 回到乡镇，联网同步 back in town, everybody syncs")
	for round := range 3 {
		for _, a := range p.worker {
			r, err := a.Sync(ctx, nil)
			if err != nil {
				return err
			}
			if round == 0 {
				p.say("  %s: 上传 sent %d, 收到 received %d, 冲突 conflicts %d, 流量 bytes %d", a.name, r.Pushed, r.Pulled, r.Conflicts, r.BytesIn+r.BytesOut)
			}
		}
	}
	return nil
}
