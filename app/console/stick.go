package console

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"

	"muqu/core"
	"muqu/core/change"
)

// makeBundle gives a file for a USB stick: what a tablet lacks. Only that
// tablet can read it.
func (v *visit) makeBundle() (err error) {
	id, err := change.ParseDeviceID(v.r.FormValue("id"))
	if err != nil {
		return core.Refuse(core.NotFound, "", "refuse.device")
	}
	f, err := scratch()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, drop(f)) }()
	if err := v.cfg.Centre.MakeBundle(v.ctx, v.person, id, v.r.FormValue("whole") != "", f); err != nil {
		return err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	v.w.Header().Set("Content-Type", "application/octet-stream")
	v.w.Header().Set("Content-Disposition", `attachment; filename="muqu-`+id.String()[28:]+`.muqu"`)
	_, err = io.Copy(v.w, f)
	return err
}

// takeBundle takes in what tablets wrote to USB sticks: one bundle or several,
// each in one file or in parts.
func (v *visit) takeBundle() error {
	files := make(map[string]*multipart.FileHeader)
	var names []string
	if _, _, err := v.r.FormFile("file"); err == nil {
		for _, f := range v.r.MultipartForm.File["file"] {
			files[f.Filename], names = f, append(names, f.Filename)
		}
	}
	if len(names) == 0 {
		return core.Refuse(core.Missing, "", "refuse.bundle.none")
	}
	n, err := v.cfg.Centre.TakeBundles(v.ctx, v.person, names, func(name string) (io.ReadSeekCloser, error) {
		if f, ok := files[name]; ok {
			return f.Open()
		}
		return nil, os.ErrNotExist
	})
	if err != nil {
		return err
	}
	return v.tabletPage(&tabletPage{Taken: v.words.T("console.bundle.taken", "n", n)})
}

// scratch is a file that holds a bundle until it is sent: whether it can be
// made shows before the answer begins.
func scratch() (*os.File, error) {
	f, err := os.CreateTemp("", "muqu-bundle-*")
	if err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	return f, nil
}

func drop(f *os.File) error { return errors.Join(f.Close(), os.Remove(f.Name())) }

type grantPage struct {
	Frame
	Tablet tabletRow
	Region string
	Until  string
}

// grantPage shows what a tablet may see, and until when.
func (v *visit) grantPage() error {
	all, err := v.desk.Devices(v.ctx)
	if err != nil {
		return err
	}
	for i := range all {
		if d := &all[i]; d.ID.String() == v.r.FormValue("id") && d.Revoked == 0 {
			p := &grantPage{Frame: v.frame("console.grant"), Tablet: v.tabletRow(d), Region: joinScope(d.Scope)}
			if d.Until != 0 {
				p.Until = d.Until.Time().In(beijing).Format("2006-01-02")
			}
			v.render(http.StatusOK, "grant", p)
			return nil
		}
	}
	return core.Refuse(core.NotFound, "", "refuse.device")
}

// grant changes it.
func (v *visit) grant() error {
	id, err := change.ParseDeviceID(v.r.FormValue("id"))
	if err != nil {
		return core.Refuse(core.NotFound, "", "refuse.device")
	}
	scope, err := v.scopeForm()
	if err != nil {
		return err
	}
	until, err := v.lastDay()
	if err != nil {
		return err
	}
	if err := v.desk.Grant(v.ctx, id, scope, until); err != nil {
		return err
	}
	return v.back("/tablets")
}
