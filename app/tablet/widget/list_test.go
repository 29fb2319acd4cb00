package widget

import (
	"errors"
	"fmt"
	"slices"
	"testing"
)

func TestListFetchesWhatIsShown(t *testing.T) {
	var asked []int
	list := NewList(Inline, func(offset, limit int) ([]string, int, error) {
		asked = append(asked, offset)
		var rows []string
		for i := offset; i < offset+limit; i++ {
			rows = append(rows, fmt.Sprint("第", i, "户"))
		}
		return rows, 30000, nil
	}, func(s string) Line { return Line{Title: s} })
	var tapped string
	list.OnTap = func(s string) { tapped = s }
	screen(t, list, 400, 600)
	list.Reload()
	if !slices.Equal(asked, []int{0}) {
		t.Errorf("asked for pages at %v, want the first alone", asked)
	}
	list.ScrollTo(20000)
	if last := asked[len(asked)-1]; last < 19900 || last > 20000 {
		t.Errorf("asked for a page at %d after scrolling to 20000", last)
	}
	list.Select(20000)
	if tapped != "第20000户" {
		t.Errorf("tapped %q", tapped)
	}
	for i := 0; i < 30000; i += 500 {
		list.ScrollTo(i)
	}
	if len(list.pages) > pagesHeld+1 {
		t.Errorf("%d pages are held, want %d at most", len(list.pages), pagesHeld+1)
	}
}

func TestListDropsLateAnswers(t *testing.T) {
	var waiting []func()
	answer := "甲"
	list := NewList(func(work func() func()) { waiting = append(waiting, work()) },
		func(int, int) ([]string, int, error) { return []string{answer}, 1, nil },
		func(s string) Line { return Line{Title: s} })
	screen(t, list, 400, 600)
	list.Reload()
	answer = "乙"
	list.Reload()
	waiting[1]()
	waiting[0]()
	if got, _ := list.row(0); got != "乙" {
		t.Errorf("row is %q, want the later answer", got)
	}
}

func TestListTellsOfErrors(t *testing.T) {
	broken := errors.New("disk")
	list := NewList(Inline, func(int, int) ([]string, int, error) { return nil, 0, broken }, func(s string) Line { return Line{} })
	var got error
	list.OnError = func(err error) { got = err }
	screen(t, list, 400, 600)
	list.Reload()
	if got != broken {
		t.Errorf("error %v, want %v", got, broken)
	}
}
