package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"muqu/app/command"
	"muqu/app/survey"
	"muqu/core"
	"muqu/core/form"
)

// library is the forms of the server in the hands of whoever may read its folder.
func (c *centre) library() *survey.Library {
	d := desk{c.As(administrator()), c.files}
	return &survey.Library{Book: d, Files: d, Shelf: new(survey.Shelf)}
}

// words is a flag that may be given several times, each with one value or
// several parted by commas.
type words []string

// String implements [flag.Value].
func (w *words) String() string { return strings.Join(*w, ",") }

// Set implements [flag.Value].
func (w *words) Set(s string) error {
	for _, x := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == '，' }) {
		*w = append(*w, strings.TrimSpace(x))
	}
	return nil
}

// reach is where and by whom a form is filled in.
type reach struct{ areas, roles words }

func reachFlags(f *flag.FlagSet) *reach {
	r := new(reach)
	f.Var(&r.areas, "area", "`codes` of the regions where the form is filled in, parted by commas")
	f.Var(&r.roles, "role", "`roles` that fill it in, parted by commas; none: everybody who visits")
	return r
}

// scope reads the region codes.
func (r *reach) scope() (out core.Scope, err error) {
	for _, code := range r.areas {
		prefix, err := core.RegionPrefix(code)
		if err != nil {
			return nil, err
		}
		out = append(out, prefix)
	}
	return out, nil
}

// formAdded is what form add prints.
type formAdded struct {
	ID        string         `json:"id"`
	FormID    string         `json:"form_id"`
	Version   string         `json:"version"`
	State     string         `json:"state"`
	New       bool           `json:"new"`
	Questions int            `json:"questions"`
	Missing   []string       `json:"missing"`
	Warnings  []form.Problem `json:"warnings"`
}

func formAdd(f *flag.FlagSet) func(context.Context, *command.Call) error {
	data := dataFlag(f)
	r := reachFlags(f)
	var media words
	f.Var(&media, "media", "`files` that the form names: pictures, recordings, tables; may be given several times")
	publish := f.Bool("publish", false, "give it out at once to --area")
	return func(ctx context.Context, c *command.Call) error {
		if (*publish || len(r.roles) > 0) && len(r.areas) == 0 {
			return &command.UsageError{Text: "say where the form is filled in: --area CODE,…"}
		}
		if len(c.Words) > 1 && len(media) == 0 {
			return &command.UsageError{Text: "one form at a time; what belongs to it stands behind --media"}
		}
		h, err := readHanded(c.Words[0], append(media, c.Words[1:]...))
		if err != nil {
			return err
		}
		return within(ctx, *data, nil, func(s *centre) error { return s.addForm(ctx, c, h, r, *publish) })
	}
}

// readHanded reads the files of a form and what belongs to it.
func readHanded(path string, media []string) (h survey.Handed, err error) {
	if h.Files, err = command.FormFiles(path); err != nil {
		return h, err
	}
	h.Media, h.Region, h.Day = make(map[string][]byte), core.PadRegion(administrator().Scope[0]), time.Now()
	for _, m := range media {
		if h.Media[filepath.Base(m)], err = os.ReadFile(m); err != nil {
			return h, fmt.Errorf("read file of the form: %w", err)
		}
	}
	return h, nil
}

func (s *centre) addForm(ctx context.Context, c *command.Call, h survey.Handed, r *reach, publish bool) error {
	areas, err := r.scope()
	if err != nil {
		return err
	}
	l := s.library()
	a, err := l.Add(ctx, h)
	if err != nil {
		return err
	}
	if a.Form == nil {
		for _, p := range a.Report.Errors {
			fmt.Fprintln(c.Err, p.Error())
		}
		return errors.New("the form can't be used yet and nothing was kept: mend what is named above and add it again")
	}
	tellAdded(c, &a)
	switch {
	case publish:
		err, a.Version.State = l.Publish(ctx, a.Version, areas, r.roles, time.Now()), "published"
	case len(areas) > 0:
		err = l.Assign(ctx, a.Version, areas, r.roles)
	}
	if err != nil {
		return err
	}
	return c.Print(formAdded{ID: a.Version.ID.String(), FormID: a.Version.FormID, Version: a.Version.Version, State: a.Version.State, New: a.New,
		Questions: a.Form.Questions(), Missing: append([]string{}, a.Missing...), Warnings: append([]form.Problem{}, a.Report.Warnings...)})
}

// tellAdded says what a person should know beside the result.
func tellAdded(c *command.Call, a *survey.Added) {
	for _, p := range a.Report.Warnings {
		fmt.Fprintln(c.Err, "note:", p.Error())
	}
	if a.GaveID {
		fmt.Fprintf(c.Err, "the settings sheet has no form_id: the form is called %s, after its file\n", a.Version.FormID)
	}
	if a.GaveVersion {
		fmt.Fprintf(c.Err, "the settings sheet has no version: it was given %s, after the day\n", a.Version.Version)
	}
	if len(a.Missing) > 0 {
		fmt.Fprintf(c.Err, "the form names files that are not here; add them with --media: %s\n", strings.Join(a.Missing, ", "))
	}
	if len(a.Needless) > 0 {
		fmt.Fprintf(c.Err, "the form does not name these files: %s\n", strings.Join(a.Needless, ", "))
	}
	if !a.New {
		fmt.Fprintln(c.Err, "this version was here already, with the same questions")
	}
}

