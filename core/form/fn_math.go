package form

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"strconv"
)

// mathFunctions are numbers, chance and angles.
var mathFunctions = map[string]function{
	"int": onNumber(math.Trunc),
	"abs": onNumber(math.Abs),
	"pow": {2, 2, func(c *evaluation, a []expr) value {
		return numValue(power(c.num(a[0].eval(c)), c.num(a[1].eval(c))))
	}},
	"log":   onNumber(math.Log),
	"log10": onNumber(math.Log10),
	"exp":   onNumber(math.Exp),
	"exp10": onNumber(func(n float64) float64 { return math.Pow(10, n) }),
	"sqrt":  onNumber(math.Sqrt),
	"sin":   onNumber(math.Sin),
	"cos":   onNumber(math.Cos),
	"tan":   onNumber(math.Tan),
	"asin":  onNumber(math.Asin),
	"acos":  onNumber(math.Acos),
	"atan":  onNumber(math.Atan),
	"atan2": {2, 2, func(c *evaluation, a []expr) value {
		return numValue(math.Atan2(c.num(a[0].eval(c)), c.num(a[1].eval(c))))
	}},
	"pi":     constant(numValue(math.Pi)),
	"min":    {0, -1, func(c *evaluation, a []expr) value { return extreme(c, a, math.Min) }},
	"max":    {0, -1, func(c *evaluation, a []expr) value { return extreme(c, a, math.Max) }},
	"random": {0, 0, func(c *evaluation, _ []expr) value { return numValue(c.env.chance().next()) }},
}

// power differs from Go's where Java and JavaScript agree: 1 to the power of what is no number is none either, nor is
// it to the power of infinity.
func power(a, b float64) float64 {
	if math.IsNaN(b) || math.Abs(a) == 1 && math.IsInf(b, 0) {
		return math.NaN()
	}
	return math.Pow(a, b)
}

// extreme is the least or the greatest of all values; one that isn't a number makes the result none.
func extreme(c *evaluation, args []expr, pick func(a, b float64) float64) value {
	var all []float64
	for _, a := range args {
		v := a.eval(c)
		if v.kind != isNodes {
			all = append(all, c.num(v))
		}
		for _, n := range v.nodes {
			all = append(all, c.parse(n.text()))
		}
	}
	if len(all) == 0 {
		return notANumber()
	}
	best := all[0]
	for _, n := range all[1:] {
		best = pick(best, n)
	}
	return numValue(best)
}

// random is the generator that the ODK specification names for randomize(): Park and Miller's, so that a seed gives
// the same order in every tool.
type random struct {
	state int64
}

const parkMiller = 2147483647

// newRandom starts a generator from a seed.
func newRandom(seed int64) *random {
	s := seed % parkMiller
	if s <= 0 {
		s += parkMiller - 1
	}
	return &random{state: s}
}

// next gives a number from 0 up to but not including 1.
func (r *random) next() float64 {
	r.state = r.state * 16807 % parkMiller
	return float64(r.state-1) / (parkMiller - 1)
}

// shuffle orders nodes by chance, from the inside out as the other tools do, so that a seed means one order.
func (r *random) shuffle(nodes []*node) {
	out := make([]*node, 0, len(nodes))
	for i, n := range nodes {
		j := int(math.Floor(r.next() * float64(i+1)))
		out = append(out, n)
		if j != i {
			out[i] = out[j]
			out[j] = n
		}
	}
	copy(nodes, out)
}

// chance is the world's generator.
func (w *world) chance() *random {
	if w.random == nil {
		w.random = newRandom(1)
	}
	return w.random
}

// fnUUID makes a random UUID, or a random text of a given length.
func fnUUID(c *evaluation, args []expr) value {
	if len(args) == 1 {
		n := c.num(args[0].eval(c))
		if !(n >= 0 && n <= 1000) {
			c.env.fail("expression.uuid")
			return emptyValue()
		}
		return textValue(randomText(c.env.chance(), int(n)))
	}
	return textValue(c.env.uuid())
}

// uuid makes a random UUID. Its bits come from a hash of seed and count: the small generator above would repeat itself
// after some ten thousand interviews.
func (w *world) uuid() string {
	if w.newID != nil {
		return w.newID()
	}
	w.made++
	sum := sha256.Sum256([]byte(strconv.FormatInt(w.seed, 10) + "/" + strconv.FormatInt(w.made, 10)))
	b := sum[:16]
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	s := hex.EncodeToString(b)
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

func randomText(r *random, n int) string {
	const letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	out := make([]byte, n)
	for i := range out {
		out[i] = letters[int(r.next()*float64(len(letters)))]
	}
	return string(out)
}
