package screen

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/tablet/widget"
	"muqu/core/form"
)

// geoControl asks for a place, or for the places of a line or around an area.
// They are typed in from the tablet's map program or a receiver: Fyne gives no
// program the position.
func (p *interview) geoControl(s *Shell, q *form.Question, shown *questionField) fyne.CanvasObject {
	at, text := q.Path, q.Value
	if q.Typed != "" {
		text = q.Typed
	}
	answer := func(text string) {
		shown.typing = true
		p.answer(s, at, text)
	}
	left := func() {
		if shown.typing {
			shown.typing = false
			p.object(s)
		}
	}
	if q.Type == "geopoint" {
		return s.placeEntries(text, answer, left)
	}
	g := &track{s: s, closed: q.Type == "geoshape", answer: answer, left: left}
	for _, place := range strings.Split(text, ";") {
		if place = strings.TrimSpace(place); place != "" {
			g.places = append(g.places, place)
		}
	}
	if n := len(g.places); g.closed && n > 1 && g.places[0] == g.places[n-1] {
		g.places = g.places[:n-1] // an area ends where it begins
	}
	g.column = widget.NewColumn()
	g.show()
	return g.column
}

// track is a line or an area being entered.
type track struct {
	s      *Shell
	closed bool
	places []string
	answer func(text string)
	left   func()
	column *fyne.Container
}

func (g *track) show() {
	var objects []fyne.CanvasObject
	for i, place := range g.places {
		remove := fynewidget.NewButtonWithIcon("", fynetheme.DeleteIcon(), func() {
			g.places = slices.Delete(g.places, i, i+1)
			g.told()
			g.show()
		})
		entries := g.s.placeEntries(place, func(text string) {
			g.places[i] = text
			g.told()
		}, g.left)
		objects = append(objects, widget.NewBeside(entries, remove))
	}
	add := fynewidget.NewButtonWithIcon(g.s.T("interview.place.add"), fynetheme.ContentAddIcon(), func() {
		g.places = append(g.places, "")
		g.show()
	})
	g.column.Objects = append(objects, add)
	g.column.Refresh()
}

// told hands over all places that are there.
func (g *track) told() {
	var out []string
	for _, place := range g.places {
		if place != "" {
			out = append(out, place)
		}
	}
	if g.closed && len(out) > 0 {
		out = append(out, out[0])
	}
	g.answer(strings.Join(out, "; "))
}

// placeEntries are the lines for one place: latitude, longitude, altitude and
// accuracy, the last two of which may be left out.
func (s *Shell) placeEntries(place string, onChange func(place string), onLeave func()) fyne.CanvasObject {
	parts := append(strings.Fields(place), "", "", "", "")[:4]
	var fields []fyne.CanvasObject
	for i, key := range []string{"latitude", "longitude", "altitude", "accuracy"} {
		entry := widget.NewNumberEntry()
		if parts[i] != "0" || i < 2 {
			entry.SetText(parts[i])
		}
		entry.OnChanged = func(text string) {
			parts[i] = strings.TrimSpace(text)
			onChange(written(parts))
		}
		entry.OnLeave = onLeave
		fields = append(fields, widget.NewField(s.T("interview.place."+key), "", entry))
	}
	return widget.NewGrid(150, 4, fields...)
}

// written joins the parts of a place as XForms write it; "" while nothing is
// there.
func written(parts []string) string {
	out := slices.Clone(parts)
	for len(out) > 0 && out[len(out)-1] == "" {
		out = out[:len(out)-1]
	}
	for i := range out {
		if out[i] == "" {
			out[i] = "0"
			if i < 2 {
				out[i] = "?" // what is missing is no equator
			}
		}
	}
	return strings.Join(out, " ")
}
