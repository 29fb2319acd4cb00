package form

import "strings"

// textPart is a bit of a text that people read: what stands there, or an expression whose value does.
type textPart struct {
	text string
	expr bool
}

// output puts a text into an element, its expressions as output elements.
func (x *xform) output(e *element, text string, it *Item) *element {
	if text == "-" {
		return e.say(text)
	}
	parts, _ := textParts(text)
	for _, p := range parts {
		if p.expr {
			e.with(elem("output", "value", x.resolve(it, p.text)))
		} else {
			e.say(p.text)
		}
	}
	if len(parts) == 0 {
		e.say(text)
	}
	return e
}

// dynamicText says whether a text has expressions in it.
func dynamicText(text string) bool {
	parts, _ := textParts(text)
	for _, p := range parts {
		if p.expr {
			return true
		}
	}
	return false
}

// textParts cuts a text into what stands there and expressions: {{expression}}, ${reference} and, where nothing is in
// double braces, paths into instances. \{{ and \}} stand for the braces themselves. bad is the key of what is wrong
// with the braces.
func textParts(text string) (parts []textPart, bad string) {
	s := &textScanner{src: text}
	if len(text) < 3 || !strings.Contains(text, "{{") && !strings.Contains(text, `\}}`) || !s.scan() {
		return s.plain(text), s.bad
	}
	return s.parts, ""
}

// textScanner walks a text with double braces.
type textScanner struct {
	src    string
	at     int
	text   strings.Builder // what is open: text, or the expression inside braces
	inside bool
	found  bool // whether any double braces count
	parts  []textPart
	bad    string
}

// scan says whether the text has expressions or braces to be unescaped.
func (s *textScanner) scan() bool {
	for s.at < len(s.src) && s.bad == "" {
		s.next()
	}
	if s.bad == "" && s.inside {
		s.bad = "form.output.open"
	}
	if s.bad != "" || !s.found {
		return false
	}
	s.flush()
	return true
}

func (s *textScanner) next() {
	rest := s.src[s.at:]
	switch {
	case strings.HasPrefix(rest, `\{{`), strings.HasPrefix(rest, `\}}`):
		s.found = true
		s.text.WriteString(rest[1:3])
		s.at += 3
	case strings.HasPrefix(rest, "{{") && s.inside:
		s.bad = "form.output.nested"
	case strings.HasPrefix(rest, "{{"):
		s.flush()
		s.inside, s.found = true, true
		s.at += 2
	case s.inside && strings.HasPrefix(rest, "}}") && !strings.HasPrefix(rest, "}}}"):
		s.parts = append(s.parts, textPart{s.text.String(), true})
		s.text.Reset()
		s.inside = false
		s.at += 2
	default:
		s.text.WriteByte(rest[0])
		s.at++
	}
}

// flush ends a stretch of text, in which references are expressions of their own.
func (s *textScanner) flush() {
	s.parts = append(s.parts, cut(s.text.String(), references.FindAllStringIndex(s.text.String(), -1))...)
	s.text.Reset()
}

// plain cuts a text without double braces.
func (s *textScanner) plain(text string) []textPart {
	return cut(text, outputParts(text))
}

// cut parts a text at the expressions found in it.
func cut(text string, found [][]int) []textPart {
	var out []textPart
	last := 0
	for _, m := range found {
		if m[0] > last {
			out = append(out, textPart{text[last:m[0]], false})
		}
		out = append(out, textPart{text[m[0]:m[1]], true})
		last = m[1]
	}
	if last < len(text) {
		out = append(out, textPart{text[last:], false})
	}
	return out
}

// outputParts finds the references and the paths into instances in a text.
func outputParts(text string) [][]int {
	var out [][]int
	for at := 0; at < len(text); {
		if strings.HasPrefix(text[at:], "instance(") && (at == 0 || !nameByte(text[at-1])) {
			if end := instancePathEnd(text, at); end > at {
				out = append(out, []int{at, end})
				at = end
				continue
			}
		}
		if m := references.FindStringIndex(text[at:]); m != nil && m[0] == 0 {
			out = append(out, []int{at, at + m[1]})
			at += m[1]
			continue
		}
		at++
	}
	return out
}

func nameByte(c byte) bool {
	return c == '_' || c == '-' || c == '.' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// instancePathEnd finds the end of a path into an instance: the first blank outside of brackets and quotes.
func instancePathEnd(text string, at int) int {
	depth, quote := 0, byte(0)
	for i := at; i < len(text); i++ {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '[' || c == '(':
			depth++
		case c == ']' || c == ')':
			depth--
		case (c == ' ' || c == '\n' || c == '\t') && depth <= 0:
			return i
		}
	}
	if depth != 0 || quote != 0 {
		return at
	}
	return len(text)
}
