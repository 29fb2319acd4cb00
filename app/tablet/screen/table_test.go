package screen

import (
	"testing"

	"muqu/app/tablet/widget"
)

const tabled = `
| survey |                  |        |       |            |
|        | type             | name   | label | appearance |
|        | begin group      | q      |       |            |
|        | select_one grade | first  | 先问  | quick      |
|        | end group        |        |       |            |
|        | begin group      | t      | 服务  | table-list |
|        | select_one grade | school | 学校  |            |
|        | select_one grade | clinic | 卫生室 |           |
|        | end group        |        |       |            |
| choices |          |      |       |
|         | list_name | name | label |
|         | grade     | bad  | 差    |
|         | grade     | good | 好    |
| settings |            |         |         |
|          | form_title | form_id | version |
|          | 表格题      | tabled  | 1       |
`

// A quick answer goes on by itself; a table of questions shows its choices once.
func TestQuickAndTable(t *testing.T) {
	w := open(t, &Home{})
	w.give("tabled.md", tabled, nil)
	w.shell.Start(&Surveys{})
	w.tap("表格题")
	w.tap("好") // and no tap on the button
	w.see("服务", "学校", "卫生室")
	heads := 0
	for _, o := range w.shown() {
		if text, ok := o.(*widget.Text); ok && text.Text() == "差" {
			heads++
		}
	}
	w.want("times that a choice is written", heads, 1)
	inside[*widget.Choice](t, w.field("学校")).Tap("good")
	inside[*widget.Choice](t, w.field("卫生室")).Tap("bad")
	w.fits()
	w.tap("完成")
	w.loop.settle()
	if r := w.list("visit"); len(r) != 1 || r[0].Text("first") != "good" || r[0].Text("school") != "good" || r[0].Text("clinic") != "bad" {
		t.Errorf("%+v", r)
	}
}
