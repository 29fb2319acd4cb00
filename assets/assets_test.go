package assets

import (
	"bytes"
	"encoding/csv"
	"image/png"
	"io/fs"
	"testing"

	"github.com/go-text/typesetting/font"
)

func TestTablesHaveTheirColumns(t *testing.T) {
	for _, test := range []struct {
		name string
		data []byte
		head string
		rows int // at least
	}{
		{"regions", Regions(), "code", 5192},
		{"key counties", KeyCounties(), "code", 15},
		{"glossary", Glossary(), "zh", 185},
	} {
		rows, err := csv.NewReader(bytes.NewReader(test.data)).ReadAll()
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		if rows[0][0] != test.head || len(rows)-1 < test.rows {
			t.Errorf("%s: %d rows headed %q, want %d headed %q", test.name, len(rows)-1, rows[0][0], test.rows, test.head)
		}
	}
}

func TestFormsAreThere(t *testing.T) {
	for _, form := range []string{"household_visit", "demand", "training_session", "training_result"} {
		for _, sheet := range []string{"survey", "choices", "settings"} {
			if _, err := fs.Stat(Forms(), form+"_"+sheet+".csv"); err != nil {
				t.Error(err)
			}
		}
	}
	if _, err := fs.Stat(Forms(), "monitoring_line.csv"); err != nil {
		t.Error(err)
	}
}

func TestIconIsSquare(t *testing.T) {
	picture, err := png.DecodeConfig(bytes.NewReader(Icon()))
	if err != nil {
		t.Fatal(err)
	}
	if picture.Width != picture.Height || picture.Width < 512 {
		t.Errorf("icon is %d×%d, want a square of 512 or more", picture.Width, picture.Height)
	}
}

// Whatever the programs can show of their own has to have a glyph in the one
// font: a fallback font would cut Tibetan, and a tablet may have none.
func TestFontCoversEverything(t *testing.T) {
	face, err := font.ParseTTF(bytes.NewReader(Font()))
	if err != nil {
		t.Fatal(err)
	}
	missing := make(map[rune]string)
	look := func(where, text string) {
		for _, r := range text {
			if _, ok := face.NominalGlyph(r); !ok && r != '\n' && r != '\r' && r != '\uFEFF' {
				missing[r] = where
			}
		}
	}
	look("regions", string(Regions()))
	look("glossary", string(Glossary()))
	look("key counties", string(KeyCounties()))
	for _, sheet := range sheets() {
		look(string(sheet), string(read("text/"+string(sheet)+".csv")))
	}
	forms, err := fs.Glob(Forms(), "*.csv")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range forms {
		look(name, string(read("form/"+name)))
	}
	for r, where := range missing {
		t.Errorf("no glyph for %q (%U) of %s: run font/build.py", r, r, where)
	}
}

// All Chinese names can be written with the 8,105 standard characters; these
// are rare ones of them, the last two beyond the BMP.
func TestFontHasRareNameCharacters(t *testing.T) {
	face, err := font.ParseTTF(bytes.NewReader(Font()))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range "尕噶斡鄘㛃㛚䲠𣲗𬭩" {
		if _, ok := face.NominalGlyph(r); !ok {
			t.Errorf("no glyph for %q", r)
		}
	}
}

// The line is tall enough for Tibetan; see font/README.md.
func TestFontLineHeight(t *testing.T) {
	face, err := font.ParseTTF(bytes.NewReader(Font()))
	if err != nil {
		t.Fatal(err)
	}
	extents, ok := face.FontHExtents()
	if !ok || extents.Ascender != 1170 || extents.Descender != -720 || extents.LineGap != 0 {
		t.Errorf("line is %+v, want 1170 above and 720 below", extents)
	}
}
