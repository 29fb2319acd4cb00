package form

import (
	"fmt"
	"strings"
)

// Message is a sentence for a person. Key is stable and names the sentence in the catalogue (see [MessageKeys]); Args
// fill its {places}; Text is the English sentence, complete. A Message is an error.
type Message struct {
	Key  string            `json:"key"`
	Args map[string]string `json:"args,omitempty"`
	Text string            `json:"text"`
}

func (m Message) Error() string { return m.Text }

// In returns the sentence in a language of this package's table, English if the table has none.
func (m Message) In(lang string) string {
	if text, ok := messageText(m.Key, lang); ok {
		return fill(text, m.Args)
	}
	return m.Text
}

// fill puts arguments into the {places} of a sentence; doubled braces stand for themselves.
func fill(text string, args map[string]string) string {
	old := []string{"{{", "{", "}}", "}"}
	for k, v := range args {
		old = append(old, "{"+k+"}", v)
	}
	return strings.NewReplacer(old...).Replace(text)
}

// say builds a message from its key and pairs of argument names and values; the sentence comes from the table.
func say(key string, args ...string) Message {
	m := Message{Key: key, Args: pairs(args)}
	text, ok := messageText(key, "en")
	if !ok {
		text = key
	}
	m.Text = fill(text, m.Args)
	return m
}

func pairs(args []string) map[string]string {
	if len(args) == 0 {
		return nil
	}
	m := make(map[string]string, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		m[args[i]] = args[i+1]
	}
	return m
}

// Problem is something wrong, or doubtful, in a form as its author wrote it.
type Problem struct {
	Message
	Sheet  string `json:"sheet,omitempty"`
	Row    int    `json:"row,omitempty"`    // as Excel counts; 0 when it concerns the sheet or the file
	Column string `json:"column,omitempty"` // the header as the author wrote it; may be empty
}

func (p Problem) Error() string {
	where := p.Sheet
	if p.Row > 0 {
		where += fmt.Sprintf(", row %d", p.Row)
	}
	if p.Column != "" {
		where += ", column " + p.Column
	}
	if where == "" {
		return p.Text
	}
	return where + ": " + p.Text
}

// exprError builds the error of an expression that can't be read; the position is shown by the text around it.
func exprError(src string, at int, key string, args ...string) error {
	m := say(key, args...)
	if m.Args == nil {
		m.Args = map[string]string{}
	}
	m.Args["at"] = fmt.Sprint(len([]rune(src[:at])) + 1)
	m.Args["near"] = excerpt(src, at)
	m.Text = m.In("en")
	return m
}

// excerpt shows the expression around a place, the place itself marked.
func excerpt(src string, at int) string {
	before, after := []rune(src[:at]), []rune(src[at:])
	cut := func(r []rune) string { return string(r) }
	head, tail := "", ""
	if len(before) > 20 {
		before, head = before[len(before)-20:], "…"
	}
	if len(after) > 20 {
		after, tail = after[:20], "…"
	}
	return head + cut(before) + "▸" + cut(after) + tail
}
