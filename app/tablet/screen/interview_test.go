package screen

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"muqu/app/tablet/widget"
	"muqu/core"
	"muqu/sync/client"
)

// visitStep is a step of the visit and what a worker does there.
type visitStep struct {
	title string
	do    func()
}

// meeting is the part of a visit that is about people.
func (w *world) meeting() []visitStep {
	return []visitStep{
		{"走访情况", func() {
			w.choose("走访类型", "日常走访")
			w.choose("走访地点", "冬季定居点(冬窝子)")
			w.choose("访谈语言", "藏语(安多方言)")
			w.choose("走访结果", "完成访谈")
			w.choose("已用受访人听得懂的语言说明用途并征得同意?", "是")
		}},
		{"户基本信息", func() {
			w.choose("监测对象类别(现状)", "非监测对象")
			w.choose("是否易地扶贫搬迁户", "否")
		}},
		{"家庭成员", func() { w.tap("1 · 居民身份证") }},
		{"家庭成员 第1个", func() {
			w.typeIn("姓名", "测试户主甲")
			w.choose("与户主关系", "户主")
			w.typeIn("证件号码", "632323198001010013")
			w.choose("性别", "男")
			w.typeIn("出生日期", "1980-01-01")
			w.choose("文化程度(非在校生)", "小学")
			w.choose("健康状况", "健康")
			w.choose("劳动能力", "普通劳动力")
			w.choose("基本医疗保险", "城乡居民医保")
		}},
	}
}

// situation is the part of a visit that is about how they live.
func (w *world) situation() []visitStep {
	return []visitStep{
		{"两不愁三保障和饮水", func() {
			w.choose("全年吃饭(含肉蛋奶豆)有保障", "是")
			w.choose("四季衣被有保障", "是")
			w.choose("生病能及时看得上、看得起", "是")
			w.choose("主要住房安全等级", "A级(安全)")
			w.choose("主要饮水来源(居住时间最长处)", "自来水入户")
			w.choose("水质无明显异味杂质、人人够喝", "是")
		}},
		{"草场和牲畜", func() {
			w.choose("是否放牧(或代牧/入社分红)", "是")
			w.typeIn("牦牛存栏(头)", "30")
			w.choose("近12个月受灾", "雪灾")
		}},
		{"收支", func() { w.typeIn("畜产品收入(活畜/肉/奶/毛绒)", "30000") }},
		{"风险与帮扶", func() {
			w.choose("返贫致贫风险(最多5项)", "因自然灾害")
			w.typeIn("风险说明", "雪灾死亡牦牛十头")
			w.choose("初步建议(供村\"两委\"和乡镇研判)", "继续观察")
			w.choose("已享受帮扶措施", "无")
			w.choose("需要什么帮助(点单)", "产业发展(牲畜/饲草/棚圈)")
			w.typeIn("具体需求", "冬季饲草20吨,送到冬窝子")
			w.choose("是否生成需求单", "是")
		}},
	}
}

// visit walks through the visit of a household of one, the way a worker does.
// It stops before the step whose title contains stop; "" = at the end.
func (w *world) visit(stop string) {
	w.Helper()
	for _, step := range append(w.meeting(), w.situation()...) {
		if stop != "" && strings.Contains(step.title, stop) {
			return
		}
		w.see(step.title)
		step.do()
		switch step.title {
		case "家庭成员": // the row that was tapped went on
		case "风险与帮扶":
			w.tap("完成")
		default:
			w.tap("下一步")
		}
	}
}

func TestVisitFromBeginningToEnd(t *testing.T) {
	w := open(t, &Home{})
	home := w.home("测试户主甲")
	task := w.put("assignment", map[string]any{"household": home.ID.String(), "task": "日常走访", "state": "open"})
	w.shell.Go(&Household{Ref: home.Ref})
	w.tap("开始走访")
	w.see("简表", "全表")
	w.fits()
	w.tap("简表")
	w.visit("")
	w.see("登记需求", "需求来源") // the household wants one

	visit := w.list("visit")[0]
	w.want("household", visit.Text("household"), home.ID.String())
	w.want("type", visit.Text("visit_type"), "follow_up")
	w.want("answer", visit.Text("food_ok"), "yes")
	w.want("date", visit.Text("visit_date"), "2026-11-22")
	w.want("members", len(visit.Field("members").Elements()), 1)
	after := w.get(home.Ref)
	w.want("yaks of the household", after.Text("yak"), "30")
	w.want("category", after.Text("monitor_type"), "none")
	person := w.list("person")[0]
	w.want("person", person.Text("id_no"), "632323198001010013")
	w.want("person's household", person.Text("household"), home.ID.String())
	lead := w.list("lead")[0]
	w.want("lead", lead.Text("suggest"), "watch")
	w.want("assignment", w.get(task.Ref).Text("state"), "done")
	w.want("conflicts", len(after.Conflicts), 0)

	w.shell.Start(&Record{Ref: visit.Ref}) // the answers in the words of the form
	w.see("走访类型", "日常走访", "主要住房安全等级", "A级(安全)", "1. 测试户主甲 · 户主", "近12个月受灾", "雪灾", "风险说明", "雪灾死亡牦牛十头")
	w.notSee("house", "food_ok", "sheep_units")
	w.fits()
	w.shell.SetLanguage("en")
	w.see("Safety grade of main dwelling", "Grade A (safe)")
}

