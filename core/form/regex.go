package form

import (
	"regexp"
	"strings"
)

// matcher says whether a pattern is found in a text.
type matcher interface {
	MatchString(s string) bool
}

// compilePattern compiles a pattern of the kind that Java and JavaScript know. What Go's engine doesn't have, looking
// ahead and behind and references back, runs on a small engine that tries and goes back, with a bound on its steps.
func compilePattern(pattern string) (matcher, error) {
	if re, err := regexp.Compile(pattern); err == nil {
		return re, nil
	} else if !needsBacktracking(pattern) {
		return nil, err
	}
	return newBacktracker(pattern)
}

var beyondGo = regexp.MustCompile(`\(\?(=|!|<=|<!|>)|\\[1-9]|[*+?}]\+`)

func needsBacktracking(pattern string) bool { return beyondGo.MatchString(pattern) }

// part is a piece of a pattern.
type part struct {
	kind     partKind
	one      func(r rune) bool // one character
	kids     []*part           // alternatives or sequence
	min, max int               // repetition; max -1: any
	lazy     bool
	not      bool // negative look
	back     bool // look behind
	group    int  // capture or reference
}

type partKind uint8

const (
	partChar partKind = iota
	partSeq
	partAlt
	partRepeat
	partStart
	partEnd
	partWord
	partGroup
	partLook
	partBackref
)

// backtracker matches by trying and going back.
type backtracker struct {
	top    *part
	groups int
}

// maxSteps bounds one match; clerks wait for it.
const maxSteps = 200_000

// MatchString looks for the pattern anywhere. A match that would take too long counts as none.
func (b *backtracker) MatchString(s string) bool {
	m := &match{text: []rune(s), groups: make([][2]int, b.groups+1)}
	for i := range m.groups {
		m.groups[i] = [2]int{-1, -1}
	}
	for at := 0; at <= len(m.text); at++ {
		if m.try(b.top, at, func(int) bool { return true }) {
			return true
		}
		if m.steps > maxSteps {
			return false
		}
	}
	return false
}

// match is one run over a text.
type match struct {
	text   []rune
	groups [][2]int
	steps  int
	depth  int
}

// maxRecursion bounds how deep a match goes into itself.
const maxRecursion = 20_000

// try matches a part at a place and goes on with next.
func (m *match) try(p *part, at int, next func(int) bool) bool {
	if m.steps++; m.steps > maxSteps {
		return false
	}
	if m.depth++; m.depth > maxRecursion {
		m.depth--
		return false
	}
	defer func() { m.depth-- }()
	switch p.kind {
	case partChar:
		return at < len(m.text) && p.one(m.text[at]) && next(at+1)
	case partSeq:
		return m.sequence(p.kids, at, next)
	case partAlt:
		for _, k := range p.kids {
			if m.try(k, at, next) {
				return true
			}
		}
		return false
	case partRepeat:
		return m.repeat(p, at, 0, next)
	case partStart:
		return at == 0 && next(at)
	case partEnd:
		return at == len(m.text) && next(at)
	case partWord:
		return (m.word(at-1) != m.word(at)) != p.not && next(at)
	case partGroup:
		return m.capture(p, at, next)
	case partLook:
		return m.look(p, at) != p.not && next(at)
	}
	return m.reference(p, at, next)
}

func (m *match) sequence(kids []*part, at int, next func(int) bool) bool {
	if len(kids) == 0 {
		return next(at)
	}
	return m.try(kids[0], at, func(to int) bool { return m.sequence(kids[1:], to, next) })
}

func (m *match) repeat(p *part, at, done int, next func(int) bool) bool {
	more := func() bool {
		return (p.max < 0 || done < p.max) && m.try(p.kids[0], at, func(to int) bool {
			return (to > at || done < p.min) && m.repeat(p, to, done+1, next)
		})
	}
	if done < p.min {
		return more()
	}
	if p.lazy {
		return next(at) || more()
	}
	return more() || next(at)
}

func (m *match) word(at int) bool {
	if at < 0 || at >= len(m.text) {
		return false
	}
	return isWordRune(m.text[at])
}

func isWordRune(r rune) bool {
	return r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

func (m *match) capture(p *part, at int, next func(int) bool) bool {
	old := m.groups[p.group]
	if m.try(p.kids[0], at, func(to int) bool {
		before := m.groups[p.group]
		m.groups[p.group] = [2]int{at, to}
		if next(to) {
			return true
		}
		m.groups[p.group] = before
		return false
	}) {
		return true
	}
	m.groups[p.group] = old
	return false
}

// look tries what lies ahead, or every start behind.
func (m *match) look(p *part, at int) bool {
	if !p.back {
		return m.try(p.kids[0], at, func(int) bool { return true })
	}
	for from := at; from >= 0; from-- {
		if m.try(p.kids[0], from, func(to int) bool { return to == at }) {
			return true
		}
	}
	return false
}

func (m *match) reference(p *part, at int, next func(int) bool) bool {
	if p.group >= len(m.groups) || m.groups[p.group][0] < 0 {
		return next(at)
	}
	g := m.text[m.groups[p.group][0]:m.groups[p.group][1]]
	if len(g) > len(m.text)-at || string(g) != string(m.text[at:at+len(g)]) {
		return false
	}
	return next(at + len(g))
}

// class turns a character class or an escape into a test, using Go's engine for its meaning.
func class(src string) (func(rune) bool, error) {
	re, err := regexp.Compile(`^(?s:` + src + `)$`)
	if err != nil {
		return nil, err
	}
	return func(r rune) bool { return re.MatchString(string(r)) }, nil
}

// literal tests for one character.
func literal(want rune, fold bool) func(rune) bool {
	if fold {
		return func(r rune) bool { return strings.EqualFold(string(r), string(want)) }
	}
	return func(r rune) bool { return r == want }
}
