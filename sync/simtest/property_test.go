package simtest

import (
	"errors"
	"fmt"
	"math/rand"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
	"muqu/sync/bundle"
	"muqu/sync/client"
	"muqu/sync/merge"
)

// life is a world in which things go wrong at random.
type life struct {
	*World
	t       testing.TB
	seed    int64
	born    time.Time
	r       *rand.Rand
	tablets []*Tablet
	hubs    []*Hub
	refs    []core.Ref
	saved   string // a backup of the server
	story   []string
	written written
	kept    map[change.Hash]string // every entry that a tablet ever confirmed, and which tablet
	broken  []string               // promises that did not hold
	// everything makes every edit claim to have seen all there is.
	everything bool
	lenient    bool // a sync that fails is a broken promise, not the end
}

// sync reconciles a tablet or a hub.
func (l *life) sync(tab *Tablet) {
	if _, err := tab.Tablet.Sync(l.ctx, nil); err != nil {
		if !l.lenient {
			l.t.Fatalf("%s: sync: %v", tab.Name, err)
		}
		l.breaks("%s can't sync: %v", tab.Name, err)
	}
}

// breaks notes a promise that did not hold.
func (l *life) breaks(format string, args ...any) {
	l.broken = append(l.broken, fmt.Sprintf(format, args...))
}

func (l *life) note(format string, args ...any) {
	l.story = append(l.story, fmt.Sprintf(format, args...))
}

// see reads a record as a screen does.
func (l *life) see(tab *Tablet, ref core.Ref) (core.Record, bool) {
	r, found, err := tab.Get(l.ctx, ref)
	if err != nil {
		l.t.Fatal(err)
	}
	if l.everything {
		r.Seen.Position = 1 << 40
	}
	return r, found
}

// confirm remembers what a tablet has confirmed by now.
func (l *life) confirm(tab *Tablet) {
	own, err := tab.Confirmed(l.ctx)
	if err != nil {
		l.t.Fatal(err)
	}
	for _, h := range own {
		l.kept[h] = tab.Name
	}
}

// act does one thing that can happen on a day.
func (l *life) act() {
	tab := l.tablets[l.r.Intn(len(l.tablets))]
	defer l.confirm(tab)
	defer l.sound(tab)
	switch n := l.r.Intn(100); {
	case n < 6:
		l.seldom(tab)
	case n < 16:
		l.note("%s registers", tab.Name)
		ref := tab.Put(core.Ref{}, map[string]any{"head_name": fmt.Sprint(l.r.Intn(5)), "yak": l.written.next()})
		l.refs = append(l.refs, ref)
		l.written.note(ref, nil)
	case n < 48:
		l.edit(tab)
	case n < 53 && len(l.hubs) > 0:
		l.hubDay()
	case n < 72:
		l.anyLine(tab)
	case n < 82:
		l.note("%s syncs over a bad line", tab.Name)
		l.badLine(tab)
	case n < 86:
		l.note("%s restarts", tab.Name)
		if err := tab.Close(); err != nil {
			l.t.Fatal(err)
		}
		tab.Open()
	case n < 90:
		l.note("%s's clock jumps", tab.Name)
		tab.Clock = time.Duration(l.r.Int63n(int64(40*365*24*time.Hour))) - 20*365*24*time.Hour
	case n < 93:
		l.saved = l.Backup()
		l.note("server backed up")
	case n < 95 && l.saved != "":
		l.note("server restored")
		l.Restore(l.saved)
	case n < 97 && len(l.tablets) < 7:
		l.note("%s is cloned", tab.Name)
		c := tab.Clone()
		c.Name += "'"
		l.tablets = append(l.tablets, c)
	default:
		l.Pass(time.Duration(l.r.Intn(3600)) * time.Second)
	}
}

