package screen

import (
	"context"
	"strings"
	"testing"

	"muqu/app/tablet/widget"
	"muqu/core"
	"muqu/core/change"
	"muqu/sync/client"
)

func TestHouseholdsAreFoundAsOneTypes(t *testing.T) {
	w := open(t, &Households{})
	w.see("本机还没有牧户")
	for _, name := range []string{"才让多杰", "扎西卓玛", "索南加"} {
		w.home(name)
	}
	w.shell.Reopen()
	w.see("共3条", "才让多杰", "扎西卓玛", "索南加", "仅在本机")
	w.search("zxzm")
	w.see("共1条", "扎西卓玛")
	w.notSee("才让多杰")
	w.search("不存在")
	w.see("没有找到“不存在”")
	w.search("")
	w.see("共3条")
}

// What was searched for is still there when one comes back from a household.
func TestSearchIsKept(t *testing.T) {
	w := open(t, &Households{})
	w.home("才让多杰")
	w.home("扎西卓玛")
	w.search("zxzm")
	w.loop.settle()
	inside[*widget.List[core.Record]](t, w.window.Content()).Select(0)
	w.see("家庭成员")
	w.shell.Back()
	w.see("共1条", "扎西卓玛")
	w.notSee("才让多杰")
}

func TestHouseholdIsRegistered(t *testing.T) {
	w := open(t, &Households{})
	w.tap("登记牧户")
	w.tap("保存")
	w.want("no name", w.problem("户主姓名"), "请填写")
	w.want("no village", w.problem("所在地"), "请填写")
	w.typeIn("户主姓名", "测试户主乙")
	w.typeIn("户主身份证号", "632323198001010014")
	w.want("bad number", w.problem("户主身份证号"), "身份证号校验位不符，有一位写错了，请核对")
	w.typeIn("户主身份证号", "632323198001010013")
	w.want("good number", w.problem("户主身份证号"), "")
	w.pick("所在地", "幸福")
	w.choose("户类型", "一般农(牧)户")
	w.choose("社会保障", "农村低保")
	w.choose("社会保障", "特困供养")
	w.typeIn("牦牛（头）", "42")
	w.tap("保存")
	w.see("测试户主乙", "6323**********0013", "家庭成员 0人", "开始走访")
	homes := w.list("household")
	w.want("households", len(homes), 1)
	r := homes[0]
	w.want("name", r.Text("head_name"), "测试户主乙")
	w.want("number", r.Text("head_id"), "632323198001010013")
	w.want("assistance", r.Field("safety_net").Strs(), []string{"dibao", "tekun"})
	w.want("yaks", r.Text("yak"), "42")
	if !strings.HasPrefix(r.Region, "632323") {
		t.Errorf("region %s is not in the worker's county", r.Region)
	}
	w.want("drafts", len(w.drafts()), 0)
}

func (w *world) drafts() []string {
	w.Helper()
	w.loop.settle()
	drafts, err := w.tablet.Drafts(context.Background(), "", "")
	if err != nil {
		w.Fatal(err)
	}
	var ids []string
	for _, d := range drafts {
		ids = append(ids, d.ID)
	}
	return ids
}

// Half a registration survives a kill: it waits on the first screen.
func TestRegistrationSurvivesAKill(t *testing.T) {
	w := open(t, &Households{})
	w.tap("登记牧户")
	w.typeIn("户主姓名", "测试户主丙")
	w.choose("户类型", "脱贫户")
	w.start(&Home{})
	w.see("未完成 1项", "牧户 · 测试户主丙")
	w.tap("牧户 · 测试户主丙")
	w.want("name", inside[*widget.Entry](t, w.field("户主姓名")).Text, "测试户主丙")
	w.pick("所在地", "幸福")
	w.tap("保存")
	w.want("type", w.list("household")[0].Text("hh_type"), "lifted")
}

// An edit says what was on the screen when it began, also when it was
// interrupted: that decides what counts as seen.
func TestEditKeepsWhatWasSeen(t *testing.T) {
	w := open(t, &Home{})
	home := w.home("测试户主甲")
	w.shell.Go(&Editor{Kind: "household", ID: home.ID})
	w.typeIn("联系电话", "13897099999")
	w.write(home, map[string]any{"remark": "别处改的"}) // the record goes on meanwhile
	w.start(&Editor{Kind: "household", ID: home.ID})
	editor := w.shell.Top().(*Editor)
	w.want("seen", editor.state.From.Seen.Own, home.Seen.Own)
	w.want("phone", inside[*widget.Entry](t, w.field("联系电话")).Text, "13897099999")
	w.tap("保存")
	w.want("saved", w.get(home.Ref).Text("phone"), "13897099999")
	w.want("the other edit", w.get(home.Ref).Text("remark"), "别处改的")
}

func TestEditIsThrownAway(t *testing.T) {
	w := open(t, &Home{})
	home := w.home("测试户主甲")
	w.shell.Go(&Editor{Kind: "household", ID: home.ID})
	w.typeIn("联系电话", "13897099999")
	w.tap("放弃修改")
	w.see("放弃刚才填写的内容？")
	w.tap("放弃修改") // the button of the question
	w.want("phone", w.get(home.Ref).Text("phone"), "13897090001")
	w.want("drafts", len(w.drafts()), 0)
}

