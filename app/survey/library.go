package survey

import (
	"context"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"sync"

	"muqu/core"
	"muqu/core/form"
	"muqu/core/table"
)

// Files is where workbooks and media are kept.
type Files interface {
	// ReadFile reads a file that a record names, if it has arrived.
	ReadFile(ctx context.Context, ref core.Ref, name core.FileName) ([]byte, error)
	// PutFile keeps a file under its name, before a record names it.
	PutFile(ctx context.Context, name core.FileName, r io.Reader) error
}

// Library is the forms that a book keeps and those that come with the program.
type Library struct {
	Book  core.Book
	Files Files
	Shelf *Shelf // nil: every form is read anew
}

// Form is a form with its versions.
type Form struct {
	ID       string
	Title    string
	Stem     string             // of the files of the one that comes with the program; "": none does
	Versions []core.FormVersion // newest first
}

// Forms lists all forms: those of offices first, each group by title.
func (l *Library) Forms(ctx context.Context) ([]Form, error) {
	return l.forms(ctx, core.Query{Kind: "form"}, func(string) bool { return true })
}

// Find gives a form by its id, or by the name of a shipped form's files.
func (l *Library) Find(ctx context.Context, id string) (Form, error) {
	all, err := shipped()
	if err != nil {
		return Form{}, err
	}
	for _, s := range all {
		if s.stem == id {
			id = s.form.ID
		}
	}
	found, err := l.forms(ctx, core.Query{Kind: "form", Where: map[string]string{"form_id": id}}, func(s string) bool { return s == id })
	if err == nil && len(found) == 0 {
		err = core.Refuse(core.NotFound, "", "refuse.form.absent", "form", id, "version", "*")
	}
	if err != nil {
		return Form{}, err
	}
	return found[0], nil
}

func (l *Library) forms(ctx context.Context, q core.Query, want func(id string) bool) ([]Form, error) {
	records, err := l.Book.List(ctx, q)
	if err != nil {
		return nil, err
	}
	ours, err := shipped()
	if err != nil {
		return nil, err
	}
	byID := make(map[string]*Form)
	add := func(v core.FormVersion) *Form {
		f := byID[v.FormID]
		if f == nil {
			f = &Form{ID: v.FormID}
			byID[v.FormID] = f
		}
		f.Versions = append(f.Versions, v)
		return f
	}
	for i := range records {
		if v := core.FormOf(&records[i]); want(v.FormID) {
			add(v)
		}
	}
	for i := range ours {
		if want(ours[i].form.ID) {
			add(ours[i].version()).Stem = ours[i].stem
		}
	}
	out := make([]Form, 0, len(byID))
	for _, f := range byID {
		slices.SortStableFunc(f.Versions, func(a, b core.FormVersion) int { return core.CompareFormVersions(b.Version, a.Version) })
		f.Title = f.Newest().Title
		out = append(out, *f)
	}
	return sorted(out), nil
}

// Newest is the version that is used now: of those published the last, else
// the one with the highest number.
func (f *Form) Newest() core.FormVersion {
	best := f.Versions[0]
	for _, v := range f.Versions {
		if v.State == "published" && (best.State != "published" || v.Since(&best) > 0) {
			best = v
		}
	}
	return best
}

// Version gives one version; "" the newest.
func (f *Form) Version(version string) (core.FormVersion, error) {
	if version == "" {
		return f.Newest(), nil
	}
	for _, v := range f.Versions {
		if v.Version == version {
			return v, nil
		}
	}
	return core.FormVersion{}, core.Refuse(core.NotFound, "", "refuse.form.absent", "form", f.ID, "version", version)
}

// answered gives the version that answers name. Of a form that comes with the
// program only the newest version is here: it reads the answers to older ones,
// which keep their version's number.
func (f *Form) answered(version string) (core.FormVersion, error) {
	v, err := f.Version(version)
	if err == nil || f.Stem == "" {
		return v, err
	}
	for _, x := range f.Versions {
		if x.State == Shipped {
			x.Version = version
			return x, nil
		}
	}
	return v, err
}

// Shelf remembers the forms that were read last. It may be used by many at
// once; the zero value is empty.
type Shelf struct {
	mu    sync.Mutex // guards the rest
	forms map[core.FileName]*form.Form
	data  map[core.FileName]*form.Dataset
}

// maxShelf is how many forms, and how many tables, are remembered.
const maxShelf = 24

func keepIn[T any](s *Shelf, m *map[core.FileName]T, name core.FileName, x T) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if *m == nil || len(*m) >= maxShelf {
		*m = make(map[core.FileName]T)
	}
	(*m)[name] = x
}

