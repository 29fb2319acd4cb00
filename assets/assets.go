// Package assets holds the bytes that every Muqu program carries: the regions
// of Qinghai, the interview forms, the glossary, the translations and the
// tablet's font and icon.
//
// It is the only package that embeds files shared by several others, and it
// imports nothing of Muqu's. What it returns is read-only and the same for the
// life of the program: a form or region table that an administrator changes
// arrives as a record, not here.
//
// The translations are sheets with the columns key, zh-CN, en and bo, so that a
// translator opens them in Excel and needs nothing else; see [Catalog].
package assets

import (
	"embed"
	"io/fs"
)

//go:embed region form glossary text font/MuquUI-Regular.otf icon/icon.png
var files embed.FS

// Regions returns the table of regions, CSV with the columns code, name, level
// and parent, from the province down to the village.
func Regions() []byte { return read("region/qinghai-regions.csv") }

// KeyCounties returns the table of counties with priority, CSV with the columns
// code, name, prefecture, tier, certainty and basis. Rows without a code are
// known to exist but not by name.
func KeyCounties() []byte { return read("region/key-counties.csv") }

// Glossary returns the words of the trade, CSV with the columns zh, en, bo and
// bo_basis.
func Glossary() []byte { return read("glossary/glossary.csv") }

// Forms returns the interview forms as XLSForm sheets, <form>_survey.csv,
// <form>_choices.csv and <form>_settings.csv, beside the tables that they look
// values up in.
func Forms() fs.FS {
	forms, err := fs.Sub(files, "form")
	if err != nil {
		panic(err) // the name is valid, so Sub has nothing to refuse
	}
	return forms
}

// Font returns the face of the tablet app, an OpenType font that covers
// Chinese, Latin and Tibetan; font/README.md says how it is made.
func Font() []byte { return read("font/MuquUI-Regular.otf") }

// Icon returns the picture of the program, a square PNG.
func Icon() []byte { return read("icon/icon.png") }

// read returns an embedded file. Names are constants, so a missing one is a
// mistake in this package that its first test finds.
func read(name string) []byte {
	data, err := files.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return data
}