// Every answer is there again after a kill, at the same step.
func TestVisitSurvivesAKill(t *testing.T) {
	w := open(t, &Home{})
	home := w.home("测试户主甲")
	w.shell.Go(&Visit{Household: home.Ref})
	w.tap("简表")
	w.visit("草场和牲畜")
	w.choose("是否放牧(或代牧/入社分红)", "是")
	w.typeIn("牦牛存栏(头)", "30")
	w.start(&Home{})
	w.see("未完成 1项", "走访 · 测试户主甲")
	w.tap("走访 · 测试户主甲")
	w.see("草场和牲畜")
	visit := w.shell.Top().(*Visit)
	for name, want := range map[string]string{"yak": "30", "visit_type": "follow_up", "house": "A"} {
		w.want(name, visit.run.Value(visit.run.Form().Item(name).Path()), want)
	}
	w.want("visits", len(w.list("visit")), 0)
}

// What is known is not asked again.
func TestVisitKnowsTheHousehold(t *testing.T) {
	w := open(t, &Home{})
	home := w.home("测试户主甲")
	for _, name := range []string{"甲成员", "乙成员"} {
		w.put("person", map[string]any{"household": home.ID.String(), "name": name, "sex": "1"})
	}
	w.shell.Go(&Visit{Household: home.Ref})
	w.tap("全表")
	visit := w.shell.Top().(*Visit)
	value := func(name string) string { return visit.run.Value(visit.run.Form().Item(name).Path()) }
	w.want("name", value("head_name"), "测试户主甲")
	w.want("village", value("village_code"), village)
	w.visit("家庭成员")
	w.see("甲成员", "乙成员", "未填完")
}

// A question that an answer makes needless goes, one that it makes needed
// comes, and typing goes on where it was.
func TestQuestionsComeAndGo(t *testing.T) {
	w := open(t, &Home{})
	home := w.home("测试户主甲")
	w.shell.Go(&Visit{Household: home.Ref})
	w.tap("全表")
	w.notSee("去向及预计返回时间")
	w.choose("走访结果", "全家不在(转场/采挖虫草/外出)")
	w.see("去向及预计返回时间")
	w.notSee("已用受访人听得懂的语言")
	w.choose("走访结果", "完成访谈")
	w.notSee("去向及预计返回时间")
	w.see("已用受访人听得懂的语言")
	w.visit("草场和牲畜")
	w.choose("是否放牧(或代牧/入社分红)", "是")
	field := w.field("牦牛存栏(头)")
	w.notSee("其中能繁母牛(头)")
	w.typeIn("牦牛存栏(头)", "30")
	w.see("其中能繁母牛(头)")
	if w.field("牦牛存栏(头)") != field {
		t.Error("the field was made anew while it was typed in")
	}
}

// An answer that breaks a rule is objected to when the line is left, and stops
// the step.
func TestConstraintsAreHonored(t *testing.T) {
	w := open(t, &Home{})
	home := w.home("测试户主甲")
	w.shell.Go(&Visit{Household: home.Ref})
	w.tap("全表")
	w.tap("下一步")
	w.want("required", w.problem("走访类型") != "", true)
	w.see("走访情况")
	w.visit("草场和牲畜")
	w.choose("是否放牧(或代牧/入社分红)", "是")
	w.typeIn("牦牛存栏(头)", "30")
	w.typeIn("其中能繁母牛(头)", "31")
	w.want("constraint", w.problem("其中能繁母牛(头)"), "不能多于存栏")
	w.tap("下一步")
	w.see("草场和牲畜")
	w.typeIn("其中能繁母牛(头)", "12")
	w.want("constraint", w.problem("其中能繁母牛(头)"), "")
}

