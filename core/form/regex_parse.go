package form

import (
	"errors"
	"strconv"
	"strings"
)

// patternParser reads a pattern by recursive descent.
type patternParser struct {
	src    []rune
	at     int
	groups int
	depth  int
	fold   bool
}

var errPattern = errors.New("pattern can't be read")

// newBacktracker parses a pattern.
func newBacktracker(pattern string) (*backtracker, error) {
	p := &patternParser{src: []rune(pattern)}
	top, err := p.alternatives()
	if err != nil {
		return nil, err
	}
	if p.at < len(p.src) {
		return nil, errPattern
	}
	return &backtracker{top: top, groups: p.groups}, nil
}

func (p *patternParser) more() bool { return p.at < len(p.src) }

func (p *patternParser) accept(s string) bool {
	if strings.HasPrefix(string(p.src[p.at:]), s) {
		p.at += len([]rune(s))
		return true
	}
	return false
}

func (p *patternParser) alternatives() (*part, error) {
	if p.depth++; p.depth > 100 {
		return nil, errPattern
	}
	defer func() { p.depth-- }()
	alt := &part{kind: partAlt}
	for {
		seq, err := p.sequence()
		if err != nil {
			return nil, err
		}
		alt.kids = append(alt.kids, seq)
		if !p.accept("|") {
			return alt, nil
		}
	}
}

func (p *patternParser) sequence() (*part, error) {
	seq := &part{kind: partSeq}
	for p.more() && p.src[p.at] != '|' && p.src[p.at] != ')' {
		one, err := p.piece()
		if err != nil {
			return nil, err
		}
		if one != nil {
			seq.kids = append(seq.kids, one)
		}
	}
	return seq, nil
}

// piece reads an atom and how often it repeats.
func (p *patternParser) piece() (*part, error) {
	atom, err := p.atom()
	if err != nil || atom == nil {
		return nil, err
	}
	for p.more() {
		low, high, ok := p.times()
		if !ok {
			return atom, nil
		}
		atom = &part{kind: partRepeat, kids: []*part{atom}, min: low, max: high, lazy: p.accept("?")}
		p.accept("+") // possessive: only saves steps
	}
	return atom, nil
}

// times reads *, +, ? or {n,m}.
func (p *patternParser) times() (low, high int, ok bool) {
	switch {
	case p.accept("*"):
		return 0, -1, true
	case p.accept("+"):
		return 1, -1, true
	case p.accept("?"):
		return 0, 1, true
	case p.src[p.at] != '{':
		return 0, 0, false
	}
	end := p.at
	for end < len(p.src) && p.src[end] != '}' {
		end++
	}
	if end == len(p.src) {
		return 0, 0, false
	}
	a, b, ranged := strings.Cut(string(p.src[p.at+1:end]), ",")
	low, err := strconv.Atoi(a)
	if err != nil || low > 1000 {
		return 0, 0, false
	}
	high = low
	if ranged && b == "" {
		high = -1
	} else if ranged {
		if high, err = strconv.Atoi(b); err != nil || high > 1000 {
			return 0, 0, false
		}
	}
	p.at = end + 1
	return low, high, true
}

func (p *patternParser) atom() (*part, error) {
	r := p.src[p.at]
	switch r {
	case '(':
		return p.group()
	case '[':
		return p.set()
	case '\\':
		return p.escape()
	case '*', '+', '?':
		return nil, errPattern
	}
	p.at++
	switch r {
	case '^':
		return &part{kind: partStart}, nil
	case '$':
		return &part{kind: partEnd}, nil
	case '.':
		return &part{kind: partChar, one: func(r rune) bool { return r != '\n' }}, nil
	}
	return &part{kind: partChar, one: literal(r, p.fold)}, nil
}

func (p *patternParser) group() (*part, error) {
	g := &part{kind: partSeq}
	switch {
	case p.accept("(?:"), p.accept("(?>"):
	case p.accept("(?="):
		g.kind = partLook
	case p.accept("(?!"):
		g.kind, g.not = partLook, true
	case p.accept("(?<="):
		g.kind, g.back = partLook, true
	case p.accept("(?<!"):
		g.kind, g.back, g.not = partLook, true, true
	case p.accept("(?i)"):
		p.fold = true
		return nil, nil
	case p.accept("(?"):
		return nil, errPattern
	default:
		p.at++
		p.groups++
		g.kind, g.group = partGroup, p.groups
	}
	inner, err := p.alternatives()
	if err != nil {
		return nil, err
	}
	if !p.accept(")") {
		return nil, errPattern
	}
	g.kids = []*part{inner}
	return g, nil
}

// set reads [...] and leaves its meaning to Go's engine.
func (p *patternParser) set() (*part, error) {
	start := p.at
	p.at++
	p.accept("^")
	p.accept("]")
	for p.more() && p.src[p.at] != ']' {
		if p.src[p.at] == '\\' {
			p.at++
		}
		p.at++
	}
	if !p.more() {
		return nil, errPattern
	}
	p.at++
	return p.classPart(string(p.src[start:p.at]))
}

func (p *patternParser) classPart(src string) (*part, error) {
	if p.fold {
		src = "(?i:" + src + ")"
	}
	one, err := class(src)
	return &part{kind: partChar, one: one}, err
}

func (p *patternParser) escape() (*part, error) {
	if p.at+1 >= len(p.src) {
		return nil, errPattern
	}
	r := p.src[p.at+1]
	p.at += 2
	switch {
	case r >= '1' && r <= '9':
		return &part{kind: partBackref, group: int(r - '0')}, nil
	case r == 'b' || r == 'B':
		return &part{kind: partWord, not: r == 'B'}, nil
	case r == 'A':
		return &part{kind: partStart}, nil
	case r == 'z' || r == 'Z':
		return &part{kind: partEnd}, nil
	case r == 'p' || r == 'P':
		return p.property(r)
	}
	return p.classPart(`\` + string(r))
}

// property reads \p{Name}.
func (p *patternParser) property(r rune) (*part, error) {
	end := p.at
	for end < len(p.src) && p.src[end] != '}' {
		end++
	}
	if end == len(p.src) {
		return nil, errPattern
	}
	src := `\` + string(r) + string(p.src[p.at:end+1])
	p.at = end + 1
	return p.classPart(src)
}
