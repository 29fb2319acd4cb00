package console

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"muqu/core"
	"muqu/core/change"
	"muqu/core/store"
)

type recordPage struct {
	Frame
	Ref       core.Ref
	Name      string
	Place     string
	Deleted   bool
	Fields    []fieldRow
	Conflicts []conflictRow
	Related   []Link
	History   []historyRow
	Moves     []option
	Seen      change.Seen
	MayEdit   bool
	Unmasked  bool
	Problem   string
	Saved     bool
	Merged    mergedPart
	Later     int // files that have not arrived
	Places    []option
}

type fieldRow struct {
	Name     string
	Label    string
	Shown    string
	Input    string // how it is edited: text, number, date, choice, area, region; "" where it isn't
	Value    string
	Was      string // as JSON, goes back with the form
	Options  []option
	Conflict bool
	Masked   bool
	Files    []shownFile
	Blank    bool // there is nothing to print
}

type historyRow struct {
	Position change.Position
	At       string
	Author   string
	Device   string
	Verdict  string
	Bad      bool
	Unsure   bool
	Knew     string // up to where the author had seen
	Writes   []historyWrite
}

type historyWrite struct {
	Label, Was, Value string
	After             []sightRow // who wrote the field next
}

type sightRow struct {
	Text string
	Saw  bool
}

func (v *visit) ref() (core.Ref, error) {
	id, err := change.ParseRecordID(v.r.PathValue("id"))
	if err != nil {
		return core.Ref{}, core.Refuse(core.NotFound, "", "refuse.absent")
	}
	return core.Ref{Kind: v.r.PathValue("kind"), ID: id}, nil
}

// record shows one record with everything that ever happened to it.
func (v *visit) record() error { return v.recordPage(http.StatusOK, false, "") }

// unmask shows the record with whole identity numbers, after noting who looks.
func (v *visit) unmask() error {
	ref, err := v.ref()
	if err != nil {
		return err
	}
	if err := v.desk.Unmask(v.ctx, ref); err != nil {
		return err
	}
	return v.recordPage(http.StatusOK, true, "")
}

func (v *visit) recordPage(status int, unmasked bool, problem string) error {
	ref, err := v.ref()
	if err != nil {
		return err
	}
	r, found, err := v.desk.Get(v.ctx, ref)
	if err != nil {
		return err
	}
	if !found {
		return core.Refuse(core.NotFound, "", "refuse.absent")
	}
	history, err := v.desk.History(v.ctx, ref)
	if err != nil {
		return err
	}
	v.readQuestions(&r)
	p := &recordPage{
		Frame: v.frame("kind." + ref.Kind), Ref: ref, Name: v.title(&r), Deleted: r.Deleted, Seen: r.Seen,
		MayEdit: v.person.Role.MayWrite(ref.Kind) && !ownPage(ref.Kind), Unmasked: unmasked, Problem: problem, Saved: v.r.FormValue("saved") != "",
	}
	for _, pl := range v.cfg.Regions().Path(r.Region) {
		p.Place += pl.Short() + " "
	}
	p.Fields, p.Later = v.fields(&r, unmasked), v.later(&r)
	if p.MayEdit && slices.ContainsFunc(p.Fields, func(f fieldRow) bool { return f.Input == "region" }) {
		p.Places = v.places()
	}
	for _, c := range core.ConflictsOf(r) {
		p.Conflicts = append(p.Conflicts, v.conflictRow(c))
	}
	if p.Merged, err = v.merged(&r); err != nil {
		return err
	}
	if p.Related, err = v.related(&r); err != nil {
		return err
	}
	sights := v.desk.Sights(history)
	for i := len(history) - 1; i >= 0; i-- {
		p.History = append(p.History, v.historyRow(&history[i], sights[history[i].Position]))
	}
	v.render(status, "record", p)
	return nil
}

// fields lists the declared fields, then what else the record holds.
func (v *visit) fields(r *core.Record, unmasked bool) []fieldRow {
	k := core.KindOf(r.Kind)
	var out []fieldRow
	done := make(map[string]bool)
	add := func(name string) {
		if !done[name] && !core.TellsEntities(r.Kind, name) {
			out = append(out, v.fieldRow(k, r, k.Field(name), unmasked))
		}
		done[name] = true
	}
	for _, f := range k.Fields {
		add(f.Name)
	}
	for _, name := range v.inFormOrder(sortedKeys(r.Fields)) {
		add(name)
	}
	return out
}

