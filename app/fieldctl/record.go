package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"strings"

	"muqu/app/command"
	"muqu/core"
	"muqu/core/change"
	"muqu/sync/client"
)

// shown is a record as get and list print it.
type shown struct {
	Kind      string                    `json:"kind"`
	ID        string                    `json:"id"`
	Region    string                    `json:"region"`
	Fields    map[string]change.Value   `json:"fields"`
	Pending   bool                      `json:"pending"`
	Deleted   bool                      `json:"deleted"`
	Conflicts map[string][]shownSibling `json:"conflicts"`
	Position  change.Position           `json:"position"`
	Stays     string                    `json:"stays"` // id of the record that stands for this one since a merge
}

type shownSibling struct {
	Value    change.Value    `json:"value"`
	Author   string          `json:"author"`
	At       string          `json:"at"`
	Position change.Position `json:"position"`
}

func show(r core.Record) shown {
	out := shown{
		Kind: r.Kind, ID: r.ID.String(), Region: r.Region, Fields: r.Fields, Pending: r.Pending, Deleted: r.Deleted,
		Conflicts: make(map[string][]shownSibling), Position: r.Position,
	}
	if r.GaveWay() {
		out.Stays = r.Stays.String()
	}
	for name, siblings := range r.Conflicts {
		for _, s := range siblings {
			out.Conflicts[name] = append(out.Conflicts[name], shownSibling{s.Value, s.Author, s.At.String(), s.Position})
		}
	}
	return out
}

func refOf(kind, id string) (core.Ref, error) {
	rid, err := change.ParseRecordID(id)
	return core.Ref{Kind: kind, ID: rid}, err
}

func get(ctx context.Context, t *tool, c *command.Call) error {
	ref, err := refOf(c.Words[0], c.Words[1])
	if err != nil {
		return err
	}
	r, found, err := t.Get(ctx, ref)
	if err != nil {
		return err
	}
	if !found {
		return core.Refuse(core.NotFound, "", "refuse.absent")
	}
	return c.Print(show(r))
}

func remove(ctx context.Context, t *tool, c *command.Call) error {
	ref, err := refOf(c.Words[0], c.Words[1])
	if err != nil {
		return err
	}
	r, found, err := t.Get(ctx, ref)
	if err != nil {
		return err
	}
	if !found || r.Deleted {
		return core.Refuse(core.NotFound, "", "refuse.absent")
	}
	rs, err := t.Commit(ctx, []core.Edit{{Ref: ref, From: r, Delete: true}})
	if err != nil {
		return err
	}
	return c.Print(done{ID: ref.ID.String(), Seq: rs[0].Seq})
}

func list(f *flag.FlagSet) func(context.Context, *command.Call) error {
	o := common(f)
	where := f.String("where", "", "FIELD=VALUE")
	limit := f.Int("limit", 0, "at most so many")
	return func(ctx context.Context, c *command.Call) error {
		q := core.Query{Kind: c.Words[0], Limit: *limit, Where: map[string]string{}}
		if *where != "" {
			field, value, ok := strings.Cut(*where, "=")
			if !ok {
				return &command.UsageError{Text: "--where takes FIELD=VALUE"}
			}
			q.Where[field] = value
		}
		return o.open(ctx, c, func(t *tool) error { return printAll(ctx, t, c, q) })
	}
}

func printAll(ctx context.Context, t *tool, c *command.Call, q core.Query) error {
	records, err := t.List(ctx, q)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(c.Out, 1<<16)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	for _, r := range records {
		if err := e.Encode(show(r)); err != nil {
			return err
		}
	}
	return w.Flush()
}

func search(ctx context.Context, t *tool, c *command.Call) error {
	return printAll(ctx, t, c, core.Query{Search: strings.Join(c.Words, " "), Limit: 200})
}

// line is one record as put reads it.
type line struct {
	ID     string                  `json:"id"`
	Region string                  `json:"region"`
	Fields map[string]change.Value `json:"fields"`
}

