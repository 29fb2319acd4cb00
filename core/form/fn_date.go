package form

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// dateFunctions are dates and times.
var dateFunctions = map[string]function{
	"today":                    {0, 0, fnToday},
	"now":                      {0, 0, fnNow},
	"date":                     {1, 1, fnDate},
	"date-time":                {1, 1, fnDate},
	"decimal-date-time":        {1, 1, fnDecimalDateTime},
	"decimal-time":             {1, 1, fnDecimalTime},
	"format-date":              {2, 2, fnFormatDate},
	"format-date-time":         {2, 2, fnFormatDate},
	"difference-in-days":       {2, 2, func(c *evaluation, a []expr) value { return difference(c, a, inDays) }},
	"difference-in-weeks":      {2, 2, func(c *evaluation, a []expr) value { return difference(c, a, inWeeks) }},
	"difference-in-months":     {2, 2, func(c *evaluation, a []expr) value { return difference(c, a, inMonths) }},
	"difference-in-years":      {2, 2, func(c *evaluation, a []expr) value { return difference(c, a, inYears) }},
	"cht:difference-in-days":   {2, 2, func(c *evaluation, a []expr) value { return difference(c, a, inDays) }},
	"cht:difference-in-weeks":  {2, 2, func(c *evaluation, a []expr) value { return difference(c, a, inWeeks) }},
	"cht:difference-in-months": {2, 2, func(c *evaluation, a []expr) value { return difference(c, a, inMonths) }},
	"cht:difference-in-years":  {2, 2, func(c *evaluation, a []expr) value { return difference(c, a, inYears) }},
	"add-date":                 {1, 6, fnAddDate},
	"parse-timestamp-to-date":  {1, 1, fnParseTimestamp},
}

// moment is a date, or a date with a time of day.
type moment struct {
	t        time.Time
	dateOnly bool
}

const secondsPerDay = 86400

// start is the moment as a point in time; a date starts at midnight where one is.
func (m moment) start() time.Time {
	if !m.dateOnly {
		return m.t
	}
	y, mo, d := m.t.Date()
	return time.Date(y, mo, d, 0, 0, 0, 0, m.t.Location())
}

// days counts days since 1970 in UTC, with the time of day as a fraction. A date counts from its local midnight, as
// in Enketo and Web Forms.
func (m moment) days() float64 {
	return float64(m.start().UnixMilli()) / (secondsPerDay * 1000)
}

