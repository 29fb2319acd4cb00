package simtest

import (
	"context"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/core/store/disktest"
	"muqu/core/store/sqlite"
	"muqu/sync/client"
)

// dark is a life in which the power goes: between any two writes to the disk of
// a tablet, of a hub or of the centre, in the middle of whatever it does.
type dark struct {
	*life
	disks    []*disktest.Disk // of the centre, the tablets, the hubs
	full     bool             // disks fill up, and no power goes
	armed    bool             // something will happen to one of them
	cuts     int
	commands []command
	acked    map[change.Hash]bool // what the centre gave a receipt for
}

// command is several records that were saved together, known by a name that no
// other has.
type command struct {
	tab       int
	name      string
	size      int
	confirmed bool
}

func beginDark(t testing.TB, seed int64) *dark {
	d := &dark{life: begin(t, seed, int(seed%2), control{}), acked: make(map[change.Hash]bool)}
	d.lenient = true
	// A disk knows what is opened after it began to watch.
	for k := range 1 + len(d.tablets) + len(d.hubs) {
		d.reopen(k, func(dir string) { d.disks = append(d.disks, disktest.New(t, dir)) })
	}
	return d
}

// off reports whether the power of a device's disk is gone: 0 is the centre's.
func (d *dark) off(disk int) bool { return d.disks[disk].Off() }

// act does one thing, and lets the power come back where it went.
func (d *dark) act() {
	if !d.armed {
		disk := d.disks[d.r.Intn(len(d.disks))]
		if d.armed = true; d.full {
			disk.Fill(1 + d.r.Intn(120))
		} else {
			disk.Cut(1 + d.r.Intn(120))
		}
	}
	i := d.r.Intn(len(d.tablets))
	switch n := d.r.Intn(10); {
	case n < 3:
		d.command(i, 1+d.r.Intn(5))
	case n < 6:
		d.rewrite(i)
	case n < 7:
		d.lines(i)
	case n == 9 && len(d.hubs) > 0:
		d.reconcile(d.hubs[0].Tablet, 1+len(d.tablets))
	default:
		d.reconcile(d.tablets[i], 1+i)
	}
	for k := range d.disks {
		switch {
		case d.off(k):
			d.light(k)
		case d.disks[k].Full() && d.r.Intn(3) == 0:
			d.free(k)
		}
	}
}

// tolerate ends the life over an error that no power cut explains. A full disk
// must be called by its name.
func (d *dark) tolerate(what string, err error, disks ...int) {
	var r *core.Refusal
	if d.full && errors.As(err, &r) && r.Reason == core.NoRoom {
		if err = nil; !slices.ContainsFunc(disks, func(k int) bool { return d.disks[k].Full() }) {
			err = fmt.Errorf("there is room: %w", r)
		}
	}
	if err != nil && !slices.ContainsFunc(disks, d.off) {
		d.t.Fatalf("%s: %v", what, err)
	}
}

// household makes an edit of a new household.
func (d *dark) household(tab *Tablet, name string) core.Edit {
	return core.Edit{Ref: core.Ref{Kind: "household", ID: tab.NewID()}, Region: Village, Set: map[string]change.Value{
		"head_name": change.Text(name), "yak": change.Int(int64(d.written.next())),
	}}
}

// command saves several new records together.
func (d *dark) command(i, size int) {
	tab, c := d.tablets[i], command{tab: i, name: fmt.Sprintf("c%d", len(d.commands)), size: size}
	var edits []core.Edit
	for range size {
		edits = append(edits, d.household(tab, c.name))
	}
	_, err := tab.Commit(d.ctx, edits)
	d.tolerate("commit", err, 1+i)
	if c.confirmed = err == nil; c.confirmed {
		for _, e := range edits {
			d.refs = append(d.refs, e.Ref)
		}
	}
	d.commands = append(d.commands, c)
	d.note("%s saves %s, %d records: %v", tab.Name, c.name, size, err)
}

