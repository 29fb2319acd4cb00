package widget

import (
	"bytes"
	"fmt"
	"image/color"
	"image/png"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/mobile"
	"fyne.io/fyne/v2/test"

	"muqu/app/tablet/theme"
)

// screen shows o in a window of that size, in the app's theme.
func screen(t *testing.T, o fyne.CanvasObject, width, height float32) fyne.Canvas {
	t.Helper()
	test.NewTempApp(t).Settings().SetTheme(theme.New())
	w := test.NewTempWindow(t, o)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(width, height))
	return w.Canvas()
}

func words() Words {
	return Words{Close: "关闭", Today: "今天", Search: "搜索", Choose: "请选择", Nothing: "没有找到", NotADate: "不是日期",
		Weekdays: [7]string{"一", "二", "三", "四", "五", "六", "日"}}
}

func TestTextGrowsAsItNarrows(t *testing.T) {
	text := NewText("请用受访人听得懂的语言说明用途并征得同意")
	form := NewForm(text)
	c := screen(t, form, 900, 400)
	wide := text.Size().Height
	c.(test.WindowlessCanvas).Resize(fyne.NewSize(200, 400))
	if narrow := text.Size().Height; narrow < 2*wide {
		t.Errorf("text is %v high in 200 dp and %v in 900", narrow, wide)
	}
}

func TestRowShortens(t *testing.T) {
	row := NewRow()
	screen(t, row, 300, 80)
	row.Set(Line{Title: strings.Repeat("才让卓玛", 20), Note: "泽库县", Mark: "待同步", Tone: Attention})
	view := test.WidgetRenderer(row).(*rowRenderer)
	if title := view.title.Text; !strings.HasSuffix(title, "…") || view.title.MinSize().Width > 300 {
		t.Errorf("title %q is %v wide", title, view.title.MinSize().Width)
	}
	if got, want := view.note.Text, "泽库县"; got != want {
		t.Errorf("note %q, want %q", got, want)
	}
	if row.MinSize().Height < theme.Touch {
		t.Errorf("row is %v high", row.MinSize().Height)
	}
}

func TestShortenKeepsStacksWhole(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(theme.New())
	text := strings.Repeat("བསྒྲུབས་", 10)
	for width := float32(20); width < 300; width += 7 {
		short := Shorten(text, width, 18)
		if measure(short, 18) > width && short != "…" {
			t.Errorf("%q is wider than %v", short, width)
		}
		rest := strings.TrimPrefix(text, strings.TrimSuffix(short, "…"))
		for _, r := range rest {
			if strings.ContainsRune("ྒྲུ", r) {
				t.Errorf("%v dp: cut before the mark %U", width, r)
			}
			break
		}
	}
}

func TestChoice(t *testing.T) {
	options := []Option{{Value: "yes", Label: "是"}, {Value: "no", Label: "否"}}
	got := "?"
	choice := NewChoice(options, "", func(chosen string) { got = chosen })
	screen(t, NewForm(choice), 600, 300)
	for _, step := range []struct{ tap, want string }{{"yes", "yes"}, {"no", "no"}, {"no", ""}} {
		choice.Tap(step.tap)
		if got != step.want {
			t.Errorf("after tapping %s: %q, want %q", step.tap, got, step.want)
		}
	}
	for _, panel := range choice.panels {
		if size := panel.Size(); size.Height < theme.Touch || size.Width < theme.Touch {
			t.Errorf("option is %v", size)
		}
	}
}

func TestChoicesAreInTheOrderOfTheList(t *testing.T) {
	options := []Option{{Value: "a", Label: "甲"}, {Value: "b", Label: "乙"}, {Value: "c", Label: "丙"}}
	var got []string
	choice := NewChoices(options, []string{"c", "old"}, func(chosen []string) { got = chosen })
	screen(t, NewForm(choice), 600, 300)
	choice.Tap("a")
	if want := []string{"a", "c", "old"}; !slices.Equal(got, want) {
		t.Errorf("chosen %v, want %v", got, want)
	}
	choice.Tap("c")
	if want := []string{"a", "old"}; !slices.Equal(got, want) {
		t.Errorf("chosen %v, want %v", got, want)
	}
}

