package core

import (
	"slices"
	"strings"
)

// Role says what a person or a device may do within its regions. Names of
// offices change, so a role is a level of work, not an office.
type Role string

// The roles.
const (
	FieldWorker Role = "field"
	Trainer     Role = "trainer"
	Supervisor  Role = "supervisor" // township
	County      Role = "county"
	Prefecture  Role = "prefecture"
	Province    Role = "province"
	Org         Role = "org" // a social organization
	Viewer      Role = "viewer"
	HubRole     Role = "hub"
	Admin       Role = "admin"
)

// Roles lists every role, for messages and menus.
func Roles() []Role {
	return []Role{FieldWorker, Trainer, Supervisor, County, Prefecture, Province, Org, Viewer, HubRole, Admin}
}

// Valid reports whether r is a role.
func (r Role) Valid() bool { return slices.Contains(Roles(), r) }

// Device reports whether a tablet or hub can be enrolled with this role.
func (r Role) Device() bool {
	return r == FieldWorker || r == Trainer || r == Supervisor || r == HubRole
}

// Console reports whether a person with this role signs in to the console.
func (r Role) Console() bool { return r != HubRole && r.Valid() }

var (
	fieldAndUp      = []Role{FieldWorker, Trainer, Supervisor, County, Prefecture, Province, Admin}
	supervisorAndUp = []Role{Supervisor, County, Prefecture, Province, Admin}
	townAndUp       = supervisorAndUp
	countyAndUp     = []Role{County, Prefecture, Province, Admin}
	orgAndCounty    = []Role{Org, Supervisor, County, Prefecture, Province, Admin}
)

// writes says which kinds a role may change; nil means all.
func (r Role) writes() []string {
	switch r {
	case Trainer:
		return []string{"person", "class", "session", "enrollment", "attendance", "problem", "household"}
	case Org:
		return []string{"class", "session", "enrollment", "attendance", "problem", "demand", "offer"}
	}
	return nil
}

// MayWrite reports whether the role may change records of the kind. Kinds of
// newer programs are let through: the newer server knows better.
func (r Role) MayWrite(kind string) bool {
	switch {
	case r == Viewer || r == HubRole:
		return false
	case kind == "verdict" || kind == "region":
		return slices.Contains(supervisorAndUp, r)
	case kind == form.Name || kind == program.Name || kind == monitoringLine.Name:
		return r.MayManage()
	case r.writes() == nil || !KindOf(kind).Known():
		return true
	}
	return slices.Contains(r.writes(), kind)
}

// MayReview reports whether the role decides about quarantined entries.
func (r Role) MayReview() bool { return slices.Contains(supervisorAndUp, r) }

// MayManage reports whether the role manages accounts, tablets and forms.
func (r Role) MayManage() bool { return r == County || r == Province || r == Admin }

// Everywhere stands for the area of reference data, which everybody gets. With the
// prefix of a region behind it, it stands for everybody who works there, in a part
// of it, or in what it is a part of.
const Everywhere = "*"

// Scope is the set of regions that somebody works in: code prefixes of 2, 4,
// 6, 9 or 12 digits. An empty scope contains nothing.
type Scope []string

// Contains reports whether the region code lies in the scope.
func (s Scope) Contains(code string) bool {
	around, published := strings.CutPrefix(code, Everywhere)
	for _, p := range s {
		if published && (strings.HasPrefix(p, around) || strings.HasPrefix(around, p)) || code != "" && strings.HasPrefix(code, p) {
			return true
		}
	}
	return false
}

// Keeping gives those of a record's areas that keep it, without those where it is
// published: there people see it and don't change it.
func Keeping(areas []string) []string {
	return slices.DeleteFunc(slices.Clone(areas), func(code string) bool { return strings.HasPrefix(code, Everywhere) })
}

// ContainsAny reports whether one of the codes lies in the scope.
func (s Scope) ContainsAny(codes []string) bool {
	return slices.ContainsFunc(codes, s.Contains)
}

// Covers reports whether everything in o lies in s as well.
func (s Scope) Covers(o Scope) bool {
	for _, p := range o {
		if !s.Contains(p) {
			return false
		}
	}
	return true
}

// Home gives the region that a new record gets where nothing better is known:
// the single region of the scope as a 12-digit code, or "".
func (s Scope) Home() string {
	if len(s) != 1 {
		return ""
	}
	return PadRegion(s[0])
}
