package main

import (
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"muqu/app/command"
	"muqu/core"
	"muqu/core/change"
)

// browser is a real Chromium on a console with the sample county.
type browser struct {
	t     *testing.T
	ctx   context.Context
	url   string
	shots string // folder for pictures, "" for none
	s     *centre
}

func newBrowser(t *testing.T, f func(*browser)) {
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("chromium is not installed: make packages installs it")
		}
		t.Skip("chromium is not installed: make packages installs it")
	}
	ctx := t.Context()
	err = within(ctx, t.TempDir(), slog.New(slog.DiscardHandler), func(s *centre) error {
		if err := s.seed(ctx, &command.Call{Err: io.Discard}); err != nil {
			return err
		}
		h, err := s.handler()
		if err != nil {
			return err
		}
		srv := httptest.NewServer(h)
		defer srv.Close()
		opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
			chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
			chromedp.Flag("no-first-run", true), chromedp.Flag("lang", "zh-CN"), chromedp.WindowSize(1366, 768))
		alloc, cancel := chromedp.NewExecAllocator(ctx, opts...)
		defer cancel()
		tab, closeTab := chromedp.NewContext(alloc)
		defer closeTab()
		limited, stop := context.WithTimeout(tab, 3*time.Minute)
		defer stop()
		f(&browser{t: t, ctx: limited, url: srv.URL, shots: os.Getenv("MUQU_SCREENSHOTS"), s: s})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (b *browser) do(actions ...chromedp.Action) {
	b.t.Helper()
	if err := chromedp.Run(b.ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

// see waits for text anywhere on the page.
func (b *browser) see(text string) {
	b.t.Helper()
	var body string
	for range 50 {
		// A page that is just being replaced has no body for a moment.
		_ = chromedp.Run(b.ctx, chromedp.Evaluate(`document.body.innerText + [...document.querySelectorAll("input,textarea")].map(i => i.value).join(" ")`, &body))
		if strings.Contains(body, text) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	b.t.Fatalf("%q is not on the page:\n%s", text, body)
}

func (b *browser) shot(name string) {
	b.t.Helper()
	if b.shots == "" {
		return
	}
	var png []byte
	b.do(chromedp.CaptureScreenshot(&png))
	if err := os.WriteFile(filepath.Join(b.shots, name+".png"), png, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// inChinese chooses the language before anybody has signed in.
func (b *browser) inChinese() {
	b.t.Helper()
	b.do(chromedp.Navigate(b.url+"/signin"), chromedp.Click(`button[value="zh-CN"]`, chromedp.ByQuery))
	b.see("密码")
}

func (b *browser) signIn(name, password string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.url+"/signin"), chromedp.SetValue(`input[name=name]`, name, chromedp.ByQuery),
		chromedp.SetValue(`input[name=password]`, password, chromedp.ByQuery), chromedp.Click(`main button`, chromedp.ByQuery))
}

// apart makes a conflict: two people edit a household from the same picture.
func (b *browser) apart() core.Ref {
	b.t.Helper()
	one, two := b.s.As(core.Person{Name: "卓玛", Role: core.FieldWorker, Scope: core.Scope{sampleCounty}}), b.s.As(core.Person{Name: "才让", Role: core.FieldWorker, Scope: core.Scope{sampleCounty}})
	list, err := one.List(b.ctx, core.Query{Kind: "household", Limit: 1})
	if err != nil {
		b.t.Fatal(err)
	}
	for i, d := range []core.Book{one, two} {
		if _, err := d.Commit(b.ctx, []core.Edit{{Ref: list[0].Ref, From: list[0], Set: map[string]change.Value{"yak": change.Int(int64(200 + i))}}}); err != nil {
			b.t.Fatal(err)
		}
	}
	return list[0].Ref
}

// withoutScripts turns scripting off in the browser's tab, and makes sure of it.
func (b *browser) withoutScripts() {
	b.t.Helper()
	const page = `data:text/html,<title>off</title><script>document.title = "on"</script>`
	for _, off := range []bool{false, true} {
		var title string
		b.do(emulation.SetScriptExecutionDisabled(off), chromedp.Navigate(page), chromedp.Title(&title))
		if want := map[bool]string{false: "on", true: "off"}[off]; title != want {
			b.t.Fatalf("scripts disabled %v: a page that runs a script is called %q, want %q", off, title, want)
		}
	}
}

// TestConsoleWithoutScripts does a supervisor's work in a browser that runs no
// scripts: every step is a link or a plain form.
func TestConsoleWithoutScripts(t *testing.T) {
	newBrowser(t, func(b *browser) {
		ref := b.apart()
		b.withoutScripts()
		b.do(chromedp.Navigate(b.url+"/list/household"), chromedp.Click(`button[value="zh-CN"]`, chromedp.ByQuery)) // who is not signed in is sent to do so
		b.see("密码")
		b.signIn("county", samplePassword)
		b.see("有1处冲突等待处理")
		b.do(chromedp.Click(`nav a[href="/list/household"]`, chromedp.ByQuery))
		b.see("第1—50条，共240条")
		b.do(chromedp.Click(`a[rel=next]`, chromedp.ByQuery))
		b.see("第51—100条，共240条")
		b.do(chromedp.Click(`thead a[href*="sort=-"], thead a[href*="sort=region"]`, chromedp.ByQuery))
		b.see("第1—50条，共240条")
		b.do(chromedp.SetValue(`input[name=q]`, "crcr", chromedp.ByQuery), chromedp.SetValue(`select[name=hh_type]`, "general", chromedp.ByQuery),
			chromedp.Click(`form.bar button`, chromedp.ByQuery))
		b.see("才让才让")
		b.do(chromedp.Click(`a[href="`+recordPath(ref)+`"]`, chromedp.ByQuery))
		b.see("修改历史")
		b.see("填写时没有看到这个值")
		b.do(chromedp.SetValue(`section.conflict input[name=value]`, "205", chromedp.ByQuery), chromedp.Click(`section.conflict button:not([name])`, chromedp.ByQuery))
		b.see("已保存")
		b.see("看到这个值后改的")
		b.do(chromedp.Click(`nav a[href="/conflicts"]`, chromedp.ByQuery))
		b.see("没有需要处理的冲突")
		if r, _, err := b.s.Get(b.ctx, ref); err != nil || len(r.Conflicts) > 0 || r.Text("yak") != "205" {
			b.t.Errorf("after settling: yak %s, conflicts %v, %v", r.Text("yak"), r.Conflicts, err)
		}
		b.do(chromedp.Click(`form[action="/signout"] button`, chromedp.ByQuery))
		b.see("密码")
	})
}

// TestConsoleOnPaper prints what supervisors print: neither the way around nor
// buttons, but who printed it and when.
func TestConsoleOnPaper(t *testing.T) {
	newBrowser(t, func(b *browser) {
		ref := b.apart()
		b.inChinese()
		b.signIn("county", samplePassword)
		b.see("总览")
		b.do(emulation.SetEmulatedMedia().WithMedia("print"))
		for path, want := range map[string][]string{
			"/list/household":  {"牧户", "第1—50条，共240条", "才让才让", "有冲突"},
			"/conflicts":       {"冲突", "才让才让", "200", "201", "102"},
			recordPath(ref):    {"才让才让", "201", "6323**********", "修改历史", "一般农(牧)户"},
			"/list/assignment": {"月度走访", "仁青更登"}, // whom, not an id
		} {
			var text string
			b.do(chromedp.Navigate(b.url+path), chromedp.Evaluate(`document.body.innerText`, &text))
			for _, w := range append(want, "county（县级）打印于20") {
				if !strings.Contains(text, w) {
					b.t.Errorf("%s on paper lacks %q:\n%s", path, w, text)
				}
			}
			for _, w := range []string{"退出", "English", "查找", "采用", "改为", "下一页", "平板", "年/月/日"} {
				if strings.Contains(text, w) {
					b.t.Errorf("%s on paper says %q", path, w)
				}
			}
		}
	})
}

func TestConsoleInABrowser(t *testing.T) {
	newBrowser(t, func(b *browser) {
		ref := b.apart()
		b.inChinese()
		b.signIn("county", "wrong-password")
		b.see("用户名或密码不对")
		b.signIn("county", samplePassword)
		b.see("总览")
		b.see("有1处冲突等待处理")
		b.shot("console-home")

		b.do(chromedp.Navigate(b.url + "/list/household"))
		b.see("第1—50条，共240条")
		b.shot("console-list")
		b.do(chromedp.Click(`a[rel=next]`, chromedp.ByQuery))
		b.see("第51—100条，共240条")

		b.do(chromedp.Navigate(b.url + recordPath(ref)))
		b.see("修改历史")
		b.see("6323**********")
		b.shot("console-record")
		b.do(chromedp.Click(`button[formaction]`, chromedp.ByQuery))
		whole, _, err := b.s.Get(b.ctx, ref)
		if err != nil {
			b.t.Fatal(err)
		}
		b.see(whole.Text("head_id"))
		b.do(chromedp.Navigate(b.url+recordPath(ref)), chromedp.SetValue(`#f-remark`, "已核实", chromedp.ByQuery), chromedp.Click(`button.main`, chromedp.ByQuery))
		b.see("已保存")
		b.see("已核实")

		b.do(chromedp.Navigate(b.url + "/conflicts"))
		b.see("牦牛")
		b.shot("console-conflicts")
		b.do(chromedp.Click(`button[name=take]`, chromedp.ByQuery))
		b.see("没有需要处理的冲突")
		r, _, err := b.s.Get(b.ctx, ref)
		if err != nil || len(r.Conflicts) > 0 || r.Text("yak") != "200" || r.Text("remark") != "已核实" {
			b.t.Errorf("after settling: yak %s, remark %s, conflicts %v, %v", r.Text("yak"), r.Text("remark"), r.Conflicts, err)
		}

		b.do(chromedp.Navigate(b.url+"/tablets"), chromedp.SetValue(`input[name=name]`, "旺姆", chromedp.ByQuery), chromedp.Click(`form[action="/tablets/invite"] button`, chromedp.ByQuery))
		b.see("/enroll#")
		b.do(chromedp.Navigate(b.url + "/looks"))
		b.see("查看完整号码")
		b.do(chromedp.Click(`button[value=en]`, chromedp.ByQuery))
		b.see("saw the whole number")
	})
}

func recordPath(ref core.Ref) string { return "/record/" + ref.Kind + "/" + ref.ID.String() }

// TestDoublesWithoutScripts merges a family that was registered twice, and
// undoes it, by links and plain forms.
func TestDoublesWithoutScripts(t *testing.T) {
	newBrowser(t, func(b *browser) {
		worker := b.s.As(core.Person{Name: "卓玛", Role: core.FieldWorker, Scope: core.Scope{sampleCounty}})
		homes := []core.Edit{{Ref: core.Ref{Kind: "household", ID: worker.NewID()}}, {Ref: core.Ref{Kind: "household", ID: worker.NewID()}}}
		for i, name := range []string{"更登扎西", "根登扎喜"} {
			homes[i].Region = sampleCounty + "103201"
			homes[i].Set = map[string]change.Value{"head_name": change.Text(name), "phone": change.Text("13800000001"), "yak": change.Int(int64(28 + i)), "head_id": change.Text("632323198001010013")}
		}
		if _, err := worker.Commit(b.ctx, homes); err != nil {
			t.Fatal(err)
		}
		b.withoutScripts()
		b.inChinese()
		b.signIn("county", samplePassword)
		b.see("总览")
		b.do(chromedp.Click(`nav a[href="/doubles"]`, chromedp.ByQuery))
		b.see("根登扎喜")
		b.see("身份证号相同")
		b.shot("console-doubles")
		b.do(chromedp.Click(`a[href^="/double/household/"]`, chromedp.ByQuery))
		b.see("采用另一条的值")
		b.shot("console-double")
		b.do(chromedp.Click(`input[name=take][value=yak]`, chromedp.ByQuery), chromedp.Click(`button[value=merge]`, chromedp.ByQuery))
		b.see("以下登记已合并到这里")
		b.shot("console-merged")
		if n, err := worker.Count(b.ctx, core.Query{Kind: "household", Search: "13800000001"}); err != nil || n != 1 {
			t.Errorf("%d households under one phone, %v", n, err)
		}
		b.do(chromedp.Click(`form[action$="/unmerge"] button`, chromedp.ByQuery), chromedp.WaitNotPresent(`form[action$="/unmerge"]`, chromedp.ByQuery))
		if n, err := worker.Count(b.ctx, core.Query{Kind: "household", Search: "13800000001"}); err != nil || n != 2 {
			t.Errorf("undone, %d households, %v", n, err)
		}
	})
}
