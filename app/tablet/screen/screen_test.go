package screen

import (
	"context"
	"errors"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/mobile"
	"fyne.io/fyne/v2/test"
	fynewidget "fyne.io/fyne/v2/widget"

	"muqu/app/tablet/theme"
	"muqu/app/tablet/widget"
	"muqu/assets"
	"muqu/core"
	"muqu/sync/client"
)

// everyScreen returns one of each screen, for a tablet with nothing on it.
func everyScreen() map[string]Screen {
	return map[string]Screen{
		"enroll": &Enroll{}, "home": &Home{}, "households": &Households{}, "demands": &Demands{}, "offers": &Offers{}, "classes": &Classes{},
		"sync": &Sync{}, "stick": &Stick{}, "settings": &Settings{}, "conflicts": &Conflicts{}, "demand": &NewDemand{},
		"new household": &Editor{Kind: "household"}, "new person": &Editor{Kind: "person"}, "new class": &Editor{Kind: "class"},
		"new session": &Editor{Kind: "session"}, "new problem": &Editor{Kind: "problem"}, "new lead": &Editor{Kind: "lead"},
	}
}

// Every screen opens on an empty tablet, in every language and window, without
// an untranslated key, a target too small for a thumb, or text cut off.
func TestEveryScreenFitsEmpty(t *testing.T) {
	for name, first := range everyScreen() {
		t.Run(name, func(t *testing.T) {
			w := open(t, first)
			for _, language := range assets.Languages() {
				w.shell.SetLanguage(language)
				w.fits()
			}
		})
	}
}

// fits checks the screen that is shown in all the windows of the tablets.
func (w *world) fits() {
	w.Helper()
	for _, size := range []fyne.Size{{Width: 1280, Height: 800}, {Width: 1024, Height: 600}, {Width: 800, Height: 1280}, {Width: 533, Height: 853}} {
		w.window.Resize(size)
		for _, line := range strings.Split(w.text(), "\n") {
			if key, _, _ := strings.Cut(line, " "); strings.Count(key, ".") > 0 && w.looksLikeKey(key) {
				w.Errorf("%v: untranslated %q", size, line)
			}
		}
		for _, o := range w.shown() {
			w.thumbFits(size, o)
		}
	}
}

func (w *world) looksLikeKey(word string) bool {
	for _, r := range word {
		if (r < 'a' || r > 'z') && r != '.' && r != '_' {
			return false
		}
	}
	return !strings.HasSuffix(word, ".")
}

