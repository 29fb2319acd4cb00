package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"muqu/app/survey"
	"muqu/core"
	"muqu/core/change"
)

const badForm = `
| survey |                    |       |                     |            |
|        | type               | name  | label               | constraint |
|        | select_one colours | c     | 颜色                |            |
|        | integer            | yak s | 牦牛                |            |
|        | integer            | sheep | 羊                  | . >        |
`

const yakForm = `
| survey   |                        |         |                    |                    |          |          |              |             |         |
|          | type                   | name    | label::中文 (zh)   | label::English (en) | required | relevant | constraint   | constraint_message | appearance |
|          | note                   | hello   | 今年冬天的牦牛     | Yaks this winter   |          |          |              |             |         |
|          | begin group            | herd    | 一、畜群           | A. The herd        |          |          |              |             |         |
|          | text                   | herder  | 牧户**姓名**       | Whose herd         | yes      |          |              |             |         |
|          | integer                | yaks    | 牦牛几头           | How many yaks      | yes      |          | . <= 500     | 最多500头   |         |
|          | select_one colour      | colour  | 主要毛色           | Main colour        | yes      | ${yaks} > 0 |           |             |         |
|          | select_multiple feed   | feed    | 饲草来源           | Fodder             |          |          |              |             | columns |
|          | date                   | counted | 清点日期           | Counted on         |          |          |              |             |         |
|          | end group              |         |                    |                    |          |          |              |             |         |
|          | begin repeat           | calf    | 二、牛犊           | B. Calves          |          |          |              |             |         |
|          | text                   | cname   | 名字               | Name               |          |          |              |             |         |
|          | integer                | weight  | 体重（公斤）       | Weight (kg)        |          |          |              |             |         |
|          | end repeat             |         |                    |                    |          |          |              |             |         |
|          | begin group            | more    | 三、其他           | C. More            |          |          |              |             |         |
|          | image                  | photo   | 畜群照片           | Photo of the herd  |          |          |              |             |         |
|          | geopoint               | place   | 位置               | Place              |          |          |              |             |         |
|          | rank feed              | order   | 哪种饲草最缺       | What is scarce     |          |          |              |             |         |
|          | range                  | mood    | 今年的收成         | This year          |          |          |              |             |         |
|          | acknowledge            | agree   | 本人同意           | I agree            |          |          |              |             |         |
|          | end group              |         |                    |                    |          |          |              |             |         |
| choices  |                        |         |                    |                    |          |          |              |             |         |
|          | list_name              | name    | label::中文 (zh)   | label::English (en) |         |          |              |             |         |
|          | colour                 | black   | 黑                 | Black              |          |          |              |             |         |
|          | colour                 | white   | 白                 | White              |          |          |              |             |         |
|          | feed                   | hay     | 干草               | Hay                |          |          |              |             |         |
|          | feed                   | grain   | 精料               | Grain              |          |          |              |             |         |
|          | feed                   | silage  | 青贮               | Silage             |          |          |              |             |         |
| settings |                        |         |                    |                    |          |          |              |             |         |
|          | form_title             | form_id | version            | default_language   |          |          |              |             |         |
|          | 冬季牦牛清点           | winter_yaks | 2026112801     | 中文 (zh)          |          |          |              |             |         |
`

// formFile writes a form to upload.
func (b *browser) formFile(name, text string) []string {
	b.t.Helper()
	path := filepath.Join(b.t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		b.t.Fatal(err)
	}
	return []string{path}
}

// yakVisits are answers to the form, as tablets would bring them.
func (b *browser) yakVisits(n int) {
	b.t.Helper()
	desk := b.s.As(administrator())
	villages := sampleVillages(b.s.Regions())
	var edits []core.Edit
	for i := range n {
		set, err := core.VisitFields(core.Answers{
			"herder": given[i%len(given)] + given[(i+3)%len(given)], "yaks": int64(i * 37 % 180), "colour": []string{"black", "black", "white"}[i%3],
			"feed": []string{"hay", "grain"}[:1+i%2], "counted": fmt.Sprintf("2026-11-%02d", 1+i%28), "order": []string{"silage", "hay", "grain"},
			"calf": []map[string]any{{"cname": "小黑", "weight": int64(20 + i%30)}},
		})
		if err != nil {
			b.t.Fatal(err)
		}
		set["form_id"], set["form_version"], set["visit_date"] = change.Text("winter_yaks"), change.Text("2026112801"), change.Text(fmt.Sprintf("2026-11-%02d", 1+i%28))
		edits = append(edits, core.Edit{Ref: core.Ref{Kind: "visit", ID: b.s.NewID()}, Region: villages[i%len(villages)].Code, Set: set})
	}
	if _, err := desk.Commit(b.ctx, edits); err != nil {
		b.t.Fatal(err)
	}
}

