package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"
)

// Color names beyond those of Fyne, each a pale ground for dark letters.
const (
	ColorRaised    fyne.ThemeColorName = "muquRaised"    // behind a card, a row, the bars
	ColorInfo      fyne.ThemeColorName = "muquInfo"      // behind news: at the hub, under way
	ColorGood      fyne.ThemeColorName = "muquGood"      // behind what is done: at the centre, present
	ColorAttention fyne.ThemeColorName = "muquAttention" // behind what waits: on the tablet only, warnings
	ColorTrouble   fyne.ThemeColorName = "muquTrouble"   // behind what is wrong: conflicts, refusals
	ColorQuiet     fyne.ThemeColorName = "muquQuiet"     // letters of less weight
)

// Color returns the color for a use in this theme, whichever the app has at the
// moment: widgets are made before a test or a program has set it.
func Color(name fyne.ThemeColorName) color.Color {
	if c, ok := palette(name); ok {
		return c
	}
	return fynetheme.Color(name)
}

// palette returns the colors that are decided here. Letters on their grounds
// contrast by 7:1 or more; the test computes it.
func palette(name fyne.ThemeColorName) (color.Color, bool) {
	switch name {
	case fynetheme.ColorNameBackground, fynetheme.ColorNameInputBackground,
		fynetheme.ColorNameMenuBackground, fynetheme.ColorNameOverlayBackground:
		return rgb(0xffffff), true
	case ColorRaised, fynetheme.ColorNameHeaderBackground:
		return rgb(0xeef2f5), true
	case fynetheme.ColorNameForeground:
		return rgb(0x101418), true
	case ColorQuiet, fynetheme.ColorNamePlaceHolder:
		return rgb(0x414a52), true
	case fynetheme.ColorNameDisabled:
		return rgb(0x6b747c), true
	case fynetheme.ColorNamePrimary, fynetheme.ColorNameHyperlink:
		return rgb(0x0b4a8a), true
	case fynetheme.ColorNameSuccess:
		return rgb(0x14592b), true
	case fynetheme.ColorNameWarning:
		return rgb(0x6f3d00), true
	case fynetheme.ColorNameError:
		return rgb(0x8f0a1c), true
	case fynetheme.ColorNameForegroundOnPrimary, fynetheme.ColorNameForegroundOnSuccess,
		fynetheme.ColorNameForegroundOnWarning, fynetheme.ColorNameForegroundOnError:
		return rgb(0xffffff), true
	}
	return grounds(name)
}

// grounds returns the colors that letters do not have.
func grounds(name fyne.ThemeColorName) (color.Color, bool) {
	switch name {
	case ColorInfo:
		return rgb(0xdcebfa), true
	case ColorGood:
		return rgb(0xd9f0df), true
	case ColorAttention:
		return rgb(0xffedc2), true
	case ColorTrouble:
		return rgb(0xfde0e2), true
	case fynetheme.ColorNameButton:
		return rgb(0xe1e8ee), true
	case fynetheme.ColorNameDisabledButton:
		return rgb(0xeceff1), true
	case fynetheme.ColorNameInputBorder:
		return rgb(0x6b747c), true
	case fynetheme.ColorNameSeparator:
		return rgb(0xc3cbd1), true
	case fynetheme.ColorNameScrollBar:
		return rgb(0x6b747c), true
	case fynetheme.ColorNameFocus, fynetheme.ColorNameSelection:
		return color.NRGBA{R: 0x0b, G: 0x4a, B: 0x8a, A: 0x40}, true
	case fynetheme.ColorNamePressed:
		return color.NRGBA{A: 0x30}, true
	case fynetheme.ColorNameHover:
		return color.NRGBA{A: 0x10}, true
	case fynetheme.ColorNameShadow:
		return color.NRGBA{A: 0x50}, true
	}
	return nil, false
}

// rgb returns an opaque color given as 0xrrggbb.
func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xff}
}
