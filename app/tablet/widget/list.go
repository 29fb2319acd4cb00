package widget

import (
	"fyne.io/fyne/v2"
	fynewidget "fyne.io/fyne/v2/widget"
)

// Page sizes of a list: a screen shows about ten rows, and eight pages are
// held, so that a list of 100,000 needs no more memory than one of 400.
const (
	pageRows  = 50
	pagesHeld = 8
)

// Fetch returns limit rows from offset on, and how many there are in all. It
// is called away from the UI thread.
type Fetch[R any] func(offset, limit int) (rows []R, total int, err error)

// List shows rows that are fetched page by page as one scrolls.
type List[R any] struct {
	fynewidget.List
	OnTap   func(row R)     // called with the row that was tapped
	OnTotal func(total int) // called when it is known how many rows there are
	OnError func(err error) // called when a page could not be fetched
	run     Runner
	fetch   Fetch[R]
	pages   map[int][]R // by number; nil = under way
	recent  []int       // numbers of the pages held, the latest used last
	total   int
	version int // counts Reload, so that late answers to older questions are dropped
}

// NewList returns a list of rows drawn as the line that show returns. Nothing
// is fetched before the first [List.Reload].
func NewList[R any](run Runner, fetch Fetch[R], show func(R) Line) *List[R] {
	return NewListOf(run, fetch,
		func() fyne.CanvasObject { return NewRow() },
		func(row R, o fyne.CanvasObject) { o.(*Row).Set(show(row)) })
}

// NewListOf returns a list of rows that are drawn by widgets of the caller:
// create makes one, fill fills it.
func NewListOf[R any](run Runner, fetch Fetch[R], create func() fyne.CanvasObject, fill func(R, fyne.CanvasObject)) *List[R] {
	l := &List[R]{run: run, fetch: fetch, pages: make(map[int][]R)}
	l.Length, l.CreateItem, l.OnSelected = func() int { return l.total }, create, l.tapped
	l.UpdateItem = func(i int, o fyne.CanvasObject) {
		if row, ok := l.row(i); ok {
			fill(row, o)
		} else if blank, isRow := o.(*Row); isRow {
			blank.Set(Line{Title: "…"})
		}
	}
	l.ExtendBaseWidget(l)
	return l
}

// Ask asks another question, from the top.
func (l *List[R]) Ask(fetch Fetch[R]) {
	l.fetch = fetch
	l.ScrollToOffset(0)
	l.Reload()
}

// Total returns how many rows there are, as last heard.
func (l *List[R]) Total() int { return l.total }

// Reload asks for everything again and keeps the place where the list stands.
func (l *List[R]) Reload() {
	l.version++
	clear(l.pages)
	l.recent = nil
	first := int(l.GetScrollOffset()/max(1, l.rowHeight())) / pageRows
	l.load(first)
}

func (l *List[R]) rowHeight() float32 {
	if l.CreateItem == nil {
		return 1
	}
	return l.CreateItem().MinSize().Height
}

func (l *List[R]) tapped(i int) {
	l.UnselectAll()
	if row, ok := l.row(i); ok && l.OnTap != nil {
		l.OnTap(row)
	}
}

// row returns row i if it is held, and otherwise sees to it that it will be.
func (l *List[R]) row(i int) (R, bool) {
	number := i / pageRows
	page, held := l.pages[number]
	if !held {
		l.load(number)
		page = l.pages[number] // a Runner that does not wait has it already
	}
	l.use(number)
	if at := i % pageRows; at < len(page) {
		return page[at], true
	}
	var none R
	return none, false
}

// load fetches a page.
func (l *List[R]) load(number int) {
	version, fetch := l.version, l.fetch // as they are now, on the UI thread
	l.pages[number] = nil
	l.run(func() func() {
		rows, total, err := fetch(number*pageRows, pageRows)
		return func() { l.loaded(version, number, rows, total, err) }
	})
}

func (l *List[R]) loaded(version, number int, rows []R, total int, err error) {
	if version != l.version {
		return
	}
	if err != nil {
		delete(l.pages, number)
		if l.OnError != nil {
			l.OnError(err)
		}
		return
	}
	l.pages[number] = rows
	if total != l.total || l.OnTotal != nil {
		l.total = total
		if l.OnTotal != nil {
			l.OnTotal(total)
		}
	}
	l.Refresh()
}

// use marks a page as used now and drops the one unused for longest.
func (l *List[R]) use(number int) {
	for i, n := range l.recent {
		if n == number {
			l.recent = append(l.recent[:i], l.recent[i+1:]...)
			break
		}
	}
	l.recent = append(l.recent, number)
	if len(l.recent) > pagesHeld {
		delete(l.pages, l.recent[0])
		l.recent = l.recent[1:]
	}
}
