package screen

import (
	"bytes"
	"context"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"
	fynetheme "fyne.io/fyne/v2/theme"
	fynewidget "fyne.io/fyne/v2/widget"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"muqu/app/survey"
	"muqu/app/tablet/widget"
	"muqu/core"
	"muqu/core/change"
	"muqu/sync/attach"
	"muqu/sync/client"
)

// drawer is the centre's files, as the console keeps them.
type drawer struct{ *attach.Store }

func (d drawer) ReadFile(_ context.Context, _ core.Ref, name core.FileName) ([]byte, error) {
	return d.Read(name)
}

func (d drawer) PutFile(_ context.Context, name core.FileName, r io.Reader) error {
	_, err := d.Put(name, r)
	return err
}

// give gives a form out to the county of the tablet's worker.
func (w *world) give(name, sheets string, media map[string][]byte) core.FormVersion {
	w.Helper()
	desk := w.centre.As(core.Person{Name: "县里", Role: core.County, Scope: core.Scope{"632323"}})
	l := &survey.Library{Book: desk, Files: drawer{w.centre.files.Store()}}
	a, err := l.Add(w.Context(), survey.Handed{Files: map[string][]byte{name: []byte(sheets)}, Media: media, Region: "632323000000", Day: now()})
	if err != nil || a.Form == nil {
		w.Fatalf("%v, %v", a.Report.Errors, err)
	}
	r, _, err := desk.Get(w.Context(), a.Version.Ref)
	if err != nil {
		w.Fatal(err)
	}
	_, err = desk.Commit(w.Context(), []core.Edit{{Ref: r.Ref, From: r, Set: map[string]change.Value{
		"state": change.Text("published"), "areas": change.ListOf([]change.Value{change.Text("632323")}),
		"published": change.Text(now().Add(time.Duration(a.Version.Version[0]) * time.Minute).UTC().Format(time.RFC3339))}}})
	if err != nil {
		w.Fatal(err)
	}
	if _, err := w.tablet.SyncWith(w.Context(), client.Options{}); err != nil {
		w.Fatal(err)
	}
	return a.Version
}

const everything = `
| survey |                          |         |             |                |                |            |
|        | type                     | name    | label::中文 (zh) | label::English (en) | appearance | parameters |
|        | select_one grade         | roads   | 道路          | Roads          | likert         |            |
|        | begin group              | g       | 评价          | Rating         | field-list     |            |
|        | select_one grade         | head    | 项目          | Item           | label          |            |
|        | select_one grade         | school  | 学校          | School         | list-nolabel   |            |
|        | select_one grade         | clinic  | 卫生室         | Clinic         | list-nolabel   |            |
|        | end group                |         |             |                |                |            |
|        | rank wants               | wants   | 最需要         | Most wanted    |                |            |
|        | select_multiple wants    | has     | 已有          | Has            | columns-2      |            |
|        | select_one wants         | quick   | 先办          | First          | minimal        |            |
|        | range                    | snow    | 雪深          | Snow           |                | start=0 end=2 step=0.5 |
|        | integer                  | income  | 收入          | Income         | thousands-sep  |            |
|        | date                     | since   | 从何时         | Since          | month-year     |            |
|        | date                     | built   | 建于          | Built          | year           |            |
|        | dateTime                 | met     | 何时谈的        | Met at         |                |            |
|        | geopoint                 | place   | 位置          | Place          |                |            |
|        | geotrace                 | fence   | 围栏          | Fence          |                |            |
|        | barcode                  | tag     | 耳标          | Ear tag        |                |            |
|        | audio                    | words   | 录音          | Recording      |                |            |
|        | text                     | note    | 说明          | Note           | multiline      |            |
| choices |          |      |        |       |
|         | list_name | name | label::中文 (zh) | label::English (en) |
|         | grade     | bad  | 差      | Bad    |
|         | grade     | fair | 一般     | Fair   |
|         | grade     | good | 好      | Good   |
|         | wants     | road | 修路     | Road   |
|         | wants     | well | 打井     | Well   |
|         | wants     | barn | 畜棚     | Barn   |
| settings |          |         |
|          | form_title | form_id | version |
|          | 村情调查      | village | 1       |
`

