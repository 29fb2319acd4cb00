package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"muqu/app/command"
	"muqu/core"
	"muqu/core/change"
	"muqu/core/table"
)

func importTable(f *flag.FlagSet) func(context.Context, *command.Call) error {
	data := dataFlag(f)
	return func(ctx context.Context, c *command.Call) error {
		kind, ok := map[string]string{"households": "household", "regions": "region", "monitoring_lines": "monitoring_line"}[c.Words[0]]
		if !ok {
			return &command.UsageError{Text: "import takes households, regions or monitoring_lines"}
		}
		b, err := os.ReadFile(c.Words[1])
		if err != nil {
			return fmt.Errorf("read table: %w", err)
		}
		book, err := table.Read(filepath.Base(c.Words[1]), b, table.DefaultLimits())
		if err != nil {
			return err
		}
		return within(ctx, *data, nil, func(s *centre) error { return s.importRows(ctx, c, kind, book) })
	}
}

// importRows brings in all good rows and names every bad one. A row that was
// imported before changes the same record.
func (s *centre) importRows(ctx context.Context, c *command.Call, kind string, book *table.Workbook) error {
	desk := s.As(administrator())
	n := 0
	var bad []*table.RowError
	for i := range book.Sheets {
		sheet := &book.Sheets[i]
		var edits []core.Edit
		bad = append(bad, sheet.Each(func(r table.Record) error {
			e, err := core.ImportRow(kind, r.Get, func(ref core.Ref) (core.Record, bool, error) { return desk.Get(ctx, ref) }, s.NewID)
			if err != nil {
				return err
			}
			if _, err := e.Prepare(core.Defaults{Role: core.Admin}); err != nil {
				return err
			}
			edits = append(edits, e)
			return nil
		})...)
		for len(edits) > 0 {
			part := edits[:min(1000, len(edits))]
			if _, err := desk.Commit(ctx, part); err != nil {
				return fmt.Errorf("after %d rows: %w", n, err)
			}
			n += len(part)
			edits = edits[len(part):]
		}
	}
	for _, e := range bad {
		fmt.Fprintln(c.Err, e.Error())
	}
	if err := c.Print(map[string]int{"imported": n, "refused": len(bad)}); err != nil {
		return err
	}
	if len(bad) > 0 {
		return fmt.Errorf("%d rows were refused: mend them and import the file again", len(bad))
	}
	return nil
}

func export(f *flag.FlagSet) func(context.Context, *command.Call) error {
	data := dataFlag(f)
	out := f.String("out", "", "file to write: .xlsx or .csv")
	region := f.String("region", "", "region code")
	since := f.String("since", "", "only what changed since this date")
	return func(ctx context.Context, c *command.Call) error {
		scope := core.Scope{"63"}
		if *region != "" {
			p, err := core.RegionPrefix(*region)
			if err != nil {
				return err
			}
			scope = core.Scope{p}
		}
		var after change.Millis
		if *since != "" {
			t, err := time.ParseInLocation(time.DateOnly, *since, time.Local)
			if err != nil {
				return &command.UsageError{Text: "--since takes a date such as 2026-03-01"}
			}
			after = change.MillisOf(t)
		}
		if ext := strings.ToLower(filepath.Ext(*out)); ext != ".xlsx" && ext != ".csv" {
			return &command.UsageError{Text: "--out takes a file that ends in .xlsx or .csv"}
		}
		return within(ctx, *data, nil, func(s *centre) error { return s.export(ctx, c, scope, after, *out) })
	}
}

func (s *centre) export(ctx context.Context, c *command.Call, scope core.Scope, after change.Millis, path string) error {
	desk := s.As(administrator())
	records, err := desk.List(ctx, core.Query{Kind: c.Words[0], Scope: scope})
	if err != nil {
		return err
	}
	if after != 0 {
		from, err := s.PositionAt(ctx, after)
		if err != nil {
			return err
		}
		kept := records[:0]
		for _, r := range records {
			if r.Position > from {
				kept = append(kept, r)
			}
		}
		records = kept
	}
	if err := s.Look(ctx, administrator().Name, "export", c.Words[0]); err != nil {
		return err
	}
	if err := writeTable(path, core.Export(c.Words[0], records, s.Regions(), nil)); err != nil {
		return err
	}
	return c.Print(map[string]any{"exported": len(records), "file": path})
}

// writeTable writes a file whole or not at all.
func writeTable(path string, t core.Sheet) error { return writeTables(path, t) }

// writeTables is writeTable for a workbook of several sheets; CSV has one.
func writeTables(path string, sheets ...core.Sheet) (err error) {
	outs := make([]table.Out, len(sheets))
	for i, t := range sheets {
		outs[i] = table.Out{Name: t.Name, Header: t.Header, Rows: t.Rows}
	}
	tmp := path + ".part"
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	if strings.EqualFold(filepath.Ext(path), ".csv") {
		err = table.WriteCSV(f, outs[0])
	} else {
		err = table.WriteXLSX(f, outs...)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write table: %w", errors.Join(err, os.Remove(tmp)))
	}
	return os.Rename(tmp, path)
}