// calendarDays counts days of the calendar, whatever the time zone.
func (m moment) calendarDays() int {
	y, mo, d := m.t.Date()
	return int(time.Date(y, mo, d, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

// String leaves out a time of midnight.
func (m moment) String() string {
	t := m.start()
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 && t.Nanosecond() < 1e6 {
		return t.Format("2006-01-02")
	}
	return m.stamp()
}

// stamp gives date and time whatever they are.
func (m moment) stamp() string { return m.start().Format("2006-01-02T15:04:05.000-07:00") }

func (m moment) value() value {
	return value{kind: isDate, text: m.String(), num: m.days()}
}

// noDate is what a text that isn't a date becomes.
func noDate() value { return value{kind: isDate, text: invalidDate, num: math.NaN()} }

const invalidDate = "Invalid Date"

// parseDate reads 2006-01-02 with or without a time behind it. Times without an offset are meant in loc (nil: UTC).
func parseDate(s string, loc *time.Location) (moment, bool) {
	if loc == nil {
		loc = time.UTC
	}
	s = strings.TrimSpace(s)
	day, clock, timed := strings.Cut(s, "T")
	t, ok := parseDay(day, loc)
	if !ok {
		return moment{}, false
	}
	if !timed {
		return moment{t, true}, true
	}
	at, ok := parseClock(clock, t)
	return moment{at, false}, ok
}

// parseDay reads year, month and day; one-digit months and days are accepted because forms compute them.
func parseDay(s string, loc *time.Location) (time.Time, bool) {
	parts := strings.Split(s, "-")
	if len(parts) != 3 || len(parts[0]) != 4 {
		return time.Time{}, false
	}
	var n [3]int
	for i, p := range parts {
		v, err := strconv.Atoi(p)
		if err != nil || len(p) > 4 || p[0] == '+' {
			return time.Time{}, false
		}
		n[i] = v
	}
	t := time.Date(n[0], time.Month(n[1]), n[2], 0, 0, 0, 0, loc)
	return t, t.Year() == n[0] && int(t.Month()) == n[1] && t.Day() == n[2]
}

// parseClock reads 15:04, 15:04:05 or 15:04:05.000, with or without an offset, on a day.
func parseClock(s string, day time.Time) (time.Time, bool) {
	loc := day.Location()
	for _, layout := range []string{"15:04:05.999999999Z07:00", "15:04:05Z07:00", "15:04Z07:00", "15:04:05Z0700", "15:04:05Z07", "15:04:05", "15:04"} {
		if t, err := time.ParseInLocation(layout, s, loc); err == nil {
			y, m, d := day.Date()
			return time.Date(y, m, d, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location()), true
		}
	}
	return time.Time{}, false
}

func (w *world) time() time.Time {
	if w.now == nil {
		return time.Unix(0, 0).UTC()
	}
	return w.now()
}

func fnToday(c *evaluation, _ []expr) value { return moment{c.env.time(), true}.value() }
func fnNow(c *evaluation, _ []expr) value   { return moment{c.env.time(), false}.value() }

// momentOf reads a date from any value: its text, or a number of days since 1970.
func momentOf(c *evaluation, v value) (moment, bool) {
	loc := c.env.time().Location()
	text := v.str()
	switch {
	case v.kind == isBool:
		return moment{}, false
	case v.kind == isNumber || isPlainNumber(strings.TrimSpace(text)):
		n := parseNumber(text)
		if v.kind == isNumber {
			n = v.num
		}
		if math.IsNaN(n) || math.Abs(n) > 3_000_000 {
			return moment{}, false
		}
		return moment{time.UnixMilli(int64(math.Round(n * secondsPerDay * 1000))).In(loc), false}, true
	}
	m, ok := parseDate(text, loc)
	if ok && !m.dateOnly {
		m.t = m.t.In(loc)
	}
	return m, ok
}

// fnDate turns a text or a number of days into a date; nothing stays nothing.
func fnDate(c *evaluation, args []expr) value {
	v := args[0].eval(c)
	if v.kind != isNumber && v.kind != isBool && v.str() == "" {
		return textValue("")
	}
	m, ok := momentOf(c, v)
	if !ok {
		return noDate()
	}
	return m.value()
}

func fnDecimalDateTime(c *evaluation, args []expr) value {
	v := args[0].eval(c)
	if v.kind == isNumber {
		return v
	}
	m, ok := momentOf(c, v)
	if !ok {
		return notANumber()
	}
	return numValue(m.days())
}

// fnDecimalTime gives the time of day as a fraction of a day, in local time.
func fnDecimalTime(c *evaluation, args []expr) value {
	v := args[0].eval(c)
	s := v.str()
	if v.kind == isNumber || !timeOfDay.MatchString(s) {
		return notANumber()
	}
	loc := c.env.time().Location()
	t, ok := parseClock(s, time.Date(1970, 1, 1, 0, 0, 0, 0, loc))
	if !ok {
		return notANumber()
	}
	return numValue(dayFraction(t.In(loc)))
}

var timeOfDay = regexp.MustCompile(`^\d{2}:\d{2}(:[0-5]\d)?(\.\d+)?(Z|[-+]([01]\d|2[0-3]):[0-5]\d)?$`)

func dayFraction(t time.Time) float64 {
	ms := t.Hour()*3600000 + t.Minute()*60000 + t.Second()*1000 + t.Nanosecond()/1e6
	return float64(ms) / (secondsPerDay * 1000)
}

// fnFormatDate prints a date with the codes of the ODK specification.
func fnFormatDate(c *evaluation, args []expr) value {
	m, ok := momentOf(c, args[0].eval(c))
	if !ok {
		return textValue("")
	}
	text, bad := formatDate(m.t, args[1].eval(c).str())
	if bad != "" {
		c.env.fail("expression.dateformat", "code", bad)
	}
	return textValue(text)
}

// formatDate replaces % codes; bad is the first code that isn't one.
func formatDate(t time.Time, layout string) (text, bad string) {
	var b strings.Builder
	for i := 0; i < len(layout); i++ {
		if layout[i] != '%' {
			b.WriteByte(layout[i])
			continue
		}
		if i++; i >= len(layout) {
			return b.String(), "%"
		}
		part, ok := datePart(t, layout[i])
		if !ok && bad == "" {
			bad = "%" + string(layout[i])
		}
		b.WriteString(part)
	}
	return b.String(), bad
}

func datePart(t time.Time, code byte) (string, bool) {
	switch code {
	case 'Y':
		return fmt.Sprintf("%04d", t.Year()), true
	case 'y':
		return fmt.Sprintf("%02d", t.Year()%100), true
	case 'm':
		return fmt.Sprintf("%02d", t.Month()), true
	case 'n':
		return strconv.Itoa(int(t.Month())), true
	case 'b':
		return t.Format("Jan"), true
	case 'd':
		return fmt.Sprintf("%02d", t.Day()), true
	case 'e':
		return strconv.Itoa(t.Day()), true
	case 'H':
		return fmt.Sprintf("%02d", t.Hour()), true
	case 'h':
		return strconv.Itoa(t.Hour()), true
	case 'M':
		return fmt.Sprintf("%02d", t.Minute()), true
	case 'S':
		return fmt.Sprintf("%02d", t.Second()), true
	case '3':
		return fmt.Sprintf("%03d", t.Nanosecond()/1e6), true
	case 'a':
		return t.Format("Mon"), true
	case '%':
		return "%", true
	}
	return "", false
}

// difference measures from one date to another in whole units, as CHT's functions do.
func difference(c *evaluation, args []expr, unit func(a, b time.Time) int) value {
	a, ok := momentOf(c, args[0].eval(c))
	b, ok2 := momentOf(c, args[1].eval(c))
	if !ok || !ok2 {
		return textValue("")
	}
	return numValue(float64(unit(a.t, b.t)))
}

func inDays(a, b time.Time) int {
	return moment{b, true}.calendarDays() - moment{a, true}.calendarDays()
}
func inWeeks(a, b time.Time) int { return inDays(a, b) / 7 }
func inYears(a, b time.Time) int { return inMonths(a, b) / 12 }

func inMonths(a, b time.Time) int {
	if b.Before(a) {
		return -inMonths(b, a)
	}
	n := (b.Year()-a.Year())*12 + int(b.Month()) - int(a.Month())
	if b.Day() < a.Day() {
		n--
	}
	return n
}

// fnAddDate adds years, months, days, hours and minutes to a date.
func fnAddDate(c *evaluation, args []expr) value {
	m, ok := momentOf(c, args[0].eval(c))
	if !ok {
		return textValue("")
	}
	var n [5]int
	for i, a := range args[1:] {
		if v := c.num(a.eval(c)); !math.IsNaN(v) && math.Abs(v) < 1e6 {
			n[i] = int(v)
		}
	}
	t := m.t.AddDate(n[0], n[1], n[2]).Add(time.Duration(n[3])*time.Hour + time.Duration(n[4])*time.Minute)
	return moment{t, m.dateOnly && n[3] == 0 && n[4] == 0}.value()
}

// fnParseTimestamp reads milliseconds since 1970.
func fnParseTimestamp(c *evaluation, args []expr) value {
	ms := c.num(args[0].eval(c))
	if math.IsNaN(ms) || math.Abs(ms) > 1e15 {
		return textValue("")
	}
	return moment{time.UnixMilli(int64(ms)).In(c.env.time().Location()), false}.value()
}
