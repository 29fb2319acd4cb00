// Package theme is how the tablet looks: dark letters on white for bright
// sunlight, one font for Chinese, Latin and Tibetan, and nothing to tap that is
// smaller than a thumb in a glove.
//
// There is no dark variant. Field work is done outdoors by day, and a screen
// that turned dark by itself could not be read there.
package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"

	"muqu/assets"
)

// Touch is the least width and height of anything to be tapped, in dp.
const Touch float32 = 48

// Size names of text beyond those of Fyne.
const (
	SizeNumber fyne.ThemeSizeName = "muquNumber" // of a figure to be read at arm's length
)

// Outdoor is the theme of the app.
type Outdoor struct {
	face fyne.Resource // for every text style
	base fyne.Theme    // icons, and what is not decided here
}

// New returns the theme with its font loaded.
func New() *Outdoor {
	return &Outdoor{
		face: fyne.NewStaticResource("MuquUI-Regular.otf", assets.Font()),
		base: fynetheme.DefaultTheme(),
	}
}

// Color returns the color for a use; the variant that the system asks for is
// not heeded.
func (o *Outdoor) Color(name fyne.ThemeColorName, _ fyne.ThemeVariant) color.Color {
	if c, ok := palette(name); ok {
		return c
	}
	return o.base.Color(name, fynetheme.VariantLight)
}

// Font returns the one face, whatever the style: a second face would bring
// another line height and cut Tibetan again. Emphasis is by size and color.
func (o *Outdoor) Font(style fyne.TextStyle) fyne.Resource {
	if style.Symbol {
		return o.base.Font(style)
	}
	return o.face
}

// Icon returns Fyne's icons.
func (o *Outdoor) Icon(name fyne.ThemeIconName) fyne.Resource { return o.base.Icon(name) }

// Size returns sizes in dp. The face's line is 1.89 times its size, so that a
// button is 34 dp of text between two inner paddings.
func (o *Outdoor) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case fynetheme.SizeNameText:
		return 18
	case fynetheme.SizeNameCaptionText:
		return 15
	case fynetheme.SizeNameSubHeadingText:
		return 21
	case fynetheme.SizeNameHeadingText:
		return 25
	case SizeNumber:
		return 38
	case fynetheme.SizeNamePadding:
		return 5
	case fynetheme.SizeNameInnerPadding:
		return 9
	case fynetheme.SizeNameInlineIcon:
		return 30
	case fynetheme.SizeNameInputBorder:
		return 2
	case fynetheme.SizeNameScrollBar:
		return 16
	case fynetheme.SizeNameScrollBarSmall:
		return 6
	case fynetheme.SizeNameLineSpacing:
		return 0 // the face's line is loose already
	}
	return o.base.Size(name)
}
