package screen

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"muqu/app/tablet/widget"
	"muqu/core"
)

// browse is a list of records of one kind with a search line above it. It
// keeps what was searched for and how far the list was scrolled while the
// worker looks at a record.
type browse struct {
	search string
	offset float32
}

// browsing says what a browse shows.
type browsing struct {
	query core.Query // without search and page
	line  func(r *core.Record) widget.Line
	open  func(r core.Record)
	hint  string // in the empty search line
	none  string // when there is no record at all
	above []fyne.CanvasObject
}

// body returns the list.
func (b *browse) body(s *Shell, c browsing) fyne.CanvasObject {
	count, none := widget.NewNote(""), widget.NewText("").Centered()
	asking := func(text string) widget.Fetch[core.Record] {
		return func(offset, limit int) ([]core.Record, int, error) {
			q := c.query
			q.Search, q.Offset, q.Limit = text, offset, limit
			return page(s.ctx, s.Book, q)
		}
	}
	list := widget.NewList(s.Run, asking(b.search), func(r core.Record) widget.Line { return c.line(&r) })
	list.OnTap = func(r core.Record) {
		b.offset = list.GetScrollOffset()
		c.open(r)
	}
	list.OnError = s.Fail
	list.OnTotal = func(total int) {
		count.SetText(s.T("list.count", "n", total))
		none.SetText(b.emptiness(s, total, c.none))
		if b.offset > 0 {
			list.ScrollToOffset(b.offset)
			b.offset = 0
		}
	}
	search := widget.NewSearch(c.hint, func(text string) {
		b.search = text
		list.Ask(asking(text))
	})
	search.SetText(b.search)
	list.Reload()
	top := widget.NewColumn(append([]fyne.CanvasObject{search}, append(c.above, count)...)...)
	return container.NewBorder(container.New(inset{14, 6}, top), nil, nil, nil,
		container.NewStack(list, container.New(inset{20, 60}, widget.NewColumn(none))))
}

// emptiness says why nothing is shown.
func (b *browse) emptiness(s *Shell, total int, none string) string {
	switch {
	case total > 0:
		return ""
	case b.search != "":
		return s.T("list.not_found", "text", b.search)
	}
	return none
}

// page reads one page of a query and how many records it has in all.
func page(ctx context.Context, book core.Book, q core.Query) ([]core.Record, int, error) {
	total, err := book.Count(ctx, q)
	if err != nil || total == 0 {
		return nil, total, err
	}
	records, err := book.List(ctx, q)
	return records, total, err
}