// TestFormsWithoutScripts takes a form from the clerk's disk to its answers, in
// a browser that runs no scripts.
func TestFormsWithoutScripts(t *testing.T) {
	newBrowser(t, func(b *browser) {
		b.withoutScripts()
		b.inChinese()
		b.signIn("county", samplePassword)
		b.see("总览")
		b.do(chromedp.Click(`nav a[href="/forms"]`, chromedp.ByQuery))
		b.see("检查并上传")
		b.see("走访摸底表")
		b.do(chromedp.SetUploadFiles(`input[name=file]`, b.formFile("yaks.md", badForm), chromedp.ByQuery), chromedp.Click(`form.upload button`, chromedp.ByQuery))
		b.see("表单没有保存")
		b.see("yak s")
		b.shot("form-report")
		b.do(chromedp.Click(`a.button`, chromedp.ByQuery))
		b.see("检查并上传")
		b.do(chromedp.SetUploadFiles(`input[name=file]`, b.formFile("yaks.md", yakForm), chromedp.ByQuery), chromedp.Click(`form.upload button`, chromedp.ByQuery))
		b.see("已存为未发布的版本")
		b.shot("form-added")
		b.do(chromedp.Click(`a.button`, chromedp.ByQuery))
		b.see("未发布")
		b.shot("form-draft")
		b.tryForm()
		b.do(chromedp.Navigate(b.url+"/forms/winter_yaks"), chromedp.Click(`.publish input[value=field]`, chromedp.ByQuery), chromedp.Click(`.publish button`, chromedp.ByQuery))
		b.see("已发布")
		b.shot("form-published")
		if f, err := b.s.library().Find(b.ctx, "winter_yaks"); err != nil || f.Newest().State != "published" || !f.Newest().For(core.Person{Role: core.FieldWorker, Scope: core.Scope{sampleCounty + "100"}}) {
			t.Errorf("%+v, %v", f, err)
		}
		b.yakVisits(60)
		b.do(chromedp.Navigate(b.url + "/forms"))
		b.see("冬季牦牛清点")
		b.shot("forms")
		b.do(chromedp.Click(`.list a[href="/forms/winter_yaks/answers"]`, chromedp.ByQuery))
		b.see("第1—50条，共60条")
		b.see("干草、精料")
		b.shot("answers")
		b.do(chromedp.SetValue(`input[name=from]`, "2026-11-15", chromedp.ByQuery), chromedp.Click(`form.bar button`, chromedp.ByQuery))
		b.see("共28条")
		b.do(chromedp.Click(`a[href$="/summary"]`, chromedp.ByQuery))
		b.see("共 60 份答卷")
		b.see("平均")
		b.shot("summary")
		b.do(chromedp.Navigate(b.url+"/forms/winter_yaks"), chromedp.Click(`form[action$="/retire"] button`, chromedp.ByQuery))
		b.see("已停用")
		if n, err := b.s.library().Count(b.ctx, &survey.Form{ID: "winter_yaks"}, survey.Filter{}); n != 60 || err != nil {
			t.Errorf("%d answers remain, %v", n, err)
		}
	})
}

// tryForm fills the form in as on a tablet.
func (b *browser) tryForm() {
	const next = `.interview .bar button[name=next]`
	set := func(path, value string) chromedp.Action {
		return chromedp.SetValue(`[name="a:`+path+`"]`, value, chromedp.ByQuery)
	}
	b.do(chromedp.Click(`.does a[href*="/preview"]`, chromedp.ByQuery))
	b.see("今年冬天的牦牛")
	b.do(chromedp.Click(next, chromedp.ByQuery))
	b.see("牧户姓名")
	b.do(chromedp.Click(next, chromedp.ByQuery))
	b.see("请看红字")
	b.do(set("/data/herd/herder", "扎西"), set("/data/herd/yaks", "900"), chromedp.Click(next, chromedp.ByQuery))
	b.see("最多500头")
	b.shot("preview-wrong")
	b.do(set("/data/herd/yaks", "90"), chromedp.Click(`button[name=lang][value="English (en)"]`, chromedp.ByQuery))
	b.see("How many yaks")
	b.do(chromedp.Click(`button[name=lang][value="中文 (zh)"]`, chromedp.ByQuery))
	b.see("主要毛色")
	b.do(chromedp.Click(`input[value=black]`, chromedp.ByQuery), chromedp.Click(`input[value=hay]`, chromedp.ByQuery), chromedp.Click(`input[value=grain]`, chromedp.ByQuery))
	b.shot("preview")
	b.do(chromedp.Click(next, chromedp.ByQuery))
	b.see("＋ 二、牛犊")
	b.shot("preview-list")
	b.do(chromedp.Click(`.interview button[name=add]`, chromedp.ByQuery))
	b.see("体重")
	b.do(chromedp.SetValue(`[name$="cname"]`, "小黑", chromedp.ByQuery), chromedp.Click(next, chromedp.ByQuery))
	b.see("畜群照片")
	b.do(set("/data/more/place", "34.5"), chromedp.Click(next, chromedp.ByQuery))
	b.see("请看红字")
	b.shot("preview-types")
	b.do(set("/data/more/place", "34.5 101.5"), chromedp.Click(`input[value=preview]`, chromedp.ByQuery), chromedp.Click(next, chromedp.ByQuery))
	b.see("全部题目都填好了")
	b.see("干草")
	b.shot("preview-end")
}
