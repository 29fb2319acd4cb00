package form

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// tokenKind tells what a token is.
type tokenKind uint8

const (
	tokEnd    tokenKind = iota
	tokName             // name, maybe prefixed: jr:choice-name
	tokNumber           // 1.5
	tokText             // 'text'
	tokSign             // everything else, operator words included
)

// token is one word of an expression and where it starts.
type token struct {
	kind tokenKind
	text string
	num  float64
	at   int // byte offset
}

// maxExpression bounds the length of an expression; the longest in use are a few thousand bytes.
const maxExpression = 128 << 10

// lexer cuts an expression into tokens.
type lexer struct {
	src string
	at  int
	out []token
}

// lex cuts an expression into tokens.
func lex(src string) ([]token, error) {
	if len(src) > maxExpression {
		return nil, exprError(src, 0, "expression.long")
	}
	l := &lexer{src: src}
	for {
		l.blank()
		if l.at >= len(src) {
			l.out = append(l.out, token{kind: tokEnd, at: len(src)})
			return l.out, nil
		}
		if err := l.next(); err != nil {
			return nil, err
		}
	}
}

func (l *lexer) blank() {
	for l.at < len(l.src) {
		r, n := utf8.DecodeRuneInString(l.src[l.at:])
		if !unicode.IsSpace(r) && r != '\u200b' && r != '\ufeff' {
			return
		}
		l.at += n
	}
}

// next reads one token.
func (l *lexer) next() error {
	c := l.src[l.at]
	switch {
	case c == '\'' || c == '"':
		return l.literal(c)
	case isDigit(c), c == '.' && l.at+1 < len(l.src) && isDigit(l.src[l.at+1]):
		return l.number()
	}
	for _, two := range []string{"//", "::", "..", "!=", "<=", ">="} {
		if strings.HasPrefix(l.src[l.at:], two) {
			l.sign(two)
			return nil
		}
	}
	if strings.IndexByte("/()[]@,|+-=<>*.$", c) >= 0 {
		l.sign(l.src[l.at : l.at+1])
		return nil
	}
	return l.name()
}

func (l *lexer) sign(s string) {
	l.out = append(l.out, token{kind: tokSign, text: s, at: l.at})
	l.at += len(s)
}

func (l *lexer) literal(quote byte) error {
	end := strings.IndexByte(l.src[l.at+1:], quote)
	if end < 0 {
		return exprError(l.src, l.at, "expression.quote")
	}
	l.out = append(l.out, token{kind: tokText, text: l.src[l.at+1 : l.at+1+end], at: l.at})
	l.at += end + 2
	return nil
}

func (l *lexer) number() error {
	end := l.at
	for end < len(l.src) && isDigit(l.src[end]) {
		end++
	}
	if end < len(l.src) && l.src[end] == '.' && !strings.HasPrefix(l.src[end:], "..") {
		end++
		for end < len(l.src) && isDigit(l.src[end]) {
			end++
		}
	}
	end = l.exponent(end)
	n, err := strconv.ParseFloat(l.src[l.at:end], 64)
	if err != nil && n == 0 {
		return exprError(l.src, l.at, "expression.number")
	}
	l.out = append(l.out, token{kind: tokNumber, num: n, text: l.src[l.at:end], at: l.at})
	l.at = end
	return nil
}

// exponent passes over e5 or e-5 behind a number, which XPath doesn't have but computed texts do.
func (l *lexer) exponent(at int) int {
	end := at
	if end < len(l.src) && (l.src[end] == 'e' || l.src[end] == 'E') {
		end++
		if end < len(l.src) && (l.src[end] == '-' || l.src[end] == '+') {
			end++
		}
		digits := end
		for end < len(l.src) && isDigit(l.src[end]) {
			end++
		}
		if end > digits {
			return end
		}
	}
	return at
}

// name reads a name; a colon joins prefix and name unless it begins the two colons of an axis.
func (l *lexer) name() error {
	end := l.ncname(l.at)
	if end == l.at {
		r, _ := utf8.DecodeRuneInString(l.src[l.at:])
		return exprError(l.src, l.at, "expression.character", "char", string(r))
	}
	if end+1 < len(l.src) && l.src[end] == ':' && l.src[end+1] != ':' {
		if l.src[end+1] == '*' {
			end += 2
		} else if more := l.ncname(end + 1); more > end+1 {
			end = more
		}
	}
	text := l.src[l.at:end]
	kind := tokName
	if l.operatorExpected() {
		if op := operatorWord(text); op != "" {
			kind, text, end = tokSign, op, l.at+len(op)
		}
	}
	l.out = append(l.out, token{kind: kind, text: text, at: l.at})
	l.at = end
	return nil
}

// operatorWord is the operator that a name is where one must stand, or begins with when a number follows at once:
// "1 and1" leaves nothing else that it could mean.
func operatorWord(name string) string {
	for _, op := range []string{"and", "or", "div", "mod"} {
		if rest, ok := strings.CutPrefix(name, op); ok && (rest == "" || isDigit(rest[0])) {
			return op
		}
	}
	return ""
}

// operatorExpected follows the rule of XPath 1.0: after a complete operand a name is an operator.
func (l *lexer) operatorExpected() bool {
	if len(l.out) == 0 {
		return false
	}
	last := l.out[len(l.out)-1]
	if last.kind != tokSign {
		return true
	}
	return last.text == ")" || last.text == "]" || last.text == "." || last.text == ".." || last.text == "*" && l.starIsName()
}

// starIsName says whether the last token, a star, is a name test rather than a multiplication.
func (l *lexer) starIsName() bool {
	if len(l.out) < 2 {
		return true
	}
	before := l.out[len(l.out)-2]
	if before.kind != tokSign {
		return false
	}
	return before.text != ")" && before.text != "]" && before.text != "." && before.text != ".."
}

func (l *lexer) ncname(from int) int {
	at := from
	for at < len(l.src) {
		r, n := utf8.DecodeRuneInString(l.src[at:])
		ok := r == '_' || unicode.IsLetter(r)
		if at > from {
			ok = ok || r == '-' || r == '.' || r == '·' || unicode.IsDigit(r) || unicode.Is(unicode.M, r)
		}
		if !ok || r == utf8.RuneError {
			break
		}
		at += n
	}
	return at
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
