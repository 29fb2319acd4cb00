package core

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"muqu/core/change"
)

// Likeness is a record that may be the same as the one it was looked for.
type Likeness struct {
	Record Record
	Alike
}

// Doubles finds the records that a new one may be a double of, the likeliest
// first. It reads a handful of records through indexes, however many there are.
func Doubles(ctx context.Context, b Book, e Edit) ([]Likeness, error) {
	k := KindOf(e.Kind)
	if !k.Mergeable() {
		return nil, nil
	}
	r := e.draft()
	var out []Likeness
	for field, value := range withKeys(&r) {
		found, err := b.List(ctx, Query{Kind: e.Kind, Where: map[string]string{field: value}, Limit: enough})
		if err != nil {
			return nil, err
		}
		for i := range found {
			out = consider(out, &r, found[i])
		}
	}
	slices.SortFunc(out, func(x, y Likeness) int {
		if x.Score != y.Score {
			return y.Score - x.Score
		}
		return strings.Compare(x.Record.ID.String(), y.Record.ID.String())
	})
	return out, nil
}

func consider(out []Likeness, r *Record, found Record) []Likeness {
	known := slices.ContainsFunc(out, func(l Likeness) bool { return l.Record.ID == found.ID })
	if known || found.ID == r.ID || ToldApart(r, &found) {
		return out
	}
	if a := Compare(r, &found); a.Score >= Suspicious {
		out = append(out, Likeness{found, a})
	}
	return out
}

// crowd is how many records may share a phone or a name before that stops
// being a sign that they are one: a village secretary lends the phone.
const crowd = 12

// enough is how many records under one value are compared with a new one.
const enough = 60

// Finder is a book that can be searched for records that share an index.
type Finder interface {
	Book
	// Repeated looks through a stretch of one index and gives the values that
	// several records have.
	Repeated(ctx context.Context, at Stretch) (Repeats, error)
}

// Stretch is a part of an index, in the order of its values.
type Stretch struct {
	Kind, Field string
	After       string // the last value of the stretch before
	Limit       int    // index entries to look at
}

// ByVillage reports whether the values of the index begin with a region.
func (s Stretch) ByVillage() bool { return s.Field == keyName || s.Field == keySpelling }

// Repeats is what a stretch of an index holds more than once.
type Repeats struct {
	Values []string
	Last   string // where the next stretch begins
	End    bool   // there is no more
}

// Pair is two records that may be the same household or person. A is the one
// that was registered first.
type Pair struct {
	A, B Record
	Alike
}

// stretch is how many index entries are read in one transaction, so that
// nobody waits for it.
const stretch = 4000

// Suspects looks through a part of the records of a kind for pairs that look
// alike. at is where the last call ended, "" for the beginning; next is "" at
// the end. Calling it until then finds every pair once.
func Suspects(ctx context.Context, b Finder, kind, at string) (pairs []Pair, next string, err error) {
	keys := KindOf(kind).doubleKeys()
	number, after, _ := strings.Cut(at, ":")
	n, _ := strconv.Atoi(number)
	if n < 0 || n >= len(keys) {
		return nil, "", Refuse(Invalid, "", "refuse.absent")
	}
	rep, err := b.Repeated(ctx, Stretch{kind, keys[n], after, stretch})
	if err != nil {
		return nil, "", err
	}
	for _, value := range rep.Values {
		some, err := pairsOf(ctx, b, kind, keys[:n], Query{Kind: kind, Where: map[string]string{keys[n]: value}, Limit: crowd + 1})
		if err != nil {
			return nil, "", err
		}
		pairs = append(pairs, some...)
	}
	switch {
	case !rep.End:
		next = strconv.Itoa(n) + ":" + rep.Last
	case n+1 < len(keys):
		next = strconv.Itoa(n+1) + ":"
	}
	return pairs, next, nil
}

// pairsOf compares the records that meet under one value. Pairs that meet under
// an earlier index were found there.
func pairsOf(ctx context.Context, b Book, kind string, earlier []string, q Query) ([]Pair, error) {
	found, err := b.List(ctx, q)
	if err != nil || len(found) > crowd {
		return nil, err
	}
	slices.SortFunc(found, func(x, y Record) int { return strings.Compare(x.ID.String(), y.ID.String()) })
	var out []Pair
	for i := range found {
		for j := i + 1; j < len(found); j++ {
			x, y := &found[i], &found[j]
			met := slices.ContainsFunc(earlier, func(key string) bool { return shared(x, y, key) })
			if a := Compare(x, y); !met && a.Score >= Suspicious && !ToldApart(x, y) {
				out = append(out, Pair{*x, *y, a})
			}
		}
	}
	return out, nil
}

// AllSuspects looks through everything, kind by kind, and gives each pair to
// show.
func AllSuspects(ctx context.Context, b Finder, show func(Pair) error) error {
	for _, k := range Kinds() {
		if !k.Mergeable() {
			continue
		}
		for at, more := "", true; more; more = at != "" {
			pairs, next, err := Suspects(ctx, b, k.Name, at)
			if err != nil {
				return err
			}
			for _, p := range pairs {
				if err := show(p); err != nil {
					return err
				}
			}
			at = next
		}
	}
	return nil
}

// FirstSuspects gives the pairs of a kind that are found first, about so many:
// those that share a number before those that share a name.
func FirstSuspects(ctx context.Context, b Finder, kind string, most int) ([]Pair, error) {
	var out []Pair
	for at, more := "", true; more && len(out) < most; more = at != "" {
		pairs, next, err := Suspects(ctx, b, kind, at)
		if err != nil {
			return nil, err
		}
		out, at = append(out, pairs...), next
	}
	slices.SortStableFunc(out, func(x, y Pair) int { return y.Score - x.Score })
	return out[:min(most, len(out))], nil
}

// FindPair reads two records that are to be compared.
func FindPair(ctx context.Context, b Book, kind string, x, y change.RecordID) (Pair, error) {
	p := Pair{}
	for id, into := range map[change.RecordID]*Record{x: &p.A, y: &p.B} {
		r, found, err := b.Get(ctx, Ref{kind, id})
		if err != nil {
			return p, err
		}
		if !found {
			return p, Refuse(NotFound, "", "refuse.absent")
		}
		*into = r
	}
	if x == y {
		return p, Refuse(Invalid, "", "refuse.merge.kind")
	}
	p.Alike = Compare(&p.A, &p.B)
	return p, nil
}
