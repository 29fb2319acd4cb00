package form

import (
	"regexp"
	"strings"
)

// compiled is what running an item needs.
type compiled struct {
	relevant   *Expr
	calculate  *Expr
	constraint *Expr
	required   *Expr
	readonly   *Expr
	count      *Expr // number of instances of a repeat
	initial    *Expr // dynamic default
	filter     *Expr
	seed       *Expr
	label      template
	hint       template
	guidance   template
	failed     template // constraint message
	missing    template // required message
	choices    *List
	dependents []dependent // what to compute again when this item's value changes
	relCell    int         // cells, -1 if none
	calcCell   int
	setBy      []*Item // items set when this one changes
	volatile   bool    // the calculation gives another result each time
}

// template is a text per language with its ${references} parted out.
type template map[string][]piece

// piece is a bit of text, or an expression whose value stands there.
type piece struct {
	text string
	expr *Expr
}

// finish checks and compiles the items once all rows are read.
func (r *reader) finish() {
	f := r.form
	f.byName = map[string][]*Item{}
	if f.Root == nil {
		return
	}
	r.checkNames()
	r.checkTranslations()
	r.checkGeo()
	r.expandLoops(f.Root)
	r.addMeta()
	r.index(f.Root)
	f.Langs = r.languages()
	r.shapeLists()
	for _, it := range f.items {
		r.compileItem(it)
	}
	r.compileName()
	for _, it := range f.items {
		r.setTriggers(it)
	}
	r.checkControls()
	r.checkInstances()
	if len(r.report.Errors) == 0 {
		f.engine = newEngine(f)
		r.cycles()
	}
}

// languages are those of labels, the default one first.
func (r *reader) languages() []string {
	var out []string
	for _, l := range r.langs {
		if l == r.form.Lang {
			out = append([]string{l}, out...)
		} else {
			out = append(out, l)
		}
	}
	return out
}

func (r *reader) index(it *Item) {
	it.index = len(r.form.items)
	r.form.items = append(r.form.items, it)
	r.form.byName[it.Name] = append(r.form.byName[it.Name], it)
	for _, k := range it.Children {
		k.Parent = it
		r.index(k)
	}
}

// expandLoops turns a loop into one group per choice.
func (r *reader) expandLoops(it *Item) {
	for _, k := range it.Children {
		r.expandLoops(k)
	}
	if it.kind != "loop" {
		return
	}
	it.Type = "group"
	kids := it.Children
	it.Children = nil
	for _, c := range it.columns {
		if c.Name == "none" || r.tooMany(kids) {
			continue
		}
		if !isXMLName(c.Name) {
			r.bad("choices", c.Row, "name", "form.name.bad", "name", c.Name)
			continue
		}
		g := &Item{Name: c.Name, Type: "group", Label: c.Label, Parent: it}
		for _, k := range kids {
			g.Children = append(g.Children, k.copyFor(c))
		}
		it.Children = append(it.Children, g)
	}
}

// tooMany counts what a loop makes; loops in loops multiply.
func (r *reader) tooMany(kids []*Item) bool {
	for _, k := range kids {
		k.each(func(*Item) { r.made++ })
	}
	if r.made > 5*maxRows {
		r.bad("survey", 0, "", "form.survey.long", "max", itoa(5*maxRows))
		return true
	}
	return false
}

// copyFor copies an item of a loop; %(name)s and %(label)s stand for the choice's.
func (it *Item) copyFor(c *Choice) *Item {
	k := *it
	k.Label = nil
	for _, tr := range it.Label {
		label, _ := c.Label.In(tr.Lang)
		if label == "" {
			label = c.Label.plain()
		}
		k.Label.set(tr.Lang, strings.NewReplacer("%(name)s", c.Name, "%(label)s", label).Replace(tr.Text))
	}
	k.Children = nil
	for _, child := range it.Children {
		k.Children = append(k.Children, child.copyFor(c))
	}
	return &k
}

// compileItem compiles the expressions of one item and reports what can't be read.
func (r *reader) compileItem(it *Item) {
	c := &it.run
	c.relevant = r.expr(it, "bind::relevant", it.bind.get("relevant"), false)
	calc := it.bind.get("calculate")
	c.calculate = r.expr(it, "bind::calculate", calc, false)
	c.constraint = r.expr(it, "bind::constraint", constraintOf(it), false)
	c.required = r.truthExpr(it, "bind::required", it.bind.get("required"))
	c.readonly = r.truthExpr(it, "bind::readonly", it.bind.get("readonly"))
	c.volatile = volatileCall.MatchString(calc)
	if it.IsRepeat() {
		c.count = r.expr(it, "control::jr:count", it.control.get("jr:count"), false)
	}
	if it.dynamic {
		c.initial = r.expr(it, "default", it.Default, false)
	}
	if it.Filter != "" && !it.query {
		c.filter = r.filterExpr(it)
	}
	if seed := it.Parameters["seed"]; seed != "" {
		c.seed = r.expr(it, "parameters", seed, false)
	}
	c.label = r.template(it, it.Label)
	c.hint = r.template(it, it.hintText())
	c.guidance = r.template(it, it.Guidance)
	c.failed = r.template(it, it.constraint)
	c.missing = r.template(it, it.required)
	r.checkSource(it)
	c.choices = r.form.Lists[it.List]
	if it.query {
		c.choices = r.form.External[it.List]
	}
}

