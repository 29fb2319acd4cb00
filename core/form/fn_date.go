package form

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// dateFunctions are dates and times.
var dateFunctions = map[string]function{
	"today":                    {0, 0, fnToday},
	"now":                      {0, 0, fnNow},
	"date":                     {1, 1, fnDate},
	"date-time":                {1, 1, fnDateTime},
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

// moment is a date or a date with time.
type moment struct {
	t        time.Time
	dateOnly bool
}

const secondsPerDay = 86400

// days counts days since 1970: whole ones for a date wherever one is, with a fraction and in UTC for a time.
func (m moment) days() float64 {
	if m.dateOnly {
		y, mo, d := m.t.Date()
		return float64(time.Date(y, mo, d, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
	}
	return float64(m.t.UnixMilli()) / (secondsPerDay * 1000)
}

func (m moment) String() string {
	if m.dateOnly {
		return m.t.Format("2006-01-02")
	}
	return m.t.Format("2006-01-02T15:04:05.000-07:00")
}

func (m moment) value() value {
	return value{kind: isDate, text: m.String(), num: m.days()}
}

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
	if v.kind == isNumber || v.kind == isText && isPlainNumber(strings.TrimSpace(v.text)) {
		n := v.number()
		if math.IsNaN(n) || math.Abs(n) > 3_000_000 {
			return moment{}, false
		}
		if n == math.Floor(n) {
			t := time.Unix(int64(n)*secondsPerDay, 0).UTC()
			return moment{time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, loc), true}, true
		}
		return moment{time.UnixMilli(int64(math.Round(n * secondsPerDay * 1000))).In(loc), false}, true
	}
	return parseDate(v.str(), loc)
}

// fnDate keeps the day of a date, of a time or of a number of days.
func fnDate(c *evaluation, args []expr) value {
	v := args[0].eval(c)
	m, ok := momentOf(c, v)
	if !ok {
		return textValue("")
	}
	return moment{m.t, true}.value()
}

func fnDateTime(c *evaluation, args []expr) value {
	v := args[0].eval(c)
	if m, ok := momentOf(c, v); ok {
		return m.value()
	}
	return textValue("")
}

func fnDecimalDateTime(c *evaluation, args []expr) value {
	m, ok := momentOf(c, args[0].eval(c))
	if !ok {
		return notANumber()
	}
	return numValue(moment{m.t, false}.days())
}

// fnDecimalTime gives the time of day as a fraction of a day.
func fnDecimalTime(c *evaluation, args []expr) value {
	s := args[0].eval(c).str()
	loc := c.env.time().Location()
	if m, ok := parseDate(s, loc); ok && !m.dateOnly {
		return numValue(dayFraction(m.t))
	}
	if t, ok := parseClock(s, time.Date(2000, 1, 1, 0, 0, 0, 0, loc)); ok {
		return numValue(dayFraction(t))
	}
	return notANumber()
}

func dayFraction(t time.Time) float64 {
	return float64(t.Hour()*3600+t.Minute()*60+t.Second())/secondsPerDay + float64(t.Nanosecond())/1e9/secondsPerDay
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
	case 'A':
		return t.Format("Monday"), true
	case 'B':
		return t.Format("January"), true
	case 'Z':
		return t.Format("-07:00"), true
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
	return int(moment{b, true}.days() - moment{a, true}.days())
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
		if v := a.eval(c).number(); !math.IsNaN(v) && math.Abs(v) < 1e6 {
			n[i] = int(v)
		}
	}
	t := m.t.AddDate(n[0], n[1], n[2]).Add(time.Duration(n[3])*time.Hour + time.Duration(n[4])*time.Minute)
	return moment{t, m.dateOnly && n[3] == 0 && n[4] == 0}.value()
}

// fnParseTimestamp reads milliseconds since 1970.
func fnParseTimestamp(c *evaluation, args []expr) value {
	ms := args[0].eval(c).number()
	if math.IsNaN(ms) || math.Abs(ms) > 1e15 {
		return textValue("")
	}
	return moment{time.UnixMilli(int64(ms)).In(c.env.time().Location()), false}.value()
}
