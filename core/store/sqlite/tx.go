package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// tx is one transaction of the writer or of a reader.
type tx struct {
	ctx     context.Context
	prepare func(text string) (*sql.Stmt, error)
	looked  bool  // whether merges is known
	merges  bool  // some record gives way to another one
	last    int64 // id of the last record; 0: not known yet

	findings      []finding // what the search index must still be told
	entries, feed []any     // what is still to be written of the server's order
}

func (t *tx) exec(text string, args ...any) (sql.Result, error) {
	s, err := t.prepare(text)
	if err != nil {
		return nil, err
	}
	return s.ExecContext(t.ctx, args...)
}

func (t *tx) run(text string, args ...any) error {
	_, err := t.exec(text, args...)
	return err
}

// one reads a single row and reports whether there was one.
func (t *tx) one(text string, args []any, into ...any) (bool, error) {
	s, err := t.prepare(text)
	if err != nil {
		return false, err
	}
	err = s.QueryRowContext(t.ctx, args...).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// each calls f for every row of a query.
func (t *tx) each(text string, args []any, f func(scan func(...any) error) error) (err error) {
	s, err := t.prepare(text)
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(t.ctx, args...)
	if err != nil {
		return fmt.Errorf("query: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// runs are how many rows one statement inserts or reads at most: few sizes, so
// that few statements are prepared.
var runs = []int{64, 8, 1}

// take gives the size of the next run of n rows.
func take(n int) int {
	for _, size := range runs {
		if n >= size {
			return size
		}
	}
	return 0
}

// many inserts rows of as many values, which follow one another. text ends with
// VALUES.
func (t *tx) many(text string, width int, values []any) error {
	one := "(?" + strings.Repeat(",?", width-1) + ")"
	for len(values) > 0 {
		n := take(len(values) / width)
		if err := t.run(text+one+strings.Repeat(","+one, n-1), values[:n*width]...); err != nil {
			return err
		}
		values = values[n*width:]
	}
	return nil
}
