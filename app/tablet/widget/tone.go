package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	fynetheme "fyne.io/fyne/v2/theme"

	"muqu/app/tablet/theme"
)

// Tone is what a color says about the thing that has it.
type Tone int

// The tones, the zero one without meaning.
const (
	Plain     Tone = iota
	Info           // under way, at the hub
	Good           // done, at the centre, present
	Attention      // waits for the worker, a soft warning
	Trouble        // wrong: a conflict, a refusal
)

// Ground returns the pale color behind letters.
func (t Tone) Ground() color.Color {
	return theme.Color([]fyne.ThemeColorName{
		theme.ColorRaised, theme.ColorInfo, theme.ColorGood, theme.ColorAttention, theme.ColorTrouble}[t])
}

// Ink returns the color of the letters on that ground.
func (t Tone) Ink() color.Color {
	return theme.Color([]fyne.ThemeColorName{
		fynetheme.ColorNameForeground, fynetheme.ColorNamePrimary, fynetheme.ColorNameSuccess,
		fynetheme.ColorNameWarning, fynetheme.ColorNameError}[t])
}

// measure returns how wide text of a size is.
func measure(text string, size float32) float32 {
	if text == "" {
		return 0
	}
	return fyne.MeasureText(text, size, fyne.TextStyle{}).Width
}

// lineHeight returns how high a line of a size is, the same for every text
// because the theme has one face.
func lineHeight(size float32) float32 {
	return fyne.MeasureText("牧", size, fyne.TextStyle{}).Height
}