func TestSurveyOfEveryType(t *testing.T) {
	w := open(t, &Home{})
	home := w.home("测试户主甲")
	w.give("village.md", everything, nil)
	w.shell.Start(&Household{Ref: home.Ref})
	w.tap("填写调查表")
	w.see("村情调查", "版本 1", "已填 0份")
	w.tap("村情调查")
	w.fits()
	w.tap("中文 (zh)")
	w.pickFirst("English")
	w.see("Roads", "Good", "English (en)")
	w.notSee("道路")
	w.tap("English (en)")
	w.pickFirst("中文")
	w.tap("好")
	w.next("评价")
	inside[*widget.Choice](t, w.field("学校")).Tap("bad")
	inside[*widget.Choice](t, w.field("卫生室")).Tap("good")
	w.next("最需要")
	for _, tapped := range []string{"打井", "畜棚", "修路"} {
		w.choose("最需要", tapped)
	}
	w.choose("已有", "修路")
	w.choose("已有", "打井")
	w.pick("先办", "dj") // 打井 by its initials
	snow := inside[*widget.Range](t, w.field("雪深"))
	for range 3 { // the first says that the end which is shown is meant
		snow.Step(.5)
	}
	w.typeIn("收入", "12500")
	w.typeIn("从何时", "2019.3")
	w.typeIn("建于", "1988")
	w.typeAt("何时谈的", 0, "2026-11-20")
	w.typeAt("何时谈的", 1, "9:30")
	w.typeAt("位置", 0, "34.85")
	w.typeAt("位置", 1, "101.6")
	w.typeIn("耳标", "QH-007")
	w.typeIn("说明", "路不好走")
	w.fits()
	w.tap("完成")
	w.loop.settle()
	w.want("toast", w.toast(), "已保存在本机")
	r := w.list("visit")
	if len(r) != 1 {
		t.Fatalf("%d visits", len(r))
	}
	got := map[string]string{}
	for name, v := range r[0].Fields {
		got[name] = core.AnswerText(v)
	}
	for name, want := range map[string]string{
		"form_id": "village", "form_version": "1", "household": home.ID.String(), "roads": "good", "school": "bad", "clinic": "good",
		"wants": "well barn road", "has": "road well", "quick": "well", "snow": "1", "income": "12500", "since": "2019-03-01", "built": "1988-01-01",
		"met": "2026-11-20T09:30:00.000+08:00", "place": "34.85 101.6", "tag": "QH-007", "note": "路不好走",
	} {
		if got[name] != want {
			t.Errorf("%s: %q, want %q", name, got[name], want)
		}
	}
	w.shell.Start(&Record{Ref: r[0].Ref})
	w.see("道路", "好", "最需要", "打井、畜棚、修路")
}

func TestSurveyDraftKeepsItsVersion(t *testing.T) {
	w := open(t, &Home{})
	sheets := func(version, more string) string {
		return "| survey | | | |\n| | type | name | label |\n| | text | what | 什么 |\n" + more +
			"| settings | | |\n| | form_title | form_id | version |\n| | 小调查 | small | " + version + " |\n"
	}
	w.give("small.md", sheets("1", "| | integer | old | 旧题 |\n"), nil)
	w.shell.Start(&Home{})
	w.tap("调查表")
	w.tap("小调查")
	w.typeIn("什么", "牛")
	w.loop.settle()
	w.give("small.md", sheets("2", "| | integer | new | 新题 |\n"), nil)
	w.start(&Home{}) // as after a kill
	w.tap("小调查")
	w.see("旧题", "这份表有新版本")
	w.notSee("新题")
	w.tap("这份表有新版本：点这里换用新版，已填的答案会保留。")
	w.tap("换用新版")
	w.loop.settle()
	w.see("新题")
	w.notSee("旧题", "这份表有新版本")
	w.tap("完成")
	r := w.list("visit")
	if len(r) != 1 || r[0].Text("form_version") != "2" || r[0].Text("what") != "牛" || r[0].Region != "632323000000" {
		t.Errorf("%+v", r)
	}
	w.want("drafts", len(w.drafts()), 0)
}

// next goes on and waits for a heading.
func (w *world) next(heading string) {
	w.Helper()
	w.tap("下一步")
	w.see(heading)
}

// typeAt types into the nth line of a question that has several.
func (w *world) typeAt(label string, n int, text string) {
	w.Helper()
	var lines []*widget.Entry
	for _, o := range visible(w.field(label)) {
		if e, ok := o.(*widget.Entry); ok {
			lines = append(lines, e)
		}
	}
	if n >= len(lines) {
		w.Fatalf("%s has %d lines", label, len(lines))
	}
	lines[n].SetText(text)
	w.loop.settle()
}

