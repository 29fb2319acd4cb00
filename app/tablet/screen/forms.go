package screen

import (
	"context"
	"io"
	"slices"

	"muqu/app/survey"
	"muqu/core"
	"muqu/core/form"
)

// library is the forms on the tablet: those that came with a sync and those
// that come with the program.
func (s *Shell) library() *survey.Library {
	return &survey.Library{Book: s.Book, Files: files{s}, Shelf: s.shelf}
}

// files are the workbooks and media of forms.
type files struct{ s *Shell }

// ReadFile implements [survey.Files].
func (f files) ReadFile(ctx context.Context, _ core.Ref, name core.FileName) ([]byte, error) {
	if f.s.Pictures == nil {
		return nil, core.Refuse(core.NotFound, "", "refuse.form.here")
	}
	b, err := f.s.Pictures.ReadFile(ctx, name, false)
	if err != nil {
		return nil, core.Refuse(core.NotFound, "", "refuse.form.here")
	}
	return b, nil
}

// PutFile implements [survey.Files]: forms are given out at the centre.
func (f files) PutFile(context.Context, core.FileName, io.Reader) error {
	return core.Refuse(core.Forbidden, "", "refuse.role")
}

// readForm reads a form by its id, or by the name of a shipped form's files, in
// a version. "" is the one that this worker is to fill in: of those given out the
// last that is on the tablet, else the one that comes with the program.
func (s *Shell) readForm(ctx context.Context, id, version string) (*form.Form, core.FormVersion, error) {
	l := s.library()
	found, err := l.Find(ctx, id)
	if err != nil {
		return nil, core.FormVersion{}, err
	}
	if version != "" {
		v, err := found.Version(version)
		if err != nil {
			return nil, v, err
		}
		f, err := l.Open(ctx, v)
		return f, v, err
	}
	first := error(core.Refuse(core.NotFound, "", "refuse.form.here"))
	for _, v := range s.usable(&found) {
		f, err := l.Open(ctx, v)
		if err == nil {
			return f, v, nil
		}
		first = err
	}
	return nil, core.FormVersion{}, first
}

// usable lists the versions that this worker may fill in, the last given out
// first and the shipped one at the end.
func (s *Shell) usable(f *survey.Form) []core.FormVersion {
	me := s.person()
	var out []core.FormVersion
	for _, v := range f.Versions {
		if v.State == survey.Shipped || v.For(me) {
			out = append(out, v)
		}
	}
	slices.SortStableFunc(out, func(a, b core.FormVersion) int { return b.Since(&a) })
	return out
}

// person is who works with this tablet.
func (s *Shell) person() core.Person {
	return core.Person{Name: s.me.Name, Role: s.me.Role, Scope: s.me.Scope}
}

// formOf reads the form that answers were given to: the version, or the one
// that is used now.
func (s *Shell) formOf(ctx context.Context, id, version string) (*form.Form, error) {
	f, _, err := s.readForm(ctx, id, version)
	if err != nil && version != "" {
		f, _, err = s.readForm(ctx, id, "")
	}
	return f, err
}