func TestParseDate(t *testing.T) {
	for text, want := range map[string]string{
		"2026-03-05": "2026-03-05", "20260305": "2026-03-05", "2026.3.5": "2026-03-05",
		"2026年3月5日": "2026-03-05", " 2026/3/5 ": "2026-03-05",
		"2026-02-30": "", "05/03/2026": "", "2026": "", "": "", "2026-3": "",
	} {
		day, ok := ParseDate(text)
		if got := day.Format(DateLayout); ok != (want != "") || ok && got != want {
			t.Errorf("ParseDate(%q) = %v, %v, want %q", text, got, ok, want)
		}
	}
}

func TestDateIsTyped(t *testing.T) {
	today := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	var heard []string
	date := NewDate(words(), today, "", func(day string) { heard = append(heard, day) })
	c := screen(t, NewForm(date), 600, 300)
	c.Focus(date.entry)
	test.Type(date.entry, "1985.7.1")
	c.Unfocus()
	if got, want := date.entry.Text, "1985-07-01"; got != want {
		t.Errorf("field shows %q, want %q", got, want)
	}
	if got, want := date.Value(), "1985-07-01"; got != want {
		t.Errorf("value %q, want %q", got, want)
	}
	c.Focus(date.entry)
	test.Type(date.entry, "x")
	date.entry.SetText("nonsense")
	c.Unfocus()
	if !date.problem.Visible() {
		t.Error("nothing is said about a date that is none")
	}
}

func TestCalendar(t *testing.T) {
	var got string
	month := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	c := newCalendar(words(), month, "", func(day string) { got = day })
	screen(t, c, 480, 480)
	c.step(0, -11)
	c.step(-1, 0)
	if got, want := c.month.Format("2006-01"), "2024-12"; got != want {
		t.Errorf("month %s, want %s", got, want)
	}
	c.onTap("2024-12-31")
	if got != "2024-12-31" {
		t.Errorf("tapped %q", got)
	}
}

func TestSearchWaitsForTypingToRest(t *testing.T) {
	heard := make(chan string, 10)
	search := NewSearch("搜索", func(text string) { heard <- text })
	screen(t, search, 400, 60)
	test.Type(search.entry, "caire")
	select {
	case text := <-heard:
		t.Errorf("searched for %q before typing rested", text)
	case <-time.After(settle / 3):
	}
	select {
	case text := <-heard:
		if text != "caire" {
			t.Errorf("searched for %q", text)
		}
	case <-time.After(20 * settle):
		t.Error("never searched")
	}
}

func TestSearchAtOnceOnEnter(t *testing.T) {
	var heard []string
	search := NewSearch("搜索", func(text string) { heard = append(heard, text) })
	screen(t, search, 400, 60)
	search.entry.SetText("才让")
	search.entry.OnSubmitted("才让")
	search.entry.OnSubmitted("才让")
	if !slices.Equal(heard, []string{"才让"}) {
		t.Errorf("heard %v", heard)
	}
}

// The keyboard takes the lower half of the screen; the field stays above it.
func TestFormKeepsTheFocusInView(t *testing.T) {
	var fields []fyne.CanvasObject
	last := NewEntry()
	for range 20 {
		fields = append(fields, NewField("姓名", "", NewEntry()))
	}
	fields = append(fields, NewField("备注", "", last))
	form := NewForm(fields...)
	c := screen(t, form, 600, 800)
	c.Focus(last)
	visible := func() bool {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(last)
		return at.Y >= 0 && at.Y+last.Size().Height <= form.Size().Height
	}
	if !visible() {
		t.Error("the field that got the focus is out of view")
	}
	c.(test.WindowlessCanvas).Resize(fyne.NewSize(600, 300))
	if !visible() {
		t.Error("the keyboard covers the field")
	}
}

