package simtest

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// tally counts what many lives went through.
type tally struct {
	lives, edits atomic.Int64
	device       atomic.Int64 // milliseconds that tablets and hubs lived through
}

// add counts a life that is over.
func (c *tally) add(l *life) {
	c.lives.Add(1)
	c.edits.Add(int64(len(l.kept)))
	c.device.Add(l.Time.Sub(l.born).Milliseconds() * int64(len(l.tablets)+len(l.hubs)))
}

// String gives the counts: lives, device-days, edits.
func (c *tally) String() string {
	days := time.Duration(c.device.Load()) * time.Millisecond / (24 * time.Hour)
	return fmt.Sprintf("played %d %d %d", c.lives.Load(), days, c.edits.Load())
}

// replay plays some steps of a life again, where nobody is hurt, and gives the
// promises that broke and the story. That a step is left out changes nothing
// in the chances of the others.
func replay(t testing.TB, seed int64, steps []int, hubs int, c control) (broken, story []string) {
	q := &quietly{TB: t}
	var l *life
	q.do(func() {
		l = begin(q, seed, hubs, c)
		l.lenient = true
		l.play(steps)
		l.quiet()
	})
	if l == nil {
		return q.said, nil
	}
	return append(l.broken, q.said...), l.story
}

// shrink leaves out whatever steps a broken life does not need to break, first
// in large pieces, then one by one, until nothing more can go or a number of
// replays was spent.
func shrink(steps []int, replays int, breaks func([]int) bool) []int {
	for piece := max(1, len(steps)/2); ; {
		shorter := false
		for at := 0; at < len(steps); {
			if replays--; replays < 0 {
				return steps
			}
			rest := slices.Concat(steps[:at], steps[min(at+piece, len(steps)):])
			if breaks(rest) {
				steps, shorter = rest, true
			} else {
				at += piece
			}
		}
		if piece == 1 && !shorter {
			return steps
		}
		piece = max(1, piece/2)
	}
}

// tell writes the shortest story that still breaks a promise.
func tell(t testing.TB, seed int64, steps []int, hubs int, c control) string {
	short := shrink(steps, 300, func(s []int) bool {
		broken, _ := replay(t, seed, s, hubs, c)
		return len(broken) > 0
	})
	broken, story := replay(t, seed, short, hubs, c)
	if len(broken) == 0 {
		return fmt.Sprintf("seed %d broke once and not again", seed)
	}
	return fmt.Sprintf("seed %d in %d of %d steps (%v):\n%s\nbroken: %s", seed, len(short), len(steps), short, strings.Join(story, "\n"), strings.Join(broken, "\n"))
}

// quietly is a test within a test: its failures are kept and hurt nobody.
type quietly struct {
	testing.TB
	mu       sync.Mutex // guards the rest
	said     []string
	cleanups []func()
}

// do runs f as a test would: until it returns or gives up.
func (q *quietly) do(f func()) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer q.clean()
		f()
	}()
	<-done
}

func (q *quietly) clean() {
	for i := len(q.cleanups) - 1; i >= 0; i-- {
		q.cleanups[i]()
	}
}

func (q *quietly) keep(s string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.said = append(q.said, s)
}

func (q *quietly) Helper()                   {}
func (q *quietly) Cleanup(f func())          { q.cleanups = append(q.cleanups, f) }
func (q *quietly) Error(a ...any)            { q.keep(fmt.Sprint(a...)) }
func (q *quietly) Errorf(s string, a ...any) { q.keep(fmt.Sprintf(s, a...)) }
func (q *quietly) Log(...any)                {}
func (q *quietly) Logf(string, ...any)       {}
func (q *quietly) Fatal(a ...any)            { q.Error(a...); runtime.Goexit() }
func (q *quietly) Fatalf(s string, a ...any) { q.Errorf(s, a...); runtime.Goexit() }
func (q *quietly) FailNow()                  { q.Error("failed"); runtime.Goexit() }
func (q *quietly) Failed() bool              { q.mu.Lock(); defer q.mu.Unlock(); return len(q.said) > 0 }

// TempDir gives a folder that goes when the inner test is over.
func (q *quietly) TempDir() string {
	dir, err := os.MkdirTemp("", "muqu-life-")
	if err != nil {
		q.Fatal(err)
	}
	q.Cleanup(func() { _ = os.RemoveAll(dir) })
	return filepath.Clean(dir)
}

// TestBrokenLifeIsShortened breaks a life on purpose, by a server that knows
// duplicates by their number alone, and wants its story short and still true.
func TestBrokenLifeIsShortened(t *testing.T) {
	t.Parallel()
	c := control{under: underBySeq}
	all := count(60)
	for seed := int64(1); seed < 40; seed++ {
		if broken, _ := replay(t, seed, all, 0, c); len(broken) == 0 {
			continue
		}
		short := shrink(all, 80, func(s []int) bool {
			broken, _ := replay(t, seed, s, 0, c)
			return len(broken) > 0
		})
		if broken, _ := replay(t, seed, short, 0, c); len(broken) == 0 || len(short) > 20 {
			t.Errorf("seed %d: %d steps are left, which break %v", seed, len(short), broken)
		}
		if broken, _ := replay(t, seed, short, 0, control{}); len(broken) > 0 {
			t.Errorf("seed %d breaks without the cause too: %v", seed, broken)
		}
		return
	}
	t.Error("no life broke")
}

// TestShrinkFindsTheCause wants exactly the steps that matter.
func TestShrinkFindsTheCause(t *testing.T) {
	want := []int{7, 8, 41}
	got := shrink(count(60), 1000, func(s []int) bool {
		for _, w := range want {
			if !slices.Contains(s, w) {
				return false
			}
		}
		return true
	})
	if !slices.Equal(got, want) {
		t.Errorf("shrunk to %v, want %v", got, want)
	}
}
