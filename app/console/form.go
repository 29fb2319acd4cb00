package console

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"muqu/app/survey"
	"muqu/core"
)

type formPage struct {
	Frame
	ID       string
	To       string // the page's own address
	Versions []versionRow
	Manage   bool
	Choices  []option // versions that can be given out
	Places   []placeOption
	Codes    string // regions that are not among the places
	Roles    []option
	Count    int
	Answers  string
	Summary  string
	Shipped  bool // it is only the one that comes with the program
	Problem  string
	Done     string
}

type versionRow struct {
	Version   string
	State     string
	On        bool
	Questions int
	Published string
	Areas     string
	Roles     string
	Preview   string
	Workbook  string
	XForm     string
	Retire    bool
	Record    string
}

type placeOption struct {
	option
	Depth int
}

// form shows a form with its versions and what can be done with them.
func (v *visit) form() error { return v.formPage(http.StatusOK, "") }

// found gives the form of the address.
func (v *visit) found() (survey.Form, error) { return v.library().Find(v.ctx, v.r.PathValue("form")) }

func (v *visit) formPage(status int, problem string) error {
	f, err := v.found()
	if err != nil {
		return err
	}
	p := &formPage{Frame: v.frame("kinds.form"), ID: f.ID, To: formURL(f.ID), Manage: v.person.Role.MayManage(), Problem: problem}
	p.Title = f.Title
	row, err := v.formRow(&f)
	if err != nil {
		return err
	}
	p.Count, p.Answers, p.Shipped = row.Count, row.Answers, len(f.Versions) == 1 && f.Stem != ""
	if answerKind(&f) == "visit" {
		p.Summary = p.To + "/summary"
	}
	for i := range f.Versions {
		p.Versions = append(p.Versions, v.versionRow(f.Versions[i], p.Manage))
	}
	if p.Manage {
		v.publishing(p, &f)
	}
	if done := v.r.FormValue("done"); done == "publish" || done == "retire" {
		p.Done = v.words.T("form.done." + done)
	}
	v.render(status, "form", p)
	return nil
}

func (v *visit) versionRow(x core.FormVersion, manage bool) versionRow {
	q := "?" + url.Values{"version": {x.Version}}.Encode()
	to := formURL(x.FormID)
	row := versionRow{
		Version: x.Version, State: v.formState(x.State), On: x.State == "published", Questions: x.Questions, Areas: v.placeNames(x.Areas),
		Preview: to + "/preview" + q, Workbook: to + "/workbook" + q, XForm: to + "/xform" + q, Retire: manage && x.State == "published",
	}
	row.Published = shortDay(x.Published)
	var roles []string
	for _, r := range x.Roles {
		roles = append(roles, v.words.T("role."+r))
	}
	row.Roles = v.join(roles)
	if x.State == "published" && len(roles) == 0 {
		row.Roles = v.words.T("form.everybody")
	}
	if x.State != survey.Shipped {
		row.Record = recordURL(x.Ref)
	}
	return row
}

func shortDay(text string) string {
	if len(text) < 10 {
		return ""
	}
	return text[:10]
}

// publishing offers the versions, regions and roles to choose from, as the
// version that is used now has them.
func (v *visit) publishing(p *formPage, f *survey.Form) {
	now := f.Newest()
	for _, x := range f.Versions {
		if x.State != survey.Shipped {
			p.Choices = append(p.Choices, option{x.Version, x.Version + " · " + v.formState(x.State), len(p.Choices) == 0})
		}
	}
	areas := now.Areas
	if len(areas) == 0 {
		areas = v.person.Scope
	}
	p.Places = v.placeOptions(areas)
	var rest []string
	for _, a := range areas {
		if !slices.ContainsFunc(p.Places, func(o placeOption) bool { return o.Value == a }) {
			rest = append(rest, a)
		}
	}
	p.Codes = strings.Join(rest, " ")
	for _, r := range []core.Role{core.FieldWorker, core.Trainer, core.Supervisor} {
		p.Roles = append(p.Roles, option{string(r), v.words.T("role." + string(r)), slices.Contains(now.Roles, string(r))})
	}
}

