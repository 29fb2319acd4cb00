package form

import (
	"math"
	"strconv"
	"strings"
)

// valueKind is the type of a value.
type valueKind uint8

const (
	isText valueKind = iota
	isNumber
	isBool
	isNodes
	isDate // a date or time: text in ISO form that counts as days since 1970
)

// value is the result of an expression.
type value struct {
	kind  valueKind
	yes   bool
	num   float64
	text  string
	nodes []*node
}

func textValue(s string) value   { return value{kind: isText, text: s} }
func numValue(n float64) value   { return value{kind: isNumber, num: n} }
func boolValue(b bool) value     { return value{kind: isBool, yes: b} }
func nodesValue(n []*node) value { return value{kind: isNodes, nodes: n} }
func emptyValue() value          { return value{} }
func notANumber() value          { return numValue(math.NaN()) }

// str converts to text by the rules of XPath 1.0.
func (v value) str() string {
	switch v.kind {
	case isNumber:
		return formatNumber(v.num)
	case isBool:
		if v.yes {
			return "true"
		}
		return "false"
	case isNodes:
		if len(v.nodes) == 0 {
			return ""
		}
		return v.nodes[0].text()
	}
	return v.text
}

// num converts to a number; dates, and texts that are dates, count as days since 1970, which is how ODK extends XPath.
func (c *evaluation) num(v value) float64 {
	switch v.kind {
	case isNumber, isDate:
		return v.num
	case isBool:
		if v.yes {
			return 1
		}
		return 0
	}
	return c.parse(v.str())
}

// parse reads a number or a date.
func (c *evaluation) parse(s string) float64 {
	if n := parseNumber(s); !math.IsNaN(n) {
		return n
	}
	if looksLikeDate(s) {
		if d, ok := parseDate(s, c.env.zone); ok {
			return d.days()
		}
	}
	return math.NaN()
}

// looksLikeDate is a quick test before the full one.
func looksLikeDate(s string) bool {
	s = strings.TrimSpace(s)
	return len(s) >= 8 && s[4] == '-' && isDigit(s[0]) && isDigit(s[3])
}

// boolean converts to true or false by the rules of XPath 1.0: the text 'false' is true.
func (v value) boolean() bool {
	switch v.kind {
	case isNumber:
		return v.num != 0 && !math.IsNaN(v.num)
	case isBool:
		return v.yes
	case isNodes:
		return len(v.nodes) > 0
	case isDate:
		return !math.IsNaN(v.num)
	}
	return v.text != ""
}

// formatNumber prints a number as XPath does: no exponent, no trailing point.
func formatNumber(n float64) string {
	switch {
	case math.IsNaN(n):
		return "NaN"
	case math.IsInf(n, 1):
		return "Infinity"
	case math.IsInf(n, -1):
		return "-Infinity"
	case n == 0:
		return "0"
	}
	if n == math.Trunc(n) && math.Abs(n) < 1e15 {
		return strconv.FormatInt(int64(n), 10)
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

// parseNumber reads a number.
func parseNumber(s string) float64 {
	s = strings.TrimSpace(s)
	if s == "" {
		return math.NaN()
	}
	if isPlainNumber(s) {
		if n, err := strconv.ParseFloat(s, 64); err == nil {
			return n
		}
	}
	return math.NaN()
}

// isPlainNumber accepts digits, one point, one sign and an exponent; not hex, not "Inf".
func isPlainNumber(s string) bool {
	digits := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case isDigit(c):
			digits = true
		case c == '.':
		case c == '-' || c == '+':
			if i > 0 && s[i-1] != 'e' && s[i-1] != 'E' {
				return false
			}
		case c == 'e' || c == 'E':
			if !digits {
				return false
			}
		default:
			return false
		}
	}
	return digits
}

// compare applies =, !=, <, <=, > or >=. A set of nodes compares true if any of its nodes does.
func (c *evaluation) compare(op string, a, b value) bool {
	if a.kind == isNodes && b.kind == isNodes {
		for _, n := range a.nodes {
			if c.compare(op, textValue(n.text()), b) {
				return true
			}
		}
		return false
	}
	if a.kind == isNodes {
		return c.compareNodes(op, a.nodes, b, false)
	}
	if b.kind == isNodes {
		return c.compareNodes(op, b.nodes, a, true)
	}
	return c.compareSingle(op, a, b)
}

// compareNodes compares every node with one value; swapped tells that the value stands on the left. Whether there are
// nodes at all equals true or false, as in XPath 1.0; with < and > the nodes count by their numbers, as in Enketo and
// Web Forms.
func (c *evaluation) compareNodes(op string, nodes []*node, other value, swapped bool) bool {
	if other.kind == isBool && (op == "=" || op == "!=") {
		return c.compareOrdered(op, boolValue(len(nodes) > 0), other, swapped)
	}
	for _, n := range nodes {
		if c.compareOrdered(op, textValue(n.text()), other, swapped) {
			return true
		}
	}
	return false
}

func (c *evaluation) compareOrdered(op string, a, b value, swapped bool) bool {
	if swapped {
		a, b = b, a
	}
	return c.compareSingle(op, a, b)
}

func (c *evaluation) compareSingle(op string, a, b value) bool {
	if op == "=" || op == "!=" {
		return c.equal(a, b) == (op == "=")
	}
	return order(op, c.num(a), c.num(b))
}

// equal compares as booleans, numbers or text, in this order of preference; two dates are equal when they are the
// same moment, however they are written.
func (c *evaluation) equal(a, b value) bool {
	switch {
	case a.kind == isBool || b.kind == isBool:
		return a.boolean() == b.boolean()
	case a.kind == isNumber || b.kind == isNumber:
		return same(c.num(a), c.num(b))
	}
	x, y := a.str(), b.str()
	if x == y {
		return true
	}
	if (a.kind == isDate || looksLikeDate(x)) && (b.kind == isDate || looksLikeDate(y)) {
		return c.num(a) == c.num(b)
	}
	return false
}

// same forgives what adding decimals in binary leaves behind, as JavaRosa does: 6.1 - 7.8 equals -1.7.
func same(a, b float64) bool { return a == b || math.Abs(a-b) < 1e-12 }

func order(op string, a, b float64) bool {
	switch op {
	case "<":
		return a < b
	case "<=":
		return a <= b
	case ">":
		return a > b
	}
	return a >= b
}
