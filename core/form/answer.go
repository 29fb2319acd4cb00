package form

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// maxAnswer bounds one answer; a line walked around a pasture has a few thousand points.
const maxAnswer = 200_000

// Set takes an answer as it was typed or chosen: numbers and dates as text, several choices joined by blanks. What
// can't be an answer of the question's type is refused with a Message and shown beside the question until it is
// corrected; the answer before it stays. Constraints don't refuse: their error shows in the step and in Validate.
func (v *Interview) Set(path, text string) error {
	n := v.find(path)
	if n == nil || n.item.IsSection() {
		return say("answer.nosuch", "path", path)
	}
	if v.readOnly(n) || n.item.info.tag == "" && !n.item.IsSelect() && n.item.Type != "hidden" {
		return say("answer.readonly")
	}
	return v.take(n, text)
}

// Fill sets a value that the app knows, such as the record that a form belongs to, also where people may not write.
func (v *Interview) Fill(path, text string) error {
	n := v.find(path)
	if n == nil || n.item.IsSection() {
		return say("answer.nosuch", "path", path)
	}
	return v.take(n, text)
}

// take normalizes and stores an answer and computes what follows from it.
func (v *Interview) take(n *node, text string) error {
	value, refusal := v.normalize(n, text)
	n.bind.typed, n.bind.refused = "", refusal
	v.steps = nil
	if refusal != nil {
		n.bind.typed = text
		return *refusal
	}
	if value == n.value {
		return nil
	}
	v.store(n, value)
	v.settleNow()
	v.fire(n)
	return nil
}

// fire sets the questions that have this one as their trigger.
func (v *Interview) fire(n *node) {
	for _, it := range n.item.run.setBy {
		for _, target := range v.nodesNear(it, n) {
			if it.run.calculate == nil {
				v.store(target, "")
			} else if val, err := it.run.calculate.eval(v.world, target); err == nil {
				target.bind.numeric = val.kind == isNumber
				v.store(target, calculated(val, it))
			}
		}
	}
	v.settleNow()
}

// nodesNear lists an item's nodes in the same instance of the repeat that both are in.
func (v *Interview) nodesNear(it *Item, n *node) []*node {
	for p := n; p != nil && p.item != nil; p = p.parent {
		if p.item.IsRepeat() && it.inside(p.item) {
			return v.nodesOf(it, p)
		}
	}
	return v.nodesOf(it, v.root)
}

// normalize checks a text against the question's type and brings it into the form in which it is stored.
func (v *Interview) normalize(n *node, text string) (string, *Message) {
	if len(text) > maxAnswer || !utf8.ValidString(text) {
		return "", refusal("answer.long")
	}
	it := n.item
	trimmed := strings.TrimFunc(text, isBlank)
	if trimmed == "" {
		return "", nil
	}
	switch it.Type {
	case "integer":
		return wholeNumber(trimmed)
	case "decimal":
		return decimalNumber(trimmed)
	case "range":
		return v.inRange(it, trimmed)
	case "date":
		return dateAnswer(trimmed)
	case "time":
		return timeAnswer(trimmed)
	case "dateTime":
		return v.dateTimeAnswer(trimmed)
	case "geopoint", "geotrace", "geoshape", "start-geopoint", "background-geopoint":
		return geoAnswer(it.Type, trimmed)
	case "select_one", "select_one_external":
		return v.oneChoice(n, trimmed)
	case "select_multiple", "rank":
		return v.severalChoices(n, trimmed)
	}
	return strings.Map(printable, text), nil
}

// printable drops control characters that XML can't carry.
func printable(r rune) rune {
	if r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == '\ufffe' || r == '\uffff' {
		return -1
	}
	return r
}

func refusal(key string, args ...string) *Message {
	m := say(key, args...)
	return &m
}

// halfWidth turns the full-width digits and signs of Chinese input methods into plain ones.
var halfWidth = strings.NewReplacer("０", "0", "１", "1", "２", "2", "３", "3", "４", "4", "５", "5", "６", "6", "７", "7",
	"８", "8", "９", "9", "．", ".", "－", "-", "＋", "+", "：", ":", "，", ",", "／", "/", "−", "-")

// maxDigits is how many digits a whole number may have: what a 64-bit number and every spreadsheet keeps exactly.
const maxDigits = 15

func wholeNumber(s string) (string, *Message) {
	s = ungrouped(halfWidth.Replace(s))
	n, err := strconv.ParseInt(strings.TrimPrefix(s, "+"), 10, 64)
	if err != nil || len(strings.TrimLeft(s, "+-")) > maxDigits {
		if isPlainNumber(s) && strings.Contains(s, ".") {
			return "", refusal("answer.whole")
		}
		return "", refusal("answer.integer", "text", shorten(s))
	}
	return strconv.FormatInt(n, 10), nil
}