func lookIn[T any](s *Shelf, m *map[core.FileName]T, name core.FileName) (x T, found bool) {
	if s == nil {
		return x, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	x, found = (*m)[name]
	return x, found
}

// Open reads the form of a version.
func (l *Library) Open(ctx context.Context, v core.FormVersion) (*form.Form, error) {
	if v.State == Shipped {
		s, err := shippedOf(v.FormID)
		if err != nil {
			return nil, err
		}
		return s.form, nil
	}
	var forms *map[core.FileName]*form.Form
	if l.Shelf != nil {
		forms = &l.Shelf.forms
	}
	if f, found := lookIn(l.Shelf, forms, v.File); found {
		return f, nil
	}
	b, err := l.Files.ReadFile(ctx, v.Ref, v.File)
	if err != nil {
		return nil, err
	}
	f, report := form.ReadFile(v.FormID+".xlsx", b)
	if f == nil {
		return nil, fmt.Errorf("form %s, version %s: %w", v.FormID, v.Version, report.Errors[0])
	}
	keepIn(l.Shelf, forms, v.File, f)
	return f, nil
}

func shippedOf(id string) (*shippedForm, error) {
	all, err := shipped()
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].form.ID == id {
			return &all[i], nil
		}
	}
	return nil, core.Refuse(core.NotFound, "", "refuse.form.absent", "form", id, "version", "*")
}

// Workbook gives the workbook of a version, to be opened in Excel.
func (l *Library) Workbook(ctx context.Context, v core.FormVersion) ([]byte, error) {
	if v.State != Shipped {
		return l.Files.ReadFile(ctx, v.Ref, v.File)
	}
	s, err := shippedOf(v.FormID)
	if err != nil {
		return nil, err
	}
	return shippedWorkbook(s.stem)
}

// Data gives the tables that a version looks values up in, by name without
// ending: its own, or those that come with the program. Monitoring lines are
// those that an office set, where it set any. What was looked up once stays as
// it is as long as the function is used.
func (l *Library) Data(ctx context.Context, v core.FormVersion) func(name string) *form.Dataset {
	var mu sync.Mutex // guards found
	found := make(map[string]*form.Dataset)
	return func(name string) *form.Dataset {
		mu.Lock()
		defer mu.Unlock()
		d, known := found[name]
		if !known {
			d = l.data(ctx, v, name)
			found[name] = d
		}
		return d
	}
}

func (l *Library) data(ctx context.Context, v core.FormVersion, name string) *form.Dataset {
	for media, file := range v.Media {
		if strings.TrimSuffix(media, path.Ext(media)) != name {
			continue
		}
		if d := l.dataset(ctx, v, media, file); d != nil {
			return d
		}
	}
	if name == lineTable {
		return l.lines(ctx)
	}
	return shippedData(name)
}

func (l *Library) dataset(ctx context.Context, v core.FormVersion, media string, file core.FileName) *form.Dataset {
	var data *map[core.FileName]*form.Dataset
	if l.Shelf != nil {
		data = &l.Shelf.data
	}
	if d, found := lookIn(l.Shelf, data, file); found {
		return d
	}
	b, err := l.Files.ReadFile(ctx, v.Ref, file)
	if err != nil {
		return nil
	}
	book, err := table.Read(media, b, table.Limits{})
	if err != nil || len(book.Sheets) == 0 {
		return nil
	}
	d := form.NewDataset(&book.Sheets[0])
	keepIn(l.Shelf, data, file, d)
	return d
}

// Checks are the real checks behind the column bind::hs:check. A place must be
// among regions; nil: its code need only look like one. say tells a refusal in
// the person's language; nil: the form says that the answer is not valid.
func Checks(regions *core.Regions, say func(error) string) map[string]func(string) error {
	checks := map[string]func(string) error{"idcard": core.CheckIDCard, "uscc": core.CheckUSCC,
		"region": checkPlace(regions, ""), "region:village": checkPlace(regions, "village")}
	if say == nil {
		return checks
	}
	for name, check := range checks {
		checks[name] = func(text string) error {
			if err := check(text); err != nil {
				return form.Message{Key: "answer.check", Text: say(err)}
			}
			return nil
		}
	}
	return checks
}

// checkPlace returns the check that a code is a place, of a level if one is
// named.
func checkPlace(regions *core.Regions, level string) func(string) error {
	return func(code string) error {
		if regions == nil {
			_, err := core.RegionPrefix(code)
			return err
		}
		if place, ok := regions.Find(code); !ok || level != "" && place.Level != level {
			return core.Refuse(core.Invalid, "", "refuse.region", "code", code)
		}
		return nil
	}
}