func (l *life) edit(tab *Tablet) {
	if len(l.refs) == 0 {
		return
	}
	ref := l.refs[l.r.Intn(len(l.refs))]
	r, found := l.see(tab, ref)
	if !found {
		return
	}
	switch l.r.Intn(9) {
	case 0:
		l.note("%s deletes %s", tab.Name, short(ref))
		tab.Do(core.Edit{Ref: ref, From: r, Delete: true})
	case 1:
		tags := []change.Value{}
		for _, s := range []string{"a", "b", "c"} {
			if l.r.Intn(2) == 0 {
				tags = append(tags, change.Text(s))
			}
		}
		l.note("%s tags %s %s", tab.Name, short(ref), change.ListOf(tags))
		tab.Do(core.Edit{Ref: ref, From: r, Set: map[string]change.Value{"tags": change.ListOf(tags)}})
	case 2:
		if cs := core.ConflictsOf(r); len(cs) > 0 {
			l.note("%s settles %s of %s", tab.Name, cs[0].ID.Register, short(ref))
			v := cs[0].Values[l.r.Intn(len(cs[0].Values))].Value
			if cs[0].ID.Register == "yak" {
				v = change.Int(int64(l.written.next()))
				l.written.note(ref, &r)
			}
			if err := core.Settle(l.ctx, tab, cs[0], v); err != nil {
				l.t.Fatal(err)
			}
		}
	case 3:
		n := l.r.Intn(6)
		l.note("%s sets sheep %d on %s", tab.Name, n, short(ref))
		tab.Do(core.Edit{Ref: ref, From: r, Set: map[string]change.Value{"sheep": change.Int(int64(n)), "remark": change.Text(fmt.Sprint(n))}})
	default:
		n := l.written.next()
		l.note("%s sets yak %d on %s", tab.Name, n, short(ref))
		tab.Do(core.Edit{Ref: ref, From: r, Set: map[string]change.Value{"yak": change.Int(int64(n))}})
		l.written.note(ref, &r)
	}
}

func short(ref core.Ref) string { return ref.ID.String()[24:] }

// badLine loses requests, answers, or parts of them.
func (l *life) badLine(tab *Tablet) {
	var through atomic.Int32
	through.Store(int32(l.r.Intn(4)))
	kind := l.r.Intn(3)
	l.Break(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if through.Add(-1) >= 0 {
			next.ServeHTTP(w, r)
			return
		}
		switch kind {
		case 0: // the request never arrives
		case 1: // the answer is lost
			next.ServeHTTP(httptest.NewRecorder(), r)
		case 2: // the answer is cut off
			rec := httptest.NewRecorder()
			next.ServeHTTP(rec, r)
			w.Header().Set("Content-Length", strconv.Itoa(rec.Body.Len()+1))
			_, _ = w.Write(rec.Body.Bytes()[:rec.Body.Len()/2])
		}
		panic(http.ErrAbortHandler)
	})
	l.BreakHubs(Down)
	_, err := tab.Tablet.Sync(l.ctx, nil)
	l.Break(nil)
	l.BreakHubs(nil)
	if err == nil {
		l.note("… and got through")
	}
}

// anyLine syncs with whatever can be reached today.
func (l *life) anyLine(tab *Tablet) {
	if len(l.hubs) > 0 && l.r.Intn(2) == 0 {
		l.note("%s syncs without internet", tab.Name)
		l.Break(Down)
		defer l.Break(nil)
		// A tablet that knows no hub can't.
		if _, err := tab.Tablet.Sync(l.ctx, nil); err != nil && !errors.Is(err, client.ErrOffline) {
			l.t.Fatalf("%s: %v", tab.Name, err)
		}
		return
	}
	if l.r.Intn(2) == 0 {
		l.note("%s syncs far from the hub", tab.Name)
		l.BreakHubs(Down)
		defer l.BreakHubs(nil)
	} else {
		l.note("%s syncs", tab.Name)
	}
	l.sync(tab)
}

// seldom does what happens once in a while: a household moves, a grant changes,
// work goes by stick.
func (l *life) seldom(tab *Tablet) {
	switch l.r.Intn(4) {
	case 0, 1:
		l.move(tab)
	case 2:
		scope := core.Scope{"632323"}
		if l.r.Intn(2) == 0 {
			scope = core.Scope{[]string{Village, Other, "632323100"}[l.r.Intn(3)]}
		}
		l.note("%s may see %v", tab.Name, scope)
		if err := l.Server.Grant(l.ctx, tab.Identity().Device, scope, 0); err != nil {
			l.note("… which the centre can't say: %v", err) // restored from before it knew the tablet
		}
	case 3:
		l.byStick(tab)
	}
}

