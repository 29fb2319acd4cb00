package console

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"

	"muqu/app/survey"
	"muqu/core"
)

// maxForm bounds a form with all that belongs to it.
const maxForm = 64 << 20 // bytes

type formsPage struct {
	Frame
	Forms   []formRow
	Shipped []formRow
	Manage  bool // the person may add forms
	Problem string
}

type formRow struct {
	Title     string
	ID        string
	To        string
	Version   string
	More      int // further versions
	State     string
	On        bool // it is filled in now
	Areas     string
	Questions int
	Count     int
	Answers   string // where they are
}

// library is the forms as the person may see and change them.
func (v *visit) library() *survey.Library {
	return &survey.Library{Book: v.desk, Files: v.desk, Shelf: &v.shelf}
}

func formURL(id string) string { return "/forms/" + url.PathEscape(id) }

// forms lists the forms, and takes new ones.
func (v *visit) forms() error { return v.formsPage(http.StatusOK, "") }

func (v *visit) formsPage(status int, problem string) error {
	all, err := v.library().Forms(v.ctx)
	if err != nil {
		return err
	}
	p := &formsPage{Frame: v.frame("kinds.form"), Manage: v.person.Role.MayManage(), Problem: problem}
	for i := range all {
		row, err := v.formRow(&all[i])
		if err != nil {
			return err
		}
		if len(all[i].Versions) == 1 && all[i].Stem != "" {
			p.Shipped = append(p.Shipped, row)
		} else {
			p.Forms = append(p.Forms, row)
		}
	}
	v.render(status, "forms", p)
	return nil
}

func (v *visit) formRow(f *survey.Form) (formRow, error) {
	now := f.Newest()
	row := formRow{
		Title: f.Title, ID: f.ID, To: formURL(f.ID), Version: now.Version, More: len(f.Versions) - 1, Questions: now.Questions,
		State: v.formState(now.State), On: now.State == "published", Areas: v.placeNames(now.Areas), Answers: formURL(f.ID) + "/answers",
	}
	var err error
	if kind := answerKind(f); kind != "visit" {
		row.Answers = "/list/" + kind
		row.Count, err = v.desk.Count(v.ctx, core.Query{Kind: kind})
	} else {
		row.Count, err = v.library().Count(v.ctx, f, survey.Filter{})
	}
	return row, err
}

// answerKind is the kind of record that a form's answers become. Those of a
// shipped form that is no visit stand in records of their own.
func answerKind(f *survey.Form) string {
	switch f.Stem {
	case "demand":
		return "demand"
	case "training_session":
		return "session"
	case "training_result":
		return "enrollment"
	}
	return "visit"
}

func (v *visit) formState(state string) string {
	if state == survey.Shipped {
		return v.words.T("form.shipped")
	}
	return v.words.Choice("form_state", state)
}

func (v *visit) placeNames(codes []string) string {
	names := make([]string, len(codes))
	for i, c := range codes {
		names[i] = v.cfg.Regions().Name(c)
	}
	return v.join(names)
}

// addForm checks a form that was uploaded. Everything that is wrong with it is
// shown and nothing kept; else it becomes a draft.
func (v *visit) addForm() error {
	if !v.person.Role.MayManage() {
		return core.Refuse(core.Forbidden, "", "refuse.role")
	}
	h, err := v.handed()
	if err != nil {
		return err
	}
	a, err := v.library().Add(v.ctx, h)
	if r := refusalOf(err); r != nil && r.Reason != core.Forbidden {
		return v.formsPage(r.Reason.Status(), v.sentence(r))
	}
	if err != nil {
		return err
	}
	return v.formReport(&a)
}

// handed reads the files of the upload.
func (v *visit) handed() (survey.Handed, error) {
	h := survey.Handed{Region: core.PadRegion(firstOf(v.person.Scope)), Day: v.cfg.Now().In(beijing)}
	err := v.r.ParseMultipartForm(8 << 20)
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return h, core.Refuse(core.TooLarge, "", "refuse.file.large", "max", maxForm>>20)
	}
	if err != nil || len(v.r.MultipartForm.File["file"]) == 0 {
		return h, core.Refuse(core.Missing, "", "refuse.form.none")
	}
	defer func() { _ = v.r.MultipartForm.RemoveAll() }() // else the system clears its own folder
	if h.Files, err = readUploads(v.r.MultipartForm.File["file"]); err == nil {
		h.Media, err = readUploads(v.r.MultipartForm.File["media"])
	}
	return h, err
}

func firstOf(s core.Scope) string {
	if len(s) == 0 {
		return ""
	}
	return s[0]
}

func readUploads(heads []*multipart.FileHeader) (map[string][]byte, error) {
	out := make(map[string][]byte)
	for _, head := range heads {
		f, err := head.Open()
		if err != nil {
			return nil, fmt.Errorf("uploaded file: %w", err)
		}
		b, err := io.ReadAll(f)
		if err = errors.Join(err, f.Close()); err != nil {
			return nil, fmt.Errorf("uploaded file: %w", err)
		}
		out[path.Base(head.Filename)] = b
	}
	return out, nil
}
