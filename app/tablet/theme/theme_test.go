package theme

import (
	"image"
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/software"
	"fyne.io/fyne/v2/test"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

func TestEveryColorIsDefined(t *testing.T) {
	test.NewTempApp(t)
	test.AssertAllColorNamesDefined(t, New(), "outdoor")
}

// Letters can be read in the sun: contrast of 7:1 or more with their ground.
func TestContrast(t *testing.T) {
	o := New()
	letters := []fyne.ThemeColorName{
		fynetheme.ColorNameForeground, ColorQuiet, fynetheme.ColorNamePrimary,
		fynetheme.ColorNameSuccess, fynetheme.ColorNameWarning, fynetheme.ColorNameError,
	}
	grounds := map[fyne.ThemeColorName][]fyne.ThemeColorName{
		fynetheme.ColorNameBackground: letters,
		ColorRaised:                   letters,
		fynetheme.ColorNameButton:     {fynetheme.ColorNameForeground, fynetheme.ColorNamePrimary},
		ColorInfo:                     {fynetheme.ColorNameForeground, fynetheme.ColorNamePrimary},
		ColorGood:                     {fynetheme.ColorNameForeground, fynetheme.ColorNameSuccess},
		ColorAttention:                {fynetheme.ColorNameForeground, fynetheme.ColorNameWarning},
		ColorTrouble:                  {fynetheme.ColorNameForeground, fynetheme.ColorNameError},
		fynetheme.ColorNamePrimary:    {fynetheme.ColorNameForegroundOnPrimary},
		fynetheme.ColorNameSuccess:    {fynetheme.ColorNameForegroundOnSuccess},
		fynetheme.ColorNameWarning:    {fynetheme.ColorNameForegroundOnWarning},
		fynetheme.ColorNameError:      {fynetheme.ColorNameForegroundOnError},
	}
	for ground, names := range grounds {
		for _, name := range names {
			if got := contrast(o.Color(ground, 0), o.Color(name, 0)); got < 7 {
				t.Errorf("%s on %s: contrast %.1f, want 7 or more", name, ground, got)
			}
		}
	}
}

// contrast computes the ratio that WCAG 2 defines.
func contrast(a, b color.Color) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	linear := func(v uint32) float64 {
		s := float64(v) / 0xffff
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

func TestDarkIsNotHeeded(t *testing.T) {
	o := New()
	if got, want := o.Color(fynetheme.ColorNameBackground, fynetheme.VariantDark),
		o.Color(fynetheme.ColorNameBackground, fynetheme.VariantLight); got != want {
		t.Errorf("dark background %v, want %v", got, want)
	}
}

func TestTouchTargets(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(New())
	for name, object := range map[string]fyne.CanvasObject{
		"button":      widget.NewButton("保存", nil),
		"icon button": widget.NewButtonWithIcon("", fynetheme.ContentAddIcon(), nil),
		"entry":       widget.NewEntry(),
		"check":       widget.NewCheck("是", nil),
		"select":      widget.NewSelect([]string{"是"}, nil),
	} {
		if size := object.MinSize(); size.Height < Touch || size.Width < Touch && name != "entry" {
			t.Errorf("%s is %v, want %v or more each way", name, size, Touch)
		}
	}
}

// Every style has the one face: its line is as high as the others'.
func TestLineHeightIsTheSameForAllStyles(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(New())
	want := fyne.MeasureText("བསྒྲུབས་", 18, fyne.TextStyle{}).Height
	for _, style := range []fyne.TextStyle{{Bold: true}, {Italic: true}, {Bold: true, Italic: true}, {Monospace: true}} {
		for _, text := range []string{"牧区", "Muqu", "བསྒྲུབས་"} {
			if got := fyne.MeasureText(text, 18, style).Height; got != want {
				t.Errorf("%s in %+v is %v high, want %v", text, style, got, want)
			}
		}
	}
}

// A stack with letters below letters keeps its lowest ones: without them
// བསྒྲུབས is read as another word.
func TestTibetanIsNotClipped(t *testing.T) {
	o := New()
	test.NewTempApp(t).Settings().SetTheme(o)
	const stack, plain = "བསྒྲུབས་", "བསབས་"
	tight, roomy := render(o, stack, 0), render(o, stack, 60)
	if ink(tight) != ink(roomy) {
		t.Errorf("%d pixels of ink in a line, %d with room around it", ink(tight), ink(roomy))
	}
	if below := lowestInk(tight) - lowestInk(render(o, plain, 0)); below < 15 {
		t.Errorf("the stack ends %d pixels below plain letters: its lower letters are missing", below)
	}
}

// render draws text of 40 dp in black on white, with extra dp below the line.
func render(o *Outdoor, text string, extra float32) image.Image {
	c := software.NewCanvas()
	c.SetPadded(false)
	word := canvas.NewText(text, color.Black)
	word.TextSize = 40
	c.SetContent(word)
	c.Resize(word.MinSize().AddWidthHeight(0, extra))
	return software.RenderCanvas(c, o)
}

// lowestInk returns the last row with a dark pixel.
func lowestInk(picture image.Image) int {
	for y := picture.Bounds().Max.Y - 1; y >= 0; y-- {
		for x := range picture.Bounds().Max.X {
			if dark(picture.At(x, y)) {
				return y
			}
		}
	}
	return -1
}

// ink returns how many pixels are dark.
func ink(picture image.Image) int {
	n := 0
	for y := range picture.Bounds().Max.Y {
		for x := range picture.Bounds().Max.X {
			if dark(picture.At(x, y)) {
				n++
			}
		}
	}
	return n
}

func dark(c color.Color) bool {
	r, g, b, _ := c.RGBA()
	return r+g+b < 3*0x8000
}