// move lets a household go to another village or county.
func (l *life) move(tab *Tablet) {
	if len(l.refs) == 0 {
		return
	}
	ref := l.refs[l.r.Intn(len(l.refs))]
	r, found := l.see(tab, ref)
	to := []string{Village, Other, neighbor}[l.r.Intn(3)]
	if !found || r.Region == to {
		return
	}
	l.note("%s moves %s to %s", tab.Name, short(ref), to)
	tab.Do(core.Edit{Ref: ref, From: r, Region: to})
}

// byStick carries work to the centre, and now and then what it has to say back.
func (l *life) byStick(tab *Tablet) {
	s := stick{l.t, l.t.TempDir()}
	s.from(tab, "up")
	l.note("%s sends a stick", tab.Name)
	if err := s.into(l.Server, "up"); err != nil {
		l.note("… which the centre does not take: %v", err)
		return
	}
	if l.r.Intn(2) == 0 {
		return
	}
	l.note("… and gets one")
	id := tab.Identity().Device
	if err := bundle.Export(l.ctx, s.path("down"), l.Server.StickFor(id, l.r.Intn(2) == 0)); err != nil {
		l.note("… which can't be made: %v", err)
		return
	}
	if err := bundle.Import(l.ctx, s.path("down"), tab.Stick()); err != nil {
		l.note("… which it can't take: %v", err)
	}
}

// hubDay lets something happen to a hub.
func (l *life) hubDay() {
	i := l.r.Intn(len(l.hubs))
	h := l.hubs[i]
	switch n := l.r.Intn(10); {
	case n < 6:
		l.note("%s carries", h.Name)
		h.Sync()
	case n < 8:
		l.note("%s carries over a bad line", h.Name)
		l.badLine(h.Tablet)
	case n == 8:
		tab := l.tablets[l.r.Intn(len(l.tablets))]
		l.note("%s hears of %s", tab.Name, h.Name)
		h.Knows(tab)
	default:
		l.note("%s burns down", h.Name)
		h.http.Close()
		l.hubs[i] = l.Hub(h.Name + "'")
		l.hubs[i].Sync()
		for _, tab := range l.tablets {
			l.hubs[i].Knows(tab)
		}
	}
}

// written remembers of every value of yak, each of which is written once, which
// values its author had on the screen: the truth about who knew what, without
// positions, clocks or merge rules.
type written struct {
	n    int
	over map[core.Ref]map[int64][]int64 // value -> values that it replaced
}

// next gives a value that nobody has written yet.
func (w *written) next() int {
	w.n++
	return w.n
}

// note remembers that the last value was written by somebody who saw the record
// like this.
func (w *written) note(ref core.Ref, screen *core.Record) {
	if w.over == nil {
		w.over = make(map[core.Ref]map[int64][]int64)
	}
	if w.over[ref] == nil {
		w.over[ref] = make(map[int64][]int64)
	}
	w.over[ref][int64(w.n)] = yaks(screen)
}

// yaks gives all values of yak that a record shows.
func yaks(r *core.Record) (out []int64) {
	if r == nil {
		return nil
	}
	all := []change.Value{r.Field("yak")}
	for _, s := range r.Conflicts["yak"] {
		all = append(all, s.Value)
	}
	for _, v := range all {
		if n, ok := v.Float(); ok {
			out = append(out, int64(n))
		}
	}
	return out
}

// silent gives the values that nobody who knew them replaced, and that are not
// shown either.
func (w *written) silent(ref core.Ref, shown []int64) (lost []int64) {
	replaced := make(map[int64]bool)
	for _, over := range w.over[ref] {
		for _, v := range over {
			replaced[v] = true
		}
	}
	for v := range w.over[ref] {
		if !replaced[v] && !slices.Contains(shown, v) {
			lost = append(lost, v)
		}
	}
	return lost
}

