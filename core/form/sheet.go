package form

import (
	"regexp"
	"strings"
	"unicode"

	"muqu/core/table"
)

// cell is one filled cell of a row: the words of its header, the header as written, and the text.
type cell struct {
	words []string // label, English (en)
	head  string
	text  string
}

// row is one row of a sheet, blank cells left out.
type row struct {
	num   int // as Excel counts
	cells []cell
}

// sheet is a sheet with its headers understood.
type sheet struct {
	name    string
	columns [][]string // words of each header
	heads   []string
	rows    []row
}

// get returns the text under a one-word header.
func (r *row) get(name string) string {
	for i := range r.cells {
		if len(r.cells[i].words) == 1 && r.cells[i].words[0] == name {
			return r.cells[i].text
		}
	}
	return ""
}

// has says whether any cell's header starts with a word.
func (r *row) has(name string) bool {
	for i := range r.cells {
		if r.cells[i].words[0] == name {
			return true
		}
	}
	return false
}

// head returns the header as written over the column that starts with a word.
func (r *row) head(name string) string {
	for i := range r.cells {
		if r.cells[i].words[0] == name || strings.Join(r.cells[i].words, "::") == name {
			return r.cells[i].head
		}
	}
	return name
}

// attributes gives the cells under group::name headers.
func (r *row) attributes(group string) attributes {
	var out attributes
	for _, c := range r.cells {
		if len(c.words) == 2 && c.words[0] == group {
			out.set(c.words[1], c.text)
		}
	}
	return out
}

// translated gives a text in its languages; prefix is the words in front of the language.
func (r *row) translated(lang string, prefix ...string) Text {
	var out Text
	plain := ""
	for _, c := range r.cells {
		if len(c.words) < len(prefix) || !sameWords(c.words[:len(prefix)], prefix) {
			continue
		}
		if len(c.words) == len(prefix) {
			plain = c.text
		} else {
			out.set(c.words[len(prefix)], c.text)
		}
	}
	if plain == "" {
		return out
	}
	if len(out) == 0 {
		return Text{{"", plain}}
	}
	if _, has := out.In(lang); !has {
		out.set(lang, plain)
	}
	return out
}

func sameWords(a, b []string) bool {
	for i := range b {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// sheetSpec says how the headers of a sheet are understood.
type sheetSpec struct {
	columns  map[string]bool     // headers of one word
	aliases  map[string][]string // other names, maybe for several words
	squeeze  bool                // runs of blanks inside cells count as one
	required []string
}

// openSheet understands the headers of a sheet and cleans its cells.
func (r *reader) openSheet(t *table.Sheet, spec sheetSpec) *sheet {
	s := &sheet{name: strings.ToLower(strings.TrimSpace(t.Name))}
	if len(t.Rows) == 0 {
		return s
	}
	double := false
	for _, h := range t.Rows[0] {
		double = double || strings.Contains(h, "::")
	}
	r.headers(s, t, spec, double)
	for n, cells := range t.Rows[1:] {
		s.rows = append(s.rows, r.cells(s, n+2, cells, spec.squeeze))
	}
	for _, want := range spec.required {
		if !s.hasColumn(want) {
			r.bad(s.name, 1, "", "form.header.missing", "column", want)
		}
	}
	return s
}

func (s *sheet) hasColumn(name string) bool {
	for _, words := range s.columns {
		if len(words) > 0 && words[0] == name {
			return true
		}
	}
	return false
}

func (r *reader) headers(s *sheet, t *table.Sheet, spec sheetSpec, double bool) {
	seen := map[string]string{}
	for _, head := range t.Rows[0] {
		head = squeeze(head)
		words := []string(nil)
		if head != "" {
			words = headerWords(head, spec, double)
			key := strings.Join(words, "::")
			if other, twice := seen[key]; twice && (key != head || other == head) && !(other == head && r.book.Format == table.Markdown) {
				r.bad(s.name, 1, head, "form.header.twice", "column", head, "other", other)
			}
			seen[key] = head
		}
		s.columns = append(s.columns, words)
		s.heads = append(s.heads, head)
	}
}

// headerWords splits a header at its colons and replaces old names by those of the standard.
func headerWords(head string, spec sheetSpec, double bool) []string {
	if spec.columns[head] && spec.aliases[head] == nil {
		return []string{head}
	}
	if snake := snakeCase(head); spec.columns[snake] && spec.aliases[snake] == nil {
		return []string{snake}
	}
	words := splitHeader(head, double)
	first := snakeCase(words[0])
	if to := spec.aliases[first]; to != nil {
		return append(append([]string(nil), to...), words[1:]...)
	}
	if spec.columns[first] {
		words[0] = first
	}
	return words
}

// splitHeader cuts at "::", or at ":" in forms that never use two; "jr:count" stays one word.
func splitHeader(head string, double bool) []string {
	delimiter := "::"
	if !double && !strings.Contains(head, "::") {
		delimiter = ":"
	}
	var words []string
	for _, w := range strings.Split(head, delimiter) {
		w = strings.TrimSpace(w)
		if n := len(words); n > 0 && words[n-1] == "jr" {
			words[n-1] = "jr:" + w
			continue
		}
		words = append(words, w)
	}
	return words
}

func snakeCase(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), "_")) }

// cells cleans the cells of one row and drops blank ones.
func (r *reader) cells(s *sheet, num int, texts []string, squeezed bool) row {
	out := row{num: num}
	for col, text := range texts {
		text = strings.TrimFunc(strings.ReplaceAll(text, "\u00a0", " "), isBlank)
		if text == "" {
			continue
		}
		if col >= len(s.columns) || s.columns[col] == nil {
			r.headless(s.name, num, col, text)
			continue
		}
		if squeezed && r.clean {
			text = squeeze(text)
		}
		out.cells = append(out.cells, cell{words: s.columns[col], head: s.heads[col], text: straightQuotes(text)})
	}
	return out
}

// headless mentions the first text in a column without a heading; such columns hold notes.
func (r *reader) headless(sheet string, row, col int, text string) {
	if r.book.Format == table.Markdown {
		r.bad(sheet, row, table.ColumnName(col), "form.cell.nohead", "text", shorten(text))
		return
	}
	id := sheet + "!" + table.ColumnName(col)
	if r.told[id] {
		return
	}
	r.warn(sheet, row, table.ColumnName(col), "form.cell.nohead", "text", shorten(text))
	r.told[id] = true
}

func isBlank(r rune) bool { return unicode.IsSpace(r) || r == '\ufeff' || r == '\u200b' }

var blanks = regexp.MustCompile(`( )+`)

// squeeze trims and makes one blank of several; the blanks that word processors insert count too.
func squeeze(s string) string {
	s = strings.ReplaceAll(strings.TrimFunc(s, isBlank), "\u00a0", " ")
	return blanks.ReplaceAllString(s, " ")
}

// quoteMarks are the typographic quotation marks that word processors put into expressions.
var quoteMarks = strings.NewReplacer("\u2018", "'", "\u2019", "'", "\u201c", `"`, "\u201d", `"`)

func straightQuotes(s string) string { return quoteMarks.Replace(s) }

// shorten cuts a text for a message.
func shorten(s string) string {
	if r := []rune(s); len(r) > 30 {
		return string(r[:30]) + "…"
	}
	return s
}