// lines writes several commands in one transaction, as an import does.
func (d *dark) lines(i int) {
	tab := d.tablets[i]
	var list []command
	var builds []client.Build
	for k := range 3 {
		c := command{tab: i, name: fmt.Sprintf("c%d", len(d.commands)+k), size: 1}
		list = append(list, c)
		builds = append(builds, func(func(core.Ref) (core.Record, bool, error)) (core.Edit, error) {
			return d.household(tab, c.name), nil
		})
	}
	_, err := tab.Batch(d.ctx, builds)
	d.tolerate("batch", err, 1+i)
	for k := range list {
		list[k].confirmed = err == nil
	}
	d.commands = append(d.commands, list...)
	d.note("%s writes lines from %s on: %v", tab.Name, list[0].name, err)
}

// rewrite changes a record that is there. A value whose saving was not
// confirmed counts as written if it is there when the power is back.
func (d *dark) rewrite(i int) {
	if len(d.refs) == 0 {
		return
	}
	tab, ref := d.tablets[i], d.refs[d.r.Intn(len(d.refs))]
	r, found, err := tab.Get(d.ctx, ref)
	if err != nil || !found {
		d.tolerate("get", err, 1+i)
		return
	}
	n := int64(d.written.next())
	_, err = tab.Commit(d.ctx, []core.Edit{{Ref: ref, From: r, Set: map[string]change.Value{"yak": change.Int(n)}}})
	d.tolerate("commit", err, 1+i)
	d.note("%s sets yak %d on %s: %v", tab.Name, n, short(ref), err)
	if err != nil {
		if !d.full {
			d.light(1 + i)
		}
		now := tab.See(ref)
		if !slices.Contains(yaks(&now), n) {
			return
		}
	}
	d.written.n = int(n)
	d.written.note(ref, &r)
}

// reconcile syncs a tablet or a hub, and remembers what was acknowledged.
func (d *dark) reconcile(tab *Tablet, disk int) {
	r, err := tab.Tablet.Sync(d.ctx, nil)
	d.underway.Wait()
	d.note("%s syncs: %d up, %d down, %v", tab.Name, r.Pushed, r.Pulled, err)
	servers := []int{disk, 0} // whoever is asked may be without power
	for k := range d.hubs {
		servers = append(servers, 1+len(d.tablets)+k)
	}
	d.tolerate("sync", err, servers...)
	if err != nil || d.off(disk) || disk > len(d.tablets) {
		return
	}
	st, err := tab.Status(d.ctx)
	if err != nil || st.Unsent > 0 || st.AtHub > 0 {
		d.tolerate("status", err, disk)
		return
	}
	own, err := tab.Confirmed(d.ctx)
	d.tolerate("confirmed", err, disk)
	for _, h := range own {
		d.acked[h] = true
	}
}

// light lets the power come back to a device, and looks what is left.
func (d *dark) light(k int) {
	d.note("… the power goes on disk %d", k)
	d.cuts++
	d.armed = false
	db := d.reopen(k, func(string) {
		if err := d.disks[k].PowerUp(d.r); err != nil {
			d.t.Fatal(err)
		}
	})
	if err := db.Check(d.ctx); err != nil {
		d.breaks("%v", err)
	}
	switch {
	case k == 0:
		d.receipts()
	case k <= len(d.tablets):
		d.saved(k-1, d.tablets[k-1])
	}
}

// free makes room on a full disk. What stands there was never closed: whatever
// it confirmed it must have, and work goes on.
func (d *dark) free(k int) {
	d.note("… there is room again on disk %d", k)
	d.cuts++
	d.armed = false
	d.disks[k].Free()
	switch {
	case k == 0:
		d.receipts()
	case k <= len(d.tablets):
		d.saved(k-1, d.tablets[k-1])
	}
}

// reopen closes a device, does something to its folder and opens it again.
func (d *dark) reopen(k int, between func(dir string)) *sqlite.DB {
	if k == 0 {
		d.Server.Close()
		_ = d.DB.Close() // without power it can't
		between(d.Dir)
		d.World.start()
		return d.DB
	}
	if k--; k < len(d.tablets) {
		tab := d.tablets[k]
		_ = tab.Close()
		between(tab.Dir)
		tab.Open()
		return tab.Store()
	}
	h := d.hubs[k-len(d.tablets)]
	h.Server.Close()
	_ = h.Close()
	between(h.Dir)
	h.Tablet.Open()
	h.start()
	return h.Store()
}