// quiet lets everybody sync until nothing moves, and checks the promises.
func (l *life) quiet() {
	for range 6 {
		for _, h := range l.hubs {
			l.sync(h.Tablet)
		}
		for _, tab := range l.tablets {
			l.sync(tab)
		}
	}
	waits, aside := l.aside()
	for _, ref := range l.refs {
		r, found, err := l.Server.Get(l.ctx, ref)
		if err != nil || !found && !waits[ref] {
			l.breaks("%s is not at the centre: %v", short(ref), err)
		}
		if err != nil || !found {
			continue
		}
		if lost := l.written.silent(ref, append(yaks(&r), aside...)); len(lost) > 0 {
			l.breaks("%s: yak %v was overwritten by somebody who had not seen it; shown is %v", short(ref), lost, yaks(&r))
		}
	}
	r, err := l.Server.Replay(l.ctx)
	if err != nil || len(r.Different) > 0 {
		l.breaks("replay: %v %v", r.Different, err)
	}
	for _, tab := range l.tablets {
		want, n, err := l.Server.Digest(l.ctx, tab.Identity().Scope)
		if err != nil {
			l.t.Fatal(err)
		}
		l.equal(tab, want, n)
	}
	l.ledger()
}

// aside gives the records of which the centre keeps something aside, and the
// values of yak among it, for those to see who decide about it.
func (l *life) aside() (refs map[core.Ref]bool, values []int64) {
	refs = make(map[core.Ref]bool)
	desk := l.Server.As(core.Person{Name: "x", Role: core.Admin, Scope: core.Scope{"63"}})
	list, err := desk.Quarantine(l.ctx, 1000)
	if err != nil {
		l.t.Fatal(err)
	}
	for i := range list {
		refs[core.Ref{Kind: list[i].Kind, ID: list[i].Record}] = true
		for _, f := range list[i].Fields {
			if n, ok := f.Value.Float(); ok && f.Name == "yak" {
				values = append(values, int64(n))
			}
		}
	}
	return refs, values
}

// equal checks that a tablet holds what the centre holds, and says so.
func (l *life) equal(tab *Tablet, want [32]byte, n int) {
	got, m, err := tab.Digest(l.ctx)
	if err != nil {
		l.t.Fatal(err)
	}
	if got != want {
		l.breaks("%s holds %d records, the server %d, and they differ", tab.Name, m, n)
		l.differ(tab)
	}
	st, err := tab.Status(l.ctx)
	if err != nil || st.Unsent != 0 {
		l.breaks("%s has %d unsent, %v", tab.Name, st.Unsent, err)
	}
	if st.Repaired != 0 {
		l.breaks("%s: its state differed from the centre's %d times", tab.Name, st.Repaired)
	}
	open, err := core.Conflicts(l.ctx, tab, core.Query{})
	if err != nil || len(open) != st.OpenConflicts {
		l.breaks("%s counts %d conflicts and lists %d, %v", tab.Name, st.OpenConflicts, len(open), err)
	}
}

// differ shows the records that a tablet holds otherwise than the server.
func (l *life) differ(tab *Tablet) {
	for _, ref := range l.refs {
		on, _, err := tab.Get(l.ctx, ref)
		at, _, err2 := l.Server.Get(l.ctx, ref)
		if err != nil || err2 != nil {
			l.t.Fatal(err, err2)
		}
		if a, b := fmt.Sprintf("%d %v %+v", on.Position, on.Fields, on.Conflicts), fmt.Sprintf("%d %v %+v", at.Position, at.Fields, at.Conflicts); a != b {
			l.note("%s\n on %s: %s\n at centre: %s", short(ref), tab.Name, a, b)
		}
	}
}

// ledger checks that what every tablet confirmed is in the log once.
func (l *life) ledger() {
	held := make(map[change.Hash]int)
	err := l.DB.View(l.ctx, func(tx store.Tx) error {
		all, err := tx.Logged(0, "", 1<<20)
		for i := range all {
			held[all[i].Hash]++
		}
		return err
	})
	if err != nil {
		l.t.Fatal(err)
	}
	for _, tab := range l.tablets {
		l.confirm(tab)
	}
	for h, name := range l.kept {
		if held[h] != 1 {
			l.breaks("an entry that %s confirmed is in the log %d times", name, held[h])
		}
	}
}