// Android gives Back to the entry that has the focus.
func TestEntryLetsBackThrough(t *testing.T) {
	entry := NewEntry()
	c := screen(t, entry, 300, 60)
	var typed fyne.KeyName
	c.SetOnTypedKey(func(key *fyne.KeyEvent) { typed = key.Name })
	c.Focus(entry)
	entry.TypedKey(&fyne.KeyEvent{Name: mobile.KeyBack})
	if typed != mobile.KeyBack || c.Focused() != nil {
		t.Errorf("screen heard %q, focus on %v", typed, c.Focused())
	}
}

func TestPicker(t *testing.T) {
	var options []Option
	for i := range 300 {
		options = append(options, Option{Value: fmt.Sprint(i), Label: fmt.Sprintf("%d村", i)})
	}
	var got Option
	picker := NewPicker("行政村", words(), Inline, FindIn(options), Option{}, func(o Option) { got = o })
	c := screen(t, NewForm(picker), 800, 600)
	if picker.button.Text != "请选择" {
		t.Errorf("empty picker says %q", picker.button.Text)
	}
	test.Tap(picker)
	window := c.Overlays().Top()
	if window == nil {
		t.Fatal("no window opened")
	}
	search := find[*Search](t, window)
	search.entry.SetText("123")
	search.entry.OnSubmitted("123")
	list := find[*List[Option]](t, window)
	list.Select(0)
	if got.Value != "123" || picker.button.Text != "123村" {
		t.Errorf("picked %v, field shows %q", got, picker.button.Text)
	}
	if c.Overlays().Top() != nil {
		t.Error("the window is still open")
	}
}

// find returns the first object of a type inside o.
func find[T fyne.CanvasObject](t *testing.T, o fyne.CanvasObject) T {
	t.Helper()
	for _, inner := range test.LaidOutObjects(o) {
		if found, ok := inner.(T); ok {
			return found
		}
	}
	var none T
	t.Fatalf("no %T", none)
	return none
}

func TestSignature(t *testing.T) {
	pad := NewSignature("请在此签名")
	c := screen(t, pad, 500, signatureHeight)
	if !pad.Empty() || pad.PNG(100) != nil {
		t.Error("an empty pad has a picture")
	}
	changes := 0
	pad.OnChange = func() { changes++ }
	test.Drag(c, fyne.NewPos(100, 100), 50, 20)
	pad.DragEnd()
	test.Drag(c, fyne.NewPos(200, 100), 50, 20)
	pad.DragEnd()
	if len(pad.strokes) != 2 || changes < 2 {
		t.Errorf("%d strokes, %d changes", len(pad.strokes), changes)
	}
	picture, err := png.Decode(bytes.NewReader(pad.PNG(250)))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := picture.Bounds().Dx(), 250; got != want {
		t.Errorf("picture is %d wide, want %d", got, want)
	}
	dark := 0
	for y := range picture.Bounds().Dy() {
		for x := range picture.Bounds().Dx() {
			if r, _, _, _ := picture.At(x, y).RGBA(); r < 0x8000 {
				dark++
			}
		}
	}
	if dark < 40 {
		t.Errorf("%d dark pixels", dark)
	}
	pad.Clear()
	if !pad.Empty() {
		t.Error("cleared pad is not empty")
	}
}

// A finger that slips off the pad writes along its edge and nowhere else.
func TestSignatureStaysOnThePad(t *testing.T) {
	pad := NewSignature("签名")
	screen(t, NewForm(pad), 400, 300)
	pad.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(50, 50)}, Dragged: fyne.NewDelta(-900, 400)})
	pad.DragEnd()
	for _, o := range test.WidgetRenderer(pad).Objects() {
		line, ok := o.(*canvas.Line)
		if !ok {
			continue
		}
		for _, at := range []fyne.Position{line.Position1, line.Position2} {
			if at.X < 0 || at.Y < 0 || at.X > pad.Size().Width || at.Y > pad.Size().Height {
				t.Errorf("a line goes to %v on a pad of %v", at, pad.Size())
			}
		}
	}
}

