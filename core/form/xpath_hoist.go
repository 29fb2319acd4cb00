package form

// hoist evaluates the side of a comparison that doesn't depend on the filtered node once instead of for every node.
func hoist(c *evaluation, pred expr, n int) expr {
	b, ok := pred.(*binaryExpr)
	if !ok || n < 8 {
		return pred
	}
	switch b.op {
	case "and", "or":
		return &binaryExpr{op: b.op, a: hoist(c, b.a, n), b: hoist(c, b.b, n)}
	case "=", "!=", "<", "<=", ">", ">=":
		out := &binaryExpr{op: b.op, a: b.a, b: b.b}
		if fixed(c, b.a) {
			out.a = constExpr{b.a.eval(c)}
		}
		if fixed(c, b.b) {
			out.b = constExpr{b.b.eval(c)}
		}
		return out
	}
	return pred
}

// constExpr is a part that has been computed already.
type constExpr struct{ v value }

func (e constExpr) eval(*evaluation) value { return e.v }

// fixed says whether a part is a path that doesn't start at the context node.
func fixed(c *evaluation, e expr) bool {
	switch e := e.(type) {
	case groupExpr:
		return fixed(c, e.inner)
	case *pathExpr:
		call, ok := e.base.(*callExpr)
		return e.absolute && c.env.main != nil || ok && call.name == "current"
	}
	return false
}
