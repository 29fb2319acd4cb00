package screen

import (
	"slices"
	"testing"
)

// A form may ask for what was last answered, so that a worker who goes from
// house to house types the village once.
func TestLastSavedAnswerIsOffered(t *testing.T) {
	w := open(t, &Home{})
	w.give("doors.md", "| survey | | | | |\n| | type | name | label | default |\n| | text | hamlet | 村社 | ${last-saved#hamlet} |\n| | text | head | 户主 | |\n"+
		"| settings | | |\n| | form_title | form_id | version |\n| | 逐户 | doors | 1 |\n", nil)
	fill := func(head string) {
		w.Helper()
		w.tap("逐户")
		w.loop.settle()
		if head == "第一户" {
			w.typeIn("村社", "牧业一社")
		}
		w.typeIn("户主", head)
		w.tap("完成")
		w.loop.settle()
	}
	w.shell.Start(&Surveys{})
	fill("第一户")
	w.start(&Surveys{}) // as after a kill
	fill("第二户")
	var got []string
	for _, r := range w.list("visit") {
		got = append(got, r.Text("hamlet")+" "+r.Text("head"))
	}
	slices.Sort(got)
	if want := []string{"牧业一社 第一户", "牧业一社 第二户"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if left := w.drafts(); !slices.Equal(left, []string{"last/doors"}) {
		t.Errorf("kept %q", left)
	}
	w.shell.Start(&Home{})
	w.notSee("未完成 1项")
}
