package console_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"muqu/core"
	"muqu/core/store"
	"muqu/core/table"
	"muqu/sync/simtest"
)

const yaks = `
| survey   |                      |         |                  |                     |          |          |              | | | |
|          | type                 | name    | label::中文 (zh) | label::English (en) | required | relevant | constraint   | bind::hs:sensitive | appearance | image |
|          | note                 | hello   | 牦牛             | Yaks                |          |          |              | | | yak.jpg |
|          | begin group          | herd    | 一、畜群         | A. The herd         |          |          |              | | | |
|          | text                 | head_id | 身份证号         | Identity number     |          |          |              | id | | |
|          | integer              | yaks    | 几头             | How many            | yes      |          | . <= 500     | | | |
|          | select_one colour    | colour  | 毛色             | Colour              | yes      | ${yaks} > 0 |           | | | |
|          | select_multiple feed | feed    | 饲草             | Fodder              |          |          |              | | columns | |
|          | end group            |         |                  |                     |          |          |              | | | |
|          | begin repeat         | calf    | 二、牛犊         | B. Calves           |          |          |              | | | |
|          | text                 | cname   | 名字             | Name                |          |          |              | | | |
|          | integer              | weight  | 体重             | Weight              |          |          |              | | | |
|          | end repeat           |         |                  |                     |          |          |              | | | |
|          | begin group          | more    | 三、其他         | C. More             |          |          |              | | | |
|          | date                 | d       | 日期             | Day                 |          |          |              | | | |
|          | date                 | dm      | 月份             | Month               |          |          |              | | month-year | |
|          | time                 | t       | 时间             | Time                |          |          |              | | | |
|          | dateTime             | dt      | 时刻             | Moment              |          |          |              | | | |
|          | geopoint             | place   | 位置             | Place               |          |          |              | | | |
|          | rank feed            | scarce  | 最缺             | Scarce              |          |          |              | | | |
|          | range                | mood    | 收成             | Harvest             |          |          |              | | | |
|          | image                | photo   | 照片             | Photo               |          |          |              | | | |
|          | acknowledge          | agree   | 同意             | I agree             |          |          |              | | | |
|          | text                 | words   | 说明             | Words               |          |          |              | | multiline | |
|          | select_one feed      | least   | 最少             | Least               |          |          |              | | minimal | |
|          | end group            |         |                  |                     |          |          |              | | | |
| choices  |                      |         |                  |                     |          |          |              | | | |
|          | list_name            | name    | label::中文 (zh) | label::English (en) |          |          |              | | | |
|          | colour               | black   | 黑               | Black               |          |          |              | | | |
|          | colour               | white   | 白               | White               |          |          |              | | | |
|          | feed                 | hay     | 干草             | Hay                 |          |          |              | | | |
|          | feed                 | grain   | 精料             | Grain               |          |          |              | | | |
| settings |                      |         |                  |                     |          |          |              | | | |
|          | form_title           | form_id | version          | default_language    | namespaces |        |              | | | |
|          | 牦牛 <b>表</b>       | yaks    | VERSION          | 中文 (zh)           | hs="https://example.org/xmlns/hs" | |  | | | |
`