// control spoils something that Muqu rests on, to see that the test notices.
type control struct {
	under      func(store.Store) store.Store // what goes wrong in the server's store
	fault      Fault                         // on the line to the centre
	everything bool                          // edits claim to have seen all there is
	forget     bool                          // a tablet loses what it had not sent
}

// begin starts a life with a few tablets and hubs.
func begin(t testing.TB, seed int64, hubs int, c control) *life {
	w := newWorld(t, seed, c.under)
	l := &life{World: w, t: t, seed: seed, born: w.Time, r: rand.New(rand.NewSource(seed)), kept: make(map[change.Hash]string), everything: c.everything}
	for _, name := range []string{"卓玛", "才让", "旦增"} {
		l.tablets = append(l.tablets, w.Tablet(name))
	}
	l.tablets = append(l.tablets, w.Tablet("州里", "632323", "632524"))
	for i := range hubs {
		h := w.Hub(fmt.Sprintf("%d乡", i+1))
		h.Sync()
		l.hubs = append(l.hubs, h)
		l.tablets = append(l.tablets, h.Guest(fmt.Sprintf("来客%d", i+1)))
		h.Knows(l.tablets[i])
	}
	return l
}

// count gives the numbers of the first n steps.
func count(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// play takes steps by their numbers. Each has chances of its own, so that a
// story can be told with steps left out.
func (l *life) play(steps []int) {
	for _, n := range steps {
		l.r = rand.New(rand.NewSource(l.seed<<16 + int64(n)))
		l.Pass(time.Duration(l.r.Intn(7200)) * time.Second)
		l.act()
		if l.t.Failed() || len(l.broken) > 0 {
			return
		}
	}
}

// live plays a life; one that breaks a promise tells its story.
func live(t *testing.T, seed int64, steps, hubs int, sum *tally) {
	defer func() {
		if t.Failed() {
			t.Log(tell(t, seed, count(steps), hubs, control{}))
		}
	}()
	l := begin(t, seed, hubs, control{})
	l.play(count(steps))
	l.quiet()
	for _, b := range l.broken {
		t.Error(b)
	}
	sum.add(l)
}

// TestLives plays many days from seeds. SEEDS and SEED choose how many and
// where to begin; a failing seed tells its story, shortened.
func TestLives(t *testing.T) {
	seeds, first := 40, int64(1)
	if s, err := strconv.Atoi(os.Getenv("SEEDS")); err == nil {
		seeds = s
	}
	if s, err := strconv.ParseInt(os.Getenv("SEED"), 10, 64); err == nil {
		first = s
	}
	var sum tally
	t.Run("seed", func(t *testing.T) {
		for seed := first; seed < first+int64(seeds); seed++ {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				live(t, seed, 60, int(seed%3), &sum)
			})
		}
	})
	if sum.edits.Load() == 0 {
		t.Error("nobody wrote anything")
	}
	if os.Getenv("SEEDS") != "" {
		fmt.Println(&sum) // script/sim adds them up
	}
}

// sound checks that the sums which a tablet keeps are those of what it holds.
func (l *life) sound(tab *Tablet) {
	err := tab.Store().View(l.ctx, func(tx store.Tx) error {
		var want store.Sum
		rows, _, err := tx.Snapshot(core.Scope{""}, 0, 1<<20)
		if err != nil {
			return err
		}
		for i := range rows {
			st, err := merge.Decode(rows[i].State)
			if err != nil {
				return err
			}
			for _, r := range store.Places(rows[i].Kind, st.Regions()) {
				if r == core.Everywhere || (core.Scope{"63"}).Contains(r) {
					want.Add(store.SumOf(rows[i].Ref, rows[i].State))
				}
			}
		}
		got, _, err := tx.SumOf(core.Scope{"63"})
		if err == nil && got != want {
			l.breaks("%s: its sums are not those of what it holds", tab.Name)
		}
		return err
	})
	if err != nil {
		l.t.Fatal(err)
	}
}
