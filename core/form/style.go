package form

import (
	"fmt"
	"image/color"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	markdown "github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
	"golang.org/x/image/colornames"
)

// Run is a stretch of a text in one style.
type Run struct {
	Text    string
	Bold    bool
	Italic  bool
	Heading int    // 1 to 6 for a line that heads what follows it, 0 for any other text
	Color   string // #rrggbb; "" for the usual one
	Link    string // address to which the text leads; "" for none
}

// Styled reads the styling of a label, a hint or a choice as ODK knows it
// (https://docs.getodk.org/form-styling/): the emphasis, headings and links of
// Markdown, and of HTML the tags that set a color or a weight. Everything else
// stands as it was written, an unknown tag and the number of a list as well. The
// runs together are the text without its styling; of a text without any it is one.
func Styled(s string) []Run {
	if !strings.ContainsAny(s, styling) {
		return []Run{{Text: s}}
	}
	w := &stylist{source: []byte(strings.ReplaceAll(s, "\r\n", "\n"))}
	doc := dialect.Parse(text.NewReader(w.source))
	for block := doc.FirstChild(); block != nil; block = block.NextSibling() {
		w.block(block)
	}
	return w.runs
}

// dialect is what of Markdown means anything in a form.
var dialect = markdown.NewParser(
	markdown.WithBlockParsers(util.Prioritized(markdown.NewATXHeadingParser(), 1), util.Prioritized(markdown.NewParagraphParser(), 2)),
	markdown.WithInlineParsers(util.Prioritized(markdown.NewLinkParser(), 1), util.Prioritized(markdown.NewRawHTMLParser(), 2), util.Prioritized(emphasis{}, 3)),
)

// styling are the signs of which one stands in every styled text.
const styling = `*_#<[\&`

// Plain is a text without its styling.
func Plain(s string) string {
	plain, _ := styledOrPlain(s)
	return plain
}

// styledOrPlain gives a text without its styling, and in runs if it has any.
func styledOrPlain(s string) (string, []Run) {
	if !strings.ContainsAny(s, styling) {
		return s, nil
	}
	runs := Styled(s)
	if len(runs) == 1 && runs[0].like(Run{}) {
		return runs[0].Text, nil
	}
	return plainOf(runs), runs
}

func plainOf(runs []Run) string {
	var b strings.Builder
	for _, r := range runs {
		b.WriteString(r.Text)
	}
	return b.String()
}

// emphasis reads the stars and lines of emphasis. CommonMark wants a blank where a
// stop stands beside them, and so would not end **注意：**请: here they open before
// anything and close after anything but a blank, as in ODK. Only a line inside a
// Latin word is part of it.
type emphasis struct{}

func (emphasis) Trigger() []byte { return []byte("*_") }

func (e emphasis) Parse(_ ast.Node, block text.Reader, pc markdown.Context) ast.Node {
	before := block.PrecendingCharacter()
	line, segment := block.PeekLine()
	d := markdown.ScanDelimiter(line, before, 1, e)
	if d == nil {
		return nil
	}
	if d.OriginalLength > 3 { // no emphasis is that strong: digits were made unreadable
		block.Advance(d.OriginalLength)
		return ast.NewTextSegment(segment.WithStop(segment.Start + d.OriginalLength))
	}
	after, _ := utf8.DecodeRune(line[d.OriginalLength:])
	if d.OriginalLength == len(line) {
		after = ' '
	}
	word := d.Char == '_'
	d.CanOpen = !unicode.IsSpace(after) && !(word && latin(before))
	d.CanClose = !unicode.IsSpace(before) && !(word && latin(after))
	d.Segment = segment.WithStop(segment.Start + d.OriginalLength)
	block.Advance(d.OriginalLength)
	pc.PushDelimiter(d)
	return d
}

func (emphasis) IsDelimiter(b byte) bool { return b == '*' || b == '_' }

func (emphasis) CanOpenCloser(opener, closer *markdown.Delimiter) bool {
	return opener.Char == closer.Char
}

func (emphasis) OnMatch(consumed int) ast.Node { return ast.NewEmphasis(consumed) }

