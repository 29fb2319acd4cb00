package console

import (
	"net/http"
	"net/url"

	"muqu/core"
	"muqu/core/change"
)

// createPage is a record that is not there yet.
type createPage struct {
	Frame
	ID      change.RecordID // so that a form sent twice makes one record
	Region  string
	Fields  []fieldRow
	Problem string
	Places  []option
}

// creatable reports whether records of a kind begin in the console. Most begin in
// the field.
func creatable(kind string) bool { return kind == "offer" }

func createURL(kind string) string { return "/new/" + url.PathEscape(kind) }

// create shows an empty record to fill in.
func (v *visit) create() error {
	kind, err := v.created()
	if err != nil {
		return err
	}
	r := core.Record{Ref: core.Ref{Kind: kind, ID: v.desk.NewID()}, Region: v.person.Scope.Home()}
	return v.createPage(http.StatusOK, &r, "")
}

// created gives the kind of the address, if the person may begin one.
func (v *visit) created() (string, error) {
	kind := v.r.PathValue("kind")
	if !creatable(kind) {
		return "", core.Refuse(core.NotFound, "", "refuse.absent")
	}
	if !v.person.Role.MayWrite(kind) {
		return "", core.Refuse(core.Forbidden, "", "refuse.role")
	}
	return kind, nil
}

func (v *visit) createPage(status int, r *core.Record, problem string) error {
	p := &createPage{Frame: v.frame("kind." + r.Kind), ID: r.ID, Region: r.Region, Problem: problem, Places: v.places()}
	for _, row := range v.fields(r, true) {
		if row.Input != "" {
			p.Fields = append(p.Fields, row)
		}
	}
	v.render(status, "create", p)
	return nil
}

// begin saves a new record.
func (v *visit) begin() error {
	kind, err := v.created()
	if err != nil {
		return err
	}
	if err := v.r.ParseForm(); err != nil {
		return core.Refuse(core.TooLarge, "", "refuse.size")
	}
	id, err := change.ParseRecordID(v.r.PostForm.Get("id"))
	if err != nil {
		return core.Refuse(core.Invalid, "", "refuse.absent")
	}
	ref := core.Ref{Kind: kind, ID: id}
	_, found, err := v.desk.Get(v.ctx, ref)
	if err != nil {
		return err
	}
	if !found {
		typed, err := v.save(ref)
		if r := refusalOf(err); r != nil && r.Reason != core.NotFound {
			return v.createPage(r.Reason.Status(), typed, v.sentence(r))
		}
		if err != nil {
			return err
		}
	}
	return v.back(recordURL(ref) + "?saved=1")
}

// save writes a new record and gives it as it was typed.
func (v *visit) save(ref core.Ref) (*core.Record, error) {
	e := core.Edit{Ref: ref, Region: v.r.PostForm.Get("region"), Set: make(map[string]change.Value)}
	typed := &core.Record{Ref: ref, Region: e.Region, Fields: make(map[string]change.Value)}
	var first error
	k := core.KindOf(ref.Kind)
	for _, f := range k.Fields {
		text := v.r.PostForm.Get(f.Name)
		value, err := core.Parse(k.Field(f.Name), text)
		if err != nil {
			value = change.Text(text)
			if first == nil {
				first = err
			}
		}
		if !value.IsNull() {
			e.Set[f.Name], typed.Fields[f.Name] = value, value
		}
	}
	if first == nil {
		_, first = v.desk.Commit(v.ctx, []core.Edit{e})
	}
	return typed, first
}