func TestGrouped(t *testing.T) {
	for in, want := range map[string]string{"": "", "5": "5", "1234": "1,234", "-1234567.5": "-1,234,567.5", "123": "123"} {
		if got := grouped(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

func TestBarcodeIsReadOffAPhoto(t *testing.T) {
	code, err := readBarcode(qr(t, "QH-6323-007"))
	if err != nil || code != "QH-6323-007" {
		t.Errorf("%q, %v", code, err)
	}
	for _, bad := range [][]byte{taken(t, 1), []byte("no picture")} {
		if _, err := readBarcode(bad); err == nil {
			t.Error("a code was read where there is none")
		}
	}
}

// qr draws a code as it is printed on a tag.
func qr(t *testing.T, text string) []byte {
	t.Helper()
	bits, err := qrcode.NewQRCodeWriter().Encode(text, gozxing.BarcodeFormat_QR_CODE, 400, 400, nil)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, bits); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const herds = `
| survey | | | |
|        | type         | name | label |
|        | begin repeat | herd | 畜群 |
|        | text         | kind | 种类 |
|        | end repeat   |      |      |
| settings | | | |
|          | form_title | form_id | version |
|          | 畜群登记     | herds   | 1       |
`

func TestRowsOfARepeatAreMoved(t *testing.T) {
	w := open(t, &Home{})
	w.give("herds.md", herds, nil)
	w.shell.Start(&Surveys{})
	w.tap("畜群登记")
	w.see("如果一个也没有")
	w.tap("下一步") // from the list to the one that is there
	w.typeIn("种类", "牦牛")
	top := w.shell.Top().(*Survey)
	top.jump(w.shell, "/data/herd")
	w.tap("添加：畜群")
	w.typeIn("种类", "藏羊")
	top.jump(w.shell, top.run.Steps()[0].Path)
	w.see("1 · 牦牛", "2 · 藏羊")
	w.notSee("如果一个也没有")
	up := 0
	for _, o := range w.shown() {
		if b, ok := o.(*fynewidget.Button); ok && b.Icon == fynetheme.MoveUpIcon() {
			up++
			test.Tap(b)
		}
	}
	w.want("rows that can go up", up, 1)
	w.see("1 · 藏羊", "2 · 牦牛")
	w.fits()
}

const loose = `
| survey | | | | |
|        | type        | name | label    | required |
|        | text        | who  | 谁来回答 | yes      |
|        | integer     | yak  | 牦牛     |          |
|        | begin group | more | 其他情况 |          |
|        | text        | note | 说明     |          |
|        | end group   |      |          |          |
| settings | | | |
|          | form_title | form_id | version |
|          | 快问       | loose   | 1       |
`

// Questions that stand in no group are a step all the same, and it has a name.
func TestStepWithoutAGroupHasAName(t *testing.T) {
	w := open(t, &Home{})
	w.give("loose.md", loose, nil)
	w.shell.Start(&Surveys{})
	w.tap("快问")
	w.tap("步骤")
	w.see("谁来回答（未填完）", "其他情况")
}

const counted = `
| survey | | | | |
|        | type         | name      | label | save_to |
|        | csv-external | household |       |         |
|        | hidden       | home      |       |         |
|        | integer      | yak       | 牦牛  | yak     |
| entities | | | |
|          | list_name | entity_id | update_if |
|          | household | ${home}   | ${home} != '' |
| settings | | | |
|          | form_title | form_id | version |
|          | 点数       | counted | 1       |
`

// What an office's form saves to a household is in its record, with the author
// and the history of any other edit.
func TestSurveyChangesTheHousehold(t *testing.T) {
	w := open(t, &Home{})
	home := w.home("测试户主甲")
	w.give("counted.md", counted, nil)
	w.shell.Start(&Surveys{Household: home.Ref})
	w.tap("点数")
	w.typeIn("牦牛", "31")
	w.tap("完成")
	w.loop.settle()
	if n, _ := w.get(home.Ref).Field("yak").Float(); n != 31 {
		t.Errorf("%v yaks", n)
	}
	w.want("visits", len(w.list("visit")), 1)
	w.shell.Start(&Household{Ref: home.Ref})
	w.tap(w.list("visit")[0].Text("visit_date") + " 点数")
	w.see("点数", "31")
	w.shell.Start(&Surveys{}) // of nobody in particular: nothing to change
	w.tap("点数")
	w.typeIn("牦牛", "7")
	w.tap("完成")
	w.loop.settle()
	w.want("visits", len(w.list("visit")), 2)
	w.want("households", len(w.list("household")), 1)
}

// A recording of the form is handed over to the programs that play such, when it
// is on the tablet.
func TestRecordingOfTheFormIsHandedOver(t *testing.T) {
	w := open(t, &Home{})
	of := w.give("hear.md", "| survey | | | | |\n| | type | name | label | audio |\n| | text | what | 听后回答 | ask.mp3 |\n"+
		"| settings | | |\n| | form_title | form_id | version |\n| | 听题 | hear | 1 |\n", map[string][]byte{"ask.mp3": []byte("sound")})
	w.shell.Start(&Surveys{})
	w.tap("听题")
	w.loop.settle()
	w.see("听后回答")
	w.fits()
	w.tap("另存录音 ask.mp3，好播放")
	w.loop.settle()
	w.see("ask.mp3", "保存")
	path := filepath.Join(t.TempDir(), "ask.mp3")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.shell.writeOut(t.Context(), of.Media["ask.mp3"], out); err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "sound" {
		t.Errorf("saved %q, %v", b, err)
	}
}
