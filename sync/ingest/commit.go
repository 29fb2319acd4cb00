package ingest

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
)

// As gives the book in which a person works: the same records, with the
// person's name and rights on what is written, and only the person's regions
// to read.
func (s *Server) As(p core.Person) *Desk { return &Desk{s: s, person: p} }

// Desk is the server's book in the hands of one person. Everything that a
// person may or may not see and do is decided here.
type Desk struct {
	s      *Server
	person core.Person
}

var _ core.Book = (*Desk)(nil)

// Get reads one record within the person's regions.
func (d *Desk) Get(ctx context.Context, ref core.Ref) (core.Record, bool, error) {
	r, found, err := d.s.Get(ctx, ref)
	if err != nil || !found || !d.sees(&r) {
		return core.Record{}, false, err
	}
	return r, true, nil
}

func (d *Desk) sees(r *core.Record) bool {
	return core.KindOf(r.Kind).Shared || d.person.Scope.ContainsAny(r.Areas())
}

// narrow limits a query to the person's regions.
func (d *Desk) narrow(q core.Query) core.Query {
	if core.KindOf(q.Kind).Shared {
		return q
	}
	if q.Scope == nil {
		q.Scope = append(core.Scope{}, d.person.Scope...) // never nil, which would be all
		return q
	}
	inside := core.Scope{}
	for _, p := range q.Scope {
		if d.person.Scope.Contains(p) {
			inside = append(inside, p)
			continue
		}
		for _, mine := range d.person.Scope {
			if (core.Scope{p}).Contains(mine) {
				inside = append(inside, mine)
			}
		}
	}
	q.Scope = inside
	return q
}

// List reads records within the person's regions.
func (d *Desk) List(ctx context.Context, q core.Query) ([]core.Record, error) {
	return d.s.List(ctx, d.narrow(q))
}

// Count counts records within the person's regions.
func (d *Desk) Count(ctx context.Context, q core.Query) (int, error) {
	return d.s.Count(ctx, d.narrow(q))
}

// Repeated looks for values that several records have. Values that tell a
// village are those of the person's regions.
func (d *Desk) Repeated(ctx context.Context, at core.Stretch) (core.Repeats, error) {
	out, err := d.s.Repeated(ctx, at)
	if at.ByVillage() {
		out.Values = slices.DeleteFunc(out.Values, func(v string) bool {
			region, _, _ := strings.Cut(v, "/")
			return !d.person.Scope.Contains(region)
		})
	}
	return out, err
}

// NewID makes an id for a new record.
func (d *Desk) NewID() change.RecordID { return d.s.NewID() }

// Person is who works at this desk.
func (d *Desk) Person() core.Person { return d.person }

