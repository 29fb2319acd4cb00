package core

import (
	"context"
	"math"
	"strconv"
	"strings"

	"muqu/core/change"
)

// program is a version of Muqu's own program for tablets. Its file travels as
// an attachment, so that a hub hands its tablets the update that it was given.
var program = Kind{
	Name:   "program",
	Title:  []string{"version", "platform"},
	Shared: true,
	Later:  true,
	Fields: []Field{
		{Name: "version", Rule: change.Review, Column: true, Search: ByDigits},
		{Name: "platform", Type: Choice, List: "platform", Rule: change.Review, Column: true, Index: true},
		{Name: "state", Type: Choice, List: "program_state", Rule: change.Review, Group: "state", Column: true, Index: true},
		{Name: "state_reason", Group: "state"},
		{Name: "file", Type: File, Rule: change.Review},
		{Name: "remark"},
	},
	Flow: &Flow{Field: "state", Start: "offered", Moves: []Move{
		{From: "offered", To: "withdrawn", Roles: countyAndUp},
		{From: "withdrawn", To: "offered", Roles: countyAndUp},
	}},
	Fetch: func(r *Record, _ Person) bool { return r.Text("state") != "withdrawn" },
}

// ProgramVersion is a version of the program as its record describes it.
type ProgramVersion struct {
	Ref
	Version, Platform string
	Withdrawn         bool
	File              FileName
}

// ProgramID gives the id of the record of a version for a platform.
func ProgramID(version, platform string) change.RecordID { return Derive("program", version, platform) }

// ProgramOf reads a record of a version.
func ProgramOf(r *Record) ProgramVersion {
	file, _ := ParseFileName(r.Text("file"))
	return ProgramVersion{Ref: r.Ref, Version: r.Text("version"), Platform: r.Text("platform"), Withdrawn: r.Text("state") == "withdrawn", File: file}
}

// Platforms lists what a program can be for, named as Go names systems.
func Platforms() []string { return []string{"android", "windows", "linux"} }

// Update finds the newest version that is offered for a platform, if it is
// newer than the one that runs.
func Update(ctx context.Context, b Book, platform, running string) (newest ProgramVersion, found bool, err error) {
	list, err := b.List(ctx, Query{Kind: "program", Where: map[string]string{"platform": platform}})
	for i := range list {
		p := ProgramOf(&list[i])
		if p.Withdrawn || p.File == "" || !NewerVersion(p.Version, running) {
			continue
		}
		if !found || NewerVersion(p.Version, newest.Version) {
			newest, found = p, true
		}
	}
	return newest, found, err
}

// NewerVersion reports whether version a came after b: numbers count as such,
// so that 1.10 is after 1.9.
func NewerVersion(a, b string) bool {
	x, y := versionParts(a), versionParts(b)
	for i := range max(len(x), len(y)) {
		var p, q int
		if i < len(x) {
			p = x[i]
		}
		if i < len(y) {
			q = y[i]
		}
		if p != q {
			return p > q
		}
	}
	return false
}

func versionParts(version string) (out []int) {
	for _, part := range strings.FieldsFunc(version, func(c rune) bool { return c < '0' || c > '9' }) {
		n, err := strconv.Atoi(part)
		if err != nil {
			n = math.MaxInt
		}
		out = append(out, n)
	}
	return out
}