// formRow is one version in form list.
type formRow struct {
	FormID    string   `json:"form_id"`
	Version   string   `json:"version"`
	Title     string   `json:"title"`
	State     string   `json:"state"`
	Areas     []string `json:"areas"`
	Roles     []string `json:"roles"`
	Published string   `json:"published"`
	Questions int      `json:"questions"`
	Answers   int      `json:"answers"` // to all versions of the form
}

func formList(f *flag.FlagSet) func(context.Context, *command.Call) error {
	data := dataFlag(f)
	return func(ctx context.Context, c *command.Call) error {
		return within(ctx, *data, nil, func(s *centre) error { return s.listForms(ctx, c) })
	}
}

func (s *centre) listForms(ctx context.Context, c *command.Call) error {
	l := s.library()
	all, err := l.Forms(ctx)
	if err != nil {
		return err
	}
	for i := range all {
		n, err := l.Count(ctx, &all[i], survey.Filter{})
		if err != nil {
			return err
		}
		for _, v := range all[i].Versions {
			row := formRow{v.FormID, v.Version, v.Title, v.State, append([]string{}, v.Areas...), append([]string{}, v.Roles...), v.Published, v.Questions, n}
			if err := c.Print(row); err != nil {
				return err
			}
		}
	}
	return nil
}

func formPublish(f *flag.FlagSet) func(context.Context, *command.Call) error {
	data := dataFlag(f)
	r := reachFlags(f)
	version := f.String("version", "", "version; empty: the one with the highest number")
	return func(ctx context.Context, c *command.Call) error {
		return within(ctx, *data, nil, func(s *centre) error {
			l := s.library()
			v, err := keptVersion(ctx, l, c.Words[0], *version)
			if err != nil {
				return err
			}
			areas, err := r.scope()
			if err != nil {
				return err
			}
			if len(areas) == 0 {
				areas = v.Areas
			}
			roles := []string(r.roles)
			if len(roles) == 0 {
				roles = v.Roles
			}
			if err := l.Publish(ctx, v, areas, roles, time.Now()); err != nil {
				return err
			}
			return c.Print(map[string]any{"form_id": v.FormID, "version": v.Version, "state": "published", "areas": areas, "roles": append([]string{}, roles...)})
		})
	}
}

// keptVersion finds a version that was added here.
func keptVersion(ctx context.Context, l *survey.Library, id, version string) (core.FormVersion, error) {
	found, err := l.Find(ctx, id)
	if err != nil {
		return core.FormVersion{}, err
	}
	if version == "" {
		kept := slices.IndexFunc(found.Versions, func(v core.FormVersion) bool { return v.State != survey.Shipped })
		if kept >= 0 {
			return found.Versions[kept], nil
		}
	}
	return found.Version(version)
}

func formRetire(f *flag.FlagSet) func(context.Context, *command.Call) error {
	data := dataFlag(f)
	version := f.String("version", "", "version; empty: all that are published")
	return func(ctx context.Context, c *command.Call) error {
		return within(ctx, *data, nil, func(s *centre) error {
			l := s.library()
			found, err := l.Find(ctx, c.Words[0])
			if err != nil {
				return err
			}
			n := 0
			for _, v := range found.Versions {
				if *version != "" && v.Version != *version || *version == "" && v.State != "published" {
					continue
				}
				if err := l.Retire(ctx, v); err != nil {
					return err
				}
				n++
			}
			if n == 0 {
				return fmt.Errorf("no version of %s is published: form list shows what there is", found.ID)
			}
			return c.Print(map[string]any{"form_id": found.ID, "retired": n})
		})
	}
}

func formExport(f *flag.FlagSet) func(context.Context, *command.Call) error {
	data := dataFlag(f)
	version := f.String("version", "", "version; empty: the one that is used now")
	xform := f.String("xform", "", "file to write the ODK XForm to")
	out := f.String("out", "", "file to write the workbook to: .xlsx")
	media := f.String("media", "", "folder to write the form's pictures, recordings and tables into")
	return func(ctx context.Context, c *command.Call) error {
		if *xform == "" && *out == "" && *media == "" {
			return &command.UsageError{Text: "say what to write: --out FORM.xlsx, --xform FORM.xml, --media FOLDER"}
		}
		return within(ctx, *data, nil, func(s *centre) error {
			l := s.library()
			found, err := l.Find(ctx, c.Words[0])
			if err != nil {
				return err
			}
			v, err := found.Version(*version)
			if err != nil {
				return err
			}
			if err := errors.Join(writeXForm(ctx, l, v, *xform), writeWorkbook(ctx, l, v, *out), writeMedia(ctx, l, v, *media)); err != nil {
				return err
			}
			return c.Print(map[string]any{"form_id": v.FormID, "version": v.Version, "state": v.State})
		})
	}
}

func writeXForm(ctx context.Context, l *survey.Library, v core.FormVersion, path string) error {
	if path == "" {
		return nil
	}
	f, err := l.Open(ctx, v)
	if err != nil {
		return err
	}
	return os.WriteFile(path, f.XForm(), 0o600)
}

func writeWorkbook(ctx context.Context, l *survey.Library, v core.FormVersion, path string) error {
	if path == "" {
		return nil
	}
	b, err := l.Workbook(ctx, v)
	if err != nil {
		return err
	}
	return os.WriteFile(path, b, 0o600)
}

func writeMedia(ctx context.Context, l *survey.Library, v core.FormVersion, dir string) error {
	if dir == "" {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	for name, file := range v.Media {
		b, err := l.Files.ReadFile(ctx, v.Ref, file)
		if err == nil {
			// The name came with the form, so only its last part is trusted.
			err = os.WriteFile(filepath.Join(dir, filepath.Base(name)), b, 0o600)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
