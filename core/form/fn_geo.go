package form

import (
	"math"
	"strings"
)

// geoFunctions measure on the globe.
var geoFunctions = map[string]function{
	"area":          {1, -1, func(c *evaluation, a []expr) value { return geoMeasure(c, a, area) }},
	"enclosed-area": {1, -1, func(c *evaluation, a []expr) value { return geoMeasure(c, a, area) }},
	"distance":      {1, -1, func(c *evaluation, a []expr) value { return geoMeasure(c, a, distance) }},
	"geofence":      {2, 2, fnGeofence},
	"intersects":    {1, 1, fnIntersects},
}

// earthRadius is what the ODK specification uses, in metres.
const earthRadius = 6378100

// point is a place on the globe in degrees.
type point struct{ lat, lon float64 }

// pointsOf reads places from arguments: texts of "lat lon alt acc", joined by semicolons or one per node.
func pointsOf(texts []string) ([]point, bool) {
	var out []point
	for _, text := range texts {
		for _, part := range strings.Split(text, ";") {
			if strings.TrimSpace(part) == "" {
				continue
			}
			p, ok := parsePoint(part)
			if !ok {
				return nil, false
			}
			out = append(out, p)
		}
	}
	return out, true
}

func parsePoint(s string) (point, bool) {
	f := strings.Fields(s)
	if len(f) < 2 || len(f) > 4 {
		return point{}, false
	}
	p := point{parseNumber(f[0]), parseNumber(f[1])}
	return p, math.Abs(p.lat) <= 90 && math.Abs(p.lon) <= 180
}

func geoMeasure(c *evaluation, args []expr, measure func([]point) float64) value {
	points, ok := pointsOf(allItems(c, args))
	if !ok || len(points) < 2 {
		return notANumber()
	}
	return numValue(roundTo(measure(points), 2))
}

func radians(d float64) float64 { return d * math.Pi / 180 }

// area is the area of a closed line on a sphere in square metres.
func area(p []point) float64 {
	if len(p) < 3 {
		return 0
	}
	sum := 0.0
	prev := p[len(p)-1]
	for _, q := range p {
		sum += radians(q.lon-prev.lon) * (2 + math.Sin(radians(prev.lat)) + math.Sin(radians(q.lat)))
		prev = q
	}
	return math.Abs(sum * earthRadius * earthRadius / 2)
}

// distance is the length of a line in metres.
func distance(p []point) float64 {
	sum := 0.0
	for i := 1; i < len(p); i++ {
		sum += between(p[i-1], p[i])
	}
	return sum
}

// between uses the law of cosines, as the other tools do, so that results agree to the centimetre.
func between(a, b point) float64 {
	x, y := radians(a.lat), radians(b.lat)
	cos := math.Sin(x)*math.Sin(y) + math.Cos(x)*math.Cos(y)*math.Cos(radians(a.lon-b.lon))
	return math.Acos(math.Max(-1, math.Min(1, cos))) * earthRadius
}

// fnGeofence says whether a place lies inside a closed line.
func fnGeofence(c *evaluation, args []expr) value {
	at, ok := pointsOf(items(args[0].eval(c)))
	fence, ok2 := pointsOf(items(args[1].eval(c)))
	if !ok || !ok2 || len(at) == 0 || len(fence) < 3 {
		return boolValue(false)
	}
	return boolValue(inside(at[0], fence))
}

func inside(p point, fence []point) bool {
	in := false
	prev := fence[len(fence)-1]
	for _, q := range fence {
		if (q.lat > p.lat) != (prev.lat > p.lat) && p.lon < (prev.lon-q.lon)*(p.lat-q.lat)/(prev.lat-q.lat)+q.lon {
			in = !in
		}
		prev = q
	}
	return in
}

// maxLine bounds the points of a line that is checked for crossing itself: the check compares each piece with each.
const maxLine = 2000

// fnIntersects says whether a line crosses itself.
func fnIntersects(c *evaluation, args []expr) value {
	p, ok := pointsOf(items(args[0].eval(c)))
	if !ok || len(p) > maxLine {
		return boolValue(false)
	}
	closed := len(p) > 2 && p[0] == p[len(p)-1]
	for i := 0; i+1 < len(p); i++ {
		for j := i + 2; j+1 < len(p); j++ {
			if closed && i == 0 && j+2 == len(p) {
				continue
			}
			if cross(p[i], p[i+1], p[j], p[j+1]) {
				return boolValue(true)
			}
		}
	}
	return boolValue(false)
}

// cross says whether two pieces of line meet.
func cross(a, b, c, d point) bool {
	return side(a, b, c)*side(a, b, d) <= 0 && side(c, d, a)*side(c, d, b) <= 0 && overlap(a, b, c, d)
}

func side(a, b, c point) float64 {
	v := (b.lon-a.lon)*(c.lat-a.lat) - (b.lat-a.lat)*(c.lon-a.lon)
	switch {
	case v > 0:
		return 1
	case v < 0:
		return -1
	}
	return 0
}

// overlap compares the boxes around two pieces, for pieces on one line.
func overlap(a, b, c, d point) bool {
	return math.Max(a.lat, b.lat) >= math.Min(c.lat, d.lat) && math.Max(c.lat, d.lat) >= math.Min(a.lat, b.lat) &&
		math.Max(a.lon, b.lon) >= math.Min(c.lon, d.lon) && math.Max(c.lon, d.lon) >= math.Min(a.lon, b.lon)
}
