package form

import (
	"math"
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
	if c.node != nil {
		if have := c.node.text(); have != "" {
			return textValue(have)
		}
	}
	return textValue(args[0].eval(c).str())
}

func fnBooleanFromString(c *evaluation, args []expr) value {
	s := args[0].eval(c).str()
	return boolValue(s == "true" || s == "1")
}

func isSelected(list, one string) bool {
	one = strings.TrimSpace(one)
	for _, f := range strings.Split(list, " ") {
		if f == one {
			return true
		}
	}
	return false
}

func fnSelectedAt(c *evaluation, args []expr) value {
	list := strings.Split(args[0].eval(c).str(), " ")
	i := c.num(args[1].eval(c))
	if i >= 0 && i < float64(len(list)) {
		return textValue(list[int(i)])
	}
	return textValue("")
}

// truths says of each node or of the one value whether it counts as yes.
func truths(v value) []bool {
	if v.kind != isNodes {
		return []bool{v.boolean()}
	}
	out := make([]bool, len(v.nodes))
	for i, n := range v.nodes {
		out[i] = strings.TrimSpace(n.text()) != ""
	}
	return out
}

// fnChecklist counts true answers and compares with a range; -1 means no bound.
func fnChecklist(c *evaluation, args []expr) value {
	low, high := c.num(args[0].eval(c)), c.num(args[1].eval(c))
	count := 0.0
	for _, a := range args[2:] {
		for _, yes := range truths(a.eval(c)) {
			if yes {
				count++
			}
		}
	}
	return boolValue((low < 0 || count >= low) && (high < 0 || count <= high))
}

// fnWeightedChecklist adds the weights of true answers.
func fnWeightedChecklist(c *evaluation, args []expr) value {
	low, high := c.num(args[0].eval(c)), c.num(args[1].eval(c))
	var yes []bool
	var weights []string
	for i := 2; i+1 < len(args); i += 2 {
		yes = append(yes, truths(args[i].eval(c))...)
		weights = append(weights, items(args[i+1].eval(c))...)
	}
	sum := 0.0
	for i, w := range weights {
		if n := c.parse(w); i < len(yes) && yes[i] && !math.IsNaN(n) {
			sum += n
		}
	}
	return boolValue((low < 0 || sum >= low) && (high < 0 || sum <= high))
}
