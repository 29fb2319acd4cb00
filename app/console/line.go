package console

import (
	"net/http"
	"strconv"
	"strings"

	"muqu/core"
	"muqu/core/change"
)

type linePage struct {
	Frame
	Year    int // this one
	Missing bool
	Years   []lineYear
	Places  []option // where the person may set a line
	Typed   core.Line
	Sure    *lineSure
	Problem string
	Saved   bool
}

// lineYear is the lines of a year, that of the widest region first.
type lineYear struct {
	Year int
	Rows []lineRow
}

type lineRow struct {
	Place, Amount, Source, To string
	Disputed                  bool
}

// lineSure asks whether a line that is there is to be replaced.
type lineSure struct {
	Place, Amount, Source     string
	WasAmount, WasSource, Was string // as JSON, of the year the last
	Seen                      change.Seen
}

// Label names a field of a line.
func (p *linePage) Label(field string) string { return p.words.Field("monitoring_line", field) }

// lines shows the monitoring lines by year and region.
func (v *visit) lines() error {
	return v.linePage(http.StatusOK, &linePage{Saved: v.r.FormValue("saved") != ""})
}

func (v *visit) linePage(status int, p *linePage) error {
	p.Frame, p.Year, p.Missing = v.frame("kinds.monitoring_line"), v.cfg.Now().In(beijing).Year(), true
	all, err := core.Lines(v.ctx, v.desk)
	if err != nil {
		return err
	}
	for i := range all {
		x := &all[i]
		if n := len(p.Years); n == 0 || p.Years[n-1].Year != x.Year {
			p.Years = append(p.Years, lineYear{Year: x.Year})
		}
		y := &p.Years[len(p.Years)-1]
		y.Rows = append(y.Rows, lineRow{v.cfg.Regions().Name(x.Region), x.Amount, x.Source, recordURL(x.Ref), x.Disputed})
		p.Missing = p.Missing && (x.Year != p.Year || x.Amount == "")
	}
	if p.Typed.Year == 0 {
		p.Typed.Year = p.Year
	}
	if v.person.Role.MayWrite("monitoring_line") {
		p.Places = v.linePlaces(p.Typed.Region)
	}
	v.render(status, "lines", p)
	return nil
}

// linePlaces lists the province, prefectures and counties of the person.
func (v *visit) linePlaces(chosen string) (out []option) {
	regions := v.cfg.Regions()
	var add func(code string)
	add = func(code string) {
		path, prefix := regions.Path(code), prefixOf(code)
		if len(path) == 0 || len(prefix) > 6 {
			return
		}
		label := path[len(path)-1].Short()
		if len(prefix) == 6 && len(path) > 1 { // a county is found by its own name, which comes first
			label += " · " + path[len(path)-2].Short()
		}
		out = append(out, option{core.PadRegion(code), label, core.PadRegion(code) == core.PadRegion(chosen) && chosen != ""})
		if len(prefix) < 6 {
			for _, pl := range regions.Children(code) {
				if len(prefixOf(pl.Code)) > len(prefix) { // whatever table was imported, this ends
					add(pl.Code)
				}
			}
		}
	}
	for _, s := range v.person.Scope {
		add(s)
	}
	return out
}

// setLine sets the line of a year in a region. One that is there is replaced
// only by who has seen it.
func (v *visit) setLine() error {
	if err := v.r.ParseForm(); err != nil {
		return core.Refuse(core.TooLarge, "", "refuse.size")
	}
	form := v.r.PostForm
	typed := core.Line{Region: form.Get("region"), Amount: strings.TrimSpace(form.Get("amount")), Source: strings.TrimSpace(form.Get("source"))}
	typed.Year, _ = strconv.Atoi(strings.TrimSpace(form.Get("year"))) // 0 is refused as a year
	e, err := core.SetLine(typed, func(ref core.Ref) (core.Record, bool, error) { return v.desk.Get(v.ctx, ref) })
	if err == nil && form.Get("sure") == "" {
		if sure := v.replaces(&e); sure != nil {
			return v.linePage(http.StatusOK, &linePage{Typed: typed, Sure: sure})
		}
	}
	if err == nil && form.Get("sure") != "" {
		asShown(&e, form.Get)
		e.From.Seen = seenOf(form)
	}
	if err == nil && dropSame(&e) {
		_, err = v.desk.Commit(v.ctx, []core.Edit{e})
	}
	if r := refusalOf(err); r != nil {
		return v.linePage(r.Reason.Status(), &linePage{Typed: typed, Problem: v.sentence(r)})
	}
	if err != nil {
		return err
	}
	return v.back("/lines?saved=1")
}

// replaces describes the line that an edit would overwrite, nil if there is
// none or it says the same.
func (v *visit) replaces(e *core.Edit) *lineSure {
	same := core.Edit{From: e.From, Set: make(map[string]change.Value)}
	for name, x := range e.Set {
		same.Set[name] = x
	}
	if e.From.Kind == "" || e.From.Deleted || !dropSame(&same) {
		return nil
	}
	s := &lineSure{Place: v.cfg.Regions().Name(e.Region), Amount: e.From.Text("amount"), Source: e.From.Text("source"), Seen: e.From.Seen}
	s.WasAmount, s.WasSource, s.Was = asJSON(e.From.Field("amount")), asJSON(e.From.Field("source")), asJSON(e.From.Field("year"))
	return s
}

func asJSON(x change.Value) string {
	b, err := x.MarshalJSON()
	if err != nil {
		return "null"
	}
	return string(b)
}

// asShown puts what the page showed in the place of what there is now.
func asShown(e *core.Edit, get func(string) string) {
	fields := make(map[string]change.Value)
	for _, name := range []string{"year", "amount", "source"} {
		var was change.Value
		if was.UnmarshalJSON([]byte(get("was."+name))) == nil {
			fields[name] = was
		}
	}
	e.From.Fields = fields
}

// dropSame leaves only what differs from what was there, and says whether that
// is anything.
func dropSame(e *core.Edit) bool {
	if e.From.Kind == "" || e.From.Deleted {
		return true
	}
	for name, x := range e.Set {
		if core.AnswerText(x) == core.AnswerText(e.From.Field(name)) {
			delete(e.Set, name)
		}
	}
	return len(e.Set) > 0
}