// upload posts files as the browser does; pairs of input and name, then text.
func (o *office) upload(files ...string) (*http.Response, string) {
	o.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for i := 0; i+2 < len(files); i += 3 {
		w, err := m.CreateFormFile(files[i], files[i+1])
		if err == nil {
			_, err = io.WriteString(w, files[i+2])
		}
		if err != nil {
			o.t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		o.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(o.t.Context(), http.MethodPost, o.url+"/forms", &b)
	if err != nil {
		o.t.Fatal(err)
	}
	req.Header.Set("Content-Type", m.FormDataContentType())
	req.Header.Set("Accept-Language", o.lang)
	res, err := o.client.Do(req)
	if err != nil {
		o.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		o.t.Fatal(err)
	}
	o.wellWritten("POST /forms", string(body))
	return res, string(body)
}

func yaksVersion(v string) string { return strings.ReplaceAll(yaks, "VERSION", v) }

// yakVisit makes a visit with answers to the form.
func (o *office) yakVisit(n int) core.Ref {
	o.t.Helper()
	set, err := core.VisitFields(core.Answers{"head_id": idNumber, "yaks": int64(n), "colour": "black", "feed": []string{"hay", "grain"}, "words": "又 " + otherNumber,
		"calf": []map[string]any{{"cname": "小黑", "weight": int64(20)}, {"cname": "小白", "weight": int64(30)}}})
	if err != nil {
		o.t.Fatal(err)
	}
	fields := map[string]any{"form_id": "yaks", "form_version": "1", "visit_date": fmt.Sprintf("2026-11-%02d", 1+n%28)}
	for name, v := range set {
		fields[name] = v
	}
	return o.put("visit", fields)
}

func TestFormPagesEmptyAndFull(t *testing.T) {
	o := newOffice(t, core.County)
	shipped := []string{"/forms", "/forms/hh_visit", "/forms/household_visit", "/forms/demand", "/forms/hh_visit/preview", "/forms/hh_visit/preview?short=1", "/forms/hh_visit/answers", "/forms/hh_visit/summary"}
	for _, o.lang = range []string{"zh-CN", "en"} {
		for _, p := range shipped {
			o.page(p)
		}
	}
	if _, body := o.upload("file", "yaks.md", yaksVersion("1"), "media", "yak.jpg", "no picture really"); !strings.Contains(body, "/forms/yaks") {
		t.Fatalf("not kept: %s", body)
	}
	own := []string{"/forms", "/forms/yaks", "/forms/yaks?done=publish", "/forms/yaks/answers", "/forms/yaks/answers?all=1&from=2026-11-01&to=2026-11-30&region=632323", "/forms/yaks/summary", "/forms/yaks/summary?from=2026-11-20", "/forms/yaks/preview?version=1"}
	for _, full := range []bool{false, true} {
		for n := 0; full && n < 60; n++ {
			o.yakVisit(n)
		}
		for _, o.lang = range []string{"zh-CN", "en"} {
			for _, p := range own {
				body := o.page(p)
				if strings.Contains(body, idNumber) || strings.Contains(body, otherNumber) {
					t.Errorf("%s shows an identity number", p)
				}
				if strings.Contains(body, "<b>表") {
					t.Errorf("%s takes the author's text for its own", p)
				}
			}
		}
	}
	o.lang = "en"
	for path, want := range map[string][]string{
		"/forms":                               {"Built in", "yaks", "Not published", ">60<"},
		"/forms/yaks/answers":                  {"Hay, Grain", "6323**********0013", "2 rows", "1–50 of 60", "more questions"},
		"/forms/yaks/answers?page=2":           {"51–60 of 60"},
		"/forms/yaks/answers?from=2026-11-29":  {"There are no answers yet"},
		"/forms/yaks/answers?all=1":            {"1101**********002X"},
		"/forms/yaks/summary":                  {"60 answers in all", "mean <b>29.5</b>", "least 0", "most 59", "Black", "100%", "B. Calves", "120 rows", "mean <b>25</b>", "50 – 59", "Nobody answered: ", "Place"},
		"/forms/yaks/summary?region=632323200": {"There are no answers yet"},
	} {
		body := o.page(path)
		for _, w := range want {
			if !strings.Contains(body, w) {
				t.Errorf("%s lacks %q", path, w)
			}
		}
	}
	for path, want := range map[string]int{"/forms/none": 404, "/forms/yaks/answers?from=x": 400, "/forms/yaks/answers?region=x": 400, "/forms/yaks/workbook?version=9": 404, "/forms/none/preview": 404} {
		if res, body := o.do(http.MethodGet, path, nil); res.StatusCode != want {
			t.Errorf("%s: %d\n%s", path, res.StatusCode, body)
		}
	}
}

func TestUploadSaysAllThatIsWrong(t *testing.T) {
	o := newOffice(t, core.County)
	res, body := o.upload("file", "bad.md", "| survey |\n| | type | name | label |\n| | select_one x | a b | A |\n| | integer | n | |")
	if res.StatusCode != http.StatusUnprocessableEntity || strings.Count(body, "<td class=\"mark\">survey</td>") != 2 || !strings.Contains(body, "表单没有保存") {
		t.Errorf("%d %s", res.StatusCode, body)
	}
	if strings.Contains(o.page("/forms"), "bad") {
		t.Error("a form with errors was kept")
	}
	for _, c := range []struct {
		files []string
		want  string
		code  int
	}{
		{nil, "请选择表格文件", 400},
		{[]string{"file", "a.xlsx", "PK\x03\x04 no workbook"}, "Excel 文件无法读取", 422},
		{[]string{"file", "a.xlsx", bomb(t)}, "解开后超过 128 MB", 422},
		{[]string{"file", "a.csv", ""}, "是空的", 422},
		{[]string{"file", "a.md", strings.Repeat("x", 17<<20)}, "太大", 422},
	} {
		if res, body := o.upload(c.files...); res.StatusCode != c.code || !strings.Contains(body, c.want) {
			t.Errorf("%.30q: %d, want %d and %q: %s", c.files, res.StatusCode, c.code, c.want, body)
		}
	}
	if _, body := o.upload("file", "plain.md", "| survey |\n| | type | name | label | image |\n| | text | q | Q | a.jpg |", "media", "b.jpg", "x"); !strings.Contains(body, "没有 form_id") || !strings.Contains(body, "没有 version") || !strings.Contains(body, "a.jpg") || !strings.Contains(body, "b.jpg") {
		t.Error(body)
	}
	o.upload("file", "yaks.md", yaksVersion("1"))
	if res, body := o.upload("file", "yaks.md", strings.ReplaceAll(yaksVersion("1"), "几头", "多少")); res.StatusCode != http.StatusConflict || !strings.Contains(body, "新的版本号") {
		t.Errorf("%d %s", res.StatusCode, body)
	}
	if _, body := o.upload("file", "yaks.md", yaksVersion("1")); !strings.Contains(body, "早已上传") {
		t.Error(body)
	}
}

// bomb is a small workbook that unpacks to a gigabyte.
func bomb(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range []string{"[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet1.xml"} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		zeros := make([]byte, 1<<20)
		for n := 0; n < 400 && strings.HasPrefix(name, "xl/"); n++ {
			if _, err := w.Write(zeros); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestUploadIsBounded(t *testing.T) {
	o := newOffice(t, core.County)
	res, _ := o.upload("file", "a.md", strings.Repeat("x", 65<<20))
	if res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("65 MB: %d", res.StatusCode)
	}
}

func TestPublishAndRetire(t *testing.T) {
	o := newOffice(t, core.County)
	o.upload("file", "yaks.md", yaksVersion("1"))
	for _, c := range []struct {
		form url.Values
		code int
		want string
	}{
		{url.Values{"version": {"1"}}, 400, "在哪些地区"},
		{url.Values{"version": {"1"}, "area": {"6325"}}, 403, "6325"},
		{url.Values{"version": {"1"}, "area": {"632323"}, "role": {"king"}}, 400, "king"},
		{url.Values{"version": {"1"}, "region": {"63x"}}, 400, "63x"},
		{url.Values{"version": {"9"}, "area": {"632323"}}, 404, ""},
		{url.Values{"version": {"1"}, "area": {"632323100"}, "region": {"632323200"}, "role": {"field"}}, 303, ""},
	} {
		if res, body := o.post("/forms/yaks/publish", c.form); res.StatusCode != c.code || !strings.Contains(body, c.want) {
			t.Errorf("%v: %d\n%s", c.form, res.StatusCode, body)
		}
	}
	r := o.see(core.Ref{Kind: "form", ID: core.FormID("yaks", "1")})
	f := core.FormOf(&r)
	if f.State != "published" || !f.For(core.Person{Role: core.FieldWorker, Scope: core.Scope{"632323200"}}) || f.For(core.Person{Role: core.FieldWorker, Scope: core.Scope{"632323101"}}) {
		t.Errorf("%+v", f)
	}
	for _, path := range []string{"/forms/yaks/workbook?version=1", "/forms/yaks/xform?version=1", "/forms/hh_visit/workbook", "/forms/hh_visit/xform"} {
		res, body := o.do(http.MethodGet, path, nil)
		if res.StatusCode != 200 || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment") || !strings.HasPrefix(body, "PK") && !strings.Contains(body, "<h:html") {
			t.Errorf("%s: %d %.60s", path, res.StatusCode, body)
		}
	}
	if res, _ := o.post("/forms/yaks/retire", url.Values{"version": {"1"}}); res.StatusCode != 303 {
		t.Errorf("retire: %d", res.StatusCode)
	}
	if res, _ := o.post("/forms/hh_visit/retire", url.Values{"version": {"2026112801"}}); res.StatusCode != 403 {
		t.Errorf("a shipped form was retired: %d", res.StatusCode)
	}
}

// Only who manages forms adds, publishes and retires them. The others look, and
// see the answers of their own regions.
func TestFormRights(t *testing.T) {
	o := newOffice(t, core.County)
	o.upload("file", "yaks.md", yaksVersion("1"))
	o.yakVisit(5)
	for name, who := range map[string]store.User{
		"乡镇": {Role: core.Supervisor, Scope: core.Scope{simtest.Village[:9]}},
		"外县": {Role: core.County, Scope: core.Scope{"632524"}},
		"查看": {Role: core.Viewer, Scope: core.Scope{"632323"}},
	} {
		who.Name = name
		if err := o.w.Server.AddUser(t.Context(), who, password); err != nil {
			t.Fatal(err)
		}
		o.fresh()
		o.post("/signin", url.Values{"name": {name}, "password": {password}})
		manage := who.Role.MayManage()
		if page := o.page("/forms"); strings.Contains(page, `name="file"`) != manage {
			t.Errorf("%s is offered an upload: %v", name, !manage)
		}
		if page := o.page("/forms/yaks"); !strings.Contains(page, "试填") || strings.Contains(page, `action="/forms/yaks/publish"`) != manage {
			t.Errorf("%s: %s", name, page)
		}
		if res, _ := o.upload("file", "b.md", "| survey |\n| | type | name | label |\n| | text | q | Q |"); (res.StatusCode == 200) != manage {
			t.Errorf("%s uploads: %d", name, res.StatusCode)
		}
		// The other county may manage forms, but not this one.
		for _, to := range []string{"/forms/yaks/publish", "/forms/yaks/retire"} {
			if res, _ := o.post(to, url.Values{"version": {"1"}, "area": {who.Scope[0]}}); res.StatusCode != 403 {
				t.Errorf("%s %s: %d", name, to, res.StatusCode)
			}
		}
		want := map[bool]string{true: "黑", false: "还没有答卷"}[name != "外县"]
		for _, to := range []string{"/forms/yaks/answers", "/forms/yaks/summary"} {
			if body := o.page(to); !strings.Contains(body, want) {
				t.Errorf("%s %s lacks %q: %s", name, to, want, body)
			}
		}
		if res, _ := o.do(http.MethodGet, "/forms/yaks/export?format=csv", nil); (res.StatusCode == 200) != (who.Role != core.Viewer) {
			t.Errorf("%s exports: %d", name, res.StatusCode)
		}
	}
}

func TestExportedAnswersAreMaskedAndNoted(t *testing.T) {
	o := newOffice(t, core.County)
	o.upload("file", "yaks.md", yaksVersion("1"))
	ref := o.yakVisit(5)
	res, body := o.do(http.MethodGet, "/forms/yaks/export?format=xlsx&split=1", nil)
	book, err := table.Read("a.xlsx", []byte(body), table.Limits{})
	if err != nil || res.StatusCode != 200 || len(book.Sheets) != 2 {
		t.Fatalf("%d %v", res.StatusCode, err)
	}
	got := map[string]string{}
	for i, h := range book.Sheets[0].Rows[0] {
		got[h] = book.Sheets[0].Cell(1, i)
	}
	for head, want := range map[string]string{"herd-head_id": "6323**********0013", "herd-yaks": "5", "herd-feed": "hay grain", "herd-feed/hay": "1", "KEY": "uuid:" + ref.ID.String(), "SubmitterName": "央金", "FormVersion": "1", "more-place-Latitude": ""} {
		if got[head] != want {
			t.Errorf("%s is %q, want %q", head, got[head], want)
		}
	}
	if strings.Contains(fmt.Sprint(book), otherNumber) {
		t.Error("a number in a text left the house")
	}
	if calves := book.Sheets[1]; len(calves.Rows) != 3 || calves.Rows[0][2] != "PARENT_KEY" {
		t.Errorf("%v", calves.Rows)
	}
	_, body = o.do(http.MethodGet, "/forms/yaks/export?format=csv", nil)
	z, err := zip.NewReader(strings.NewReader(body), int64(len(body)))
	if err != nil || len(z.File) != 2 || z.File[1].Name != "yaks-calf.csv" {
		t.Errorf("%v", err)
	}
	if looks := o.page("/looks"); !strings.Contains(looks, "visit yaks") {
		t.Error("the export was not noted")
	}
}

// A visit is read in the words of its form, numbers masked until a right is used,
// and links to the records that its answers made.
func TestVisitInTheWordsOfItsForm(t *testing.T) {
	o := newOffice(t, core.County)
	o.upload("file", "yaks.md", yaksVersion("1"))
	ref := o.yakVisit(5)
	body := o.page("/record/visit/" + ref.ID.String())
	wants(t, body, "户主身份证号", ">几头<", "6323**********0013", "黑", "干草、精料", "1. 名字：小黑 · 体重：20\n2. 名字：小白 · 体重：30")
	if first, last := strings.Index(body, ">几头<"), strings.Index(body, ">饲草<"); first < 0 || first > last {
		t.Error("the answers don't stand in the order of the form")
	}
	if strings.Contains(body, idNumber) || strings.Contains(body, otherNumber) {
		t.Error("a number shows")
	}
	if strings.Contains(body, `name="form_id"`) || strings.Contains(body, `name="form_version"`) {
		t.Error("the form of given answers can be changed")
	}
	home := o.put("household", map[string]any{"head_name": "扎西"})
	visit := o.put("visit", map[string]any{"form_id": "yaks", "form_version": "1", "visit_date": "2026-11-03", "entities": []any{
		map[string]any{"list": "household", "id": home.ID.String(), "create": true, "label": "扎西"},
		map[string]any{"at": "/calf[1]", "list": "trees", "id": home.ID.String(), "create": true},
		map[string]any{"at": "/calf[2]", "list": "person", "id": ref.ID.String(), "create": true},
	}})
	body = o.page("/record/visit/" + visit.ID.String())
	wants(t, body, `<li><a href="/record/household/`+home.ID.String()+`">牧户 扎西</a></li>`)
	if strings.Contains(body, "trees") || strings.Contains(body, "/record/person/") {
		t.Errorf("links to what is not there:\n%s", body)
	}
}

var hidden = regexp.MustCompile(`name="state" value="([^"]*)"`)

// try posts one page of a preview.
func (o *office) try(state string, pairs ...string) (next, body string) {
	o.t.Helper()
	form := url.Values{"state": {state}, "version": {"1"}}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	res, body := o.post("/forms/yaks/preview?version=1", form)
	if res.StatusCode != 200 {
		o.t.Fatalf("%v: %d %s", pairs, res.StatusCode, body)
	}
	o.wellWritten("preview", body)
	return stateIn(body), body
}

func stateIn(body string) string {
	m := hidden.FindStringSubmatch(body)
	if m == nil {
		return ""
	}
	return html.UnescapeString(m[1])
}

func wants(t *testing.T, body string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(body, w) {
			t.Errorf("lacks %q: %s", w, body)
		}
	}
}

// A preview asks, checks and computes as the tablet does, page by page.
func TestPreviewRunsTheInterview(t *testing.T) {
	o := newOffice(t, core.County)
	o.upload("file", "yaks.md", yaksVersion("1"), "media", "yak.jpg", "x")
	body := o.page("/forms/yaks/preview?version=1")
	wants(t, body, "牦牛", "/files/")
	s, body := o.try(stateIn(body), "next", "1")
	wants(t, body, "身份证号", "几头")
	s, body = o.try(s, "next", "1")
	wants(t, body, `class="q wrong"`, "请看红字")
	s, body = o.try(s, "a:/data/herd/yaks", "600", "next", "1")
	wants(t, body, `value="600"`, "毛色", "多了题目")
	s, body = o.try(s, "a:/data/herd/yaks", "6x", "a:/data/herd/head_id", idNumber, "update", "1")
	wants(t, body, `value="6x"`, "role=\"alert\"")
	s, body = o.try(s, "a:/data/herd/yaks", "6", "a:/data/herd/colour", "black", "a:/data/herd/feed", "hay", "a:/data/herd/feed", "grain", "lang", "English (en)")
	wants(t, body, "How many", `value="black" checked`, `value="hay" checked`, `value="grain" checked`, "beside")
	s, body = o.try(s, "a:/data/herd/yaks", "6", "a:/data/herd/head_id", idNumber, "a:/data/herd/colour", "black", "a:/data/herd/feed", "hay", "next", "1")
	wants(t, body, "B. Calves", `name="add"`)
	s, body = o.try(s, "remove", "/data/calf[1]")
	wants(t, body, `class="empty"`)
	s, body = o.try(s, "add", "/data/calf")
	wants(t, body, "Weight")
	s, body = o.try(s, "a:/data/calf[1]/cname", "小黑", "a:/data/calf[1]/weight", "20", "back", "1")
	wants(t, body, "小黑 · 20")
	s, body = o.try(s, "next", "1")
	s, body = o.try(s, "a:/data/calf[1]/cname", "小黑", "a:/data/calf[1]/weight", "20", "next", "1")
	wants(t, body, "C. More", `type="date"`, `type="time"`, `type="datetime-local"`, `type="month"`, "<textarea")
	_, body = o.try(s, "a:/data/more/scarce", "grain", "a:/data/more/scarce", "grain", "next", "1")
	wants(t, body, `class="q wrong"`)
	all := []string{"a:/data/more/d", "2026-11-28", "a:/data/more/dm", "2026-11", "a:/data/more/t", "09:30", "a:/data/more/dt", "2026-11-28T09:30", "a:/data/more/place", "34.5 101.5",
		"a:/data/more/scarce", "grain", "a:/data/more/scarce", "hay", "a:/data/more/mood", "7", "a:/data/more/photo", "preview", "a:/data/more/agree", "OK", "a:/data/more/words", "ok", "a:/data/more/least", "hay"}
	s, body = o.try(s, append(all, "update", "1")...)
	wants(t, body, `value="2026-11-28"`, `value="2026-11"`, `value="09:30"`, `value="2026-11-28T09:30"`)
	s, body = o.try(s, append(all, "next", "1")...)
	wants(t, body, "全部题目都填好了", "Grain, Hay", "6323**********0013", "2026-11-01", "✓")
	if strings.Contains(body, idNumber) {
		t.Error("the end shows an identity number")
	}
	s, body = o.try(s, "jump", "/data/herd/yaks")
	wants(t, body, "How many")
	_, body = o.try(s, "go", "1", "jump.to", "/data/more")
	wants(t, body, "C. More")
	if n, err := o.desk().Count(t.Context(), core.Query{Kind: "visit"}); n != 0 || err != nil {
		t.Errorf("a preview left %d visits, %v", n, err)
	}
}

// What comes back with a page is believed only if this server sealed it, for
// this person and this version.
func TestPreviewStateIsSealed(t *testing.T) {
	o := newOffice(t, core.County)
	o.upload("file", "yaks.md", yaksVersion("1"))
	o.upload("file", "yaks.md", yaksVersion("2"))
	s, _ := o.try(stateIn(o.page("/forms/yaks/preview?version=1")), "next", "1")
	s, body := o.try(s, "a:/data/herd/yaks", "77", "update", "1")
	wants(t, body, `value="77"`)
	if plain, err := base64.RawURLEncoding.DecodeString(s); err != nil || bytes.Contains(plain, []byte("herd")) {
		t.Error("the state can be read")
	}
	if err := o.w.Server.AddUser(t.Context(), store.User{Name: "卓玛", Role: core.County, Scope: core.Scope{"632323"}}, password); err != nil {
		t.Fatal(err)
	}
	anew := func(what, body string) {
		t.Helper()
		if strings.Contains(body, `value="77"`) || !strings.Contains(body, "从头开始") {
			t.Errorf("%s goes on", what)
		}
	}
	_, body = o.try(s[:len(s)-2]+"AA", "update", "1")
	anew("a changed state", body)
	_, body = o.try("", "update", "1")
	anew("no state", body)
	_, other := o.post("/forms/yaks/preview?version=2", url.Values{"state": {s}, "version": {"2"}})
	anew("another version", other)
	o.fresh()
	o.post("/signin", url.Values{"name": {"卓玛"}, "password": {password}})
	_, body = o.try(s, "update", "1")
	anew("another person", body)
	if res, _ := o.post("/forms/yaks/preview?version=1", url.Values{"state": {strings.Repeat("x", 5<<20)}}); res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("5 MB: %d", res.StatusCode)
	}
}
