package form

import (
	"fmt"
	"strings"
	"testing"
)

// written is how the test writes runs: [b i h1 #rrggbb >link|text].
func written(runs []Run) string {
	var b strings.Builder
	for _, r := range runs {
		var marks []string
		if r.Bold {
			marks = append(marks, "b")
		}
		if r.Italic {
			marks = append(marks, "i")
		}
		if r.Heading > 0 {
			marks = append(marks, fmt.Sprint("h", r.Heading))
		}
		if r.Color != "" {
			marks = append(marks, r.Color)
		}
		if r.Link != "" {
			marks = append(marks, ">"+r.Link)
		}
		if len(marks) == 0 {
			b.WriteString(r.Text)
			continue
		}
		fmt.Fprintf(&b, "[%s|%s]", strings.Join(marks, " "), r.Text)
	}
	return b.String()
}

// The examples of https://docs.getodk.org/form-styling/ and of XLSForm's page on
// styling, and what people write who think of no styling at all.
func TestStyled(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"户主姓名", "户主姓名"},
		{"**bold** and __bold__", "[b|bold] and [b|bold]"},
		{"*emphasis* and _emphasis_", "[i|emphasis] and [i|emphasis]"},
		{"***both***", "[b i|both]"},
		{"请填**牦牛**头数", "请填[b|牦牛]头数"},
		{"**注意：**请如实填写（__只填一次。__）", "[b|注意：]请如实填写（[b|只填一次。]）"},
		{"*“牦牛”*和_羊_", "[i|“牦牛”]和[i|羊]"},
		{"2 * 3 * 4", "2 * 3 * 4"},
		{"6323**********0013, 6323**********0026 **b** ____", "6323**********0013, 6323**********0026 [b|b] ____"},
		{"**a**b", "[b|a]b"},
		{"a\r\n**b**\r\nc", "a\n[b|b]\nc"},
		{"# 第一部分\n请如实填写", "[b h1|第一部分]\n请如实填写"},
		{"###### six", "[b h6|six]"},
		{"see [the guide](https://example.org/a_b_c)", "see [>https://example.org/a_b_c|the guide]"},
		{`<span style="color:red">stop</span> here`, "[#ff0000|stop] here"},
		{`<span style='color: #f58a1f; font-family:cursive'>orange</span>`, "[#f58a1f|orange]"},
		{`<span style="color:#0f0">**go**</span>`, "[b #00ff00|go]"},
		{`<font color="blue">sky</font>`, "[#0000ff|sky]"},
		{"<b>a</b> <i>b</i><br>c<br/>d", "[b|a] [i|b]\nc\nd"},
		{"<u>under</u>", "under"},
		{`\# no heading, \*no emphasis\*, \_none\_`, "# no heading, *no emphasis*, _none_"},
		{"1. 姓名\n2. 年龄", "1. 姓名\n2. 年龄"},
		{"- 甲\n- 乙", "- 甲\n- 乙"},
		{"+ add", "+ add"},
		{"> 5 years", "> 5 years"},
		{"under <5 years & over", "under <5 years & over"},
		{"tick <name> or <unknown a=1>", "tick <name> or <unknown a=1>"},
		{"snake_case_name and a*b", "snake_case_name and a*b"},
		{"required *", "required *"},
		{"#1 question", "#1 question"},
		{"one\n\n\ntwo", "one\n\n\ntwo"},
		{"**one**\n\n\ntwo", "[b|one]\n\ntwo"},
		{"a &lt; b &amp; c", "a < b & c"},
		{"⚠ **check** this", "⚠ [b|check] this"},
		{"</span>loose **open", "loose **open"},
		{"<b>never closed", "[b|never closed]"},
		{"![a map](map.png)", "a map"},
		{"", ""},
	} {
		runs := Styled(c.text)
		if got := written(runs); got != c.want {
			t.Errorf("%q:\n got %q\nwant %q", c.text, got, c.want)
		}
		if plain := Plain(c.text); plain != plainOf(runs) {
			t.Errorf("%q: plain %q, runs %q", c.text, plain, plainOf(runs))
		}
	}
}

// readForm reads a form without errors.
func readForm(t *testing.T, md string) *Form {
	t.Helper()
	f, report := ReadFile("data.md", []byte(md))
	if f == nil {
		t.Fatal(report.Errors)
	}
	return f
}

// An interview gives texts without their styling, and with it what is shown; what
// is filled in may bring its own.
func TestInterviewStyles(t *testing.T) {
	v := New(readForm(t, `
| survey |
| | type | name | label | hint | calculation | constraint | constraint_message |
| | integer | yaks | **牦牛**几头 | 按_实有_填写 | | . < 500 | **最多**500头 |
| | calculate | verdict | | | if(${yaks} > 100, '<span style="color:red">多</span>', '正常') | | |
| | note | say | 结论：${verdict} | | | | |
| | select_one yn | ok | 同意 | | | | |
| choices |
| | list_name | name | label |
| | yn | yes | *是* |
| | yn | no | 否 |
`), Config{})
	if err := v.Set("/data/yaks", "600"); err != nil {
		t.Fatal(err)
	}
	q := v.Step().Questions
	if len(q) != 3 {
		t.Fatalf("%d questions", len(q))
	}
	yaks, say, ok := q[0], q[1], q[2]
	if yaks.Label != "牦牛几头" || written(yaks.Styled) != "[b|牦牛]几头" || yaks.Hint != "按实有填写" || written(yaks.StyledHint) != "按[i|实有]填写" {
		t.Errorf("%q %q, %q %q", yaks.Label, written(yaks.Styled), yaks.Hint, written(yaks.StyledHint))
	}
	if yaks.Error == nil || yaks.Error.Text != "最多500头" {
		t.Errorf("the message is %+v", yaks.Error)
	}
	if say.Label != "结论：多" || written(say.Styled) != "结论：[#ff0000|多]" {
		t.Errorf("%q %q", say.Label, written(say.Styled))
	}
	if c := ok.Choices; ok.Styled != nil || c[0].Label != "是" || written(c[0].Styled) != "[i|是]" || c[1].Styled != nil {
		t.Errorf("%+v", ok)
	}
	if err := v.Set("/data/ok", "yes"); err != nil || v.Display("/data/ok") != "是" {
		t.Errorf("shown as %q, %v", v.Display("/data/ok"), err)
	}
}

func FuzzStyled(f *testing.F) {
	for _, s := range []string{"**a** _b_ [c](d)", `<span style="color:red">x</span>`, "# h\n\np", `\*`, "&lt;b>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, r := range Styled(s) {
			if r.Text == "" && s != "" {
				t.Errorf("%q has an empty run", s)
			}
			if r.Color != "" && colorOf(r.Color) != r.Color {
				t.Errorf("%q has the color %q", s, r.Color)
			}
		}
	})
}