// Warnings are asked about and block nothing.
func TestWarningsAreSoft(t *testing.T) {
	w := open(t, &Home{})
	home := w.home("测试户主甲")
	w.shell.Go(&Visit{Household: home.Ref})
	w.tap("简表")
	w.visit("风险与帮扶")
	w.choose("返贫致贫风险(最多5项)", "因病")
	w.see("⚠ 选了\"因病\",但合规自付医疗支出为0,请核对")
	w.typeIn("风险说明", "长期看病")
	w.choose("初步建议(供村\"两委\"和乡镇研判)", "无需纳入")
	w.choose("已享受帮扶措施", "无")
	w.choose("需要什么帮助(点单)", "无")
	w.tap("完成")
	w.see("有2处提醒")
	w.tap("完成") // the button of the question
	w.want("visits", len(w.list("visit")), 1)
	w.want("leads", len(w.list("lead")), 0)
}

func TestRefusedVisitIsShort(t *testing.T) {
	w := open(t, &Home{})
	home := w.home("测试户主甲")
	w.shell.Go(&Visit{Household: home.Ref})
	w.tap("简表")
	w.choose("走访类型", "日常走访")
	w.choose("走访地点", "冬季定居点(冬窝子)")
	w.choose("访谈语言", "藏语(安多方言)")
	w.choose("走访结果", "拒访")
	w.tap("完成")
	w.want("visits", len(w.list("visit")), 1)
	w.want("outcome", w.list("visit")[0].Text("outcome"), "refused")
}

func TestLanguageChangesInMidInterview(t *testing.T) {
	w := open(t, &Home{})
	home := w.home("测试户主甲")
	w.shell.Go(&Visit{Household: home.Ref})
	w.tap("全表")
	w.choose("走访类型", "日常走访")
	w.shell.SetLanguage("en")
	w.see("Type of visit *", "Routine follow-up", "Next")
	visit := w.shell.Top().(*Visit)
	w.want("answer", visit.run.Value(visit.run.Form().Item("visit_type").Path()), "follow_up")
	w.fits()
}

func TestDemandIsTakenDown(t *testing.T) {
	w := open(t, &Home{})
	home := w.home("测试户主甲")
	w.shell.Go(&Household{Ref: home.Ref})
	w.tap("登记需求")
	w.see("单户", "测试户主甲")
	w.choose("需求来源", "入户走访")
	w.tap("下一步")
	w.typeIn("需求项目名称", "冬季饲草")
	w.choose("需求类别", "产业帮扶")
	w.choose("帮扶性质", `"输血"(直接给予)`)
	w.typeIn("具体描述(问题、需要什么、做到什么程度)", "雪后饲草不足,需要青干草二十吨")
	w.choose("现行政策保障情况", "现行政策未覆盖")
	w.tap("下一步")
	w.tap("下一步") // the list of items, where one waits to be filled in
	w.typeIn("名称", "青干草")
	w.typeIn("数量", "20")
	w.typeIn("单位", "吨")
	w.tap("下一步")
	w.tap("下一步") // no money is asked for
	w.choose("受益群体", "全体村民")
	w.typeIn("受益人数", "5")
	w.tap("下一步")
	w.choose("紧急程度", "较急(1个月内)")
	w.typeIn("可实施起始日期", "2026-12-01")
	w.typeIn("可实施截止日期", "2026-11-01")
	w.want("order of dates", w.problem("可实施截止日期"), "不能早于起始日期")
	w.typeIn("可实施截止日期", "2026-12-31")
	w.choose("交通条件", "仅越野车")
	w.choose("服务需用语言", "藏语(安多方言)")
	w.typeIn("联系人(村干部/工作人员)", "测试联系人")
	w.typeIn("联系电话", "13897090002")
	w.choose("是否同意脱敏后公开发布", "是")
	w.tap("完成")
	w.see("冬季饲草", "已提交")
	demand := w.list("demand")[0]
	w.want("household", demand.Text("household"), home.ID.String())
	w.want("linked", demand.Field("households").Strs(), []string{home.ID.String()})
	w.want("region", demand.Region, village)
	w.want("state", demand.Text("state"), "submitted")
	w.want("people", demand.Text("n_people"), "5")
}

func TestStepsCanBeJumpedTo(t *testing.T) {
	w := open(t, &Home{})
	w.shell.Go(&NewDemand{})
	w.tap("步骤")
	w.see("一、需求来源（未填完）")
	w.pickFirst("实施条件")
	w.see("紧急程度 *")
}

