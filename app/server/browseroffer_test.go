package main

import (
	"testing"

	"github.com/chromedp/chromedp"

	"muqu/core"
)

// TestOffersInBrowser enters what an organization offers and publishes it, without
// scripts: somebody of another county sees it then, and can't change it.
func TestOffersInBrowser(t *testing.T) {
	newBrowser(t, func(b *browser) {
		b.withoutScripts()
		b.inChinese()
		b.signIn("county", samplePassword)
		b.see("供给")
		b.do(chromedp.Click(`nav a[href="/list/offer"]`, chromedp.ByQuery))
		b.shot("offers-none")
		b.do(chromedp.Click(`a[href^="/new/offer"]`, chromedp.ByQuery))
		b.see("服务范围")
		b.shot("offer-new")
		fill := func(served string) {
			b.do(chromedp.SetValue(`[name="title"]`, "兽医上门", chromedp.ByQuery), chromedp.SetValue(`[name="provider"]`, "测试畜牧合作社", chromedp.ByQuery),
				chromedp.SetValue(`[name="free"]`, "true", chromedp.ByQuery), chromedp.SetValue(`[name="served"]`, served, chromedp.ByQuery), chromedp.Click(`form.fields button.main`, chromedp.ByQuery))
		}
		fill("共和县")
		b.see("服务范围：“共和县”不是区划代码")
		b.shot("offer-wrong")
		fill("632524000000")
		b.see("已保存")
		b.shot("offer-draft")
		other := b.s.As(core.Person{Name: "共和", Role: core.County, Scope: core.Scope{"632524"}})
		count := func(want int) {
			t.Helper()
			if n, err := other.Count(b.ctx, core.Query{Kind: "offer"}); err != nil || n != want {
				t.Errorf("the other county sees %d offers, want %d, %v", n, want, err)
			}
		}
		count(0)
		b.do(chromedp.SetValue(`[name="state"]`, "published", chromedp.ByQuery), chromedp.Click(`form.fields button.main`, chromedp.ByQuery))
		b.do(chromedp.WaitReady(`select[name="state"] option[value="published"][selected]`, chromedp.ByQuery))
		b.shot("offer-published")
		count(1)
	})
}