type done struct {
	ID  string `json:"id"`
	Seq uint64 `json:"seq"`
}

type failed struct {
	Line  int    `json:"line"`
	Error string `json:"error"`
}

// errSomeRefused ends a put of which some lines were refused.
var errSomeRefused = errors.New("some lines were refused: see the lines with an error, mend them and put those again")

// put writes lines as they come. What has been read when a transaction is
// ready shares it; nothing is printed before it is on disk.
func put(ctx context.Context, t *tool, c *command.Call) error {
	lines := make(chan string, 512)
	var readErr error
	go func() {
		defer close(lines)
		sc := bufio.NewScanner(c.In)
		sc.Buffer(make([]byte, 1<<16), 4<<20)
		for sc.Scan() {
			lines <- sc.Text()
		}
		readErr = sc.Err()
	}()
	number, refused := 0, false
	w := bufio.NewWriterSize(c.Out, 1<<16)
	for first := range lines {
		batch := gather(first, lines)
		bad, err := putBatch(ctx, t, c.Words[0], number, batch, json.NewEncoder(w))
		if err := errors.Join(err, w.Flush()); err != nil {
			return err
		}
		number += len(batch)
		refused = refused || bad
	}
	if readErr != nil {
		return fmt.Errorf("read line %d: %w", number+1, readErr)
	}
	if refused {
		return errSomeRefused
	}
	return nil
}

func gather(first string, lines <-chan string) []string {
	batch := []string{first}
	for len(batch) < 500 {
		select {
		case l, ok := <-lines:
			if !ok {
				return batch
			}
			batch = append(batch, l)
		default:
			return batch
		}
	}
	return batch
}

func putBatch(ctx context.Context, t *tool, kind string, before int, batch []string, e *json.Encoder) (refused bool, err error) {
	builds := make([]client.Build, len(batch))
	for i, text := range batch {
		builds[i] = func(get func(core.Ref) (core.Record, bool, error)) (core.Edit, error) {
			return build(t, kind, text, get)
		}
	}
	out, err := t.Batch(ctx, builds)
	if err != nil {
		return false, err
	}
	for i, o := range out {
		if strings.TrimSpace(batch[i]) == "" {
			continue
		}
		if o.Err != nil {
			refused = true
			err = e.Encode(failed{before + i + 1, o.Err.Error()})
		} else {
			err = e.Encode(done{o.ID.String(), o.Seq})
		}
		if err != nil {
			return refused, err
		}
	}
	return refused, nil
}

// build makes the edit of one line.
func build(t *tool, kind, text string, get func(core.Ref) (core.Record, bool, error)) (core.Edit, error) {
	if strings.TrimSpace(text) == "" {
		return core.Edit{}, core.Refuse(core.Missing, "", "refuse.nothing")
	}
	var l line
	d := json.NewDecoder(strings.NewReader(text))
	if err := d.Decode(&l); err != nil {
		return core.Edit{}, core.Refuse(core.Invalid, "", "refuse.json", "err", err)
	}
	e := core.Edit{Ref: core.Ref{Kind: kind}, Set: l.Fields}
	if l.Region != "" {
		prefix, err := core.RegionPrefix(l.Region)
		if err != nil {
			return e, err
		}
		e.Region = core.PadRegion(prefix)
	}
	if v, ok := l.Fields[change.RegionField]; ok && e.Region == "" {
		e.Region = v.Str()
	}
	var err error
	if e.ID, err = core.IdentityOf(kind, l.ID, l.Fields, t.NewID); err != nil {
		return e, err
	}
	r, found, err := get(e.Ref)
	if err != nil {
		return e, err
	}
	if found {
		e.From = r
		return e, nil
	}
	if e.Region == "" {
		e.Region = core.ParentRegion(kind, l.Fields, get)
	}
	return e, nil
}
