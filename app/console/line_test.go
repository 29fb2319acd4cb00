package console_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"muqu/core"
	"muqu/core/change"
)

var aHiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)">`)

// hiddenFields reads the fields of a form that a person doesn't see.
func hiddenFields(body string) url.Values {
	out := url.Values{}
	for _, m := range aHiddenField.FindAllStringSubmatch(body, -1) {
		out.Set(m[1], html.UnescapeString(m[2]))
	}
	return out
}

func (o *office) wantLine(region, amount string) core.Record {
	o.t.Helper()
	r := o.see(core.Ref{Kind: "monitoring_line", ID: core.LineID(2026, region)})
	if got := r.Text("amount"); got != amount {
		o.t.Errorf("the line of %s is %q, want %q", region, got, amount)
	}
	return r
}

func TestLineIsSetAndReplaced(t *testing.T) {
	o := newOffice(t, core.County)
	page := o.page("/lines")
	if !strings.Contains(page, `class="empty"`) || !strings.Contains(page, "尚未录入") || strings.Count(page, "<option") != 1 || !strings.Contains(page, "泽库县") {
		t.Errorf("an office of one county with no lines sees\n%s", page)
	}
	form := url.Values{"year": {"2026"}, "region": {"632323000000"}, "amount": {"8,400"}, "source": {"县字〔2026〕3号"}}
	if res, body := o.post("/lines", form); res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/lines?saved=1" {
		t.Fatalf("%d %s", res.StatusCode, body)
	}
	o.wantLine("632323", "8400")
	for lang, words := range map[string][]string{"zh-CN": {"已保存", "8400", "县字〔2026〕3号", "金额（元/人/年）"}, "en": {"Saved", "8400", "Holds in"}} {
		o.lang = lang
		body := o.page("/lines?saved=1")
		for _, w := range words {
			if !strings.Contains(body, w) {
				t.Errorf("%s: no %q on the page", lang, w)
			}
		}
	}
	o.lang = "en"
	if res, _ := o.post("/lines", form); res.StatusCode != http.StatusSeeOther {
		t.Errorf("the same once more: %d", res.StatusCode)
	}
	if n := len(o.history(core.LineID(2026, "632323"))); n != 1 {
		t.Errorf("saying the same again made %d entries", n)
	}
	form.Set("amount", "8500")
	_, body := o.post("/lines", form)
	o.wellWritten("/lines", body)
	o.wantLine("632323", "8400")
	if !strings.Contains(body, "replace it?") || !strings.Contains(body, "8400") || !strings.Contains(body, "8500") {
		t.Fatalf("a line that is there was replaced unasked\n%s", body)
	}
	if res, _ := o.post("/lines", hiddenFields(body)); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("replacing: %d", res.StatusCode)
	}
	r := o.wantLine("632323", "8500")
	if history := o.page(pathOf(r.Ref)); !strings.Contains(history, "<del>8400</del>") {
		t.Error("the record's page doesn't tell what the line was")
	}
}

func (o *office) history(id change.RecordID) []any {
	o.t.Helper()
	list, err := o.desk().History(o.t.Context(), core.Ref{Kind: "monitoring_line", ID: id})
	if err != nil {
		o.t.Fatal(err)
	}
	return make([]any, len(list))
}

// What somebody else wrote after the page was shown is not overwritten unseen.
func TestLineReplacedUnseenIsAConflict(t *testing.T) {
	o := newOffice(t, core.County)
	form := url.Values{"year": {"2026"}, "region": {"632323000000"}, "amount": {"8400"}}
	o.post("/lines", form)
	form.Set("amount", "8500")
	_, body := o.post("/lines", form)
	now := o.wantLine("632323", "8400")
	if _, err := o.desk().Commit(t.Context(), []core.Edit{{Ref: now.Ref, From: now, Set: map[string]change.Value{"amount": change.Int(8600)}}}); err != nil {
		t.Fatal(err)
	}
	o.post("/lines", hiddenFields(body))
	if r := o.see(now.Ref); len(r.Conflicts["amount"]) != 2 {
		t.Errorf("8500 stands over 8600: %v", r.Conflicts)
	}
	if !strings.Contains(o.page("/lines"), "⚠") {
		t.Error("the page doesn't show the conflict")
	}
}

func TestLineNobodyElseSets(t *testing.T) {
	form := func(region string) url.Values {
		return url.Values{"year": {"2026"}, "region": {region}, "amount": {"8000"}}
	}
	o := newOffice(t, core.County)
	for region, want := range map[string]int{"630000000000": http.StatusForbidden, "632324000000": http.StatusForbidden, "632323100000": http.StatusBadRequest, "x": http.StatusBadRequest} {
		res, body := o.post("/lines", form(region))
		if res.StatusCode != want || !strings.Contains(body, `role="alert"`) {
			t.Errorf("%s: %d", region, res.StatusCode)
		}
	}
	bad := form("632323000000")
	bad.Set("amount", "viel")
	if res, body := o.post("/lines", bad); res.StatusCode != http.StatusBadRequest || !strings.Contains(body, `value="viel"`) {
		t.Errorf("an amount that is no number: %d, or what was typed is lost", res.StatusCode)
	}
	for _, role := range []core.Role{core.Supervisor, core.Prefecture, core.Viewer} {
		o := newOffice(t, role)
		if strings.Contains(o.page("/lines"), "<select") {
			t.Errorf("%s: the form is offered", role)
		}
		if res, _ := o.post("/lines", form("632323000000")); res.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d", role, res.StatusCode)
		}
	}
}

func TestLineKeepsItsYearOnItsPage(t *testing.T) {
	o := newOffice(t, core.County)
	o.post("/lines", url.Values{"year": {"2026"}, "region": {"632323000000"}, "amount": {"8400"}})
	ref := core.Ref{Kind: "monitoring_line", ID: core.LineID(2026, "632323")}
	form := hiddenFields(o.page(pathOf(ref)))
	form.Set("year", "2027")
	form.Set("amount", "8400")
	if res, body := o.post(pathOf(ref), form); res.StatusCode != http.StatusBadRequest || !strings.Contains(body, "另一年度") {
		t.Errorf("%d: the line of 2026 became one of 2027", res.StatusCode)
	}
	form.Set("year", "2026")
	form.Set("amount", "8450")
	if res, _ := o.post(pathOf(ref), form); res.StatusCode != http.StatusSeeOther {
		t.Errorf("%d", res.StatusCode)
	}
	o.wantLine("632323", "8450")
}

// A form that is tried in the console looks lines up as the tablet does.
func TestPreviewLooksLinesUp(t *testing.T) {
	o := newOffice(t, core.County)
	o.upload("file", "lines.md", `
| survey   |           |      |                 |             |
|          | type      | name | label           | calculation |
|          | calculate | line |                 | pulldata('monitoring_line', 'amount', 'key', '2026-632323000000') |
|          | note      | told | The line: ${line}. |          |
| settings |           |      |                 |             |
|          | form_id   | version | form_title   |             |
|          | lines     | 1    | Lines           |             |
`)
	wants(t, o.page("/forms/lines/preview?version=1"), "The line: .")
	o.post("/lines", url.Values{"year": {"2026"}, "region": {"632323000000"}, "amount": {"8400"}})
	wants(t, o.page("/forms/lines/preview?version=1"), "The line: 8400.")
}
