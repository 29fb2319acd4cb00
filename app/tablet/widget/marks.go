package widget

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/tablet/theme"
)

// Mark is one of the things that can be marked on a roster, with the color it
// has when it is.
type Mark struct {
	Option
	Tone Tone
}

// Marks is a row of a roster: a name, and the marks beside it of which one tap
// chooses one.
type Marks struct {
	fynewidget.BaseWidget
	OnMark     func(value string)
	marks      []Mark
	below      bool // marks stand below the name: the place is narrow
	name, note string
	chosen     string
	mark       string // state of the record, such as on the tablet only
	markTone   Tone
}

// NewMarks returns an empty row; below puts the marks under the name.
func NewMarks(marks []Mark, below bool) *Marks {
	m := &Marks{marks: marks, below: below}
	m.ExtendBaseWidget(m)
	return m
}

// Set fills the row.
func (m *Marks) Set(name, note, chosen string, onMark func(value string)) {
	m.name, m.note, m.chosen, m.OnMark = name, note, chosen, onMark
	m.Refresh()
}

// SetState shows the state of the record beside the name; empty = none.
func (m *Marks) SetState(mark string, tone Tone) { m.mark, m.markTone = mark, tone }

// Chosen returns the mark that is chosen, empty for none.
func (m *Marks) Chosen() string { return m.chosen }

// Name returns whose row it is.
func (m *Marks) Name() string { return m.name }

// Tapped implements fyne.Tappable.
func (m *Marks) Tapped(e *fyne.PointEvent) {
	for i, mark := range m.marks {
		at, size := m.segment(i, m.Size())
		if e.Position.X >= at.X && e.Position.X < at.X+size.Width && e.Position.Y >= at.Y && e.Position.Y < at.Y+size.Height && m.OnMark != nil {
			m.OnMark(mark.Value)
		}
	}
}

// Mark chooses a mark as a finger does.
func (m *Marks) Mark(value string) {
	for i, mark := range m.marks {
		if mark.Value == value {
			at, size := m.segment(i, m.Size())
			m.Tapped(&fyne.PointEvent{Position: at.AddXY(size.Width/2, size.Height/2)})
		}
	}
}

const (
	segmentLeast = 74 // dp, width of a mark
	marksName    = 60 // dp, height of the name where marks are below it
)

// segment returns where a mark stands in a row of that size.
func (m *Marks) segment(i int, size fyne.Size) (fyne.Position, fyne.Size) {
	n := float32(len(m.marks))
	if m.below {
		width := (size.Width - 2*rowSide) / n
		return fyne.NewPos(rowSide+float32(i)*width, marksName), fyne.NewSize(width-4, theme.Touch)
	}
	width := float32(segmentLeast)
	for _, mark := range m.marks {
		width = max(width, measure(mark.Label, fynetheme.CaptionTextSize())+24)
	}
	left := size.Width - rowSide - width*n
	return fyne.NewPos(left+float32(i)*width, (size.Height-theme.Touch)/2), fyne.NewSize(width-4, theme.Touch)
}

// CreateRenderer implements fyne.Widget.
func (m *Marks) CreateRenderer() fyne.WidgetRenderer {
	r := &marksRenderer{row: m, name: canvas.NewText("", nil), note: canvas.NewText("", nil), state: newMark()}
	for range m.marks {
		ground := canvas.NewRectangle(nil)
		ground.CornerRadius = 6
		r.grounds = append(r.grounds, ground)
		r.labels = append(r.labels, canvas.NewText("", nil))
	}
	r.Refresh()
	return r
}

type marksRenderer struct {
	row        *Marks
	name, note *canvas.Text
	state      *mark
	grounds    []*canvas.Rectangle
	labels     []*canvas.Text
}

func (r *marksRenderer) Refresh() {
	m := r.row
	r.name.Color, r.name.TextSize = theme.Color(fynetheme.ColorNameForeground), fynetheme.TextSize()
	r.note.Color, r.note.TextSize = theme.Color(theme.ColorQuiet), fynetheme.CaptionTextSize()
	r.state.set(m.mark, m.markTone)
	for i, mark := range m.marks {
		ground, label := r.grounds[i], r.labels[i]
		label.Text, label.TextSize, label.Alignment = mark.Label, fynetheme.CaptionTextSize(), fyne.TextAlignCenter
		ground.FillColor, ground.StrokeColor, ground.StrokeWidth = theme.Color(fynetheme.ColorNameBackground), theme.Color(fynetheme.ColorNameInputBorder), 1
		label.Color = theme.Color(fynetheme.ColorNameForeground)
		if mark.Value == m.chosen {
			ground.FillColor, ground.StrokeColor, ground.StrokeWidth = mark.Tone.Ground(), mark.Tone.Ink(), 3
			label.Color = mark.Tone.Ink()
		}
		label.Text = Shorten(mark.Label, r.labelWidth(), label.TextSize)
	}
	r.Layout(m.Size())
	canvas.Refresh(m)
}

func (r *marksRenderer) labelWidth() float32 {
	_, size := r.row.segment(0, r.row.Size())
	return max(size.Width-4, 40)
}

func (r *marksRenderer) Layout(size fyne.Size) {
	m := r.row
	room := size.Width - 2*rowSide
	if first, _ := m.segment(0, size); !m.below {
		room = first.X - rowSide - 8
	}
	stateWidth := r.state.size().Width
	r.name.Text = Shorten(m.name, room-stateWidth-6, r.name.TextSize)
	r.note.Text = Shorten(m.note, room, r.note.TextSize)
	r.name.Move(fyne.NewPos(rowSide, rowTop))
	r.note.Move(fyne.NewPos(rowSide, rowTop+lineHeight(r.name.TextSize)-rowLap))
	r.state.place(fyne.NewPos(rowSide+room-stateWidth, rowTop+2))
	for i := range m.marks {
		at, segment := m.segment(i, size)
		r.grounds[i].Move(at)
		r.grounds[i].Resize(segment)
		height := lineHeight(r.labels[i].TextSize)
		r.labels[i].Move(at.AddXY(0, (segment.Height-height)/2))
		r.labels[i].Resize(fyne.NewSize(segment.Width, height))
	}
}

func (r *marksRenderer) MinSize() fyne.Size {
	height := NewRow().MinSize().Height
	if r.row.below {
		height = marksName + theme.Touch + 8
	}
	return fyne.NewSize(300, height)
}

func (r *marksRenderer) Objects() []fyne.CanvasObject {
	objects := append([]fyne.CanvasObject{r.name, r.note}, r.state.objects()...)
	for i := range r.grounds {
		objects = append(objects, r.grounds[i], r.labels[i])
	}
	return objects
}

func (r *marksRenderer) Destroy() {}
