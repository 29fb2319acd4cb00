package form

import "strings"

// Form is a form that was read without errors. It never changes.
type Form struct {
	ID       string
	Title    string
	Version  string
	Root     *Item
	Langs    []string          // languages in the order of the columns; empty when nothing is translated
	Lang     string            // the language shown first
	Settings map[string]string // the settings row, columns unknown to the standard included
	Lists    map[string]*List  // choice lists by name
	External map[string]*List  // lists of the external_choices sheet
	Entities []*Entity

	listOrder []string
	items     []*Item // in document order; Item.index points here
	byName    map[string][]*Item
	engine    *engine
	shape     shape
}

// Text is a text in one or several languages, in the order of the columns. The language "" holds a text that isn't
// translated.
type Text []Translation

// Translation is a text in one language.
type Translation struct{ Lang, Text string }

// In returns the text in a language and whether there is one.
func (t Text) In(lang string) (string, bool) {
	for _, tr := range t {
		if tr.Lang == lang {
			return tr.Text, true
		}
	}
	return "", false
}

// plain is the text that isn't translated.
func (t Text) plain() string {
	s, _ := t.In("")
	return s
}

// set adds or changes a translation.
func (t *Text) set(lang, text string) {
	for i := range *t {
		if (*t)[i].Lang == lang {
			(*t)[i].Text = text
			return
		}
	}
	*t = append(*t, Translation{lang, text})
}

// pair is a name and a value in the order of the columns.
type pair struct{ name, value string }

// attributes are pairs looked up by name.
type attributes []pair

func (a attributes) get(name string) string {
	for _, p := range a {
		if p.name == name {
			return p.value
		}
	}
	return ""
}

func (a attributes) has(name string) bool {
	for _, p := range a {
		if p.name == name {
			return true
		}
	}
	return false
}

func (a *attributes) set(name, value string) {
	for i := range *a {
		if (*a)[i].name == name {
			(*a)[i].value = value
			return
		}
	}
	*a = append(*a, pair{name, value})
}

// Item is a row of the survey sheet: a question, a group or a repeat.
type Item struct {
	Name       string
	Type       string // the type's first name: "select_one" whatever alias was written; "group", "repeat"
	List       string // name of the choice list, of the file, or the ${reference} that choices come from
	Row        int    // row in the sheet; 0 for what was added when reading
	Label      Text
	Hint       Text
	Guidance   Text
	Media      map[string]Text // image, big-image, audio, video
	Parameters map[string]string
	Default    string
	Filter     string   // choice filter
	Triggers   []string // names of the questions that set off this one's calculation
	Parent     *Item
	Children   []*Item
	Extra      map[string]string // columns unknown to the standard

	bind       attributes // bind:: columns as written
	control    attributes
	instance   attributes
	constraint Text // messages
	required   Text
	noApp      Text
	info       typeInfo
	kind       string // the type as pyxform names it, for error texts
	intent     string
	saveTo     string
	savedBy    *Entity // the record that saveTo belongs to
	query      bool    // choices come from the external_choices sheet
	fromFile   bool
	other      bool
	dynamic    bool // the default is an expression
	columns    []*Choice
	index      int
	run        compiled
	countNode  *Item // item whose value is the number of instances
	osmTags    []*Choice
	entity     *Entity
	hidden     bool // a group without a place on the screen
	own        Text // what an XForm says instead of Label, of a text that the form's author did not write; nil: Label
	pictured   bool // the column media itself is filled, which says nothing but counts as something to show
}

// List is a list of choices.
type List struct {
	Name    string
	Choices []*Choice
	Columns []string // further columns, for filters
	tree    *node    // root/item/… as a secondary instance
}

// Choice is one row of the choices sheet.
type Choice struct {
	Name  string
	Label Text
	Media map[string]Text
	Extra attributes
	Row   int // 0: out of a file; addedRow: or_other's
	node  *node
}

// IsGroup says whether the item holds other items and isn't a repeat.
func (it *Item) IsGroup() bool { return it.Type == "group" }

// IsRepeat says whether the item holds items that are asked several times.
func (it *Item) IsRepeat() bool { return it.Type == "repeat" }

// IsSection says whether the item holds other items.
func (it *Item) IsSection() bool {
	return it.Type == "group" || it.Type == "repeat" || it.Type == "survey"
}

// IsSelect says whether the item chooses from a list.
func (it *Item) IsSelect() bool {
	switch it.Type {
	case "select_one", "select_multiple", "rank", "select_one_external":
		return true
	}
	return false
}

// Appearance is the appearance column, lower case.
func (it *Item) Appearance() string { return strings.ToLower(it.control.get("appearance")) }

// Sensitive is the class of personal data that the answer holds: id, name, phone, health, doc, sign, consent, or "".
func (it *Item) Sensitive() string { return it.bind.get("hs:sensitive") }

// Check names the check that the answer must pass, or is "".
func (it *Item) Check() string { return it.bind.get("hs:check") }

// Core says whether the question is asked in short mode.
func (it *Item) Core() bool { return yesNo[it.bind.get("hs:core")] }

// Path is the item's path in the answers: /data/group/question.
func (it *Item) Path() string {
	if it.Parent == nil {
		return "/" + it.Name
	}
	return it.Parent.Path() + "/" + it.Name
}

// repeat is the nearest repeat that the item is, or is inside of.
func (it *Item) repeat() *Item {
	for p := it; p != nil; p = p.Parent {
		if p.Type == "repeat" {
			return p
		}
	}
	return nil
}

// inside says whether the item is within another or is it.
func (it *Item) inside(other *Item) bool {
	for p := it; p != nil; p = p.Parent {
		if p == other {
			return true
		}
	}
	return false
}

// Item finds an item by its name, or by its path where several share the name.
func (f *Form) Item(name string) *Item {
	if found := f.byName[name]; len(found) == 1 {
		return found[0]
	}
	for _, it := range f.items {
		if it.Path() == name {
			return it
		}
	}
	return nil
}

// Items lists all items in the order of the sheet, groups before what they hold.
func (f *Form) Items() []*Item { return f.items }

// Questions counts what can be asked or computed: all items but groups, repeats and the form's own metadata.
func (f *Form) Questions() int {
	n := 0
	for _, it := range f.items {
		if !it.IsSection() && it.Row > 0 {
			n++
		}
	}
	return n
}

// Sensitive lists the class of personal data per question name.
func (f *Form) Sensitive() map[string]string {
	out := map[string]string{}
	for _, it := range f.items {
		if s := it.Sensitive(); s != "" {
			out[it.Name] = s
		}
	}
	return out
}

// yesNo are the spellings of yes and no in cells; absent means neither.
var yesNo = map[string]bool{
	"yes": true, "Yes": true, "YES": true, "true": true, "True": true, "TRUE": true, "true()": true,
	"no": false, "No": false, "NO": false, "false": false, "False": false, "FALSE": false, "false()": false,
}