// Commit writes the edits of one command as entries of the server's own log.
func (d *Desk) Commit(ctx context.Context, edits []core.Edit) ([]core.Receipt, error) {
	if len(edits) == 0 {
		return nil, core.Refuse(core.Missing, "", "refuse.nothing")
	}
	var out []core.Receipt
	var refused error
	err := d.s.submit(ctx, func(b *batch) error {
		out, refused = out[:0], nil
		entries := make([]*store.Logged, len(edits))
		for i := range edits {
			if entries[i], refused = d.prepare(b, &edits[i]); refused != nil {
				return nil // nothing was written yet
			}
		}
		for i, l := range entries {
			l.More = i < len(entries)-1
			if err := b.own(l); err != nil {
				return err
			}
			out = append(out, core.Receipt{Ref: edits[i].Ref, Seq: l.Seq})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if refused != nil {
		return nil, refused
	}
	return out, d.after(ctx, edits)
}

// prepare checks one edit against the person's rights and the present state.
func (d *Desk) prepare(b *batch, e *core.Edit) (*store.Logged, error) {
	fields, err := e.Prepare(core.Defaults{Region: d.person.Scope.Home(), Role: d.person.Role})
	if err == nil {
		err = e.Reach(d.person)
	}
	if err != nil {
		return nil, err
	}
	f, err := b.take(e.Ref)
	if err != nil {
		return nil, err
	}
	regions := f.state.Regions()
	region := e.From.Region
	if len(regions) == 0 {
		for _, x := range fields {
			if x.Name == change.RegionField {
				region = x.Value.Str()
			}
		}
		regions = []string{region}
	}
	if !d.person.Scope.ContainsAny(regions) {
		return nil, core.Refuse(core.Forbidden, "region", "refuse.region.other", "code", regions[0])
	}
	l := new(store.Logged)
	l.Author, l.Kind, l.Record, l.Region, l.Fields = d.person.Name, e.Kind, e.ID, region, fields
	l.Seen = e.From.Seen
	if e.From.Kind == "" {
		l.Seen = change.Seen{Epoch: b.head.Epoch, Position: b.head.Position}
	}
	return l, nil
}

// own appends an entry to the server's own log. What a form in the console was
// filled from includes this log up to its position, because every entry of it
// is sequenced at once.
func (b *batch) own(l *store.Logged) error {
	log := change.Log{Device: b.s.me.Load().Device, Incarnation: b.s.me.Load().Log}
	head, found, err := b.tx.LogHead(log)
	if err != nil {
		return err
	}
	if !found {
		head = store.LogHead{Log: log, Wire: log}
	}
	l.Key = change.Key{Log: log, Seq: head.Seq + 1}
	l.At, l.Effective = b.now, b.now
	if l.Bytes, err = l.Entry.Encode(); err != nil {
		return err
	}
	l.Hash = change.HashOf(l.Key, l.Bytes)
	if err := b.add(l); err != nil {
		return fmt.Errorf("sequence own entry: %w", err)
	}
	head.Seq, head.Hash, head.Effective, head.Position = l.Seq, l.Hash, l.Effective, l.Position
	return b.tx.SetLogHead(&head)
}

// after refreshes what the server keeps in memory of certain kinds.
func (d *Desk) after(ctx context.Context, edits []core.Edit) error {
	for i := range edits {
		if edits[i].Kind == "region" {
			return d.s.loadRegions(ctx)
		}
	}
	return nil
}

// VerdictID is the id of the decision on a quarantined entry.
func VerdictID(k change.Key) change.RecordID {
	return change.RecordID(uuid.NewSHA1(uuid.UUID(k.Device), []byte(k.String())))
}

// Decide settles a quarantined entry. Approving folds it, and what its author
// built on it, where the approval stands in the order, with what the author
// had seen then.
func (d *Desk) Decide(ctx context.Context, position change.Position, approve bool) error {
	if !d.person.Role.MayReview() {
		return core.Refuse(core.Forbidden, "", "refuse.role")
	}
	var refused error
	err := d.s.submit(ctx, func(b *batch) error {
		refused = nil
		l, found, err := b.tx.LoggedAt(position)
		if err != nil {
			return err
		}
		mine, err := d.mayDecide(b.tx, &l)
		if err != nil {
			return err
		}
		if !found || l.Verdict != change.Quarantined || !mine {
			refused = core.Refuse(core.NotFound, "", "refuse.absent")
			return nil
		}
		return d.decide(b, &l, approve)
	})
	if err != nil {
		return err
	}
	return refused
}

// mayDecide keeps a supervisor to the own regions; what names no region can be
// decided only by whoever manages all that its tablet works in.
func (d *Desk) mayDecide(tx store.Tx, l *store.Logged) (bool, error) {
	if len(l.Regions) > 0 {
		return d.person.Scope.ContainsAny(core.Keeping(l.Regions)), nil
	}
	if !d.person.Role.MayManage() {
		return false, nil
	}
	t, found, err := tx.Device(l.Device)
	return d.person.Role == core.Admin || found && d.person.Scope.Covers(t.Scope), err
}

func (d *Desk) decide(b *batch, l *store.Logged, approve bool) error {
	all := []store.Logged{*l}
	if l.Kind != "" {
		history, err := b.tx.History(core.Ref{Kind: l.Kind, ID: l.Record})
		if err != nil {
			return err
		}
		for _, h := range history {
			if h.Verdict == change.Quarantined && h.FoldLog() == l.FoldLog() && h.Seq > l.Seq {
				all = append(all, h)
			}
		}
	}
	for i := range all {
		if err := d.decideOne(b, &all[i], approve); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) decideOne(b *batch, l *store.Logged, approve bool) error {
	decision := "reject"
	if approve {
		decision = "approve"
	}
	region := l.Region
	if region == "" {
		region = d.person.Scope.Home()
	}
	v := d.verdict(b, l.Key, region, decision, l.Hash.String())
	if err := b.own(v); err != nil {
		return err
	}
	if !approve || l.Kind == "" {
		return b.tx.Judge(l.Position, change.Rejected, 0)
	}
	f, err := b.take(core.Ref{Kind: l.Kind, ID: l.Record})
	if err != nil {
		return err
	}
	at := l.Position
	l.Position = v.Position
	l.Verdict = change.Applied
	b.fold(f, l)
	return b.tx.Judge(at, l.Verdict, v.Position)
}