func TestMemberIsAdded(t *testing.T) {
	w := open(t, &Home{})
	home := w.home("测试户主甲")
	w.shell.Go(&Household{Ref: home.Ref})
	w.tap("添加成员")
	w.typeIn("姓名", "测试成员")
	w.choose("与户主关系", "之女")
	w.typeIn("出生日期", "2003.11.11")
	w.tap("保存")
	w.see("家庭成员 1人", "测试成员", "之女 · 2003-11-11")
	person := w.list("person")[0]
	w.want("household", person.Text("household"), home.ID.String())
	w.want("region", person.Region, village)
}

func TestHouseholdPageShowsWhatBelongsToIt(t *testing.T) {
	w := open(t, &Home{})
	home := w.home("测试户主甲")
	of := home.ID.String()
	w.put("visit", map[string]any{"household": of, "visit_date": "2026-10-05", "visit_type": "follow_up", "form_id": "household_visit"})
	w.put("demand", map[string]any{"household": of, "title": "冬季饲草短缺", "cat": "industry", "state": "submitted"})
	w.put("lead", map[string]any{"household": of, "title": "雪灾损失", "state": "lead"})
	w.put("demand", map[string]any{"title": "别家的需求"})
	w.shell.Go(&Household{Ref: home.Ref})
	w.see("走访记录 1次", "2026-10-05 日常走访", "需求 1项", "冬季饲草短缺", "已提交", "风险线索 1条", "雪灾损失")
	w.notSee("别家的需求")
	w.fits()
	w.tap("冬季饲草短缺")
	w.see("产业帮扶", "修改")
}

// clash writes two values of a field on two tablets that have not seen each
// other's, and brings both here.
func (w *world) clash(home core.Record, field, here, there string) core.Record {
	w.Helper()
	ctx := context.Background()
	other := w.centre.tablet(w.T, "另一位走访员")
	for _, tablet := range []*client.Tablet{w.tablet, other} {
		if _, err := tablet.Sync(ctx, nil); err != nil {
			w.Fatal(err)
		}
	}
	w.write(w.get(home.Ref), map[string]any{field: here})
	from, _, err := other.Get(ctx, home.Ref)
	if err != nil {
		w.Fatal(err)
	}
	edit := core.Edit{Ref: home.Ref, From: from, Set: map[string]change.Value{field: change.Text(there)}}
	if _, err := other.Commit(ctx, []core.Edit{edit}); err != nil {
		w.Fatal(err)
	}
	for _, tablet := range []*client.Tablet{other, w.tablet} {
		if _, err := tablet.Sync(ctx, nil); err != nil {
			w.Fatal(err)
		}
	}
	return w.get(home.Ref)
}

func TestConflictIsSettledByOneTap(t *testing.T) {
	w := open(t, &Home{})
	home := w.clash(w.home("测试户主甲"), "hh_no", "6323-甲", "6323-乙")
	w.shell.Go(&Household{Ref: home.Ref})
	w.see("有冲突", "这条记录有冲突，需要选定")
	w.tap("去解决")
	w.see("测试户主甲", "牧户 · 国家系统户编号")
	w.tap("测试户主甲")
	w.see("6323-甲", "6323-乙", "填写人：测试员（本机）", "填写人：另一位走访员", "填写时屏幕上显示：（空）", "2026-11-22 09:30 · 已到中心", "都不对，填新的值")
	w.fits()
	w.tap("采用这个")
	w.want("open conflicts", len(w.get(home.Ref).Conflicts), 0)
	w.see("没有冲突")
}

func TestConflictIsSettledByANewValue(t *testing.T) {
	w := open(t, &Home{})
	home := w.clash(w.home("测试户主甲"), "hh_no", "6323-甲", "6323-乙")
	w.shell.Go(&Conflict{ConflictID: core.ConflictID{Ref: home.Ref, Register: "hh_no"}})
	w.tap("采用新的值")
	w.want("toast", w.toast(), "请先填写新的值")
	w.typeIn("都不对，填新的值", "6323-丙")
	w.tap("采用新的值")
	settled := w.get(home.Ref)
	w.want("value", settled.Text("hh_no"), "6323-丙")
	w.want("open conflicts", len(settled.Conflicts), 0)
}

// What is offered is there to choose from in the tent, read only.
func TestOffersAreListed(t *testing.T) {
	w := open(t, &Demands{})
	for title, state := range map[string]string{"兽医上门": "published", "还没定的": "draft", "不办了的": "withdrawn"} {
		w.put("offer", map[string]any{"title": title, "state": state, "provider": "测试畜牧合作社", "cat": "industry", "free": true, "to": "2026-12-31", "detail": "接羔保育、驱虫"})
	}
	training := w.put("offer", map[string]any{"title": "电工培训", "state": "published", "price": 120, "unit": "人", "served": village, "provider": "测试技工学校", "detail": "十天，包食宿"})
	w.put("offer", map[string]any{"title": "春季疫苗", "state": "published", "to": "2020-05-01"})
	w.tap("供给")
	w.see("兽医上门", "测试畜牧合作社 · 产业帮扶 · 免费", "2026-12-31前", "测试技工学校 · 120元/人", "已过期", "共3条")
	w.notSee("还没定的", "不办了的")
	w.shell.Go(&Record{Ref: training.Ref})
	w.see("十天，包食宿", "提供单位", "测试技工学校")
	w.notSee("修改", "添加照片")
	w.fits()
}
