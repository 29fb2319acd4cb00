package survey

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/form"
)

// Handed is a form as an office hands it in.
type Handed struct {
	Files  map[string][]byte // one file, or the CSV files of a set, by name
	Media  map[string][]byte // pictures, recordings and tables that the form names
	Region string            // of the office, 12 digits
	Day    time.Time         // for the version of a form that has none
}

// Added says what became of a form.
type Added struct {
	Form        *form.Form // nil: it has errors, and nothing was kept
	Report      form.Report
	Version     core.FormVersion
	New         bool     // false: it was here already
	GaveID      bool     // the file's name became its id
	GaveVersion bool     // the day became its version
	Missing     []string // files that the form names and that are not here
	Needless    []string // files that came with it and that it doesn't name
}

// maxSameDay is how many versions without a number of their own fit in a day.
const maxSameDay = 99

// Add checks a form and keeps it as a draft. A form with errors, or a version
// that is taken, leaves nothing behind.
func (l *Library) Add(ctx context.Context, h Handed) (Added, error) {
	day := h.Day.Format("20060102")
	for n := 1; ; n++ {
		w := form.Keep(h.Files, fmt.Sprintf("%s%02d", day, n))
		if w.Form == nil {
			return Added{Report: w.Report}, nil
		}
		a, err := l.add(ctx, &w, &h)
		if refused := reasonOf(err); refused == core.Taken && w.GaveVersion && n < maxSameDay {
			continue // another form of the same day
		}
		return a, err
	}
}

func reasonOf(err error) core.Reason {
	if r, ok := err.(*core.Refusal); ok {
		return r.Reason
	}
	return 0
}

func (l *Library) add(ctx context.Context, w *form.Workbook, h *Handed) (Added, error) {
	a := Added{Form: w.Form, Report: w.Report, GaveID: w.GaveID, GaveVersion: w.GaveVersion}
	a.Version = core.FormVersion{
		FormID: w.Form.ID, Version: w.Form.Version, Title: w.Form.Title, Questions: w.Form.Questions(),
		File: core.NewFileName(sha256.Sum256(w.Bytes), "xlsx"), Media: make(map[string]core.FileName),
	}
	if err := fits(&a.Version); err != nil {
		return a, err
	}
	for name, data := range h.Media {
		a.Version.Media[path.Base(name)] = core.NewFileName(sha256.Sum256(data), path.Ext(name))
	}
	if s, err := shippedOf(a.Version.FormID); err == nil && s.form.Version == a.Version.Version {
		return a, core.Refuse(core.Taken, "", "refuse.form.version", "form", a.Version.FormID, "version", a.Version.Version)
	}
	old, _, err := l.Book.Get(ctx, core.Ref{Kind: "form", ID: core.FormID(a.Version.FormID, a.Version.Version)})
	if err != nil {
		return a, err
	}
	e, needed, err := core.NewForm(a.Version, old, h.Region)
	if err != nil {
		return a, err
	}
	a.New, a.Version.Ref, a.Version.State = old.Kind == "", e.Ref, "draft"
	if needed {
		if err := l.keep(ctx, w, h, &a); err != nil {
			return a, err
		}
		if _, err := l.Book.Commit(ctx, []core.Edit{e}); err != nil {
			return a, err
		}
	} else {
		a.Version = core.FormOf(&old)
	}
	a.compare()
	return a, nil
}

// fits refuses names that no record can hold.
func fits(v *core.FormVersion) error {
	if len(v.FormID) > 200 || len(v.Version) > 100 {
		return core.Refuse(core.TooLarge, "form_id", "refuse.long", "max", 100)
	}
	return nil
}

// keep puts the files where they stay. They are named by their bytes, so that
// one without a record is harmless, and a record never names one that isn't there.
func (l *Library) keep(ctx context.Context, w *form.Workbook, h *Handed, a *Added) error {
	if err := l.Files.PutFile(ctx, a.Version.File, bytes.NewReader(w.Bytes)); err != nil {
		return err
	}
	for name, data := range h.Media {
		if err := l.Files.PutFile(ctx, a.Version.Media[path.Base(name)], bytes.NewReader(data)); err != nil {
			return err
		}
	}
	return nil
}

// compare finds what the form names and lacks, and what nobody asked for.
func (a *Added) compare() {
	names := a.Form.Attachments()
	for _, n := range names {
		if _, here := a.Version.Media[n]; !here && shippedData(strings.TrimSuffix(n, path.Ext(n))) == nil {
			a.Missing = append(a.Missing, n)
		}
	}
	for n := range a.Version.Media {
		if !slices.Contains(names, n) {
			a.Needless = append(a.Needless, n)
		}
	}
	slices.Sort(a.Needless)
}

// Publish gives a version out to regions and roles; no roles: whoever visits.
func (l *Library) Publish(ctx context.Context, v core.FormVersion, areas core.Scope, roles []string, now time.Time) error {
	r, err := l.record(ctx, v)
	if err != nil {
		return err
	}
	e, err := core.PublishForm(r, areas, roles, change.MillisOf(now))
	if err != nil {
		return err
	}
	return l.commit(ctx, e)
}

// Assign notes where and by whom a draft is going to be filled in.
func (l *Library) Assign(ctx context.Context, v core.FormVersion, areas core.Scope, roles []string) error {
	r, err := l.record(ctx, v)
	if err != nil {
		return err
	}
	e, err := core.PublishForm(r, areas, roles, 0)
	if err != nil {
		return err
	}
	delete(e.Set, "state")
	delete(e.Set, "published")
	return l.commit(ctx, e)
}

// Retire takes a version back.
func (l *Library) Retire(ctx context.Context, v core.FormVersion) error {
	r, err := l.record(ctx, v)
	if err != nil {
		return err
	}
	return l.commit(ctx, core.RetireForm(r))
}

func (l *Library) commit(ctx context.Context, e core.Edit) error {
	_, err := l.Book.Commit(ctx, []core.Edit{e})
	return err
}

func (l *Library) record(ctx context.Context, v core.FormVersion) (core.Record, error) {
	if v.State == Shipped {
		return core.Record{}, core.Refuse(core.Forbidden, "", "refuse.form.shipped")
	}
	r, found, err := l.Book.Get(ctx, v.Ref)
	if err == nil && (!found || r.Deleted) {
		err = core.Refuse(core.NotFound, "", "refuse.form.absent", "form", v.FormID, "version", v.Version)
	}
	return r, err
}
