package form

import (
	"strings"
)

// logicFunctions choose between values and look into lists of choices.
var logicFunctions = map[string]function{
	"if":                  {3, 3, fnIf},
	"coalesce":            {2, 2, fnCoalesce},
	"once":                {1, 1, fnOnce},
	"boolean-from-string": {1, 1, fnBooleanFromString},
	"selected":            onTexts(func(list, one string) value { return boolValue(isSelected(list, one)) }),
	"is-selected":         onTexts(func(list, one string) value { return boolValue(isSelected(list, one)) }),
	"selected-at":         {2, 2, fnSelectedAt},
	"count-selected":      onText(func(list string) value { return numValue(float64(len(strings.Fields(list)))) }),
	"checklist":           {2, -1, fnChecklist},
	"weighted-checklist":  {2, -1, fnWeightedChecklist},
	"depend":              {1, -1, func(c *evaluation, args []expr) value { return args[0].eval(c) }},
}

func fnIf(c *evaluation, args []expr) value {
	if args[0].eval(c).boolean() {
		return args[1].eval(c)
	}
	return args[2].eval(c)
}

func fnCoalesce(c *evaluation, args []expr) value {
	if v := args[0].eval(c); v.str() != "" {
		return v
	}
	return args[1].eval(c)
}

// fnOnce keeps the value that the question has already.
func fnOnce(c *evaluation, args []expr) value {
	if c.current != nil {
		if have := c.current.text(); have != "" {
			return textValue(have)
		}
	}
	return args[0].eval(c)
}

func fnBooleanFromString(c *evaluation, args []expr) value {
	v := args[0].eval(c)
	if v.kind == isBool {
		return v
	}
	s := strings.ToLower(v.str())
	return boolValue(s == "true" || s == "1")
}

func isSelected(list, one string) bool {
	one = strings.TrimSpace(one)
	for _, f := range strings.Fields(list) {
		if f == one {
			return true
		}
	}
	return false
}

func fnSelectedAt(c *evaluation, args []expr) value {
	list := strings.Fields(args[0].eval(c).str())
	i := args[1].eval(c).number()
	if i >= 0 && i < float64(len(list)) {
		return textValue(list[int(i)])
	}
	return textValue("")
}

// fnChecklist counts true answers and compares with a range; -1 means no bound.
func fnChecklist(c *evaluation, args []expr) value {
	low, high := args[0].eval(c).number(), args[1].eval(c).number()
	count := 0.0
	for _, a := range args[2:] {
		v := a.eval(c)
		if v.kind != isNodes {
			count += truth(v)
			continue
		}
		for _, n := range v.nodes {
			count += truth(textValue(n.text()))
		}
	}
	return boolValue((low < 0 || count >= low) && (high < 0 || count <= high))
}

// truth counts an answer as 1 or 0; the text 'false' and a zero count as no.
func truth(v value) float64 {
	if v.kind == isText {
		s := strings.TrimSpace(v.text)
		if s == "" || s == "0" || strings.EqualFold(s, "false") || strings.EqualFold(s, "no") {
			return 0
		}
		return 1
	}
	if v.boolean() {
		return 1
	}
	return 0
}

func fnWeightedChecklist(c *evaluation, args []expr) value {
	low, high := args[0].eval(c).number(), args[1].eval(c).number()
	sum := 0.0
	for i := 2; i+1 < len(args); i += 2 {
		v, weights := args[i].eval(c), args[i+1].eval(c)
		if v.kind != isNodes {
			sum += truth(v) * weights.number()
			continue
		}
		for j, n := range v.nodes {
			w := weights.number()
			if weights.kind == isNodes && j < len(weights.nodes) {
				w = parseNumber(weights.nodes[j].text())
			}
			sum += truth(textValue(n.text())) * w
		}
	}
	return boolValue((low < 0 || sum >= low) && (high < 0 || sum <= high))
}
