package form

import "strings"

// Expr is a compiled expression. It is immutable and may be used by several interviews at once.
type Expr struct {
	Source string
	top    expr
}

// maxDepth bounds how deep an expression nests.
const maxDepth = 400

// parser reads tokens by recursive descent, one function per line of the XPath 1.0 grammar.
type parser struct {
	src   string
	toks  []token
	at    int
	depth int
	late  bool // a wrong call is an error only when it is made
}

// Compile parses an expression. The error points at the character.
func Compile(src string) (*Expr, error) { return compile(src, false) }

// compile leaves calls of unknown functions alone when late, because a tool that fills in a form never finds out about
// those that and, or and if() pass over.
func compile(src string, late bool) (*Expr, error) {
	toks, err := lex(src)
	if err != nil {
		return nil, err
	}
	p := &parser{src: src, toks: toks, late: late}
	top, err := p.or()
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != tokEnd {
		return nil, p.unexpected(t)
	}
	return &Expr{Source: src, top: top}, nil
}

func (p *parser) peek() token { return p.toks[p.at] }

func (p *parser) ahead(n int) token {
	if p.at+n < len(p.toks) {
		return p.toks[p.at+n]
	}
	return p.toks[len(p.toks)-1]
}

func (p *parser) take() token {
	t := p.toks[p.at]
	if t.kind != tokEnd {
		p.at++
	}
	return t
}

// is says whether the next token is the sign s.
func (p *parser) is(s string) bool {
	t := p.peek()
	return t.kind == tokSign && t.text == s
}

// accept takes the sign s if it is next.
func (p *parser) accept(s string) bool {
	if p.is(s) {
		p.at++
		return true
	}
	return false
}

func (p *parser) expect(s string) error {
	if p.accept(s) {
		return nil
	}
	return exprError(p.src, p.peek().at, "expression.expected", "sign", s)
}

func (p *parser) unexpected(t token) error {
	if t.kind == tokEnd {
		return exprError(p.src, t.at, "expression.end")
	}
	text := t.text
	if t.kind == tokText {
		text = "'" + text + "'"
	}
	return exprError(p.src, t.at, "expression.unexpected", "word", text)
}

// left reads operands joined by operators of one rank.
func (p *parser) left(operand func() (expr, error), ops ...string) (expr, error) {
	a, err := operand()
	if err != nil {
		return nil, err
	}
	for {
		op, ok := p.acceptOne(ops)
		if !ok {
			return a, nil
		}
		b, err := operand()
		if err != nil {
			return nil, err
		}
		a = newBinary(op, a, b)
	}
}

func (p *parser) acceptOne(ops []string) (string, bool) {
	for _, op := range ops {
		if p.accept(op) {
			return op, true
		}
	}
	return "", false
}

func (p *parser) or() (expr, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, exprError(p.src, p.peek().at, "expression.deep")
	}
	defer func() { p.depth-- }()
	return p.left(p.and, "or")
}
func (p *parser) and() (expr, error)      { return p.left(p.equality, "and") }
func (p *parser) equality() (expr, error) { return p.left(p.relation, "=", "!=") }
func (p *parser) relation() (expr, error) { return p.left(p.sum, "<", "<=", ">", ">=") }
func (p *parser) sum() (expr, error)      { return p.left(p.product, "+", "-") }
func (p *parser) product() (expr, error)  { return p.left(p.unary, "*", "div", "mod") }

func (p *parser) unary() (expr, error) {
	minus := 0
	for p.accept("-") {
		minus++
	}
	e, err := p.left(p.path, "|")
	for ; err == nil && minus > 0; minus-- {
		e = negExpr{e}
	}
	return e, err
}

// path reads a location path or a filtered primary with a path behind it.
func (p *parser) path() (expr, error) {
	t := p.peek()
	if t.kind == tokSign && (t.text == "/" || t.text == "//") {
		return p.absolute()
	}
	if !p.primaryNext() {
		steps, err := p.steps(nil)
		if err != nil {
			return nil, err
		}
		return &pathExpr{steps: steps}, nil
	}
	base, err := p.primary()
	if err != nil {
		return nil, err
	}
	preds, err := p.predicates()
	if err != nil {
		return nil, err
	}
	if len(preds) > 0 {
		base = &filterExpr{base: base, preds: preds}
	}
	if !p.is("/") && !p.is("//") {
		return base, nil
	}
	steps, err := p.more(nil)
	if err != nil {
		return nil, err
	}
	return &pathExpr{base: base, steps: steps}, nil
}

func (p *parser) absolute() (expr, error) {
	path := &pathExpr{absolute: true}
	if p.accept("//") {
		path.steps = append(path.steps, anyDescendant())
	} else {
		p.at++
		if !p.stepNext() {
			return path, nil
		}
	}
	steps, err := p.steps(path.steps)
	path.steps = steps
	return path, err
}

