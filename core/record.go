package core

import (
	"slices"

	"muqu/core/change"

	"github.com/google/uuid"
)

// Ref names a record of any kind.
type Ref struct {
	Kind string
	ID   change.RecordID
}

// Sibling is one of several values that stand against each other.
type Sibling struct {
	Value     change.Value
	Was       change.Value // what its author had on the screen
	Author    string
	Device    change.DeviceID
	At        change.Millis   // effective time; the device's own while not sequenced
	Position  change.Position // zero: not at the centre yet
	Uncertain bool            // the clock of the device was not to be trusted
}

// Record is one record as it is shown. Seen says of which state this is a
// picture: whoever edits what is shown hands it back.
type Record struct {
	Ref
	Region    string // 12-digit code
	Regions   []string
	Fields    map[string]change.Value // set ones only, groups spread out
	Conflicts map[string][]Sibling    // by register, the shown one last
	Pending   bool                    // has edits that the centre hasn't
	AtHub     bool                    // all of those are at a hub
	Deleted   bool
	Position  change.Position // of the last sequenced entry
	Seen      change.Seen
	// Merged is the merge by which the record gives way: its Value is the id of
	// the one that stays, or null while there is none.
	Merged Sibling
	// Stays is the record that stands for this one; zero: it stands itself.
	Stays change.RecordID
	// Written has references as they were written, where Fields has the record
	// that stands for what they name.
	Written map[string]change.Value
}

// Areas gives the regions whose people see the record: those that keep it, and
// where it is published. See [Scope.Contains].
func (r *Record) Areas() []string {
	k := KindOf(r.Kind)
	if k.Open == nil {
		return r.Regions
	}
	region, open := k.Open(r)
	if !open {
		return r.Regions
	}
	prefix, err := RegionPrefix(region)
	if err != nil {
		prefix = "" // it says of no region that it is the only one
	}
	return append(slices.Clone(r.Regions), Everywhere+prefix)
}

// Field gives the shown value of a field, null if it is not set.
func (r Record) Field(name string) change.Value { return r.Fields[name].Norm() }

// ConflictOf gives the register under which a field is in conflict: its own,
// its group, or a constraint that a merge broke.
func (r Record) ConflictOf(field string) (register string, open bool) {
	k := KindOf(r.Kind)
	register = k.Field(field).Register()
	if len(r.Conflicts[register]) > 0 {
		return register, true
	}
	for _, c := range k.Constraints {
		if slices.Contains(c.Fields[:], field) && len(r.Conflicts[c.Name]) > 0 {
			return c.Name, true
		}
	}
	return "", false
}

// Text gives the shown value of a field as text.
func (r Record) Text(name string) string {
	v, ok := r.Fields[name]
	if !ok || v.IsNull() {
		return ""
	}
	return v.String()
}

// Title gives the words that name the record in a list.
func (r Record) Title() string {
	var out string
	for _, f := range KindOf(r.Kind).Title {
		if t := r.Text(f); t != "" {
			if out != "" {
				out += " "
			}
			out += t
		}
	}
	return out
}

// SpreadRegister gives the fields that a register holds: itself, or the
// members of its group.
func SpreadRegister(k *Kind, name string, v change.Value, into map[string]change.Value) {
	members := k.group(name)
	if len(members) == 0 {
		if !v.IsNull() {
			into[name] = v
		}
		return
	}
	for m, x := range v.Members() {
		if !x.IsNull() {
			into[m] = x
		}
	}
}

// RefsIn gives the records to which the value of a register refers.
func (k *Kind) RefsIn(register string, v change.Value) (out []Ref) {
	f := k.Field(register)
	if f.To == "" || f.Type != Reference && f.Type != References {
		return nil
	}
	for _, text := range append(v.Strs(), v.Str()) {
		if id, err := change.ParseRecordID(text); err == nil {
			out = append(out, Ref{f.To, id})
		}
	}
	return out
}

// gather gives the value of a register as it is shown in the fields.
func gather(k *Kind, register string, fields map[string]change.Value) change.Value {
	members := k.group(register)
	if len(members) == 0 {
		return fields[register].Norm()
	}
	m := make(map[string]change.Value, len(members))
	for _, f := range members {
		m[f.Name] = fields[f.Name]
	}
	return change.MapOf(m)
}

// space is the namespace of derived ids.
var space = uuid.MustParse("6b7a1f0e-7e6c-5c3f-9a0e-6d7571750001")

// Derive makes the id at which two people arrive who record the same thing:
// a UUIDv5 of the kind and two references, such as attendance of session and
// person.
func Derive(kind, a, b string) change.RecordID {
	return change.RecordID(uuid.NewSHA1(space, []byte(kind+"\n"+a+"\n"+b)))
}

// NewRecordID makes a UUIDv7 of a moment and ten random bytes.
func NewRecordID(at change.Millis, random [10]byte) change.RecordID {
	var id change.RecordID
	for i := range 6 {
		id[i] = byte(uint64(at) >> (40 - 8*i))
	}
	copy(id[6:], random[:])
	id[6] = id[6]&0x0f | 0x70
	id[8] = id[8]&0x3f | 0x80
	return id
}
