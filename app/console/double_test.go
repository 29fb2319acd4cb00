package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"muqu/core"
)

// twice registers one family two times, with all that belongs to a family.
func (o *office) twice() (first, second, visit core.Ref) {
	first = o.put("household", map[string]any{"head_name": "才让多杰", "head_id": idNumber, "phone": "13800000001", "yak": 28})
	second = o.put("household", map[string]any{"head_name": "才仁多吉", "head_id": idNumber, "phone": "13800000002", "sheep": 40})
	return first, second, o.put("visit", map[string]any{"household": second.ID.String(), "visit_date": "2026-05-01"})
}

func pairPath(stays, gives core.Ref) string {
	return "/double/" + stays.Kind + "/" + stays.ID.String() + "/" + gives.ID.String()
}

// seenNow is what a form remembers that was filled from the present state.
func (o *office) seenNow() url.Values {
	seen := o.see(o.put("problem", map[string]any{"title": "x"})).Seen
	return url.Values{"seen.epoch": {fmt.Sprint(seen.Epoch)}, "seen.position": {fmt.Sprint(seen.Position)}}
}

func TestDoublesAreMergedAndUndone(t *testing.T) {
	o := newOffice(t, core.County)
	if body := o.page("/doubles"); !strings.Contains(body, "没有发现疑似重复的登记") {
		t.Errorf("nothing is registered, and still: %s", body)
	}
	first, second, visit := o.twice()
	for _, lang := range []string{"en", "zh-CN"} {
		o.lang = lang
		for _, path := range []string{"/doubles", pairPath(first, second), pairPath(second, first)} {
			if body := o.page(path); strings.Contains(body, idNumber) || !strings.Contains(body, "6323**********0013") {
				t.Errorf("%s shows an identity number, or none", path)
			}
		}
	}
	body := o.page("/doubles")
	for _, want := range []string{"才让多杰", "才仁多吉", "几乎可以肯定", "身份证号相同", "不同写法", `href="/double/household/`} {
		if !strings.Contains(body, want) {
			t.Errorf("/doubles lacks %s", want)
		}
	}
	form := o.seenNow()
	form.Set("do", "merge")
	form["take"] = []string{"sheep"}
	if res, body := o.post(pairPath(first, second), form); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("merge: %d %s", res.StatusCode, body)
	}
	if r := o.see(first); r.Text("sheep") != "40" || r.Text("yak") != "28" || r.Text("phone") != "13800000001" {
		t.Errorf("the record that stays: %v", r.Fields)
	}
	if r := o.see(visit); r.Text("household") != first.ID.String() {
		t.Error("the visit does not show under the record that stays")
	}
	if body := o.page(pathOf(first)); !strings.Contains(body, "才仁多吉") || !strings.Contains(body, "撤销合并") {
		t.Error("the page of the record that stays does not say so")
	}
	if body := o.page(pathOf(second)); !strings.Contains(body, "这条记录已合并到“才让多杰”") {
		t.Error("the page of the record that gave way does not say so")
	}
	if body := o.page("/list/household"); strings.Contains(body, "才仁多吉") {
		t.Error("the list shows the record that gave way")
	}
	if body := o.page("/list/household?q=" + url.QueryEscape("才仁")); !strings.Contains(body, "才让多杰") {
		t.Error("the other name does not lead to the record that stays")
	}
	if body := o.page("/doubles"); !strings.Contains(body, `class="empty"`) {
		t.Error("a merged pair is still suspected")
	}
	o.page(pairPath(first, second))
	if res, _ := o.post(pairPath(first, second), form); res.StatusCode != http.StatusBadRequest {
		t.Errorf("merged twice: %d", res.StatusCode)
	}
	if res, _ := o.post(pathOf(second)+"/unmerge", o.seenNow()); res.StatusCode != http.StatusSeeOther {
		t.Errorf("undo: %d", res.StatusCode)
	}
	if body := o.page("/list/household"); !strings.Contains(body, "才仁多吉") {
		t.Error("undone, the record is still left out")
	}
}

func TestDoublesAreToldApart(t *testing.T) {
	o := newOffice(t, core.County)
	first, second, _ := o.twice()
	form := o.seenNow()
	form.Set("do", "different")
	if res, body := o.post(pairPath(first, second), form); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("%d %s", res.StatusCode, body)
	}
	if body := o.page("/doubles"); !strings.Contains(body, `class="empty"`) {
		t.Error("the pair is asked for again")
	}
	o.page(pathOf(second))
}

// Merges in opposite directions, made apart, are a conflict that the console
// shows and settles.
func TestOppositeMergesAreAConflict(t *testing.T) {
	o := newOffice(t, core.County)
	first, second, _ := o.twice()
	a, b := o.see(first), o.see(second)
	for _, way := range [][2]core.Record{{a, b}, {b, a}} {
		edits, err := core.Merge(way[0], way[1], nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.desk().Commit(t.Context(), edits); err != nil {
			t.Fatal(err)
		}
	}
	if r := o.see(first); r.Stays != second.ID {
		t.Error("the later merge holds")
	}
	body := o.page("/conflicts")
	if !strings.Contains(body, "相反的合并") || !strings.Contains(body, "已合并到 才让多杰") {
		t.Fatalf("/conflicts: %s", body)
	}
	form := o.seenNow()
	form.Set("id", core.ConflictID{Ref: second, Register: core.OppositeMerge}.String())
	form.Set("take", "2")
	if res, body := o.post("/conflicts", form); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("settle: %d %s", res.StatusCode, body)
	}
	if body := o.page("/conflicts"); !strings.Contains(body, `class="empty"`) {
		t.Error("settled, and still open")
	}
}

// Nobody sees pairs of other regions, and a viewer merges nothing.
func TestDoublesAreOfTheOwnRegions(t *testing.T) {
	o := newOffice(t, core.Viewer)
	first, second, _ := o.twice()
	form := o.seenNow()
	form.Set("do", "merge")
	if body := o.page(pairPath(first, second)); strings.Contains(body, "<button class=\"main\"") {
		t.Error("a viewer is offered to merge")
	}
	if res, _ := o.post(pairPath(first, second), form); res.StatusCode != http.StatusForbidden {
		t.Errorf("a viewer merges: %d", res.StatusCode)
	}
	far := o.see(second)
	move := core.Edit{Ref: second, From: far, Region: "632524100201"}
	if _, err := o.desk().Commit(t.Context(), []core.Edit{move}); err != nil {
		t.Fatal(err)
	}
	if body := o.page("/doubles"); !strings.Contains(body, `class="empty"`) || strings.Contains(body, "才仁多吉") {
		t.Error("a pair shows of which one is elsewhere")
	}
	for path, want := range map[string]int{pairPath(first, second): 404, pairPath(first, first): 400, "/double/visit/x/y": 404, "/doubles?at=x": 200} {
		if res, _ := o.do(http.MethodGet, path, nil); res.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, res.StatusCode, want)
		}
	}
}
