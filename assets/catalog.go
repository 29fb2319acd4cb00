package assets

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Language names a language of the user interface as in BCP 47.
type Language string

// The languages that Muqu speaks. Chinese and English are complete; what has no
// Tibetan yet is shown in Chinese.
const (
	Chinese Language = "zh-CN"
	English Language = "en"
	Tibetan Language = "bo"
)

// Languages returns all languages, the most used first.
func Languages() []Language { return []Language{Chinese, English, Tibetan} }

// Name returns what the speakers of the language call it.
func (l Language) Name() string {
	switch l {
	case English:
		return "English"
	case Tibetan:
		return "བོད་ཡིག"
	}
	return "中文"
}

// Sheet is one table of translations.
type Sheet string

// Core has the words all programs need: kinds, fields, states, refusals. The
// others have those of one program each.
const (
	Core    Sheet = "core"
	Tablet  Sheet = "tablet"
	Console Sheet = "console"
	Server  Sheet = "server"
)

// Catalog translates keys into one language. It never changes, so any number of
// goroutines may use it. The zero Catalog knows no key.
type Catalog struct {
	language Language
	text     map[string]string
	lists    map[string][]string // choices of each list, as the forms order them
}

// NewCatalog returns the translations of the given sheets into language,
// together with the choice lists of all forms under choice.<list>.<name>.
// Of two sheets with one key the later wins.
func NewCatalog(language Language, sheets ...Sheet) *Catalog {
	c := &Catalog{language: language, text: make(map[string]string), lists: make(map[string][]string)}
	c.addChoices()
	for _, sheet := range sheets {
		c.addSheet(sheet)
	}
	return c
}

// Language returns the language that c translates into.
func (c *Catalog) Language() Language { return c.language }

// Has tells whether c knows key.
func (c *Catalog) Has(key string) bool {
	_, ok := c.text[key]
	return ok
}

// T returns the text of key with its placeholders filled: args are pairs of a
// name and its value, so that T("found", "n", 3) turns "{n} found" into
// "3 found". A placeholder may offer a word for one and a word for many, as in
// "{n} {n|household|households}". An unknown key is returned as it is.
func (c *Catalog) T(key string, args ...any) string {
	text, ok := c.text[key]
	if !ok {
		return key
	}
	return fill(text, args)
}

// Kind returns the name of a kind of record.
func (c *Catalog) Kind(kind string) string {
	if text, ok := c.text["kind."+kind]; ok {
		return text
	}
	return kind
}

// Field returns the name of a field of a kind of record: that of
// field.<kind>.<field>, else that of field.<field>, else the bare field.
func (c *Catalog) Field(kind, field string) string {
	for _, key := range []string{"field." + kind + "." + field, "field." + field} {
		if text, ok := c.text[key]; ok {
			return text
		}
	}
	return field
}

// FieldOfAny returns what a field is called where the kind is not known: what the
// first of the kinds calls it that has it.
func (c *Catalog) FieldOfAny(kinds []string, field string) string {
	for _, kind := range kinds {
		if label := c.Field(kind, field); label != field {
			return label
		}
	}
	return field
}

// Choice returns the label of a choice of a list, or the bare name if the list
// does not have it.
func (c *Catalog) Choice(list, name string) string {
	if text, ok := c.text["choice."+list+"."+name]; ok {
		return text
	}
	return name
}

// Choices returns the names of the choices of a list in the order of the form
// that has it, none if no form does.
func (c *Catalog) Choices(list string) []string { return slices.Clone(c.lists[list]) }

// addSheet reads one sheet into c.
func (c *Catalog) addSheet(sheet Sheet) {
	rows := table("text/" + string(sheet) + ".csv")
	wanted, fallback := column(rows[0], string(c.language)), column(rows[0], string(Chinese))
	for _, row := range rows[1:] {
		c.text[row[0]] = either(row[wanted], row[fallback])
	}
}

// addChoices reads the choices of all forms into c.
func (c *Catalog) addChoices() {
	names, err := fs.Glob(files, "form/*_choices.csv")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	for _, name := range names {
		rows := table(name)
		wanted, fallback := labelColumn(rows[0], c.language), labelColumn(rows[0], Chinese)
		for _, row := range rows[1:] {
			key := "choice." + row[0] + "." + row[1]
			if !c.Has(key) {
				c.lists[row[0]] = append(c.lists[row[0]], row[1])
			}
			c.text[key] = either(row[wanted], row[fallback])
		}
	}
}

// labelColumn returns the column of a form's sheet that is headed
// label::<any name> (<language>), or the Chinese one when there is none. Forms
// write zh where the interface writes zh-CN.
func labelColumn(head []string, language Language) int {
	short, _, _ := strings.Cut(string(language), "-")
	chinese := 0
	for i, name := range head {
		if strings.HasPrefix(name, "label::") && strings.HasSuffix(name, "("+short+")") {
			return i
		}
		if strings.HasSuffix(name, "(zh)") {
			chinese = i
		}
	}
	return chinese
}

// table returns the rows of an embedded CSV file, its heading first. Excel
// marks a file as UTF-8 by three bytes that are no part of the heading.
func table(name string) [][]string {
	data := bytes.TrimPrefix(read(name), []byte("\uFEFF"))
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil || len(rows) == 0 {
		panic(fmt.Sprintf("assets: %s is no table: %v", name, err))
	}
	return rows
}

// column returns the index of a heading.
func column(head []string, name string) int {
	for i, h := range head {
		if h == name {
			return i
		}
	}
	panic(fmt.Sprintf("assets: no column %q in %q", name, head))
}

// either returns the first of two texts that says something.
func either(text, fallback string) string {
	if text != "" {
		return text
	}
	return fallback
}
