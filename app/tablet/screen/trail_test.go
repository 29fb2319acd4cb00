package screen

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"muqu/core"
)

// A form may want to know how it was filled in: the log goes on after a kill, and
// is a file of the visit.
func TestAuditLogIsKept(t *testing.T) {
	w := open(t, &Home{})
	w.give("timed.md", "| survey | | | | | |\n| | type | name | label | parameters | appearance |\n| | audit | | | track-changes=true identify-user=true | |\n"+
		"| | begin group | one | 一 | | field-list |\n| | text | what | 什么 | | |\n| | end group | | | | |\n"+
		"| | begin group | two | 二 | | field-list |\n| | integer | n | 几头 | | |\n| | text | why | 为什么 | | |\n| | end group | | | | |\n"+
		"| settings | | |\n| | form_title | form_id | version |\n| | 计时 | timed | 1 |\n", nil)
	w.shell.Start(&Surveys{})
	w.tap("计时")
	w.loop.settle()
	w.typeIn("什么", "牛")
	w.tap("下一步")
	w.loop.settle()
	w.start(&Home{}) // as after a kill
	w.tap("计时")
	w.loop.settle()
	w.typeIn("几头", "31")
	w.tap("完成")
	w.loop.settle()
	visits := w.list("visit")
	if len(visits) != 1 {
		t.Fatalf("%d visits", len(visits))
	}
	name, ok := core.ParseFileName(visits[0].Text("audit"))
	if !ok {
		t.Fatalf("the visit has %v", visits[0].Fields)
	}
	data, err := w.tablet.ReadFile(t.Context(), name, false)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i, l := range lines {
		if i > 0 && (l[2] == "" || l[6] != "测试员") {
			t.Errorf("line %q", l)
		}
		got = append(got, strings.Join([]string{l[0], l[1], l[4], l[5]}, " "))
	}
	want := []string{"event node old-value new-value", "form start   ", "question /data/one/what  牛", "group questions /data/two  ", "question /data/two/n  ",
		"question /data/two/why  ", "form resume   ", "group questions /data/two  ", "question /data/two/n  31", "question /data/two/why  ",
		"form save   ", "form finalize   ", "form exit   "}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