func (w *world) thumbFits(window fyne.Size, o fyne.CanvasObject) {
	w.Helper()
	taps := false
	switch o := o.(type) {
	case *widget.Panel:
		taps = o.OnTap != nil
	case *fynewidget.Button, *widget.Entry, *widget.Tab, *widget.Picker, *widget.Marks, *widget.Row:
		taps = true
	}
	if !taps {
		return
	}
	if size := o.Size(); size.Height < theme.Touch-1 || size.Width < 40 {
		w.Errorf("%v: %T is %v, too small to tap", window, o, size)
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
	if at.X < 0 || at.X+o.Size().Width > window.Width+1 {
		w.Errorf("%v: %T reaches from %v to %v", window, o, at.X, at.X+o.Size().Width)
	}
}

func TestEveryKindHasItsWords(t *testing.T) {
	for _, language := range []assets.Language{assets.Chinese, assets.English} {
		c := assets.NewCatalog(language, assets.Core, assets.Tablet)
		for _, kind := range core.Kinds() {
			if !c.Has("kind."+kind.Name) || !c.Has("kinds."+kind.Name) {
				t.Errorf("%s: kind %s has no name", language, kind.Name)
			}
			for _, f := range kind.Fields {
				if c.Field(kind.Name, f.Name) == f.Name {
					t.Errorf("%s: field %s.%s has no name", language, kind.Name, f.Name)
				}
			}
			if kind.Flow == nil {
				continue
			}
			list := kind.Field(kind.Flow.Field).List
			for _, move := range kind.Flow.Moves {
				if c.Choice(list, move.To) == move.To {
					t.Errorf("%s: state %s.%s has no name", language, kind.Name, move.To)
				}
			}
		}
		for _, role := range core.Roles() {
			if !c.Has("role." + string(role)) {
				t.Errorf("%s: role %s has no name", language, role)
			}
		}
	}
}

func TestLanguageChangesAtOnce(t *testing.T) {
	w := open(t, &Settings{})
	var kept assets.Language
	w.shell.Keep = func(language assets.Language) { kept = language }
	w.see("语言", "使用人", "测试员")
	w.tap("English")
	w.see("Language", "Worker", "Households")
	w.want("kept", kept, assets.English)
	w.tap("བོད་ཡིག")
	w.see("ཁྱིམ་ཚང་།", "使用人") // what has no Tibetan is Chinese
}

func TestTabsGoEverywhere(t *testing.T) {
	w := open(t, &Home{})
	for _, step := range []struct{ tab, see string }{
		{"牧户", "登记牧户"}, {"需求", "登记需求"}, {"培训", "新建培训班"}, {"同步", "立即同步"}, {"设置", "语言"}, {"今天", "待走访"},
	} {
		w.tap(step.tab)
		w.see(step.see)
	}
}

// Back closes the window over a screen first, then the screen, and stops at
// the first one.
func TestBack(t *testing.T) {
	w := open(t, &Households{})
	w.tap("登记牧户")
	test.Tap(inside[*widget.Picker](t, w.field("所在地")))
	back := func() { w.window.Canvas().OnTypedKey()(&fyne.KeyEvent{Name: mobile.KeyBack}) }
	w.see("关闭")
	back()
	w.see("户主姓名 *")
	back()
	w.see("登记牧户", "共0条")
	back()
	w.see("登记牧户", "共0条")
}

func TestEnrollWithLink(t *testing.T) {
	w := openFor(t, "", &Enroll{})
	w.notSee("今天")
	fyne.CurrentApp().Clipboard().SetContent(" " + w.centre.url + "/enroll#" + w.centre.code(t, "新走访员") + " \n")
	w.tap("粘贴")
	w.want("address", inside[*widget.Entry](t, w.field("服务器地址")).Text, w.centre.url)
	w.tap("登记")
	w.see("今天", "同步完成：发出0条，收到0条")
	w.tap("设置")
	w.see("新走访员", "走访员", "泽库县")
}

func TestEnrollByTyping(t *testing.T) {
	w := openFor(t, "", &Enroll{})
	var invited client.Invitation
	w.link.enroll = func(invitation client.Invitation) error {
		invited = invitation
		return core.Refuse(core.Expired, "", "refuse.code.expired")
	}
	w.typeIn("服务器地址", "192.168.1.10:8443")
	w.typeIn("邀请码", "ABCD-EFGH-JKMN")
	w.typeIn("服务器指纹", "9f86d081")
	w.tap("登记")
	w.want("invitation", invited, client.Invitation{URL: "https://192.168.1.10:8443", Code: "ABCD-EFGH-JKMN", Fingerprint: "9f86d081"})
	w.want("toast", w.toast(), "这个邀请码已过期，请主管再给一个")
	w.want("code is still there", inside[*widget.Entry](t, w.field("邀请码")).Text, "ABCD-EFGH-JKMN")
}

// A link that is typed goes letter by letter into the line where the cursor is.
func TestEnrollByTypingTheLink(t *testing.T) {
	w := openFor(t, "", &Enroll{})
	w.typeIn("邀请链接", "https://192.168.1.10:8443/enroll#ABCD-EFGH-JKMN.9f86d081")
	for label, want := range map[string]string{"服务器地址": "https://192.168.1.10:8443", "邀请码": "ABCD-EFGH-JKMN", "服务器指纹": "9f86d081"} {
		w.want(label, inside[*widget.Entry](t, w.field(label)).Text, want)
	}
}

func TestEnrollWithAWrongCode(t *testing.T) {
	w := openFor(t, "", &Enroll{})
	w.typeIn("服务器地址", w.centre.url)
	w.typeIn("邀请码", "ABCD-EFGH-JKMN")
	w.tap("登记")
	w.want("toast", w.toast(), "没有这个邀请码，请核对，或请主管再给一个")
}

func TestHomeShowsTheDay(t *testing.T) {
	w := open(t, &Home{})
	w.see("没有安排走访", "仅在本机（条修改）", "其余都已到中心")
	home := w.home("测试户主甲")
	w.put("assignment", map[string]any{"household": home.ID.String(), "task": "风险线索核查", "due": "2026-11-20", "state": "open"})
	w.put("assignment", map[string]any{"household": home.ID.String(), "task": "已做完的", "due": "2026-11-20", "state": "done"})
	w.put("session", map[string]any{"s_date": "2026-11-22", "s_topic": "颜料调配"})
	w.shell.Reopen()
	w.see("测试户主甲 · 风险线索核查", "2026-11-20前", "颜料调配", "4")
	w.notSee("已做完的")
	w.tap("测试户主甲")
	w.see("家庭成员")
}

func TestSync(t *testing.T) {
	w := open(t, &Sync{})
	w.inline()
	w.home("测试户主甲")
	w.tap("立即同步")
	w.see("同步完成：发出1条，收到1条", "其余都已到中心。上次同步：2026-11-22 09:30")
	w.link.sync = func(_ context.Context, progress func(client.Progress)) (client.Result, error) {
		progress(client.Progress{Pushed: 3, ToPush: 10, Pulled: 7, Bytes: 2048})
		w.see("已发出 3 / 10", "已收到 7", "已传 2 KB", "停止")
		return client.Result{Pushed: 10, Pulled: 20}, nil
	}
	w.tap("立即同步")
	w.see("同步完成：发出10条，收到20条")
}

// No network is an ordinary state with a sentence of its own.
func TestSyncWithoutNetwork(t *testing.T) {
	w := open(t, &Sync{})
	w.inline()
	w.home("测试户主甲")
	w.link.sync = func(context.Context, func(client.Progress)) (client.Result, error) {
		return client.Result{}, client.ErrOffline
	}
	w.tap("立即同步")
	w.see("连不上服务器。数据都保存在本机，有网络时再同步", "立即同步")
}

// The worker may stop a sync; what was done stays done.
func TestSyncIsInterrupted(t *testing.T) {
	w := open(t, &Sync{})
	w.inline()
	w.link.sync = func(ctx context.Context, progress func(client.Progress)) (client.Result, error) {
		w.see("正在与服务器通信…")
		progress(client.Progress{Pushed: 1, ToPush: 5})
		w.tap("停止（可以随时再接着同步）")
		<-ctx.Done()
		return client.Result{}, ctx.Err()
	}
	w.tap("立即同步")
	w.want("toast", w.toast(), "已停止，下次接着同步")
	w.shell.toast.Hide()
	w.see("已停止，下次接着同步") // and stays there to be read
	w.notSee("操作没有成功")
	w.see("立即同步")
}

// A screen whose record is gone says so instead of waiting for ever.
func TestScreenWithoutItsRecord(t *testing.T) {
	w := open(t, &Home{})
	w.shell.Go(&Household{Ref: core.Ref{Kind: "household", ID: w.tablet.NewID()}})
	w.see("没有这条记录", "再试一次")
	w.notSee("正在读取")
	w.tap("再试一次")
	w.see("没有这条记录")
	w.shell.Back()
	w.see("待走访")
}

func TestFaultsAreSaidInPlainWords(t *testing.T) {
	w := open(t, &Home{})
	w.shell.Fail(errors.New("disk I/O error 10"))
	if text := w.toast(); !strings.Contains(text, "没有成功") || strings.Contains(text, "disk") {
		t.Errorf("toast %q", text)
	}
	w.shell.Fail(core.Refuse(core.Invalid, "head_id", "refuse.idcard.last"))
	w.want("toast", w.toast(), "户主身份证号：身份证号校验位不符，有一位写错了，请核对")
}
