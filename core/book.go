package core

import (
	"context"
	"slices"

	"muqu/core/change"
)

// Book is where commands read and write: a tablet, or the server itself.
type Book interface {
	// Get reads one record; the second result is false where it was never
	// heard of.
	Get(ctx context.Context, ref Ref) (Record, bool, error)
	// List reads the records of a query, in its order.
	List(ctx context.Context, q Query) ([]Record, error)
	// Count counts the records of a query, whatever its limit.
	Count(ctx context.Context, q Query) (int, error)
	// Commit writes all edits or none. When it returns nil they are on disk.
	Commit(ctx context.Context, edits []Edit) ([]Receipt, error)
	// NewID makes an id for a record that is being created.
	NewID() change.RecordID
}

// Query chooses records of one kind. The zero value of each field leaves the
// choice open.
type Query struct {
	Kind      string
	Where     map[string]string   // field = value; quick for fields with Index
	Any       map[string][]string // field = one of the values, of fields with Index
	Search    string              // words as typed
	Scope     Scope               // regions; nil: all, empty: none
	Conflicts bool                // only those with an open conflict
	Pending   bool                // only those with edits that the centre hasn't
	Merged    bool                // only those that gave way to another one
	Deleted   bool                // with the deleted ones
	Sort      string              // field, "" by title; a leading "-" turns it round
	Offset    int
	Limit     int // 0: no limit
}

// Edit is what somebody changed on a screen.
type Edit struct {
	Ref
	// From is the record as it stood on the screen when that was filled. For
	// a new record it is the zero value.
	From   Record
	Region string                  // "" leaves it
	Set    map[string]change.Value // fields, null clears
	Delete bool
	// Restore says that the record stays, against somebody's deletion.
	Restore bool

	settled bool // ends a conflict: what is shown already is written all the same
}

// Receipt says under which number an edit was put on disk.
type Receipt struct {
	Ref
	Seq uint64
}

// Defaults are what a new record gets where the edit doesn't say.
type Defaults struct {
	Region string // 12 digits, "" if there is none
	Role   Role
}

// Prepare turns an edit into the fields of an entry: values checked, groups
// gathered, each with its merge rule and with what was on the screen. It
// refuses what can't be right before anything is written.
func (e *Edit) Prepare(d Defaults) ([]change.Field, error) {
	k := KindOf(e.Kind)
	if !d.Role.MayWrite(e.Kind) {
		return nil, Refuse(Forbidden, "", "refuse.role")
	}
	set, err := e.checked(k)
	if err != nil {
		return nil, err
	}
	if err := e.checkFlow(k, d.Role, set); err != nil {
		return nil, err
	}
	if err := e.checkLine(set); err != nil {
		return nil, err
	}
	fields := e.registers(k, set)
	region, err := e.newRegion(d)
	if err != nil {
		return nil, err
	}
	if region != "" {
		was := change.Null
		if e.From.Region != "" {
			was = change.Text(e.From.Region)
		}
		fields = append(fields, change.Field{Name: change.RegionField, Rule: change.Review, Value: change.Text(region), Was: was})
	}
	if e.Delete || e.Restore || e.From.Deleted {
		fields = append(fields, change.Field{Name: change.DeletedField, Rule: change.Review, Value: change.Bool(e.Delete), Was: change.Bool(e.From.Deleted)})
	}
	if len(fields) == 0 {
		return nil, Refuse(Missing, "", "refuse.nothing")
	}
	if e.Region == "" && e.From.Region == "" && !hasField(fields, change.RegionField) {
		return nil, Refuse(Missing, "region", "refuse.region.none")
	}
	change.SortFields(fields)
	return fields, nil
}

func hasField(fields []change.Field, name string) bool {
	return slices.ContainsFunc(fields, func(f change.Field) bool { return f.Name == name })
}

func (e *Edit) checked(k *Kind) (map[string]change.Value, error) {
	set := make(map[string]change.Value, len(e.Set))
	for name, v := range e.Set {
		if name == change.RegionField || name == change.DeletedField {
			continue
		}
		ok, err := k.Field(name).Check(v)
		if err != nil {
			return nil, err
		}
		set[name] = ok
	}
	return set, nil
}

func (e *Edit) checkFlow(k *Kind, role Role, set map[string]change.Value) error {
	if k.Flow == nil {
		return nil
	}
	to, ok := set[k.Flow.Field]
	if !ok || to.IsNull() {
		return nil
	}
	from := e.From.Text(k.Flow.Field)
	if from == "" && e.From.Kind == "" || e.settled {
		return nil // created in the state it is known to be in, or one of those written apart
	}
	if !k.Flow.May(role, from, to.Str()) {
		return Refuse(Forbidden, k.Flow.Field, "refuse.state", "from", from, "to", to.Str())
	}
	return nil
}

// registers gathers the fields into what merges as one: writing one member of
// a group writes the group as it is displayed.
func (e *Edit) registers(k *Kind, set map[string]change.Value) []change.Field {
	shown := make(map[string]change.Value, len(e.From.Fields)+len(set))
	for name, v := range e.From.Fields {
		shown[name] = v
	}
	was := make(map[string]change.Value)
	for name := range set {
		reg := k.Field(name).Register()
		was[reg] = gather(k, reg, e.From.Fields)
		if v, ok := e.From.Written[name]; ok {
			was[reg] = v
		}
	}
	for name, v := range set {
		shown[name] = v
	}
	out := make([]change.Field, 0, len(was))
	for reg, w := range was {
		out = append(out, change.Field{Name: reg, Rule: k.RegisterRule(reg), Value: gather(k, reg, shown), Was: w})
	}
	return out
}

// newRegion gives the region that the edit writes, "" where it leaves it.
func (e *Edit) newRegion(d Defaults) (string, error) {
	region := e.Region
	if region == "" {
		for _, name := range []string{"region_code", "village_code"} {
			if v, ok := e.Set[name]; ok && v.Str() != "" && e.From.Region == "" {
				region = v.Str()
			}
		}
	}
	if region == "" && e.From.Region == "" {
		region = d.Region
	}
	if region == "" {
		return "", nil
	}
	prefix, err := RegionPrefix(region)
	if err != nil {
		return "", err
	}
	if region = PadRegion(prefix); region == e.From.Region && !e.settled || region == "000000000000" {
		return "", nil
	}
	return region, nil
}

// Among moves a condition on a field from one value to one of several.
func (q Query) Among(field string, values []string) Query {
	where, any := make(map[string]string, len(q.Where)), make(map[string][]string, len(q.Any)+1)
	for f, v := range q.Where {
		if f != field {
			where[f] = v
		}
	}
	for f, v := range q.Any {
		any[f] = v
	}
	any[field] = values
	q.Where, q.Any = where, any
	return q
}
