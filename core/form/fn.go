package form

import "strconv"

// function is what an expression may call: how many values it takes (max -1: any number) and what it does. Arguments
// come unevaluated, because if() and once() must not compute what they don't return.
type function struct {
	min, max int
	call     func(c *evaluation, args []expr) value
}

// functions are all functions by name: XPath 1.0, ODK XForms, and those of JavaRosa and CHT that real forms use.
var functions = merge(coreFunctions, logicFunctions, textFunctions, mathFunctions, dateFunctions, nodeFunctions, geoFunctions, otherSystems)

func merge(sets ...map[string]function) map[string]function {
	all := map[string]function{}
	for _, set := range sets {
		for name, f := range set {
			all[name] = f
		}
	}
	return all
}

// function looks up a function that takes so many values.
func (p *parser) function(name token, args int) (function, error) {
	def, ok := functions[name.text]
	if !ok {
		return def, exprError(p.src, name.at, "expression.function", "name", name.text)
	}
	if args < def.min || def.max >= 0 && args > def.max {
		return def, exprError(p.src, name.at, "expression.arguments",
			"name", name.text, "want", arity(def), "got", strconv.Itoa(args))
	}
	return def, nil
}

func arity(d function) string {
	switch {
	case d.max < 0:
		return strconv.Itoa(d.min) + " or more"
	case d.min == d.max:
		return strconv.Itoa(d.min)
	}
	return strconv.Itoa(d.min) + " to " + strconv.Itoa(d.max)
}

// onText makes a function of one text.
func onText(f func(s string) value) function {
	return function{1, 1, func(c *evaluation, args []expr) value { return f(args[0].eval(c).str()) }}
}

// onTexts makes a function of two texts.
func onTexts(f func(a, b string) value) function {
	return function{2, 2, func(c *evaluation, args []expr) value {
		return f(args[0].eval(c).str(), args[1].eval(c).str())
	}}
}

// onNumber makes a function of one number.
func onNumber(f func(n float64) float64) function {
	return function{1, 1, func(c *evaluation, args []expr) value { return numValue(f(c.num(args[0].eval(c)))) }}
}

// constant makes a function that takes nothing and always gives the same.
func constant(v value) function {
	return function{0, 0, func(*evaluation, []expr) value { return v }}
}

// orContext gives the argument at i as text, or the context node's text when it was left out.
func orContext(c *evaluation, args []expr, i int) string {
	if i < len(args) {
		return args[i].eval(c).str()
	}
	if c.node == nil {
		return ""
	}
	return c.node.text()
}

// items lists what an argument holds: the texts of its nodes, or its one value.
func items(v value) []string {
	if v.kind != isNodes {
		return []string{v.str()}
	}
	out := make([]string, len(v.nodes))
	for i, n := range v.nodes {
		out[i] = n.text()
	}
	return out
}

// allItems lists what all arguments hold.
func allItems(c *evaluation, args []expr) []string {
	var out []string
	for _, a := range args {
		out = append(out, items(a.eval(c))...)
	}
	return out
}
