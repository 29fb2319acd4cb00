package core

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"muqu/core/change"
)

// form is one version of an XLSForm that an office gave out. The workbook and
// the media that it names travel as attachments, so that a form reaches a
// tablet by whichever way its records do: from the centre, by a hub, on a
// stick. Every version is a record of its own, because drafts and answers keep
// the version that they were made with.
var form = Kind{
	Name:   "form",
	Title:  []string{"title", "version"},
	Shared: true,
	Later:  true,
	Fields: []Field{
		{Name: "form_id", Rule: change.Review, Column: true, Index: true},
		{Name: "version", Rule: change.Review, Column: true},
		{Name: "title", Rule: change.Review, Search: ByName, Column: true},
		{Name: "state", Type: Choice, List: "form_state", Rule: change.Review, Group: "state", Column: true, Index: true},
		{Name: "state_reason", Group: "state"},
		{Name: "published", Type: Moment, Group: "state"},
		{Name: "areas", Type: Choices, Rule: change.Set, Column: true},
		{Name: "roles", Type: Choices, List: "role", Rule: change.Set, Column: true},
		{Name: "questions", Type: Integer},
		{Name: "file", Type: File, Rule: change.Review},
		{Name: "media", Type: Table, Rule: change.Review},
		{Name: "remark"},
	},
	Flow: &Flow{Field: "state", Start: "draft", Moves: []Move{
		{From: "draft", To: "published", Roles: countyAndUp},
		{From: "draft", To: "retired", Roles: countyAndUp},
		{From: "published", To: "retired", Roles: countyAndUp},
		{From: "retired", To: "published", Roles: countyAndUp},
	}},
	Fetch: func(r *Record, by Person) bool { return FormOf(r).For(by) },
}

// FormVersion is a version of a form as its record describes it.
type FormVersion struct {
	Ref
	FormID    string
	Version   string
	Title     string
	State     string   // draft, published or retired
	Areas     Scope    // where it is filled in; empty: nowhere
	Roles     []string // who fills it in; empty: everybody who may write visits
	Published string   // RFC 3339, "" for never
	Questions int
	File      FileName            // the workbook
	Media     map[string]FileName // what the workbook calls its media and data files
}

// FormID gives the id of the record of a form's version.
func FormID(id, version string) change.RecordID { return Derive("form", id, version) }

// FormOf reads a record of a form.
func FormOf(r *Record) FormVersion {
	n, _ := r.Field("questions").Float()
	file, _ := ParseFileName(r.Text("file"))
	return FormVersion{
		Ref: r.Ref, FormID: r.Text("form_id"), Version: r.Text("version"), Title: r.Text("title"), State: r.Text("state"),
		Areas: r.Field("areas").Strs(), Roles: r.Field("roles").Strs(), Published: r.Text("published"), Questions: int(n),
		File: file, Media: mediaOf(r.Field("media")),
	}
}

func mediaOf(v change.Value) map[string]FileName {
	out := make(map[string]FileName)
	rows, _ := v.Any().([]any)
	for _, x := range rows {
		row, _ := x.(map[string]any)
		name, _ := row["name"].(string)
		text, _ := row["file"].(string)
		if file, ok := ParseFileName(text); ok && name != "" {
			out[name] = file
		}
	}
	return out
}

// For reports whether somebody is to fill in this version: it is published,
// for the role, and for a region in which the person works.
func (f FormVersion) For(p Person) bool {
	if f.State != "published" || len(f.Roles) > 0 && p.Role != HubRole && !slices.Contains(f.Roles, string(p.Role)) {
		return false
	}
	return slices.ContainsFunc(f.Areas, func(a string) bool {
		return p.Scope.Contains(a) || slices.ContainsFunc(p.Scope, (Scope{a}).Contains)
	})
}

// Forms gives the forms that somebody may fill in, each in its newest version,
// by title.
func Forms(ctx context.Context, b Book, p Person) ([]FormVersion, error) {
	list, err := b.List(ctx, Query{Kind: "form", Where: map[string]string{"state": "published"}})
	if err != nil {
		return nil, err
	}
	newest := make(map[string]FormVersion)
	for i := range list {
		f := FormOf(&list[i])
		if old, ok := newest[f.FormID]; f.For(p) && (!ok || f.Since(&old) > 0) {
			newest[f.FormID] = f
		}
	}
	out := make([]FormVersion, 0, len(newest))
	for _, f := range newest {
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b FormVersion) int {
		return cmp.Or(cmp.Compare(SortKey(a.Title), SortKey(b.Title)), cmp.Compare(a.FormID, b.FormID))
	})
	return out, nil
}