func latin(r rune) bool {
	return r < unicode.MaxLatin1 && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// stylist walks a parsed text.
type stylist struct {
	source []byte
	runs   []Run
	now    Run       // style of what comes
	open   []htmlTag // that were not closed
	end    int       // where the block before ended
}

// htmlTag is an open tag, with the style that held before it.
type htmlTag struct {
	name   string
	before Run
}

// block writes a heading or a paragraph. Blank lines between blocks stay, one
// for many.
func (w *stylist) block(n ast.Node) {
	lines := n.Lines()
	if len(w.runs) > 0 {
		gap := "\n"
		if from := w.end; lines.Len() > 0 && strings.Count(string(w.source[from:max(from, lines.At(0).Start)]), "\n") > 1 {
			gap = "\n\n"
		}
		w.say(gap)
	}
	before := w.now
	if h, ok := n.(*ast.Heading); ok {
		w.now.Heading, w.now.Bold = h.Level, true
	}
	w.inside(n)
	w.now, w.open = before, nil
	if k := lines.Len(); k > 0 {
		// A paragraph's last line may hold its line break or not.
		w.end = len(strings.TrimRight(string(w.source[:lines.At(k-1).Stop]), "\r\n"))
	}
}

func (w *stylist) inside(n ast.Node) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			w.say(unescaped(c.Segment.Value(w.source)))
			if c.SoftLineBreak() || c.HardLineBreak() {
				w.say("\n")
			}
		case *ast.String:
			w.say(string(c.Value))
		case *ast.Emphasis:
			before := w.now
			w.now.Bold, w.now.Italic = before.Bold || c.Level == 2, before.Italic || c.Level == 1
			w.inside(c)
			w.now.Bold, w.now.Italic = before.Bold, before.Italic
		case *ast.Link:
			before := w.now.Link
			w.now.Link = string(c.Destination)
			w.inside(c)
			w.now.Link = before
		case *ast.RawHTML:
			w.tag(string(c.Segments.Value(w.source)))
		default: // an image: what it says instead
			w.inside(c)
		}
	}
}

// unescaped takes out the backslashes before signs that mean themselves, and
// puts in what entities stand for.
func unescaped(b []byte) string {
	return string(util.UnescapePunctuations(util.ResolveEntityNames(util.ResolveNumericReferences(b))))
}

// say adds text in the style that holds.
func (w *stylist) say(s string) {
	if s == "" {
		return
	}
	r := w.now
	r.Text = s
	if k := len(w.runs) - 1; k >= 0 && w.runs[k].like(r) {
		w.runs[k].Text += s
		return
	}
	w.runs = append(w.runs, r)
}

// like reports whether two runs are of one style.
func (r Run) like(o Run) bool {
	r.Text, o.Text = "", ""
	return r == o
}

var (
	tagParts  = regexp.MustCompile(`(?s)^<(/?)\s*([A-Za-z][A-Za-z0-9]*)(.*?)/?>$`)
	tagColor  = regexp.MustCompile(`(?i)(?:\bcolor\s*[:=]\s*["']?\s*)(#?[0-9a-z]+)`)
	tagTarget = regexp.MustCompile(`(?i)\bhref\s*=\s*["']?([^"'\s>]+)`)
)

// tag takes in a tag that is known. Any other is what somebody wrote.
func (w *stylist) tag(s string) {
	m := tagParts.FindStringSubmatch(s)
	if m == nil {
		w.say(s)
		return
	}
	name, closes := strings.ToLower(m[2]), m[1] != ""
	switch name {
	case "br":
		w.say("\n")
		return
	case "span", "font", "b", "strong", "i", "em", "u", "a", "big", "small", "sub", "sup", "center", "p", "div", "h1", "h2", "h3", "h4", "h5", "h6":
	default:
		w.say(s)
		return
	}
	if closes {
		w.close(name)
		return
	}
	w.open = append(w.open, htmlTag{name, w.now})
	switch name {
	case "b", "strong":
		w.now.Bold = true
	case "i", "em":
		w.now.Italic = true
	case "h1", "h2", "h3", "h4", "h5", "h6":
		w.now.Bold, w.now.Heading = true, int(name[1]-'0')
	case "a":
		if t := tagTarget.FindStringSubmatch(m[3]); t != nil {
			w.now.Link = t[1]
		}
	}
	if c := tagColor.FindStringSubmatch(m[3]); c != nil {
		if hex := colorOf(c[1]); hex != "" {
			w.now.Color = hex
		}
	}
}

// close ends a tag and those inside it that were left open.
func (w *stylist) close(name string) {
	for i := len(w.open) - 1; i >= 0; i-- {
		if w.open[i].name != name {
			continue
		}
		w.now, w.open = w.open[i].before, w.open[:i]
		if (name == "p" || name == "div" || name[0] == 'h') && len(w.runs) > 0 {
			w.say("\n")
		}
		return
	}
}

// colorOf gives a color of CSS as #rrggbb; "" for one that is not known.
func colorOf(name string) string {
	name = strings.ToLower(name)
	if c, ok := colornames.Map[name]; ok {
		return hexOf(c)
	}
	var r, g, b uint8
	switch {
	case len(name) == 7 && scanned(fmt.Sscanf(name, "#%02x%02x%02x", &r, &g, &b)):
		return name
	case len(name) == 4 && scanned(fmt.Sscanf(name, "#%1x%1x%1x", &r, &g, &b)):
		return hexOf(color.RGBA{R: 17 * r, G: 17 * g, B: 17 * b})
	}
	return ""
}

func scanned(n int, err error) bool { return n == 3 && err == nil }

func hexOf(c color.RGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }
