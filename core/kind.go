package core

import (
	"slices"
	"sync"

	"muqu/core/change"
)

// Type is what a field holds.
type Type uint8

// The field types. The zero Type is text.
const (
	Text       Type = iota // one line or several
	Integer                // whole number
	Decimal                // number
	Money                  // CNY, to the fen
	YesNo                  // true, false or the choices yes and no
	Date                   // 2006-01-02
	Time                   // 15:04
	Moment                 // RFC 3339
	Choice                 // one code of a choice list
	Choices                // several codes of a choice list
	Reference              // the id of another record
	References             // several of them
	Phone                  // mobile number, 11 digits
	IDCard                 // resident identity number, GB 11643-1999
	USCC                   // unified social credit code, GB 32100-2015
	Region                 // 12-digit region code
	File                   // the name of an attachment
	Files                  // several of them
	Table                  // rows of a repeated group
	FormName               // the id of a form, as its settings give it
	Any                    // whatever a newer program wrote
)

// Sensitive says what makes a field personal; it decides masking, export and
// publication.
type Sensitive uint8

// The classes of personal data. The zero value may be shown to anyone who may
// see the record.
const (
	Open Sensitive = iota
	Name
	Number // identity and similar numbers: masked unless a right is used
	Contact
	Health
	Document
)

// Search says how a field is found by typing.
type Search uint8

// The ways in which a field is searched.
const (
	NotSearched Search = iota
	ByName             // any part of it, its pinyin, its initials, its Tibetan syllables
	ByDigits           // from its beginning, or its last four
)

// Field declares one field of a kind.
type Field struct {
	Name      string
	Type      Type
	Rule      change.Rule // zero: Latest
	Group     string      // fields of one group merge together, by the rule of the first
	List      string      // the choice list of Choice and Choices
	To        string      // the kind that Reference and References point to
	Min, Max  float64     // of a number, both zero: any
	Sensitive Sensitive
	Search    Search
	Fixed     bool // said when the record is made; pages offer no change
	Column    bool // shown in lists
	Index     bool // can be filtered quickly
}

// Kind declares one kind of record.
type Kind struct {
	Name     string
	Fields   []Field
	Title    []string    // the fields that name a record in lists
	Rest     change.Rule // the rule of fields that are not declared; zero: Review
	Identity [2]string   // the two references from which the id is derived, if any
	Parent   string      // the reference from which a new record takes its region
	Flow     *Flow       // the states it goes through, if any
	// Constraints are what a merge of two edits must not break unseen.
	Constraints []Constraint
	Shared      bool // reference data, which every tablet gets
	// Later says that a shared kind came after programs that carry it unknown.
	// It is then counted under its region as those do, so that their records and
	// the centre's don't seem to differ.
	Later bool
	// Open says of a record that it is published, and for which region; nil: those of
	// the kind never are. Whoever works there, above or below it has it.
	Open   func(*Record) (region string, open bool)
	Double *Double // how records are found that are one; nil: they are never merged
	// Fetch says whose tablets fetch the files that a record names without being
	// asked; nil: nobody's, but for the thumbnails of pictures.
	Fetch func(*Record, Person) bool

	byName map[string]Field
}

// Kinds lists every kind, in the order in which menus show them.
func Kinds() []*Kind {
	return []*Kind{
		&household, &person, &assignment, &visit, &lead, &demand,
		&offer, &class, &session, &enrollment, &attendance, &problem, &region,
		&form, &program, &monitoringLine, &verdict,
	}
}

// KindNames lists the names of [Kinds].
func KindNames() []string {
	var out []string
	for _, k := range Kinds() {
		out = append(out, k.Name)
	}
	return out
}

// index finds kinds and fields by name.
var index = sync.OnceValue(func() map[string]*Kind {
	m := make(map[string]*Kind)
	for _, k := range Kinds() {
		k.byName = make(map[string]Field, len(k.Fields))
		for _, f := range k.Fields {
			k.byName[f.Name] = f.defaulted()
		}
		m[k.Name] = k
	}
	return m
})

// KindOf finds the declaration of a kind. A kind of a newer program gets an
// empty one under its name, so that it is carried like any other.
func KindOf(name string) *Kind {
	if k, ok := index()[name]; ok {
		return k
	}
	return &Kind{Name: name}
}

// Known reports whether this program declares the kind.
func (k *Kind) Known() bool { return len(k.Fields) > 0 }

// Field finds the declaration of a field, or one that lets everything pass.
func (k *Kind) Field(name string) Field {
	if f, ok := k.byName[name]; ok {
		return f
	}
	switch name {
	case keyName, keySpelling, keyBirth:
		return Field{Name: name, Index: true, Search: ByDigits}
	case "remark":
		return Field{Name: name, Rule: change.Latest}
	case change.RegionField:
		return Field{Name: name, Type: Region, Rule: change.Review}
	case change.DeletedField:
		return Field{Name: name, Type: YesNo, Rule: change.Review}
	}
	rest := k.Rest
	if rest == 0 {
		rest = change.Review
	}
	return Field{Name: name, Type: Any, Rule: rest}
}

func (f Field) defaulted() Field {
	if f.Rule == 0 {
		f.Rule = change.Latest
		if f.Type == Choices || f.Type == References || f.Type == Files {
			f.Rule = change.Set
		}
	}
	return f
}

// Register names the register in which a field is merged: its own, or that of
// its group.
func (f Field) Register() string {
	if f.Group != "" {
		return f.Group
	}
	return f.Name
}

// group gives the fields that merge as one under this name, or that one
// constraint of this name binds; nil for a plain field.
func (k *Kind) group(name string) []Field {
	var out []Field
	for _, c := range k.Constraints {
		if c.Name == name {
			return []Field{k.Field(c.Fields[0]), k.Field(c.Fields[1])}
		}
	}
	for _, f := range k.Fields {
		if f.Group == name {
			out = append(out, f.defaulted())
		}
	}
	return out
}

// Indexed reports whether lists, filters or search depend on a register: its
// fields are found by typing or filtering, or name the record.
func (k *Kind) Indexed(register string) bool {
	if register == change.RegionField || register == change.DeletedField {
		return true
	}
	members := k.group(register)
	if len(members) == 0 {
		members = []Field{k.Field(register)}
	}
	return slices.ContainsFunc(members, func(f Field) bool {
		return f.Index || k.Double != nil && f.Name == k.Double.Birth || f.Search != NotSearched || slices.Contains(k.Title, f.Name)
	})
}

// RegisterRule gives the merge rule of a register: of a group, the strictest
// of its members.
func (k *Kind) RegisterRule(name string) change.Rule {
	members := k.group(name)
	if len(members) == 0 {
		return k.Field(name).Rule
	}
	rule := change.Latest
	for _, f := range members {
		rule = change.Stricter(rule, f.Rule)
	}
	return rule
}

// Columns are the fields that lists show.
func (k *Kind) Columns() []Field {
	var out []Field
	for _, f := range k.Fields {
		if f.Column {
			out = append(out, f.defaulted())
		}
	}
	return out
}