// checkSource reports a question whose choices come from answers that don't exist.
func (r *reader) checkSource(it *Item) {
	name, ok := wholeReference(it.List)
	if !ok {
		return
	}
	switch n := len(r.form.byName[name]); {
	case n == 0:
		r.bad("survey", it.Row, "type", "form.reference.missing", "name", name)
	case n > 1:
		r.bad("survey", it.Row, "type", "form.reference.twice", "name", name)
	}
}

// filterExpr compiles a choice filter. Where the choices come from a repeat, paths into the repeat start at the choice.
func (r *reader) filterExpr(it *Item) *Expr {
	if !hasReference(it.List) {
		return r.expr(it, "choice_filter", it.Filter, true)
	}
	x := &xform{form: r.form}
	nodes, _, _, _ := x.fromAnswers(it)
	return r.expr(it, "choice_filter", x.filter(it, nodes), true)
}

// volatileCall finds functions that give another result each time.
var volatileCall = regexp.MustCompile(`\b(random|uuid|now|randomize)\s*\(`)

// constraintOf joins the type's own constraint with the row's; the row's wins.
func constraintOf(it *Item) string {
	if own := it.bind.get("constraint"); own != "" {
		return own
	}
	return it.info.constrain
}

// truthExpr compiles a cell that may say yes or no instead of holding an expression.
func (r *reader) truthExpr(it *Item, column, text string) *Expr {
	if yes, ok := yesNo[text]; ok {
		if !yes {
			return nil
		}
		text = "true()"
	}
	return r.expr(it, column, text, false)
}

// expr resolves and compiles one expression.
func (r *reader) expr(it *Item, column, text string, filter bool) *Expr {
	if strings.TrimSpace(text) == "" {
		return nil
	}
	src := r.resolve(it, convertYesNo(strings.TrimPrefix(column, "bind::"), text), filter)
	e, err := Compile(src)
	if err != nil {
		m, _ := err.(Message)
		if column == "default" {
			r.warnMessage("survey", it.Row, column, m)
			return nil
		}
		r.badMessage("survey", it.Row, columnHead(column), m)
		return nil
	}
	for _, id := range e.instanceNames() {
		if !r.knownInstance(id) {
			r.warn("survey", it.Row, columnHead(column), "form.instance.missing", "name", id)
		}
	}
	for _, name := range e.foreign() {
		r.warn("survey", it.Row, columnHead(column), "form.function.foreign", "name", name)
	}
	return e
}

// knownInstance says whether a list, a file or a list of records has a name.
func (r *reader) knownInstance(id string) bool {
	if id == "__last-saved" || r.form.Lists[id] != nil || r.isEntityList(id) {
		return true
	}
	if r.sourceIDs == nil {
		r.sourceIDs = map[string]bool{}
		for _, s := range r.form.sources() {
			r.sourceIDs[s.id] = true
		}
	}
	return r.sourceIDs[id]
}

// columnHead names a column as the standard does.
func columnHead(column string) string {
	switch column {
	case "bind::calculate":
		return "calculation"
	case "bind::jr:constraintMsg":
		return "constraint_message"
	case "bind::jr:requiredMsg":
		return "required_message"
	case "bind::readonly":
		return "read_only"
	case "control::jr:count":
		return "repeat_count"
	}
	return strings.TrimPrefix(column, "bind::")
}

// resolve replaces references; those that lead nowhere have been reported where they stand.
func (r *reader) resolve(it *Item, text string, filter bool) string {
	x := &resolver{form: r.form, from: it}
	out := x.resolve(text, filter)
	for _, name := range x.missing {
		if r.names[name] == 1 { // the rows of a loop exist once per choice
			r.bad("survey", it.Row, "", "form.reference.twice", "name", name)
		}
	}
	return out
}

// template parts a text in all its languages.
func (r *reader) template(it *Item, text Text) template {
	if len(text) == 0 {
		return nil
	}
	t := template{}
	for _, tr := range text {
		t[tr.Lang] = r.pieces(it, tr.Text)
	}
	return t
}

func (r *reader) pieces(it *Item, s string) []piece {
	var out []piece
	parts, _ := textParts(s)
	for _, p := range parts {
		if !p.expr {
			out = append(out, piece{text: p.text})
			continue
		}
		e, err := Compile(r.resolve(it, p.text, false))
		if m, bad := err.(Message); bad && it.Row > 0 {
			r.warnMessage("survey", it.Row, "", m)
		}
		if err == nil {
			out = append(out, piece{expr: e})
		}
	}
	return out
}

// setTriggers registers the items that are set when their triggers change.
func (r *reader) setTriggers(it *Item) {
	if it.IsSection() {
		return // a group has no value to set
	}
	for _, name := range it.Triggers {
		found := r.form.byName[name]
		if len(found) == 0 || found[0].IsSection() {
			r.bad("survey", it.Row, "trigger", "form.reference.missing", "name", name)
			continue
		}
		found[0].run.setBy = append(found[0].run.setBy, it)
	}
}
