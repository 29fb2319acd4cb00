package screen

import (
	"context"

	"muqu/core"
)

// readRoll reads what makes up the roll of a session.
func readRoll(ctx context.Context, book core.Book, class, session core.Ref) (*core.Roll, error) {
	half, err := read(ctx, book, session)
	if err != nil {
		return nil, err
	}
	course, found, err := book.Get(ctx, class)
	if err != nil {
		return nil, err
	}
	if !found {
		course.Ref = class // not on this tablet
	}
	enrolled, err := book.List(ctx, core.Query{Kind: "enrollment", Where: map[string]string{"class": class.ID.String()}})
	if err != nil {
		return nil, err
	}
	marks, err := book.List(ctx, core.Query{Kind: "attendance", Where: map[string]string{"session": session.ID.String()}})
	if err != nil {
		return nil, err
	}
	return core.NewRoll(course, half, enrolled, marks), nil
}

// readPlace reads a person's enrollment in a class; no Kind = there is none.
func readPlace(ctx context.Context, book core.Book, class, person core.Ref) (core.Record, error) {
	place, _, err := book.Get(ctx, core.EnrollmentOf(class, person))
	return place, err
}

// commit writes edits and returns their records as they stand then.
func commit(ctx context.Context, book core.Book, edits []core.Edit) ([]core.Record, error) {
	if _, err := book.Commit(ctx, edits); err != nil {
		return nil, err
	}
	var saved []core.Record
	for _, edit := range edits {
		record, err := read(ctx, book, edit.Ref)
		if err != nil {
			return nil, err
		}
		saved = append(saved, record)
	}
	return saved, nil
}
