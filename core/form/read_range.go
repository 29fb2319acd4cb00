package form

import (
	"math/big"
	"strings"
)

// rangeRules checks the parameters of a range: numbers, steps and labels of its scale. Exact fractions are used, so
// that a step of 0.1 divides 0.3.
func (s *surveyReader) rangeRules(it *Item, row *row) {
	s.allow(it, row, "start", "end", "step", "tick_interval", "placeholder", "tick_labelset")
	p := it.Parameters
	_, a := p["tick_interval"]
	_, b := p["placeholder"]
	_, c := p["tick_labelset"]
	looks := it.control.get("appearance")
	if (a || b || c) && !plainScale[looks] {
		s.bad("survey", row.num, "parameters", "form.range.appearance")
	}
	it.Parameters = withDefaults(p)
	r := &rangeReader{surveyReader: s, it: it, row: row}
	if !r.numbers() {
		return
	}
	r.steps()
	r.ticks()
	r.labels(looks)
	r.attributes()
}

// plainScale are the appearances of a range that show its scale.
var plainScale = set("", "vertical", "no-ticks", "vertical no-ticks", "no-ticks vertical")

func withDefaults(p map[string]string) map[string]string {
	out := map[string]string{"start": "1", "end": "10", "step": "1"}
	for k, v := range p {
		out[k] = v
	}
	return out
}

// rangeReader holds the numbers of one range.
type rangeReader struct {
	*surveyReader
	it                                  *Item
	row                                 *row
	start, end, step, tick, placeholder *big.Rat
}

func (r *rangeReader) bad(key string, args ...string) {
	r.surveyReader.bad("survey", r.row.num, "parameters", key, args...)
}

// numbers reads the parameters that must be numbers.
func (r *rangeReader) numbers() bool {
	ok := true
	for name, into := range map[string]**big.Rat{"start": &r.start, "end": &r.end, "step": &r.step, "tick_interval": &r.tick, "placeholder": &r.placeholder} {
		text, given := r.it.Parameters[name]
		if !given {
			continue
		}
		n, good := exact(text)
		if !good {
			r.bad("form.parameter.number", "name", name, "value", text)
			ok = false
			continue
		}
		*into = n
		if !n.IsInt() {
			r.it.info.store = "decimal"
		}
	}
	return ok
}

// exact reads a decimal number without rounding it.
func exact(text string) (*big.Rat, bool) {
	if !isPlainNumber(text) || len(text) > 40 || strings.ContainsAny(text, "eE") {
		return nil, false
	}
	return new(big.Rat).SetString(text)
}

func (r *rangeReader) width() *big.Rat {
	w := new(big.Rat).Sub(r.end, r.start)
	return w.Abs(w)
}

func (r *rangeReader) steps() {
	if r.step.Sign() == 0 {
		r.bad("form.range.zero", "name", "step")
		r.step = big.NewRat(1, 1)
	}
	if r.step.Cmp(r.width()) > 0 {
		r.bad("form.range.wide", "name", "step")
	}
}

// multiple says whether a is a whole number of times b.
func multiple(a, b *big.Rat) bool {
	return b.Sign() != 0 && new(big.Rat).Quo(a, b).IsInt()
}

func (r *rangeReader) ticks() {
	if r.tick != nil {
		switch {
		case r.tick.Sign() == 0:
			r.bad("form.range.zero", "name", "tick_interval")
		case r.tick.Cmp(r.width()) > 0:
			r.bad("form.range.wide", "name", "tick_interval")
		case !multiple(r.tick, r.step):
			r.bad("form.range.multiple", "name", "tick_interval")
		}
	}
	if r.placeholder == nil {
		return
	}
	if !multiple(new(big.Rat).Sub(r.placeholder, r.start), r.step) {
		r.bad("form.range.multiple", "name", "placeholder")
	} else if !r.within(r.placeholder) {
		r.bad("form.range.outside", "name", "placeholder")
	}
}

func (r *rangeReader) within(n *big.Rat) bool {
	low, high := r.start, r.end
	if low.Cmp(high) > 0 {
		low, high = high, low
	}
	return n.Cmp(low) >= 0 && n.Cmp(high) <= 0
}

// labels checks the list that labels the scale.
func (r *rangeReader) labels(looks string) {
	name, given := r.it.Parameters["tick_labelset"]
	if !given {
		return
	}
	r.it.List = name
	l := r.form.Lists[name]
	if l == nil {
		r.bad("form.list.missing", "list", name)
		return
	}
	ends := map[string]bool{}
	for _, c := range l.Choices {
		n, ok := exact(c.Name)
		if !ok || !r.within(n) {
			r.bad("form.range.label", "name", c.Name)
			return
		}
		by := r.step
		if r.tick != nil {
			by = r.tick
		}
		if from := new(big.Rat).Sub(n, r.start); !multiple(from, by) || !multiple(from, r.step) {
			r.bad("form.range.label", "name", c.Name)
		}
		ends[n.RatString()] = true
	}
	if strings.Contains(looks, "no-ticks") && (len(ends) != 2 || !ends[r.start.RatString()] || !ends[r.end.RatString()]) {
		r.bad("form.range.ends")
	}
}

// attributes writes the parameters where XForms wants them.
func (r *rangeReader) attributes() {
	for _, k := range sortedKeys(r.it.Parameters) {
		switch k {
		case "tick_labelset":
		case "tick_interval":
			r.it.control.set("odk:tick-interval", r.it.Parameters[k])
		case "placeholder":
			r.it.control.set("odk:placeholder", r.it.Parameters[k])
		case "start", "end", "step":
			r.it.control.set(k, r.it.Parameters[k])
		}
	}
}
