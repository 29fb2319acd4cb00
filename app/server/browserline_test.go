package main

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// TestLinesInBrowser sets a monitoring line and replaces it, without scripts,
// and finds both amounts in the record's history.
func TestLinesInBrowser(t *testing.T) {
	newBrowser(t, func(b *browser) {
		b.withoutScripts()
		b.inChinese()
		b.signIn("county", samplePassword)
		b.see("监测范围")
		b.do(chromedp.Click(`nav a[href="/lines"]`, chromedp.ByQuery))
		b.see("尚未录入")
		set := func(amount string) {
			b.do(chromedp.SetValue(`input[name=year]`, "2026", chromedp.ByQuery), chromedp.SetValue(`input[name=amount]`, amount, chromedp.ByQuery),
				chromedp.SetValue(`input[name=source]`, "县字〔2026〕3号", chromedp.ByQuery), chromedp.Click(`form[action="/lines"] button`, chromedp.ByQuery))
		}
		set("8400")
		b.see("已保存")
		b.shot("lines")
		set("8500")
		b.see("要替换吗")
		b.shot("lines-sure")
		b.do(chromedp.Click(`form.note button`, chromedp.ByQuery))
		b.see("已保存")
		b.do(chromedp.Click(`table.list td a`, chromedp.ByQuery))
		b.see("8400 → 8500")
		b.shot("lines-record")
	})
}