func (v *visit) fieldRow(k *core.Kind, r *core.Record, f core.Field, unmasked bool) fieldRow {
	value := r.Field(f.Name)
	_, open := r.ConflictOf(f.Name)
	row := fieldRow{Name: f.Name, Label: v.fieldLabel(r.Kind, f.Name), Value: textOf(value), Conflict: open}
	row.Shown = v.show(f, value)
	if whole := v.showOpen(f, value); whole != row.Shown {
		row.Masked = !unmasked
		if unmasked {
			row.Shown = whole
		}
	}
	var hidden bool
	if row.Files, hidden = v.files(r.Ref, f, value, unmasked); hidden {
		row.Masked = true
	}
	row.Blank = row.Shown == "" && len(row.Files) == 0
	// A field in conflict is edited only where all its values show.
	if !open && !row.Masked && !f.Fixed && (k.Flow == nil || f.Name != k.Flow.Field) {
		row.Input = inputOf(f)
	}
	if b, err := value.MarshalJSON(); err == nil {
		row.Was = string(b)
	}
	if f.Type == core.YesNo {
		words := []string{"true", "false"}
		if s := value.Str(); s == "yes" || s == "no" { // as a form's choice
			words = []string{"yes", "no"}
		}
		for i, word := range words {
			row.Options = append(row.Options, option{word, v.yesNo(change.Bool(i == 0)), row.Value == word})
		}
	}
	if f.Type == core.FormName && row.Input != "" {
		row.Options = v.formOptions(value.Str())
	}
	if f.Type == core.Choice {
		for _, c := range v.choices(f) {
			row.Options = append(row.Options, option{c, v.words.Choice(f.List, c), c == value.Str()})
		}
	}
	if k.Flow != nil && f.Name == k.Flow.Field && !open {
		row.Input = "choice"
		row.Options = []option{{value.Str(), row.Shown, true}}
		for _, to := range k.Flow.Next(v.person.Role, value.Str()) {
			row.Options = append(row.Options, option{to, v.words.Choice(f.List, to), false})
		}
	}
	return row
}

func inputOf(f core.Field) string {
	switch f.Type {
	case core.Integer, core.Decimal, core.Money:
		return "number"
	case core.Date:
		return "date"
	case core.Choice, core.YesNo, core.FormName:
		return "choice"
	case core.Text:
		if f.Name == "remark" || f.Name == "detail" {
			return "area"
		}
		return "text"
	case core.Region:
		return "region"
	case core.Phone, core.IDCard, core.USCC, core.Time:
		return "text"
	}
	return ""
}

// places lists provinces down to townships, to choose from by code or name.
func (v *visit) places() (out []option) {
	regions := v.cfg.Regions()
	var below func(code, under string)
	below = func(code, under string) {
		for _, p := range regions.Children(code) {
			name := strings.TrimSpace(under + " " + p.Short())
			out = append(out, option{Value: p.Code, Label: name})
			if p.Level != "township" {
				below(p.Code, name)
			}
		}
	}
	below("", "")
	return out
}

// edit saves what was changed in the form, as of what the form showed.
func (v *visit) edit() error {
	ref, err := v.ref()
	if err != nil {
		return err
	}
	e, err := v.formEdit(ref)
	if err == nil && len(e.Set) > 0 {
		_, err = v.desk.Commit(v.ctx, []core.Edit{e})
	}
	if r := refusalOf(err); r != nil && r.Reason == core.Invalid {
		return v.recordPage(r.Reason.Status(), false, v.sentence(r))
	}
	if err != nil {
		return err
	}
	return v.back(recordURL(ref) + "?saved=1")
}

// formEdit reads the fields whose text differs from what the form showed.
func (v *visit) formEdit(ref core.Ref) (core.Edit, error) {
	now, found, err := v.desk.Get(v.ctx, ref)
	if err != nil {
		return core.Edit{}, err
	}
	if !found {
		return core.Edit{}, core.Refuse(core.NotFound, "", "refuse.absent")
	}
	if err := v.r.ParseForm(); err != nil {
		return core.Edit{}, core.Refuse(core.TooLarge, "", "refuse.size")
	}
	e := core.Edit{Ref: ref, From: now, Set: make(map[string]change.Value)}
	e.From.Seen = seenOf(v.r.PostForm)
	for name := range v.r.PostForm {
		f := core.KindOf(ref.Kind).Field(name)
		var was change.Value
		if text := v.r.PostForm.Get("was." + name); text == "" || was.UnmarshalJSON([]byte(text)) != nil {
			continue
		}
		e.From.Fields[name] = was
		typed := v.r.PostForm.Get(name)
		if typed == textOf(was) {
			continue
		}
		if e.Set[name], err = core.Parse(f, typed); err != nil {
			return e, err
		}
	}
	return e, nil
}