// The tap that leaves a line with a wrong answer does what it was aimed at: the
// objection comes when the finger is off the screen.
func TestObjectionsWaitForTheTap(t *testing.T) {
	w := open(t, &Home{})
	home := w.home("测试户主甲")
	w.shell.Go(&Visit{Household: home.Ref})
	w.tap("全表") // the short one does not ask where
	w.shell.Patience = 50 * time.Millisecond
	entry := inside[*widget.Entry](t, w.field("定位"))
	w.window.Canvas().Focus(entry)
	test.Type(entry, "abc")
	option := inside[*widget.Choice](t, w.field("走访结果"))
	place := func() fyne.Position { return fyne.CurrentApp().Driver().AbsolutePositionForObject(option) }
	before, pressed := place(), time.Now()
	w.window.Canvas().Unfocus() // the finger comes down
	w.want("place of the option under the finger", place(), before)
	w.loop.settle()
	if waited := time.Since(pressed); waited < w.shell.Patience {
		t.Errorf("objected after %v", waited)
	}
	w.see("位置无效")
	if place() == before {
		t.Error("the objection takes no room")
	}
}

// What was begun in one language goes on in the one that is chosen now.
func TestDraftGoesOnInTheLanguageOfNow(t *testing.T) {
	w := open(t, &Home{})
	home := w.home("测试户主甲")
	w.shell.Go(&Visit{Household: home.Ref})
	w.tap("简表")
	w.choose("走访类型", "日常走访")
	w.loop.settle() // it is saved
	w.shell.Start(&Settings{})
	w.shell.SetLanguage("en")
	w.shell.Start(&Visit{Household: home.Ref})
	w.see("A. The visit", "Type of visit *")
	w.notSee("走访类型")
}

// A visit that may still become longer does not look finished.
func TestVisitShowsHowFarItIs(t *testing.T) {
	w := open(t, &Home{})
	home := w.home("测试户主甲")
	w.shell.Go(&Visit{Household: home.Ref})
	top := w.shell.Top().(*Visit)
	w.see("步骤")
	w.want("steps before the first question", top.list.Disabled(), true)
	w.tap("简表")
	w.see("1 / …", "下一步")
	w.want("steps", top.list.Disabled(), false)
	w.want("back from the first step", top.back.Disabled(), true)
	w.meeting()[0].do()
	w.tap("下一步")
	w.want("back from the second step", top.back.Disabled(), false)
	w.see("2 / ")
}

// The year's line reaches the form with a sync: before, nothing is compared.
func TestMonitoringLineFromTheCentre(t *testing.T) {
	w := open(t, &Home{})
	home := w.home("测试户主甲")
	ask := func() {
		w.shell.Go(&Visit{Household: home.Ref})
		w.tap("简表")
		w.visit("收支")
		w.typeIn("畜产品收入(活畜/肉/奶/毛绒)", "30000")
	}
	ask()
	w.see("家庭人均纯收入:30000 元", "当年监测范围尚未录入,无法比较")
	w.notSee("低于当年监测范围")
	if err := w.tablet.RemoveDraft(w.Context(), "visit/"+home.ID.String()); err != nil {
		t.Fatal(err)
	}
	desk := w.centre.As(core.Person{Name: "县里", Role: core.County, Scope: core.Scope{"632323"}})
	line, err := core.SetLine(core.Line{Year: 2026, Region: "632323", Amount: "40000"}, func(ref core.Ref) (core.Record, bool, error) { return desk.Get(w.Context(), ref) })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := desk.Commit(w.Context(), []core.Edit{line}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.tablet.SyncWith(w.Context(), client.Options{}); err != nil {
		t.Fatal(err)
	}
	w.shell.Start(&Home{})
	ask()
	w.see("⚠ 低于当年监测范围 40000 元,请核实风险")
	w.notSee("尚未录入")
	w.fits()
}

// A visit begun before the program was updated goes on, though the form that
// came with the older one is gone.
func TestVisitGoesOnAfterAnUpdate(t *testing.T) {
	w := open(t, &Home{})
	home := w.home("测试户主甲")
	w.shell.Go(&Visit{Household: home.Ref})
	w.tap("简表")
	w.visit("草场和牲畜")
	w.shell.Start(&Home{})
	drafts, err := w.tablet.Drafts(w.Context(), "visit", "")
	if err != nil || len(drafts) != 1 {
		t.Fatalf("%d drafts, %v", len(drafts), err)
	}
	old := drafts[0]
	if old.Bytes = bytes.ReplaceAll(old.Bytes, []byte("2026112801"), []byte("2026112201")); bytes.Equal(old.Bytes, drafts[0].Bytes) {
		t.Fatal("the draft names no version")
	}
	if err := w.tablet.PutDraft(w.Context(), old); err != nil {
		t.Fatal(err)
	}
	w.shell.Go(&Visit{Household: home.Ref})
	w.see("草场和牲畜")
	w.notSee("新版本")
	v := w.shell.Top().(*Visit)
	w.want("answer", v.run.Value("food_ok"), "yes")
	w.want("version", v.run.Form().Version, "2026112801")
}