// Forms fill in 0; what is typed there takes its place, wherever the cursor is.
func TestAmountReplacesZero(t *testing.T) {
	for _, c := range []struct{ before, typed, want string }{
		{"0", "300", "300"}, {"0", "0", "0"}, {"20", "3", "203"}, {"", "05", "5"},
	} {
		entry := NewAmountEntry()
		screen(t, entry, 300, 60)
		entry.SetText(c.before)
		entry.CursorColumn = len(c.before)
		var told []string
		entry.OnChanged = func(text string) { told = append(told, text) }
		test.Type(entry, c.typed)
		if entry.Text != c.want {
			t.Errorf("%q typed into %q: %q, want %q", c.typed, c.before, entry.Text, c.want)
		}
		if slices.Contains(told, "") {
			t.Errorf("%q typed into %q: told of an empty answer: %q", c.typed, c.before, told)
		}
	}
	phone := NewNumberEntry()
	screen(t, phone, 300, 60)
	if test.Type(phone, "0971"); phone.Text != "0971" {
		t.Errorf("phone %q", phone.Text)
	}
}

func TestFieldSaysWhatIsWrong(t *testing.T) {
	field := NewField("身份证号 *", "18位", NewEntry())
	form := NewForm(field, NewEntry())
	screen(t, form, 600, 400)
	before := field.MinSize().Height
	field.SetProblem("身份证号校验位不正确")
	form.Refresh()
	if after := field.Size().Height; after <= before {
		t.Errorf("field is %v high with a problem and %v without", after, before)
	}
	field.SetProblem("")
	if field.problem.Visible() {
		t.Error("the problem is still shown")
	}
}

func TestToast(t *testing.T) {
	toast := NewToast()
	screen(t, toast, 800, 600)
	if toast.Text() != "" {
		t.Errorf("hidden toast says %q", toast.Text())
	}
	toast.Say("已保存", Good)
	if got, want := toast.Text(), "已保存"; got != want {
		t.Errorf("toast says %q, want %q", got, want)
	}
}

// Text in several styles breaks where it would break in one, is as wide as its
// runs and keeps all of them.
func TestStyledText(t *testing.T) {
	red := color.NRGBA{R: 200, A: 255}
	text := NewText("").In([]Run{{Text: "请如实填写"}, {Text: "牦牛", Strong: true, Color: red}, {Text: "头数。\n"}, {Text: "说明", Under: true, Large: true}})
	if text.Text() != "请如实填写牦牛头数。\n说明" {
		t.Fatal(text.Text())
	}
	screen(t, NewColumn(text), 140, 300)
	var said string
	strong, under := 0, 0
	right := float32(0)
	for _, o := range test.WidgetRenderer(text).Objects() {
		switch o := o.(type) {
		case *canvas.Text:
			said += o.Text
			if o.Color == red {
				strong++
			}
			right = max(right, o.Position().X+o.MinSize().Width)
		case *canvas.Rectangle:
			under++
		}
	}
	if strings.ReplaceAll(said, "牦牛牦牛", "牦牛") != "请如实填写牦牛头数。说明" || strong != 2 || under != 1 {
		t.Errorf("drawn: %q, %d strokes, %d lines under", said, strong, under)
	}
	if right > text.Size().Width+strokes || len(text.lines) != 3 {
		t.Errorf("%d lines reach to %v of %v", len(text.lines), right, text.Size().Width)
	}
	if plain := NewText("说明"); text.height(text.lines[2]) <= plain.MinSize().Height {
		t.Error("a heading is no higher than its text")
	}
	text.SetText("plain")
	if text.runs != nil || text.Text() != "plain" {
		t.Error("other text keeps the styles of the text before")
	}
}