// placeOptions are the person's regions and those within, down to counties; a
// county's are its townships.
func (v *visit) placeOptions(chosen []string) (out []placeOption) {
	regions := v.cfg.Regions()
	var walk func(code string, depth int)
	walk = func(code string, depth int) {
		place, ok := regions.Find(core.PadRegion(code))
		if !ok {
			return
		}
		prefix := prefixOf(place.Code)
		out = append(out, placeOption{option{prefix, place.Short(), slices.Contains(chosen, prefix)}, depth})
		if depth > 1 || depth == 1 && place.Level != "prefecture" {
			return
		}
		for _, inner := range regions.Children(place.Code) {
			if !inner.Placeholder() {
				walk(inner.Code, depth+1)
			}
		}
	}
	for _, s := range v.person.Scope {
		walk(s, 0)
	}
	return out
}

// publishForm gives a version out.
func (v *visit) publishForm() error {
	x, err := v.version()
	if err != nil {
		return err
	}
	areas := core.Scope(v.r.PostForm["area"])
	if v.r.PostForm.Get("region") != "" {
		more, err := v.scopeForm()
		if err != nil {
			return v.refusedForm(err)
		}
		areas = append(areas, more...)
	}
	if err := v.library().Publish(v.ctx, x, areas, v.r.PostForm["role"], v.cfg.Now()); err != nil {
		return v.refusedForm(err)
	}
	return v.back(formURL(x.FormID) + "?done=publish")
}

// refusedForm shows what was wrong beside the form that was filled in.
func (v *visit) refusedForm(err error) error {
	if r := refusalOf(err); r != nil && (r.Reason == core.Invalid || r.Reason == core.Missing || r.Key == "refuse.region.other") {
		return v.formPage(r.Reason.Status(), v.sentence(r))
	}
	return err
}

func (v *visit) retireForm() error {
	x, err := v.version()
	if err != nil {
		return err
	}
	if err := v.library().Retire(v.ctx, x); err != nil {
		return err
	}
	return v.back(formURL(x.FormID) + "?done=retire")
}

// version gives the version that the address or the form names.
func (v *visit) version() (core.FormVersion, error) {
	if err := v.r.ParseForm(); err != nil {
		return core.FormVersion{}, core.Refuse(core.TooLarge, "", "refuse.size")
	}
	f, err := v.found()
	if err != nil {
		return core.FormVersion{}, err
	}
	return f.Version(v.r.Form.Get("version"))
}

// workbook gives a version's workbook, to be opened in Excel.
func (v *visit) workbook() error {
	x, err := v.version()
	if err != nil {
		return err
	}
	b, err := v.library().Workbook(v.ctx, x)
	if err != nil {
		return err
	}
	v.download(x.FormID+"-"+x.Version+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	_, err = v.w.Write(b)
	return err
}

// xform gives a version as an ODK XForm.
func (v *visit) xform() error {
	x, err := v.version()
	if err != nil {
		return err
	}
	f, err := v.library().Open(v.ctx, x)
	if err != nil {
		return err
	}
	v.download(x.FormID+"-"+x.Version+".xml", "application/xml")
	_, err = v.w.Write(f.XForm())
	return err
}

// download heads an answer that is a file. The name may hold any letter: what
// a header can't carry travels in the encoded form.
func (v *visit) download(name, mediaType string) {
	plain := strings.Map(func(r rune) rune {
		if r > '~' || r < ' ' || strings.ContainsRune(`"\/;%`, r) {
			return '_'
		}
		return r
	}, name)
	v.w.Header().Set("Content-Disposition", `attachment; filename="`+plain+`"; filename*=UTF-8''`+url.PathEscape(name))
	v.w.Header().Set("Content-Type", mediaType)
}