// Since compares when two versions of a form were given out: more than 0 if f
// is the later one. What was given out in the same second goes by its number.
func (f *FormVersion) Since(o *FormVersion) int {
	return cmp.Or(strings.Compare(f.Published, o.Published), CompareFormVersions(f.Version, o.Version))
}

// CompareFormVersions puts 9 before 10, and words by their letters.
func CompareFormVersions(a, b string) int {
	const digits = "0123456789"
	if strings.Trim(a, digits) == "" && strings.Trim(b, digits) == "" {
		a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
		return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
	}
	return strings.Compare(a, b)
}

// NewForm returns the edit that keeps a version of a form as a draft, none if
// it is kept already. old is the record under its id; zero: there is none. A
// version never changes its questions, because answers and drafts refer to it.
func NewForm(f FormVersion, old Record, at string) (Edit, bool, error) {
	media := mediaValue(f.Media)
	e := Edit{Ref: Ref{Kind: form.Name, ID: FormID(f.FormID, f.Version)}, Region: at}
	if old.Kind == "" {
		e.Set = map[string]change.Value{
			"form_id": change.Text(f.FormID), "version": change.Text(f.Version), "title": change.Text(f.Title),
			"state": change.Text(form.Flow.Start), "questions": change.Int(int64(f.Questions)), "file": change.Text(string(f.File)),
		}
		if len(f.Media) > 0 {
			e.Set["media"] = media
		}
		return e, true, nil
	}
	switch {
	case old.Deleted || old.Text("file") != string(f.File):
		return e, false, Refuse(Taken, "", "refuse.form.version", "form", f.FormID, "version", f.Version)
	case len(f.Media) == 0 || AnswerText(old.Field("media")) == AnswerText(media):
		return e, false, nil
	case old.Text("state") != form.Flow.Start:
		return e, false, Refuse(Taken, "", "refuse.form.version", "form", f.FormID, "version", f.Version)
	}
	e.From, e.Region, e.Set = old, "", map[string]change.Value{"media": media}
	return e, true, nil
}

func mediaValue(media map[string]FileName) change.Value {
	names := make([]string, 0, len(media))
	for name := range media {
		names = append(names, name)
	}
	slices.Sort(names)
	rows := make([]change.Value, len(names))
	for i, name := range names {
		rows[i] = change.MapOf(map[string]change.Value{"name": change.Text(name), "file": change.Text(string(media[name]))})
	}
	return change.ListOf(rows)
}

// PublishForm returns the edit that gives a version out: where it is filled in
// and by whom; no roles: by everybody who visits.
func PublishForm(r Record, areas Scope, roles []string, now change.Millis) (Edit, error) {
	if len(areas) == 0 {
		return Edit{}, Refuse(Missing, "areas", "refuse.form.area")
	}
	for _, role := range roles {
		if !Role(role).Valid() {
			return Edit{}, Refuse(Invalid, "roles", "refuse.form.role", "role", role)
		}
	}
	set := map[string]change.Value{"areas": textsOrNull(areas), "roles": textsOrNull(roles)}
	if r.Text("state") != "published" {
		set["state"], set["published"] = change.Text("published"), change.Text(now.Time().UTC().Format(time.RFC3339))
	}
	return Edit{Ref: r.Ref, From: r, Set: set}, nil
}

// RetireForm returns the edit that takes a version back: it is not offered for
// new interviews, and its answers stay.
func RetireForm(r Record) Edit {
	return Edit{Ref: r.Ref, From: r, Set: map[string]change.Value{"state": change.Text("retired")}}
}

// Reach refuses an edit that would give a form out where the person has no say.
func (e *Edit) Reach(p Person) error {
	if e.Kind != form.Name {
		return nil
	}
	before := e.From.Field("areas").Strs()
	for _, area := range e.Set["areas"].Strs() {
		if !p.Scope.Contains(area) && !slices.Contains(before, area) {
			return Refuse(Forbidden, "areas", "refuse.region.other", "code", area)
		}
	}
	return nil
}