func seenOf(form url.Values) change.Seen {
	epoch, _ := strconv.ParseUint(form.Get("seen.epoch"), 10, 63)
	position, _ := strconv.ParseUint(form.Get("seen.position"), 10, 63)
	return change.Seen{Epoch: change.Epoch(epoch), Position: change.Position(position)}
}

// related links to the records that refer to this one, and to those that it
// refers to.
func (v *visit) related(r *core.Record) ([]Link, error) {
	var out []Link
	for _, f := range core.KindOf(r.Kind).Fields {
		id, err := change.ParseRecordID(r.Text(f.Name))
		if f.Type != core.Reference || err != nil {
			continue
		}
		out = append(out, Link{Text: v.words.Field(r.Kind, f.Name), To: recordURL(core.Ref{Kind: f.To, ID: id})})
	}
	entities, err := v.entities(r)
	if err != nil {
		return nil, err
	}
	out = append(out, entities...)
	for _, k := range core.Kinds() {
		for _, f := range k.Fields {
			if f.Type != core.Reference || f.To != r.Kind || !f.Index {
				continue
			}
			n, err := v.desk.Count(v.ctx, core.Query{Kind: k.Name, Where: map[string]string{f.Name: r.ID.String()}})
			if err != nil {
				return nil, err
			}
			if n > 0 {
				out = append(out, Link{Text: v.words.Kind(k.Name) + " (" + strconv.Itoa(n) + ")", To: "/list/" + k.Name + "?" + f.Name + "=" + r.ID.String()})
			}
		}
	}
	return out, nil
}

// entities links to the records that the answers of a visit made and changed,
// those that the person may see.
func (v *visit) entities(r *core.Record) ([]Link, error) {
	if r.Kind != "visit" {
		return nil, nil
	}
	var out []Link
	linked := make(map[core.Ref]bool)
	list := core.VisitEntities(r)
	for i := range list {
		ref, ok := core.EntityRef(&list[i])
		if !ok || linked[ref] {
			continue
		}
		linked[ref] = true
		one, found, err := v.desk.Get(v.ctx, ref)
		if err != nil {
			return nil, err
		}
		if found {
			out = append(out, Link{Text: v.words.Kind(ref.Kind) + " " + v.title(&one), To: recordURL(ref)})
		}
	}
	return out, nil
}

func (v *visit) historyRow(l *store.Logged, sights map[string][]core.Sight) historyRow {
	row := historyRow{
		Position: l.Position, At: moment(l.Effective), Author: l.Author, Device: l.Device.String()[28:],
		Verdict: v.words.T("verdict." + l.Verdict.String()), Bad: l.Verdict != change.Applied, Unsure: l.Uncertain,
	}
	if row.Knew = v.words.T("console.knew.nothing"); l.Seen.Position > 0 {
		row.Knew = v.words.T("console.knew", "n", l.Seen.Position)
	}
	if l.Reason != "" {
		row.Verdict += " · " + v.words.T(l.Reason)
	}
	for _, f := range l.Fields {
		if core.TellsEntities(l.Kind, f.Name) {
			continue
		}
		w := historyWrite{Label: v.registerName(l.Kind, f.Name), Was: v.register(l.Kind, f.Name, f.Was), Value: v.register(l.Kind, f.Name, f.Value)}
		for _, s := range sights[f.Name] {
			key := "console.sight.not"
			if s.Saw {
				key = "console.sight.saw"
			}
			w.After = append(w.After, sightRow{v.words.T(key, "name", s.Author, "n", s.Position), s.Saw})
		}
		row.Writes = append(row.Writes, w)
	}
	return row
}

// ownPage says of which kinds the records are changed on a page of their own:
// a version of a form stays what was checked, tried and given out.
func ownPage(kind string) bool { return kind == "form" || kind == "program" }