// saved checks that a tablet has all that it confirmed and no half command.
func (d *dark) saved(i int, tab *Tablet) {
	n := sizes(d, tab)
	for _, c := range d.commands {
		if c.tab == i && n[c.name] < c.size && c.confirmed {
			d.breaks("%s confirmed %s with %d records and has %d", tab.Name, c.name, c.size, n[c.name])
		}
	}
	d.halves(tab.Name, n)
}

// halves checks that every command is there whole or not at all.
func (d *dark) halves(where string, n map[string]int) {
	for _, c := range d.commands {
		if n[c.name] != 0 && n[c.name] != c.size {
			d.breaks("%s shows %d of the %d records of %s", where, n[c.name], c.size, c.name)
		}
	}
}

// sizes counts the records of every command that somebody shows.
func sizes(d *dark, list interface {
	List(context.Context, core.Query) ([]core.Record, error)
}) map[string]int {
	all, err := list.List(d.ctx, core.Query{Kind: "household"})
	if err != nil {
		d.t.Fatal(err)
	}
	out := make(map[string]int)
	for i := range all {
		out[all[i].Text("head_name")]++
	}
	return out
}

// receipts checks that whatever was acknowledged is in the centre's log once,
// and that positions have no gap.
func (d *dark) receipts() {
	held := make(map[change.Hash]int)
	err := d.DB.View(d.ctx, func(tx store.Tx) error {
		all, err := tx.Logged(0, "", 1<<20)
		for i := range all {
			held[all[i].Hash]++
			if want := change.Position(i + 1); all[i].Position != want {
				d.breaks("position %d follows %d", all[i].Position, want-1)
			}
		}
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	for h := range d.acked {
		if held[h] != 1 {
			d.breaks("an acknowledged entry is in the log %d times", held[h])
		}
	}
}

// darkLife plays a life. worse may make it worse than the power going.
func darkLife(t testing.TB, seed int64, worse func(*dark)) *dark {
	d := beginDark(t, seed)
	if worse != nil {
		worse(d)
	}
	for n := range 50 {
		d.r = rand.New(rand.NewSource(seed<<16 + int64(n)))
		d.Pass(time.Minute)
		d.act()
		if t.Failed() || len(d.broken) > 0 {
			return d
		}
	}
	for k := range d.disks {
		d.disks[k].Free()
		d.light(k) // a last time, and nothing is cut off any more
	}
	d.quiet()
	d.receipts()
	d.halves("the centre", sizes(d, d.Server))
	for i, tab := range d.tablets {
		d.saved(i, tab)
	}
	return d
}

// TestPowerLives cuts the power of tablets, hubs and the centre at any of their
// writes.
func TestPowerLives(t *testing.T) { darkLives(t, 20, nil) }

// TestFullLives fills the disks of tablets, hubs and the centre up at any of
// their writes, and makes room again some time later.
func TestFullLives(t *testing.T) { darkLives(t, 12, func(d *dark) { d.full = true }) }

// darkLives plays lives; with SEEDS a tenth as many as [TestLives].
func darkLives(t *testing.T, seeds int, worse func(*dark)) {
	t.Parallel()
	first := int64(1)
	if s, err := strconv.Atoi(os.Getenv("SEEDS")); err == nil {
		seeds = max(1, s/10)
	}
	if s, err := strconv.ParseInt(os.Getenv("SEED"), 10, 64); err == nil {
		first = s
	}
	cuts := 0
	for seed := first; seed < first+int64(seeds); seed++ {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			d := darkLife(t, seed, worse)
			cuts += d.cuts
			for _, b := range d.broken {
				t.Error(b)
			}
			if t.Failed() {
				for _, s := range d.story {
					t.Log(s)
				}
			}
		})
	}
	if cuts < 2*seeds {
		t.Errorf("it happened %d times in %d lives", cuts, seeds)
	}
	t.Logf("it happened %d times in %d lives", cuts, seeds)
}

// TestLyingDisksAreCaught is the control: where a sync only says that it is
// done, lives must break.
func TestLyingDisksAreCaught(t *testing.T) {
	for seed := int64(1); seed <= 5; seed++ {
		q := &quietly{TB: t}
		var d *dark
		q.do(func() {
			d = darkLife(q, seed, func(d *dark) {
				for _, disk := range d.disks {
					disk.Lie()
				}
			})
		})
		if q.Failed() || d != nil && len(d.broken) > 0 {
			return
		}
	}
	t.Error("five lives on lying disks noticed nothing")
}
