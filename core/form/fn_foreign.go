package form

// foreignFunctions belong to one system and need its servers or tables. Forms that use them are read, with a warning;
// the functions give nothing.
var foreignFunctions = map[string]function{
	"z-score": nothing(), "cht:extension-lib": nothing(), "cht:z-score": nothing(), "cht:strip-whitespace": nothing(),
	"cht:validate-luhn": nothing(), "cht:to-bikram-sambat": nothing(), "to-bikram-sambat": nothing(), "cht:bikram-sambat": nothing(),
	"extract-signed": nothing(), "jr:itext-list": nothing(), "search": nothing(), "cht:difference-in-days-bs": nothing(),
}

// surveyCTO are the functions that only SurveyCTO has. Its forms can be read and filled in but for what these compute.
var surveyCTO = []string{"count-if", "sum-if", "min-if", "max-if", "join-if", "rank-index", "rank-index-if", "rank-value", "index",
	"item-at", "item-index", "item-present", "count-items", "de-duplicate", "empty", "relevant", "format-number", "linebreak",
	"duration", "device-info", "short-geopoint", "distance-between", "hash", "phone-call-log", "phone-call-duration",
	"collect-is-phone-app", "plug-in-metadata", "username", "choice-label", "choice-value"}

// otherSystems are the functions of all of them by name.
var otherSystems = foreignSystems()

func foreignSystems() map[string]function {
	all := map[string]function{}
	for _, name := range surveyCTO {
		all[name] = nothing()
	}
	return merge(all, foreignFunctions)
}

func nothing() function {
	return function{0, -1, func(*evaluation, []expr) value { return emptyValue() }}
}

// foreign lists the foreign functions that an expression calls.
func (e *Expr) foreign() []string {
	var out []string
	visit(e.top, func(c *callExpr) {
		if _, ok := otherSystems[c.name]; ok {
			out = append(out, c.name)
		}
	})
	return out
}

// instanceNames lists the instances that an expression names.
func (e *Expr) instanceNames() []string {
	var out []string
	visit(e.top, func(c *callExpr) {
		if c.name != "instance" {
			return
		}
		if id, ok := c.args[0].(textExpr); ok {
			out = append(out, string(id))
		}
	})
	return out
}

// visit hands every call in an expression to see.
func visit(e expr, see func(*callExpr)) {
	switch e := e.(type) {
	case groupExpr:
		visit(e.inner, see)
	case negExpr:
		visit(e.of, see)
	case *binaryExpr:
		visit(e.a, see)
		visit(e.b, see)
	case *callExpr:
		see(e)
		visitAll(e.args, see)
	case *filterExpr:
		visit(e.base, see)
		visitAll(e.preds, see)
	case *pathExpr:
		if e.base != nil {
			visit(e.base, see)
		}
		for _, s := range e.steps {
			visitAll(s.preds, see)
		}
	}
}

func visitAll(list []expr, see func(*callExpr)) {
	for _, e := range list {
		visit(e, see)
	}
}