// steps reads a step and those behind it.
func (p *parser) steps(into []step) ([]step, error) {
	s, err := p.step()
	if err != nil {
		return nil, err
	}
	return p.more(append(into, s))
}

func (p *parser) more(into []step) ([]step, error) {
	for {
		if p.accept("//") {
			into = append(into, anyDescendant())
		} else if !p.accept("/") {
			return into, nil
		}
		s, err := p.step()
		if err != nil {
			return nil, err
		}
		into = append(into, s)
	}
}

func anyDescendant() step { return step{axis: axisDescendantOrSelf, test: testNode} }

// primaryNext tells a primary expression from the start of a path.
func (p *parser) primaryNext() bool {
	t := p.peek()
	switch t.kind {
	case tokNumber, tokText:
		return true
	case tokSign:
		return t.text == "(" || t.text == "$"
	case tokName:
		next := p.ahead(1)
		if next.kind != tokSign || next.text != "(" {
			return false
		}
		return !isNodeType(t.text)
	}
	return false
}

func isNodeType(s string) bool {
	return s == "node" || s == "text" || s == "comment" || s == "processing-instruction"
}

func (p *parser) stepNext() bool {
	t := p.peek()
	if t.kind == tokName {
		return true
	}
	return t.kind == tokSign && (t.text == "." || t.text == ".." || t.text == "@" || t.text == "*")
}

func (p *parser) primary() (expr, error) {
	t := p.take()
	switch {
	case t.kind == tokNumber:
		return numExpr(t.num), nil
	case t.kind == tokText:
		return textExpr(t.text), nil
	case t.text == "(" && t.kind == tokSign:
		e, err := p.or()
		if err != nil {
			return nil, err
		}
		return groupExpr{e}, p.expect(")")
	case t.text == "$" && t.kind == tokSign:
		name := p.take()
		return nil, exprError(p.src, t.at, "expression.variable", "name", name.text)
	}
	return p.call(t)
}

func (p *parser) call(name token) (expr, error) {
	p.at++ // the bracket that primaryNext saw
	var args []expr
	for !p.is(")") {
		arg, err := p.or()
		if err != nil {
			return nil, err
		}
		args = append(args, arg)
		if !p.accept(",") {
			break
		}
		if p.is(")") {
			return nil, p.unexpected(p.peek())
		}
	}
	if err := p.expect(")"); err != nil {
		return nil, err
	}
	def, err := p.function(name, len(args))
	if err != nil && !p.late {
		return nil, err
	}
	if err != nil {
		def.call = func(c *evaluation, _ []expr) value { return c.env.broken(err) }
	}
	return &callExpr{name: name.text, call: def.call, args: args}, nil
}

func (p *parser) predicates() ([]expr, error) {
	var preds []expr
	for p.accept("[") {
		e, err := p.or()
		if err != nil {
			return nil, err
		}
		preds = append(preds, e)
		if err := p.expect("]"); err != nil {
			return nil, err
		}
	}
	return preds, nil
}

// step reads one step of a path.
func (p *parser) step() (step, error) {
	s := step{axis: axisChild}
	switch {
	case p.accept("."):
		s.axis, s.test = axisSelf, testNode
		return p.withPredicates(s)
	case p.accept(".."):
		s.axis, s.test = axisParent, testNode
		return p.withPredicates(s)
	case p.accept("@"):
		s.axis = axisAttribute
	case p.ahead(1).kind == tokSign && p.ahead(1).text == "::":
		t := p.take()
		axis, ok := axes[t.text]
		if !ok || t.kind != tokName {
			return s, exprError(p.src, t.at, "expression.axis", "name", t.text)
		}
		p.at++
		s.axis = axis
	}
	if err := p.nodeTest(&s); err != nil {
		return s, err
	}
	return p.withPredicates(s)
}

func (p *parser) withPredicates(s step) (step, error) {
	preds, err := p.predicates()
	s.preds = preds
	return s, err
}

func (p *parser) nodeTest(s *step) error {
	t := p.take()
	switch {
	case t.kind == tokSign && t.text == "*":
		s.test = testAny
	case t.kind == tokName && isNodeType(t.text) && p.is("("):
		return p.typeTest(s, t.text)
	case t.kind == tokName || t.kind == tokSign && (t.text == "and" || t.text == "or" || t.text == "div" || t.text == "mod"):
		s.test = testName
		s.name = t.text
		if prefix, local, ok := strings.Cut(t.text, ":"); ok {
			s.prefix, s.name = prefix, local
			if local == "*" {
				s.test = testSpace
			}
		}
	default:
		return p.unexpected(t)
	}
	return nil
}

func (p *parser) typeTest(s *step, name string) error {
	p.at++
	s.test = map[string]nodeTest{"node": testNode, "text": testText, "comment": testComment, "processing-instruction": testInstruction}[name]
	if t := p.peek(); t.kind == tokText && s.test == testInstruction {
		s.name = p.take().text
	}
	return p.expect(")")
}