var grouped = regexp.MustCompile(`^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$`)

// ungrouped takes the commas out of 12,500.
func ungrouped(s string) string {
	if grouped.MatchString(s) {
		return strings.ReplaceAll(s, ",", "")
	}
	return s
}

func decimalNumber(s string) (string, *Message) {
	s = ungrouped(halfWidth.Replace(s))
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || !isPlainNumber(s) || math.IsInf(n, 0) || math.Abs(n) >= 1e15 {
		return "", refusal("answer.decimal", "text", shorten(s))
	}
	return formatNumber(n), nil
}

func (v *Interview) inRange(it *Item, s string) (string, *Message) {
	value, bad := decimalNumber(s)
	if bad != nil {
		return "", bad
	}
	p := it.Parameters
	low, high, step := parseNumber(p["start"]), parseNumber(p["end"]), math.Abs(parseNumber(p["step"]))
	n := parseNumber(value)
	steps := (n - low) / step
	if n < math.Min(low, high) || n > math.Max(low, high) || math.Abs(steps-math.Round(steps)) > 1e-9 {
		return "", refusal("answer.range", "start", p["start"], "end", p["end"], "step", p["step"])
	}
	return value, nil
}

var dateParts = regexp.MustCompile(`^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$`)
var dateDigits = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)

// dateAnswer reads a date however a clerk writes it: 2026-5-1, 2026/05/01, 20260501, 2026年5月1日.
func dateAnswer(s string) (string, *Message) {
	s = halfWidth.Replace(s)
	if i := strings.IndexByte(s, 'T'); i > 0 {
		s = s[:i]
	}
	m := dateParts.FindStringSubmatch(s)
	if m == nil {
		m = dateDigits.FindStringSubmatch(s)
	}
	if m == nil {
		return "", refusal("answer.date", "text", shorten(s))
	}
	t, ok := parseDay(m[1]+"-"+m[2]+"-"+m[3], time.UTC)
	if !ok {
		return "", refusal("answer.noday", "text", shorten(s))
	}
	return t.Format("2006-01-02"), nil
}

var timeParts = regexp.MustCompile(`^(\d{1,2})\s*[:点时]\s*(\d{1,2})?\s*分?(?::(\d{2})(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$`)

func timeAnswer(s string) (string, *Message) {
	m := timeParts.FindStringSubmatch(halfWidth.Replace(s))
	if m == nil {
		return "", refusal("answer.time", "text", shorten(s))
	}
	h, _ := strconv.Atoi(m[1])
	min, _ := strconv.Atoi(m[2])
	sec, _ := strconv.Atoi(m[3])
	if h > 23 || min > 59 || sec > 59 {
		return "", refusal("answer.time", "text", shorten(s))
	}
	return time.Date(2000, 1, 1, h, min, sec, 0, time.UTC).Format("15:04:05"), nil
}

func (v *Interview) dateTimeAnswer(s string) (string, *Message) {
	s = halfWidth.Replace(s)
	if day, clock, ok := strings.Cut(s, " "); ok {
		d, bad := dateAnswer(day)
		if bad != nil {
			return "", bad
		}
		s = d + "T" + clock
	}
	m, ok := parseDate(s, v.world.now().Location())
	if !ok || m.dateOnly {
		return "", refusal("answer.datetime", "text", shorten(s))
	}
	return m.stamp(), nil
}

// geoAnswer checks places: "lat lon altitude accuracy", several parted by semicolons.
func geoAnswer(kind, s string) (string, *Message) {
	points, ok := pointsOf([]string{s})
	if !ok || len(points) == 0 {
		return "", refusal("answer.place")
	}
	switch {
	case kind == "geotrace" && len(points) < 2:
		return "", refusal("answer.trace")
	case kind == "geoshape" && (len(points) < 4 || points[0] != points[len(points)-1]):
		return "", refusal("answer.shape")
	case !strings.HasPrefix(kind, "geotrace") && !strings.HasPrefix(kind, "geoshape") && len(points) != 1:
		return "", refusal("answer.place")
	}
	return s, nil
}

func (v *Interview) oneChoice(n *node, s string) (string, *Message) {
	if v.isChoice(n, s) {
		return s, nil
	}
	return "", refusal("answer.choice", "text", shorten(s))
}

func (v *Interview) severalChoices(n *node, s string) (string, *Message) {
	seen := map[string]bool{}
	names := strings.Fields(s)
	for _, name := range names {
		if !v.isChoice(n, name) {
			return "", refusal("answer.choice", "text", shorten(name))
		}
		if seen[name] {
			return "", refusal("answer.twice", "text", shorten(name))
		}
		seen[name] = true
	}
	if n.item.Type == "rank" && len(names) != len(v.choicesAt(n)) {
		return "", refusal("answer.rank")
	}
	return strings.Join(names, " "), nil
}
