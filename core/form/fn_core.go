package form

import (
	"math"
	"strings"
	"unicode/utf8"
)

// coreFunctions are those of XPath 1.0 that deal with text, numbers and truth.
var coreFunctions = map[string]function{
	"string":           {0, 1, func(c *evaluation, args []expr) value { return textValue(orContext(c, args, 0)) }},
	"number":           {0, 1, fnNumber},
	"boolean":          {1, 1, func(c *evaluation, args []expr) value { return boolValue(args[0].eval(c).boolean()) }},
	"not":              {1, 1, func(c *evaluation, args []expr) value { return boolValue(!args[0].eval(c).boolean()) }},
	"true":             constant(boolValue(true)),
	"false":            constant(boolValue(false)),
	"concat":           {0, -1, func(c *evaluation, args []expr) value { return textValue(strings.Join(allItems(c, args), "")) }},
	"starts-with":      onTexts(func(a, b string) value { return boolValue(strings.HasPrefix(a, b)) }),
	"contains":         onTexts(func(a, b string) value { return boolValue(strings.Contains(a, b)) }),
	"substring-before": onTexts(substringBefore),
	"substring-after":  onTexts(substringAfter),
	"substring":        {2, 3, fnSubstring},
	"string-length":    {0, 1, fnStringLength},
	"normalize-space":  {0, 1, fnNormalizeSpace},
	"translate":        {3, 3, fnTranslate},
	"sum":              {1, -1, fnSum},
	"floor":            onNumber(math.Floor),
	"ceiling":          onNumber(math.Ceil),
	"round":            {1, 2, fnRound},
}

func fnNumber(c *evaluation, args []expr) value {
	if len(args) == 0 {
		return numValue(c.parse(orContext(c, args, 0)))
	}
	return numValue(c.num(args[0].eval(c)))
}

func substringBefore(a, b string) value {
	if i := strings.Index(a, b); i >= 0 {
		return textValue(a[:i])
	}
	return textValue("")
}

func substringAfter(a, b string) value {
	if _, after, ok := strings.Cut(a, b); ok {
		return textValue(after)
	}
	return textValue("")
}

// fnSubstring counts from one and rounds, as XPath 1.0 says.
func fnSubstring(c *evaluation, args []expr) value {
	runes := []rune(args[0].eval(c).str())
	from := math.Floor(c.num(args[1].eval(c)) + 0.5)
	to := math.Inf(1)
	if len(args) == 3 {
		to = from + math.Floor(c.num(args[2].eval(c))+0.5)
	}
	var b strings.Builder
	for i, r := range runes {
		if p := float64(i + 1); p >= from && p < to {
			b.WriteRune(r)
		}
	}
	return textValue(b.String())
}

func fnStringLength(c *evaluation, args []expr) value {
	return numValue(float64(utf8.RuneCountInString(orContext(c, args, 0))))
}

func fnNormalizeSpace(c *evaluation, args []expr) value {
	return textValue(strings.Join(strings.FieldsFunc(orContext(c, args, 0), isXMLSpace), " "))
}

func isXMLSpace(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\r' }

func fnTranslate(c *evaluation, args []expr) value {
	from, to := []rune(args[1].eval(c).str()), []rune(args[2].eval(c).str())
	swap := map[rune]rune{}
	for i, r := range from {
		if _, seen := swap[r]; seen {
			continue
		}
		swap[r] = -1
		if i < len(to) {
			swap[r] = to[i]
		}
	}
	return textValue(strings.Map(func(r rune) rune {
		if with, ok := swap[r]; ok {
			return with
		}
		return r
	}, args[0].eval(c).str()))
}

func fnSum(c *evaluation, args []expr) value {
	sum := 0.0
	for _, a := range args {
		nodes, _ := nodesOf(c, a, "sum")
		for _, n := range nodes {
			sum += c.parse(n.text())
		}
	}
	return numValue(sum)
}

// fnRound takes the number of decimals as a second value; negative decimals round to tens and hundreds.
// A text may have a decimal comma, as people type it.
func fnRound(c *evaluation, args []expr) value {
	v := args[0].eval(c)
	if v.kind == isText {
		v.text = strings.Replace(v.text, ",", ".", 1)
	}
	n := c.num(v)
	digits := 0.0
	if len(args) == 2 {
		digits = math.Trunc(c.num(args[1].eval(c)))
	}
	if math.IsNaN(n) || math.IsNaN(digits) {
		return notANumber()
	}
	if math.IsInf(n, 0) || digits > 30 {
		return numValue(n)
	}
	return numValue(roundTo(n, int(max(digits, -30))))
}

// roundTo rounds halves away from zero, on the decimal digits that a person sees: 2.345 to two digits is 2.35.
func roundTo(n float64, digits int) float64 {
	if n < 0 {
		return -roundTo(-n, digits)
	}
	if digits <= 0 {
		scale := math.Pow(10, float64(-digits))
		return math.Floor(n/scale+0.5) * scale
	}
	scale := math.Pow(10, float64(digits))
	return math.Floor(math.Nextafter(n*scale, math.Inf(1))+0.5) / scale
}
